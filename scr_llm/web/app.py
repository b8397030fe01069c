"""The routes of the review page. Each reads a form or an address, asks the session, and fills a template."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib.resources import files

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scr_llm.errors import ConflictError, RefusedError, ScrError, UsageError
from scr_llm.project import Project
from scr_llm.review import sign_off as signing
from scr_llm.review.cells import Reviewer
from scr_llm.review.explanation import ROWS as EXPLAINED
from scr_llm.review.explanation import explained_in_part
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key
from scr_llm.stages.decisions.items import LIST
from scr_llm.web import beside, form, frame, shown, trouble, view
from scr_llm.web.drawing import Drawing
from scr_llm.web.guard import Guard
from scr_llm.web.routes.registry import LIVE_ROOMS, NAMELESS, ROOMS
from scr_llm.web.seats import SEAT, Seats
from scr_llm.web.workbench import NOBODY, Workbench, database_identity
from scr_llm.workspace import Workspace

Handler = Callable[["Page", Request], Response]
LiveHandler = Callable[["Page", Request], Awaitable[Response]]
ROWS = 60
"""Reviews on one page of the matrix."""
STATIC = {
    "review.css": "text/css",
    "review.js": "text/javascript",
    "workbench.css": "text/css",
    "workbench.js": "text/javascript",
    "list.js": "text/javascript",
    "signing.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


class Page:
    """One running review page: the session, who decides in it, and the templates."""

    seats: Seats
    origin: str
    """Scheme, host and port."""

    def __init__(self, project: Project, reviewer: Reviewer | None, *, named_by_proxy: bool = False) -> None:
        self.project, self.workspace = project, Workspace(project)
        self.session, self.drawing = ReviewSession(project), Drawing()
        self.bench = Workbench(project)
        self.signing = threading.Lock()
        self.named_by_proxy = named_by_proxy
        """Whether a reverse proxy names the person; otherwise it is whoever sits at this computer."""
        self._reviewer = reviewer
        self._database = database_identity(project)
        self._codes = self.session.codes
        self._templates = frame.environment(self._codes)

    @property
    def base(self) -> str:
        """The path above all pages, of the person who asks."""
        return SEAT.get().base

    @property
    def csrf(self) -> str:
        """The token in their forms."""
        return SEAT.get().csrf

    def who(self, request: Request) -> Reviewer:
        """Who is asking: the person at this computer, one who was invited, or the one that the reverse proxy names."""
        if guest := SEAT.get().reviewer:
            return guest
        if not self.named_by_proxy:
            return self._reviewer or NOBODY
        name: str = request.state.person
        settings = self.project.settings.review
        return Reviewer(name, settings.roles.get(name, "Reviewer"), blind=name in settings.second_reviewers)

    @property
    def may_be_named(self) -> bool:
        """Whether the person who asks is the one at this computer, who may say who that is."""
        return not self.named_by_proxy and SEAT.get().reviewer is None

    def is_used_by(self, reviewer: Reviewer) -> None:
        """Note who sits at this computer."""
        self._reviewer = reviewer

    def has_settings(self, project: Project) -> None:
        """Use other settings from now on."""
        self.project, self.workspace = project, Workspace(project)

    def show(self, request: Request, page: shown.Shown, status: int = 200) -> Response:
        """A page made from its template."""
        if self._codes is not self.session.codes:  # the codebook was changed, in the page or by hand
            self._codes = self.session.codes
            self._templates = frame.environment(self._codes)
        who = self.who(request)
        progress = view.progress(self.session, who)
        around = shown.Frame(
            name=self.project.settings.name,
            who=who,
            base=self.base,
            csrf=self.csrf,
            links=frame.links(who, progress, page),
            progress=progress,
            news=self.session.news.number,
            fault=self.session.codebook_fault,
        )
        return HTMLResponse(frame.filled(self._templates, page, around), status)

    def go(self, path: str) -> Response:
        """Send the browser to another page."""
        return RedirectResponse(self.base + path, 303)

    def go_after(self, who: Reviewer, key: Key) -> Response:
        """Send the browser to what is open after a cell or a list."""
        found = self.session.after(who, key)
        return self.go(frame.cell_path(found) if found else "/done" if who.blind else "/matrix?done=1")

    def refused(self, request: Request, error: ScrError, back: str = "/") -> Response:
        """A page that says why something was not saved, with what the person typed."""
        status = 409 if isinstance(error, ConflictError) else 400
        page = shown.RefusedPage(message=str(error), back=back, wrote=form.written(request))
        return self.show(request, page, status)

    def troubled(self, request: Request, error: Exception) -> Response:
        """A page that says what went wrong on this computer, and lets the person send the same again."""
        query = request.url.query
        again = request.scope["raw_path"].decode("ascii") + (f"?{query}" if query else "")
        expected = isinstance(error, (ScrError, SQLAlchemyError, OSError))
        page = shown.TroublePage(
            message=trouble.in_words(error),
            again=again,
            post=request.method == "POST",
            fields=tuple((name, text) for name, text in form.fields(request) if name != "csrf"),
            wrote=form.written(request),
        )
        return self.show(request, page, 503 if expected else 500)

    def check_database(self) -> None:
        """Check that decisions are written to the project's database.

        Raises:
            ScrError: the database was moved, deleted or replaced; anything written to it now would be lost.
        """
        if database_identity(self.project) != self._database:
            raise ScrError(
                "the project's database was moved, deleted or replaced while this page was open, "
                "so nothing can be saved.",
                next_step="Stop the page with Ctrl-C, put the project folder back where it was, "
                "and start the page again.",
            )


def make_app(
    project: Project,
    *,
    reviewer: Reviewer | None = None,
    user_header: str | None = None,
    hosts: tuple[str, ...],
    token: str,
    base: str = "",
    first: str = "/",
) -> ASGIApp:
    """Make the page as an ASGI app.

    Args:
        project: the project whose cells are decided.
        reviewer: the person at this computer; None if a reverse proxy names the person, or the person has yet to do so.
        user_header: the header in which the proxy names the person.
        hosts: the server's own addresses, such as `127.0.0.1:8765`; requests to others are refused.
        token: admits the first browser that gives it.
        base: the path above all pages, such as `/x7Kq`; empty for the root.
        first: the page that the browser comes in at.
    """
    page = Page(project, reviewer, named_by_proxy=user_header is not None)

    def route(path: str, handler: Handler, *methods: str) -> Route:
        async def endpoint(request: Request) -> Response:
            request.state.body = await request.body() if request.method == "POST" else b""
            return await run_in_threadpool(_answered, page, handler, request, path)

        return Route(path, endpoint, methods=list(methods or ("GET",)))

    def live(path: str, handler: LiveHandler, method: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await handler(page, request)

        return Route(path, endpoint, methods=[method])

    @asynccontextmanager
    async def alive(_app: Starlette) -> AsyncIterator[None]:
        page.drawing.start()
        threading.Thread(target=_prepare, args=(page.session,), daemon=True).start()
        yield
        page.drawing.close()
        page.bench.close()
        page.session.close()

    app = Starlette(
        lifespan=alive,
        routes=[
            *(route(*each) for room in ROOMS for each in room.ROUTES),
            *(live(*each) for room in LIVE_ROOMS for each in room.LIVE),
            route("/matrix", _matrix),
            route("/next", _next),
            route("/cell/{document}/{key}", _cell),
            route("/cell/{document}/{key}", _decide, "POST"),
            route("/undo", _undo, "POST"),
            route("/document/{document}", _document),
            route("/document/{document}/sheet", _case_sheet),
            route("/page/{document}/{number}.png", _picture),
            route("/disagreements", _disagreements),
            route("/explain/{theme}", _explain),
            route("/help", _help),
            route("/news", beside.news),
            route("/second", beside.second),
            route("/second", beside.invite, "POST"),
            route("/done", beside.done),
            Route("/static/{name}", _static),
        ],
    )
    guard = Guard(app, hosts, token, base, user_header, first)
    page.seats, page.origin, guard.who = guard.seats, f"http://{hosts[0]}", page.who
    return guard


def _prepare(session: ReviewSession) -> None:
    """Work out what takes longest the first time, before anybody asks for it. A fault is told to whoever asks then."""
    with suppress(Exception):
        signing.blockers(session)


def _answered(page: Page, handler: Handler, request: Request, path: str) -> Response:
    """A handler's answer, or a page that says why there is none."""
    try:
        page.check_database()
        page.session.refresh()
        if path not in NAMELESS and page.who(request) == NOBODY:
            return page.go("/who")
        known = page.session.news.number
        try:
            answer = handler(page, request)
        except KeyError:
            # A review was taken out of the project while the page was made. What only looks can look again.
            if request.method != "GET" or page.session.news.number == known:
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


def _matrix(page: Page, request: Request) -> Response:
    who = page.who(request)
    first = max(0, form.number(request.query_params.get("from", "0")))
    everything = request.query_params.get("themes") == "all" and not who.blind
    return page.show(request, view.matrix(page.session, who, first, ROWS, everything))


def _next(page: Page, request: Request) -> Response:
    who = page.who(request)
    return page.go_after(who, (request.query_params.get("document", ""), request.query_params.get("key", "")))


def _cell(page: Page, request: Request) -> Response:
    number, undone = form.number(request.query_params.get("page", "0")), "undone" in request.query_params
    return _opened(page, request, view.Asked(number, undone=undone))


def _opened(page: Page, request: Request, asked: view.Asked, status: int = 200) -> Response:
    """The page of the cell that a request names."""
    who, document, key = page.who(request), request.path_params["document"], request.path_params["key"]
    cell = page.session.cell(document, key, who)
    return page.show(request, view.opened(page.session, page.drawing, cell, who, asked), status)


def _not_saved(page: Page, request: Request, error: ScrError) -> Response:
    """The cell again, with the reason and all that the person had filled in."""
    if isinstance(error, ConflictError):  # another's answer must be looked at before this one is given again
        return page.refused(
            request, error, back=frame.cell_path((request.path_params["document"], request.path_params["key"]))
        )
    filled = shown.Filled(
        trouble=str(error),
        reason=form.one(request, "reason"),
        quote=form.one(request, "quote"),
        text=form.one(request, "text") or None,
        kept=tuple(text for name, text in form.fields(request) if name == "keep"),
    )
    return _opened(page, request, view.Asked(form.number(form.one(request, "quote_page")), filled), 400)


def _decide(page: Page, request: Request) -> Response:
    who, document, key = page.who(request), request.path_params["document"], request.path_params["key"]
    try:
        given = form.read(request, page.session, document, key)
        if given.act == "adjudicated" and who.blind:
            raise RefusedError("a blind reviewer cannot adjudicate.", next_step="Ask a third person.")
        if given.meaning and given.meaning != page.session.hashes.get(key, ""):
            raise RefusedError(
                "the definition of this theme has changed since you opened it.",
                next_step="Go back, read it, and decide again.",
            )
        page.session.decide(
            who,
            document,
            key,
            given.value,
            evidence=given.evidence,
            sub_themes=given.sub_themes,
            text=given.text,
            reason=given.reason,
            act="adjudicated" if given.act == "adjudicated" else None,
            seen=given.seen,
        )
    except (RefusedError, form.FormError) as error:
        if (document, key) not in page.session.proposals:
            return page.refused(request, RefusedError(str(error)))
        return _not_saved(page, request, error if isinstance(error, ScrError) else RefusedError(str(error)))
    if given.stay:
        return page.go(frame.cell_path((document, key)))
    if given.act == "adjudicated":
        return page.go("/disagreements")
    return page.go_after(who, (document, key))


def _undo(page: Page, request: Request) -> Response:
    key = page.session.withdraw(page.who(request))
    if key and key not in page.session.proposals:
        key = (key[0], LIST)  # an item that was added is gone with the act that added it
    return page.go(f"{frame.cell_path(key)}?undone" if key else "/matrix")


def _document(page: Page, request: Request) -> Response:
    return page.go(frame.cell_path((request.path_params["document"], LIST)))


def _case_sheet(page: Page, request: Request) -> Response:
    if page.who(request).blind:
        raise RefusedError("a blind reviewer sees nobody's answers.", next_step="Decide the remaining cells.")
    document = request.path_params["document"]
    return page.show(request, shown.CaseSheetPage(document=document, sheet=page.workspace.case_sheet(document)))


def _picture(page: Page, request: Request) -> Response:
    document = page.session.documents.get(request.path_params["document"])
    number = form.number(request.path_params["number"])
    if document is None or not 1 <= number <= document.pages:
        raise HTTPException(404)
    try:
        return Response(page.drawing.png(page.project.inbox / document.file, number), media_type="image/png")
    except OSError as error:
        return PlainTextResponse(f"This page cannot be drawn: {error.strerror or error}.", 404)


def _disagreements(page: Page, request: Request) -> Response:
    who = page.who(request)
    if who.blind and not page.session.blind_done(who.name):
        raise RefusedError(
            "disagreements are shown once the second reviewer has finished.", next_step="Decide the remaining cells."
        )
    return page.show(request, view.disagreements(page.session))


def _explain(page: Page, request: Request) -> Response:
    if page.who(request).blind:
        raise RefusedError("a blind reviewer sees no counts.", next_step="Decide the remaining cells.")
    first = form.number(request.query_params.get("from", "0"))
    part = explained_in_part(page.session, request.path_params["theme"], first)
    return page.show(
        request, shown.ExplainPage(explanation=part.explanation, first=part.first, most=EXPLAINED, of=part.of)
    )


def _help(page: Page, request: Request) -> Response:
    return page.show(request, view.keys())


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(files("scr_llm.web").joinpath("static", name).read_bytes(), media_type=STATIC[name])
