"""Files that a browser sends: each is the body of a request, goes piece by piece to disk, and is answered in words."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from scr_llm.errors import ScrError, UsageError
from scr_llm.files import named_errors
from scr_llm.text.words import capital
from scr_llm.web import trouble
from scr_llm.web.multipart import Part

if TYPE_CHECKING:
    from scr_llm.web.page import Page

SPARE = 200_000_000
"""Bytes that stay free on the disk, which the database and the papers need."""


class TooLargeError(UsageError):
    """The file is larger than the program opens."""


@asynccontextmanager
async def received(
    page: "Page", request: Request, most: int, too_large: TooLargeError, pieces: AsyncIterator[bytes] | None = None
) -> AsyncIterator[Path]:
    """A file that comes in, in outputs/, from where it is removed afterwards.

    Args:
        page: the page.
        request: the request.
        most: bytes that are taken at most; no byte of a body that says it has more is read.
        too_large: what is raised then.
        pieces: the file, where it is a part of the body; None where it is the body.

    Raises:
        UsageError: too many files come in at the same time, or there is too little space on the disk.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or (pieces is None and int(declared[:20]) > most):
        raise too_large
    outputs = page.project.outputs
    with page.bench.place_to_add(), named_errors(outputs):
        if shutil.disk_usage(outputs).free < int(declared[:20]) + SPARE:
            raise UsageError("there is too little space on the disk.", next_step="Free some space, then try again.")
        number, part_name = tempfile.mkstemp(prefix=".added.", suffix=".part", dir=outputs)
        part = Path(part_name)
        try:
            with os.fdopen(number, "wb") as file:
                came = 0
                async for piece in pieces or request.stream():
                    came += len(piece)
                    if came > most:
                        raise too_large
                    await run_in_threadpool(file.write, piece)
                await run_in_threadpool(_to_disk, file)
            yield part
        finally:
            with contextlib.suppress(OSError):
                part.unlink()


def form_of(request: Request) -> AsyncIterator[Part] | None:
    """The rest of the form, behind its token, where a browser without scripts sent one; None where a script did."""
    found: AsyncIterator[Part] | None = getattr(request.state, "form", None)
    return found


async def answered(path: str, name: str, work: Callable[[], Awaitable[dict[str, str]]]) -> Response:
    """The answer for the page's script: what became of a file, in words."""
    return JSONResponse(*await outcome(path, name, work))


async def outcome(path: str, name: str, work: Callable[[], Awaitable[dict[str, str]]]) -> tuple[dict[str, str], int]:
    """What became of a file, in words, and the status to answer with."""
    try:
        return await work(), 200
    except ClientDisconnect:
        return {"file": name, "said": "It was cut off. Add it again."}, 400
    except ScrError as error:
        status = 507 if isinstance(error.__cause__, OSError) else 400
        said = {"file": name, "said": _sentence(str(error), name)}
        return said, 413 if isinstance(error, TooLargeError) else status
    except Exception as error:
        trouble.log("POST", path, error)
        return {"file": name, "said": trouble.in_words(error)}, 500


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sentence(text: str, name: str) -> str:
    """A message as a sentence of its own. A file's name stays as it is."""
    return text if name and text.startswith(name) else capital(text)
