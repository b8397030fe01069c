"""Who changed the codebook, when and why: appended, never changed."""

from collections.abc import Callable

from sqlalchemy import select

from scr_llm.records import CodebookChange
from scr_llm.store import tables
from scr_llm.store.rows import Rows, parsed


class CodebookChanges(Rows):
    """The history of the codebook."""

    def append_codebook_change(self, make: Callable[[], CodebookChange]) -> CodebookChange:
        """Make a change and append it, in one transaction.

        Args:
            make: writes the file, and returns the record of it. If it fails, nothing is appended. Of two programs that
                change the codebook at once, one waits here for the other.
        """
        with self._writing() as connection:
            change = make()
            self._append(connection, "codebook_changes", record=change.model_dump_json())
        return change

    def codebook_changes(self) -> list[CodebookChange]:
        """All changes, in the order in which they were made."""
        query = select(tables.codebook_changes.c.record).order_by(tables.codebook_changes.c.seq)
        with self._reading() as connection:
            return [parsed(CodebookChange, row.record) for row in connection.execute(query)]
