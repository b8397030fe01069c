"""The page as an ASGI app: its routes, and what becomes of a request."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib.resources import files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan

from scr_llm.errors import RefusedError, UsageError
from scr_llm.project import Project
from scr_llm.review.cells import Reviewer
from scr_llm.review.in_the_way import in_the_way
from scr_llm.web import trouble
from scr_llm.web.drawing import Drawing
from scr_llm.web.guard import Browsers, Guard
from scr_llm.web.page import Page
from scr_llm.web.routes.registry import LIVE_ROOMS, NAMELESS, ROOMS, STATIC, right_of
from scr_llm.web.seats import BrowserSeat, Seat, Seats
from scr_llm.web.workbench import NOBODY

Handler = Callable[[Page, Request], Response]
LiveHandler = Callable[[Page, Request], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]
_NOT_YOURS = "Your roles in this project do not allow this. Ask whoever runs the server."
_FILES = {
    "review.css": "text/css",
    "review.js": "text/javascript",
    "workbench.css": "text/css",
    "workbench.js": "text/javascript",
    "list.js": "text/javascript",
    "signing.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def make_app(
    project: Project,
    *,
    reviewer: Reviewer | None = None,
    hosts: tuple[str, ...],
    token: str,
    base: str,
    first: str = "/",
) -> ASGIApp:
    """Make the page of one person's computer as an ASGI app.

    Args:
        project: the project whose cells are decided.
        reviewer: the person at this computer; None if they have yet to say who they are.
        hosts: the server's own addresses, such as `127.0.0.1:8765`; requests to others are refused.
        token: admits the first browser that gives it.
        base: the path above all pages, such as `/x7Kq`.
        first: the page that the browser comes in at.
    """
    seats = Seats(BrowserSeat(base, token, reviewer))
    page = Page(project, Drawing(), seats, f"http://{hosts[0]}")
    return Guard(routed(page, lambda _app: _alive(page)), hosts, Browsers(seats, first))


def routed(page: Page, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The routes of a project's page, each behind the right that it needs.

    Raises:
        LookupError: a route is under no right.
    """
    return Starlette(
        lifespan=lifespan,
        routes=[
            *(_route(page, *each) for room in ROOMS for each in room.ROUTES),
            *(_live_route(page, *each) for room in LIVE_ROOMS for each in room.LIVE),
            Route(STATIC, _guarded("GET", STATIC, static)),
        ],
    )


def _guarded(method: str, path: str, answer: Endpoint) -> Endpoint:
    """An endpoint that answers whoever has the right that the route needs. This is the only place that asks for it."""
    right = right_of(method, path)

    async def endpoint(request: Request) -> Response:
        request.state.route = path
        seat: Seat = request.state.seat
        return await answer(request) if right in seat.may else PlainTextResponse(_NOT_YOURS, 403)

    return endpoint


def _route(page: Page, path: str, handler: Handler, method: str = "GET") -> Route:
    """A route that is answered in a thread, so that no answer holds up the others."""

    async def answer(request: Request) -> Response:
        request.state.body = await request.body() if request.method == "POST" else b""
        return await run_in_threadpool(_answered, page, handler, request, path)

    return Route(path, _guarded(method, path, answer), methods=[method])


def _live_route(page: Page, path: str, handler: LiveHandler, method: str) -> Route:
    """A route that reads or writes while the connection is open: a file that comes in, events that go out."""

    async def answer(request: Request) -> Response:
        return await handler(page, request)

    return Route(path, _guarded(method, path, answer), methods=[method])


@asynccontextmanager
async def _alive(page: Page) -> AsyncIterator[None]:
    """What runs beside the page while it is served."""
    page.drawing.start()
    prepare(page)
    yield
    page.drawing.close()
    close(page)


def prepare(page: Page) -> None:
    """Begin with what takes longest the first time, before anybody asks for it."""
    threading.Thread(target=_prepare, args=(page,), daemon=True).start()


def close(page: Page) -> None:
    """End what runs beside a page."""
    page.unsigned.close()
    page.bench.close()
    page.session.close()


def _prepare(page: Page) -> None:
    """Work out what takes longest the first time, before anybody asks for it. A fault is told to whoever asks then."""
    session = page.session
    with suppress(Exception):
        session.deciding()
        if session.documents and not in_the_way(session).number and not session.paper_state().is_signed:
            page.unsigned.begin(session)


def _answered(page: Page, handler: Handler, request: Request, path: str) -> Response:
    """A handler's answer, or a page that says why there is none."""
    try:
        page.check_database()
        page.session.refresh()
        if path not in NAMELESS and page.who(request) == NOBODY:
            return page.go("/who")
        known = page.session.mark
        try:
            answer = handler(page, request)
        except KeyError:
            # A review was taken out of the project while the page was made. What only looks can look again.
            if request.method != "GET" or page.session.mark == known:
                raise
            answer = handler(page, request)
        if request.method == "POST":
            page.check_database()
        return answer
    except HTTPException:
        raise
    except (RefusedError, UsageError) as error:
        return page.refused(request, error)
    except Exception as error:
        trouble.log(request.method, path, error)
        return page.troubled(request, error)


async def static(request: Request) -> Response:
    """A file of the page itself."""
    name = request.path_params["name"]
    if name not in _FILES:
        raise HTTPException(404)
    return Response(files("scr_llm.web").joinpath("static", name).read_bytes(), media_type=_FILES[name])
