"""A page of a PDF as a picture, and where its words are in it. Runs in a separate process (see `drawing`)."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scr_llm.records import Span
from scr_llm.stages.read.opening import open_document
from scr_llm.stages.read.rectangles import stretches

WIDTH = 1100
"""Pixels across a picture."""
_LONGEST = 4000
"""Most pixels down a picture."""


@dataclass(frozen=True)
class Box:
    """A rectangle, in hundredths of the page's width and height, from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """A line of text and where it is."""

    text: str
    box: Box


@dataclass(frozen=True)
class Layout:
    """Where words of a page are in its picture; empty if they cannot be placed."""

    marks: tuple[Box, ...] = ()
    """Boxes over its quotes."""
    lines: tuple[Line, ...] = ()
    """All its lines, so that words can be selected."""
    quotes: tuple[int, ...] = ()
    """For each box over a quote, the number of the quote, from 0."""


def png(path: Path, number: int) -> bytes:
    """Draw a page (PNG).

    Raises:
        OSError: pdfium cannot draw it.
    """
    with _opened(path, number) as page:
        width, height = page.get_size()
        scale = min(WIDTH / max(width, 1.0), _LONGEST / max(height, 1.0))
        out = BytesIO()
        page.render(scale=scale, may_draw_forms=False).to_pil().save(out, "PNG", compress_level=1)
        return out.getvalue()


def layout(path: Path, number: int, text: str, quotes: tuple[Span, ...]) -> Layout:
    """Find where the quotes and lines of a page are in its picture.

    Raises:
        OSError: pdfium cannot read it.
    """
    lines, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append(Span(page=number, start=at, end=at + len(line)))
        at += len(line) + 1
    with _opened(path, number) as page:
        placed = [tuple(_on_screen(page, box) for box in found) for found in stretches(page, text, (*quotes, *lines))]
    marks, rows = placed[: len(quotes)], placed[len(quotes) :]
    return Layout(
        tuple(box for found in marks for box in found),
        tuple(Line(text[s.start : s.end], found[0]) for s, found in zip(lines, rows, strict=True) if found),
        tuple(number for number, found in enumerate(marks) for _ in found),
    )


@contextmanager
def _opened(path: Path, number: int) -> Iterator[pdfium.PdfPage]:
    try:
        document = open_document(path)
        try:
            yield document[number - 1]
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        raise OSError(str(error)) from error


def _on_screen(page: pdfium.PdfPage, box: tuple[float, float, float, float]) -> Box:
    """A box in the page's own coordinates as it is seen, rotated and cropped like the page."""
    x, y, fine = ctypes.c_int(), ctypes.c_int(), 100_000
    corners = []
    for across, up in ((box[0], box[1]), (box[2], box[3])):
        raw.FPDF_PageToDevice(page.raw, 0, 0, fine, fine, 0, across, up, ctypes.byref(x), ctypes.byref(y))
        corners.append((100 * x.value / fine, 100 * y.value / fine))
    (x1, y1), (x2, y2) = corners
    return Box(round(min(x1, x2), 3), round(min(y1, y2), 3), round(abs(x2 - x1), 3), round(abs(y2 - y1), 3))
