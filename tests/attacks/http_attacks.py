"""Attacks on the review page that any page of the web must stand: hosts, paths, cookies, origins, methods, protocol."""

from attack import Attack, get, post

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
    get("a NUL in a cell's name", 404, "{p}/cell/{document}/%00"),
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
HTTP = [*HOSTS, *PATHS, *COOKIES, *ORIGINS, *METHODS, *PROTOCOL]
