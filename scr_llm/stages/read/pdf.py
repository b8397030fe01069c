"""Extract pages and lines from a PDF.

Pdfium gives the text; pypdf is used instead where pdfium cannot read a file or a page.
"""

import contextlib
import ctypes
import io
import logging
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scr_llm.errors import UnreadableError
from scr_llm.stages.read.hidden import Looked, look
from scr_llm.stages.read.layout import PUNCTUATION, UNWRITABLE, Line, RawPage, Rows, lay_out, usual_leading
from scr_llm.stages.read.letters import Letters, printed, rows_of
from scr_llm.stages.read.opening import may_lie, why_broken

if TYPE_CHECKING:
    import pypdf

FEW = 40
"""Characters below which a page holds almost no text."""

_MARKER = re.compile(r"(?<=[a-z.,;:)”’'\"])\d{1,3}(?=[\s.,;:)]|$)")
"""A number directly after a word: a footnote marker if it is printed smaller than the word."""
_WORD = re.compile(r"\S+")


class Look(NamedTuple):
    """How closely pages are examined."""

    hidden: bool
    """Whether to look for text that cannot be seen."""
    compare: bool
    """Whether each letter is compared with what is drawn."""


def open_pages(content: bytes, *, look_for_hidden: bool = True) -> tuple[RawPage, ...]:
    """Every page of a file.

    Args:
        content: the bytes of a PDF.
        look_for_hidden: whether to look for text that cannot be seen. This draws each page, and costs more than
            reading it.

    Raises:
        UnreadableError: no page can be read; with a reason for a person.
    """
    try:
        document = pdfium.PdfDocument(content)
        count = len(document)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise _encrypted() from error
        return _by_pypdf(content)
    if not count:
        document.close()
        return _by_pypdf(content)
    try:
        look_how = Look(look_for_hidden, may_lie(content))
        raw_pages = [_rows(document, index, look_how) for index in range(count)]
    finally:
        document.close()
    fallback = None
    leading = usual_leading([rows for rows in raw_pages if rows is not None])
    pages = []
    for index, rows in enumerate(raw_pages):
        if rows is not None:
            pages.append(lay_out(rows, leading))
        else:
            fallback = fallback or _fallback(content)
            pages.append(_page_by_pypdf(fallback, index))
    if not any(page.text.strip() or page.images for page in pages):
        pages = _with_text(pages, content)
    return tuple(pages)


def _with_text(pages: list[RawPage], content: bytes) -> list[RawPage]:
    """The pages as the second reader has them, where it finds text on pages that the first calls empty.

    Raises:
        UnreadableError: there is no text, and the file itself shows why.
    """
    fallback = _fallback(content)
    second = [_page_by_pypdf(fallback, index) for index in range(len(pages))]
    if any(page.text.strip() for page in second):
        return second
    if b"/BrotliDecode" in content or not any(page.engine for page in pages):
        raise why_broken(content, pages=len(pages))
    return pages


def open_with_pypdf(content: bytes) -> "pypdf.PdfReader":
    """A pypdf reader that logs nothing: whatever matters becomes a reason for refusal or a warning."""
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    return pypdf.PdfReader(io.BytesIO(content))


def _encrypted() -> UnreadableError:
    return UnreadableError("the file is encrypted with a password.", next_step="Ask the sender for a copy without one.")


def _by_pypdf(content: bytes) -> tuple[RawPage, ...]:
    try:
        reader = open_with_pypdf(content)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted()
        pages = tuple(_page_by_pypdf(reader, index) for index in range(len(reader.pages)))
    except UnreadableError:
        raise
    except Exception as error:  # a broken file may make pypdf raise anything
        raise why_broken(content) from error
    if not any(page.text.strip() for page in pages):
        raise why_broken(content, pages=len(pages))
    return pages


def _fallback(content: bytes) -> "pypdf.PdfReader | None":
    try:
        return open_with_pypdf(content)
    except Exception:  # a broken file may make pypdf raise anything
        return None


def _page_by_pypdf(reader: "pypdf.PdfReader | None", index: int) -> RawPage:
    try:
        if reader is None:
            return RawPage("", (), 0, "")
        text = UNWRITABLE.sub("\ufffd", reader.pages[index].extract_text())
    except Exception:  # a broken page may make pypdf raise anything; the page is reported as unread
        return RawPage("", (), 0, "")
    lines, offset = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(Line(offset, offset + len(line), line.strip(), 0.0, False, 0.0, False))
        offset += len(line) + 1
    return RawPage(text, tuple(lines), 0, "pypdf")


def _rows(document: pdfium.PdfDocument, index: int, how: Look) -> Rows | None:
    """A page as pdfium has it; None where anything goes wrong, and then the second reader is used."""
    try:
        with contextlib.closing(document[index]) as page, contextlib.closing(page.get_textpage()) as textpage:
            return _rows_of_page(page, textpage, how, lambda: document[index])
    except MemoryError:
        raise
    except Exception:  # a broken page may raise anything, for example because of a malformed box
        return None


def _rows_of_page(
    page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, how: Look, again: Callable[[], pdfium.PdfPage]
) -> Rows:
    text = printed(textpage) if textpage.count_chars() else ""
    images = _images(page) if len(text.strip()) < FEW else 0
    rows, letters = rows_of(text), Letters(textpage)
    lines = []
    for first, row in rows:
        line = _line(textpage, first + len(row) - len(row.lstrip()), row)
        marks = _markers(textpage, first, row, line.size)
        lines.append((row.rstrip(), replace(line, markers=marks, words=_words(textpage, letters, first, row))))
    seen = look(page, textpage, rows, letters, again, compare=how.compare) if how.hidden else Looked((), False)
    words = frozenset(word.strip(PUNCTUATION).lower() for word in text.split()) if "\ufffe" in text else frozenset()
    return Rows(tuple(lines), words, images, seen.hidden, seen.scanned, seen.pictured)


def _images(page: pdfium.PdfPage) -> int:
    count = raw.FPDFPage_CountObjects(page.raw)
    return sum(
        raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page.raw, i)) == raw.FPDF_PAGEOBJ_IMAGE for i in range(count)
    )


def _line(textpage: pdfium.PdfTextPage, first: int, row: str) -> Line:
    size = _size(textpage, first)
    bold = raw.FPDFText_GetFontWeight(textpage.raw, first) >= 600 or _bold_by_name(textpage, first)
    left, bottom, right, top = textpage.get_charbox(first, loose=True)
    quarter = round(math.degrees(raw.FPDFText_GetCharAngle(textpage.raw, first)) / 90) % 4
    upper = (top, right, -bottom, -left)[quarter]  # the top of a rotated line is another edge of the letter's box
    return Line(0, 0, row.strip(), round(size, 1), bold, float(upper), False)


def _size(textpage: pdfium.PdfTextPage, index: int) -> float:
    """A character's font size as drawn: many files set a one-point font and enlarge it."""
    size, matrix = raw.FPDFText_GetFontSize(textpage.raw, index), raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(textpage.raw, index, matrix):
        size *= math.hypot(matrix.c, matrix.d)
    return float(size)


def _words(
    textpage: pdfium.PdfTextPage, letters: Letters, first: int, row: str
) -> tuple[tuple[int, float, float], ...]:
    """The words of a row as `Line` has them, but with offsets counted in the row."""
    start = first + len(row) - len(row.lstrip())
    quarter = round(math.degrees(raw.FPDFText_GetCharAngle(textpage.raw, start)) / 90) % 4
    # A rotated line begins and ends at other edges of its letters' boxes (left, bottom, right, top).
    begins, ends, way = ((0, 2, 1), (3, 1, -1), (2, 0, -1), (1, 3, 1))[quarter]
    found = (match.span() for match in _WORD.finditer(row))
    return tuple(
        (low, letters.box(first + low)[begins] * way, letters.box(first + high - 1)[ends] * way) for low, high in found
    )


def _markers(textpage: pdfium.PdfTextPage, first: int, row: str, size: float) -> tuple[tuple[int, int], ...]:
    """The footnote markers of a row, as offsets in it."""
    return tuple(
        match.span()
        for match in _MARKER.finditer(row)
        if size and 0 < _size(textpage, first + match.start()) < 0.8 * size
    )


def _bold_by_name(textpage: pdfium.PdfTextPage, index: int) -> bool:
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage.raw, index, buffer, 128, ctypes.byref(flags))
    return b"bold" in buffer.value.lower()
