"""Reading and writing records."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, Table, create_engine, event, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection

from scr_llm.errors import ConflictError, UsageError
from scr_llm.records import Coding, Decision, Document, Draft, DraftCoding, Reading, SignOff
from scr_llm.store import tables
from scr_llm.store.migrations import migrate

_FIRST_HASH = "0" * 64


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions are begun by hand, so that a step and its record are one
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


class Store:
    """One project's records. Use it in a `with`; every call is a transaction of its own."""

    def __init__(self, path: Path) -> None:
        """Open, or make, the store at a path. Raises UsageError where a newer version of the program wrote it."""
        self._engine = _engine(path)
        migrate(self._engine)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        self._engine.dispose()

    def save_document(self, document: Document) -> None:
        """Note where a document stands."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._document(connection, document)

    def documents(self) -> list[Document]:
        """All documents, in the order they were taken in."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.documents.c.record).order_by(tables.documents.c.position))
            return [Document.model_validate_json(row.record) for row in rows]

    def document(self, document_id: str) -> Document | None:
        """One document."""
        with self._engine.connect() as connection:
            record = connection.execute(select(tables.documents.c.record).where(tables.documents.c.id == document_id)).scalar()
            return Document.model_validate_json(record) if record else None

    def save_reading(self, reading: Reading) -> None:
        """Keep the text of a document."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._put(connection, tables.readings, document_id=reading.document_id, sha256=reading.sha256, record=reading.model_dump_json())

    def reading(self, document_id: str) -> Reading | None:
        """The text of a document, where it was read."""
        record = self._one(tables.readings, "record", document_id)
        return Reading.model_validate_json(record) if record else None

    def save_coding(self, document: Document, draft: DraftCoding, coding: Coding) -> None:
        """Keep a coding and the document's status together, or neither."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._document(connection, document)
            self._put(connection, tables.codings, document_id=document.id, draft=draft.model_dump_json(), record=coding.model_dump_json())

    def coding(self, document_id: str) -> Coding | None:
        """The grounded coding, where there is one."""
        record = self._one(tables.codings, "record", document_id)
        return Coding.model_validate_json(record) if record else None

    def draft(self, document_id: str) -> DraftCoding | None:
        """What the coder proposed, before grounding."""
        record = self._one(tables.codings, "draft", document_id)
        return DraftCoding.model_validate_json(record) if record else None

    def append_decision(self, decision: Decision, *, expect: int | None = None) -> int:
        """Append a decision, chained to the one before. Returns its number.

        Args:
            decision: what was decided.
            expect: number of the last decision on the same cell that was in view, 0 for none.

        Raises:
            ConflictError: somebody decided on the cell since then. Nothing is appended.
        """
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            if expect is not None and (last := self._last_on(connection, decision.document_id, decision.theme)) != expect:
                raise ConflictError(last)
            return self._chain(connection, "decisions", tables.decisions, document_id=decision.document_id, record=decision.model_dump_json())

    def last_on(self, document_id: str, theme: str) -> int:
        """Number of the last decision on a cell; 0 where there is none."""
        with self._engine.connect() as connection:
            return self._last_on(connection, document_id, theme)

    def _last_on(self, connection: Connection, document_id: str, theme: str) -> int:
        rows = connection.execute(select(tables.decisions.c.seq, tables.decisions.c.record).where(tables.decisions.c.document_id == document_id))
        return max((int(row.seq) for row in rows if Decision.model_validate_json(row.record).theme == theme), default=0)

    def _chain(self, connection: Connection, chain: str, table: Table, **values: str) -> int:
        """Append a row, chained to the one before by its `record`, and note how long the chain is now."""
        last = connection.execute(select(table.c.hash).order_by(table.c.seq.desc()).limit(1)).scalar() or _FIRST_HASH
        own = _chained(last, values["record"])
        done = connection.execute(insert(table).values(**values, prev_hash=last, hash=own))
        count = connection.execute(select(func.count()).select_from(table)).scalar()
        head = upsert(tables.heads).values(chain=chain, count=count, hash=own)
        connection.execute(head.on_conflict_do_update(index_elements=["chain"], set_={"count": count, "hash": own}))
        return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0

    def decisions(self, document_id: str | None = None, *, after: int = 0) -> list[Decision]:
        """Decisions in the order they were made, of one document or of all; those after a number."""
        query = select(tables.decisions.c.record).where(tables.decisions.c.seq > after).order_by(tables.decisions.c.seq)
        if document_id is not None:
            query = query.where(tables.decisions.c.document_id == document_id)
        with self._engine.connect() as connection:
            return [Decision.model_validate_json(row.record) for row in connection.execute(query)]

    def head(self) -> tuple[int, str]:
        """How many decisions there are, and the hash of the last: worth writing down, since nobody can rebuild an earlier one unseen."""
        with self._engine.connect() as connection:
            row = connection.execute(select(tables.heads).where(tables.heads.c.chain == "decisions")).mappings().one_or_none()
            return (int(row["count"]), str(row["hash"])) if row else (0, _FIRST_HASH)

    def save_draft(self, draft: Draft) -> None:
        """Note a draft that was written."""
        with self._engine.begin() as connection:
            connection.execute(insert(tables.drafts).values(record=draft.model_dump_json()))

    def drafts(self) -> list[Draft]:
        """Every draft that was written, in order."""
        with self._engine.connect() as connection:
            return [Draft.model_validate_json(row.record) for row in connection.execute(select(tables.drafts.c.record).order_by(tables.drafts.c.seq))]

    def save_sign_off(self, sign_off: SignOff, paper: str) -> int:
        """Append a sign-off with its paper as JSON, chained to the one before. Returns its number."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return self._chain(connection, "sign_offs", tables.sign_offs, record=sign_off.model_dump_json(), paper=paper)

    def sign_offs(self) -> list[tuple[SignOff, str]]:
        """Every sign-off with its paper as JSON, the first one first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.sign_offs).order_by(tables.sign_offs.c.seq))
            return [(SignOff.model_validate_json(row.record), row.paper) for row in rows]

    def verify_decisions(self) -> int | None:
        """Number of the first decision at which the chain breaks; None where it holds. A missing last one is the number behind the last."""
        return self._verify("decisions", tables.decisions)

    def verify_sign_offs(self) -> int | None:
        """The same of sign-offs; a paper that is not the one that was signed breaks it too."""
        broken = self._verify("sign_offs", tables.sign_offs)
        changed = (n for n, (s, paper) in enumerate(self.sign_offs(), 1) if hashlib.sha256(paper.encode()).hexdigest() != s.paper_sha256)
        return broken or next(changed, None)

    def _verify(self, chain: str, table: Table) -> int | None:
        before, count = _FIRST_HASH, 0
        with self._engine.connect() as connection:
            for row in connection.execute(select(table).order_by(table.c.seq)):
                if row.prev_hash != before or row.hash != _chained(before, row.record):
                    return int(row.seq)
                before, count = row.hash, count + 1
            head = connection.execute(select(tables.heads).where(tables.heads.c.chain == chain)).mappings().one_or_none()
        noted = (head["count"], head["hash"]) if head else (0, _FIRST_HASH)
        return None if noted == (count, before) else count + 1

    def log_call(self, *, at: str, endpoint: str, model: str, bytes_out: int, sha256: str, document_id: str | None) -> None:
        """Note what was sent to a model, without its text."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.execute(
                insert(tables.calls).values(
                    at=at, endpoint=endpoint, model=model, bytes_out=bytes_out, sha256=sha256, document_id=document_id
                )
            )

    def keep_reply(self, key: str, *, at: str, model: str, document_id: str | None, raw: str, prompt_tokens: int | None, completion_tokens: int | None) -> None:
        """Keep a model's usable reply, so that the same question is never paid for twice."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            values = {"at": at, "model": model, "document_id": document_id, "raw": raw, "prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}
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
            return [{**row._mapping, "questions": row.questions.split(), "collected": bool(row.collected)} for row in rows]

    def tokens(self, document_ids: Sequence[str]) -> tuple[int, int]:
        """Tokens sent and received for documents, as counted with the kept replies."""
        sums = select(func.sum(tables.replies.c.prompt_tokens), func.sum(tables.replies.c.completion_tokens)).where(tables.replies.c.document_id.in_(document_ids))
        with self._engine.connect() as connection:
            sent, received = connection.execute(sums).one()
            return int(sent or 0), int(received or 0)

    def calls(self) -> list[dict[str, Any]]:
        """Everything that was sent to a model."""
        with self._engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(select(tables.calls).order_by(tables.calls.c.seq))]

    def _document(self, connection: Connection, document: Document) -> None:
        last = connection.execute(select(func.max(tables.documents.c.position))).scalar() or 0
        values = {"file": document.file, "status": document.status, "record": document.model_dump_json()}
        statement = upsert(tables.documents).values(id=document.id, position=last + 1, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def _put(self, connection: Connection, table: Table, *, document_id: str, **values: str) -> None:
        statement = upsert(table).values(document_id=document_id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=values))

    def _one(self, table: Table, column: str, document_id: str) -> str | None:
        with self._engine.connect() as connection:
            found = connection.execute(select(table.c[column]).where(table.c.document_id == document_id)).scalar()
            return str(found) if found is not None else None


def _chained(before: str, record: str) -> str:
    return hashlib.sha256(f"{before}\n{record}".encode()).hexdigest()
