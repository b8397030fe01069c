"""The SQLite file under the store: how it is made, opened, and what goes wrong with it in words."""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError, SQLAlchemyError

from scr_llm.errors import StoreError
from scr_llm.files import named_errors as named_file_errors
from scr_llm.store.migrations import migrate

_BACKUP = "Put back a copy from a backup. To begin again without what was decided, move the file away."
_LITTLE = 1_000_000
"""Free bytes under which a disk is as good as full."""
_CAUSES = (
    (
        "is locked",
        "is in use by another program and did not become free within ten seconds",
        "Close the other program or window, then try again.",
    ),
    (
        "disk is full",
        "cannot grow: the disk is full",
        "Free some space, then try again. Nothing that was saved is lost.",
    ),
    ("readonly", "may not be written to", "Check that you may write to the project folder and its files."),
    ("unable to open", "cannot be opened", "Check that the project folder is there and that you may write to it."),
    (
        "disk i/o",
        "cannot be read or written: the disk reports an error",
        "Copy the project to another disk, then try again.",
    ),
    ("malformed", "is damaged", _BACKUP),
    ("no such table", "is not whole", _BACKUP),
    ("not a database", "is not a database of this program", _BACKUP),
)
"""Words in SQLite's message, what they mean, and the next step."""


def store_error(error: BaseException, path: Path) -> StoreError:
    """What a database's error means for a person."""
    said = str(
        getattr(error, "orig", None) or (error if isinstance(error, sqlite3.Error) else type(error).__name__)
    )  # never a statement's values
    if "disk i/o" in said.lower() and path.parent.exists() and shutil.disk_usage(path.parent).free < _LITTLE:
        said = "disk is full"  # SQLite cannot always tell
    what, step = next(
        ((w, s) for words, w, s in _CAUSES if words in said.lower()), (f"cannot be used ({said})", _BACKUP)
    )
    return StoreError(f"{path}: the project's database {what}.", next_step=step)


@contextlib.contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn any error of the database into a `StoreError` about its file."""
    try:
        yield
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise store_error(error, path) from error


def engine_of(path: Path, *, journal: str = "WAL") -> Engine:
    """An engine whose every error, but a broken constraint, is a `StoreError`."""
    engine = create_engine(
        f"sqlite:///{path}", max_overflow=-1
    )  # a thread never waits for another to be done with its connection

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun by hand, so that a step and its record are one
        with named_errors(path):
            for pragma in ("busy_timeout=10000", f"journal_mode={journal}", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "handle_error")
    def _named(context: Any) -> None:
        error = context.sqlalchemy_exception
        if isinstance(error, DatabaseError) and not isinstance(error, IntegrityError):
            raise store_error(error, path) from error

    return engine


def make(path: Path) -> None:
    """Make the database where there is none, whole or not at all: a file that is there and holds nothing was not made by this program.

    Raises:
        StoreError: there is a file, and it is not a database.
        FileError: it cannot be made or opened.
    """
    with named_file_errors(path):
        if not path.exists():
            part = path.with_name(f".{path.name}.{os.getpid()}.part")
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
            engine = engine_of(part, journal="DELETE")
            try:
                migrate(engine)
            finally:
                engine.dispose()
            _put(part, path)
        # The file is never opened here but by SQLite: closing it would drop the locks that this process holds on it (POSIX), and another
        # process could then take away the log that is being written.
        empty = path.stat().st_size == 0 if path.is_file() else None
    if empty is None:
        raise StoreError(
            f"{path}: a folder, or something else that is not a file, is where the project's database should be.",
            next_step=_BACKUP,
        )
    if empty:
        raise StoreError(f"{path}: the project's database is empty (0 bytes).", next_step=_BACKUP)


def _put(part: Path, path: Path) -> None:
    """Give a new file its name, unless another process was faster."""
    try:
        os.link(part, path)  # unlike a rename it never takes the place of a file that is there
    except FileExistsError:
        pass
    except OSError:  # a disk that knows no links
        if not path.exists():
            part.replace(path)
            return
    part.unlink()
