"""All that a project stores: one SQLite file in its folder. Callers use `Store`; the other modules are its parts."""

from scr_llm.store.rows import Chain
from scr_llm.store.store import Store

__all__ = ["Chain", "Store"]
