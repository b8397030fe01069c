"""People's decisions: appended, never changed."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from scr_llm.errors import ConflictError
from scr_llm.records import Decision
from scr_llm.store import tables
from scr_llm.store.rows import Rows, parsed

_ON_SEVERAL = tables.decisions.c.record.like('%"covers":[{%')
"""Acts on several cells. Text inside a record has its quotation marks escaped, so nothing else has these."""


class Decisions(Rows):
    """The record of decisions."""

    def append_decision(self, decision: Decision, *, expect: int | None = None) -> int:
        """Append a decision, chained to the previous one. Returns its number.

        Args:
            decision: what was decided.
            expect: number of the last decision on the same cell that the person saw; 0 for none. For an act on
                several cells: number of the last decision on any of them.

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
        with self._reading() as connection:
            return self._last_on(connection, document_id, theme)

    def last_on_each(self, document_id: str) -> dict[str, int]:
        """Number of the last decision on each cell of a document on which there is one."""
        table, theme = tables.decisions, tables.decided_theme.label("theme")
        of_document = table.c.document_id == document_id
        query = select(theme, func.max(table.c.seq).label("seq")).where(of_document).group_by(theme)
        with self._reading() as connection:
            last = {str(row.theme): int(row.seq) for row in connection.execute(query)}
            for row in connection.execute(select(table.c.seq, table.c.record).where(of_document, _ON_SEVERAL)):
                for cell in parsed(Decision, row.record).covers:
                    last[cell.theme] = max(last.get(cell.theme, 0), int(row.seq))
        return last

    def decisions(self, document_id: str | None = None, *, after: int = 0) -> list[Decision]:
        """Decisions in the order they were made, of one document or of all, whose number is higher than `after`."""
        query = select(tables.decisions.c.record).where(tables.decisions.c.seq > after).order_by(tables.decisions.c.seq)
        if document_id is not None:
            query = query.where(tables.decisions.c.document_id == document_id)
        with self._reading() as connection:
            return [parsed(Decision, row.record) for row in connection.execute(query)]

    def _decision(self, connection: Connection, decision: Decision, expect: int | None) -> tuple[int, int | None]:
        if expect is not None:
            cells = {cell.theme for cell in decision.covers} or {decision.theme}
            last = max(self._last_on(connection, decision.document_id, cell) for cell in cells)
            # An act on several cells was shown up to the last decision on any of them, so each may be older.
            if last > expect or (last < expect and not decision.covers):
                return 0, last
        record = decision.model_dump_json()
        return self._append(connection, "decisions", document_id=decision.document_id, record=record), None

    @staticmethod
    def _last_on(connection: Connection, document_id: str, theme: str) -> int:
        """Number of the last act on a cell: on it alone, or on several of which it is one."""
        table = tables.decisions
        on_cell = (table.c.document_id == document_id, tables.decided_theme == theme)
        last = int(connection.execute(select(func.max(table.c.seq)).where(*on_cell)).scalar() or 0)
        later = select(table.c.seq, table.c.record).where(
            table.c.document_id == document_id, table.c.seq > last, _ON_SEVERAL
        )
        for row in connection.execute(later.order_by(table.c.seq.desc())):
            if any(cell.theme == theme for cell in parsed(Decision, row.record).covers):
                return int(row.seq)
        return last
