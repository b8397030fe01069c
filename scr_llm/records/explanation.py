"""Where a number in the briefing comes from."""

from scr_llm.records.base import Record
from scr_llm.records.coding import Evidence, ThemeValue
from scr_llm.records.decision import Decision


class ExplainedCell(Record):
    """One review, and whether it counts towards the number."""

    document_id: str
    """The review."""
    file: str
    """File name."""
    label: str
    """Authority and pseudonym."""
    value: ThemeValue
    """Current value."""
    counted: bool
    """Whether it counts towards the number."""
    why: str
    """Why it counts or does not, in words for a person."""
    recommendation_only: bool
    """Whether its only evidence is in recommendations."""
    evidence: tuple[Evidence, ...]
    """Quotes with their pages."""
    nearest: tuple[Evidence, ...] = ()
    """Where nothing was found: the passages that come nearest, so that a person can check."""
    decision: Decision | None
    """The person's decision; null while nobody has decided."""


class Explanation(Record):
    """`present` of `of` reviews show a theme: which do, which do not, and which were not read."""

    theme: str
    """Code id."""
    label: str
    """As printed."""
    definition: str
    """What it means, according to the codebook."""
    present: int
    """Reviews in which it is present: the number explained."""
    of: int
    """Reviews coded: the denominator."""
    codebook_version: str = ""
    """Version of the codebook in force."""
    decided: int
    """Cells that a person has decided."""
    cells: tuple[ExplainedCell, ...]
    """All reviews; those that count come first."""
    not_coded: tuple[str, ...]
    """Files that are not in the denominator, each with the reason."""
