"""Papers that were written: drafts, and the sign-offs of finished ones."""

import json

from sqlalchemy import ColumnElement, insert, select

from scr_llm.errors import RefusedError
from scr_llm.records import Draft, SignOff
from scr_llm.store import tables
from scr_llm.store.rows import Rows, parsed


def _named(name: str) -> ColumnElement[bool]:
    """That a draft has a name. Its record begins with it, so that other drafts, which may be long, are not parsed."""
    return tables.drafts.c.record.startswith(f'{{"name":{json.dumps(name, ensure_ascii=False)},', autoescape=True)


class SignOffs(Rows):
    """Drafts and sign-offs."""

    def save_draft(self, draft: Draft) -> None:
        """Note a draft that was written."""
        with self._writing() as connection:
            number = self._next(connection, tables.drafts)
            connection.execute(insert(tables.drafts).values(seq=number, record=draft.model_dump_json()))

    def drafts(self, name: str) -> list[Draft]:
        """Every draft of a name that was written, in order."""
        query = select(tables.drafts.c.record).where(_named(name)).order_by(tables.drafts.c.seq)
        with self._reading() as connection:
            return [parsed(Draft, row.record) for row in connection.execute(query)]

    def last_draft(self, name: str) -> Draft | None:
        """The last draft of a name that was written."""
        columns = tables.drafts.c
        query = select(columns.record).where(_named(name)).order_by(columns.seq.desc()).limit(1)
        with self._reading() as connection:
            record = connection.execute(query).scalar()
        return parsed(Draft, record) if record else None

    def save_sign_off(self, sign_off: SignOff, paper: str) -> int:
        """Append a sign-off with its paper as JSON, chained to the previous one. Returns its number.

        Raises:
            RefusedError: somebody has signed, decided or taken in a file since the paper was written. Nothing is
                appended.
        """
        with self._writing() as connection:
            signed, _ = self._head(connection, "sign_offs")
            if sign_off.version != f"{signed + 1}.0":
                raise RefusedError(
                    f"version {signed}.0 was signed in the meantime.", next_step="To see it: scr-llm audit"
                )
            decisions = (sign_off.decisions, sign_off.decisions_head)
            history = (sign_off.history, sign_off.history_head)
            if (self._head(connection, "decisions"), self._head(connection, "history")) != (decisions, history):
                raise RefusedError(
                    "a decision was made or a file was taken in while the paper was being written.",
                    next_step="Sign again.",
                )
            return self._append(connection, "sign_offs", record=sign_off.model_dump_json(), paper=paper)

    def sign_offs(self) -> list[tuple[SignOff, str]]:
        """Every sign-off with its paper as JSON, in order."""
        with self._reading() as connection:
            rows = connection.execute(select(tables.sign_offs).order_by(tables.sign_offs.c.seq))
            return [(parsed(SignOff, row.record), row.paper) for row in rows]

    def signatures(self) -> list[SignOff]:
        """Every sign-off in order, without its paper, which may be long."""
        return [parsed(SignOff, record) for record in self.sign_off_records()]

    def sign_off_records(self) -> list[str]:
        """The record of every sign-off as it was stored, character for character, in order."""
        query = select(tables.sign_offs.c.record).order_by(tables.sign_offs.c.seq)
        with self._reading() as connection:
            return [str(row.record) for row in connection.execute(query)]
