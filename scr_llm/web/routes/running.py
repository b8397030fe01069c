"""Reading and coding what is new: starting it, following it live, answering what it asks, stopping it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from scr_llm.errors import RefusedError, ScrError
from scr_llm.web import form
from scr_llm.web.run_process import Task
from scr_llm.web.run_words import progress_in_words
from scr_llm.web.server import EVENTS
from scr_llm.web.workbench import coder_options

if TYPE_CHECKING:
    from scr_llm.web.page import Page

LOOK_SECONDS = 0.5
"""Between two looks at the run."""
LOOKS_FOR_FILES = 6
"""Looks at the run between two looks at the folder and the record."""
MOST_LOOKS = 1200
"""Looks after which the answer ends. The page asks again by itself, and whether the person still may is asked anew."""
BEAT_SECONDS = 15.0
"""After so long without news a line is sent, so that a window that is gone is noticed."""


def _run(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    coder = form.one(request, "coder")
    if coder not in ("rules", "llm"):
        raise RefusedError("choose how the reviews are coded.", next_step="Go back and choose.")
    named = {option.name: option for option in coder_options(page.project)}
    if coder not in named:
        raise RefusedError("no model is set up.", next_step="Set one up first, or use the embedded coder.")
    page.bench.runner.start(Task(page.project.root, coder), named[coder].title, page.who(request).name)  # type: ignore[arg-type]
    return page.go("/")


def _stop(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    page.bench.runner.stop(page.who(request).name or "somebody")
    return page.go("/")


def _answer(page: "Page", request: Request) -> Response:
    page.refuse_blind(request)
    who = page.who(request)
    if not who.name:
        raise RefusedError("nobody has said who agrees.", next_step="Give your name first: it goes into the record.")
    page.bench.runner.answer(form.one(request, "question"), yes=form.one(request, "answer") == "yes", who=who.name)
    return page.go("/")


async def _events(page: "Page", request: Request) -> Response:
    """What the run does, as server-sent events."""
    try:
        page.refuse_blind(request)
        with ExitStack() as stack:
            stack.enter_context(page.bench.place_to_follow())
            place = stack.pop_all()
    except ScrError as error:
        return PlainTextResponse(str(error), 503)
    stamp = request.query_params.get("stamp", "")
    return StreamingResponse(
        _followed(page, request, stamp, place), media_type="text/event-stream", background=BackgroundTask(place.close)
    )


async def _followed(page: "Page", request: Request, stamp: str, place: ExitStack) -> AsyncIterator[str]:
    with place:
        last, quiet, looks = "", 0.0, 0
        yield "retry: 3000\n\n"
        while looks < MOST_LOOKS and not await request.is_disconnected():
            if looks % LOOKS_FOR_FILES == 0 and await run_in_threadpool(_has_changed, page, stamp):
                yield "event: changed\ndata: 1\n\n"
                return
            now = json.dumps(vars(progress_in_words(page.bench.runner.state, page.project.settings.llm.currency)))
            if now != last:
                yield f"event: run\ndata: {now}\n\n"
                last, quiet = now, 0.0
            elif quiet > BEAT_SECONDS:
                yield ": still here\n\n"
                quiet = 0.0
            quiet, looks = quiet + LOOK_SECONDS, looks + 1
            await asyncio.sleep(LOOK_SECONDS)


def _has_changed(page: "Page", stamp: str) -> bool:
    try:
        return page.bench.stamp(page.project, page.session.store) != stamp
    except Exception:  # the page itself says what is wrong, once it is loaded again
        return False


ROUTES = (("/run", _run, "POST"), ("/run/stop", _stop, "POST"), ("/run/answer", _answer, "POST"))
LIVE = ((EVENTS, _events, "GET"),)
