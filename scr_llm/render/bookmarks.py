"""Bookmarks and comments in a Word file, by which its pieces are found again after somebody edited it."""

from collections.abc import Iterator, Mapping, Sequence
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


def mark(document: WordDocument, blocks: Sequence[Block], kept: Kept | None = None) -> None:
    """Set a bookmark at the start of each piece's paragraph, and the comments on theirs.

    The bookmark is empty and stands before the words: one around them goes when they are typed over, and one between
    paragraphs is moved to the paragraph before by LibreOffice.

    Args:
        document: a paper, written.
        blocks: its pieces, in order.
        kept: which of them are a person's words.
    """
    kept = kept or Kept(tuple(block.id for block in blocks), {})
    paragraphs = _with_words(document)
    for number, (block, name) in enumerate(zip(blocks, kept.ids, strict=True)):
        paragraph = next((p for p in paragraphs if _words(p) == block.text), None)
        if paragraph is None:
            raise ValueError(f"the Word file lacks a piece of its paper: {block.id}")
        if name:
            set_bookmark(paragraph, number, name)
        if number in kept.comments:
            _comment(document, paragraph, kept.comments[number])


def set_bookmark(paragraph: Any, number: int, name: str) -> None:
    """Set one bookmark at the start of a paragraph. No other in the file may have its number or name."""
    at = 0 if paragraph.pPr is None else 1
    paragraph.insert(at, _bookmark("bookmarkStart", number, name))
    paragraph.insert(at + 1, _bookmark("bookmarkEnd", number))


def _with_words(document: WordDocument) -> Iterator[Any]:
    return (p for p in document.element.body.iter(qn("w:p")) if _words(p))


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
