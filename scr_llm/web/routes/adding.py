"""Adding files to the inbox."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from scr_llm.text.file_names import safe_file_name
from scr_llm.text.words import capital
from scr_llm.web.guard import UPLOAD
from scr_llm.web.multipart import BrokenFormError, Part
from scr_llm.web.receiving import TooLargeError, answered, form_of, outcome, received
from scr_llm.web.shown_work import AddedPage, Became
from scr_llm.web.workbench import note

if TYPE_CHECKING:
    from scr_llm.web.page import Page


async def _add(page: "Page", request: Request) -> Response:
    """Take one file from the page's script, or those of a form."""
    form = form_of(request)
    if form is not None:
        return await _add_all(page, request, form)
    name = request.query_params.get("name", "")
    return await answered(UPLOAD, safe_file_name(name, ""), lambda: _taken(page, request, name))


async def _add_all(page: "Page", request: Request, form: AsyncIterator[Part]) -> Response:
    """Take the files of a form one after the other. The first page comes next or, if one is refused, the reasons."""
    became: list[Became] = []
    try:
        async for part in form:
            if part.name == "file" and part.file:
                name = safe_file_name(part.file, "")
                said, status = await outcome(UPLOAD, name, partial(_taken, page, request, part.file, part.pieces))
                became.append(Became(said["file"] or part.file, said["said"], good=status == 200))
    except (BrokenFormError, ClientDisconnect) as error:
        became.append(Became("The rest", capital(str(error)) or "It was cut off. Add it again.", good=False))
    if not became:
        became.append(Became("No file", "Choose one or more files first.", good=False))
    if all(each.good for each in became):
        return page.go("/")
    return await run_in_threadpool(page.show, request, AddedPage(became=tuple(became)), 400)


async def _taken(
    page: "Page", request: Request, name: str, pieces: AsyncIterator[bytes] | None = None
) -> dict[str, str]:
    page.check_database()
    page.refuse_blind(request)
    megabytes = page.project.settings.read.largest_megabytes
    too_large = TooLargeError(
        f"it is larger than {megabytes} MB.",
        next_step="Print it to PDF again, which makes it smaller; or raise largest_megabytes in project.toml.",
    )
    async with received(page, request, megabytes * 1_000_000, too_large, pieces) as part:
        target, is_new = await run_in_threadpool(_placed, page, part, name, page.who(request).name)
    return {"file": target.name, "said": "Added." if is_new else "It is in the inbox already."}


def _placed(page: "Page", part: Path, name: str, who: str) -> tuple[Path, bool]:
    target, is_new = page.workspace.take(part, name)
    if is_new:
        note(page.session.store, "added", f"Added {target.name}", who)
        page.bench.inbox.look(page.project, page.session.store, whole=True)
    return target, is_new


LIVE = ((UPLOAD, _add, "POST"),)
