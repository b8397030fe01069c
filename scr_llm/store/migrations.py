"""Numbered steps from an empty database to today's tables, in one transaction with the record of which were taken.

A step that was released is never changed. The first one makes today's tables in a new database, and the later ones then
find theirs in place. The same steps serve every database; what they differ in is in its backend.
"""

from collections.abc import Callable

from sqlalchemy import Connection, Engine, func, insert, inspect, select, text, update
from sqlalchemy.schema import CreateIndex

from scr_llm.errors import UsageError
from scr_llm.records import HistoryEntry
from scr_llm.store import tables
from scr_llm.store.backends import Backend
from scr_llm.store.chain import FIRST_HASH, call_record, chained, record_sha256


def _first(connection: Connection, backend: Backend) -> None:
    backend.prepare(connection)
    tables.metadata.create_all(connection)
    backend.append_only(connection, "decisions")


def _replies(connection: Connection, _: Backend) -> None:
    tables.replies.create(connection, checkfirst=True)


def _batches(connection: Connection, _: Backend) -> None:
    tables.batches.create(connection, checkfirst=True)


def _sign_offs(connection: Connection, backend: Backend) -> None:
    tables.sign_offs.create(connection, checkfirst=True)
    tables.heads.create(connection, checkfirst=True)
    backend.append_only(connection, "sign_offs")
    decisions = tables.decisions
    totals = select(func.count(), func.max(decisions.c.seq)).select_from(decisions)
    count, last_number = connection.execute(totals).one()
    if count:
        last = connection.execute(select(decisions.c.hash).where(decisions.c.seq == last_number)).scalar()
        connection.execute(insert(tables.heads).values(chain="decisions", count=count, hash=last))


def _drafts(connection: Connection, _: Backend) -> None:
    tables.drafts.create(connection, checkfirst=True)


def _history(connection: Connection, backend: Backend) -> None:
    """Start the history with what is stored already."""
    tables.history.create(connection, checkfirst=True)
    backend.append_only(connection, "history")
    documents = select(tables.documents).order_by(tables.documents.c.position)
    readings = select(tables.readings).order_by(tables.readings.c.document_id)
    codings = select(tables.codings).order_by(tables.codings.c.document_id)
    stored = [(row.id, "document", record_sha256(row.record)) for row in connection.execute(documents)]
    stored += [(row.document_id, "reading", record_sha256(row.record)) for row in connection.execute(readings)]
    stored += [(row.document_id, "coding", record_sha256(row.draft, row.record)) for row in connection.execute(codings)]
    last = FIRST_HASH
    for number, (document_id, kind, sha256) in enumerate(stored, 1):
        record = HistoryEntry.model_validate(
            {"document_id": document_id, "kind": kind, "sha256": sha256}
        ).model_dump_json()
        own = chained(last, record)
        values = {"document_id": document_id, "kind": kind, "record": record, "prev_hash": last, "hash": own}
        connection.execute(insert(tables.history).values(seq=number, **values))
        last = own
    if stored:
        connection.execute(insert(tables.heads).values(chain="history", count=len(stored), hash=last))


def _calls(connection: Connection, backend: Backend) -> None:
    """Chain the log of calls to models, from its first row on."""
    have = {column["name"] for column in inspect(connection).get_columns("calls")}
    for name in ("record", "prev_hash", "hash"):
        if name not in have:
            connection.execute(text(f"ALTER TABLE calls ADD COLUMN {name} TEXT"))
    last, count, table = FIRST_HASH, 0, tables.calls
    for row in connection.execute(select(table).order_by(table.c.seq)).mappings().all():
        record = call_record(dict(row))
        own = chained(last, record)
        connection.execute(
            update(table).where(table.c.seq == row["seq"]).values(record=record, prev_hash=last, hash=own)
        )
        last, count = own, count + 1
    backend.append_only(connection, "calls")
    if count:
        connection.execute(insert(tables.heads).values(chain="calls", count=count, hash=last))


def _decisions_on_cell(connection: Connection, _: Backend) -> None:
    # `checkfirst` would not find it: SQLAlchemy cannot see an index on an expression.
    connection.execute(CreateIndex(tables.decisions_on_cell, if_not_exists=True))


def _codebook_changes(connection: Connection, backend: Backend) -> None:
    tables.codebook_changes.create(connection, checkfirst=True)
    backend.append_only(connection, "codebook_changes")


def _log(connection: Connection, backend: Backend) -> None:
    tables.log.create(connection, checkfirst=True)
    backend.append_only(connection, "log")


def _indexes(connection: Connection, _: Backend) -> None:
    for index in (tables.replies_of, tables.documents_in_order):
        index.create(connection, checkfirst=True)


def _moves(connection: Connection, backend: Backend) -> None:
    tables.moves.create(connection, checkfirst=True)
    backend.append_only(connection, "moves")


def _fingerprints(connection: Connection, _: Backend) -> None:
    tables.documents_of_file.create(connection, checkfirst=True)
    tables.fingerprints.create(connection, checkfirst=True)
    tables.sentences.create(connection, checkfirst=True)


STEPS: dict[int, tuple[str, Callable[[Connection, Backend], None]]] = {
    1: ("first tables", _first),
    2: ("replies of models", _replies),
    3: ("batches of questions", _batches),
    4: ("sign-offs and the heads of chains", _sign_offs),
    5: ("drafts that were written", _drafts),
    6: ("history of what is stored", _history),
    7: ("the log of calls chained", _calls),
    8: ("decisions looked up by cell", _decisions_on_cell),
    9: ("changes of the codebook", _codebook_changes),
    10: ("what people started or allowed", _log),
    11: ("replies by document, documents in order", _indexes),
    12: ("where the record was moved to", _moves),
    13: ("fingerprints of texts", _fingerprints),
}


def migrate(engine: Engine, backend: Backend) -> None:
    """Bring a store up to date.

    Raises:
        UsageError: the store was written by a newer version of the program.
    """
    with engine.connect() as connection:
        if _done(connection) == max(STEPS):
            return
    with engine.begin() as connection:
        backend.lock(connection)
        done = _done(connection)  # another program may have taken the steps in the meantime
        if done > max(STEPS):
            raise UsageError(
                "this project was last opened by a newer version of scr-llm.",
                next_step="Update scr-llm, then open it again.",
            )
        for number in range(done + 1, max(STEPS) + 1):
            name, step = STEPS[number]
            step(connection, backend)
            connection.execute(insert(tables.migrations).values(number=number, name=name))


def _done(connection: Connection) -> int:
    """The last step that was taken; 0 in an empty database."""
    if not inspect(connection).has_table("migrations"):
        return 0
    return connection.execute(select(func.max(tables.migrations.c.number))).scalar() or 0
