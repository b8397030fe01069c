"""The routes. Each reads a form or an address, asks the desk, and fills a template."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any
from urllib.parse import quote as in_url

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from scr_llm import results, signing
from scr_llm.desk import Desk, Reviewer
from scr_llm.errors import ConflictError, RefusedError, ScrError
from scr_llm.project import Project
from scr_llm.web import form, picture, view
from scr_llm.web.guard import Guard

Handler = Callable[["Page", Request], Response]
ROWS = 60
"""Reviews on one page of the matrix."""
STATIC = {"review.css": "text/css", "review.js": "text/javascript", "icon.svg": "image/svg+xml"}


class Page:
    """One running review page: the desk, who sits at it, and the templates."""

    def __init__(self, project: Project, reviewer: Reviewer | None, user_header: str | None) -> None:
        self.project, self.desk = project, Desk(project)
        self._reviewer, self._user_header = reviewer, user_header
        self.csrf = ""
        self._templates = Environment(loader=PackageLoader("scr_llm.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self._templates.filters["words"] = lambda text: str(text).replace("_", " ")
        self._templates.filters["part"] = lambda text: in_url(str(text), safe="")

    def who(self, request: Request) -> Reviewer:
        """Who asks: the person at this machine, or the one whom the reverse proxy names."""
        if self._reviewer:
            return self._reviewer
        name = request.headers[self._user_header or ""].strip()
        settings = self.project.settings.review
        return Reviewer(name, settings.roles.get(name, "Reviewer"), blind=name in settings.second_reviewers)

    def show(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A filled template."""
        who = self.who(request)
        text = self._templates.get_template(template).render(
            who=who, csrf=self.csrf, project=self.project.settings, progress=view.progress(self.desk, who), **values
        )
        return HTMLResponse(text, status)

    def refused(self, request: Request, error: ScrError, back: str = "/") -> Response:
        """A page that says why something was not taken in."""
        return self.show(request, "refused.html.j2", 409 if isinstance(error, ConflictError) else 400, told=str(error), back=back)


def make_app(project: Project, *, reviewer: Reviewer | None = None, user_header: str | None = None, hosts: tuple[str, ...], token: str) -> ASGIApp:
    """The page as an ASGI app.

    Args:
        project: whose cells are decided.
        reviewer: the person at this machine; None where a reverse proxy names the person.
        user_header: the header in which it does.
        hosts: the server's own addresses, as `127.0.0.1:8765`; requests to others are refused.
        token: lets the first browser in that gives it.
    """
    page = Page(project, reviewer, user_header)

    def route(path: str, handler: Handler, *methods: str) -> Route:
        async def endpoint(request: Request) -> Response:
            request.state.body = await request.body() if request.method == "POST" else b""
            return await run_in_threadpool(_answered, page, handler, request)

        return Route(path, endpoint, methods=list(methods or ("GET",)))

    app = Starlette(routes=[
        route("/", _start), route("/matrix", _matrix), route("/next", _next), route("/cell/{document}/{key}", _cell), route("/cell/{document}/{key}", _decide, "POST"),
        route("/undo", _undo, "POST"), route("/document/{document}", _document), route("/page/{document}/{number:int}.png", _picture), route("/disagreements", _disagreements),
        route("/explain/{theme}", _explain), route("/sign-off", _sign_off), route("/sign-off", _sign, "POST"), route("/help", _help),
        route("/static/{name}", _static),
    ])  # fmt: skip
    guard = Guard(app, hosts, token, user_header)
    page.csrf = guard.csrf
    return guard


def _answered(page: Page, handler: Handler, request: Request) -> Response:
    try:
        page.desk.refresh()
        return handler(page, request)
    except ScrError as error:
        return page.refused(request, error)


def _start(page: Page, request: Request) -> Response:
    return RedirectResponse("/matrix", 303)


def _matrix(page: Page, request: Request) -> Response:
    who = page.who(request)
    first = max(0, form.number(request.query_params.get("from", "0")))
    everything = request.query_params.get("themes") == "all" and not who.blind
    return page.show(request, "matrix.html.j2", m=view.matrix(page.desk, who, first, ROWS, everything))


def _next(page: Page, request: Request) -> Response:
    who = page.who(request)
    found = page.desk.after(who, (request.query_params.get("document", ""), request.query_params.get("key", "")))
    return RedirectResponse(_address(found) if found else "/matrix?done=1", 303)


def _cell(page: Page, request: Request) -> Response:
    cell = page.desk.cell(request.path_params["document"], request.path_params["key"], page.who(request))
    return page.show(request, "cell.html.j2", **view.opened(page.desk, cell, page.who(request), form.number(request.query_params.get("page", "0"))))


def _decide(page: Page, request: Request) -> Response:
    who, document, key = page.who(request), request.path_params["document"], request.path_params["key"]
    try:
        given = form.read(request, page.desk, document, key)
        if given.act == "adjudicated" and who.blind:
            raise RefusedError("a blind reviewer cannot adjudicate.", next_step="Ask a third person.")
        page.desk.decide(
            who, document, key, given.value, evidence=given.evidence, sub_themes=given.sub_themes, text=given.text, reason=given.reason,
            act="adjudicated" if given.act == "adjudicated" else None, seen=given.seen,
        )  # fmt: skip
    except (RefusedError, form.FormError) as error:
        return page.refused(request, error if isinstance(error, ScrError) else RefusedError(str(error)), back=_address((document, key)))
    if given.stay:
        return RedirectResponse(_address((document, key)), 303)
    if given.act == "adjudicated":
        return RedirectResponse("/disagreements", 303)
    found = page.desk.after(who, (document, key))
    return RedirectResponse(_address(found) if found else "/matrix?done=1", 303)


def _undo(page: Page, request: Request) -> Response:
    key = page.desk.withdraw(page.who(request))
    return RedirectResponse(_address(key) if key else "/matrix", 303)


def _document(page: Page, request: Request) -> Response:
    return page.show(request, "document.html.j2", **view.document(page.desk, request.path_params["document"], page.who(request)))


def _picture(page: Page, request: Request) -> Response:
    document, number = page.desk.documents.get(request.path_params["document"]), request.path_params["number"]
    if document is None or not 1 <= number <= document.pages:
        raise HTTPException(404)
    try:
        return Response(picture.png(page.project.inbox / document.file, number), media_type="image/png")
    except OSError as error:
        return PlainTextResponse(f"This page cannot be drawn: {error}", 404)


def _disagreements(page: Page, request: Request) -> Response:
    who = page.who(request)
    if who.blind and not page.desk.blind_done(who.name):
        raise RefusedError("disagreements are shown when the second reviewer is done.", next_step="Decide the cells that are left.")
    return page.show(request, "disagreements.html.j2", rows=view.disagreements(page.desk), agreed=view.agreed(page.desk))


def _explain(page: Page, request: Request) -> Response:
    if page.who(request).blind:
        raise RefusedError("a blind reviewer sees no counts.", next_step="Decide the cells that are left.")
    return page.show(request, "explain.html.j2", e=results.explain(page.project, request.path_params["theme"])[0])


def _sign_off(page: Page, request: Request) -> Response:
    if page.who(request).blind:
        raise RefusedError("a second reviewer does not sign off.", next_step="Decide the cells that are left.")
    return page.show(request, "sign_off.html.j2", wrong=signing.hindrances(page.desk), since=signing.since_signed(page.desk), signed=page.desk.store.sign_offs(), desk=page.desk)


def _sign(page: Page, request: Request) -> Response:
    who = page.who(request)
    if who.blind:
        raise RefusedError("a second reviewer does not sign off.", next_step="Decide the cells that are left.")
    signing.sign_off(page.project, who.name, who.role)
    return RedirectResponse("/sign-off", 303)


def _help(page: Page, request: Request) -> Response:
    return page.show(request, "help.html.j2")


def _static(page: Page, request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(files("scr_llm.web").joinpath("static", name).read_bytes(), media_type=STATIC[name])


def _address(key: tuple[str, str]) -> str:
    return f"/cell/{in_url(key[0], safe='')}/{in_url(key[1], safe='')}"
