"""Where the work on documents is done: in processes on this computer, or on a Ray cluster (`on_ray.py`).

An engine reads documents and codes them, each by itself, with the functions of `one_document`. It stores nothing and
asks no model: what comes back is admitted, asked about and saved by the one process that runs the pipeline.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from scr_llm.engines.one_document import Coded, coded
from scr_llm.records import Codebook, Reading
from scr_llm.stages.code import Coder
from scr_llm.stages.read.apart import Processes, Wanted, read_apart

NAMES = ("local", "ray")
"""The engines, by the name that a person gives."""


class Engine(Protocol):
    """Does the work on documents."""

    workers: int
    """Documents that it works on at the same time."""
    processes: Processes
    """Processes beside this one, for what is done here."""

    def read(self, files: Sequence[Wanted]) -> Iterator[Reading | Exception]:
        """Read files, in order. A file that fails gives its error in place of a reading."""
        ...

    def coded(self, coder: Coder, reading: Reading, codebook: Codebook) -> Coded:
        """Code a document and find its quotes in it. Raises as `coder.code` does."""
        ...

    def stop(self) -> None:
        """Do nothing more, and give up what is under way."""
        ...


class Local:
    """Processes beside this one."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self.workers = processes.limits.workers

    def read(self, files: Sequence[Wanted]) -> Iterator[Reading | Exception]:
        """Read files, in order, in the processes."""
        return read_apart(files, self.processes.limits, self.processes)

    def coded(self, coder: Coder, reading: Reading, codebook: Codebook) -> Coded:
        """Code a document. What a coder that asks can do without its model is done in the processes."""
        return coded(coder, reading, codebook, self.processes.do)

    def stop(self) -> None:
        """Do nothing more, and give up what is under way."""
        self.processes.stop()
