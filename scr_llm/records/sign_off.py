"""What was signed, by whom, and what it rests on. Appended, never changed."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.briefing import Briefing, Paper
from scr_llm.records.coding import Coding
from scr_llm.records.deciding import Deciding
from scr_llm.records.printed import Block


class AnsweredCaution(Record):
    """Something that might reveal who a child is, as shown to the person who signed, and what they did about it."""

    text: str
    """The caution."""
    answer: Literal["acknowledged", "resolved"]
    """acknowledged: seen, and accepted as it is. resolved: dealt with, as the note says."""
    note: str = ""
    """In the person's words."""
    separately: bool = True
    """Whether it was answered separately; if not, it was acknowledged with the signature."""


class OwnWords(Record):
    """Words of a signed paper that the record does not bear out, and that the person who signed answers for."""

    text: str
    """As they stand in the paper."""
    reason: str
    """In the person's words."""


class SignedPaper(Record):
    """Everything needed to write the files of a signed briefing again, byte for byte."""

    briefing: Briefing
    """The briefing."""
    codings: tuple[Coding, ...]
    """The codings behind it with the decisions of that day applied, in the order of its cases."""
    template: str = ""
    """The board's Word template on that day, in base64; empty where there was none."""
    edited: str = ""
    """The Word file as the person handed it in, in base64; empty where the paper was signed as it was written."""
    word: str = ""
    """The Word file that was made of it and signed, in base64; the other formats print the same words."""
    sheets: dict[str, Paper] = {}
    """The case sheets, by file name without ending; empty in papers that were signed before there were any."""


class SignOff(Record):
    """A person's signature on a briefing, and the hashes of everything that the briefing rests on."""

    name: str
    """Who signed."""
    role: str
    """In which role."""
    at: str
    """When: ISO 8601 with time zone."""
    version: str
    """Version of the briefing."""
    documents: dict[str, str]
    """Document id to the SHA-256 of its file."""
    readings: dict[str, str]
    """Document id to the SHA-256 of its reading."""
    codebook_version: str
    """The codebook's version."""
    codebook_sha256: str
    """Hash of the codebook's meaning."""
    decisions: int
    """Number of decisions."""
    decisions_head: str
    """Hash of the last decision in the chain."""
    reviewers: tuple[str, ...]
    """Names and roles of all who decided, in the order of their first decision."""
    paper_sha256: str
    """SHA-256 of the signed paper as JSON, which is stored with this record."""
    files: dict[str, str]
    """Name of each file that was written, to the SHA-256 of its bytes."""
    left_out: dict[str, str] = {}
    """Document id to status, for every known file that was not counted."""
    codings: dict[str, str] = {}
    """Document id to the SHA-256 of its coding as stored; empty in sign-offs from before this was recorded."""
    stored_documents: dict[str, str] = {}
    """Id of every known document to the SHA-256 of its document record as stored."""
    stored_readings: dict[str, str] = {}
    """Document id to the SHA-256 of its whole reading as stored."""
    history: int = 0
    """Number of entries in the history of what was stored."""
    history_head: str = ""
    """Hash of the last entry; empty in sign-offs from before there was a history."""
    calls: int = 0
    """Number of calls to models that were logged."""
    calls_head: str = "0" * 64
    """Hash of the last call; zeros where there is none."""
    settings_sha256: str = ""
    """Hash of the settings and the template that shape the paper."""
    cautions: tuple[AnsweredCaution, ...] = ()
    """The cautions that were shown to the person who signed, each with the answer."""
    edited_sha256: str = ""
    """SHA-256 of the edited Word file that was handed in; empty where the paper was signed as it was written."""
    differences: tuple[str, ...] = ()
    """What was changed, added and removed in it, one line each."""
    own_words: tuple[OwnWords, ...] = ()
    """What the record does not bear out, with the reasons of the person who signed."""
    alone: str = ""
    """Why whoever decided most cells signed alone; empty where that is another person, and in older sign-offs."""
    deciding: Deciding = Deciding()
    """How the deciding went; empty in sign-offs from before this was recorded."""


class Draft(Record):
    """A draft that was written: what is needed to say how the next one differs."""

    name: str
    """Name of the paper: briefing, or that of a subset."""
    version: str
    """As printed."""
    at: str
    """When: ISO 8601 with time zone."""
    files: dict[str, str]
    """File name in outputs/ to SHA-256 of what was written."""
    numbers: dict[str, str]
    """What is counted, in words, to the number."""
    quotes: tuple[str, ...]
    """The quotes that it prints, each with its case and page."""
    printed: tuple[Block, ...] = ()
    """What the program wrote for each piece of it; none in drafts from before this was recorded."""
    finished: str = ""
    """Of a note that a draft was finished: hash of all that it was made from and of the files in outputs/."""
