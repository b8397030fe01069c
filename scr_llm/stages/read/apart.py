"""Read files in processes of their own, within limits: a hostile file costs bounded time and memory, and only itself."""

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import NamedTuple

from pebble import ProcessExpired, ProcessPool

from scr_llm.errors import FileError, ScrError, StopError, UnreadableError
from scr_llm.records import Reading
from scr_llm.stages.read import read

_TOO_MUCH = 86
"""Exit code of a process that took more memory than it may."""
_COMING_UP = 10.0
"""Seconds that a process of the pool may take to start."""
_AHEAD = 3
"""Files for each process that are read before they are asked for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    seconds: float = 180.0
    """Time for one file; then it is tried once more without the second reader, then given up."""
    megabytes: int = 1500
    """Memory of one process."""
    workers: int = 2
    """Processes at once."""
    witness: bool = True
    """Whether a second reader checks every page."""


class Wanted(NamedTuple):
    """A file to be read."""

    path: Path
    document_id: str
    sha256: str = ""
    """Of its bytes, where they are known: others are not read."""


def read_apart(files: Sequence[Wanted], limits: Limits) -> Iterator[Reading | Exception]:
    """Read files, in order. What goes wrong with one is given in its place."""
    if not files:
        return
    workers, context = min(limits.workers, len(files)), get_context("spawn")
    up = context.Semaphore(0)
    pool = ProcessPool(
        max_workers=workers, initializer=keep_within, initargs=(limits.megabytes, os.getpid(), up), context=context
    )
    try:
        yield from _read_in(pool, files, limits)
        for _ in range(
            workers
        ):  # one that is still starting when the pool is stopped finds its locks gone, and says so in a traceback
            up.acquire(timeout=_COMING_UP)
    except RuntimeError as error:  # the pool's own: its processes are gone
        step = "Close other programs, or set [read] workers = 1 in project.toml, then run again to go on."
        raise StopError(
            "the processes that read the files were ended from outside, perhaps because memory ran out.", next_step=step
        ) from error
    finally:
        pool.stop()
        pool.join()


def _read_in(pool: ProcessPool, files: Sequence[Wanted], limits: Limits) -> Iterator[Reading | Exception]:
    waiting: deque[Future[Reading]] = deque()
    coming = iter(files)
    with deaf_to_ctrl_c():
        for _ in range(limits.workers * _AHEAD):
            if (given := next(coming, None)) is not None:
                waiting.append(_ask(pool, given, limits, witness=limits.witness))
    for file in files:
        future = waiting.popleft()
        result = _outcome(future, limits)
        if isinstance(result, _OverLimitError) and limits.witness:
            result = _outcome(_ask(pool, file, limits, witness=False), limits)
        if (given := next(coming, None)) is not None:
            waiting.append(_ask(pool, given, limits, witness=limits.witness))
        yield result


class _OverLimitError(UnreadableError):
    """It cost more than it may."""


def _ask(pool: ProcessPool, file: Wanted, limits: Limits, *, witness: bool) -> "Future[Reading]":
    asked = {"witness": witness, "megabytes": limits.megabytes, "sha256": file.sha256}
    future: Future[Reading] = pool.schedule(
        read, args=[file.path, file.document_id], kwargs=asked, timeout=limits.seconds
    )
    return future


def _outcome(future: "Future[Reading]", limits: Limits) -> Reading | Exception:
    advice = "Print it to PDF again, or raise [read] in project.toml if you trust the file."
    try:
        return future.result()
    except OutOfTime:
        return _OverLimitError(f"reading it took more than {limits.seconds:g} seconds.", next_step=advice)
    except ProcessExpired as error:
        if error.exitcode == _TOO_MUCH:
            return _OverLimitError(f"reading it took more than {limits.megabytes} MB of memory.", next_step=advice)
        if error.exitcode in (
            -9,
            -15,
        ):  # not of itself: the system ends what takes too much memory, a person what they like
            return FileError("the process that read it was ended from outside, perhaps because memory ran out.")
        return _OverLimitError(f"the file brings the reader down (exit code {error.exitcode}).", next_step=advice)
    except MemoryError:
        return _OverLimitError(f"reading it took more than {limits.megabytes} MB of memory.", next_step=advice)
    except (ScrError, OSError) as error:
        return error
    except RecursionError:
        return UnreadableError("the file is broken: its parts lie within each other without end.", next_step=advice)
    except Exception as error:  # whatever a hostile file may raise; given in its place
        return UnreadableError(
            f"the file is broken: it holds what neither reader can make sense of ({error}).", next_step=advice
        )


@contextlib.contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Threads and processes that are started within leave Ctrl-C to the command, from their first moment; where the system knows such masks."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def keep_within(megabytes: int, parent: int, up: Semaphore | None = None) -> None:
    """In a process of a pool: end it when it takes too much memory or when whoever started it is gone; leave Ctrl-C to the latter.

    Args:
        megabytes: of memory that it may take.
        parent: process that started it.
        up: is told that it has started.
    """
    import psutil

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if up:
        up.release()
    own = psutil.Process()

    def look() -> None:
        while True:
            if own.memory_info().rss > megabytes * 1_000_000:
                os._exit(_TOO_MUCH)
            if not psutil.pid_exists(parent):
                os._exit(0)
            time.sleep(0.05)

    threading.Thread(target=look, daemon=True).start()
