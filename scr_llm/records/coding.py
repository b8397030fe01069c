"""What a coder says about a document: first a draft with quotes as the coder gave them, then the grounded coding."""

from typing import Literal

from scr_llm.records.base import Record

ThemeValue = Literal["present", "explicitly_absent", "not_mentioned", "unclear"]
"""present: the review reports it (a family factor) or criticises it (practice). explicitly_absent: the review says that
it was not so. not_mentioned: the review is silent, which is never printed as "no". unclear: a person must read it."""

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
"""recommendation: appears only in a recommendation. good_practice: praise. continued: continues the evidence before it
(over a page break or an ellipsis). ambiguous: the same words also appear elsewhere, and nothing shows which are meant.
behind_negation: the word before it is a negation; read the whole sentence. scanned: recognised from an image."""

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
    """Words that, according to a coder, are in the document. Not yet verified."""

    text: str
    """The words as the coder gave them."""
    page: int | None = None
    """Page on which they are, according to the coder."""
    section: str | None = None
    """Heading, or part of it, under which they are, according to the coder."""
    flags: tuple[EvidenceFlag, ...] = ()
    """What the coder says about them."""
    strength: float | None = None
    """How strongly they show their theme, by the coder's own measure, more for stronger; None where it has none."""


class DraftItem(Record):
    """A finding or recommendation as proposed."""

    number: str | None = None
    """Number as printed."""
    text: str
    """The whole text of the item."""
    page: int | None = None
    """Page on which it begins."""
    addressee: str | None = None
    """Who must act; recommendations only."""
    quotes: tuple[DraftQuote, ...]
    """Its text as quotes, to be located."""
    doubts: tuple[str, ...] = ()
    """Why a person should check it before others."""


Basis = Literal["explicit", "inferred"]
"""explicit: the passages of a present theme state it. inferred: it follows from facts that they state."""


class DraftTheme(Record):
    """A theme as proposed."""

    theme: str
    """Code id of the codebook."""
    quotes: tuple[DraftQuote, ...] = ()
    """Evidence; it comes before the value, so that a model quotes first and decides then."""
    value: ThemeValue
    """The proposed value."""
    sub_themes: tuple[str, ...] = ()
    """Sub-codes that the quotes show."""
    why: str = ""
    """Why the coder proposes it: the wording and rule that matched, the words it rests on, or the model's reason."""
    basis: Basis | None = None
    """How its best passage shows a present theme; None where the coder does not say."""
    doubts: tuple[str, ...] = ()
    """Why a person should check it before others."""


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
    """One entry per child."""
    context: Context = "not stated"
    """Why the review was held."""
    quotes: dict[str, DraftQuote] = {}
    """Fact name (authority, pseudonym, gender, age, context) to the words it rests on."""


class CoderIdentity(Record):
    """Who or what coded, so that the coding can be repeated."""

    kind: Literal["rules", "llm", "person"]
    """The kind of coder."""
    version: str
    """Version of this program."""
    model: str | None = None
    """Model name as sent, for llm."""
    endpoint: str | None = None
    """Base URL without credentials, for llm."""
    strategy: str | None = None
    """How the model was asked, for llm: whole, themes or judge.

    With the judge's thresholds, and whether the model looked a second time.
    """
    prompts: str | None = None
    """Names and versions of the prompts, for llm."""
    prompts_sha256: str | None = None
    """Hash of the prompts, for llm."""
    codebook_version: str
    """The codebook's version."""
    codebook_sha256: str
    """Hash of the codebook's meaning."""


class Window(Record):
    """A part of a document that a model was shown at once."""

    first_page: int
    """Page of its first sentence."""
    last_page: int
    """Page on which its last sentence begins."""
    first_sentence: int
    """Number of its first sentence, as shown to the model; windows repeat the last sentences of the one before."""
    last_sentence: int
    """Number of its last sentence."""
    tokens_at_most: int
    """Length in tokens of the longest question about it, estimated before it was asked."""
    tokens_counted: int | None
    """The same as counted by the server; None where it does not say, or nothing was asked about this part."""


class Unanswered(Record):
    """A question to which a model gave no usable reply. What it was about is marked unclear, never left blank."""

    question: str
    """`theme:neglect`, `case`, `items`, each with `/2` for the second window; `critic:neglect` for the second look."""
    state: str
    """refusal, content_filter, length, empty, invalid, language or truncated."""
    reason: str
    """Why, in words for a person."""


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
    """Each theme of the codebook once, in the codebook's order."""
    windows: tuple[Window, ...] = ()
    """The parts in which a model was shown the document; none for other coders."""
    unanswered: tuple[Unanswered, ...] = ()
    """Questions without a usable reply."""
    notes: tuple[str, ...] = ()
    """What a person should know about how it was coded."""


class Evidence(Record):
    """Words that are in the document: `pages[page-1].text[start:end] == quote`."""

    quote: str
    """Exactly as in the reading, including line ends."""
    page: int
    """From 1, as in the file."""
    start: int
    """Offset in code points into that page's text."""
    end: int
    """Offset just after the last character."""
    status: Literal["exact", "normalised"]
    """exact: the coder gave these very characters. normalised: the same after the listed normalisations."""
    section: str
    """Title of the section it is in; empty where there is none."""
    flags: tuple[EvidenceFlag, ...] = ()
    """What a reader should know about it."""


class Refusal(Record):
    """A quote that was refused. It is kept, shown and counted, but is never evidence."""

    about: str
    """What it was offered for: `theme:risk_assessment`, `finding:3`, `case:age`."""
    quote: str
    """As the coder gave it."""
    status: Literal["near", "absent", "furniture"]
    """near: the document has something like it, for a person to see. absent: it has nothing like it. furniture: it is
    only where nothing is ever evidence (a heading, a header, a contents list or the terms of reference)."""
    reason: str
    """Why, in words for a person."""


class Item(Record):
    """A finding or recommendation, grounded."""

    id: str
    """Content hash, the same in every run."""
    number: str | None
    """As printed."""
    text: str
    """White space collapsed."""
    page: int
    """Page on which it begins."""
    addressee: str | None = None
    """Who must act; recommendations only."""
    evidence: tuple[Evidence, ...]
    """Where it is; one entry per page."""
    doubts: tuple[str, ...] = ()
    """Why a person should check it before others; empty where the page's structure and a model that was asked agree."""


class Strength(Record):
    """How strongly a passage shows its theme, by the coder's own measure."""

    page: int
    """Page of the passage."""
    start: int
    """Where it begins on its page."""
    value: float
    """More for stronger; to be compared with those of the same coder and theme."""


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
    """Why a person should check it before others."""
    strengths: tuple[Strength, ...] = ()
    """Of the passages that the coder proposed, whatever a person kept; empty where it gave none."""


class Case(Record):
    """The facts of the case, grounded."""

    authority: str | None = None
    """The local authority's area."""
    pseudonym: str | None = None
    """What the review calls the child or children."""
    children: tuple[DraftChild, ...] = ()
    """One entry per child."""
    context: Context = "not stated"
    """Why the review was held."""
    evidence: dict[str, tuple[Evidence, ...]] = {}
    """Fact name to where it is stated. A fact whose words were refused counts as not stated."""


class Coding(Record):
    """A grounded coding. Everything in it is in the source."""

    document_id: str
    """The document."""
    reading_sha256: str
    """Hash of the reading that the offsets refer to."""
    coder: CoderIdentity
    """Who coded."""
    case: Case
    """Case facts."""
    findings: tuple[Item, ...] = ()
    """In reading order."""
    recommendations: tuple[Item, ...] = ()
    """In reading order."""
    themes: tuple[ThemeCoding, ...] = ()
    """Each theme of the codebook once, in the codebook's order."""
    refused: tuple[Refusal, ...] = ()
    """Quotes that were refused, with the reason."""
    windows: tuple[Window, ...] = ()
    """The parts in which a model was shown the document; none for other coders."""
    unanswered: tuple[Unanswered, ...] = ()
    """Questions without a usable reply."""
    notes: tuple[str, ...] = ()
    """What a person should know about how it was coded."""
    codes: dict[str, str] = {}
    """What each code meant at the time: code id to hash; empty in codings from before this was recorded."""
