"""What was sent to models, and the replies that are kept."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from scr_llm.errors import UsageError
from scr_llm.records import Batch, KeptReply, ModelCall
from scr_llm.store import tables
from scr_llm.store.chain import call_record
from scr_llm.store.rows import Rows, from_columns

_AT_ONCE = 1000
"""Ids in one query; SQLite takes 32,766 at most."""


class ModelCalls(Rows):
    """The log of calls, the kept replies and the batches."""

    def log_call(self, call: ModelCall) -> None:
        """Log a request to a model, chained to the previous one."""
        columns = call.model_dump()
        with self._writing() as connection:
            self._append(connection, "calls", record=call_record(columns), **columns)

    def calls(self) -> list[ModelCall]:
        """Every request that was sent to a model, in order."""
        query = select(*(tables.calls.c[name] for name in ModelCall.model_fields)).order_by(tables.calls.c.seq)
        with self._reading() as connection:
            return [from_columns(ModelCall, row) for row in connection.execute(query).mappings()]

    def sent(self) -> list[tuple[str, int, int]]:
        """What was sent where: each endpoint with its number of requests and of bytes."""
        calls = tables.calls.c
        query = select(calls.endpoint, func.count(), func.sum(calls.bytes_out)).group_by(calls.endpoint)
        with self._reading() as connection:
            return sorted((str(row[0]), int(row[1]), int(row[2])) for row in connection.execute(query))

    def keep_reply(self, key: str, reply: KeptReply) -> None:
        """Keep the reply to a question; where one is kept already, that one stays."""
        with self._writing() as connection:
            statement = self._backend.insert(tables.replies).values(key=key, **reply.model_dump())
            connection.execute(statement.on_conflict_do_nothing())

    def reply(self, key: str) -> KeptReply | None:
        """The kept reply to a question."""
        columns = (tables.replies.c[name] for name in KeptReply.model_fields)
        with self._reading() as connection:
            row = connection.execute(select(*columns).where(tables.replies.c.key == key)).mappings().one_or_none()
            return from_columns(KeptReply, row) if row else None

    def save_batch(self, batch: Batch) -> None:
        """Save a batch of questions, or what has become of it."""
        values = {
            "at": batch.at,
            "endpoint": batch.endpoint,
            "questions": " ".join(batch.keys),
            "collected": int(batch.collected),
        }
        with self._writing() as connection:
            statement = self._backend.insert(tables.batches).values(id=batch.id, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def rename_batch(self, before: str, now: str) -> None:
        """Give a batch the id that its endpoint gave it.

        Raises:
            UsageError: another batch has that id.
        """
        ids = tables.batches.c.id
        with self._writing() as connection:
            if connection.execute(select(ids).where(ids == now)).scalar() is not None:
                raise UsageError(f"{now} is another batch of this project.", next_step="Check the batch's id.")
            connection.execute(update(tables.batches).where(ids == before).values(id=now))

    def batches(self) -> list[Batch]:
        """Batches in the order in which they were sent."""
        query = select(tables.batches).order_by(tables.batches.c.at, tables.batches.c.id)
        with self._reading() as connection:
            return [
                Batch(
                    id=row.id,
                    at=row.at,
                    endpoint=row.endpoint,
                    keys=tuple(row.questions.split()),
                    collected=bool(row.collected),
                )
                for row in connection.execute(query)
            ]

    def tokens(self, document_ids: Sequence[str]) -> tuple[int, int]:
        """Tokens sent and received for documents, as counted in the kept replies."""
        replies = tables.replies.c
        sums = select(func.sum(replies.prompt_tokens), func.sum(replies.completion_tokens))
        sent = received = 0
        with self._reading() as connection:
            for start in range(0, len(document_ids), _AT_ONCE):
                some = document_ids[start : start + _AT_ONCE]
                row = connection.execute(sums.where(replies.document_id.in_(some))).one()
                sent, received = sent + int(row[0] or 0), received + int(row[1] or 0)
        return sent, received
