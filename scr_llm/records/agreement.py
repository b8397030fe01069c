"""How far a coding agrees with gold codings."""

from typing import Any

from pydantic import ConfigDict

from scr_llm.records.base import Record
from scr_llm.records.coding import ThemeValue


class Gold(Record):
    """A part of a gold coding. Written by people in the shape of the export; what is not compared is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class GoldQuote(Gold):
    """A passage that a reader marked."""

    quote: str
    """Its words."""
    page: int | None = None
    """Where it stands."""


class GoldItem(Gold):
    """A finding or recommendation that counts."""

    text: str
    """Its text without its number."""
    page: int | None = None
    """Where it begins."""


class GoldTheme(Gold):
    """A cell as a reader decided it."""

    value: ThemeValue
    """The value."""
    evidence: tuple[GoldQuote, ...] = ()
    """Passages that show it."""


class GoldDocument(Gold):
    """A document as a reader coded it."""

    file: str
    """File name."""
    case: dict[str, Any] | None = None
    """Case facts."""
    findings: tuple[GoldItem, ...] | None = None
    """All that count; null where nobody marked them."""
    recommendations: tuple[GoldItem, ...] | None = None
    """All that count; null where nobody marked them."""
    themes: dict[str, GoldTheme] = {}
    """Theme id to cell; a theme that is not there is not mentioned."""


class Score(Record):
    """How often something was found that is there."""

    gold: int
    """There, as gold has it."""
    found: int
    """Said to be there by the coder."""
    both: int
    """Said to be there, and there."""
    recall: float | None
    """both / gold; null where gold is 0."""
    precision: float | None
    """both / found; null where found is 0."""
    f1: float | None
    """2 both / (gold + found); null where both sides are 0."""


class Agreement(Record):
    """A coder against gold."""

    documents: int
    """Documents compared."""
    not_coded: tuple[str, ...]
    """Files with a gold coding that were not coded; each counts as found nothing."""
    themes: dict[str, Score]
    """Theme id to how often `present` was found."""
    all_themes: Score
    """All cells together (micro average)."""
    absences: Score
    """The same for `explicitly_absent`."""
    findings: Score
    """Findings, by their letters and digits."""
    recommendations: Score
    """Recommendations, the same."""
    right_page: Score
    """Items found on both sides: gold, and on the right page."""
    quotes_on_gold: Score
    """Cells present on both sides with marked passages (gold), and those where a quote touches one (both)."""
    facts: dict[str, Score]
    """Case fact to how often it is stated, found, and right."""
    wrong: tuple[str, ...]
    """Each disagreement, in words."""
