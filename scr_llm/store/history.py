"""The history of what was stored, as hashes: one entry for each version of a document, its reading and its coding.

Who decided what is in decisions.py.
"""

from typing import get_args

from sqlalchemy import select
from sqlalchemy.engine import Connection

from scr_llm.records import HistoryEntry, HistoryKind
from scr_llm.store import tables
from scr_llm.store.chain import record_sha256
from scr_llm.store.rows import Rows, parsed

Versions = dict[tuple[str, HistoryKind], str]
"""Document id and kind of record to the SHA-256 of the record as stored, hexadecimal."""

_STORED = {
    "document": (tables.documents, "id", ("record",)),
    "reading": (tables.readings, "document_id", ("record",)),
    "coding": (tables.codings, "document_id", ("draft", "record")),
}
"""Kind of record to its table, the column of the document's id, and the columns that are hashed."""


class History(Rows):
    """Versions of stored records, by their hashes."""

    def history(self, *, until: int | None = None) -> Versions:
        """The last version that was noted of each record, in the first `until` entries or in all."""
        query = select(tables.history.c.record).order_by(tables.history.c.seq).limit(until)
        with self._reading() as connection:
            entries = [parsed(HistoryEntry, row.record) for row in connection.execute(query)]
        return {(e.document_id, e.kind): e.sha256 for e in entries}

    def changed_documents(self, *, after: int = 0) -> tuple[list[str], int]:
        """Ids of the documents with entries later than number `after`, and the number of the last entry."""
        query = select(tables.history.c.seq, tables.history.c.document_id).where(tables.history.c.seq > after)
        with self._reading() as connection:
            rows = connection.execute(query.order_by(tables.history.c.seq)).all()
        return list(dict.fromkeys(str(row.document_id) for row in rows)), rows[-1].seq if rows else after

    def stored(self) -> Versions:
        """The version of each record that is stored now; the same as `history` unless something else changed it."""
        found: Versions = {}
        with self._reading() as connection:
            for kind in get_args(HistoryKind):
                table, key, columns = _STORED[kind]
                for row in connection.execute(select(table.c[key], *(table.c[name] for name in columns))):
                    found[str(row[0]), kind] = record_sha256(*row[1:])
        return found

    def _note(self, connection: Connection, document_id: str, kind: HistoryKind, sha256: str) -> None:
        """Enter a stored record into the history, unless it is unchanged."""
        query = (
            select(tables.history.c.record)
            .where(tables.history.c.document_id == document_id, tables.history.c.kind == kind)
            .order_by(tables.history.c.seq.desc())
            .limit(1)
        )
        entry = HistoryEntry(document_id=document_id, kind=kind, sha256=sha256).model_dump_json()
        if connection.execute(query).scalar() != entry:
            self._append(connection, "history", document_id=document_id, kind=kind, record=entry)
