"""Drawing pages in separate processes, within limits.

If a file crashes pdfium or takes it too long, only its picture is lost.
"""

from collections.abc import Callable
from concurrent.futures import TimeoutError as OutOfTime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired

from scr_llm.records import Span
from scr_llm.stages.read import warnings_of
from scr_llm.stages.read.inspect import check_pages
from scr_llm.web import picture
from scr_llm.web.own_pool import OwnPool
from scr_llm.web.picture import Layout

T = TypeVar("T")

NOT_READ_AGAIN = ("the second reader could not read this page",)

SECONDS = 10.0
"""Time limit for one page."""
MEGABYTES = 1000
"""Memory limit of one drawing process."""
WORKERS = 2
"""Drawing processes: more than one, so that other pages are drawn while one is slow."""


class Drawing:
    """Draws pages and remembers the latest. A running review page has one."""

    def __init__(self, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._seconds = seconds
        self._pool = OwnPool(WORKERS, megabytes)
        self._png = lru_cache(maxsize=24)(self._drawn)
        self._layout = lru_cache(maxsize=256)(self._placed)
        self._second = lru_cache(maxsize=256)(self._read_again)

    def start(self) -> None:
        """Start the processes now, so that the first picture does not wait for them."""
        self._pool.running().schedule(int)

    def close(self) -> None:
        """End the processes."""
        self._pool.end()

    def png(self, path: Path, number: int) -> bytes:
        """A picture of a page (PNG).

        Raises:
            OSError: it cannot be drawn; says why.
        """
        found = self._png(path, _version(path), number)
        if isinstance(found, OSError):
            raise found
        return found

    def layout(self, path: Path, number: int, text: str, quotes: tuple[Span, ...]) -> Layout:
        """Where the quotes and lines of a page are in its picture; an empty layout if that cannot be found out."""
        try:
            return self._layout(path, _version(path), number, text, quotes)
        except OSError:
            return Layout()

    def cross_check(self, path: Path, sha256: str, number: int, text: str) -> tuple[str, ...]:
        """Have a second reader read a page too. Returns why a person should check it; empty where the readers agree.

        Nothing is stored: that a person looks at a page changes no record.
        """
        try:
            return self._second(path, _version(path), sha256, number, text)
        except OSError:
            return NOT_READ_AGAIN

    def _drawn(self, path: Path, _version: tuple[int, int], number: int) -> bytes | OSError:
        try:
            return self._in_process(picture.png, path, number)
        except OSError as error:  # returned, so that the cache remembers it like a picture
            return error

    def _placed(
        self, path: Path, _version: tuple[int, int], number: int, text: str, quotes: tuple[Span, ...]
    ) -> Layout:
        try:
            return self._in_process(picture.layout, path, number, text, quotes)
        except OSError:
            return Layout()

    def _read_again(
        self, path: Path, _version: tuple[int, int], sha256: str, number: int, text: str
    ) -> tuple[str, ...]:
        try:
            return tuple(warnings_of(self._in_process(check_pages, path, {number: text}, sha256)[number]))
        except OSError:
            return NOT_READ_AGAIN

    def _in_process(self, function: Callable[..., T], *args: Any, again: bool = True) -> T:
        """The result of a function run in another process. Raises OSError for whatever goes wrong there."""
        try:
            result: T = self._pool.running().schedule(function, args=args, timeout=self._seconds).result()
            return result
        except OutOfTime as error:
            raise OSError(f"drawing it took more than {self._seconds:g} seconds") from error
        except ProcessExpired as error:
            raise OSError(f"the file crashed the drawing process (exit code {error.exitcode})") from error
        except OSError:
            raise
        except Exception as error:
            if again and isinstance(error, RuntimeError):  # the pool is broken: a process was killed while idle
                return self._in_process(function, *args, again=False)
            raise OSError(f"the drawing process failed ({type(error).__name__})") from error


def _version(path: Path) -> tuple[int, int]:
    """Modification time in ns and size in bytes: they tell a file from another that took its name."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size
