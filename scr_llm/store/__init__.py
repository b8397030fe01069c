"""What is kept: one SQLite file in the project folder."""

from scr_llm.store.store import Store

__all__ = ["Store"]
