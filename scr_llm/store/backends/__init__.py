"""The databases that can hold a record. What differs between them is here; no other part of the store asks which it is.

To add one: a file with a `Backend`, its way of writing `expressions`, and a line in `backend_of`.
"""

from scr_llm.records import Database
from scr_llm.store.backends.base import Backend

__all__ = ["Backend", "backend_of"]


def backend_of(database: Database) -> Backend:
    """The backend for a database.

    Raises:
        StoreError: what it needs is not installed.
        UsageError: the password is to come from an environment variable that is not set.
    """
    if database.url:
        from scr_llm.store.backends.postgresql import Postgresql

        return Postgresql(database)
    from scr_llm.store.backends.sqlite import Sqlite

    return Sqlite(database)
