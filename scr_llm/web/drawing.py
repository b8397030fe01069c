"""Pages drawn in processes of their own, within limits: a file that brings pdfium down, or takes it for ever, costs its picture and nothing else."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError as OutOfTime
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from scr_llm.records import Span
from scr_llm.stages.read.apart import keep_within
from scr_llm.web import picture
from scr_llm.web.picture import Layout

T = TypeVar("T")

SECONDS = 10.0
"""For one page."""
MEGABYTES = 1000
"""Of one drawing process."""
WORKERS = 2
"""So that other pages are drawn while one is slow."""


class Drawing:
    """Draws pages, and remembers the last ones. One for a running review page."""

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds, self._megabytes = seconds, megabytes
        self._lock = threading.Lock()
        self._pool: ProcessPool | None = None
        self._png = lru_cache(maxsize=24)(self._drawn)
        self._layout = lru_cache(maxsize=256)(self._placed)

    def start(self) -> None:
        """Start the processes now, so that the first picture need not wait for them."""
        self._running().schedule(int)

    def close(self) -> None:
        """End the processes."""
        with self._lock:
            self._end()

    def png(self, path: Path, number: int) -> bytes:
        """A page drawn.

        Raises:
            OSError: it cannot be drawn, and why.
        """
        found = self._png(path, _version(path), number)
        if isinstance(found, OSError):
            raise found
        return found

    def layout(self, path: Path, number: int, text: str, quotes: tuple[Span, ...]) -> Layout:
        """Where the quotes and the lines of a page stand on its picture; an empty layout where that cannot be said."""
        try:
            return self._layout(path, _version(path), number, text, quotes)
        except OSError:
            return Layout()

    def _drawn(self, path: Path, version: tuple[int, int], number: int) -> bytes | OSError:
        try:
            return self._apart(picture.png, path, number)
        except OSError as error:  # returned, so that it is remembered like a picture
            return error

    def _placed(self, path: Path, version: tuple[int, int], number: int, text: str, quotes: tuple[Span, ...]) -> Layout:
        try:
            return self._apart(picture.layout, path, number, text, quotes)
        except OSError:
            return Layout()

    def _apart(self, function: Callable[..., T], *args: Any, again: bool = True) -> T:
        """What a function gives in another process. Raises OSError for whatever goes wrong there."""
        try:
            result: T = self._running().schedule(function, args=args, timeout=self._seconds).result()
            return result
        except OutOfTime as error:
            raise OSError(f"drawing it took more than {self._seconds:g} seconds") from error
        except ProcessExpired as error:
            raise OSError(f"the file brought the drawing process down (exit code {error.exitcode})") from error
        except OSError:
            raise
        except Exception as error:
            if again and isinstance(error, RuntimeError):  # the pool broke: a process was killed while it was idle
                return self._apart(function, *args, again=False)
            raise OSError(f"the drawing process failed ({type(error).__name__})") from error

    def _running(self) -> ProcessPool:
        with self._lock:
            if self._pool and not self._pool.active:
                self._end()
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=WORKERS,
                    initializer=keep_within,
                    initargs=(self._megabytes, os.getpid()),
                    context=get_context("spawn"),
                )
            return self._pool

    def _end(self) -> None:
        if self._pool:
            self._pool.stop()
            self._pool.join()
            self._pool = None


def _version(path: Path) -> tuple[int, int]:
    """Tells a file from another that took its name."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size
