"""A file in the inbox and its status."""

from typing import Literal

from scr_llm.records.base import Record

DocumentStatus = Literal["pending", "coded", "unreadable", "duplicate", "superseded", "not_a_review", "failed"]
"""pending: taken in, not yet coded. coded: read, coded and grounded. Every other status has a reason."""


class PageNote(Record):
    """A page that a person should check."""

    page: int
    """Page number, from 1."""
    reasons: tuple[str, ...]
    """Why, in words for a person."""
    unread: bool = False
    """Whether no text could be read from it."""


class Ruling(Record):
    """A person's decision about whether a file is coded.

    include: code it, although the program took it for something else. exclude: leave it out, although the program took
    it for a review.
    """

    act: Literal["include", "exclude"]
    """Which of the two."""
    reason: str
    """Why, in the person's words."""
    at: str
    """When: ISO 8601 with time zone."""
    name: str = ""
    """Who decided; empty where no name was given."""
    before: DocumentStatus = "pending"
    """Status of the file until then."""
    reason_before: str | None = None
    """The reason for that status."""

    @property
    def overrules(self) -> bool:
        """Whether the file is coded although the program took it for something else.

        False where the decision only undid a person's exclusion.
        """
        return self.act == "include" and self.before not in ("coded", "pending", "failed")


class Document(Record):
    """One file that was put into the inbox. It is kept on record, whatever became of it."""

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
    """Id of the earlier issue that it replaces."""
    taken_in: str = ""
    """Day on which it was taken in, such as 2011-03-31; empty for files from before this was recorded."""
    pages: int = 0
    """Number of pages in the file; 0 where it could not be opened."""
    notes: tuple[PageNote, ...] = ()
    """Pages that a person should check, in order."""
    read_once: tuple[int, ...] | None = None
    """Pages that no second reader has read, in order; None in a project from before this was recorded."""
    quoted_once: tuple[int, ...] = ()
    """Those of them that its coding quotes, and that a second reader has still to read."""
    status: DocumentStatus = "pending"
    """Status of the document."""
    reason: str | None = None
    """Why, in words for a person; None only for pending and coded."""
    next_step: str = ""
    """What the person who runs the program should do about it; no paper prints it."""
    missing: bool = False
    """Whether the last look through the inbox no longer found the file as it was taken in."""
    read_with: str = ""
    """The reader that could not read it: its version, its limits, and whether it recognises text in images.

    With a different reader, the file is tried again.
    """
    ruling: Ruling | None = None
    """A person's decision about whether the file is coded, where there is one."""
