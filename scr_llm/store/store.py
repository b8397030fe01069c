"""Reading and writing records."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar, get_args

from pydantic import ValidationError
from sqlalchemy import Table, create_engine, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection

from scr_llm.errors import ConflictError, RefusedError, StoreError, UsageError
from scr_llm.records import (
    Coding,
    Decision,
    Document,
    Draft,
    DraftCoding,
    HistoryEntry,
    HistoryKind,
    Reading,
    Record,
    SignOff,
)
from scr_llm.store import tables
from scr_llm.store.chain import FIRST_HASH, call_record, chained, record_sha256
from scr_llm.store.engine import engine_of, make, named_errors
from scr_llm.store.migrations import migrate

_R = TypeVar("_R", bound=Record)
Chain = Literal["decisions", "sign_offs", "history", "calls"]
"""The tables whose rows are only ever appended, each chained to the one before."""
_CHAINS: dict[Chain, Table] = {
    "decisions": tables.decisions,
    "sign_offs": tables.sign_offs,
    "history": tables.history,
    "calls": tables.calls,
}


def merged(stored: Document | None, seen: Document | None, document: Document) -> Document:
    """A document with the changes that were made to it as it was seen, over those that another command made to it since, which stand."""
    if stored is None or seen is None or stored == seen:
        return document
    others = {name for name in Document.model_fields if getattr(stored, name) != getattr(seen, name)}
    if others & _STANDING:
        others |= _STANDING
    return document.model_copy(update={name: getattr(stored, name) for name in others})


_STANDING = {"status", "reason", "next_step", "ruling"}
"""Fields of a document that say together whether it is counted, and why not."""


class Store:
    """One project's records. Use it in a `with`; every call is a transaction of its own.

    Any call raises StoreError where the database cannot be used: damaged, locked by another program, on a full disk or one that may only be read.
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

    def save_document(self, document: Document, *, seen: Document | None = None) -> Document:
        """Note where a document stands. Returns it as it is kept.

        Args:
            document: as it is now.
            seen: as it was when its change was worked out, where it was read for that: what another command changed since then stays.
        """
        return self.change_document(document.id, lambda stored: merged(stored, seen, document))

    def change_document(self, document_id: str, change: Callable[[Document | None], Document]) -> Document:
        """Change a document by a function of how it stands now, None where it is new; no other command comes between the look and the change."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return self._document(connection, document_id, change)

    def documents(self) -> list[Document]:
        """All documents, in the order they were taken in."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.documents.c.record).order_by(tables.documents.c.position))
            return [_parsed(Document, row.record) for row in rows]

    def document(self, document_id: str) -> Document | None:
        """One document."""
        with self._engine.connect() as connection:
            record = connection.execute(
                select(tables.documents.c.record).where(tables.documents.c.id == document_id)
            ).scalar()
            return _parsed(Document, record) if record else None

    def save_reading(self, reading: Reading, changes: Sequence[tuple[Document, Document]] = ()) -> None:
        """Keep the text of a document, and where that and others stand by it, each as it was seen and as it is now (see `save_document`)."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            for seen, document in changes:
                self._document(connection, document.id, partial(merged, seen=seen, document=document))
            record = reading.model_dump_json()
            self._put(
                connection, tables.readings, document_id=reading.document_id, sha256=reading.sha256, record=record
            )
            self._note(connection, reading.document_id, "reading", record_sha256(record))

    def reading(self, document_id: str) -> Reading | None:
        """The text of a document, where it was read."""
        record = self._one(tables.readings, "record", document_id)
        return _parsed(Reading, record) if record else None

    def reading_hashes(self, document_ids: Sequence[str]) -> dict[str, str]:
        """Document id to the hash of its text, as its reading has it."""
        query = select(tables.readings.c.document_id, tables.readings.c.sha256)
        with self._engine.connect() as connection:
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
        """Keep a coding, the document's status and the decisions that come with it, all or nothing. Returns the document as it is kept.

        Args:
            document: whose coding.
            draft: as proposed.
            coding: as grounded.
            seen: see `save_document`.
            decisions: those that are carried to it.
        """
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            kept = self._document(connection, document.id, lambda stored: merged(stored, seen, document))
            for decision in decisions:
                self._decision(connection, decision, None)
            parts = (draft.model_dump_json(), coding.model_dump_json())
            self._put(connection, tables.codings, document_id=document.id, draft=parts[0], record=parts[1])
            self._note(connection, document.id, "coding", record_sha256(*parts))
            return kept

    def coding(self, document_id: str) -> Coding | None:
        """The grounded coding, where there is one."""
        record = self._one(tables.codings, "record", document_id)
        return _parsed(Coding, record) if record else None

    def draft(self, document_id: str) -> DraftCoding | None:
        """What the coder proposed, before grounding."""
        record = self._one(tables.codings, "draft", document_id)
        return _parsed(DraftCoding, record) if record else None

    def append_decision(self, decision: Decision, *, expect: int | None = None) -> int:
        """Append a decision, chained to the one before. Returns its number.

        Args:
            decision: what was decided.
            expect: number of the last decision on the same cell that was in view, 0 for none.

        Raises:
            ConflictError: somebody decided on the cell since then. Nothing is appended.
        """
        number, conflict = self.append_decisions([(decision, expect)])[0]
        if conflict is not None:
            raise ConflictError(conflict)
        return number

    def append_decisions(self, decisions: Sequence[tuple[Decision, int | None]]) -> list[tuple[int, int | None]]:
        """Append decisions, all in one transaction, each with the last decision on its cell that was in view (see `append_decision`).

        Returns:
            For each its number and None; or, where somebody decided on the cell since, 0 and the number of that decision: it is left out.
        """
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return [self._decision(connection, decision, expect) for decision, expect in decisions]

    def _decision(self, connection: Connection, decision: Decision, expect: int | None) -> tuple[int, int | None]:
        if expect is not None and (last := self._last_on(connection, decision.document_id, decision.theme)) != expect:
            return 0, last
        return self._append(
            connection, "decisions", document_id=decision.document_id, record=decision.model_dump_json()
        ), None

    def last_on(self, document_id: str, theme: str) -> int:
        """Number of the last decision on a cell; 0 where there is none."""
        with self._engine.connect() as connection:
            return self._last_on(connection, document_id, theme)

    def _last_on(self, connection: Connection, document_id: str, theme: str) -> int:
        rows = connection.execute(
            select(tables.decisions.c.seq, tables.decisions.c.record).where(
                tables.decisions.c.document_id == document_id
            )
        )
        return max((int(row.seq) for row in rows if _parsed(Decision, row.record).theme == theme), default=0)

    def _append(self, connection: Connection, chain: Chain, *, record: str, **columns: object) -> int:
        """Append a row, chained to the one before by its `record`, and note how long the chain is now. Returns the row's number."""
        table = _CHAINS[chain]
        last = connection.execute(select(table.c.hash).order_by(table.c.seq.desc()).limit(1)).scalar() or FIRST_HASH
        own = chained(last, record)
        done = connection.execute(insert(table).values(**columns, record=record, prev_hash=last, hash=own))
        count = (
            int(connection.execute(select(tables.heads.c["count"]).where(tables.heads.c.chain == chain)).scalar() or 0)
            + 1
        )
        head = upsert(tables.heads).values(chain=chain, count=count, hash=own)
        connection.execute(head.on_conflict_do_update(index_elements=["chain"], set_={"count": count, "hash": own}))
        return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0

    def _note(self, connection: Connection, document_id: str, kind: HistoryKind, sha256: str) -> None:
        """Enter a stored record into the history, unless it is as it was."""
        of = (tables.history.c.document_id == document_id, tables.history.c.kind == kind)
        last = connection.execute(
            select(tables.history.c.record).where(*of).order_by(tables.history.c.seq.desc()).limit(1)
        ).scalar()
        entry = HistoryEntry(document_id=document_id, kind=kind, sha256=sha256).model_dump_json()
        if last != entry:
            self._append(connection, "history", document_id=document_id, kind=kind, record=entry)

    def decisions(self, document_id: str | None = None, *, after: int = 0) -> list[Decision]:
        """Decisions in the order they were made, of one document or of all; those after a number."""
        query = select(tables.decisions.c.record).where(tables.decisions.c.seq > after).order_by(tables.decisions.c.seq)
        if document_id is not None:
            query = query.where(tables.decisions.c.document_id == document_id)
        with self._engine.connect() as connection:
            return [_parsed(Decision, row.record) for row in connection.execute(query)]

    def head(self, chain: Chain = "decisions") -> tuple[int, str]:
        """How many rows a chain has, and the hash of its last one: worth writing down, since nobody can rebuild an earlier row unseen."""
        with self._engine.connect() as connection:
            row = connection.execute(select(tables.heads).where(tables.heads.c.chain == chain)).mappings().one_or_none()
            return (int(row["count"]), str(row["hash"])) if row else (0, FIRST_HASH)

    def hash_at(self, chain: Chain, count: int) -> str | None:
        """The hash of a chain's row number `count`, from 1; that before the first row for 0; None where the chain is shorter."""
        if count == 0:
            return FIRST_HASH
        table = _CHAINS[chain]
        with self._engine.connect() as connection:
            found = connection.execute(select(table.c.hash).order_by(table.c.seq).limit(1).offset(count - 1)).scalar()
            return str(found) if found is not None else None

    def history(self, *, until: int | None = None) -> dict[tuple[str, HistoryKind], str]:
        """Document id and kind to the SHA-256 of the last version that was stored, of the first `until` entries or of all."""
        query = select(tables.history.c.record).order_by(tables.history.c.seq).limit(until)
        with self._engine.connect() as connection:
            entries = [_parsed(HistoryEntry, row.record) for row in connection.execute(query)]
        return {(e.document_id, e.kind): e.sha256 for e in entries}

    def stored(self) -> dict[tuple[str, HistoryKind], str]:
        """Document id and kind to the SHA-256 of what is stored now; where nothing was touched, the same as `history`."""
        parts = {
            "document": ("id", "record"),
            "reading": ("document_id", "record"),
            "coding": ("document_id", "draft", "record"),
        }
        of = {"document": tables.documents, "reading": tables.readings, "coding": tables.codings}
        found: dict[tuple[str, HistoryKind], str] = {}
        with self._engine.connect() as connection:
            for kind in get_args(HistoryKind):
                name, *columns = parts[kind]
                for row in connection.execute(select(*(of[kind].c[c] for c in (name, *columns)))):
                    found[str(row[0]), kind] = record_sha256(*row[1:])
        return found

    def save_draft(self, draft: Draft) -> None:
        """Note a draft that was written."""
        with self._engine.begin() as connection:
            connection.execute(insert(tables.drafts).values(record=draft.model_dump_json()))

    def drafts(self) -> list[Draft]:
        """Every draft that was written, in order."""
        with self._engine.connect() as connection:
            return [
                _parsed(Draft, row.record)
                for row in connection.execute(select(tables.drafts.c.record).order_by(tables.drafts.c.seq))
            ]

    def save_sign_off(self, sign_off: SignOff, paper: str) -> int:
        """Append a sign-off with its paper as JSON, chained to the one before, if the record is still as the sign-off has it. Returns its number.

        Raises:
            RefusedError: somebody signed, decided, or took something in since the paper was written. Nothing is appended.
        """
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            heads = {
                row["chain"]: (row["count"], row["hash"]) for row in connection.execute(select(tables.heads)).mappings()
            }
            signed = heads.get("sign_offs", (0, FIRST_HASH))[0]
            if sign_off.version != f"{signed + 1}.0":
                raise RefusedError(f"version {signed}.0 was signed in the meantime.", next_step="See it: scr-llm audit")
            before = {
                "decisions": (sign_off.decisions, sign_off.decisions_head),
                "history": (sign_off.history, sign_off.history_head),
            }
            if any(heads.get(chain, (0, FIRST_HASH)) != head for chain, head in before.items()):
                raise RefusedError(
                    "something was decided or taken in while the paper was written.", next_step="Sign again."
                )
            return self._append(connection, "sign_offs", record=sign_off.model_dump_json(), paper=paper)

    def sign_offs(self) -> list[tuple[SignOff, str]]:
        """Every sign-off with its paper as JSON, the first one first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.sign_offs).order_by(tables.sign_offs.c.seq))
            return [(_parsed(SignOff, row.record), row.paper) for row in rows]

    def verify(self, chain: Chain) -> int | None:
        """Number of the first row at which a chain breaks; None where it holds. A missing last one is the number behind the last.

        Beside the hashes it checks that what a row is looked up by, and the paper beside a sign-off, are those of its record.
        """
        before, count, table = FIRST_HASH, 0, _CHAINS[chain]
        with self._engine.connect() as connection:
            for row in connection.execute(select(table).order_by(table.c.seq)):
                number = (
                    count + 1
                )  # rows are looked up by their number, so a chain whose numbers were shifted hides some of them
                if (
                    row.seq != number
                    or row.prev_hash != before
                    or row.hash != chained(before, row.record or "")
                    or not _matches(chain, row)
                ):
                    return max(1, int(row.seq))
                before, count = row.hash, count + 1
            head = (
                connection.execute(select(tables.heads).where(tables.heads.c.chain == chain)).mappings().one_or_none()
            )
        noted = (head["count"], head["hash"]) if head else (0, FIRST_HASH)
        return None if noted == (count, before) else count + 1

    def sign_off_records(self) -> list[str]:
        """Every record of a sign-off as it was stored, character for character, the first one first."""
        with self._engine.connect() as connection:
            return [
                str(row.record)
                for row in connection.execute(select(tables.sign_offs.c.record).order_by(tables.sign_offs.c.seq))
            ]

    def unreadable(self) -> list[str]:
        """Records that are not what their table holds, in words."""
        kinds: tuple[tuple[str, type[Record], Table, str, str], ...] = (
            ("document", Document, tables.documents, "id", "record"),
            ("reading", Reading, tables.readings, "document_id", "record"),
            ("coding", Coding, tables.codings, "document_id", "record"),
            ("draft coding", DraftCoding, tables.codings, "document_id", "draft"),
            ("decision", Decision, tables.decisions, "seq", "record"),
            ("sign-off", SignOff, tables.sign_offs, "seq", "record"),
            ("history entry", HistoryEntry, tables.history, "seq", "record"),
        )
        found = []
        with self._engine.connect() as connection:
            for name, kind, table, key, column in kinds:
                for row in connection.execute(select(table.c[key], table.c[column])):
                    try:
                        kind.model_validate_json(row[1])
                    except ValidationError:
                        found.append(f"{name.capitalize()} {row[0]}")
        return found

    def misfiled(self) -> list[str]:
        """Ids of documents that are looked up by something else than their record says: file, status, or hash of the text."""
        found = []
        with self._engine.connect() as connection:
            for row in connection.execute(select(tables.documents)):
                document = _parsed(Document, row.record)
                if (row.id, row.file, row.status) != (document.id, document.file, document.status):
                    found.append(str(row.id))
            for row in connection.execute(select(tables.readings)):
                reading = _parsed(Reading, row.record)
                if (row.document_id, row.sha256) != (reading.document_id, reading.sha256):
                    found.append(str(row.document_id))
        return found

    def damage(self) -> str | None:
        """What SQLite's own check finds wrong with the file; None where it is sound."""
        with self._engine.connect() as connection:
            found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
            return None if found == "ok" else found

    def foreign_rules(self) -> list[str]:
        """Names of triggers that are not as this program makes them: put in, changed or taken away."""
        made = create_engine("sqlite://")
        migrate(made)
        found = []
        for engine in (self._engine, made):
            with engine.connect() as connection:
                found.append(
                    {
                        (row[0], row[1])
                        for row in connection.exec_driver_sql(
                            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                        )
                    }
                )
        made.dispose()
        return sorted({name for name, _ in found[0] ^ found[1]})

    def log_call(
        self, *, at: str, endpoint: str, model: str, bytes_out: int, sha256: str, document_id: str | None
    ) -> None:
        """Note what was sent to a model, without its text; chained to the call before."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            call = {
                "at": at,
                "endpoint": endpoint,
                "model": model,
                "bytes_out": bytes_out,
                "sha256": sha256,
                "document_id": document_id,
            }
            self._append(connection, "calls", record=call_record(call), **call)

    def keep_reply(
        self,
        key: str,
        *,
        at: str,
        model: str,
        document_id: str | None,
        raw: str,
        prompt_tokens: int | None,
        completion_tokens: int | None,
    ) -> None:
        """Keep a model's usable reply, so that the same question is never paid for twice."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            values = {
                "at": at,
                "model": model,
                "document_id": document_id,
                "raw": raw,
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
            }
            connection.execute(upsert(tables.replies).values(key=key, **values).on_conflict_do_nothing())

    def reply(self, key: str) -> dict[str, Any] | None:
        """A kept reply: raw, model, prompt_tokens, completion_tokens."""
        with self._engine.connect() as connection:
            row = connection.execute(select(tables.replies).where(tables.replies.c.key == key)).one_or_none()
            return dict(row._mapping) if row else None

    def save_batch(self, batch_id: str, *, at: str, endpoint: str, keys: Sequence[str], collected: bool) -> None:
        """Note a batch of questions that was sent, by the keys of its questions, and whether its results are in."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            values = {"at": at, "endpoint": endpoint, "questions": " ".join(keys), "collected": int(collected)}
            statement = upsert(tables.batches).values(id=batch_id, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def rename_batch(self, before: str, now: str) -> None:
        """Give a batch the id that it has at its endpoint. Raises UsageError where another batch has it."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if connection.execute(select(tables.batches.c.id).where(tables.batches.c.id == now)).scalar() is not None:
                raise UsageError(f"{now} is another batch of this project.", next_step="Look at its id again.")
            connection.execute(update(tables.batches).where(tables.batches.c.id == before).values(id=now))

    def batches(self) -> list[dict[str, Any]]:
        """Batches in the order they were sent: id, at, endpoint, questions (keys), collected."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.batches).order_by(tables.batches.c.at, tables.batches.c.id))
            return [
                {**row._mapping, "questions": row.questions.split(), "collected": bool(row.collected)} for row in rows
            ]

    def tokens(self, document_ids: Sequence[str]) -> tuple[int, int]:
        """Tokens sent and received for documents, as counted with the kept replies."""
        sums = select(func.sum(tables.replies.c.prompt_tokens), func.sum(tables.replies.c.completion_tokens)).where(
            tables.replies.c.document_id.in_(document_ids)
        )
        with self._engine.connect() as connection:
            sent, received = connection.execute(sums).one()
            return int(sent or 0), int(received or 0)

    def calls(self) -> list[dict[str, Any]]:
        """Everything that was sent to a model."""
        with self._engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(select(tables.calls).order_by(tables.calls.c.seq))]

    def _document(
        self, connection: Connection, document_id: str, change: Callable[[Document | None], Document]
    ) -> Document:
        stored = connection.execute(
            select(tables.documents.c.record).where(tables.documents.c.id == document_id)
        ).scalar()
        document = change(_parsed(Document, stored) if stored else None)
        last = connection.execute(select(func.max(tables.documents.c.position))).scalar() or 0
        values = {"file": document.file, "status": document.status, "record": document.model_dump_json()}
        statement = upsert(tables.documents).values(id=document.id, position=last + 1, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
        self._note(connection, document.id, "document", record_sha256(values["record"]))
        return document

    def _put(self, connection: Connection, table: Table, *, document_id: str, **values: str) -> None:
        statement = upsert(table).values(document_id=document_id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=values))

    def _one(self, table: Table, column: str, document_id: str) -> str | None:
        with self._engine.connect() as connection:
            found = connection.execute(select(table.c[column]).where(table.c.document_id == document_id)).scalar()
            return str(found) if found is not None else None


def _parsed(kind: type[_R], text: str) -> _R:
    """A record as it was stored."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise StoreError(
            f"the project's database holds a {kind.__name__.lower()} that cannot be read.",
            next_step="It was changed from outside: see scr-llm audit, and put back a copy from a backup.",
        ) from error


def _matches(chain: Chain, row: Any) -> bool:
    """Whether the columns of a row say what its record says."""
    try:
        return _columns_match(chain, row)
    except StoreError:  # the record cannot be read
        return False


def _columns_match(chain: Chain, row: Any) -> bool:
    if chain == "decisions":
        return bool(_parsed(Decision, row.record).document_id == row.document_id)
    if chain == "calls":
        return bool(call_record(row._mapping) == row.record)
    if chain == "history":
        entry = _parsed(HistoryEntry, row.record)
        return bool((entry.document_id, entry.kind) == (row.document_id, row.kind))
    return hashlib.sha256(row.paper.encode()).hexdigest() == _parsed(SignOff, row.record).paper_sha256
