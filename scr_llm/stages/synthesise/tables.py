"""The matrix of reviews and themes, and the other tables of the appendix."""

from collections.abc import Iterator, Sequence

from scr_llm.records import CaseRow, Code, Part, Table, ThemeCoding
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.coverage import coverage, page_ranges
from scr_llm.stages.synthesise.quotes import particular
from scr_llm.text.words import CONTEXTS, GENDERS, MATRIX

_THEMES_A_TABLE = 7
"""With the column of cases, eight columns: the most that a landscape page takes."""


class Matrix:
    """The rows and tables of one paper."""

    def __init__(self, tally: ThemeTally) -> None:
        self._tally = tally
        self.rows = tuple(self._row(review) for review in tally.reviews)

    def _row(self, review: CodedReview) -> CaseRow:
        """One review."""
        case = review.coding.case
        return CaseRow(
            document_id=review.document.id,
            file=review.document.file,
            label=self._tally.labels[review.document.id],
            gender="; ".join(GENDERS[c.gender] for c in case.children) or "Not stated",
            age="; ".join(c.age or "Not stated" for c in case.children) or "Not stated",
            context=CONTEXTS[case.context],
            findings=len(review.coding.findings),
            recommendations=len(review.coding.recommendations),
            themes={c.id: self._cell(review.theme(c.id)) for c in self._tally.codebook.codes},
            particular=particular(self._tally, review),
        )

    def _cell(self, cell: ThemeCoding | None) -> str:
        if cell is None:
            return MATRIX["not_mentioned"]
        if cell.value == "present" and self._tally.recommendation_only(cell):
            return "Yes (R)" if self._tally.options.count_recommendation_only else "R only, not counted"
        return MATRIX[cell.value]

    def appendix(self) -> list[Part]:
        """Case details, the matrix in tables of at most eight columns, and the particular findings."""
        rows = self.rows
        details = Table(
            caption="Case details",
            columns=("Case", "Gender", "Age as printed", "Context", "Findings", "Recommendations"),
            rows=tuple((r.label, r.gender, r.age, r.context, str(r.findings), str(r.recommendations)) for r in rows),
        )
        findings = Table(
            caption="Particular finding of each review",
            columns=("Case", "Particular finding"),
            rows=tuple((r.label, r.particular) for r in rows),
        )
        family = [c for c in self._tally.core if c.polarity == "feature"]
        practice = [c for c in self._tally.core if c.polarity == "shortcoming"]
        themes = (*self._themes("Family factors", family), *self._themes("Practice themes", practice))
        tables = (details, *themes, findings)
        return [Part(id="appendix_1", level=1, title="Appendix 1: the reviews and the themes", tables=tables)]

    def _themes(self, caption: str, codes: Sequence[Code]) -> Iterator[Table]:
        """Reviews against themes, seven themes to a table so that it fits a page."""
        for at in range(0, len(codes), _THEMES_A_TABLE):
            some = codes[at : at + _THEMES_A_TABLE]
            yield Table(
                caption=caption if at == 0 else f"{caption} (continued)",
                columns=("Case", *(c.label for c in some)),
                rows=tuple((r.label, *(r.themes[c.id] for c in some)) for r in self.rows),
            )

    def pages(self) -> Table:
        """Which pages of each review were read, which are flagged, and which have no quote taken from them."""
        rows = []
        for review in self._tally.reviews:
            of = coverage(review)
            ranges = (page_ranges(numbers) for numbers in (of.unread, of.flagged, of.unquoted))
            rows.append((self._tally.labels[review.document.id], f"{of.read} of {of.pages}", *ranges))
        return Table(
            caption="Pages of the reviews",
            columns=("Case", "Pages read", "Not read", "Flagged", "Read, but nothing quoted from them"),
            rows=tuple(rows),
            landscape=False,
        )
