"""Text of scanned pages, recognised on this machine by the optional extra `ocr` (rapidocr; its models come with the package)."""

import functools
import importlib.util
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from scr_llm.stages.read.pdf import FEW, Line, RawPage

DOTS = 150
"""Dots an inch at which a page is drawn for recognition; more gave no fewer errors (bench/scans.py)."""
_SAME_ROW = 0.5
"""Part of a line's height that the middles of two pieces of one line differ by, at most."""


def is_installed() -> bool:
    """Whether the extra is there, with its models: nothing is ever fetched."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None or importlib.util.find_spec("onnxruntime") is None:
        return False
    return len(list((Path(spec.origin).parent / "models").glob("*.onnx"))) >= 3


def recognised(content: bytes, pages: tuple[RawPage, ...]) -> tuple[RawPage, ...]:
    """The pages of a file, those that are an image and almost no text recognised."""
    wanted = [index for index, page in enumerate(pages) if page.images and len(page.text.strip()) < FEW]
    if not wanted:
        return pages
    found = list(pages)
    document = pdfium.PdfDocument(content)
    try:
        for index in wanted:
            page = document[index]
            image = page.render(scale=DOTS / 72, grayscale=False).to_numpy()
            found[index] = _page(_engine()(image), page.get_height(), pages[index].images)
    finally:
        document.close()
    return tuple(found)


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def _page(result: Any, height: float, images: int) -> RawPage:
    pieces = []
    for box, words in zip(result.boxes if result.boxes is not None else (), result.txts or (), strict=True):
        upper, lower = (min(p[1] for p in box), max(p[1] for p in box))
        pieces.append(
            (float(upper), float(lower), float(min(p[0] for p in box)), str(words).replace("\n", " ").strip())
        )
    rows: list[list[tuple[float, float, float, str]]] = []
    for piece in sorted(p for p in pieces if p[3]):
        middle = (piece[0] + piece[1]) / 2
        if rows and abs(middle - (rows[-1][0][0] + rows[-1][0][1]) / 2) < _SAME_ROW * (piece[1] - piece[0]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    text, lines, before = "", [], None
    for row in rows:
        row.sort(key=lambda p: p[2])
        words, upper, tall = " ".join(p[3] for p in row), row[0][0], row[0][1] - row[0][0]
        starts = before is None or upper - before > 1.9 * tall
        text += ("\n\n" if starts else "\n") if text else ""
        lines.append(Line(len(text), len(text) + len(words), words, 0.0, False, height - upper * 72 / DOTS, starts))
        text, before = text + words, upper
    return RawPage(text, tuple(lines), images, "ocr", scanned=True)
