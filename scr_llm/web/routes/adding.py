"""Adding files: each comes in as the body of a request and goes piece by piece to disk."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from scr_llm.errors import ScrError, UsageError
from scr_llm.files import named_errors
from scr_llm.text.file_names import safe_file_name
from scr_llm.web import trouble
from scr_llm.web.guard import UPLOAD
from scr_llm.web.routes.home import not_blind
from scr_llm.web.workbench import note

if TYPE_CHECKING:
    from scr_llm.web.app import Page

SPARE = 200_000_000
"""Bytes that stay free on the disk, which the database and the papers need."""


async def _add(page: "Page", request: Request) -> Response:
    """Take one file. The answer is for the page's script: what became of it, in words."""
    name = request.query_params.get("name", "")
    said = safe_file_name(name, "")
    try:
        page.check_database()
        not_blind(page, request)
        target, is_new = await _received(page, request, name)
    except ClientDisconnect:
        return JSONResponse({"file": said, "said": "It was cut off. Add it again."}, 400)
    except ScrError as error:
        status = 507 if isinstance(error.__cause__, OSError) else 400
        return JSONResponse({"file": said, "said": _sentence(str(error), said)}, 413 if _is_size(error) else status)
    except Exception as error:
        trouble.log("POST", UPLOAD, error)
        return JSONResponse({"file": said, "said": trouble.in_words(error)}, 500)
    words = "Added." if is_new else "It is in the inbox already."
    return JSONResponse({"file": target.name, "said": words})


class _TooLargeError(UsageError):
    """The file is larger than the program opens."""


def _is_size(error: ScrError) -> bool:
    return isinstance(error, _TooLargeError)


async def _received(page: "Page", request: Request, name: str) -> tuple[Path, bool]:
    """Write the body to disk, then move it into the inbox."""
    megabytes = page.project.settings.read.largest_megabytes
    too_large = _TooLargeError(
        f"it is larger than {megabytes} MB.",
        next_step="Print it to PDF again, which makes it smaller; or raise largest_megabytes in project.toml.",
    )
    declared = request.headers.get("content-length", "0")
    most = megabytes * 1_000_000
    if not declared.isdigit() or int(declared[:20]) > most:
        raise too_large
    outputs = page.project.outputs
    with page.bench.place_to_add(), named_errors(outputs):
        if shutil.disk_usage(outputs).free < int(declared) + SPARE:
            raise UsageError("there is too little space on the disk.", next_step="Free some space, then try again.")
        number, part_name = tempfile.mkstemp(prefix=".added.", suffix=".part", dir=outputs)
        part = Path(part_name)
        try:
            with os.fdopen(number, "wb") as file:
                came = 0
                async for piece in request.stream():
                    came += len(piece)
                    if came > most:
                        raise too_large
                    await run_in_threadpool(file.write, piece)
                await run_in_threadpool(_to_disk, file)
            return await run_in_threadpool(_placed, page, part, name, page.who(request).name)
        finally:
            with contextlib.suppress(OSError):
                part.unlink()


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _placed(page: "Page", part: Path, name: str, who: str) -> tuple[Path, bool]:
    target, is_new = page.workspace.take(part, name)
    if is_new:
        note(page.session.store, "added", f"Added {target.name}", who)
        page.bench.inbox.look(page.project, page.session.store, whole=True)
    return target, is_new


def _sentence(text: str, name: str) -> str:
    """A message as a sentence of its own. A file's name stays as it is."""
    return text if text.startswith(name) else text[:1].upper() + text[1:]


LIVE = ((UPLOAD, _add, "POST"),)
