"""Pages and lines out of a PDF. Pdfium gives the text; pypdf stands in where pdfium cannot read a file or a page."""

import contextlib
import ctypes
import io
import itertools
import logging
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scr_llm.errors import UnreadableError
from scr_llm.stages.read.hidden import Hidden, Looked, look
from scr_llm.stages.read.letters import printed, rows_of, whole
from scr_llm.stages.read.opening import may_lie, why_broken

if TYPE_CHECKING:
    import pypdf

FEW = 40
"""Characters below which a page holds almost no text."""

_MARKER = re.compile(r"(?<=[a-z.,;:)”’'\"])\d{1,3}(?=[\s.,;:)]|$)")
"""A number that touches a word's end: a footnote's marker where it is printed smaller than the word."""
_WORD = re.compile(r"\S+")
_PREFIXES = frozenset(
    {
        "multi",
        "co",
        "self",
        "non",
        "ante",
        "post",
        "pre",
        "well",
        "long",
        "single",
        "inter",
        "cross",
        "re",
        "mid",
        "ex",
        "semi",
        "half",
    }
)
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no file format takes; each becomes U+FFFD, so that offsets hold and the page is flagged."""
_STOP = re.compile(r"[.!?][”’\"')\]]*\s+|\n{2,}")
_STRIP = ".,;:()“”‘’'\""


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line."""

    start: int
    """Offset in the page's text."""
    end: int
    """Offset behind its last character, the line end not counted."""
    text: str
    """The line, stripped."""
    size: float
    """Font size of its first character as drawn, in points; 0 where unknown."""
    bold: bool
    """Whether that font is bold."""
    top: float
    """How far up the page its top is as a person reads it, in points; for turned text from another origin."""
    paragraph: bool
    """Whether a paragraph begins here."""
    markers: tuple[tuple[int, int], ...] = ()
    """Offsets in the page's text of footnote markers within it."""
    hidden: bool = False
    """Whether nothing of it can be seen."""
    words: tuple[tuple[int, float, float], ...] = ()
    """Each word's offset in the page's text, and where it begins and ends along the line, in points."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as drawn."""

    text: str
    """Line ends as newlines, paragraphs parted by two."""
    lines: tuple[Line, ...]
    """In reading order."""
    images: int
    """Images drawn on it; counted only where there is almost no text."""
    engine: Literal["pdfium", "pypdf", "ocr", ""]
    """What gave the text; empty where nothing could."""
    hidden: tuple[tuple[int, int, str], ...] = ()
    """Text that cannot be seen on the printed page: offsets, and what makes it so."""
    scanned: bool = False
    """Whether the text was recognised from an image by a machine."""


class Look(NamedTuple):
    """How closely pages are looked at."""

    hidden: bool
    """Whether text that cannot be seen is looked for."""
    compare: bool
    """Whether each letter is compared with what is drawn."""


def open_pages(content: bytes, *, look_for_hidden: bool = True) -> tuple[RawPage, ...]:
    """Every page of a file. Looking for text that cannot be seen draws each page, and costs more than reading it.

    Args:
        content: the bytes of a PDF.
        look_for_hidden: whether to look.

    Raises:
        UnreadableError: with a reason for a person, where no page can be had.
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
    stand_in = None
    leading = _leading([rows for rows in raw_pages if rows is not None])
    pages = []
    for index, rows in enumerate(raw_pages):
        if rows is not None:
            pages.append(_lay_out(rows, leading))
        else:
            stand_in = stand_in or _stand_in(content)
            pages.append(_page_by_pypdf(stand_in, index))
    if not any(page.text.strip() or page.images for page in pages):
        pages = _with_text(pages, content)
    return tuple(pages)


def _with_text(pages: list[RawPage], content: bytes) -> list[RawPage]:
    """The pages as the second reader has them, where it gets text of pages that the first calls empty.

    Raises:
        UnreadableError: where the file itself says why there is none.
    """
    stand_in = _stand_in(content)
    second = [_page_by_pypdf(stand_in, index) for index in range(len(pages))]
    if any(page.text.strip() for page in second):
        return second
    if b"/BrotliDecode" in content or not any(page.engine for page in pages):
        raise why_broken(content, pages=len(pages))
    return pages


def open_with_pypdf(content: bytes) -> "pypdf.PdfReader":
    """A reader that keeps its complaints to itself: what matters of them is said as a reason or a warning."""
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
    except Exception as error:  # a broken file may raise anything at all in the library
        raise why_broken(content) from error
    if not any(page.text.strip() for page in pages):
        raise why_broken(content, pages=len(pages))
    return pages


def _stand_in(content: bytes) -> "pypdf.PdfReader | None":
    try:
        return open_with_pypdf(content)
    except Exception:  # as above
        return None


def _page_by_pypdf(reader: "pypdf.PdfReader | None", index: int) -> RawPage:
    try:
        if reader is None:
            return RawPage("", (), 0, "")
        text = _UNWRITABLE.sub("\ufffd", reader.pages[index].extract_text())
    except Exception:  # as above; the page is reported as unread
        return RawPage("", (), 0, "")
    lines, offset = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(Line(offset, offset + len(line), line.strip(), 0.0, False, 0.0, False))
        offset += len(line) + 1
    return RawPage(text, tuple(lines), 0, "pypdf")


@dataclass(frozen=True, slots=True)
class Rows:
    """A page's lines as pdfium gives them."""

    lines: tuple[tuple[str, Line], ...]
    """Each line as printed, white space before it kept, with what is known of its look; offsets not yet set."""
    words: frozenset[str]
    """Every word of the page, in small letters."""
    images: int
    """As in RawPage."""
    hidden: tuple[Hidden, ...]
    """Words that cannot be seen."""
    scanned: bool
    """As in RawPage."""


def _rows(document: pdfium.PdfDocument, index: int, how: Look) -> Rows | None:
    """A page as pdfium has it; None where anything goes wrong with it, so that the second reader is asked."""
    try:
        with contextlib.closing(document[index]) as page, contextlib.closing(page.get_textpage()) as textpage:
            return _rows_of_page(page, textpage, how, lambda: document[index])
    except MemoryError:
        raise
    except Exception:  # a broken page may raise anything at all, by a box that is no box for one
        return None


def _rows_of_page(
    page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, how: Look, again: Callable[[], pdfium.PdfPage]
) -> Rows:
    text = printed(textpage) if textpage.count_chars() else ""
    images = _images(page) if len(text.strip()) < FEW else 0
    rows = rows_of(text)
    lines = []
    for first, row in rows:
        line = _line(textpage, first + len(row) - len(row.lstrip()), row)
        marks = _markers(textpage, first, row, line.size)
        lines.append((row.rstrip(), replace(line, markers=marks, words=_words(textpage, first, row))))
    seen = look(page, textpage, rows, again, compare=how.compare) if how.hidden else Looked((), False)
    words = frozenset(word.strip(_STRIP).lower() for word in text.split()) if "\ufffe" in text else frozenset()
    return Rows(tuple(lines), words, images, seen.hidden, seen.scanned)


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
    upper = (top, right, -bottom, -left)[quarter]  # a turned line's top is another edge of the letter's box
    return Line(0, 0, row.strip(), round(size, 1), bold, float(upper), False)


def _size(textpage: pdfium.PdfTextPage, index: int) -> float:
    """A character's font size as drawn: many files set a font of one point and enlarge it."""
    size, matrix = raw.FPDFText_GetFontSize(textpage.raw, index), raw.FS_MATRIX()
    if raw.FPDFText_GetMatrix(textpage.raw, index, matrix):
        size *= math.hypot(matrix.c, matrix.d)
    return float(size)


def _words(textpage: pdfium.PdfTextPage, first: int, row: str) -> tuple[tuple[int, float, float], ...]:
    """Each word of a row as Line has it, its offset counted in the row."""
    start = first + len(row) - len(row.lstrip())
    quarter = round(math.degrees(raw.FPDFText_GetCharAngle(textpage.raw, start)) / 90) % 4
    left, bottom, right, top = (ctypes.c_double() for _ in range(4))

    def side(index: int, which: int) -> float:
        raw.FPDFText_GetCharBox(textpage.raw, index, left, right, bottom, top)
        begins = (left, top, right, bottom)[quarter]  # a turned line begins at another edge of the letter's box
        ends = (right, bottom, left, top)[quarter]
        return (ends if which else begins).value * (-1 if quarter in (1, 2) else 1)

    found = (match.span() for match in _WORD.finditer(row))
    return tuple((low, side(first + low, 0), side(first + high - 1, 1)) for low, high in found)


def _markers(textpage: pdfium.PdfTextPage, first: int, row: str, size: float) -> tuple[tuple[int, int], ...]:
    """Footnote markers of a row, as offsets in it."""
    return tuple(
        match.span()
        for match in _MARKER.finditer(row)
        if size and 0 < _size(textpage, first + match.start()) < 0.8 * size
    )


def _bold_by_name(textpage: pdfium.PdfTextPage, index: int) -> bool:
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage.raw, index, buffer, 128, ctypes.byref(flags))
    return b"bold" in buffer.value.lower()


def _leading(pages: list[Rows]) -> dict[int, float]:
    """The usual distance between two lines of a paragraph, in points, for each font size (rounded): the commonest in the document."""
    gaps: dict[int, Counter[float]] = {}
    for rows in pages:
        for (_, upper), (_, lower) in itertools.pairwise(rows.lines):
            gap = upper.top - lower.top
            if upper.size == lower.size and 0.9 * lower.size < gap < 2.6 * lower.size:
                gaps.setdefault(round(lower.size), Counter())[round(gap * 2) / 2] += 1
    return {
        size: min((g for g, n in found.items() if n >= 0.5 * max(found.values())), default=0.0)
        for size, found in gaps.items()
    }


def _lay_out(rows: Rows, leading: dict[int, float]) -> RawPage:
    text = ""
    lines: list[Line] = []
    before: Line | None = None
    own = 0.0  # how far apart the lines of this paragraph stand
    for row, line in rows.lines:
        starts = before is None or _begins_paragraph(before, line, leading, own)
        if before is not None:
            text += "\n\n" if starts else "\n"
        body = _UNWRITABLE.sub("\ufffd", whole(_line_hyphens(row, rows.words)))
        markers = tuple(
            (len(text) + len(whole(row[:start])), len(text) + len(whole(row[:end]))) for start, end in line.markers
        )
        words = tuple((len(text) + len(whole(row[:at])), left, right) for at, left, right in line.words)
        end = len(text) + len(body)
        lines.append(
            replace(line, start=len(text), end=end, text=body.strip(), paragraph=starts, markers=markers, words=words)
        )
        text += body
        own = before.top - line.top if before is not None and not starts else 0.0
        before = line
    hidden: list[tuple[int, int, str]] = []
    for each in rows.hidden:
        at, row = lines[each.row].start, rows.lines[each.row][0]
        start, end = at + len(whole(row[: each.start])), at + len(whole(row[: each.end]))
        if each.whole:
            start, end = _sentence(text, start, end)
        hidden.append((start, end, each.why))
    hidden = _apart(hidden)
    lines = [replace(line, hidden=True) if _is_within(text, line, hidden) else line for line in lines]
    return RawPage(text, tuple(lines), rows.images, "pdfium", tuple(hidden), rows.scanned)


def _apart(stretches: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """In order, those that overlap made one, with the reason of the longer."""
    apart: list[tuple[int, int, str]] = []
    for start, end, why in sorted(stretches):
        if apart and start < apart[-1][1]:
            low, high, other = apart[-1]
            apart[-1] = (low, max(high, end), why if end - start > high - low else other)
        else:
            apart.append((start, end, why))
    return apart


def _is_within(text: str, line: Line, hidden: list[tuple[int, int, str]]) -> bool:
    """Whether nothing is left of a line without its hidden stretches."""
    at = line.start
    for start, end, _ in hidden:
        if start < line.end and end > line.start:
            if text[at : max(at, start)].strip():
                return False
            at = max(at, end)
    return at > line.start and not text[at : line.end].strip()


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch, widened to the sentences that it touches."""
    ends = [0, *(match.end() for match in _STOP.finditer(text)), len(text)]
    low = max(stop for stop in ends if stop <= start)
    high = min(stop for stop in ends if stop >= end)
    return low, low + len(text[low:high].rstrip())


def _begins_paragraph(before: Line, line: Line, leading: dict[int, float], own: float) -> bool:
    usual = leading.get(round(line.size)) or 1.3 * line.size or 14.0
    gap = before.top - line.top
    if -12 * usual < gap < -0.5 * usual and not line.text[:1].islower():
        return True  # the next cell of a table's row
    if gap < -2 * usual and before.text[-1:].islower():
        return False  # a paragraph that goes on at the top of the next column
    runs_on = before.bold and not line.bold and (before.text[-1:] in ".,;" or _goes_on(before, line))
    if abs(before.size - line.size) > 0.6 or (before.bold != line.bold and not runs_on):
        return True
    if usual < gap < 2.6 * line.size and (_goes_on(before, line) or abs(gap - own) < 0.05 * own):
        return False  # a box set wider than the rest
    return gap > 1.25 * usual or gap < -2 * usual


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a line can only be the rest of the one before."""
    return line.text[:1].islower() and (before.text[-1:].isalnum() or before.text[-1:] == ",")


def _line_hyphens(line: str, words: frozenset[str]) -> str:
    """Pdfium joins a word divided at a line's end by U+FFFE. Say whether the hyphen only divides or is the word's own."""
    if "\ufffe" not in line:
        return line
    out = []
    for word in line.split(" "):
        if "\ufffe" in word:
            bare = word.strip(_STRIP).lower()
            whole, hyphened = bare.replace("\ufffe", ""), bare.replace("\ufffe", "-")
            own = hyphened in words or (whole not in words and bare.split("\ufffe")[0] in _PREFIXES)
            word = word.replace("\ufffe", "\u2010" if own else "\xad")
        out.append(word)
    return " ".join(out)
