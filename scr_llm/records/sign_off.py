"""What was signed, by whom, and what it rests on. Appended, never changed."""

from typing import Literal

from scr_llm.records.base import Record
from scr_llm.records.briefing import Briefing
from scr_llm.records.coding import Coding


class AnsweredCaution(Record):
    """What might tell a reader who a child is, as it was shown to the person who signed, and what they did about it."""

    text: str
    """The caution."""
    answer: Literal["acknowledged", "resolved"]
    """acknowledged: seen, and it may stand. resolved: dealt with, as the note says."""
    note: str = ""
    """In the person's words."""
    separately: bool = True
    """Whether it was answered by itself; else it was shown and acknowledged with the signature."""


class SignedPaper(Record):
    """All that the files of a signed briefing are written from, so that they can be written again byte for byte."""

    briefing: Briefing
    """The briefing."""
    codings: tuple[Coding, ...]
    """The codings behind it under the decisions of that day, in the order of its cases."""
    template: str = ""
    """The board's Word template of that day, in base64; empty where there was none."""


class SignOff(Record):
    """A person's signature under a briefing, and the hashes of all that it rests on."""

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
    """The codebook's own version."""
    codebook_sha256: str
    """Hash of its meaning."""
    decisions: int
    """Number of decisions."""
    decisions_head: str
    """Hash of the last one in the chain."""
    reviewers: tuple[str, ...]
    """Names and roles of all who decided, in the order of their first decision."""
    paper_sha256: str
    """SHA-256 of the signed paper as JSON, which is kept with this record."""
    files: dict[str, str]
    """Name of each file that was written to the SHA-256 of its bytes."""
    left_out: dict[str, str] = {}
    """Document id to status, of every file that was known and not counted."""
    codings: dict[str, str] = {}
    """Document id to the SHA-256 of what was proposed for it, as stored; empty in sign-offs of before this was noted."""
    stored_documents: dict[str, str] = {}
    """Id of every known document to the SHA-256 of where it stood, as stored."""
    stored_readings: dict[str, str] = {}
    """Document id to the SHA-256 of its whole reading, as stored."""
    history: int = 0
    """Number of entries of the history of what is stored."""
    history_head: str = ""
    """Hash of its last entry; empty in sign-offs of before there was a history."""
    calls: int = 0
    """Number of calls to models that were logged."""
    calls_head: str = "0" * 64
    """Hash of the last one."""
    settings_sha256: str = ""
    """Hash of the settings and the template that shape the paper."""
    cautions: tuple[AnsweredCaution, ...] = ()
    """What was shown to the person who signed, each with the answer."""


class Draft(Record):
    """A draft that was written, as far as it is needed to tell the next one from it."""

    name: str
    """Of the paper: briefing, or that of a subset."""
    version: str
    """As printed."""
    at: str
    """When: ISO 8601 with time zone."""
    files: dict[str, str]
    """File name in outputs/ to SHA-256 of what was written."""
    numbers: dict[str, str]
    """What it counts, in words, to the number."""
    quotes: tuple[str, ...]
    """The quotes that it prints, each with its case and page."""
