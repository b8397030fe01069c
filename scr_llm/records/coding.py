"""What a coder says of a document: first as a draft with quotes as given, then grounded."""

from typing import Literal

from scr_llm.records.base import Record

ThemeValue = Literal["present", "explicitly_absent", "not_mentioned", "unclear"]
"""present: the review reports it (a family factor) or finds it wanting (practice). explicitly_absent: the review says it
was not so. not_mentioned: the review is silent, which is never printed as "no". unclear: a person must read."""

EvidenceFlag = Literal[
    "recommendation",
    "good_practice",
    "suspected",
    "historic",
    "sibling",
    "generic",
    "continued",
    "ambiguous",
    "behind_negation",
    "scanned",
]
"""recommendation: stands in a recommendation only. good_practice: praise. continued: goes on from the evidence before it
(over a page or an ellipsis). ambiguous: the same words stand elsewhere too, and nothing
tells which is meant. behind_negation: the word before it is a negation; read the whole sentence. scanned: recognised from an image."""

Gender = Literal["F", "M", "other", "not stated"]
AgeBand = Literal["<1", "1-5", "6-10", "11-15", "16-17", "not stated"]
Context = Literal[
    "sexual_abuse",
    "physical_assault",
    "co_sleeping",
    "natural_causes",
    "unknown_cause",
    "neglect",
    "suicide",
    "ingestion",
    "other",
    "not stated",
]


class DraftQuote(Record):
    """Words that a coder says stand in the document. Not yet believed."""

    text: str
    """The words as the coder gave them."""
    page: int | None = None
    """Where the coder says they stand."""
    section: str | None = None
    """Heading, or part of it, under which the coder says they stand."""
    flags: tuple[EvidenceFlag, ...] = ()
    """What the coder says of them."""


class DraftItem(Record):
    """A finding or recommendation as proposed."""

    number: str | None = None
    """Number as printed."""
    text: str
    """The whole text of the item."""
    page: int | None = None
    """Where it begins."""
    addressee: str | None = None
    """Who is to act; recommendations only."""
    quotes: tuple[DraftQuote, ...]
    """Its text as quotes, to be located."""


Basis = Literal["explicit", "inferred"]
"""explicit: the passages of a present theme state it. inferred: they show facts from which it follows."""


class DraftTheme(Record):
    """A theme as proposed."""

    theme: str
    """Code id of the codebook."""
    quotes: tuple[DraftQuote, ...] = ()
    """Evidence, before the verdict."""
    value: ThemeValue
    """The proposal."""
    sub_themes: tuple[str, ...] = ()
    """Sub-codes that the quotes show."""
    why: str = ""
    """Why the coder proposes it: the wording and rule that matched, the words it rests on, or the model's reason."""
    basis: Basis | None = None
    """How its best passage shows a present theme; None where the coder does not say."""
    doubts: tuple[str, ...] = ()
    """Why a person should look at it sooner than at others."""


class DraftChild(Record):
    """A child whom the review is about, as proposed."""

    gender: Gender = "not stated"
    """As the review states it."""
    age: str | None = None
    """As printed; None where not stated."""
    age_band: AgeBand = "not stated"
    """Derived from the printed age."""


class DraftCase(Record):
    """The facts of the case as proposed, each with the words it rests on."""

    authority: str | None = None
    """The local authority's area, as printed."""
    pseudonym: str | None = None
    """What the review calls the child or children."""
    children: tuple[DraftChild, ...] = ()
    """One entry a child."""
    context: Context = "not stated"
    """Why the review was held."""
    quotes: dict[str, DraftQuote] = {}
    """Fact name (authority, pseudonym, gender, age, context) to the words it rests on."""


class CoderIdentity(Record):
    """Who or what coded, so that the same coding can be made again."""

    kind: Literal["rules", "llm", "person"]
    """The kind of coder."""
    version: str
    """Version of this program."""
    model: str | None = None
    """Model name as sent, for llm."""
    endpoint: str | None = None
    """Base URL without credentials, for llm."""
    strategy: str | None = None
    """How the model was asked, for llm: whole, themes or judge; with the judge's thresholds."""
    prompts: str | None = None
    """Names and versions of the prompts, for llm."""
    prompts_sha256: str | None = None
    """Hash of the prompts, for llm."""
    codebook_version: str
    """Version the codebook gives itself."""
    codebook_sha256: str
    """Hash of the codebook's meaning."""


class Window(Record):
    """A part of a document that a model was shown in one go."""

    first_page: int
    """Page of its first sentence."""
    last_page: int
    """Page on which its last sentence begins."""
    first_sentence: int
    """Number of its first sentence, as the model was shown it; later windows repeat the last sentences of the one before."""
    last_sentence: int
    """Number of its last sentence."""
    tokens_at_most: int
    """Length of the longest question about it, estimated before it was asked."""
    tokens_counted: int | None
    """The same as the server counted it; None where it does not say, or nothing was asked of it."""


class Unanswered(Record):
    """A question that a model gave no usable reply to. What it was about is unclear, never silently blank."""

    question: str
    """`theme:neglect`, `case`, `items`, each with `/2` for the second window."""
    state: str
    """refusal, content_filter, length, empty, invalid, language or truncated."""
    reason: str
    """In words for a person."""


class DraftCoding(Record):
    """All that a coder proposes for one document."""

    document_id: str
    """The document that was coded."""
    coder: CoderIdentity
    """Who coded."""
    case: DraftCase
    """Case facts."""
    findings: tuple[DraftItem, ...] = ()
    """In reading order."""
    recommendations: tuple[DraftItem, ...] = ()
    """In reading order."""
    themes: tuple[DraftTheme, ...] = ()
    """Each theme of the codebook once, in its order."""
    windows: tuple[Window, ...] = ()
    """The parts in which a model was shown the document; none for other coders."""
    unanswered: tuple[Unanswered, ...] = ()
    """Questions without a usable reply."""
    notes: tuple[str, ...] = ()
    """What a person should know of how it was coded."""


class Evidence(Record):
    """Words that do stand in the document: `pages[page-1].text[start:end] == quote`."""

    quote: str
    """Exactly as it stands in the reading, line ends included."""
    page: int
    """From 1, as in the file."""
    start: int
    """Offset in code points into that page's text."""
    end: int
    """Offset just behind the last character."""
    status: Literal["exact", "normalised"]
    """exact: the coder gave just these characters. normalised: the same after the written list of normalisations."""
    section: str
    """Title of the section it stands in; empty where there is none."""
    flags: tuple[EvidenceFlag, ...] = ()
    """What is to be known about it."""


class Refusal(Record):
    """A quote that was not accepted. Kept, shown and counted; never evidence."""

    about: str
    """What it was offered for: `theme:risk_assessment`, `finding:3`, `case:age`."""
    quote: str
    """As the coder gave it."""
    status: Literal["near", "absent", "furniture"]
    """near: something like it stands there, for a person to see. absent: nothing does. furniture: it stands only where
    nothing is ever evidence (a heading, header, contents list or the terms of reference)."""
    reason: str
    """In words for a person."""


class Item(Record):
    """A finding or recommendation, grounded."""

    id: str
    """Content hash, stable over runs."""
    number: str | None
    """As printed."""
    text: str
    """White space collapsed."""
    page: int
    """Where it begins."""
    addressee: str | None = None
    """Who is to act; recommendations only."""
    evidence: tuple[Evidence, ...]
    """Where it stands; one entry a page."""


class ThemeCoding(Record):
    """A theme, grounded."""

    theme: str
    """Code id."""
    value: ThemeValue
    """present only with evidence."""
    sub_themes: tuple[str, ...] = ()
    """Sub-codes."""
    evidence: tuple[Evidence, ...] = ()
    """In reading order."""
    why: str = ""
    """The coder's reason."""
    basis: Basis | None = None
    """How its best passage shows a present theme; None where the coder does not say, or a person found it."""
    doubts: tuple[str, ...] = ()
    """Why a person should look at it sooner than at others."""


class Case(Record):
    """The facts of the case, grounded."""

    authority: str | None = None
    """The local authority's area."""
    pseudonym: str | None = None
    """What the review calls the child or children."""
    children: tuple[DraftChild, ...] = ()
    """One entry a child."""
    context: Context = "not stated"
    """Why the review was held."""
    evidence: dict[str, tuple[Evidence, ...]] = {}
    """Fact name to where it stands. A fact whose words were refused is not stated."""


class Coding(Record):
    """A grounded coding. What is in it stands in the source."""

    document_id: str
    """The document."""
    reading_sha256: str
    """The reading that the offsets belong to."""
    coder: CoderIdentity
    """Who coded."""
    case: Case
    """Case facts."""
    findings: tuple[Item, ...] = ()
    """In reading order."""
    recommendations: tuple[Item, ...] = ()
    """In reading order."""
    themes: tuple[ThemeCoding, ...] = ()
    """Each theme of the codebook once, in its order."""
    refused: tuple[Refusal, ...] = ()
    """Quotes that were not accepted, with the reason."""
    windows: tuple[Window, ...] = ()
    """The parts in which a model was shown the document; none for other coders."""
    unanswered: tuple[Unanswered, ...] = ()
    """Questions without a usable reply."""
    notes: tuple[str, ...] = ()
    """What a person should know of how it was coded."""
    codes: dict[str, str] = {}
    """What each code meant when it was coded: code id to hash; empty for codings of before this was noted."""
