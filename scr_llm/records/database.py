"""Where a project's record is kept."""

from pathlib import Path

from scr_llm.records.base import Record


class Database(Record):
    """A file of SQLite or, with a `url`, a schema of a PostgreSQL database."""

    file: Path
    """The SQLite file; not used with a `url`."""
    url: str = ""
    """Address of a PostgreSQL database, without a password; empty for SQLite."""
    namespace: str = ""
    """The project's own PostgreSQL schema."""
    password_env: str = ""
    """Name of the environment variable that holds the password; empty where libpq finds it by its own means."""
    connections: int = 20
    """Most connections to the PostgreSQL server from one process."""
    signed: str = ""
    """The last folder of signed papers; with one, a missing record is an error, and no empty one is made."""
