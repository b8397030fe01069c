"""What went wrong while a page was made, said without a word of a case: to the person on a page, and in one line to the terminal."""

import sys
import traceback
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from scr_llm.errors import ScrError

_DATABASE = (
    (("locked", "busy"), "The project's database is in use by another program. Wait a moment and try again."),
    (("full",), "The disk is full. Free some space and try again."),
    (("readonly", "unable to open"), "The project's database cannot be opened or written. See that its folder is there and that you may write to it, then try again."),
    (("disk i/o",), "The disk did not take or give what it should. See that it is there and has space left, then try again."),
    (("malformed", "not a database", "no such table"), "The project's database cannot be read. Stop the page with Ctrl-C, and put a copy of the project folder back."),
)  # fmt: skip


def in_words(error: Exception) -> str:
    """What happened and what to do. Of errors that may hold case text, only the kind is said."""
    if isinstance(error, ScrError):
        return str(error)
    if isinstance(error, PoolTimeoutError):
        return _DATABASE[0][1]
    if isinstance(error, DBAPIError):
        why = str(error.orig).lower()  # SQLite's own words, which quote no values
        known = next((words for marks, words in _DATABASE if any(mark in why for mark in marks)), None)
        return known or "The project's database refused this. Stop the page with Ctrl-C and run: scr-llm audit"
    if isinstance(error, OSError) and error.strerror:
        file = f" ({Path(str(error.filename)).name})" if error.filename else ""
        return f"A file could not be read or written{file}: {error.strerror}. Put this right and try again."
    return f"Something in the program went wrong ({type(error).__name__}). Try again; if it happens again, stop the page with Ctrl-C and start it again."


def log(method: str, page: str, error: Exception) -> None:
    """One line to stderr: which page, what kind of error, and where in the program."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "scr_llm" in Path(f.filename).parts]
    where = f" at {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    why = f" ({' '.join(str(error.orig).split())})" if isinstance(error, DBAPIError) else ""
    with suppress(OSError, ValueError):  # where the terminal is gone, the page goes on
        print(f"scr-llm: {method} {page}: {type(error).__name__}{why}{where}", file=sys.stderr, flush=True)
