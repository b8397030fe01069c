"""What the pages for signing show: one record for each page, as in `shown`."""

from dataclasses import dataclass
from typing import ClassVar

from scr_llm.records import SignOff
from scr_llm.reports.moved import Moved
from scr_llm.web.shown import Shown


@dataclass(frozen=True)
class Thing:
    """Things of one kind that stand in the way in one review."""

    words: str
    """What they are, with their number."""
    path: str
    """Where the next of them is put right; empty where the words say what to do."""


@dataclass(frozen=True)
class InTheWay:
    """What stands in the way in one review, or about one file."""

    where: str
    """The review's label, or the file's name."""
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class Caution:
    """A detail that might identify a child, and that the signatory answers."""

    id: str
    """In the form."""
    text: str
    answer: str = ""
    """As filled in before something was refused: acknowledged or resolved."""
    note: str = ""
    """As filled in."""


@dataclass(frozen=True)
class Unsupported:
    """Words that the record does not support."""

    id: str
    """In the form."""
    words: str
    why: str
    """What is wrong with them."""
    where: tuple[str, ...]
    """The paragraphs that hold them."""
    reason: str
    """Why the signatory answers for them, as filled in."""


@dataclass(frozen=True)
class SignForm:
    """The form by which a person signs."""

    action: str
    """Where it is sent, below the page's own address."""
    signing: str
    """What a signature would cover."""
    cautions: tuple[Caution, ...]
    alone: bool
    """Whether the signatory is asked why one person both decides and signs."""
    why_alone: str
    """As filled in."""
    unsupported: tuple[Unsupported, ...] = ()
    """Of an edited paper: what the signatory has to answer for."""


@dataclass(frozen=True)
class Format:
    """One file of a paper."""

    name: str
    """Word, for a browser, …"""
    path: str
    """Within outputs/."""


@dataclass(frozen=True)
class Download:
    """A paper to download."""

    title: str
    """What it is; empty for a case sheet."""
    sheet: str
    """The name of a case sheet; empty for the other papers."""
    formats: tuple[Format, ...]


@dataclass(frozen=True)
class Version:
    """A signed version and its papers."""

    number: int
    record: SignOff
    at: str
    """When it was signed, in words."""
    downloads: tuple[Download, ...]
    """None where its files are no longer in the folder; they can be written again."""


@dataclass(frozen=True)
class Kept:
    """An edited paper that somebody gave back."""

    name: str
    at: str
    """When, in words."""


@dataclass(frozen=True, kw_only=True)
class SignOffPage(Shown):
    """Whether the briefing can be signed, the form for signing it, the papers, and what was signed."""

    template: ClassVar[str] = "sign_off.html.j2"
    tab: ClassVar[str] = "/sign-off"
    again: ClassVar[str] = "/sign-off"
    """Where it is looked at once more."""
    trouble: str
    """Why it was not signed; empty where nothing was refused."""
    said: tuple[str, ...]
    """What there is to say about a draft that was just written."""
    coded: int
    """Reviews that the paper would count."""
    deciding: tuple[str, ...]
    """How the deciding went, in sentences."""
    in_the_way: tuple[InTheWay, ...]
    """The lines on this page."""
    first: int
    """The number of the first of them, from 0."""
    most: int
    """How many one page shows."""
    of: int
    """Lines in all."""
    blocked: int
    """How many things stand in the way."""
    since: tuple[str, ...]
    """What has changed since the last sign-off."""
    is_signed: bool
    """Whether the paper is signed and nothing has changed since."""
    form: SignForm | None
    """None while something stands in the way or the paper is being made, and once it is signed."""
    prepares: bool
    """Whether the paper is still being made."""
    leaves_out: str
    """The file whose edits a signature here leaves out; empty where nobody edited one."""
    drafts: tuple[Download, ...]
    kept: tuple[Kept, ...]
    """Edited papers that were given back and are not signed."""
    largest: int
    """Most megabytes of an edited paper."""
    signed: tuple[Version, ...]
    """Every sign-off, the latest first."""


@dataclass(frozen=True)
class Reworded:
    """A piece of the draft that reads differently now."""

    before: str
    now: str


@dataclass(frozen=True, kw_only=True)
class EditedPage(Shown):
    """A paper as a person edited it, beside the draft and the record."""

    template: ClassVar[str] = "edited.html.j2"
    tab: ClassVar[str] = "/sign-off"
    name: str
    trouble: str
    """Why it was not signed; empty where nothing was refused."""
    draft: str
    """The version of the draft that it was made from."""
    must: tuple[str, ...]
    """What must be settled in Word before it can be signed."""
    is_signed: str
    """That it is a signed version and no draft; empty where it is a draft."""
    instead: str
    """What to do then."""
    moved: tuple[Moved, ...]
    """What the record counts or quotes differently since that draft, review by review."""
    unsupported: tuple[Unsupported, ...]
    """Shown apart while nothing can be signed; the form has them too."""
    changed: tuple[Reworded, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    blocked: int
    """How many things stand in the way of any signature."""
    form: SignForm | None
    """None while something stands in the way or the paper is being made."""
    prepares: bool
    """Whether the paper is still being made."""

    @property
    def again(self) -> str:
        """Where it is looked at once more."""
        return f"/sign-off/edited/{self.name}"
