"""The briefing paper as a record: all that a renderer prints, and nothing else."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.coding import CoderIdentity, Evidence

PartName = Literal[
    "purpose",
    "cases",
    "analysis",
    "themes",
    "others",
    "good_practice",
    "change",
    "recommended",
    "conclusion",
    "method",
    "contact",
    "matrix",
    "key",
]
"""What the parts of the briefing are called in settings."""
PARTS: tuple[PartName, ...] = (
    "purpose",
    "cases",
    "analysis",
    "themes",
    "others",
    "change",
    "recommended",
    "conclusion",
    "method",
    "contact",
    "matrix",
    "key",
)
"""The parts that are printed unless a project says otherwise, in order. Good practice is in the evidence file."""


class EvidenceRef(Record):
    """A quote that a sentence rests on."""

    document_id: str
    """The review."""
    case_label: str
    """Authority and pseudonym, as printed in the briefing."""
    theme: str | None
    """Code id, where it is evidence for a theme."""
    evidence: Evidence
    """Where it is in the review."""
    text: str
    """The quote as printed: white space collapsed, hyphens at line ends removed, nothing else changed."""


class Sentence(Record):
    """One sentence and what it rests on."""

    text: str
    """As printed."""
    documents: tuple[str, ...] = ()
    """Ids of the documents whose codings it rests on; none for a sentence about the method."""
    ref: str = ""
    """Id of the part that holds its evidence; empty where there is none."""


class Paragraph(Record):
    """Sentences, a bullet, or an attributed quote."""

    style: Literal["normal", "bullet", "quote", "note"] = "normal"
    """How it is set. note: a caution to the reader."""
    sentences: tuple[Sentence, ...] = ()
    """In order; empty for a quote."""
    quote: EvidenceRef | None = None
    """For a quote: printed as `case label, page n: “text”`."""


Shade = Literal[0, 1, 2, 3]
"""How dark a cell is: from none to most."""


class Table(Record):
    """A table of text. No cell is merged or empty."""

    caption: str
    """Printed above it."""
    columns: tuple[str, ...]
    """Column headers, at most ten; the first column holds the row headers."""
    rows: tuple[tuple[str, ...], ...]
    """One tuple per row, with as many cells as there are columns."""
    landscape: bool = True
    """Whether it needs a landscape page."""
    refs: tuple[str, ...] = ()
    """For each row, the id of the part that holds the evidence of its count; empty where there is none."""
    shades: tuple[tuple[Shade, ...], ...] = ()
    """How dark each cell is, for each row without its header; empty for a plain table. No shade tells
    what its cell does not say."""


class Figure(Record):
    """A bar chart, and what it shows in words for those who do not see it."""

    title: str
    """Printed above it."""
    bars: tuple[tuple[str, int], ...] = ()
    """Label and number, in order."""
    of: int = 0
    """The denominator: the length of a bar that stands for all reviews."""
    before: tuple[int, ...] = ()
    """In a picture of change, the earlier number for each bar, which gets a bar of its own."""
    of_before: int = 0
    """The denominator of the earlier numbers."""

    @property
    def alt(self) -> str:
        """The chart in words, with all of its numbers."""
        if self.before:
            numbers = [
                f"{label}: {earlier} of {self.of_before} before, {n} of {self.of} new"
                for (label, n), earlier in zip(self.bars, self.before, strict=True)
            ]
        else:
            numbers = [f"{label}: {n} of {self.of}" for label, n in self.bars]
        return f"Bar chart. {self.title}. " + "; ".join(numbers) + "."


class Part(Record):
    """A headed part of the briefing."""

    id: str
    """Stable name: purpose, cases, analysis, theme.<id>, conclusion, method, not_read, appendix_1, key ..."""
    level: Literal[1, 2, 3]
    """Heading level below the title: 1 for a numbered part, 2 for a sub-theme."""
    title: str
    """The heading, with its number where it has one; empty where a part goes on behind what a person added."""
    paragraphs: tuple[Paragraph, ...] = ()
    """Printed before the figure and the tables."""
    figure: Figure | None = None
    """Printed before the tables, which hold the same numbers."""
    tables: tuple[Table, ...] = ()
    """Printed after the paragraphs."""


class ThemeCount(Record):
    """How many reviews a theme was found in."""

    theme: str
    """Code id."""
    label: str
    """As printed."""
    present: int
    """Reviews in which it is present."""
    recommendation_only: int
    """Of these, reviews whose only evidence is in recommendations."""
    inferred: int = 0
    """Of these, reviews whose passages imply the theme but do not state it, as coded, unless a person changed it."""
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
    """Children in them: a second denominator."""
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
    """One entry per code, in the codebook's order."""
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
    """For each child, or Not stated."""
    age: str
    """For each child as printed in the review, or Not stated."""
    context: str
    """Why the review was held, in words."""
    findings: int
    """Number of findings."""
    recommendations: int
    """Number of recommendations."""
    themes: dict[str, str]
    """Code id to what its cell says: Yes, Yes (R), Ruled out, Unclear or Not found."""
    particular: str
    """The particular finding of this case: an exact quote with its page, or Not found. What a person chose or wrote is
    marked as theirs."""


class RegisterRow(Record):
    """One recommendation in the register."""

    id: str
    """Id of the recommendation."""
    document_id: str
    """The review that makes it."""
    case_label: str
    """Authority and pseudonym."""
    number: str
    """As printed; empty where it has none."""
    text: str
    """What it asks for."""
    page: int
    """Page on which it begins."""
    addressee: str
    """Who must act; empty where the review names nobody."""
    timescale: str
    """By when or how often, in the review's words; empty where it does not say."""
    themes: tuple[str, ...]
    """Code ids with counted evidence in it, or whose wordings in the codebook it uses; a listing, not a decision."""
    gaps: tuple[str, ...]
    """Which of addressee, timescale and measure it leaves open."""
    repeats: tuple[str, ...] = ()
    """Ids of recommendations in other reviews that ask for nearly the same."""


class Paper(Record):
    """A paper with headed parts: a briefing or another."""

    title: str
    """The paper's title."""
    status_line: str
    """Printed on every page."""
    marking: str
    """Protective marking; may be empty."""
    version: str
    """Version of the paper, as printed in the footer."""
    organisation: str
    """Who issues the paper."""
    parts: tuple[Part, ...]
    """In order."""
    one_page: bool = False
    """Whether it is set small, to fit one page."""


class Briefing(Paper):
    """The draft briefing paper."""

    status: Literal["draft", "signed_off"]
    """draft until a person signs it off."""
    coders: tuple[CoderIdentity, ...]
    """Who coded the reviews in it."""
    facts: Facts
    """All its numbers."""
    cases: tuple[CaseRow, ...]
    """One row per review, in the order of the paper."""
    evidence: tuple[EvidenceRef, ...]
    """All evidence for all themes that are present, in the order of themes, then cases."""
    recommended: tuple[RegisterRow, ...] = ()
    """All recommendations, in the order of the paper."""
    annex: tuple[Part, ...] = ()
    """The parts of the evidence file that goes with it; none in a paper that was signed before there was one."""
