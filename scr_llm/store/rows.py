"""What every part of the store is built on: transactions, stored records, and rows that are only ever appended."""

import contextlib
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar

from pydantic import ValidationError
from sqlalchemy import Engine, Table, func, insert, select
from sqlalchemy.engine import Connection

from scr_llm.errors import StoreError
from scr_llm.records import Record
from scr_llm.store import tables
from scr_llm.store.backends import Backend
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


def refuse_if_moved(connection: Connection, name: str) -> None:
    """Refuse a record that goes on in another database.

    Raises:
        StoreError: it was moved there.
    """
    found = connection.execute(select(tables.moves.c.at, tables.moves.c.to).limit(1)).first()
    if found:
        raise StoreError(
            f"{name}: the project was moved to {found.to} at {found.at}, and goes on there.",
            next_step="Open the project again. If its project.toml does not name that place under [store], finish the "
            "move: scr-llm move",
        )


class Rows:
    """Access to the tables, which the parts of `Store` share."""

    _backend: Backend
    _engine: Engine
    _turn: threading.Lock

    @contextlib.contextmanager
    def held(self, *, for_long: bool = False) -> Iterator[Connection]:
        """A transaction in which nobody else can write, even to a record that was moved.

        Args:
            for_long: whether it may stand still for more than a minute.
        """
        # One thread of ours at a time, so that those that wait do not hold connections which the first may need.
        with self._turn, self._backend.named_errors(), self._engine.begin() as connection:
            self._backend.lock(connection, for_long=for_long)
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its start: what it reads stays true until it writes."""
        with self.held() as connection:
            refuse_if_moved(connection, self._backend.name)
            yield connection

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the record throughout."""
        with self._backend.named_errors(), self._engine.connect() as connection:
            self._backend.hold_still(connection)
            yield connection

    def head(self, chain: Chain = "decisions") -> tuple[int, str]:
        """How many rows a chain has, and the hash of the last one.

        A head that was written down elsewhere shows whether an earlier row was rewritten since.
        """
        with self._reading() as connection:
            return self._head(connection, chain)

    def hash_at(self, chain: Chain, count: int) -> str | None:
        """The hash of row number `count` of a chain, from 1; for 0 `FIRST_HASH`; None where the chain is shorter."""
        if count == 0:
            return FIRST_HASH
        table = CHAINS[chain]
        with self._reading() as connection:
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
        found = connection.execute(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).first()
        number, last = (int(found.seq) + 1, found.hash or FIRST_HASH) if found else (1, FIRST_HASH)
        own = chained(last, record)
        connection.execute(insert(table).values(seq=number, **columns, record=record, prev_hash=last, hash=own))
        count = self._head(connection, chain)[0] + 1
        head = self._backend.insert(tables.heads).values(chain=chain, count=count, hash=own)
        connection.execute(head.on_conflict_do_update(index_elements=["chain"], set_={"count": count, "hash": own}))
        return number

    @staticmethod
    def _next(connection: Connection, table: Table) -> int:
        """The number of the next row of a table that is only appended to, but not chained."""
        return int(connection.execute(select(func.max(table.c.seq))).scalar() or 0) + 1

    def _put(self, connection: Connection, table: Table, *, document_id: str, **values: str) -> None:
        """Write the one row that a document has in a table."""
        statement = self._backend.insert(table).values(document_id=document_id, **values)
        connection.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=values))

    def _one(self, table: Table, column: str, document_id: str) -> str | None:
        """One column of the row that a document has in a table; None where there is no row."""
        with self._reading() as connection:
            found = connection.execute(select(table.c[column]).where(table.c.document_id == document_id)).scalar()
            return str(found) if found is not None else None
