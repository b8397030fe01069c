"""Recognise the text of scanned pages on this machine, with the optional extra `ocr`.

The extra is rapidocr; its models come with the package.
"""

import functools
import importlib.util
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2 as pdfium

from scr_llm.stages.read.layout import Line, RawPage
from scr_llm.stages.read.pdf import FEW

DOTS = 150
"""Dots per inch at which a page is drawn for recognition; more gave no fewer errors (bench/scans.py)."""
_SAME_ROW = 0.5
"""Largest distance between the middles of two pieces of one line, as a share of the line's height."""


class _Piece(NamedTuple):
    """A recognised piece of text, and where it is in the image, in pixels. Pieces sort from top to bottom."""

    upper: float
    lower: float
    left: float
    text: str

    @property
    def middle(self) -> float:
        return (self.upper + self.lower) / 2


def is_installed() -> bool:
    """Whether the extra is installed, with its models: nothing is ever downloaded."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None or importlib.util.find_spec("onnxruntime") is None:
        return False
    return len(list((Path(spec.origin).parent / "models").glob("*.onnx"))) >= 3


def recognised(content: bytes, pages: tuple[RawPage, ...]) -> tuple[RawPage, ...]:
    """The pages of a file, with the text recognised on those that have an image and almost no text."""
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
    boxes = result.boxes if result.boxes is not None else ()
    pieces = [_piece(box, str(words)) for box, words in zip(boxes, result.txts or (), strict=True)]
    rows: list[list[_Piece]] = []
    for piece in sorted(piece for piece in pieces if piece.text):
        if rows and abs(piece.middle - rows[-1][0].middle) < _SAME_ROW * (piece.lower - piece.upper):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    text, lines, before = "", [], None
    for row in rows:
        row.sort(key=lambda piece: piece.left)
        words, upper, tall = " ".join(piece.text for piece in row), row[0].upper, row[0].lower - row[0].upper
        starts = before is None or upper - before > 1.9 * tall
        if text:
            text += "\n\n" if starts else "\n"
        lines.append(
            Line(
                start=len(text),
                end=len(text) + len(words),
                text=words,
                size=0.0,
                bold=False,
                top=height - upper * 72 / DOTS,
                paragraph=starts,
            )
        )
        text, before = text + words, upper
    return RawPage(text, tuple(lines), images, "ocr", scanned=True)


def _piece(box: Any, words: str) -> _Piece:
    """A piece from the corners of its box."""
    heights = [float(y) for _, y in box]
    left = float(min(x for x, _ in box))
    return _Piece(min(heights), max(heights), left, words.replace("\n", " ").strip())
