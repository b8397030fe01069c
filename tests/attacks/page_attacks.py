"""Attacks on the review page, one request each, by what they attack.

Each has a valid cookie, origin and form token, except for what it attacks.
"""

from dataclasses import dataclass, field
from urllib.parse import quote

Header = str | bytes | None
XSS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '" autofocus onfocus="alert(1)',
    "javascript:alert(1)//",
    "{{ 7 * 7 }}<b>",
    "{% for x in y %}<i>",
    "<!--<script>",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;<u>",
)


@dataclass(frozen=True)
class Attack:
    """A request, as it differs from a good one.

    `{p}` is the secret path, `{host}` the address, `{cell}` a cell, `{csrf}` the form's token.
    """

    name: str
    wanted: int | tuple[int, ...]
    target: str = "{p}/matrix"
    method: str = "GET"
    headers: dict[str, Header] = field(default_factory=dict)
    body: bytes | str | None = None
    more: tuple[bytes, ...] = ()
    """Header lines as they are."""
    raw: bytes | None = None
    """The whole request instead."""


def get(name: str, wanted: int | tuple[int, ...], target: str = "{p}/matrix", **headers: Header) -> Attack:
    return Attack(name, wanted, target, headers=headers)


def post(
    name: str,
    wanted: int | tuple[int, ...],
    body: bytes | str = "csrf={csrf}&seen=0&value=not_mentioned",
    target: str = "{p}{cell}",
    **headers: Header,
) -> Attack:
    return Attack(name, wanted, target, "POST", headers, body)


HOSTS = [
    get("another site's host", 421, host="evil.example"),
    get("a host that begins like ours", 421, host="{host}.evil.example"),
    get("a host that ends like ours", 421, host="evil.{host}"),
    get("our host with a person in it", 421, host="x@{host}"),
    get("our address with another port", 421, host="127.0.0.1:1"),
    get("our host with no port", 421, host="127.0.0.1"),
    get("an empty host", 421, host=""),
    get("a host that is not ASCII", 421, host=b"\xc3\xa9vil.example"),
    get("a host of raw bytes", 421, host=b"\xff\xfe"),
    get("IPv6 loopback", 421, host="[::1]:80"),
    get("our host with a path", 421, host="{host}/x"),
    get("a forwarded host does not count", 421, host="evil.example", **{"x-forwarded-host": "{host}"}),
    Attack("two hosts", 400, more=(b"Host: evil.example",)),
    Attack("two hosts, both ours", 400, more=(b"Host: {host}",)),
    get("no host", 400, host=None),
    Attack("HTTP/1.0 without a host", 421, raw=b"GET {p}/matrix HTTP/1.0\r\nCookie: {cookie}\r\n\r\n"),
    get("the whole address of another site as target", 403, "http://evil.example/matrix"),
    get("the whole address of ours as target", 403, "http://{host}{p}/matrix"),
    get("a target of two slashes", 403, "//evil.example{p}/matrix"),
]
PATHS = [
    get("the root without the secret path", 403, "/"),
    get("a page without the secret path", 403, "/matrix"),
    get("a wrong secret path", 403, "/AAAAAAAAAAAAAAAAAAAAAA/matrix"),
    get("the secret path without its slash", 403, "{p}"),
    get("the secret path with more behind", 403, "{p}x/matrix"),
    get("the secret path second", 403, "/x{p}/matrix"),
    get("an empty part before it", 403, "/{p}/matrix"),
    get("up and out of it", 404, "{p}/../matrix"),
    get("a static file without the secret path", 403, "/static/review.js"),
    get("no such page", 404, "{p}/admin"),
    get("a trailing slash", (307, 404), "{p}/matrix/"),
    *(
        get(f"out of the static folder: {t}", 404, "{p}/static/" + t)
        for t in (
            "../app.py",
            "%2e%2e/app.py",
            "..%2fapp.py",
            "..%5capp.py",
            "%252e%252e%252fapp.py",
            "....//app.py",
            "/etc/passwd",
            "%00",
            "review.css%00.js",
            ".%00./app.py",
            "review.css/../../app.py",
        )
    ),
    *(
        get(f"out of the inbox: {t}", 404, "{p}/page/" + t)
        for t in (
            "../../etc/1.png",
            "..%2f..%2fetc/1.png",
            "x/1.png",
            "{document}/0.png",
            "{document}/99999999.png",
            "{document}/-1.png",
            "{document}/1e3.png",
            "{document}/%D9%A1.png",
            "{document}%00/1.png",
        )
    ),
    get("a page number of 5,000 digits", 404, "{p}/page/{document}/" + "9" * 5000 + ".png"),
    get("a page of a cell with 5,000 digits", 200, "{p}{cell}?page=" + "9" * 5000),
    get("a negative page", 200, "{p}{cell}?page=-1"),
    get("a page that is not a number", 200, "{p}{cell}?page=x"),
    get("a page in Arabic digits", 200, "{p}{cell}?page=%D9%A1"),
    get("no such document", 400, "{p}/document/nothing/sheet"),
    get("no such list", 400, "{p}/list/nothing"),
    get("a list at a page of 5,000 digits", 200, "{p}/list/{document}?page=" + "9" * 5000),
    get("a list at an item of raw bytes", 200, "{p}/list/{document}?page=1&item=%ff%fe%00"),
    get("a list with a line end", 400, "{p}/list/%0d%0aSet-Cookie:%20x=1"),
    get("confirming by a link", 200, "{p}/list/{document}?do=confirm&csrf={csrf}"),
    get("no such cell", 400, "{p}/cell/{document}/nothing"),
    get("a NUL in a cell's name", 400, "{p}/cell/{document}/%00"),
    get("a cell's name of raw bytes", 400, "{p}/cell/{document}/%ff%fe"),
    get("a lone surrogate in a cell's name", 400, "{p}/cell/{document}/%ed%a0%80"),
    get("a broken escape", 400, "{p}/cell/{document}/%zz%"),
    get("SQL in a document's name", 400, "{p}/list/x'%20OR%20'1'='1"),
    get("no such theme", 400, "{p}/explain/nothing"),
    get("a template as theme", 400, "{p}/explain/%7B%7B7*7%7D%7D"),
    get("a matrix far beyond its end", 200, "{p}/matrix?from=9999999"),
    get("a matrix from nowhere", 200, "{p}/matrix?from=%00"),
    get("a query of raw bytes", 200, "{p}/matrix?%ff%fe=%zz"),
    get("a query of 2,000 fields", 200, "{p}/matrix?" + "a=1&" * 2000),
    get("a next cell that is not one", 303, "{p}/next?document=x&key=y"),
    get("a line end in a redirect", 303, "{p}/next?document=%0d%0aSet-Cookie:%20x=1&key=%0d%0a"),
    get("a line end in a cell's name", 400, "{p}/cell/%0d%0aSet-Cookie:%20x=1/x"),
    get("a fragment in the target", (400, 404), "{p}/nothing#x"),
    get("a target of 60,000 characters", 404, "{p}/" + "x" * 60_000),
    get("a target of 70,000 characters", (400, 404), "{p}/" + "x" * 70_000),
]
COOKIES = [
    get("no cookie", 403, cookie=None),
    get("a wrong cookie", 403, cookie="{cookie_name}=guess"),
    get("an empty cookie", 403, cookie="{cookie_name}="),
    get("a cookie that is not ASCII", 403, cookie=b"{cookie_name}=\xc3\xa9"),
    get("a cookie of raw bytes", 403, cookie=b"{cookie_name}=\xff\xfe\xfd"),
    get("the cookie under another name", 403, cookie="scr_llm_review={cookie_value}"),
    get("the cookie in part", 403, cookie="{cookie_name}={cookie_start}"),
    get("the cookie with more behind", 403, cookie="{cookie}x"),
    get("a cookie in octal escapes", 403, cookie='{cookie_name}="\\303\\251\\000"'),
    get("a cookie of 30,000 characters", 403, cookie="{cookie_name}=" + "x" * 30_000),
    get("a cookie that is no pair", 403, cookie=";;;=;=;{cookie_name}"),
    get("5,000 cookies", 403, cookie="a=1; " * 5000),
    get("the right cookie after others' cookies", 200, cookie="a=1; b; {cookie}"),
    get("the token a second time", 403, "{p}/?{token}", cookie=None),
    get("the token a second time without the path", 403, "/?{token}", cookie=None),
    get("a wrong token", 403, "{p}/?token=guess", cookie=None),
    get("an empty token", 403, "{p}/?token=", cookie=None),
    get("a token that is not ASCII", 403, "{p}/?token=%C3%A9", cookie=None),
    get("a token of raw bytes", 403, "{p}/?token=%ff%fe", cookie=None),
    get("a lone surrogate as token", 403, "{p}/?token=%ed%a0%80", cookie=None),
    get("a NUL as token", 403, "{p}/?token=%00", cookie=None),
    get("a token of 30,000 characters", 403, "{p}/?token=" + "x" * 30_000, cookie=None),
    get("two tokens", 403, "{p}/?token=a&token=b", cookie=None),
    Attack("a token by HEAD", 403, "{p}/?token=guess", "HEAD", {"cookie": None}),
    get("the name that a proxy would give", 403, cookie=None, **{"x-remote-user": "alex"}),
    get("a password instead", 403, cookie=None, authorization="Basic YWxleDphbGV4"),
    post("a change without a cookie", 403, cookie=None),
    post("the token as a form", 403, "{token}", "{p}/", cookie=None),
]
ORIGINS = [
    post("no origin", 403, origin=None),
    post("an empty origin", 403, origin=""),
    post("a hidden origin", 403, origin="null"),
    post("another site's origin", 403, origin="http://evil.example"),
    post("another port of this machine", 403, origin="http://127.0.0.1:1"),
    post("an origin that begins like ours", 403, origin="http://{host}.evil.example"),
    post("an origin that ends like ours", 403, origin="http://evil.example:80/{host}"),
    post("a person in the origin", 403, origin="http://{host}@evil.example"),
    post("our host as a person", 403, origin="http://x@{host}"),
    post("an origin without a scheme", 403, origin="{host}"),
    post("an origin that is not ASCII", 403, origin=b"http://\xc3\xa9"),
    post("a broken address as origin", 403, origin="http://["),
    post("a file's origin", 403, origin="file://"),
    post("an origin as referrer only", 403, origin=None, referer="{base}/matrix"),
]
MULTIPART = '--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--x--\r\n'
FORMS = [
    post("no form token", 403, "seen=0&value=not_mentioned"),
    post("a wrong form token", 403, "csrf=guess&seen=0&value=not_mentioned"),
    post("an empty form token", 403, "csrf=&seen=0&value=not_mentioned"),
    post("no body", 403, ""),
    post("a form token that is not ASCII", 403, "csrf=%C3%A9&value=not_mentioned"),
    post("a lone surrogate as form token", 403, "csrf=%ed%a0%80&value=not_mentioned"),
    post("the form token in the address", 403, "value=not_mentioned", "{p}{cell}?csrf={csrf}"),
    post("a wrong form token before the right one", 403, "csrf=x&csrf={csrf}&value=not_mentioned"),
    post("another site's plain text form", 403, '{"csrf": "{csrf}", "value": "="}', **{"content-type": "text/plain"}),
    post("JSON", 403, '{"csrf":"{csrf}"}', **{"content-type": "application/json"}),
    post("multipart", 403, MULTIPART, **{"content-type": "multipart/form-data; boundary=x"}),
    post("multipart without an end", 403, "--x\r\n\r\n", **{"content-type": "multipart/form-data"}),
    post("bytes that are not UTF-8", 400, b"csrf={csrf}&value=\xff\xfe"),
    post("UTF-16", 400, "csrf=x".encode("utf-16")),
    post("401 fields", 400, "csrf={csrf}&" + "a=1&" * 401),
    post("300 KB", 413, "csrf={csrf}&reason=" + "x" * 300_000),
    post("a comment of 4,001 characters", 400, "csrf={csrf}&seen=0&value=not_mentioned&reason=" + "x" * 4001),
    post("a quote of 4,001 characters", 400, "csrf={csrf}&seen=0&value=present&quote=" + "x" * 4001),
    post("no value", 400, "csrf={csrf}&seen=0"),
    post("a value that is not one", 400, "csrf={csrf}&seen=0&value=yes"),
    post("a value that is not ASCII", 400, "csrf={csrf}&seen=0&value=%C3%A9"),
    post("two values, the first wrong", 400, "csrf={csrf}&seen=0&value=yes&value=not_mentioned"),
    post("present without a quote", 400, "csrf={csrf}&seen=0&value=present"),
    post(
        "words that stand nowhere",
        400,
        "csrf={csrf}&seen=0&value=present&quote=These+words+stand+nowhere+in+this+review.",
    ),
    post("one letter as a quote", 400, "csrf={csrf}&seen=0&value=present&quote=e"),
    post("a quote of raw bytes", 400, "csrf={csrf}&seen=0&value=present&quote=%ff%fe%ed%a0%80"),
    post("a quote of NULs", 400, "csrf={csrf}&seen=0&value=present&quote=%00%00%00%00"),
    post("a broken escape as quote", 400, "csrf={csrf}&seen=0&value=present&quote=%zz%u0041"),
    *(
        post(f"a quote's place: {place}", 400, f"csrf={{csrf}}&seen=0&value=present&keep={quote(place)}")
        for place in (
            "x",
            "::::",
            "1:5:3:exact:",
            "0:0:9:exact:",
            "999:0:9:exact:",
            "1:0:9999999:exact:",
            "1:-1:9:exact:",
            "1:0:9:exact:x:y",
            "1e9:0:9:exact:",
            "٣:0:9:exact:",
            "\x00:\x00:\x00:\x00:\x00",
        )
    ),
    post("a cell that is not one", 400, target="{p}/cell/{document}/nothing"),
    post("a document that is not one", 400, target="{p}/cell/nothing/workforce"),
    post(
        "a document with a line end",
        400,
        "csrf={csrf}&seen=0&value=not_mentioned&stay=1",
        "{p}/cell/x%0d%0aSet-Cookie:%20x=1/workforce",
    ),
    post("an adjudication without a reason", 400, "csrf={csrf}&seen=0&value=not_mentioned&act=adjudicated"),
    post("a cell that somebody decided since", 409, "csrf={csrf}&seen=9999999&value=not_mentioned"),
    post("a decision from the future", 409, "csrf={csrf}&seen=77&value=not_mentioned"),
    post("a signature without what is signed", 400, "csrf={csrf}", "{p}/sign-off"),
    post("a signature of something else", 400, "csrf={csrf}&signing=7:abc", "{p}/sign-off"),
    post("a signature with a name that is not ASCII", 400, "csrf={csrf}&signing=%C3%A9", "{p}/sign-off"),
    post("a list without a form token", 403, "do=confirm", "{p}/list/{document}"),
    post("a list that was not shown", 400, "csrf={csrf}&do=confirm", "{p}/list/{document}"),
    post("a list with another fingerprint", 400, "csrf={csrf}&do=confirm&fingerprint=%C3%A9", "{p}/list/{document}"),
    post("a list of no review", 400, "csrf={csrf}&do=confirm", "{p}/list/nothing"),
    post("nothing to do with a list", 400, "csrf={csrf}&seen=9999999", "{p}/list/{document}"),
    post("removing no item", 400, "csrf={csrf}&do=remove&item=workforce", "{p}/list/{document}"),
    post("adding 4,001 characters", 400, "csrf={csrf}&do=add+finding&quote=" + "x" * 4001, "{p}/list/{document}"),
    post("adding NULs", 400, "csrf={csrf}&do=add+finding&quote=%00%00", "{p}/list/{document}"),
    post("a list that goes elsewhere", 400, "csrf={csrf}&do=remove&item=%0d%0aX:+y&page=1", "{p}/list/{document}"),
    post("taking back where nothing was decided", 303, "csrf={csrf}", "{p}/undo"),
]
METHODS = [
    *(
        Attack(f"{method} of a page", (403, 405), method=method)
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "BREW")
    ),
    *(
        Attack(f"{method} of a page, with origin and form token", 405, "{p}/matrix", method, {}, "csrf={csrf}")
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE")
    ),
    Attack("HEAD of a page", 200, method="HEAD"),
    Attack("a tunnel to elsewhere", (400, 403), "evil.example:443", "CONNECT"),
    Attack("OPTIONS of the whole server", 403, "*", "OPTIONS"),
    get("taking back by a link", 405, "{p}/undo"),
    get("deciding by a link", 200, "{p}{cell}?value=not_mentioned&seen=0&csrf={csrf}"),
    get("a method in a header", 200, "{p}{cell}", **{"x-http-method-override": "POST"}),
    Attack("a method of 10,000 letters", (400, 403), method="A" * 10_000),
]
PROTOCOL = [
    *(
        Attack(name, 400, raw=raw)
        for name, raw in {
            "no HTTP": b"hello\r\n\r\n",
            "HTTP/0.9": b"GET /\r\n\r\n",
            "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64 + b"\r\n\r\n",
            "NULs": b"\x00" * 100 + b"\r\n\r\n",
            "a header with a NUL": b"GET {p}/matrix HTTP/1.1\r\nHost: {host}\r\nX: a\x00b\r\n\r\n",
            "a space before the colon": b"GET {p}/matrix HTTP/1.1\r\nHost : {host}\r\n\r\n",
            "a header without a colon": b"GET {p}/matrix HTTP/1.1\r\nHost\r\n\r\n",
            "a target that is not ASCII": b"GET {p}/\xc3\xa9 HTTP/1.1\r\nHost: {host}\r\n\r\n",
            "a length that is not a number": b"POST {p}{cell} HTTP/1.1\r\nHost: {host}\r\nContent-Length: x\r\n\r\n",
            "a negative length": b"POST {p}{cell} HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\n\r\n",
            "two lengths": b"POST {p}{cell} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        }.items()
    ),
    # a head that arrives in one piece may be longer than one that is waited for
    *(
        Attack(name, (400, 403, 421), raw=raw)
        for name, raw in {
            "a header of 70,000 characters": b"GET {p}/matrix HTTP/1.1\r\nHost: {host}\r\nX: "
            + b"x" * 70_000
            + b"\r\n\r\n",
            "20,000 headers": b"GET {p}/matrix HTTP/1.1\r\nHost: {host}\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
            "HTTP/9.9": b"GET {p}/matrix HTTP/9.9\r\nHost: {host}\r\n\r\n",
            "HTTP/2 without asking": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        }.items()
    ),
    Attack(
        "an unknown transfer encoding",
        (400, 501),
        raw=b"POST {p}{cell} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    ),
    Attack(
        "a length and chunks",
        (400, 403),
        "{p}{cell}",
        "POST",
        {"origin": "{origin}", "transfer-encoding": "chunked"},
        "0\r\n\r\n",
    ),
    get(
        "a web socket",
        200,
        connection="Upgrade",
        upgrade="websocket",
        **{"sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==", "sec-websocket-version": "13"},
    ),
    get("HTTP/2 by upgrade", 200, connection="Upgrade, HTTP2-Settings", upgrade="h2c"),
    get("a client address by header", 200, **{"x-forwarded-for": "\xff, evil", "x-forwarded-proto": "javascript"}),
    get("a header that is not ASCII", 200, accept=b"\xff\xfe\xfd", **{"accept-language": b"\xc3\xa9"}),
    get("a range", 200, range="bytes=0-99999999999999999999"),
    Attack(
        "a broken chunk",
        400,
        raw=b"POST {p}{cell} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nOrigin: http://{host}\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    ),
    Attack(
        "a body that nobody reads",
        403,
        raw=b"POST {p}{cell} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\nhello",
    ),
]


def upload(
    name: str,
    wanted: int | tuple[int, ...],
    target: str = "{p}/add?name=a.pdf",
    body: bytes | str = b"%PDF-1.7",
    **headers: Header,
) -> Attack:
    token: dict[str, Header] = {"x-form-token": "{csrf}", "content-type": "application/octet-stream"}
    return Attack(name, wanted, target, "POST", token | headers, body)


UPLOADS = [
    upload("a file without the form token", 403, **{"x-form-token": None}),
    upload("a file with a wrong form token", 403, **{"x-form-token": "guess"}),
    upload("a file with an empty form token", 403, **{"x-form-token": ""}),
    upload("a file with a form token of raw bytes", 403, **{"x-form-token": b"\xff\xfe"}),
    upload(
        "a file with the form token in the address", 403, "{p}/add?name=a.pdf&csrf={csrf}", **{"x-form-token": None}
    ),
    upload("a file with the form token in the body", 403, body="csrf={csrf}", **{"x-form-token": None}),
    upload("a file without a cookie", 403, cookie=None),
    upload("a file from nowhere", 403, origin=None),
    upload("a file from another site", 403, origin="http://evil.example"),
    upload("a file to another host", 421, host="evil.example"),
    upload("a file beside the secret path", 403, "/add?name=a.pdf"),
    upload("a file below the way in", (403, 404), "{p}/add/x?name=a.pdf"),
    upload("the way in with two slashes", (403, 404), "{p}//add?name=a.pdf"),
    upload("the form token of files for a decision", 403, "{p}{cell}", "seen=0&value=not_mentioned"),
    upload("what is no PDF", 400, body=b"MZ\x90\x00"),
    upload("a web page as a PDF", 400, body="<script>alert(1)</script>"),
    upload("no file at all", 400, body=b""),
    upload("a file without a name that is no PDF", 400, "{p}/add", b"x"),
    upload("a file with a script for a name", 400, "{p}/add?name=%3Cscript%3Ealert(1)%3C/script%3E", b"x"),
    upload("a file with a name of raw bytes", 400, "{p}/add?name=%ff%fe%ed%a0%80%00", b"x"),
    upload("a file with a line end in its name", 400, "{p}/add?name=%0d%0aSet-Cookie:%20x=1", b"x"),
    upload("a file with a name of 50,000 characters", 400, "{p}/add?name=" + "x" * 50_000, b"x"),
    upload("a file that says it is a terabyte", 413, body=b"%PDF-", **{"content-length": "1000000000000"}),
    upload("a file whose length has 5,000 digits", (400, 413), body=b"%PDF-", **{"content-length": "9" * 5000}),
    upload(
        "a file as a form", 400, body="name=a.pdf&csrf={csrf}", **{"content-type": "application/x-www-form-urlencoded"}
    ),
    get("the way in by a link", 405, "{p}/add?name=a.pdf"),
    Attack("a file by PUT", (403, 405), "{p}/add?name=a.pdf", "PUT", {"origin": "{origin}", "x-form-token": "{csrf}"}),
    Attack(
        "asking before another site sends a file", (403, 405), "{p}/add", "OPTIONS", {"origin": "http://evil.example"}
    ),
]
RUNS = [
    get("starting a run by a link", 405, "{p}/run?coder=rules&csrf={csrf}"),
    get("stopping by a link", 405, "{p}/run/stop"),
    get("agreeing by a link", 405, "{p}/run/answer?answer=yes&csrf={csrf}"),
    post("starting a run without the form token", 403, "coder=rules", "{p}/run"),
    post("starting a run from another site", 403, "csrf={csrf}&coder=rules", "{p}/run", origin="http://evil.example"),
    post("starting a run without a cookie", 403, "csrf={csrf}&coder=rules", "{p}/run", cookie=None),
    post("a coder that is not one", 400, "csrf={csrf}&coder=../x", "{p}/run"),
    post("a coder that is not set up", 400, "csrf={csrf}&coder=llm", "{p}/run"),
    post("stopping where nothing runs", 303, "csrf={csrf}", "{p}/run/stop"),
    post("stopping from another site", 403, "csrf={csrf}", "{p}/run/stop", origin="null"),
    post("agreeing where nothing is asked", 400, "csrf={csrf}&answer=yes&question=", "{p}/run/answer"),
    post("agreeing from another site", 403, "csrf={csrf}&answer=yes", "{p}/run/answer", origin="http://evil.example"),
    get("following a run without a cookie", 403, "{p}/run/events", cookie=None),
    get("following a run with another host", 421, "{p}/run/events", host="evil.example"),
    get("following a run beside the secret path", 403, "/run/events"),
    post("following a run by a form", 405, "csrf={csrf}", "{p}/run/events"),
]
ROOMS = [
    get("papers without a cookie", 403, "{p}/papers", cookie=None),
    *(
        get(f"out of the papers: {t}", 404, "{p}/paper/" + t)
        for t in (
            "../project.toml",
            "..%2fproject.toml",
            "%2e%2e%2fscr_llm.sqlite",
            "..%5cproject.toml",
            "/etc/passwd",
            "cases/../../project.toml",
            "signed-1/../../scr_llm.sqlite",
            "briefing.docx%00",
            "C:%5Cwindows%5Cwin.ini",
            ".scr.part",
        )
    ),
    *(
        get(f"out of the paper that is signed: {t}", 404, "{p}/sign-off/paper/" + t)
        for t in ("../../project.toml", "..%2f..%2fproject.toml", "sign-off.json", "briefing.html%00", "/etc/passwd")
    ),
    *(
        get(f"out of the edited papers: {t}", (400, 404), "{p}/sign-off/edited/" + t)
        for t in ("..%2fbriefing.docx", "%2e%2e", "briefing.docx", "briefing-000000000000.docx/paper.css", "%00")
    ),
    post("an edited paper without its token in the header", 403, "csrf={csrf}", "{p}/sign-off/edited"),
    post(
        "an edited paper from another site",
        403,
        "PK",
        "{p}/sign-off/edited",
        origin="http://evil.example",
        **{"x-form-token": "{csrf}"},
    ),
    post("an edited paper without a cookie", 403, "PK", "{p}/sign-off/edited", cookie=None),
    post("an edited paper that is none", 400, "PK", "{p}/sign-off/edited", **{"x-form-token": "{csrf}"}),
    post("signing an edited paper that is not there", 400, "csrf={csrf}", "{p}/sign-off/edited/x.docx"),
    post("taking back what is not there", 400, "csrf={csrf}", "{p}/sign-off/edited/x.docx/take-back"),
    post("a draft without the form token", 403, "x=1", "{p}/sign-off/draft"),
    post("a draft from another site", 403, "csrf={csrf}", "{p}/sign-off/draft", origin="http://evil.example"),
    post("a signed version that is not there", 400, "csrf={csrf}", "{p}/sign-off/again/0"),
    get("a draft by a link", 405, "{p}/sign-off/draft?csrf={csrf}"),
    get("leaving out by a link", 405, "{p}/file/{document}/exclude?reason=x&csrf={csrf}"),
    post("leaving out without a reason", 400, "csrf={csrf}&reason=", "{p}/file/{document}/exclude"),
    post("leaving out for 5,000 characters", 400, "csrf={csrf}&reason=" + "x" * 5000, "{p}/file/{document}/exclude"),
    post("leaving out without the form token", 403, "reason=x", "{p}/file/{document}/exclude"),
    post("another act on a file", 404, "csrf={csrf}&reason=x", "{p}/file/{document}/erase"),
    post("a file that is not one", 400, "csrf={csrf}&reason=x", "{p}/file/%2e%2e/exclude"),
    post("a model without the form token", 403, "kind=none", "{p}/model"),
    post("a model from another site", 403, "csrf={csrf}&kind=none", "{p}/model", origin="http://evil.example"),
    post("a kind of model that is not one", 400, "csrf={csrf}&kind=x", "{p}/model"),
    post("a model at no address", 400, "csrf={csrf}&kind=address&base_url=javascript:alert(1)&model=m", "{p}/model"),
    post(
        "a model elsewhere that nobody approved",
        400,
        "csrf={csrf}&kind=address&base_url=https://evil.example/v1&model=m",
        "{p}/model",
    ),
    post(
        "a model at an address with our name before it",
        400,
        "csrf={csrf}&kind=address&base_url=http://127.0.0.1@evil.example/v1&model=m",
        "{p}/model",
    ),
    post(
        "a setting smuggled in by a model's file",
        400,
        "csrf={csrf}&kind=file&file=x%0a%5Bread%5D%0aseconds=1",
        "{p}/model",
    ),
    post("trying a model where none is set up", 400, "csrf={csrf}", "{p}/model/try"),
    post("trying a model from another site", 403, "csrf={csrf}", "{p}/model/try", origin="http://evil.example"),
    get("what would be sent about a document that is not one", 200, "{p}/preview?document=..%2f..&from=9999999"),
    post("a name of 300 characters", 400, "csrf={csrf}&role=x&name=" + "x" * 300, "{p}/who"),
    post("a name with a control character", 400, "csrf={csrf}&role=x&name=a%E2%80%AEb", "{p}/who"),
    post("a name from another site", 403, "csrf={csrf}&role=x&name=y", "{p}/who", origin="http://evil.example"),
]
TABLE = [*HOSTS, *PATHS, *COOKIES, *ORIGINS, *FORMS, *METHODS, *PROTOCOL, *UPLOADS, *RUNS, *ROOMS]
