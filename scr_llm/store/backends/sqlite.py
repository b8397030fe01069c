"""The record as one SQLite file in the project folder."""

import os
import shutil
import sqlite3
from collections.abc import Hashable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, create_engine, event, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles

from scr_llm.errors import StoreError, UsageError
from scr_llm.files import named_errors as named_file_errors
from scr_llm.files import put_new
from scr_llm.records import Database
from scr_llm.store.backends.base import Backend, Migrate, driver_message
from scr_llm.store.backends.expressions import ThemeOf

_BACKUP = "Restore a backup. To start again without the decisions made so far, move the file away."
_LITTLE = 1_000_000
"""Free bytes below which a disk counts as full."""
_BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that make up a database."""
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


@compiles(ThemeOf, "sqlite")
def _theme_of(_element: ThemeOf, _compiler: Any, **_: Any) -> str:
    # SQLite uses the index only for this very expression. A record that is not JSON has no theme: an error here would
    # stop the audit from opening a database that was tampered with.
    return "CASE WHEN json_valid(record) THEN json_extract(record, '$.theme') END"


class Sqlite(Backend):
    """A file."""

    driver_errors = (sqlite3.Error,)

    def __init__(self, database: Database, *, journal: str = "WAL") -> None:
        self.path, self._signed, self._journal = database.file, database.signed, journal
        self.name = str(self.path)

    def engine(self) -> Engine:
        """An engine on the file."""
        # Without a limit on connections no thread waits for another to finish with one.
        engine = create_engine(f"sqlite:///{self.path}", max_overflow=-1)

        @event.listens_for(engine, "connect")
        def _settings(connection: Any, _: object) -> None:
            connection.isolation_level = None  # we begin transactions, so that a migration and its record are one
            with self.named_errors():
                for pragma in ("busy_timeout=10000", f"journal_mode={self._journal}", "synchronous=FULL"):
                    connection.execute(f"PRAGMA {pragma}")
                connection.execute("PRAGMA foreign_keys=ON")

        self.name_errors_of(engine)
        return engine

    def make(self, engine: Engine, migrate: Migrate) -> None:  # noqa: ARG002
        """Make the file where there is none, completely or not at all.

        This program therefore never leaves an empty file behind: one that is found was damaged, and is refused.
        """
        path = self.path
        if self._signed and not path.exists():
            raise StoreError(
                f"{path}: the project's database is gone, although {self._signed} was signed from it.",
                next_step="Restore a backup. To start again without the decisions made so far, move "
                f"{Path(self._signed).name} away.",
            )
        with named_file_errors(path):
            if not path.exists():
                part = self._new_part()
                new = part.engine()
                try:
                    migrate(new, part)
                finally:
                    new.dispose()
                if not put_new(part.path, path):
                    part.path.unlink()
            # Only SQLite ever opens the file. On POSIX, closing it here would drop the locks that this process holds
            # on it, and another process could then remove the log that is being written.
            empty = path.stat().st_size == 0 if path.is_file() else None
        if empty is None:
            raise StoreError(
                f"{path}: this is where the project's database should be, but it is a folder, or something else that "
                "is not a file.",
                next_step=_BACKUP,
            )
        if empty:
            raise StoreError(f"{path}: the project's database is empty (0 bytes).", next_step=_BACKUP)

    def lock(self, connection: Connection, *, for_long: bool = False) -> None:  # noqa: ARG002
        """Take SQLite's write lock."""
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def hold_still(self, connection: Connection) -> None:
        """Read one version of the file."""
        connection.exec_driver_sql("BEGIN")

    def insert(self, table: Table) -> Any:
        """SQLite's INSERT."""
        return insert(table)

    def prepare(self, connection: Connection) -> None:
        """Nothing is needed."""

    def append_only(self, connection: Connection, table: str) -> None:
        """Two triggers."""
        for verb in ("UPDATE", "DELETE"):
            connection.execute(
                text(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table.replace('_', ' ')} are only ever appended'); END"
                )
            )

    def foreign_rules(self, engine: Engine, migrate: Migrate) -> list[str]:
        """Triggers that differ from those of a new file."""
        fresh = create_engine("sqlite://")
        migrate(fresh, self)
        difference = _triggers(engine) ^ _triggers(fresh)
        fresh.dispose()
        return sorted({name for name, _ in difference})

    def damage(self, engine: Engine) -> str | None:
        """What SQLite's own check finds."""
        with engine.connect() as connection:
            found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
            return None if found == "ok" else found

    def identity(self, engine: Engine) -> Hashable:  # noqa: ARG002
        """Device and inode of the file."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def remove(self) -> None:
        """Delete the file whole, so that no row remains in free pages."""
        self._sweep()
        for ending in _BESIDE:
            path = self.path.with_name(self.path.name + ending)
            with named_file_errors(path):
                path.unlink(missing_ok=True)

    def is_there(self) -> bool:
        """Whether there is a file."""
        return self.path.exists()

    def staging(self) -> Backend:
        """A hidden file beside it."""
        self._sweep()
        with named_file_errors(self.path):
            return self._new_part()

    def publish(self, staged: Backend) -> None:
        """Give the finished file its name."""
        assert isinstance(staged, Sqlite)
        with named_file_errors(self.path):
            if not put_new(staged.path, self.path):
                staged.path.unlink()
                raise UsageError(f"{self.path} is there already.", next_step="Rename it, then try again.")

    def explained(self, error: BaseException) -> StoreError:
        """By SQLite's words."""
        message = driver_message(error)
        folder = self.path.parent
        if "disk i/o" in message.lower() and folder.exists() and shutil.disk_usage(folder).free < _LITTLE:
            message = "disk is full"  # SQLite sometimes reports a full disk as an I/O error
        unknown = ("", f"cannot be used ({message})", _BACKUP)
        _, what, step = next((cause for cause in _CAUSES if cause[0] in message.lower()), unknown)
        return StoreError(f"{self.path}: the project's database {what}.", next_step=step)

    def _sweep(self) -> None:
        """Remove what is left of copies that were not finished."""
        for part in self.path.parent.glob(f".{self.path.name}.*.part*"):
            with named_file_errors(part):
                part.unlink(missing_ok=True)

    def _new_part(self) -> "Sqlite":
        """An empty file for a database that is not finished, for its owner only."""
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        # Without a write-ahead log the file is complete by itself, and can be given another name.
        return Sqlite(Database(file=part), journal="DELETE")


def _triggers(engine: Engine) -> set[tuple[str, str]]:
    """Name and SQL of each trigger."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {(row[0], row[1]) for row in rows}
