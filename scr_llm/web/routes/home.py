"""Seeing where the work stands, and saying who one is."""

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from scr_llm.errors import RefusedError
from scr_llm.intake.inclusion import rule
from scr_llm.review.cells import Reviewer
from scr_llm.text.typed import typed
from scr_llm.text.words import STATUSES
from scr_llm.web import form
from scr_llm.web.home_view import files, home, log, papers, papers_page
from scr_llm.web.run_words import progress_in_words
from scr_llm.web.shown_work import HomePage, LogPage, Standing, WhoPage
from scr_llm.web.workbench import coder_options

if TYPE_CHECKING:
    from scr_llm.web.page import Page

LOG_ENTRIES = 500
"""Entries on the page of the log."""


def _home(page: "Page", request: Request) -> Response:
    who = page.who(request)
    if who.blind:
        return page.go("/matrix")
    run = page.bench.runner.state
    now = HomePage(
        work=_standing(page, request),
        run=run,
        live=progress_in_words(run, page.project.settings.llm.currency),
        coders=coder_options(page.project),
        chosen=page.workspace.default_coder(),
        stamp=page.bench.stamp(page.project, page.session.store),
        largest=page.project.settings.read.largest_megabytes,
        inbox="" if page.is_shared else str(page.project.inbox.resolve()),
    )
    return page.show(request, now)


def _standing(page: "Page", request: Request) -> Standing:
    copying = page.bench.inbox.look(page.project, page.session.store)
    page.session.refresh()  # what was taken in at this look is on the page
    return home(page.project, page.session, page.who(request), page.bench.runner.state, copying)


def _files(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    page.bench.inbox.look(page.project, page.session.store)
    page.session.refresh()  # what was taken in at this look is on the page
    asked = request.query_params
    state, words, first = (asked.get(name, "")[:200] for name in ("state", "words", "from"))
    return page.show(request, files(page.session, state if state in STATUSES else "", words, form.number(first)))


def _rule(page: "Page", request: Request) -> Response:
    """Count a file that was left out, or leave out one that counts, for a reason."""
    page.refuse_blind(request)
    act = request.path_params["act"]
    if act not in ("include", "exclude"):
        raise HTTPException(404)
    reason = form.one(request, "reason")
    rule(page.project, request.path_params["document"], act, reason, page.who(request).name)
    return page.go(f"/files?{form.one(request, 'query')}" if form.one(request, "back") == "files" else "/")


def _papers(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    return page.show(request, papers_page(page.project))


def _paper(page: "Page", request: Request) -> Response:
    """Download a paper: only what the list of papers has, whatever the address says."""
    page.refuse_blind(request)
    wanted = request.path_params["paper"]
    if not any(paper.path == wanted for paper in papers(page.project)):
        raise HTTPException(404)
    path = page.project.outputs / PurePosixPath(wanted)
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


def _log(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    return page.show(request, LogPage(entries=log(page.session.store, LOG_ENTRIES)))


def _who(page: "Page", request: Request) -> Response:
    if not page.may_be_named:
        return page.go("/")
    who = page.who(request)
    name, role = (who.name, who.role) if who.name else last_person(page)
    return page.show(request, WhoPage(name=name, role=role))


def last_person(page: "Page") -> tuple[str, str]:
    """Name and role of whoever decided last, to be offered; empty where nobody has."""
    decided = page.session.store.decisions(after=max(0, page.session.store.head()[0] - 1))
    return (decided[-1].author, decided[-1].role) if decided else ("", "")


def _name(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    if not page.may_be_named:
        raise RefusedError("this page knows who you are.", next_step="Go on.")
    name, role = typed(form.one(request, "name"), "the name"), typed(form.one(request, "role"), "the role")
    page.is_used_by(Reviewer(name, role))
    return page.go("/")


ROUTES = (
    ("/", _home, "GET"),
    ("/files", _files, "GET"),
    ("/file/{document}/{act}", _rule, "POST"),
    ("/papers", _papers, "GET"),
    ("/paper/{paper:path}", _paper, "GET"),
    ("/log", _log, "GET"),
    ("/who", _who, "GET"),
    ("/who", _name, "POST"),
)
