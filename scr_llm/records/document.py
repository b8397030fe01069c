"""A file of the inbox and where it stands."""

from typing import Literal

from scr_llm.records.base import Record

DocumentStatus = Literal["pending", "coded", "unreadable", "duplicate", "superseded", "not_a_review", "failed"]
"""pending: taken in, not yet coded. coded: read, coded and grounded. Every other status carries a reason."""


class PageNote(Record):
    """A page that a person should look at."""

    page: int
    """Page number, from 1."""
    reasons: tuple[str, ...]
    """Why, in words for a person."""
    unread: bool = False
    """Whether no text could be had from it."""


class Ruling(Record):
    """A person's decision that a file is coded although it was taken for something else, or is not coded although it was taken for a review."""

    act: Literal["include", "exclude"]
    """Which of the two."""
    reason: str
    """Why, in the person's words."""
    at: str
    """When: ISO 8601 with time zone."""
    name: str = ""
    """Who, where it was said."""
    before: DocumentStatus = "pending"
    """Where the file stood until then."""
    reason_before: str | None = None
    """Why it stood there."""

    @property
    def overrules(self) -> bool:
        """Whether the file is coded against what the program took it for; not so where a person's own exclusion was undone."""
        return self.act == "include" and self.before not in ("coded", "pending", "failed")


class Document(Record):
    """One file that was dropped into the inbox. It is never forgotten, whatever became of it."""

    id: str
    """Content hash: `d` and 12 hexadecimal digits of the file's sha256 (of sha256 and name for a second copy)."""
    file: str
    """File name within inbox/."""
    sha256: str
    """SHA-256 of the file's bytes, hexadecimal."""
    bytes: int
    """Size of the file."""
    batch: str = "1"
    """Name of the batch that the file came with."""
    replaces: str | None = None
    """Id of the earlier issue whose place it takes."""
    taken_in: str = ""
    """Day on which it was taken in, as 2011-03-31; empty for files of before this was noted."""
    pages: int = 0
    """Pages as counted in the file; 0 where it could not be opened."""
    notes: tuple[PageNote, ...] = ()
    """Pages to be checked, in order."""
    status: DocumentStatus = "pending"
    """Where the document stands."""
    reason: str | None = None
    """Why it stands there, in words for a person; None only for pending and coded."""
    next_step: str = ""
    """What to do about it, for the person who runs the program; no paper prints it."""
    missing: bool = False
    """Whether its file was no longer in the inbox as it was taken in, when the inbox was last looked through."""
    read_with: str = ""
    """The reader that could not read it: its version, limits, and whether it recognises text in images. With another it is tried again."""
    ruling: Ruling | None = None
    """What a person decided about whether the file is coded, where one did."""
