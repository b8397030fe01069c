"""What each theme means, according to the codebook."""

from typing import Literal

from scr_llm.records.base import Record


class SubCode(Record):
    """One aspect of a code. The code is present where any of its sub-codes is."""

    id: str
    """`code.aspect`."""
    label: str
    """As printed."""
    definition: str
    """One sentence."""
    wordings: tuple[str, ...] = ()
    """Phrases that show it on their own."""
    subjects: tuple[str, ...] = ()
    """Words that show it together with a shortcoming in the same clause."""
    near_misses: tuple[str, ...] = ()
    """Phrases that look like it but are not."""


class Code(Record):
    """One theme."""

    id: str
    """Lower-case letters, digits and underscores."""
    label: str
    """As printed; may change without changing the code."""
    definition: str
    """What a coder, human or machine, decides by."""
    core: bool
    """Whether it is one of the main columns of the matrix."""
    polarity: Literal["feature", "shortcoming"]
    """feature: present where it is reported (family factors). shortcoming: present only where criticised (practice)."""
    include: tuple[str, ...] = ()
    """Cases that belong to it."""
    exclude: tuple[str, ...] = ()
    """Cases that do not."""
    wordings: tuple[str, ...] = ()
    """Phrases that show it on their own: `*` any word ending, `...` up to five words, `(a|b)` either."""
    subjects: tuple[str, ...] = ()
    """Words that show it together with a shortcoming in the same clause; in the same notation."""
    near_misses: tuple[str, ...] = ()
    """Phrases that look like it but are not; in the same notation."""
    aliases: tuple[str, ...] = ()
    """Other names, including earlier ones."""
    question: str = ""
    """What partners should review, as the briefing's conclusion prints it."""
    note: str = ""
    """A note for people; no coder uses it."""
    sub_codes: tuple[SubCode, ...] = ()
    """Aspects."""


class Codebook(Record):
    """All codes."""

    version: str
    """The codebook's version."""
    title: str
    """As printed."""
    note: str = ""
    """Whose definitions these are."""
    abbreviations: dict[str, str] = {}
    """What the reviews' abbreviations stand for; the briefing's key prints those that occur in it."""
    codes: tuple[Code, ...]
    """In order; the core ones first."""


CodebookAct = Literal["changed", "added", "merged", "split"]
"""changed: a code's fields. added: a new code. merged: two codes into one. split: one code by its aspects."""


class CodebookChange(Record):
    """One change of the codebook, as the project's record keeps it. Appended, never changed."""

    at: str
    """When: ISO 8601 with time zone."""
    who: str
    """The person who took the change."""
    role: str = ""
    """In which role; empty where none was given."""
    act: CodebookAct
    """What kind of change it was."""
    reason: str
    """Why, in that person's words."""
    before: tuple[Code, ...]
    """The codes that were changed or removed, as they were."""
    after: tuple[Code, ...]
    """The codes that were changed or added, as they are since."""
    stale: int = 0
    """Decided cells whose definition was no longer the one they were decided by, at that time."""
    before_sha256: str
    """SHA-256 of the file as it was, hexadecimal."""
    after_sha256: str
    """SHA-256 of the file as it was written."""
