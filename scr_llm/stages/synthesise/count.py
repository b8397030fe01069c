"""Every number of the paper, computed from the codings."""

from collections.abc import Sequence
from dataclasses import dataclass

from scr_llm.records import (
    PARTS,
    Code,
    Codebook,
    Coding,
    Deciding,
    Decision,
    Document,
    Evidence,
    Facts,
    PartName,
    ThemeCoding,
    ThemeCount,
)
from scr_llm.text.case_label import case_label, told_apart

_NOTHING_DECIDED = Deciding()


@dataclass(frozen=True)
class BriefingOptions:
    """What a project decides about its paper."""

    title: str
    organisation: str
    marking: str
    version: str
    status: str = "DRAFT – not signed off"
    """The status on every page. A draft adds how many cells are decided."""
    signed: bool = False
    """Whether it is written to be signed: then it has no words true of drafts only, and no note to its author."""
    record: str = ""
    """A sentence about the decisions behind the paper and the last hash of their chain; empty before any decision."""
    deciding: Deciding = _NOTHING_DECIDED
    """How the deciding went."""
    alone: str = ""
    """Why the person who decided most cells signs alone; empty where that person does not sign."""
    headline_themes: int = 3
    headline_min: int = 2
    quotes_per_theme: int = 3
    count_recommendation_only: bool = True
    tell_inferred: bool = False
    """Whether the paper says in how many reviews a theme is implied and not stated."""
    parts: tuple[PartName, ...] = PARTS
    """Which parts are printed, in this order."""
    asked_by: str = ""
    """Who asked for the paper; empty where nobody is named."""
    asked_on: str = ""
    """The day on which they asked, as 2026-06-03; may be empty."""
    author: str = ""
    """Name and role of the author."""
    contact: str = ""
    """How to reach the author."""


def recommendation_only(evidence: Sequence[Evidence]) -> bool:
    """Whether all that shows a theme is in recommendations."""
    counted = [e for e in evidence if "good_practice" not in e.flags]
    return bool(counted) and all("recommendation" in e.flags for e in counted)


@dataclass(frozen=True)
class CodedReview:
    """A review: its document and its current coding."""

    document: Document
    coding: Coding
    chosen: frozenset[str] = frozenset()
    """Codes under which a person chose among the proposed quotes, rather than leave the ticks as they were."""
    particular: Decision | None = None
    """What a person chose or wrote as its particular finding; None where nobody did."""

    @property
    def label(self) -> str:
        """What the case is called."""
        return case_label(self.coding.case, self.document)

    def theme(self, code: str) -> ThemeCoding | None:
        """A cell."""
        return next((t for t in self.coding.themes if t.theme == code), None)


class ThemeTally:
    """The reviews of one paper, counted."""

    def __init__(
        self,
        reviews: Sequence[CodedReview],
        files: Sequence[Document],
        codebook: Codebook,
        decisions: Sequence[Decision],
        options: BriefingOptions,
    ) -> None:
        self.reviews, self.files, self.codebook, self.options = reviews, files, codebook, options
        self.ids = tuple(r.document.id for r in reviews)
        self._decided = {(d.document_id, d.theme) for d in decisions}
        self.labels = told_apart(
            {r.document.id: r.label for r in reviews}, {r.document.id: r.document for r in reviews}
        )
        self.core: list[Code] = [c for c in codebook.codes if c.core]
        self.codes = {c.id: c for c in codebook.codes}
        self.facts = self._count_all()
        self.counts = {t.theme: t for t in self.facts.themes}

    def having(self, theme: str) -> list[CodedReview]:
        """The reviews in which a theme counts."""
        return [r for r in self.reviews if self.is_present(r.theme(theme))]

    def is_decided(self, review: CodedReview, theme: str) -> bool:
        """Whether a person has decided a cell."""
        return (review.document.id, theme) in self._decided

    def is_present(self, cell: ThemeCoding | None) -> bool:
        """Whether a cell counts."""
        if cell is None or cell.value != "present":
            return False
        return self.options.count_recommendation_only or not self.recommendation_only(cell)

    @staticmethod
    def recommendation_only(cell: ThemeCoding) -> bool:
        """Whether recommendations alone make a cell present."""
        return recommendation_only(cell.evidence)

    def _count_all(self) -> Facts:
        themes = tuple(self._count(code) for code in self.codebook.codes)
        return Facts(
            reviews=len(self.reviews),
            children=sum(len(r.coding.case.children) for r in self.reviews),
            files=len(self.files),
            findings=sum(len(r.coding.findings) for r in self.reviews),
            recommendations=sum(len(r.coding.recommendations) for r in self.reviews),
            cells=len(self.reviews) * len(self.core),
            cells_decided=sum((r.document.id, c.id) in self._decided for r in self.reviews for c in self.core),
            themes=themes,
            headline=self._headline(themes),
        )

    def _count(self, code: Code) -> ThemeCount:
        cells = [(r, cell) for r in self.reviews if (cell := r.theme(code.id)) and self.is_present(cell)]
        return ThemeCount(
            theme=code.id,
            label=code.label,
            present=len(cells),
            of=len(self.reviews),
            recommendation_only=sum(self.recommendation_only(cell) for _, cell in cells),
            inferred=sum(cell.basis == "inferred" for _, cell in cells),
            documents=tuple(r.document.id for r, _ in cells),
            decided=sum((r.document.id, code.id) in self._decided for r in self.reviews),
        )

    def _headline(self, themes: Sequence[ThemeCount]) -> tuple[str, ...]:
        """The core practice themes found most often; where two are equal, the codebook's order holds."""
        practice = {c.id for c in self.core if c.polarity == "shortcoming"}
        # A paper on one review would otherwise have no headline theme, whatever the setting.
        least = min(self.options.headline_min, max(len(self.reviews), 1))
        often = [t for t in themes if t.theme in practice and t.present >= least]
        ranked = sorted(often, key=lambda t: -t.present)
        return tuple(t.theme for t in ranked[: self.options.headline_themes])
