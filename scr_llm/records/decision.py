"""What a person decided. Appended, never changed."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.coding import Evidence, ThemeValue

Act = Literal["decided", "blind", "adjudicated", "withdrawn", "carried"]
"""decided: the reviewer's decision. blind: a second reviewer's, who saw neither the first's nor the coder's answer; it never counts by itself.
adjudicated: the outcome where the two differ. withdrawn: takes back the same person's last act on the cell.
carried: a decision on an earlier issue of the document whose quotes all stand in the new one; author and role are of who made it."""


class Decision(Record):
    """One person's act on one cell. The draft stays as it was; the current coding is the draft under its decisions."""

    document_id: str
    """The review."""
    theme: str
    """What was decided: a code id; the id of a finding or recommendation; `case:` and the name of a fact."""
    act: Act = "decided"
    """What kind of act it is."""
    value: ThemeValue
    """What the person decided. For a finding or recommendation: present where it is one, not_mentioned where it is none. For a fact: present where it is
    stated, not_mentioned where it is not."""
    text: str | None = None
    """For a fact: what it is, in the person's words; None where the proposal stands."""
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
    code_sha256: str = ""
    """The meaning of the one code that was shown; empty for what is no theme. A decision is stale where the code now means something else."""
    reading_sha256: str
    """The reading that was shown."""
