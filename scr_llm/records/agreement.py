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
    recall_interval: tuple[float, float] | None = None
    """95 % bootstrap interval over documents; only for figures over all themes."""
    precision_interval: tuple[float, float] | None = None
    """The same of precision."""
    f1_interval: tuple[float, float] | None = None
    """The same of F1."""


class Raters(Record):
    """Two raters on the same cells, present or not. Raw agreement comes first: with few cells the rest says little."""

    cells: int
    """Cells that both decided."""
    agreed: int
    """Cells on which they agree."""
    raw: float | None
    """agreed / cells."""
    kappa: float | None
    """Cohen's kappa; null where it is not defined, or refused because there are fewer than 30 cells."""
    kappa_interval: tuple[float, float] | None
    """95 % interval, documents drawn anew."""
    ac1: float | None
    """Gwet's AC1, which does not collapse where nearly all cells are alike."""
    alpha: float | None
    """Krippendorff's alpha."""
    prevalence: float | None = None
    """How far the shared yes and no are from even, 0 to 1: the higher, the lower kappa comes out for the same raw agreement."""
    bias: float | None = None
    """How far one rater says yes more often than the other, 0 to 1."""
    cells_for_substantial: int | None = None
    """Cells that must be coded twice for the lower bound of kappa to reach .60, if agreement stays as it is; null where it never would."""
    note: str = ""
    """In words, where figures are refused: `agreed on 7 of 8; disagreed on: Child K`."""


class Third(Record):
    """Passages that gold marks in one third of the documents' pages, and those among them that a quote of the coder touches."""

    gold: int
    """Marked passages of cells that are present."""
    both: int
    """Those that are touched by a quote of the same cell."""


class Confused(Record):
    """Two themes of which the first was said where gold marks the second."""

    found: str
    """Theme id, as the coder has it: present, and not so in gold."""
    gold: str
    """Theme id that gold marks on the passage that was quoted."""
    times: int
    """In how many cells."""


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
    raters: Raters
    """Gold and coder as two raters, all cells."""
    by_theme: dict[str, Raters]
    """Theme id to gold and coder as two raters."""
    confused: tuple[Confused, ...] = ()
    """The most confused pairs of themes, the most frequent first; ten at most."""
    thirds: tuple[Third, Third, Third]
    """First, middle and last third of the documents, by page and place on it."""
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
    tokens: int = 0
    """Tokens sent to and received from a model for these documents, as kept with their replies; 0 for other coders."""
    wrong: tuple[str, ...]
    """Each disagreement, in words."""
