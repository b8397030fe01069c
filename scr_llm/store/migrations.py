"""Numbered steps from an empty file to today's tables, each in one transaction with its own record."""

from sqlalchemy import Connection, Engine, func, insert, inspect, select, text

from scr_llm.errors import UsageError
from scr_llm.store import tables


def _first(connection: Connection) -> None:
    tables.metadata.create_all(connection)
    for verb in ("UPDATE", "DELETE"):
        connection.execute(
            text(
                f"CREATE TRIGGER decisions_no_{verb.lower()} BEFORE {verb} ON decisions "
                "BEGIN SELECT RAISE(ABORT, 'decisions are only ever appended'); END"
            )
        )


def _replies(connection: Connection) -> None:
    tables.replies.create(connection, checkfirst=True)


def _batches(connection: Connection) -> None:
    tables.batches.create(connection, checkfirst=True)


STEPS = {1: ("first tables", _first), 2: ("replies of models", _replies), 3: ("batches of questions", _batches)}


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
