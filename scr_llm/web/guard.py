"""Access control: the page shows case material, so requests must come from the browser that was given the address.

- Every page is under a path that only this session has (`base`).
- A one-time token in the first address becomes a strict cookie with a unique name and path. Cookies are not tied to a
  port, so one for `/` would be sent to every other server on this computer that the browser visits.
- The Host header must be the server's own. Otherwise another site could point its name at this computer (DNS
  rebinding).
- A change must carry this site's Origin and the session's token. Otherwise another site could send it.
- A file that is added has the token in a header, so that no byte of it is read before both are checked.
"""

import hmac
import secrets
from collections.abc import Collection
from contextlib import suppress
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scr_llm.text.typed import LONGEST_NAME, is_plain
from scr_llm.web import trouble

LARGEST = 256 * 1024
"""Most bytes of a change."""
UPLOAD, GIVE_BACK = "/add", "/sign-off/edited"
"""They take a file as the body, which is not held in memory: the form token is in a header instead, and read first."""
TOKEN_HEADER = "x-form-token"
"""Another site's page cannot send it without asking, and it is refused when it asks."""
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_STRANGER = (
    "Open the page at the address that scr-llm printed. The address works once. "
    "To get a new one, stop scr-llm with Ctrl-C and start it again."
)
_OLD = "This form is from another session. Go back and reload the page."


class Guard:
    """Wraps the page and checks each request.

    If `user_header` is given, a reverse proxy controls access and names the person in that header. `first` is the page
    that a browser sees when it comes in.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        token: str,
        base: str,
        user_header: str | None = None,
        first: str = "/",
    ) -> None:
        self._app, self._hosts, self._user_header, self._base = app, frozenset(hosts), user_header, base
        self._first = first
        self._token: str | None = token
        self._cookie = f"scr_llm_{secrets.token_hex(8)}"
        self._session = secrets.token_urlsafe(32)
        self.csrf = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check and answer one request."""
        if scope["type"] != "http":  # the start and end of the server; there are no web sockets
            await self._app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        try:
            refused = await self._check(scope, receive)
            if isinstance(refused, Response):
                await refused(scope, receive, with_headers)
            else:
                await self._app({**scope, "root_path": self._base}, refused, with_headers)
        except Exception as error:  # the last resort: the pages catch their own errors and say more
            trouble.log(scope["method"], "a page", error)
            if not started:
                await PlainTextResponse(trouble.in_words(error), 500)(scope, receive, with_headers)

    async def _check(self, scope: Scope, receive: Receive) -> "Response | Receive":
        """Check a request. Returns a refusal, or what the app reads the request's body from."""
        headers, request = Headers(scope=scope), Request(scope)
        if headers.get("host", "") not in self._hosts:
            return PlainTextResponse("This is not the address of the review page.", 421)
        if not scope["path"].startswith(f"{self._base}/"):
            return PlainTextResponse(_STRANGER, 403)
        if self._user_header:
            person = _person(headers.getlist(self._user_header))
            if not person:
                return PlainTextResponse(f"The reverse proxy did not name one person in {self._user_header}.", 403)
            scope.setdefault("state", {})["person"] = person
        elif not _same(request.cookies.get(self._cookie, ""), self._session):
            return self._admit(request)
        if request.method not in ("GET", "HEAD"):
            # A browser sends scheme and host only. Whatever a program adds after them is ignored.
            if headers.get("origin", "").partition("://")[2].partition("/")[0] not in self._hosts:
                return PlainTextResponse("This change comes from another site.", 403)
            if scope["path"] in (self._base + UPLOAD, self._base + GIVE_BACK):
                return receive if _same(headers.get(TOKEN_HEADER, ""), self.csrf) else PlainTextResponse(_OLD, 403)
            return await self._checked_body(receive)
        return receive

    def _admit(self, request: Request) -> Response:
        given = request.query_params.get("token", "")
        if request.method != "GET" or self._token is None or not _same(given, self._token):
            return PlainTextResponse(_STRANGER, 403)
        self._token = None
        response = RedirectResponse(self._base + self._first, 303)
        response.set_cookie(self._cookie, self._session, path=f"{self._base}/", httponly=True, samesite="strict")
        return response

    async def _checked_body(self, receive: Receive) -> "Response | Receive":
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return PlainTextResponse("The request was cut off.", 400)
            body += message.get("body", b"")
            if len(body) > LARGEST:
                return PlainTextResponse(f"This is larger than the limit of {LARGEST // 1024} KB for a change.", 413)
            if not message.get("more_body"):
                break
        try:
            fields = parse_qs(body.decode(), max_num_fields=400)
        except ValueError:
            return PlainTextResponse("This is not a form.", 400)
        if not _same(fields.get("csrf", [""])[0], self.csrf):
            return PlainTextResponse(_OLD, 403)
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        return again


def _same(given: str, secret: str) -> bool:
    """Whether a secret is right, in constant time. Any characters may be given."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _person(given: list[str]) -> str:
    """The person that a proxy names; empty if it names none or sends the header more than once."""
    if len(given) != 1:
        return ""
    name = given[0].strip()
    with suppress(UnicodeDecodeError):
        name = name.encode("latin-1").decode("utf-8")  # the server decodes headers as Latin-1; proxies write UTF-8
    return name if len(name) <= LONGEST_NAME and is_plain(name) else ""
