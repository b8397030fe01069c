"""Whether the database is as this program wrote it."""

import hashlib
from collections.abc import Hashable
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Table, select

from scr_llm.errors import StoreError
from scr_llm.records import (
    CodebookChange,
    Coding,
    Decision,
    Document,
    DraftCoding,
    HistoryEntry,
    Reading,
    Record,
    SignOff,
)
from scr_llm.store import tables
from scr_llm.store.chain import FIRST_HASH, call_record, chained
from scr_llm.store.migrations import migrate
from scr_llm.store.rows import CHAINS, Chain, Rows, parsed

_KINDS: tuple[tuple[str, type[Record], Table, str, str], ...] = (
    ("Document", Document, tables.documents, "id", "record"),
    ("Reading", Reading, tables.readings, "document_id", "record"),
    ("Coding", Coding, tables.codings, "document_id", "record"),
    ("Draft coding", DraftCoding, tables.codings, "document_id", "draft"),
    ("Decision", Decision, tables.decisions, "seq", "record"),
    ("Sign-off", SignOff, tables.sign_offs, "seq", "record"),
    ("History entry", HistoryEntry, tables.history, "seq", "record"),
    ("Codebook change", CodebookChange, tables.codebook_changes, "seq", "record"),
)
"""Name, record, table, column that identifies a row, column that holds the record."""


class Checks(Rows):
    """Checks for the audit. None of them changes anything."""

    def verify(self, chain: Chain) -> int | None:
        """Number of the first row at which a chain breaks; None where it is intact.

        Where the last row is missing, it is the number after the last that is there. Besides the hashes this checks
        that the columns of a row, and the paper of a sign-off, agree with the row's record.
        """
        before, count, table = FIRST_HASH, 0, CHAINS[chain]
        with self._reading() as connection:
            for row in connection.execute(select(table).order_by(table.c.seq)):
                # Rows are looked up by number, so shifted numbers would hide some of a chain that is otherwise intact.
                in_place = row.seq == count + 1 and row.prev_hash == before
                if not in_place or row.hash != chained(before, row.record or "") or not _matches(chain, row):
                    return max(1, int(row.seq))
                before, count = row.hash, count + 1
            noted = self._head(connection, chain)
        return None if noted == (count, before) else count + 1

    def unreadable(self) -> list[str]:
        """Stored records that cannot be read, by name and number."""
        found = []
        with self._reading() as connection:
            for name, kind, table, key, column in _KINDS:
                for row in connection.execute(select(table.c[key], table.c[column]).order_by(table.c[key])):
                    try:
                        kind.model_validate_json(row[1])
                    except ValidationError:
                        found.append(f"{name} {row[0]}")
        return found

    def misfiled(self) -> list[str]:
        """Ids of documents whose columns disagree with their records: file, status, or hash of the text."""
        found = []
        with self._reading() as connection:
            for row in connection.execute(select(tables.documents).order_by(tables.documents.c.position)):
                document = parsed(Document, row.record)
                if (row.id, row.file, row.status) != (document.id, document.file, document.status):
                    found.append(str(row.id))
            for row in connection.execute(select(tables.readings).order_by(tables.readings.c.document_id)):
                reading = parsed(Reading, row.record)
                if (row.document_id, row.sha256) != (reading.document_id, reading.sha256):
                    found.append(str(row.document_id))
        return found

    def damage(self) -> str | None:
        """What the database's own check finds wrong; None where it is sound."""
        return self._backend.damage(self._engine)

    def foreign_rules(self) -> list[str]:
        """Names of the database's rules that this program did not make, or that were changed or removed."""
        return self._backend.foreign_rules(self._engine, migrate)

    def identity(self) -> Hashable:
        """Changes when another database takes the place of this one; None where it is gone."""
        return self._backend.identity(self._engine)


def _matches(chain: Chain, row: Any) -> bool:
    """Whether the columns of a row agree with its record."""
    try:
        return _columns_match(chain, row)
    except StoreError:  # the record cannot be read
        return False


def _columns_match(chain: Chain, row: Any) -> bool:
    if chain == "decisions":
        return bool(parsed(Decision, row.record).document_id == row.document_id)
    if chain == "codebook_changes":
        return bool(parsed(CodebookChange, row.record))
    if chain == "calls":
        return bool(call_record(row._mapping) == row.record)
    if chain == "history":
        entry = parsed(HistoryEntry, row.record)
        return bool((entry.document_id, entry.kind) == (row.document_id, row.kind))
    return hashlib.sha256(row.paper.encode()).hexdigest() == parsed(SignOff, row.record).paper_sha256
