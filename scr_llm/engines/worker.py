"""What a worker of a cluster does with one document: it reads it and codes it, or makes the questions about it.

All of it is done in a process beside the worker, within the limits that hold on one computer too.
"""

import contextlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scr_llm.engines.one_document import Coded, code_document
from scr_llm.errors import FileError, StopError
from scr_llm.records import Codebook, Reading
from scr_llm.stages.code import Coder
from scr_llm.stages.read.apart import Limits, Processes, Wanted, read_apart
from scr_llm.version import __version__

if TYPE_CHECKING:
    from scr_llm.stages.code.llm.plan import Asking


@dataclass(frozen=True)
class Work:
    """What is done with every document."""

    limits: Limits
    """The most that reading one file may cost."""
    coder: Coder | None
    """Who codes; None if a model is asked, which a worker never does."""
    how: "Asking | None"
    """How the model is asked, to make the questions."""
    codebook: Codebook
    """The codes."""
    version: str = __version__
    """Of the program that gave the work. A worker with another version refuses it."""


@dataclass(frozen=True)
class Done:
    """What came of one document."""

    reading: Reading | Exception
    """The reading, or why there is none."""
    made: Coded | bytes | None = None
    """The coding, or the packed questions; None where that failed, so that it is tried where errors become statuses."""


class Worker:
    """Works on one document after the other."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._processes = Processes(replace(work.limits, workers=1))

    def __call__(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row of one file to the row of what came of it."""
        return {"done": pickle.dumps(self._done(Wanted(Path(row["path"]), row["id"], row["sha256"])))}

    def _done(self, file: Wanted) -> Done:
        if self._work.version != __version__:
            return Done(
                StopError(
                    f"the cluster has version {__version__} of scr-llm, and this computer {self._work.version}.",
                    next_step="Install the same version on both.",
                )
            )
        if not file.path.is_file():
            return Done(
                FileError(
                    f"{file.path.name} is not on the computer that was to read it.",
                    next_step="Every computer of the cluster must see the project's inbox under the same path.",
                )
            )
        [reading] = read_apart([file], self._work.limits, self._processes)
        return Done(reading) if isinstance(reading, Exception) else Done(reading, self._made(reading))

    def _made(self, reading: Reading) -> Coded | bytes | None:
        """The coding or the questions, also made beside the worker.

        Ray gives a document whose worker was lost to the next one, without end, so nothing about a document may end it.
        """
        work, pool = self._work, self._processes.pool(1)
        with contextlib.suppress(Exception):
            if work.coder:
                coded: Coded = pool.schedule(
                    code_document, args=[work.coder, reading, work.codebook], timeout=work.limits.seconds
                ).result()
                return coded
            from scr_llm.stages.code.llm.plan import packed_plan

            packed: bytes = pool.schedule(
                packed_plan, args=[work.how, reading, work.codebook], timeout=work.limits.seconds
            ).result()
            return packed
        return None
