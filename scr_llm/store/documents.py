"""Documents, their readings and their codings."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pydantic import ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from scr_llm.records import Coding, Decision, Document, DraftCoding, Fingerprint, Reading, Record
from scr_llm.store import tables
from scr_llm.store.chain import record_sha256
from scr_llm.store.decisions import Decisions
from scr_llm.store.fingerprints import Fingerprints
from scr_llm.store.history import History
from scr_llm.store.rows import parsed

_FEW = 100
"""Documents that are looked up one by one; where there are more, the whole table is read."""
_STATUS_FIELDS = {"status", "reason", "next_step", "ruling"}
"""Fields of a document that only together say whether it is counted, and why not."""


class _Codes(Record):
    """Of a coding only what its codes meant, which is read much faster than the whole."""

    model_config = ConfigDict(extra="ignore")
    codes: dict[str, str] = Field(default_factory=dict)
    """As in a coding."""


def merged(stored: Document | None, seen: Document | None, document: Document) -> Document:
    """A document with one command's changes, and those that another command made in the meantime.

    Args:
        stored: as it is stored now.
        seen: as it was when the change was worked out.
        document: as it was changed. Where another command changed the same field since, its value stands.
    """
    if stored is None or seen is None or stored == seen:
        return document
    others = {name for name in Document.model_fields if getattr(stored, name) != getattr(seen, name)}
    if others & _STATUS_FIELDS:
        others |= _STATUS_FIELDS
    return document.model_copy(update={name: getattr(stored, name) for name in others})


class Documents(History, Decisions, Fingerprints):
    """One row for each file of the inbox, one for its reading, one for its coding."""

    def save_document(self, document: Document, *, seen: Document | None = None) -> Document:
        """Save a document. Returns it as it is stored.

        Args:
            document: as it is now.
            seen: as it was when the change was worked out, where it had been read for that. What another command has
                changed since then stays; see `merged`.
        """
        return self.change_document(document.id, lambda stored: merged(stored, seen, document))

    def change_document(self, document_id: str, change: Callable[[Document | None], Document]) -> Document:
        """Change a document by a function of what is stored now, None where it is new. Returns it as it is stored.

        No other command can write between the look and the change.
        """
        with self._writing() as connection:
            return self._document(connection, document_id, change)

    def documents(self) -> list[Document]:
        """All documents, in the order in which they were taken in."""
        with self._reading() as connection:
            rows = connection.execute(select(tables.documents.c.record).order_by(tables.documents.c.position))
            return [parsed(Document, row.record) for row in rows]

    def documents_of_file(self, file: str) -> list[Document]:
        """Those that are, or were, under a file name, in the order in which they were taken in."""
        columns = tables.documents.c
        query = select(columns.record).where(columns.file == file).order_by(columns.position)
        with self._reading() as connection:
            return [parsed(Document, row.record) for row in connection.execute(query)]

    def document(self, document_id: str) -> Document | None:
        """One document."""
        query = select(tables.documents.c.record).where(tables.documents.c.id == document_id)
        with self._reading() as connection:
            record = connection.execute(query).scalar()
        return parsed(Document, record) if record else None

    def save_reading(
        self,
        reading: Reading,
        changes: Sequence[tuple[Document, Document]] = (),
        fingerprint: Fingerprint | None = None,
    ) -> None:
        """Save the text of a document, and the documents that change with it, all or nothing.

        Args:
            reading: the text.
            changes: documents, each as it was seen and as it is now; see `save_document`.
            fingerprint: that of the text, if it is known already.
        """
        with self._writing() as connection:
            for seen, document in changes:
                self._document(connection, document.id, partial(merged, seen=seen, document=document))
            name, record = reading.document_id, reading.model_dump_json()
            self._put(connection, tables.readings, document_id=name, sha256=reading.sha256, record=record)
            self._note(connection, name, "reading", record_sha256(record))
            if fingerprint:
                self._put_fingerprint(connection, fingerprint)

    def reading(self, document_id: str) -> Reading | None:
        """The text of a document; None where it has not been read."""
        record = self._one(tables.readings, "record", document_id)
        return parsed(Reading, record) if record else None

    def reading_hashes(self, document_ids: Sequence[str]) -> dict[str, str]:
        """Document id to the hash of its text, as its reading has it; documents without a reading are left out."""
        query = select(tables.readings.c.document_id, tables.readings.c.sha256)
        if len(document_ids) <= _FEW:
            query = query.where(tables.readings.c.document_id.in_(document_ids))
        with self._reading() as connection:
            found = {str(row.document_id): str(row.sha256) for row in connection.execute(query)}
        return {i: found[i] for i in document_ids if i in found}

    def save_coding(
        self,
        document: Document,
        draft: DraftCoding,
        coding: Coding,
        *,
        seen: Document | None = None,
        decisions: Sequence[Decision] = (),
    ) -> Document:
        """Save a coding, its document and the decisions that come with it, all or nothing.

        Args:
            document: the document that was coded.
            draft: the coding as proposed.
            coding: the coding as grounded.
            seen: see `save_document`.
            decisions: decisions on an earlier issue that are carried over.

        Returns:
            The document as it is stored.
        """
        with self._writing() as connection:
            kept = self._document(connection, document.id, lambda stored: merged(stored, seen, document))
            for decision in decisions:
                self._decision(connection, decision, None)
            parts = (draft.model_dump_json(), coding.model_dump_json())
            self._put(connection, tables.codings, document_id=document.id, draft=parts[0], record=parts[1])
            self._note(connection, document.id, "coding", record_sha256(*parts))
            return kept

    def coding(self, document_id: str) -> Coding | None:
        """The grounded coding of a document; None where it has not been coded."""
        record = self._one(tables.codings, "record", document_id)
        return parsed(Coding, record) if record else None

    def codes(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Document id to what each code meant when it was coded."""
        columns = tables.codings.c
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=_FEW).execute(
                select(columns.document_id, columns.record)
            ):
                yield str(row.document_id), parsed(_Codes, row.record).codes

    def draft(self, document_id: str) -> DraftCoding | None:
        """What the coder proposed, before grounding."""
        record = self._one(tables.codings, "draft", document_id)
        return parsed(DraftCoding, record) if record else None

    def _document(
        self, connection: Connection, document_id: str, change: Callable[[Document | None], Document]
    ) -> Document:
        query = select(tables.documents.c.record).where(tables.documents.c.id == document_id)
        stored = connection.execute(query).scalar()
        document = change(parsed(Document, stored) if stored else None)
        last = connection.execute(select(func.max(tables.documents.c.position))).scalar() or 0
        values = {"file": document.file, "status": document.status, "record": document.model_dump_json()}
        # The position is given once: a conflict updates everything but it.
        statement = self._backend.insert(tables.documents).values(id=document.id, position=last + 1, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        self._note(connection, document.id, "document", record_sha256(values["record"]))
        return document
