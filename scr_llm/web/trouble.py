"""What went wrong while a page was made, said without a word of a case: to the person on a page, and in one line to the terminal."""

import sys
import traceback
from contextlib import suppress
from pathlib import Path

from scr_llm.errors import ScrError
from scr_llm.files import file_error


def in_words(error: Exception) -> str:
    """What happened and what to do. Of errors that may hold case text, only the kind is said."""
    if isinstance(error, ScrError):
        return str(error)
    if isinstance(error, OSError):
        return str(file_error(error))
    return f"Something in the program went wrong ({type(error).__name__}). Try again; if it happens again, stop the page with Ctrl-C and start it again."


def log(method: str, page: str, error: Exception) -> None:
    """One line to stderr: which page, what kind of error, and where in the program."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "scr_llm" in Path(f.filename).parts]
    where = f" at {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    with suppress(OSError, ValueError):  # where the terminal is gone, the page goes on
        print(f"scr-llm: {method} {page}: {type(error).__name__}{where}", file=sys.stderr, flush=True)
