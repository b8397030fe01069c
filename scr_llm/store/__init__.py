"""All that a project stores, in one database: SQLite or PostgreSQL. Callers use `Store`; the rest are its parts."""

from scr_llm.store.backends import Backend, backend_of
from scr_llm.store.rows import Chain
from scr_llm.store.store import Store

__all__ = ["Backend", "Chain", "Store", "backend_of"]
