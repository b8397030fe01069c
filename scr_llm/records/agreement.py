"""How far a coder agrees with gold codings: codings by people that it is measured against."""

from typing import Any

from pydantic import ConfigDict

from scr_llm.records.base import Record
from scr_llm.records.coding import ThemeValue


class Gold(Record):
    """Part of a gold coding. People write it in the format of the export; fields that are not compared are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class GoldQuote(Gold):
    """A passage that a reader marked."""

    quote: str
    """The words."""
    page: int | None = None
    """The page it is on."""


class GoldItem(Gold):
    """A finding or recommendation that a reader marked."""

    text: str
    """Its text without its number."""
    page: int | None = None
    """Page on which it begins."""


class GoldTheme(Gold):
    """A cell as a reader decided it: one theme in one review."""

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
    """All of them; null where nobody marked them."""
    recommendations: tuple[GoldItem, ...] | None = None
    """All of them; null where nobody marked them."""
    themes: dict[str, GoldTheme] = {}
    """Theme id to cell; a theme that is left out was not found."""


class Score(Record):
    """How often the coder found what gold has."""

    gold: int
    """How many there are in gold."""
    found: int
    """How many the coder found."""
    both: int
    """How many of gold's the coder found."""
    recall: float | None
    """both / gold; null where gold is 0."""
    precision: float | None
    """both / found; null where found is 0."""
    f1: float | None
    """2 both / (gold + found); null where both sides are 0."""
    recall_interval: tuple[float, float] | None = None
    """95 % bootstrap interval over documents; only for figures over all themes."""
    precision_interval: tuple[float, float] | None = None
    """The same for precision."""
    f1_interval: tuple[float, float] | None = None
    """The same for F1."""


class Raters(Record):
    """Two raters on the same cells, present or not. Raw agreement comes first: with few cells, the rest says little."""

    cells: int
    """Cells that both decided."""
    agreed: int
    """Cells on which they agree."""
    raw: float | None
    """agreed / cells."""
    kappa: float | None
    """Cohen's kappa; null where it is not defined, or refused because there are fewer than 30 cells."""
    kappa_interval: tuple[float, float] | None
    """95 % bootstrap interval over documents."""
    ac1: float | None
    """Gwet's AC1, which stays meaningful where nearly all cells are alike."""
    alpha: float | None
    """Krippendorff's alpha."""
    prevalence: float | None = None
    """How far the agreed cells are from half present and half not, 0 to 1.

    The higher it is, the lower kappa is for the same raw agreement.
    """
    bias: float | None = None
    """How much more often one rater says present than the other, 0 to 1."""
    cells_for_substantial: int | None = None
    """Cells that must be coded twice for the lower bound of kappa to reach .60.

    It assumes that agreement stays the same; null where the bound would never reach it.
    """
    note: str = ""
    """In words, where the figures are refused: `agreed on 7 of 8; disagreed on: Child K`."""


class Third(Record):
    """Passages that gold marks in one third of the documents' pages, and how many of them the coder quoted."""

    gold: int
    """Passages marked in cells that are present."""
    both: int
    """Those that overlap a quote of the same cell."""


class Confused(Record):
    """Two themes: the coder found the first where gold marks the second."""

    found: str
    """Theme id that the coder found present, and gold did not."""
    gold: str
    """Theme id that gold marks on the passage that the coder quoted."""
    times: int
    """Number of cells."""


class Agreement(Record):
    """How far a coder agrees with gold."""

    documents: int
    """Documents compared."""
    not_coded: tuple[str, ...]
    """Files with a gold coding that were not coded. In each of them the coder counts as having found nothing."""
    themes: dict[str, Score]
    """Theme id to how often `present` was found."""
    all_themes: Score
    """All cells together (micro average)."""
    absences: Score
    """The same for cells that are ruled out."""
    raters: Raters
    """Gold and coder as two raters, over all cells."""
    by_theme: dict[str, Raters]
    """Theme id to gold and coder as two raters on that theme."""
    confused: tuple[Confused, ...] = ()
    """The pairs of themes confused most often, most frequent first; at most ten."""
    thirds: tuple[Third, Third, Third]
    """First, middle and last third of the documents, by page and position on the page."""
    findings: Score
    """Findings, compared by their letters and digits."""
    recommendations: Score
    """Recommendations, compared in the same way."""
    right_page: Score
    """Findings and recommendations that both have (gold), and those the coder placed on the right page (both)."""
    quotes_on_gold: Score
    """Cells that both have as present, with marked passages (gold), and those where a quote overlaps one (both)."""
    facts: dict[str, Score]
    """Case fact to how often it is stated (gold), found, and right (both)."""
    tokens: int = 0
    """Tokens sent to and received from a model for these documents, from its kept replies; 0 for other coders."""
    wrong: tuple[str, ...]
    """Each disagreement, in words."""
