"""Adding files to the inbox."""

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from scr_llm.text.file_names import safe_file_name
from scr_llm.web.guard import UPLOAD
from scr_llm.web.receiving import TooLargeError, answered, received
from scr_llm.web.workbench import note

if TYPE_CHECKING:
    from scr_llm.web.page import Page


async def _add(page: "Page", request: Request) -> Response:
    """Take one file. The answer is for the page's script: what became of it, in words."""
    name = request.query_params.get("name", "")

    async def taken() -> dict[str, str]:
        page.check_database()
        page.refuse_blind(request)
        megabytes = page.project.settings.read.largest_megabytes
        too_large = TooLargeError(
            f"it is larger than {megabytes} MB.",
            next_step="Print it to PDF again, which makes it smaller; or raise largest_megabytes in project.toml.",
        )
        async with received(page, request, megabytes * 1_000_000, too_large) as part:
            target, is_new = await run_in_threadpool(_placed, page, part, name, page.who(request).name)
        return {"file": target.name, "said": "Added." if is_new else "It is in the inbox already."}

    return await answered(UPLOAD, safe_file_name(name, ""), taken)


def _placed(page: "Page", part: Path, name: str, who: str) -> tuple[Path, bool]:
    target, is_new = page.workspace.take(part, name)
    if is_new:
        note(page.session.store, "added", f"Added {target.name}", who)
        page.bench.inbox.look(page.project, page.session.store, whole=True)
    return target, is_new


LIVE = ((UPLOAD, _add, "POST"),)
