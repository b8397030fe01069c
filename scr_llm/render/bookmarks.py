"""Bookmarks and comments in a Word file, by which its pieces are found again after somebody edited it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph

from scr_llm.records import Block

COMMENTS_BY = "scr-llm"
"""Who a comment in a draft is by."""


@dataclass(frozen=True)
class Kept:
    """The pieces of a draft that holds a person's words."""

    ids: tuple[str, ...]
    """The bookmark of each piece, as the program's own words would have it; empty for what the person added."""
    comments: Mapping[int, str]
    """Comments to the author, by the place of the piece."""


class Marks:
    """A bookmark for each piece of a paper, at the start of its paragraph, and the comments on some.

    A bookmark is empty and stands before the words: one around them goes when they are typed over, and one between
    paragraphs is moved to the paragraph before by LibreOffice.
    """

    def __init__(self, document: WordDocument, pieces: Iterable[Block], kept: Kept | None = None) -> None:
        """Mark nothing yet.

        Args:
            document: a paper.
            pieces: its pieces, in order; those without words have no paragraph.
            kept: which of them are a person's words.
        """
        blocks = (piece for piece in pieces if piece.text)
        named = zip(blocks, kept.ids, strict=True) if kept else ((block, block.id) for block in blocks)
        self._document, self._comments = document, kept.comments if kept else {}
        self._coming = enumerate(named)
        self._next = next(self._coming, None)

    def set(self, paragraphs: Iterable[Any]) -> None:
        """Mark the pieces of these paragraphs, which follow those that were marked before."""
        for paragraph in paragraphs:
            if self._next is None:
                return
            number, (block, name) = self._next
            if _words(paragraph) != block.text:
                continue
            if name:
                set_bookmark(paragraph, number, name)
            if number in self._comments:
                _comment(self._document, paragraph, self._comments[number])
            self._next = next(self._coming, None)

    def check(self) -> None:
        """Raise ValueError if a piece has no paragraph."""
        if self._next is not None:
            raise ValueError(f"the Word file lacks a piece of its paper: {self._next[1][0].id}")


def set_bookmark(paragraph: Any, number: int, name: str) -> None:
    """Set one bookmark at the start of a paragraph. No other in the file may have its number or name."""
    at = 0 if paragraph.pPr is None else 1
    paragraph.insert(at, _bookmark("bookmarkStart", number, name))
    paragraph.insert(at + 1, _bookmark("bookmarkEnd", number))


def _words(paragraph: Any) -> str:
    return " ".join("".join(text.text or "" for text in paragraph.iter(qn("w:t"))).split())


def _bookmark(tag: str, number: int, name: str = "") -> Any:
    element = OxmlElement(f"w:{tag}")
    element.set(qn("w:id"), str(number))
    if name:
        element.set(qn("w:name"), name)
    return element


def _comment(document: WordDocument, paragraph: Any, text: str) -> None:
    runs = WordParagraph(paragraph, document._body).runs
    comment = document.add_comment(runs, text=text, author=COMMENTS_BY, initials="scr")
    comment._comment_elm.attrib.pop(qn("w:date"), None)  # the same paper gives the same bytes
