"""The store: one project's records in one database."""

import threading
from pathlib import Path
from types import TracebackType

from scr_llm.records import Database
from scr_llm.store.backends import Backend, backend_of
from scr_llm.store.checks import Checks
from scr_llm.store.codebook_changes import CodebookChanges
from scr_llm.store.documents import Documents
from scr_llm.store.log import Log
from scr_llm.store.migrations import migrate
from scr_llm.store.model_calls import ModelCalls
from scr_llm.store.rows import refuse_if_moved
from scr_llm.store.sign_offs import SignOffs


class Store(Documents, SignOffs, ModelCalls, CodebookChanges, Log, Checks):
    """One project's records. Use it in a `with`; every call is a transaction of its own.

    Its methods are in the modules of its parts: documents (with history and decisions), sign_offs, model_calls,
    codebook_changes, log, checks.

    Any call raises StoreError where the database cannot be used: it is damaged, another program has locked it, the
    disk is full, it is read-only, or its server cannot be reached.
    """

    def __init__(self, database: Database | Path, *, moved: bool = False) -> None:
        """Open a project's store; where there is none, make it.

        Args:
            database: where it is; a path is that of a SQLite file.
            moved: open it even if the record was moved elsewhere.

        Raises:
            UsageError: a newer version of the program wrote it.
            StoreError: what is there cannot be used as a database, or the record was moved elsewhere.
        """
        backend = backend_of(Database(file=database) if isinstance(database, Path) else database)
        self._open(backend, make=True)
        if not moved:
            with self._reading() as connection:
                refuse_if_moved(connection, backend.name)

    @classmethod
    def fresh(cls, backend: Backend) -> "Store":
        """A new store in a place that is there, and empty."""
        store = cls.__new__(cls)
        store._open(backend, make=False)
        return store

    def _open(self, backend: Backend, *, make: bool) -> None:
        engine = backend.engine()
        self._backend, self._engine, self._turn = backend, engine, threading.Lock()
        try:
            with backend.named_errors():
                if make:
                    backend.make(engine, migrate)
                migrate(engine, backend)
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """What the database is called in a message."""
        return self._backend.name

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; a later call opens it again."""
        self._backend.close(self._engine)
