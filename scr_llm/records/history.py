"""What was stored, version by version. Appended, never changed."""

from typing import Literal

from scr_llm.records.base import Record

HistoryKind = Literal["document", "reading", "coding"]
"""document: a file's status. reading: its text. coding: what a coder proposed for it, before and after grounding."""


class HistoryEntry(Record):
    """One version of a stored record, by its hash."""

    document_id: str
    """The document that the record belongs to."""
    kind: HistoryKind
    """Which of the document's records it is."""
    sha256: str
    """SHA-256 of the record as it was stored, hexadecimal."""
