"""The format of `scr-llm export --format json`, on which other programs may rely."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.coding import AgeBand, CoderIdentity, Context, Evidence, Gender, Item, ThemeValue, Unanswered
from scr_llm.records.decision import Decision
from scr_llm.records.document import DocumentStatus


class ExportProject(Record):
    """The project that was exported."""

    name: str
    """As in project.toml."""
    organisation: str
    """As in project.toml."""


class ExportCodebook(Record):
    """The codebook in force."""

    version: str
    """The codebook's version."""
    sha256: str
    """Hash of its meaning."""


class ExportChild(Record):
    """A child whom a review is about."""

    gender: Gender
    """As stated in the review."""
    age: str | None
    """As printed in the review; null where it is not stated."""
    age_band: AgeBand
    """Derived from the age."""


class ExportCase(Record):
    """Case facts."""

    authority: str | None
    """The authority's area."""
    pseudonym: str | None
    """What the review calls the child or children."""
    children: tuple[ExportChild, ...]
    """One entry per child."""
    context: Context
    """Why the review was held."""
    evidence: dict[str, tuple[Evidence, ...]] = {}
    """Fact name to where it is stated."""


class ExportTheme(Record):
    """One cell of the matrix."""

    value: ThemeValue
    """Current value: the person's where there is one, otherwise the coder's."""
    sub_themes: tuple[str, ...]
    """Ids of its sub-codes."""
    evidence: tuple[Evidence, ...]
    """Quotes with their pages."""
    decision: Decision | None
    """The person's decision; null while nobody has decided."""


class ExportDocument(Record):
    """One file in the inbox."""

    id: str
    """Content hash."""
    file: str
    """File name."""
    sha256: str
    """SHA-256 of the file, hexadecimal."""
    label: str
    """Authority and pseudonym, or the file name."""
    pages: int
    """Pages in the file."""
    status: DocumentStatus
    """Status of the file."""
    reason: str | None
    """Why, for every status except coded."""
    case: ExportCase | None
    """Case facts; null unless coded."""
    findings: tuple[Item, ...]
    """In reading order."""
    recommendations: tuple[Item, ...]
    """In reading order."""
    themes: dict[str, ExportTheme]
    """Theme id to cell."""
    unanswered: tuple[Unanswered, ...] = ()
    """Questions to which a model gave no usable reply; what they were about is marked unclear."""
    notes: tuple[str, ...] = ()
    """What a person should know about how it was coded."""


class ExportSigned(Record):
    """A signed version."""

    version: str
    """As printed."""
    at: str
    """When: ISO 8601 with time zone."""
    paper_sha256: str
    """SHA-256 of the signed paper as JSON."""
    decisions_head: str
    """Hash of the last decision in the chain when it was signed."""


class ExportRecord(Record):
    """How long the record of decisions is, and how it ends. It shows whether the record is rewritten afterwards."""

    decisions: int
    """Number of decisions."""
    decisions_head: str
    """Hash of the last one in the chain; zeros where there is none."""
    signed: tuple[ExportSigned, ...] = ()
    """The signed versions, in order."""


class Export(Record):
    """A whole project."""

    schema_version: Literal[1] = 1
    """Changes when programs that read this must change."""
    project: ExportProject
    """The project."""
    codebook: ExportCodebook
    """The codebook that the themes are defined in."""
    coder: CoderIdentity | None
    """Who coded; null where nothing is coded."""
    record: ExportRecord | None = None
    """The record of decisions; null in exports from before this was included."""
    documents: tuple[ExportDocument, ...]
    """In the order in which they were taken in."""
