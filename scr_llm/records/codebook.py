"""What a theme means, as the codebook says it."""

from typing import Literal

from scr_llm.records.base import Record


class SubCode(Record):
    """A particular aspect of a code; the code is present where any of its sub-codes is."""

    id: str
    """`code.aspect`."""
    label: str
    """As printed."""
    definition: str
    """One sentence."""
    wordings: tuple[str, ...] = ()
    """Phrases that tell it by themselves."""
    subjects: tuple[str, ...] = ()
    """Words that tell it together with a shortcoming in the same clause."""
    near_misses: tuple[str, ...] = ()
    """Phrases that look like it and are not."""


class Code(Record):
    """One theme."""

    id: str
    """Lower case, digits and underscores."""
    label: str
    """As printed; may change without changing the code."""
    definition: str
    """What a coder, human or machine, decides by."""
    core: bool
    """Whether it is one of the matrix's main columns."""
    polarity: Literal["feature", "shortcoming"]
    """feature: present where reported (family factors). shortcoming: present only where found wanting (practice)."""
    include: tuple[str, ...] = ()
    """Cases that belong."""
    exclude: tuple[str, ...] = ()
    """Cases that do not."""
    wordings: tuple[str, ...] = ()
    """Phrases that tell it by themselves; `*` ends a word anyhow, `...` stands for up to five words, `(a|b)` for either."""
    subjects: tuple[str, ...] = ()
    """Words that tell it together with a shortcoming in the same clause; the same notation."""
    near_misses: tuple[str, ...] = ()
    """Phrases that look like it and are not; the same notation."""
    aliases: tuple[str, ...] = ()
    """Other names, also older ones."""
    question: str = ""
    """What partners should review, as the briefing's conclusion prints it."""
    note: str = ""
    """For people."""
    sub_codes: tuple[SubCode, ...] = ()
    """Aspects."""


class Codebook(Record):
    """All codes."""

    version: str
    """The codebook's own."""
    title: str
    """As printed."""
    note: str = ""
    """Whose definitions these are."""
    abbreviations: dict[str, str] = {}
    """What the reviews' abbreviations stand for; the briefing's key prints those that occur in it."""
    codes: tuple[Code, ...]
    """In order; the core ones first."""
