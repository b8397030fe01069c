"""Who may come in. The page holds case material, so each request must come from the browser that was given the address, to the address that was given.

A one-time token in the first address becomes a strict cookie. The Host header must be the server's own (else another site could point its name at
this machine: DNS rebinding); a change must carry this site's Origin and the session's token (else another site could send it).
"""

import hmac
import secrets
from collections.abc import Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "scr_llm_review"
LARGEST = 256 * 1024
"""Bytes of a change, at most."""
_ALWAYS = {
    "content-security-policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff", "referrer-policy": "same-origin", "cache-control": "no-store", "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
}  # fmt: skip


class Guard:
    """Wraps the page. `user_header`, where given, is the header in which a reverse proxy names the person; then the proxy does the letting in."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], token: str, user_header: str | None = None) -> None:
        self._app, self._hosts, self._user_header = app, frozenset(hosts), user_header
        self._token: str | None = token
        self._session = secrets.token_urlsafe(32)
        self.csrf = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ALWAYS.items():
                    headers[name] = value
            await send(message)

        refused = await self._check(scope, receive)
        if isinstance(refused, Response):
            await refused(scope, receive, with_headers)
        else:
            await self._app(scope, refused, with_headers)

    async def _check(self, scope: Scope, receive: Receive) -> "Response | Receive":
        """A refusal, or the request's body to be read on."""
        headers, request = Headers(scope=scope), Request(scope)
        if headers.get("host", "") not in self._hosts:
            return PlainTextResponse("This is not the address of the review page.", 421)
        if self._user_header:
            if not headers.get(self._user_header, "").strip():
                return PlainTextResponse(f"The reverse proxy did not name a person in {self._user_header}.", 403)
        elif not hmac.compare_digest(request.cookies.get(COOKIE, ""), self._session):
            return self._let_in(request)
        if request.method not in ("GET", "HEAD"):
            origin = headers.get("origin", "")
            if origin.partition("://")[2] not in self._hosts:
                return PlainTextResponse("This change comes from another site.", 403)
            return await self._checked_body(receive)
        return receive

    def _let_in(self, request: Request) -> Response:
        given = request.query_params.get("token", "")
        if request.method != "GET" or self._token is None or not hmac.compare_digest(given, self._token):
            return PlainTextResponse("Open the page by the address that scr-llm review printed; it works once. To get a new one, stop it and start it again.", 403)
        self._token = None
        response = RedirectResponse("/", 303)
        response.set_cookie(COOKIE, self._session, httponly=True, samesite="strict")
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
        except (ValueError, UnicodeDecodeError):
            return PlainTextResponse("This is no form.", 400)
        if not hmac.compare_digest(fields.get("csrf", [""])[0].encode(), self.csrf.encode()):
            return PlainTextResponse("This form is from another session. Go back and load the page again.", 403)
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        return again
