"""What the pages around deciding show: one record for each page, as in `shown`."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from scr_llm.records import Document
from scr_llm.settings import LlmSettings
from scr_llm.web.run_words import Live
from scr_llm.web.runner import RunState
from scr_llm.web.shown import Shown
from scr_llm.web.workbench import CoderOption

StepState = Literal["done", "now", "later"]


@dataclass(frozen=True)
class Step:
    """One of the steps from files to a paper that is sent."""

    name: str
    """In a word."""
    state: StepState
    """done, now (the next thing to do), later."""
    words: str
    """How far it is."""
    path: str
    """Where it is done."""


@dataclass(frozen=True)
class FileLine:
    """A file of the inbox."""

    id: str
    """The document's id."""
    file: str
    """Its name in the inbox."""
    label: str
    """Of the review; empty where it is not coded."""
    pages: int
    """Pages; 0 where it was not read yet."""
    batch: str
    """The batch it came with."""
    status: str
    """Its state, in words."""
    reason: str
    """Why, and what to do about it; empty where there is nothing to say."""
    counted: bool
    """Whether it is coded or waits for that."""
    may_count: bool
    """Whether a person may have it counted all the same."""
    check: int
    """Pages that a person should look at."""
    twice: int | None
    """Pages that two readers have read; None where this was not recorded."""


@dataclass(frozen=True)
class Batch:
    """The files that came together."""

    name: str
    files: int
    coded: int
    day: str
    """When the first was taken in; empty where that is not known."""


@dataclass(frozen=True)
class PaperFile:
    """A file to download."""

    path: str
    """Within outputs/, with forward slashes."""
    size: str
    """In words."""
    at: str
    """When it was written, in words."""
    signed: bool
    """Whether it is part of a signed version."""


@dataclass(frozen=True)
class Happened:
    """A line of the log."""

    at: str
    """When, in words."""
    who: str
    text: str


@dataclass(frozen=True)
class Sent:
    """What was sent to one model."""

    place: str
    """Where the model is."""
    requests: int
    size: str
    """Of the requests, in words."""
    stays: bool
    """Whether the model is on this computer."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the work stands."""

    steps: tuple[Step, ...]
    now: str
    """Name of the step to be done next."""
    files: int
    """Files in all."""
    batches: tuple[Batch, ...]
    left_out: tuple[FileLine, ...]
    """The first of the files that are not counted, each with its reason."""
    not_counted: int
    """How many are not."""
    waiting: int
    """Files that wait to be read and coded."""
    coded: int
    """Reviews that are coded."""
    copying: int
    """Files that are still being copied into the folder."""
    open: int
    """Cells to be decided."""
    of: int
    """Cells in all."""
    disagreed: int
    """Cells on which two reviewers differ."""
    sent: tuple[Sent, ...]
    """What was sent to models."""
    papers: tuple[PaperFile, ...]
    """The latest papers to send."""
    log: tuple[Happened, ...]
    since: tuple[str, ...]
    """What has changed since the last signature."""
    signed: str
    """The last signed version; empty where none is."""


@dataclass(frozen=True, kw_only=True)
class HomePage(Shown):
    """Where the work stands, and the one next thing to do."""

    template: ClassVar[str] = "home.html.j2"
    tab: ClassVar[str] = "/"

    work: Standing
    run: RunState
    live: Live
    """What the run has done."""
    coders: tuple[CoderOption, ...]
    """What a person can choose from."""
    chosen: str
    """Name of the coder that is chosen at first."""
    stamp: str
    """Changes when the page would look different."""
    largest: int
    """Megabytes of the largest file that is taken."""
    inbox: str
    """Where files can be copied to by hand; empty on a shared server."""


@dataclass(frozen=True, kw_only=True)
class FilesPage(Shown):
    """Every file of the inbox."""

    template: ClassVar[str] = "files.html.j2"
    files: tuple[FileLine, ...]
    """Those on this page."""
    first: int
    """The number of the first of them, from 0."""
    most: int
    """How many one page shows."""
    of: int
    """How many are in the state and have the words that are asked for."""
    all: int
    """Files in all."""
    states: tuple[tuple[str, str, int], ...]
    """States that files are in: the name, the name in words, how many."""
    state: str
    """The state that is asked for; empty for all."""
    words: str
    """The words that are looked for; empty for none."""
    query: str
    """The same as a part of an address."""


@dataclass(frozen=True)
class Became:
    """What became of a file that came in."""

    file: str
    said: str
    good: bool = field(kw_only=True)
    """Whether it was taken."""


@dataclass(frozen=True, kw_only=True)
class AddedPage(Shown):
    """What became of the files of a form, where one was refused."""

    template: ClassVar[str] = "added.html.j2"
    became: tuple[Became, ...]


@dataclass(frozen=True, kw_only=True)
class PapersPage(Shown):
    """Every paper that can be downloaded."""

    template: ClassVar[str] = "papers.html.j2"
    signed: tuple[PaperFile, ...]
    drafts: tuple[PaperFile, ...]


@dataclass(frozen=True, kw_only=True)
class LogPage(Shown):
    """What people started or allowed."""

    template: ClassVar[str] = "log.html.j2"
    entries: tuple[Happened, ...]


@dataclass(frozen=True, kw_only=True)
class WhoPage(Shown):
    """The question who sits at this computer."""

    template: ClassVar[str] = "who.html.j2"
    name: str
    """Offered; empty for none."""
    role: str


@dataclass(frozen=True)
class ModelFile:
    """A model file that was found on this computer."""

    path: str
    name: str
    folder: str
    size: str
    """In words."""
    is_used: bool
    """Whether the project uses it."""


@dataclass(frozen=True, kw_only=True)
class ModelPage(Shown):
    """Which language model is set up, and the choice of another."""

    template: ClassVar[str] = "model.html.j2"
    llm: LlmSettings
    set_up: CoderOption | None
    way: str
    """How it is asked, in a sentence; empty where none is set up."""
    files: tuple[ModelFile, ...]
    """Model files that were found on this computer."""
    can_serve: bool
    """Whether the package that serves a model file is installed."""
    may: bool
    """Whether this person may choose."""


@dataclass(frozen=True)
class Asked:
    """A question as it would be sent."""

    name: str
    messages: tuple[tuple[str, str], ...]
    """Whose words, and the words, character for character."""
    rest: str
    """The rest of the request, as JSON."""
    size: int
    """In bytes."""


@dataclass(frozen=True, kw_only=True)
class PreviewPage(Shown):
    """What would be sent to the model."""

    template: ClassVar[str] = "preview.html.j2"
    where: CoderOption | None
    """The model; None where none is set up."""
    redaction: str
    """How much redaction finds; empty where names and contact details are not replaced."""
    waiting: tuple[Document, ...]
    document: Document | None
    """The review whose questions are shown."""
    questions: tuple[Asked, ...]
    first: int
    """Number of the first question shown, from 0."""
    before: int | None
    """Where the page before begins."""
    after: int | None
    """Where the page after begins."""
