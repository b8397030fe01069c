"""Numbered steps from an empty file to today's tables, each in one transaction with its own record."""

from sqlalchemy import Connection, Engine, func, insert, inspect, select, text

from scr_llm.errors import UsageError
from scr_llm.store import tables


def _first(connection: Connection) -> None:
    tables.metadata.create_all(connection)
    _append_only(connection, "decisions")


def _append_only(connection: Connection, table: str) -> None:
    for verb in ("UPDATE", "DELETE"):
        connection.execute(
            text(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table.replace('_', ' ')} are only ever appended'); END"
            )
        )


def _replies(connection: Connection) -> None:
    tables.replies.create(connection, checkfirst=True)


def _batches(connection: Connection) -> None:
    tables.batches.create(connection, checkfirst=True)


def _sign_offs(connection: Connection) -> None:
    tables.sign_offs.create(connection, checkfirst=True)
    tables.heads.create(connection, checkfirst=True)
    _append_only(connection, "sign_offs")
    rows = connection.execute(select(func.count(), func.max(tables.decisions.c.seq)).select_from(tables.decisions)).one()
    if rows[0]:
        last = connection.execute(select(tables.decisions.c.hash).where(tables.decisions.c.seq == rows[1])).scalar()
        connection.execute(insert(tables.heads).values(chain="decisions", count=rows[0], hash=last))


def _drafts(connection: Connection) -> None:
    tables.drafts.create(connection, checkfirst=True)


STEPS = {1: ("first tables", _first), 2: ("replies of models", _replies), 3: ("batches of questions", _batches), 4: ("sign-offs and the heads of chains", _sign_offs), 5: ("drafts that were written", _drafts)}


def migrate(engine: Engine) -> None:
    """Bring a store up to date.

    Raises:
        UsageError: the store was written by a newer version of the program.
    """
    with engine.begin() as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
        done = 0
        if inspect(connection).has_table("migrations"):
            done = connection.execute(select(func.max(tables.migrations.c.number))).scalar() or 0
        if done > max(STEPS):
            raise UsageError(
                "this project was last opened by a newer version of scr-llm.", next_step="Update scr-llm, then open it again."
            )
        for number in range(done + 1, max(STEPS) + 1):
            name, step = STEPS[number]
            step(connection)
            connection.execute(insert(tables.migrations).values(number=number, name=name))
