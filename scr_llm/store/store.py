"""The store: one project's records in one file."""

from pathlib import Path
from types import TracebackType

from scr_llm.store.checks import Checks
from scr_llm.store.codebook_changes import CodebookChanges
from scr_llm.store.documents import Documents
from scr_llm.store.engine import engine_of, make, named_errors
from scr_llm.store.log import Log
from scr_llm.store.migrations import migrate
from scr_llm.store.model_calls import ModelCalls
from scr_llm.store.sign_offs import SignOffs


class Store(Documents, SignOffs, ModelCalls, CodebookChanges, Log, Checks):
    """One project's records. Use it in a `with`; every call is a transaction of its own.

    Its methods are in the modules of its parts: documents (with history and decisions), sign_offs, model_calls,
    codebook_changes, log, checks.

    Any call raises StoreError where the database cannot be used: it is damaged, another program has locked it, the
    disk is full, or it is read-only.
    """

    def __init__(self, path: Path) -> None:
        """Open the store at a path; where there is none, make it.

        Raises:
            UsageError: a newer version of the program wrote it.
            StoreError: what is there cannot be used as a database.
        """
        make(path)
        self._engine = engine_of(path)
        with named_errors(path):
            migrate(self._engine)

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        self._engine.dispose()
