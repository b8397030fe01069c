"""The SQLite file under the store: making it, opening it, and explaining its errors."""

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

_BACKUP = "Restore a backup. To start again without the decisions made so far, move the file away."
_LITTLE = 1_000_000
"""Free bytes below which a disk counts as full."""
_CAUSES = (
    (
        "is locked",
        "is in use by another program, and was still in use after ten seconds",
        "Close the other program or window, then try again.",
    ),
    (
        "disk is full",
        "cannot grow because the disk is full",
        "Free some space, then try again. Nothing saved so far is lost.",
    ),
    (
        "readonly",
        "cannot be written to",
        "Check that you have permission to write to the project folder and its files.",
    ),
    (
        "unable to open",
        "cannot be opened",
        "Check that the project folder exists and that you have permission to write to it.",
    ),
    (
        "disk i/o",
        "cannot be read or written because the disk reports an error",
        "Copy the project to another disk, then try again.",
    ),
    ("malformed", "is damaged", _BACKUP),
    ("no such table", "is incomplete", _BACKUP),
    ("not a database", "is not a database that scr-llm made", _BACKUP),
)
"""Words in SQLite's message, what they mean, and the next step. The first that match count."""


def store_error(error: BaseException, path: Path) -> StoreError:
    """What a database's error means for a person."""
    # The driver's own message, because SQLAlchemy's also prints the statement's values: text from the reviews.
    driver_error = getattr(error, "orig", None) or (error if isinstance(error, sqlite3.Error) else None)
    message = str(driver_error or type(error).__name__)
    if "disk i/o" in message.lower() and path.parent.exists() and shutil.disk_usage(path.parent).free < _LITTLE:
        message = "disk is full"  # SQLite sometimes reports a full disk as an I/O error
    unknown = ("", f"cannot be used ({message})", _BACKUP)
    _, what, step = next((cause for cause in _CAUSES if cause[0] in message.lower()), unknown)
    return StoreError(f"{path}: the project's database {what}.", next_step=step)


@contextlib.contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """Turn any error of the database into a `StoreError` that names its file."""
    try:
        yield
    except (sqlite3.Error, SQLAlchemyError) as error:
        raise store_error(error, path) from error


def engine_of(path: Path, *, journal: str = "WAL") -> Engine:
    """An engine whose errors are all `StoreError`s, except a broken constraint."""
    # Without a limit on connections no thread waits for another to finish with one.
    engine = create_engine(f"sqlite:///{path}", max_overflow=-1)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, so that a migration and its record are one
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
    """Make the database where there is none, completely or not at all.

    This program therefore never leaves an empty file behind: one that is found was damaged, and is refused.

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
        # Only SQLite ever opens the file. On POSIX, closing it here would drop the locks that this process holds on
        # it, and another process could then remove the log that is being written.
        empty = path.stat().st_size == 0 if path.is_file() else None
    if empty is None:
        raise StoreError(
            f"{path}: this is where the project's database should be, but it is a folder, or something else that is "
            "not a file.",
            next_step=_BACKUP,
        )
    if empty:
        raise StoreError(f"{path}: the project's database is empty (0 bytes).", next_step=_BACKUP)


def _put(part: Path, path: Path) -> None:
    """Give a new file its final name, unless another process has made one in the meantime."""
    try:
        os.link(part, path)  # unlike a rename, this never replaces a file that is there
    except FileExistsError:
        pass
    except OSError:  # the file system has no hard links
        if not path.exists():
            part.replace(path)
            return
    part.unlink()
