"""Copying a whole record into another database, and telling whether two records are the same."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Table, func, insert, select
from sqlalchemy.engine import Connection

from scr_llm.store import tables
from scr_llm.store.store import Store

_AT_ONCE = 200
"""Rows in memory at once; a reading or a signed paper may be a megabyte."""
_OWN = ("migrations", "moves")
"""Tables that say something about the database itself, and not about the project."""
COPIED: tuple[Table, ...] = tuple(table for table in tables.metadata.sorted_tables if table.name not in _OWN)
"""What is copied, in an order in which no row points at one that is missing."""

Summary = dict[str, tuple[int, str]]
"""Name of a table to its number of rows and a hash of them all."""


def copy_record(source: Connection, target: Store) -> None:
    """Copy every row as it is, numbers and hashes included, all or nothing.

    Args:
        source: a transaction on the record in which nobody else can write to it.
        target: an empty record.
    """
    with target.held(for_long=True) as connection:
        for table in COPIED:
            for some in _rows(source, table):
                connection.execute(insert(table), some)


def summary(connection: Connection) -> Summary:
    """What a record holds: it is the same for two records exactly if every row of every table is."""
    found = {}
    for table in COPIED:
        # In the order of the rows' hashes: two databases sort text differently.
        hashes = sorted(_sha256(row) for some in _rows(connection, table) for row in some)
        found[table.name] = (len(hashes), hashlib.sha256(b"".join(hashes)).hexdigest())
    return found


def mark_moved(connection: Connection, at: str, to: str) -> None:
    """Enter that the record goes on elsewhere: from the end of this transaction nobody can write to it here."""
    number = int(connection.execute(select(func.count()).select_from(tables.moves)).scalar() or 0) + 1
    connection.execute(insert(tables.moves).values(seq=number, at=at, to=to))


def moved_to(connection: Connection) -> str | None:
    """Where the record was moved to; None if it was not."""
    return connection.execute(select(tables.moves.c.to).order_by(tables.moves.c.seq).limit(1)).scalar()


def _rows(connection: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    found = connection.execute(select(table), execution_options={"yield_per": _AT_ONCE})
    for some in found.mappings().partitions():
        yield [dict(row) for row in some]


def _sha256(row: dict[str, object]) -> bytes:
    return hashlib.sha256(repr(sorted(row.items())).encode("utf-8", "surrogatepass")).digest()
