"""The log of what people started or allowed."""

from sqlalchemy import insert, select

from scr_llm.records import LogEntry
from scr_llm.store import tables
from scr_llm.store.rows import Rows, parsed


class Log(Rows):
    """The log, which is only ever appended to."""

    def note_act(self, entry: LogEntry) -> None:
        """Append to the log."""
        with self._writing() as connection:
            number = self._next(connection, tables.log)
            connection.execute(insert(tables.log).values(seq=number, record=entry.model_dump_json()))

    def log(self, last: int = 1000) -> list[LogEntry]:
        """The last entries, the latest first."""
        query = select(tables.log.c.record).order_by(tables.log.c.seq.desc()).limit(last)
        with self._reading() as connection:
            return [parsed(LogEntry, row.record) for row in connection.execute(query)]
