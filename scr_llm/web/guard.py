"""Who may come in. The page holds case material, so each request must come from the browser that was given the address, to the address that was given.

Every page lies under a path that only this session has (`base`). A one-time token in the first address becomes a strict cookie with a name and a
path of its own: cookies know no ports, so one for `/` would go to every other server on this machine that the browser visits. The Host header must be
the server's own (else another site could point its name at this machine: DNS rebinding); a change must carry this site's Origin and the session's
token (else another site could send it).
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
"""Bytes of a change, at most."""
_ALWAYS = {
    "content-security-policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_STRANGER = "Open the page by the address that scr-llm review printed; it works once. To get a new one, stop it and start it again."


class Guard:
    """Wraps the page. `user_header`, where given, is the header in which a reverse proxy names the person; then the proxy does the letting in."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], token: str, base: str, user_header: str | None = None
    ) -> None:
        self._app, self._hosts, self._user_header, self._base = app, frozenset(hosts), user_header, base
        self._token: str | None = token
        self._cookie = f"scr_llm_{secrets.token_hex(8)}"
        self._session = secrets.token_urlsafe(32)
        self.csrf = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":  # the start and the end of the page; there are no web sockets
            await self._app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
            await send(message)

        try:
            refused = await self._check(scope, receive)
            if isinstance(refused, Response):
                await refused(scope, receive, with_headers)
            else:
                await self._app({**scope, "root_path": self._base}, refused, with_headers)
        except Exception as error:  # the last net: the pages have their own, which says more
            trouble.log(scope["method"], "a page", error)
            if not started:
                await PlainTextResponse(trouble.in_words(error), 500)(scope, receive, with_headers)

    async def _check(self, scope: Scope, receive: Receive) -> "Response | Receive":
        """A refusal, or the request's body to be read on."""
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
            return self._let_in(request)
        if request.method not in ("GET", "HEAD"):
            # a browser sends scheme and host; of what follows, which programs send, nothing is believed
            if headers.get("origin", "").partition("://")[2].partition("/")[0] not in self._hosts:
                return PlainTextResponse("This change comes from another site.", 403)
            return await self._checked_body(receive)
        return receive

    def _let_in(self, request: Request) -> Response:
        given = request.query_params.get("token", "")
        if request.method != "GET" or self._token is None or not _same(given, self._token):
            return PlainTextResponse(_STRANGER, 403)
        self._token = None
        response = RedirectResponse(f"{self._base}/", 303)
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
                return PlainTextResponse(f"This is larger than the {LARGEST // 1024} KB that a change may have.", 413)
            if not message.get("more_body"):
                break
        try:
            fields = parse_qs(body.decode(), max_num_fields=400)
        except ValueError:
            return PlainTextResponse("This is not a form.", 400)
        if not _same(fields.get("csrf", [""])[0], self.csrf):
            return PlainTextResponse("This form is from another session. Go back and load the page again.", 403)
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        return again


def _same(given: str, secret: str) -> bool:
    """Whether a secret is right, in a time that says nothing about it; whatever characters were given."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _person(given: list[str]) -> str:
    """The one person that a proxy names; nothing where it names none, or two headers differ on who it is."""
    if len(given) != 1:
        return ""
    name = given[0].strip()
    with suppress(UnicodeDecodeError):
        name = name.encode("latin-1").decode("utf-8")  # header bytes are handed on as Latin-1; proxies write UTF-8
    return name if len(name) <= LONGEST_NAME and is_plain(name) else ""
