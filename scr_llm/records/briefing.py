"""The briefing paper as a record: what every renderer prints, and nothing else."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.coding import CoderIdentity, Evidence


class EvidenceRef(Record):
    """A quote that a sentence rests on."""

    document_id: str
    """The review."""
    case_label: str
    """Authority and pseudonym, as printed in the briefing."""
    theme: str | None
    """Code id, where it is evidence for a theme."""
    evidence: Evidence
    """Where it stands."""
    text: str
    """The quote as printed: white space and line-end hyphens folded, nothing else changed."""


class Sentence(Record):
    """One sentence and what it rests on."""

    text: str
    """As printed."""
    documents: tuple[str, ...] = ()
    """Ids of the documents whose codings it rests on; for a sentence about the method, none."""
    ref: str = ""
    """Id of the part that holds its evidence; empty where there is none."""


class Paragraph(Record):
    """Sentences, a bullet, or an attributed quote."""

    style: Literal["normal", "bullet", "quote", "note"] = "normal"
    """How it is set. note: a caution to the reader."""
    sentences: tuple[Sentence, ...] = ()
    """In order; empty for a quote."""
    quote: EvidenceRef | None = None
    """For style quote: printed as `case label, page n: “text”`."""


class Table(Record):
    """A table of words. No merged and no empty cells."""

    caption: str
    """Printed above it."""
    columns: tuple[str, ...]
    """Column headers, eight at most; the first column holds the row headers."""
    rows: tuple[tuple[str, ...], ...]
    """One tuple a row, as many cells as columns."""
    landscape: bool = True
    """Whether it needs a landscape page."""


class Figure(Record):
    """A bar chart and the same numbers in words, for those who do not see it."""

    title: str
    """Printed above it."""
    bars: tuple[tuple[str, int], ...]
    """Label and number, in order."""
    of: int
    """The denominator: where a bar would end that holds for all."""

    @property
    def alt(self) -> str:
        """The chart in words."""
        return f"Bar chart. {self.title}. " + "; ".join(f"{label}: {n} of {self.of}" for label, n in self.bars) + "."


class Part(Record):
    """A headed part of the briefing."""

    id: str
    """Stable name: purpose, cases, analysis, theme.<id>, conclusion, method, not_read, appendix_1, key ..."""
    level: Literal[1, 2, 3]
    """Heading level below the title: 1 for a numbered part, 2 for a sub-theme."""
    title: str
    """The heading, with its number where it has one."""
    paragraphs: tuple[Paragraph, ...] = ()
    """Before the figure and the tables."""
    figure: Figure | None = None
    """Printed before the tables, which hold the same numbers."""
    tables: tuple[Table, ...] = ()
    """After the paragraphs."""


class ThemeCount(Record):
    """How many reviews a theme was found in."""

    theme: str
    """Code id."""
    label: str
    """As printed."""
    present: int
    """Reviews in which it is present."""
    recommendation_only: int
    """Of these, reviews whose only evidence stands in recommendations."""
    inferred: int = 0
    """Of these, reviews whose passages imply the theme and do not state it, as the coder has it and a person let it stand."""
    of: int
    """Reviews coded."""
    documents: tuple[str, ...]
    """Ids of the reviews in which it is present, in the order of the paper."""
    decided: int
    """Cells of this theme that a person has decided."""


class Facts(Record):
    """Every number of the briefing, computed once and printed by every renderer."""

    reviews: int
    """Reviews coded: the denominator."""
    children: int
    """Children in them: a denominator of its own."""
    files: int
    """Files in the inbox."""
    findings: int
    """Findings and learning points in total."""
    recommendations: int
    """Recommendations in total."""
    cells: int
    """Cells of the matrix: reviews times core themes."""
    cells_decided: int
    """Of these, decided by a person."""
    themes: tuple[ThemeCount, ...]
    """One entry a code, in the codebook's order."""
    headline: tuple[str, ...]
    """Code ids of the headline themes, the most frequent first."""


class CaseRow(Record):
    """One review, as a row of the workbook and the matrix."""

    document_id: str
    """The review."""
    file: str
    """File name."""
    label: str
    """Authority and pseudonym."""
    gender: str
    """Per child, or Not stated."""
    age: str
    """As printed in the review, per child, or Not stated."""
    context: str
    """In words."""
    findings: int
    """Number of findings."""
    recommendations: int
    """Number of recommendations."""
    themes: dict[str, str]
    """Code id to the cell's words: Yes, Yes (R), Ruled out, Unclear, Not found."""
    particular: str
    """The particular finding of this case: an exact quote with its page, or Not found."""


class RegisterRow(Record):
    """One recommendation in the register."""

    id: str
    """Of the recommendation."""
    document_id: str
    """The review that makes it."""
    case_label: str
    """Authority and pseudonym."""
    number: str
    """As printed; empty where it has none."""
    text: str
    """What it asks."""
    page: int
    """Where it stands."""
    addressee: str
    """Who is to do it; empty where the review names nobody."""
    timescale: str
    """By when or how often, in its own words; empty where it does not say."""
    themes: tuple[str, ...]
    """Code ids whose counted evidence stands in it or whose words in the codebook it uses; a listing, not a decision."""
    gaps: tuple[str, ...]
    """What it leaves open of addressee, timescale and measure."""
    repeats: tuple[str, ...] = ()
    """Ids of recommendations of other reviews that ask nearly the same."""


class Paper(Record):
    """What is printed as pages: a briefing, or another paper with headed parts."""

    title: str
    """The paper's title."""
    status_line: str
    """Printed on every page."""
    marking: str
    """Protective marking; may be empty."""
    version: str
    """Version of the paper, as printed in the footer."""
    organisation: str
    """Whose paper it is."""
    parts: tuple[Part, ...]
    """In order."""


class Briefing(Paper):
    """The draft briefing paper."""

    status: Literal["draft", "signed_off"]
    """DRAFT until people sign it off."""
    coders: tuple[CoderIdentity, ...]
    """Who coded the reviews in it."""
    facts: Facts
    """All numbers."""
    cases: tuple[CaseRow, ...]
    """One row a review, in the order of the paper."""
    evidence: tuple[EvidenceRef, ...]
    """All evidence of all present themes, in the order of themes, then cases."""
    recommended: tuple[RegisterRow, ...] = ()
    """All recommendations, in the order of the paper."""
