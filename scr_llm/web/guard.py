"""Access control: the page shows case material, so requests must come from the browser that was given the address.

- A door says where the person who asks sits, or refuses them. `Browsers` is that of one person's computer; that of a
  shared server is in `team/door.py`.
- At one person's computer every page is under a path that only one browser has. A one-time token in the first address
  becomes a strict cookie with a unique name and path. Cookies are not tied to a port, so one for `/` would be sent to
  every other server on this computer that the browser visits.
- The Host header must be the server's own. Otherwise another site could point its name at this computer (DNS
  rebinding).
- A change must carry this site's Origin and the seat's form token. Otherwise another site could send it.
- A file that is added has the token in a header or, where a browser runs no scripts, in the part of the form before
  it, so that no byte of it is kept before both are checked.
"""

from collections.abc import Callable, Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scr_llm.web import trouble
from scr_llm.web.multipart import BrokenFormError, boundary_of, parts
from scr_llm.web.seats import SEAT, BrowserSeat, Seat, Seats, may_visit, same

LARGEST = 256 * 1024
"""Most bytes of a change."""
UPLOAD, GIVE_BACK = "/add", "/sign-off/edited"
"""They take a file as the body, or files as parts of it, which are not held in memory: the form token is read first."""
LARGEST_TOKEN = 200
"""Most bytes of a form's token."""
MOST_DROPPED = 500_000_000
"""Most bytes that are read and dropped of a file that is refused, so that the browser hears why."""
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
Door = Callable[[Request], Seat | Response]
"""Where the person who sends a request sits, or the answer that they get instead."""
_STRANGER = (
    "Open the page at the address that scr-llm printed. The address works once. "
    "To get a new one, stop scr-llm with Ctrl-C and start it again; if somebody sent you the address, ask them for "
    "another."
)
_OLD = "This form is from another session. Go back and reload the page."


class Browsers:
    """The door of one person's computer: browsers that were given an address.

    `first` is the page that the first browser sees when it comes in.
    """

    def __init__(self, seats: Seats, first: str) -> None:
        self._seats, self._first = seats, first

    def __call__(self, request: Request) -> Seat | Response:
        """The seat of the browser that asks."""
        seat = self._seats.at(request.scope["path"])
        if seat is None:
            return PlainTextResponse(_STRANGER, 403)
        if seat.is_held_by(request.cookies):
            return seat
        return _admitted(request, seat, self._first if seat is self._seats.first else "/")


class Guard:
    """Wraps the page and checks each request."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], door: Door) -> None:
        """Guard what answers. `hosts` are the server's own addresses; requests to others are refused."""
        self._app, self._hosts, self._door = app, frozenset(hosts), door

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
                await self._app({**scope, "root_path": SEAT.get().base}, refused, with_headers)
        except Exception as error:  # the last resort: the pages catch their own errors and say more
            trouble.log(scope["method"], "a page", error)
            if not started:
                await PlainTextResponse(trouble.in_words(error), 500)(scope, receive, with_headers)

    async def _check(self, scope: Scope, receive: Receive) -> "Response | Receive":
        """Check a request. Returns a refusal, or what the app reads the request's body from."""
        headers, request = Headers(scope=scope), Request(scope)
        if headers.get("host", "") not in self._hosts:
            return PlainTextResponse("This is not the address of the review page.", 421)
        if "\0" in scope["path"]:  # no name has one, and a database server refuses to look for it
            return PlainTextResponse("There is no such page.", 404)
        seat = self._door(request)
        if isinstance(seat, Response):
            return seat
        SEAT.set(seat)
        request.state.seat = seat
        if seat.reviewer and seat.reviewer.blind and not may_visit(scope["path"].removeprefix(seat.base)):
            return PlainTextResponse("A blind reviewer sees nobody's answers.", 403)
        if request.method not in ("GET", "HEAD"):
            # A browser sends scheme and host only. Whatever a program adds after them is ignored.
            if headers.get("origin", "").partition("://")[2].partition("/")[0] not in self._hosts:
                return PlainTextResponse("This change comes from another site.", 403)
            if scope["path"] in (seat.base + UPLOAD, seat.base + GIVE_BACK):
                if boundary := boundary_of(headers.get("content-type", "")):
                    return await _checked_form(scope, boundary, receive, seat.csrf)
                return receive if same(headers.get(TOKEN_HEADER, ""), seat.csrf) else PlainTextResponse(_OLD, 403)
            return await self._checked_body(receive, seat.csrf)
        return receive

    async def _checked_body(self, receive: Receive, csrf: str) -> "Response | Receive":
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
        if not same(fields.get("csrf", [""])[0], csrf):
            return PlainTextResponse(_OLD, 403)
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return {"type": "http.disconnect"}
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        return again


async def _checked_form(scope: Scope, boundary: bytes, receive: Receive, csrf: str) -> "Response | Receive":
    """Check the token of a form with files, its first part, before any other is read. The app goes on behind it."""
    form = parts(boundary, receive, MOST_DROPPED)
    try:
        first = await anext(form, None)
        token = await first.text(LARGEST_TOKEN) if first and first.name == "csrf" else ""
    except (BrokenFormError, ClientDisconnect) as error:
        return PlainTextResponse(str(error) or "The request was cut off.", 400)
    if not same(token, csrf):
        return PlainTextResponse(_OLD, 403)
    scope.setdefault("state", {})["form"] = form
    return receive


def _admitted(request: Request, seat: BrowserSeat, first: str) -> Response:
    """Let a browser in that gives a seat's token for the first time."""
    if request.method != "GET" or not seat.admits(request.query_params.get("token", "")):
        return PlainTextResponse(_STRANGER, 403)
    response = RedirectResponse(seat.base + first, 303)
    response.set_cookie(seat.cookie, seat.secret, path=f"{seat.base}/", httponly=True, samesite="strict")
    return response
