"""What a paper prints, piece by piece, so that each piece is known again after a person edited the file."""

from typing import Literal

from scr_llm.records.base import Record

BlockKind = Literal["title", "status", "heading", "text", "bullet", "note", "quote", "caption", "cell"]
"""What a piece is. status: the line below the title, which the program sets."""


class Block(Record):
    """One piece of a paper: a heading, a paragraph, a quote, a caption or a cell of a table."""

    id: str
    """Its bookmark in the Word file: of the part, of the place in the part, and of the evidence behind it."""
    kind: BlockKind
    """What it is."""
    part: str
    """Id of the part that it stands in; empty for the title and the status."""
    text: str
    """The words."""

    @property
    def place(self) -> str:
        """The id without its evidence: the same in two papers for the same place."""
        return self.id.rpartition("_")[0]

    @property
    def rests_on(self) -> tuple[str, str]:
        """The id without its place: the same in two papers for the same evidence in the same part."""
        head, _, evidence = self.id.rpartition("_")
        return head.rpartition("_")[0], evidence
