"""What a person decided. Appended, never changed."""

from scr_llm.records.base import Record
from scr_llm.records.coding import Evidence, ThemeValue


class Decision(Record):
    """One person's decision on one cell. The draft stays as it was; the current coding is the draft under its decisions."""

    document_id: str
    """The review."""
    theme: str
    """Code id of the cell."""
    value: ThemeValue
    """What the person decided."""
    sub_themes: tuple[str, ...] = ()
    """Sub-codes that the person decided."""
    evidence: tuple[Evidence, ...] = ()
    """The quotes it rests on."""
    author: str
    """Who decided."""
    role: str
    """In which role."""
    at: str
    """When: ISO 8601 with time zone."""
    reason: str = ""
    """Why, in the person's words."""
    assisted: bool = True
    """Whether the coder's suggestion was in view. Agreement with the coder is scored on unassisted decisions only, unless it is called assisted."""
    codebook_sha256: str
    """The codebook that was shown."""
    reading_sha256: str
    """The reading that was shown."""
