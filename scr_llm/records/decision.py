"""What a person decided. Appended, never changed."""

from typing import Literal

from pydantic import Field

from scr_llm.records.base import Record
from scr_llm.records.coding import Evidence, ThemeValue

Act = Literal["decided", "blind", "adjudicated", "withdrawn", "carried"]
"""decided: the reviewer's decision. blind: that of a second reviewer, who saw neither the first reviewer's answer nor
the coder's; it never counts alone. adjudicated: the outcome where the two differ. withdrawn: takes back the same
person's last act on the cell. carried: a decision on an earlier issue of the document, whose quotes are all in the new
one; author and role are those of the person who made it."""


ITEM_OR_FACT = r"^(?:case:[a-z_]+|[fr][0-9a-f]{12}(?:-\d+)?)$"
"""The key of a finding, recommendation or fact."""


class SetItem(Record):
    """A finding or recommendation whose words a person chose, instead of the coder."""

    kind: Literal["finding", "recommendation"]
    """Which of the two."""
    number: str | None = None
    """As printed; None where none is printed."""
    addressee: str | None = None
    """Who must act; recommendations only."""


class Covered(Record):
    """What an act on several cells decides on one of them. Never a theme: each of those is decided by itself."""

    theme: str = Field(pattern=ITEM_OR_FACT)
    """The cell, as in a Decision."""
    value: ThemeValue
    """As in a Decision."""
    text: str | None = None
    """The words of the item or fact, white space collapsed; None where a fact is not stated."""
    evidence: tuple[Evidence, ...] = ()
    """Where they are."""
    item: SetItem | None = None
    """Of an item whose words a person chose."""
    shown_sha256: str = ""
    """Hash of what the person was shown of it, in a list that was confirmed; empty where it was split or joined."""


class Decision(Record):
    """One person's act. The draft never changes; the current coding is the draft with decisions applied.

    An act is on one cell, or on several that it `covers`: a list that was confirmed, an item that was split, or two
    that were joined. It is made and taken back as one.
    """

    document_id: str
    """The review."""
    theme: str
    """What was decided on: a code id; the id of a finding or recommendation; or `case:` and the name of a fact.

    `list:items` for a list of findings, recommendations and facts that was confirmed as a whole.
    """
    act: Act = "decided"
    """What kind of act it is."""
    value: ThemeValue
    """What the person decided.

    For a finding or recommendation: present where it is one, not_mentioned where it is not. For a fact: present where
    the review states it, not_mentioned where it does not.
    """
    text: str | None = None
    """For a fact: what it is, in the person's words; None where the proposal is accepted.

    For a finding or recommendation whose words a person chose: these words, white space collapsed.
    """
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
    item: SetItem | None = None
    """Of a finding or recommendation whose words a person chose; its text and evidence are then those of the act."""
    covers: tuple[Covered, ...] = ()
    """The cells that the act decides, where they are several; empty where it is on one cell."""
    shown_sha256: str = ""
    """Of one cell of a confirmed list, seen by itself: hash of what the person was shown of it.

    The decision is stale where the list would now show something else. Empty elsewhere, and in what is stored.
    """
    pages: tuple[int, ...] = ()
    """Of a list that was confirmed: the pages that were shown before, in order."""
