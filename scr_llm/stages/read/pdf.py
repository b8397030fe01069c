"""Pages and lines out of a PDF: pdfium gives the text, pypdf inspects the file and stands in where pdfium cannot."""

import io
import itertools
import statistics
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scr_llm.errors import UnreadableError


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
    """Font size of its first character, in points; 0 where unknown."""
    bold: bool
    """Whether that font is bold."""
    top: float
    """Distance of its top from the page's lower edge, in points."""
    paragraph: bool
    """Whether a paragraph begins here."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as drawn."""

    text: str
    """Line ends as newlines, paragraphs parted by two."""
    lines: tuple[Line, ...]
    """In reading order."""
    images: int
    """Images drawn on it."""
    engine: str
    """pdfium or pypdf."""


def open_pages(path: Path) -> tuple[RawPage, ...]:
    """Every page of a file.

    Raises:
        UnreadableError: with a reason for a person, where no page can be had.
    """
    content = path.read_bytes()
    if not content:
        raise UnreadableError("the file is empty (0 bytes).", next_step="Ask for it again, or copy it again.")
    if b"%PDF" not in content[:1024]:
        raise UnreadableError(
            f"this is not a PDF (it is a {path.suffix or 'nameless'} file).", next_step="Save or print it as a PDF, and drop that in."
        )
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "assword" in str(error):
            raise UnreadableError(
                "the file is encrypted with a password.", next_step="Ask the sender for a copy without one."
            ) from error
        return _by_pypdf(content, error)
    try:
        return tuple(_page(document, index) for index in range(len(document)))
    finally:
        document.close()


def _by_pypdf(content: bytes, cause: Exception) -> tuple[RawPage, ...]:
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says in its log is said here as a reason
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise UnreadableError(
                "the file is encrypted with a password.", next_step="Ask the sender for a copy without one."
            )
        pages = tuple(_plain(page.extract_text(), "pypdf") for page in reader.pages)
    except UnreadableError:
        raise
    except Exception as error:  # a broken file may raise anything at all in the library
        raise UnreadableError(
            "the file is broken: neither reader can open it.", next_step="Ask for it again, or copy it again."
        ) from error
    if not any(page.text.strip() for page in pages):
        raise UnreadableError(
            "the file is broken: no page can be read.", next_step="Ask for it again, or copy it again."
        ) from cause
    return pages


def _plain(text: str, engine: str) -> RawPage:
    lines, offset = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(Line(offset, offset + len(line), line.strip(), 0.0, False, 0.0, False))
        offset += len(line) + 1
    return RawPage(text, tuple(lines), 0, engine)


def _page(document: pdfium.PdfDocument, index: int) -> RawPage:
    page = document[index]
    textpage = page.get_textpage()
    try:
        printed = textpage.get_text_range()
        images = sum(1 for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=2))
        return _lay_out(printed, textpage, images)
    finally:
        textpage.close()
        page.close()


def _lay_out(printed: str, textpage: pdfium.PdfTextPage, images: int) -> RawPage:
    drafts: list[tuple[str, Line]] = []
    position = 0
    for row in printed.split("\r\n"):
        if row.strip():
            first = position + len(row) - len(row.lstrip())
            size = float(raw.FPDFText_GetFontSize(textpage.raw, first))
            bold = raw.FPDFText_GetFontWeight(textpage.raw, first) >= 600 or _bold_by_name(textpage, first)
            top = float(textpage.get_charbox(first, loose=True)[3])
            drafts.append((row.rstrip(), Line(0, 0, row.strip(), round(size, 1), bold, top, False)))
        position += len(row) + 2
    gaps = [a.top - b.top for (_, a), (_, b) in itertools.pairwise(drafts) if 2 < a.top - b.top < 40]
    usual = statistics.median(gaps) if gaps else 14.0
    words = _words(printed)
    text = ""
    lines: list[Line] = []
    for number, (line_text, line) in enumerate(drafts):
        starts = False
        if number:
            before = drafts[number - 1][1]
            gap = before.top - line.top
            starts = gap > 1.25 * usual or gap < -2 * usual or abs(before.size - line.size) > 0.6 or before.bold != line.bold
            if gap < -2 * usual and before.text[-1:].islower():
                starts = False  # a paragraph that goes on at the top of the next column
            text += "\n\n" if starts else "\n"
        body = _line_hyphens(line_text, words)
        lines.append(replace(line, start=len(text), end=len(text) + len(body), text=body.strip(), paragraph=starts or not number))
        text += body
    return RawPage(text, tuple(lines), images, "pdfium")


def _bold_by_name(textpage: pdfium.PdfTextPage, index: int) -> bool:
    import ctypes

    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage.raw, index, buffer, 128, ctypes.byref(flags))
    return b"bold" in buffer.value.lower()


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip(".,;:()“”‘’'\"").lower() for word in text.split())


def _line_hyphens(line: str, words: frozenset[str]) -> str:
    """Pdfium joins a word divided at a line's end by U+FFFE. Say whether the hyphen only divides or is the word's own."""
    if "\ufffe" not in line:
        return line
    out = []
    for word in line.split(" "):
        if "\ufffe" in word:
            bare = word.strip(".,;:()“”‘’'\"").lower()
            whole, hyphened = bare.replace("\ufffe", ""), bare.replace("\ufffe", "-")
            own = hyphened in words or (whole not in words and bare.split("\ufffe")[0] in _PREFIXES)
            word = word.replace("\ufffe", "\u2010" if own else "\xad")
        out.append(word)
    return " ".join(out)


_PREFIXES = frozenset(
    {"multi", "co", "self", "non", "ante", "post", "pre", "well", "long", "single", "inter", "cross", "re", "mid", "ex", "semi", "half"}
)
