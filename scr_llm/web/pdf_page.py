"""A page of the PDF as it is shown beside what is decided on it."""

from collections.abc import Sequence
from dataclasses import dataclass

from scr_llm.records import Document, Evidence, Span
from scr_llm.review.session import ReviewSession
from scr_llm.web.drawing import Drawing
from scr_llm.web.picture import Box, Line


@dataclass(frozen=True)
class Piece:
    """A stretch of a page's text."""

    text: str
    quoted: bool


@dataclass(frozen=True)
class Mark:
    """A box over words of a page."""

    box: Box
    style: str
    """mark: a quote, or the chosen item of a list. near: a passage near to a theme, or another item."""
    item: str = ""
    """Key of the item, in a list."""


@dataclass(frozen=True, kw_only=True)
class PdfPage:
    """A page of the PDF: as a picture with marks and selectable lines, and as text."""

    document: Document
    number: int
    """From 1."""
    of: int
    """Pages of the PDF."""
    marks: tuple[Mark, ...]
    """Over the quotes or items on this page."""
    lines: tuple[Line, ...]
    pieces: tuple[Piece, ...]
    """The text, and which of it is quoted."""
    warnings: tuple[str, ...]
    """Why a person should check the text of this page."""


@dataclass(frozen=True)
class Marked:
    """Words that are marked on a page."""

    words: Evidence
    style: str
    """As in `Mark`."""
    item: str = ""
    """As in `Mark`."""


def pdf_page(
    session: ReviewSession, drawing: Drawing, document: Document, number: int, marked: Sequence[Marked]
) -> PdfPage:
    """A page with its highlights and selectable lines; of what is marked, only what is on this page."""
    page = session.reading(document.id).pages[number - 1]
    here = [each for each in marked if each.words.page == number]
    spans = tuple(Span(page=number, start=each.words.start, end=each.words.end) for each in here)
    path = session.project.inbox / document.file
    placed = drawing.layout(path, number, page.text, spans)
    is_due = page.cross_checked == "no" and session.project.settings.read.cross_check != "off"
    differs = drawing.cross_check(path, document.sha256, number, page.text) if is_due else ()
    return PdfPage(
        document=document,
        number=number,
        of=document.pages,
        marks=tuple(
            Mark(box, here[quote].style, here[quote].item)
            for box, quote in zip(placed.marks, placed.quotes, strict=True)
        ),
        lines=placed.lines,
        pieces=_pieces(page.text, [each.words for each in here]),
        warnings=(*page.warnings, *differs),
    )


def _pieces(text: str, quotes: list[Evidence]) -> tuple[Piece, ...]:
    """A page's text, and which of it is quoted. Of overlapping quotes the first is marked."""
    found: list[Piece] = []
    at = 0
    for quote in sorted(quotes, key=lambda e: e.start):
        if quote.start >= at:
            found.append(Piece(text[at : quote.start], quoted=False))
            found.append(Piece(text[quote.start : quote.end], quoted=True))
            at = quote.end
    return (*found, Piece(text[at:], quoted=False))
