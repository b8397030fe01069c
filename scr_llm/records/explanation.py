"""Where a number of the briefing comes from."""

from scr_llm.records.base import Record
from scr_llm.records.coding import Evidence, ThemeValue
from scr_llm.records.decision import Decision


class ExplainedCell(Record):
    """One review and what was made of it."""

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
    """Why it counts or does not, in words."""
    recommendation_only: bool
    """Whether recommendations alone make it present."""
    evidence: tuple[Evidence, ...]
    """Quotes with their pages."""
    nearest: tuple[Evidence, ...] = ()
    """Where nothing was found: the passages that come nearest, for a person to judge the silence by."""
    decision: Decision | None
    """Who decided; null while nobody did."""


class Explanation(Record):
    """`present` of `of` reviews show a theme: these do, these do not, and these were not read."""

    theme: str
    """Code id."""
    label: str
    """As printed."""
    definition: str
    """What it means, in the codebook's words."""
    present: int
    """The number."""
    of: int
    """Reviews coded: its denominator."""
    codebook_version: str = ""
    """Version of the codebook that is in force."""
    decided: int
    """Cells that a person has decided."""
    cells: tuple[ExplainedCell, ...]
    """All reviews, those that count first."""
    not_coded: tuple[str, ...]
    """Files that are not in the denominator, each with its reason."""
