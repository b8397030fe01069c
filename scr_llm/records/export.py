"""The shape of `scr-llm export --format json`: what other programs may rely on."""

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
    """As the codebook gives it."""
    sha256: str
    """Hash of its meaning."""


class ExportChild(Record):
    """A child whom a review is about."""

    gender: Gender
    """As stated."""
    age: str | None
    """As printed."""
    age_band: AgeBand
    """Derived."""


class ExportCase(Record):
    """Case facts."""

    authority: str | None
    """The authority's area."""
    pseudonym: str | None
    """What the review calls the child or children."""
    children: tuple[ExportChild, ...]
    """One entry a child."""
    context: Context
    """Why the review was held."""
    evidence: dict[str, tuple[Evidence, ...]] = {}
    """Fact name to where it stands."""


class ExportTheme(Record):
    """One cell of the matrix."""

    value: ThemeValue
    """Current value: the person's where there is one, else the coder's."""
    sub_themes: tuple[str, ...]
    """Sub-codes."""
    evidence: tuple[Evidence, ...]
    """Quotes."""
    decision: Decision | None
    """The person's decision; null while nobody decided."""


class ExportDocument(Record):
    """One file of the inbox."""

    id: str
    """Content hash."""
    file: str
    """File name."""
    sha256: str
    """Of the file."""
    label: str
    """Authority and pseudonym, or the file name."""
    pages: int
    """Pages in the file."""
    status: DocumentStatus
    """Where it stands."""
    reason: str | None
    """Why, for every status but coded."""
    case: ExportCase | None
    """Null unless coded."""
    findings: tuple[Item, ...]
    """In reading order."""
    recommendations: tuple[Item, ...]
    """In reading order."""
    themes: dict[str, ExportTheme]
    """Theme id to cell."""
    unanswered: tuple[Unanswered, ...] = ()
    """Questions that a model gave no usable reply to; what they were about is unclear."""
    notes: tuple[str, ...] = ()
    """What a person should know of how it was coded."""


class ExportSigned(Record):
    """A signed version."""

    version: str
    """As printed."""
    at: str
    """When: ISO 8601 with time zone."""
    paper_sha256: str
    """SHA-256 of the signed paper as JSON."""
    decisions_head: str
    """Where the chain of decisions ended when it was signed."""


class ExportRecord(Record):
    """Where the record of decisions stands. Kept with the export, it contradicts whoever rewrites the record afterwards."""

    decisions: int
    """Number of decisions."""
    decisions_head: str
    """Hash of the last one in the chain; zeros where there is none."""
    signed: tuple[ExportSigned, ...] = ()
    """The signed versions, the first one first."""


class Export(Record):
    """A whole project."""

    schema_version: Literal[1] = 1
    """Changes when a program that reads this must change."""
    project: ExportProject
    """Whose."""
    codebook: ExportCodebook
    """By which definitions."""
    coder: CoderIdentity | None
    """By whom; null where nothing is coded."""
    record: ExportRecord | None = None
    """Where the record of decisions stands; null in exports of before this was given out."""
    documents: tuple[ExportDocument, ...]
    """In the order of the inbox."""
