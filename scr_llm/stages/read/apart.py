"""Read files in separate processes, within limits.

A hostile file can take only so much time and memory, and can bring down nothing but its own reading. The same processes
do other work on single documents, so that this one is free to ask a model meanwhile.
"""

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as OutOfTime
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeAlias, TypeVar

from pebble import ProcessExpired, ProcessPool

from scr_llm.errors import FileError, ScrError, StopError, UnreadableError
from scr_llm.records import CrossCheckMode, Reading
from scr_llm.stages.read import read
from scr_llm.stages.read.inspect import Checked, check_pages

_TOO_MUCH = 86
"""Exit code of a process that exceeded its memory limit."""
_COMING_UP = 10.0
"""Seconds that a process of the pool may take to start."""
_AHEAD = 3
"""Files for each process that are read in advance."""
_ADVICE = "Print it to PDF again, or raise the limits under [read] in project.toml if you trust the file."


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that reading one file may cost."""

    seconds: float = 180.0
    """Time for one file. After that it is tried once more without the second reader, then given up."""
    megabytes: int = 1500
    """Memory of one process."""
    workers: int = 2
    """Number of processes."""
    cross_check: CrossCheckMode = "full"
    """Which pages a second reader checks."""


class Wanted(NamedTuple):
    """A file to read."""

    path: Path
    document_id: str
    sha256: str = ""
    """Expected checksum, where it is known; a file with another is not read."""


class ToCheck(NamedTuple):
    """Pages of a file that was read, to be read a second time."""

    path: Path
    sha256: str
    """Checksum of the file as it was read."""
    texts: Mapping[int, str]
    """Page number, from 1, to the text that the first reader has of it."""


_T = TypeVar("_T")
_Ask: TypeAlias = Callable[[ProcessPool], Future[_T]]
"""Asks a process of the pool for something."""
_Asks: TypeAlias = tuple[_Ask[_T], _Ask[_T] | None]
"""What to ask about one file, and what to ask where that exceeds a limit."""


class Processes:
    """Processes beside this one, within limits. They start with the first piece of work, and end with `close`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._up = get_context("spawn").Semaphore(0)
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._workers = 0
        self._under_way: set[Future[Any]] = set()
        self._stopped = threading.Event()

    def pool(self, at_most: int) -> ProcessPool:
        """The pool. It is made when first asked for, with as many processes as there can be pieces of work."""
        with self._lock:
            if self._pool is None:
                self._workers = max(1, min(self.limits.workers, at_most))
                self._pool = pool_within(self._workers, self.limits.megabytes, self._up)
            return self._pool

    def do(self, work: Callable[..., Any], *given: Any) -> Any:
        """Do a piece of work in one of them, and wait for it. Raises what it raises.

        What a process cannot do, because of a limit or because it is gone, is done here.

        Args:
            work: a function of a module.
            given: its arguments, which like its result can be sent to another process.

        Raises:
            StopError: `stop` was called.
        """
        pool = self.pool(self.limits.workers)
        with deaf_to_ctrl_c(), self._lock:
            if self._stopped.is_set():
                raise _stopped()
            try:
                future: Future[Any] = pool.schedule(work, args=given, timeout=self.limits.seconds)
            except RuntimeError:  # its processes are gone
                return work(*given)
            self._under_way.add(future)
        try:
            return future.result()
        except CancelledError as error:
            raise _stopped() from error
        except (OutOfTime, ProcessExpired, BrokenProcessPool):
            return work(*given)
        finally:
            with self._lock:
                self._under_way.discard(future)

    def stop(self) -> None:
        """Do nothing more, and give up what is under way."""
        with self._lock:
            self._stopped.set()
            under_way = tuple(self._under_way)
        for future in under_way:
            future.cancel()

    def close(self) -> None:
        """End the processes."""
        if self._pool is None:
            return
        if not self._stopped.is_set():
            # A process that is still starting when the pool stops finds its locks gone and prints a traceback: wait.
            for _ in range(self._workers):
                self._up.acquire(timeout=_COMING_UP)
        self._pool.stop()
        self._pool.join()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind:
            self.stop()
        self.close()


def _stopped() -> StopError:
    return StopError("Coding was stopped.", next_step="Run again to go on.")


def read_apart(
    files: Sequence[Wanted], limits: Limits, processes: Processes | None = None
) -> Iterator[Reading | Exception]:
    """Read files, in order. A file that fails gives its error in place of a reading.

    Args:
        files: what to read.
        limits: the most that reading one may cost.
        processes: where it is done; None for processes that are started for it, and ended with it.
    """

    def ask(file: Wanted, cross_check: CrossCheckMode) -> _Ask[Reading]:
        how = {"cross_check": cross_check, "megabytes": limits.megabytes, "sha256": file.sha256}
        return _asking(read, (file.path, file.document_id), how, limits)

    again = limits.cross_check != "off"
    asks = ((ask(f, limits.cross_check), ask(f, "off") if again else None) for f in files)
    yield from _apart(asks, len(files), limits, processes)


def check_apart(
    files: Iterable[ToCheck], number: int, limits: Limits, processes: Processes | None = None
) -> Iterator[dict[int, Checked] | Exception]:
    """Read pages of files a second time, in order. A file that fails gives its error.

    Args:
        files: the files and their pages, taken only as they are needed.
        number: how many files there are.
        limits: the most that one file may cost.
        processes: as `read_apart` takes them.
    """
    asks = ((_asking(check_pages, (f.path, f.texts), {"sha256": f.sha256}, limits), None) for f in files)
    yield from _apart(asks, number, limits, processes)


def _asking(work: Callable[..., _T], args: tuple[object, ...], how: Mapping[str, object], limits: Limits) -> "_Ask[_T]":
    def ask(pool: ProcessPool) -> "Future[_T]":
        future: Future[_T] = pool.schedule(work, args=args, kwargs=how, timeout=limits.seconds)
        return future

    return ask


def _apart(
    asks: "Iterable[_Asks[_T]]", number: int, limits: Limits, processes: Processes | None
) -> "Iterator[_T | Exception]":
    """Ask the processes, and give their answers in order."""
    if not number:
        return
    if processes is None:
        with Processes(limits) as own:
            yield from _apart(asks, number, limits, own)
        return
    try:
        yield from _answers(processes.pool(number), asks, limits)
    except RuntimeError as error:  # raised by the pool when its processes are gone
        raise StopError(
            "another program or the system ended the processes that read the files; memory may have run out.",
            next_step="Close other programs, or set workers = 1 under [read] in project.toml; "
            "then run again to continue.",
        ) from error


def _answers(pool: ProcessPool, asks: "Iterable[_Asks[_T]]", limits: Limits) -> "Iterator[_T | Exception]":
    coming = iter(asks)
    waiting: deque[tuple[Future[_T], _Ask[_T] | None]] = deque()
    with deaf_to_ctrl_c():
        waiting.extend((ask(pool), instead) for ask, instead in islice(coming, limits.workers * _AHEAD))
    while waiting:
        future, instead = waiting.popleft()
        result = _outcome(future, limits)
        if isinstance(result, _OverLimitError) and instead is not None:
            result = _outcome(instead(pool), limits)
        waiting.extend((ask(pool), other) for ask, other in islice(coming, 1))
        yield result


class _OverLimitError(UnreadableError):
    """Reading the file exceeded a limit."""


def _outcome(future: "Future[_T]", limits: Limits) -> "_T | Exception":
    try:
        return future.result()
    except OutOfTime:
        return _OverLimitError(f"reading it took more than {limits.seconds:g} seconds.", next_step=_ADVICE)
    except ProcessExpired as error:
        if error.exitcode == _TOO_MUCH:
            return _OverLimitError(f"reading it took more than {limits.megabytes} MB of memory.", next_step=_ADVICE)
        # Killed from outside, so the file is not to blame: the system kills what takes too much memory, and a person
        # may kill anything.
        if error.exitcode in (-9, -15):
            return FileError("another program or the system ended the process that read it; memory may have run out.")
        return _OverLimitError(f"the file crashes the reader (exit code {error.exitcode}).", next_step=_ADVICE)
    except BrokenProcessPool as error:
        raise StopError(
            "the processes that read the files could not start.",
            next_step='A script must do its work below `if __name__ == "__main__":`, and be a file; '
            "otherwise see whether memory has run out, and run again to continue.",
        ) from error
    except MemoryError:
        return _OverLimitError(f"reading it took more than {limits.megabytes} MB of memory.", next_step=_ADVICE)
    except (ScrError, OSError) as error:
        return error
    except RecursionError:
        return UnreadableError("the file is broken: its parts contain each other without end.", next_step=_ADVICE)
    except Exception as error:  # a hostile file may raise anything; it must not stop the other files
        return UnreadableError(f"the file is broken: neither reader can interpret it ({error}).", next_step=_ADVICE)


@contextlib.contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Make threads and processes started inside leave Ctrl-C to the command, from the moment they start.

    Does nothing on a system without signal masks.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def pool_within(workers: int, megabytes: int, up: Semaphore | None = None) -> ProcessPool:
    """A pool of processes, each within so much memory, and none longer than this one lives. `up`: see `keep_within`."""
    context = get_context("spawn")
    return ProcessPool(
        max_workers=workers, initializer=keep_within, initargs=(megabytes, os.getpid(), up), context=context
    )


def keep_within(megabytes: int, parent: int, up: Semaphore | None = None) -> None:
    """Watch this process of a pool: end it when it takes too much memory or when its parent is gone.

    Ctrl-C is left to the parent.

    Args:
        megabytes: the memory that it may take.
        parent: id of the process that started it.
        up: released once this process has started.
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
