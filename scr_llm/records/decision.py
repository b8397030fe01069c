"""What a person decided. Appended, never changed."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.coding import Evidence, ThemeValue

Act = Literal["decided", "blind", "adjudicated", "withdrawn", "carried"]
"""decided: the reviewer's decision. blind: that of a second reviewer, who saw neither the first reviewer's answer nor
the coder's; it never counts alone. adjudicated: the outcome where the two differ. withdrawn: takes back the same
person's last act on the cell. carried: a decision on an earlier issue of the document, whose quotes are all in the new
one; author and role are those of the person who made it."""


class Decision(Record):
    """One person's act on one cell. The draft never changes; the current coding is the draft with decisions applied."""

    document_id: str
    """The review."""
    theme: str
    """What was decided on: a code id; the id of a finding or recommendation; or `case:` and the name of a fact."""
    act: Act = "decided"
    """What kind of act it is."""
    value: ThemeValue
    """What the person decided.

    For a finding or recommendation: present where it is one, not_mentioned where it is not. For a fact: present where
    the review states it, not_mentioned where it does not.
    """
    text: str | None = None
    """For a fact: what it is, in the person's words; None where the proposal is accepted."""
    sub_themes: tuple[str, ...] = ()
    """Sub-codes that the person chose."""
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
    """Whether the person could see the coder's suggestion.

    Agreement with the coder is scored on unassisted decisions only, or else is called assisted.
    """
    codebook_sha256: str
    """Hash of the codebook that was shown."""
    code_sha256: str = ""
    """Hash of the meaning of the code that was shown; empty where the decision is not on a theme.

    A decision is stale where the code now has another meaning.
    """
    reading_sha256: str
    """Hash of the reading that was shown."""
