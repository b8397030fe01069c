"""Telling people what went wrong while a page was made, without a word of a case.

The person at the browser gets a page, and the terminal one line.
"""

import sys
import traceback
from contextlib import suppress
from pathlib import Path

from scr_llm.errors import ScrError
from scr_llm.files import file_error


def in_words(error: Exception) -> str:
    """What happened and what to do. Of an error that may hold case text, only the kind is given."""
    if isinstance(error, ScrError):
        return str(error)
    if isinstance(error, OSError):
        return str(file_error(error))
    return (
        f"Something went wrong in the program ({type(error).__name__}). Try again. "
        "If it happens again, stop the page with Ctrl-C and start it again."
    )


def log(method: str, page: str, error: Exception) -> None:
    """Print one line to stderr: which page, what kind of error, and where in the program."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "scr_llm" in Path(f.filename).parts]
    where = f" at {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    with suppress(OSError, ValueError):  # if the terminal is gone, the page must still work
        print(f"scr-llm: {method} {page}: {type(error).__name__}{where}", file=sys.stderr, flush=True)
