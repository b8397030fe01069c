"""The matrix of reviews and themes, and the tables of the cases, the themes and the pages."""

from collections.abc import Iterator, Sequence

from scr_llm.records import CaseRow, Part, Shade, Table, ThemeCoding
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.coverage import coverage, page_ranges
from scr_llm.stages.synthesise.quotes import particular
from scr_llm.stages.synthesise.sentences import evidence_number
from scr_llm.text.words import CONTEXTS, GENDERS, MATRIX

_THEMES_A_TABLE = 9
"""With the column of cases, ten columns: the most that a landscape page takes."""
_FEW_REVIEWS = 3
"""Reviews that have columns of the matrix, and not rows."""
_SHADES: dict[str, Shade] = {"Yes": 3, "Yes (R)": 2, "R only, not counted": 1, "Unclear": 1, "Ruled out": 1}
"""How dark the words of a cell are."""
_MEANING = {
    "Yes": "found, with a quote and its page",
    "Yes (R)": "found only in the review’s recommendations",
    "R only, not counted": "found only in recommendations, which this paper does not count",
    "Ruled out": "the review says expressly that it was not so",
    "Unclear": "the review can be read either way",
    "Not found": "nothing was found, which does not mean no",
}
"""What the words of a cell mean, in the order of the caption."""


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

    def appendices(self) -> list[Part]:
        """The cases with the particular finding of each, and the matrix."""
        one = len(self.rows) == 1
        cases = Table(
            caption=f"The {'case' if one else 'cases'} and the particular finding of {'the' if one else 'each'} review",
            columns=("Case", "Child", "Context", "Particular finding"),
            rows=tuple((r.label, _child(r), r.context, r.particular) for r in self.rows),
            landscape=False,
        )
        title = f"the themes in {'the' if one else 'each'} review"
        return [
            Part(id="appendix_1", level=1, title=f"Appendix 1: the {'case' if one else 'cases'}", tables=(cases,)),
            Part(id="appendix_2", level=1, title=f"Appendix 2: {title}", tables=tuple(self.matrix())),
        ]

    def matrix(self) -> Iterator[Table]:
        """Reviews against core themes, family factors first; a wider codebook needs more than one table.

        Where there are only a few reviews, each has a column: that fits an upright page, and fills it better.
        """
        codes = sorted(self._tally.core, key=lambda code: code.polarity != "feature")
        printed = {row.themes[code.id] for row in self.rows for code in codes}
        meanings = "; ".join(f"{word}: {meaning}" for word, meaning in _MEANING.items() if word in printed)
        if len(self.rows) <= _FEW_REVIEWS:
            words = [tuple(r.themes[code.id] for r in self.rows) for code in codes]
            yield Table(
                caption=f"Main themes. {meanings}.",
                columns=("Theme", *(r.label for r in self.rows)),
                rows=tuple((code.label, *row) for code, row in zip(codes, words, strict=True)),
                landscape=False,
                shades=_shaded(words),
            )
            return
        for at in range(0, len(codes), _THEMES_A_TABLE):
            some = codes[at : at + _THEMES_A_TABLE]
            words = [tuple(r.themes[code.id] for code in some) for r in self.rows]
            yield Table(
                caption=f"Reviews and main themes{' (continued)' if at else ''}. {meanings}.",
                columns=("Case", *(code.label for code in some)),
                rows=tuple((r.label, *row) for r, row in zip(self.rows, words, strict=True)),
                shades=_shaded(words),
            )

    def details(self) -> Table:
        """What is counted of each review."""
        return Table(
            caption="Case details",
            columns=("Case", "Gender", "Age as printed", "Context", "Findings", "Recommendations"),
            rows=tuple(
                (r.label, r.gender, r.age, r.context, str(r.findings), str(r.recommendations)) for r in self.rows
            ),
            landscape=False,
        )

    def themes(self) -> Table:
        """Every theme of the codebook with its count and the number of its evidence."""
        tally = self._tally
        rows = [
            (
                t.label,
                f"Evidence {evidence_number(tally.codebook, t.theme)}" if t.present else "None",
                f"{t.present} of {t.of}",
                str(t.recommendation_only),
                f"{t.decided} of {t.of}",
            )
            for t in tally.facts.themes
        ]
        return Table(
            caption="All themes",
            columns=("Theme", "Evidence", "Found in", "Only in recommendations", "Decided by a person"),
            rows=tuple(rows),
            landscape=False,
            refs=tuple(f"evidence.{t.theme}" if t.present else "" for t in tally.facts.themes),
        )

    def pages(self) -> Table:
        """Which pages of each review were read, how many by two readers, and which are flagged or not quoted."""
        rows = []
        for review in self._tally.reviews:
            of = coverage(review)
            ranges = (page_ranges(numbers) for numbers in (of.unread, of.flagged, of.unquoted))
            label = self._tally.labels[review.document.id]
            rows.append((label, f"{of.read} of {of.pages}", of.twice, *ranges))
        return Table(
            caption="Pages of the reviews",
            columns=("Case", "Pages read", "Read twice", "Not read", "Flagged", "Read, but nothing quoted from them"),
            rows=tuple(rows),
            landscape=False,
        )


def _shaded(rows: Sequence[Sequence[str]]) -> tuple[tuple[Shade, ...], ...]:
    return tuple(tuple(_SHADES.get(word, 0) for word in row) for row in rows)


def _child(row: CaseRow) -> str:
    """Gender and age of each child of a case."""
    pairs = zip(row.gender.split("; "), row.age.split("; "), strict=False)
    return "; ".join(
        "Not stated"
        if gender == age == "Not stated"
        else f"{gender if gender != 'Not stated' else 'Gender not stated'}, "
        f"{age if age != 'Not stated' else 'age not stated'}"
        for gender, age in pairs
    )
