"""What every part of the store is built on: transactions, stored records, and rows that are only ever appended."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar

from pydantic import ValidationError
from sqlalchemy import Engine, Table, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.engine import Connection

from scr_llm.errors import StoreError
from scr_llm.records import Record
from scr_llm.store import tables
from scr_llm.store.chain import FIRST_HASH, chained

_R = TypeVar("_R", bound=Record)
Chain = Literal["decisions", "sign_offs", "history", "calls", "codebook_changes"]
"""The append-only tables. Each row is chained to the previous one."""
CHAINS: dict[Chain, Table] = {
    "decisions": tables.decisions,
    "sign_offs": tables.sign_offs,
    "history": tables.history,
    "calls": tables.calls,
    "codebook_changes": tables.codebook_changes,
}


@contextlib.contextmanager
def _readable(kind: type[Record]) -> Iterator[None]:
    """Turn an invalid record into a `StoreError`."""
    try:
        yield
    except ValidationError as error:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
        raise StoreError(
            f"the project's database holds a {name} that cannot be read.",
            next_step="It was changed by something other than scr-llm. Run scr-llm audit, then restore a backup.",
        ) from error


def parsed(kind: type[_R], text: str) -> _R:
    """A record from its stored JSON.

    Raises:
        StoreError: the text is not such a record.
    """
    with _readable(kind):
        return kind.model_validate_json(text)


def from_columns(kind: type[_R], columns: Mapping[Any, Any]) -> _R:
    """A record whose fields are stored as columns.

    Raises:
        StoreError: the columns do not make such a record.
    """
    with _readable(kind):
        return kind.model_validate(dict(columns))


class Rows:
    """Access to the tables, which the parts of `Store` share."""

    _engine: Engine

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start: what it reads stays true until it writes."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    def head(self, chain: Chain = "decisions") -> tuple[int, str]:
        """How many rows a chain has, and the hash of the last one.

        A head that was written down elsewhere shows whether an earlier row was rewritten since.
        """
        with self._engine.connect() as connection:
            return self._head(connection, chain)

    def hash_at(self, chain: Chain, count: int) -> str | None:
        """The hash of row number `count` of a chain, from 1; for 0 `FIRST_HASH`; None where the chain is shorter."""
        if count == 0:
            return FIRST_HASH
        table = CHAINS[chain]
        with self._engine.connect() as connection:
            found = connection.execute(select(table.c.hash).order_by(table.c.seq).limit(1).offset(count - 1)).scalar()
            return str(found) if found is not None else None

    @staticmethod
    def _head(connection: Connection, chain: Chain) -> tuple[int, str]:
        query = select(tables.heads).where(tables.heads.c.chain == chain)
        row = connection.execute(query).mappings().one_or_none()
        return (int(row["count"]), str(row["hash"])) if row else (0, FIRST_HASH)

    def _append(self, connection: Connection, chain: Chain, *, record: str, **columns: object) -> int:
        """Append a row, chained to the previous one by its `record`, and update the head. Returns the row's number."""
        table = CHAINS[chain]
        last = connection.execute(select(table.c.hash).order_by(table.c.seq.desc()).limit(1)).scalar() or FIRST_HASH
        own = chained(last, record)
        done = connection.execute(insert(table).values(**columns, record=record, prev_hash=last, hash=own))
        count = self._head(connection, chain)[0] + 1
        head = upsert(tables.heads).values(chain=chain, count=count, hash=own)
        connection.execute(head.on_conflict_do_update(index_elements=["chain"], set_={"count": count, "hash": own}))
        return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0

    def _put(self, connection: Connection, table: Table, *, document_id: str, **values: str) -> None:
        """Write the one row that a document has in a table."""
        statement = upsert(table).values(document_id=document_id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=values))

    def _one(self, table: Table, column: str, document_id: str) -> str | None:
        """One column of the row that a document has in a table; None where there is no row."""
        with self._engine.connect() as connection:
            found = connection.execute(select(table.c[column]).where(table.c.document_id == document_id)).scalar()
            return str(found) if found is not None else None
