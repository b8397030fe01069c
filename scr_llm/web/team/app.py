"""The pages of several projects as one ASGI app, and the first page that lists them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from scr_llm.project import Project
from scr_llm.web import frame
from scr_llm.web.app import close, prepare, routed, static
from scr_llm.web.drawing import Drawing
from scr_llm.web.guard import Guard
from scr_llm.web.page import Page
from scr_llm.web.routes.registry import STATIC
from scr_llm.web.seats import SEAT
from scr_llm.web.shown import ProjectLine, ProjectsPage
from scr_llm.web.team.door import PROJECTS, Proxied
from scr_llm.web.team.keeper import Keeper, kept_of
from scr_llm.web.team.people import People
from scr_llm.web.team.settings import ServerSettings


class Team:
    """The pages of all projects. The seat of a request says which of them answers."""

    def __init__(self, projects: Mapping[str, Project], people: Mapping[str, People], keeper: Keeper) -> None:
        self.drawing = Drawing()
        self.pages = {name: Page(p, self.drawing, kept=kept_of(keeper, name)) for name, p in projects.items()}
        self._people = people
        self._apps = {PROJECTS + name: routed(page) for name, page in self.pages.items()}
        front = [Route("/", self._first), Route(STATIC, static)]
        self._apps[""] = Starlette(routes=front, lifespan=lambda _app: self._alive())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that was let in, or begin and end."""
        at = SEAT.get().base if scope["type"] == "http" else ""
        await self._apps[at](scope, receive, send)

    def guarded(self, settings: ServerSettings, secret: str) -> ASGIApp:
        """All of it behind its door and its guard."""
        door = Proxied(self._people, settings.user_header, secret)
        return Guard(self, own_addresses(settings), door)

    def check(self) -> int:
        """Check that every project's database can be used. Returns the number of decisions in all of them."""
        decisions = 0
        for page in self.pages.values():
            page.check_database()
            decisions += page.session.store.head()[0]
        return decisions

    @asynccontextmanager
    async def _alive(self) -> AsyncIterator[None]:
        self.drawing.start()
        for page in self.pages.values():
            prepare(page)
        yield
        self.drawing.close()
        for page in self.pages.values():
            close(page)

    async def _first(self, request: Request) -> Response:
        request.state.route = "/"
        return await run_in_threadpool(self._listed, request.state.login)

    def _listed(self, login: str) -> Response:
        found = [
            ProjectLine(page.project.settings.name, f"{PROJECTS}{name}/", ", ".join(roles))
            for name, page in self.pages.items()
            if (roles := self._people[name].roles(login))
        ]
        if not found:
            return PlainTextResponse(
                f"You are in no project here. The proxy calls you {login}; whoever runs the server can add you.", 403
            )
        page = ProjectsPage(projects=tuple(sorted(found, key=lambda each: each.name)))
        return HTMLResponse(frame.environment({}).get_template(page.template).render(p=page))


def own_addresses(settings: ServerSettings) -> tuple[str, ...]:
    """The Host headers that the server answers to."""
    port = settings.bind.rpartition(":")[2]
    return (*settings.hosts, settings.bind, f"127.0.0.1:{port}", f"localhost:{port}")
