"""People's decisions: appended, never changed."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from scr_llm.errors import ConflictError
from scr_llm.records import Decision
from scr_llm.store import tables
from scr_llm.store.rows import Rows, parsed


class Decisions(Rows):
    """The record of decisions."""

    def append_decision(self, decision: Decision, *, expect: int | None = None) -> int:
        """Append a decision, chained to the previous one. Returns its number.

        Args:
            decision: what was decided.
            expect: number of the last decision on the same cell that the person saw; 0 for none.

        Raises:
            ConflictError: somebody has decided on the cell since then. Nothing is appended.
        """
        number, conflict = self.append_decisions([(decision, expect)])[0]
        if conflict is not None:
            raise ConflictError(conflict)
        return number

    def append_decisions(self, decisions: Sequence[tuple[Decision, int | None]]) -> list[tuple[int, int | None]]:
        """Append decisions in one transaction, each with the last decision that the person saw on its cell.

        Returns:
            For each decision its number and None; or, where somebody has decided on the cell since, 0 and the number
            of that decision. Such a decision is not appended; the others are. See `append_decision`.
        """
        with self._writing() as connection:
            return [self._decision(connection, decision, expect) for decision, expect in decisions]

    def last_on(self, document_id: str, theme: str) -> int:
        """Number of the last decision on a cell; 0 where there is none."""
        with self._engine.connect() as connection:
            return self._last_on(connection, document_id, theme)

    def decisions(self, document_id: str | None = None, *, after: int = 0) -> list[Decision]:
        """Decisions in the order they were made, of one document or of all, whose number is higher than `after`."""
        query = select(tables.decisions.c.record).where(tables.decisions.c.seq > after).order_by(tables.decisions.c.seq)
        if document_id is not None:
            query = query.where(tables.decisions.c.document_id == document_id)
        with self._engine.connect() as connection:
            return [parsed(Decision, row.record) for row in connection.execute(query)]

    def _decision(self, connection: Connection, decision: Decision, expect: int | None) -> tuple[int, int | None]:
        if expect is not None:
            last = self._last_on(connection, decision.document_id, decision.theme)
            if last != expect:
                return 0, last
        record = decision.model_dump_json()
        return self._append(connection, "decisions", document_id=decision.document_id, record=record), None

    @staticmethod
    def _last_on(connection: Connection, document_id: str, theme: str) -> int:
        on_cell = (tables.decisions.c.document_id == document_id, tables.decided_theme == theme)
        last = connection.execute(select(func.max(tables.decisions.c.seq)).where(*on_cell)).scalar()
        return int(last or 0)
