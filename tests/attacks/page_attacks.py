"""Attacks on what the review page does, one request each, by what they attack: forms, files, runs and papers.

Each has a valid cookie, origin and form token, except for what it attacks.
"""

from urllib.parse import quote

from attack import Attack, get, post, upload
from http_attacks import HTTP

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
TABLE = [*HTTP, *FORMS, *UPLOADS, *RUNS, *ROOMS]
