"""What changes in the proposals when a review no longer says which sex, ethnicity, place or agency it is about."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.coding import CoderIdentity, ThemeValue

MaskKind = Literal["ethnicity", "sex", "place", "agency"]
"""Kinds of words that are masked."""


class FlippedSentence(Record):
    """A sentence that a cell rested on, before masking or after."""

    page: int
    """Page of the file."""
    text: str
    """As it stands in the review."""
    masked: str
    """As the coder read it when masked."""


class Flip(Record):
    """A cell whose value is another one when words are masked."""

    kind: MaskKind
    """What was masked."""
    document_id: str
    """The review."""
    label: str
    """Authority and pseudonym."""
    theme: str
    """Code id."""
    theme_label: str
    """As printed."""
    before: ThemeValue
    """What the coder proposes for the review as it is."""
    after: ThemeValue
    """What it proposes for the masked review."""
    sentences: tuple[FlippedSentence, ...]
    """What the cell rests on, in the one or the other; empty where it rests on nothing found."""


class KindOfMask(Record):
    """What masking one kind of words changed."""

    kind: MaskKind
    """What was masked."""
    words: int
    """Words and names masked, in all reviews together."""
    cells: int
    """Cells compared: reviews by themes."""
    flips: int
    """Cells with another value."""
    lost: int
    """Of these, cells that were present and no longer are."""
    gained: int
    """Of these, cells that are present and were not."""


class Fairness(Record):
    """A fairness check of a coder on a project's reviews."""

    schema_version: Literal[1] = 1
    """Changes when programs that read this must change."""
    coder: CoderIdentity
    """Who coded."""
    reviews: int
    """Reviews coded, as they are and masked."""
    kinds: tuple[KindOfMask, ...]
    """Counts by kind."""
    flips: tuple[Flip, ...]
    """Every cell that flipped, by kind and review."""
    meaning: str
    """What this shows, and what it does not."""
