"""A page of a PDF as a picture, with where its words stand."""

import ctypes
import threading
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scr_llm.records import Span
from scr_llm.stages.read.rectangles import stretches

WIDTH = 1100
"""Pixels of a drawn page."""
_LONGEST = 4000
_LOCK = threading.Lock()  # pdfium serves one thread at a time


@dataclass(frozen=True)
class Box:
    """A rectangle, in hundredths of the page's width and height, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """A line of text and where it stands."""

    text: str
    box: Box


@lru_cache(maxsize=24)
def png(path: Path, number: int) -> bytes:
    """A page drawn. Raises OSError where pdfium cannot draw it."""
    with _LOCK:
        try:
            document = pdfium.PdfDocument(path)
        except pdfium.PdfiumError as error:
            raise OSError(str(error)) from error
        try:
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(WIDTH / max(width, 1.0), _LONGEST / max(height, 1.0))
            out = BytesIO()
            page.render(scale=scale, may_draw_forms=False).to_pil().save(out, "PNG", compress_level=1)
            return out.getvalue()
        except pdfium.PdfiumError as error:
            raise OSError(str(error)) from error
        finally:
            document.close()


@lru_cache(maxsize=64)
def lines(path: Path, text: str, number: int) -> tuple[Line, ...]:
    """The lines of a page, for selecting; nothing where they cannot be placed."""
    spans, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            spans.append(Span(page=number, start=at, end=at + len(line)))
        at += len(line) + 1
    placed = boxes(path, text, tuple(spans))
    return tuple(Line(text[s.start : s.end], found[0]) for s, found in zip(spans, placed, strict=True) if found)


@lru_cache(maxsize=256)
def boxes(path: Path, text: str, spans: tuple[Span, ...]) -> tuple[tuple[Box, ...], ...]:
    """Where stretches of one page's text stand on it; empty ones where they cannot be placed."""
    if not spans:
        return ()
    with _LOCK:
        try:
            document = pdfium.PdfDocument(path)
        except (pdfium.PdfiumError, OSError):
            return tuple(() for _ in spans)
        try:
            page = document[spans[0].page - 1]
            return tuple(tuple(_on_screen(page, box) for box in found) for found in stretches(page, text, spans))
        except pdfium.PdfiumError:
            return tuple(() for _ in spans)
        finally:
            document.close()


def _on_screen(page: pdfium.PdfPage, box: tuple[float, float, float, float]) -> Box:
    """A box of the page's own space as it is seen, turned and cropped as the page is."""
    x, y, fine = ctypes.c_int(), ctypes.c_int(), 100_000
    corners = []
    for across, up in ((box[0], box[1]), (box[2], box[3])):
        raw.FPDF_PageToDevice(page.raw, 0, 0, fine, fine, 0, across, up, ctypes.byref(x), ctypes.byref(y))
        corners.append((100 * x.value / fine, 100 * y.value / fine))
    (x1, y1), (x2, y2) = corners
    return Box(round(min(x1, x2), 3), round(min(y1, y2), 3), round(abs(x2 - x1), 3), round(abs(y2 - y1), 3))
