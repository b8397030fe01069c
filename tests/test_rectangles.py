"""Rectangles of evidence lie on its ink, and hold its words and no others."""

import re
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from scr_llm.records import Span
from scr_llm.stages.read import read
from scr_llm.stages.read.rectangles import stretches

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "fixtures").glob("batch-*/*.pdf"))


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_rectangles_hold_the_text(path: Path) -> None:
    reading = read(path, "d", cross_check="off")
    document = pdfium.PdfDocument(path)
    seen = 0
    for item in reading.items[:12]:
        for span in item.spans:
            text = reading.pages[span.page - 1].text
            page = document[span.page - 1]
            (boxes,) = stretches(page, text, [span])
            assert bare("".join(page.get_textpage().get_text_bounded(*box) for box in boxes)) == bare(
                text[span.start : span.end]
            )
            assert len(boxes) <= text[span.start : span.end].count("\n") + 1
            seen += 1
    assert seen


def test_the_pixels_under_the_rectangles_are_the_text() -> None:
    """Wiped, the page has lost just those words; everything outside is as it was."""
    path = FILES[0]
    reading = read(path, "d", cross_check="off")
    span = reading.items[0].spans[0]
    page = pdfium.PdfDocument(path)[span.page - 1]
    scale = 2
    image = page.render(scale=scale, grayscale=True).to_pil()
    (boxes,) = stretches(page, reading.pages[span.page - 1].text, [span])
    for left, bottom, right, top in boxes:
        box = [round(v * scale) for v in (left, page.get_height() - top, right, page.get_height() - bottom)]
        inside = image.crop((box[0], box[1], box[2], box[3]))
        dark = sum(inside.histogram()[:128])
        assert 0.04 < dark / (inside.width * inside.height) < 0.6
        beside = image.crop((box[2] + 4, box[1], image.width, box[3]))
        last = text_end(reading.pages[span.page - 1].text, span)
        assert not last or sum(beside.histogram()[:128]) == 0


def text_end(text: str, span: Span) -> bool:
    """Whether the span ends its line."""
    return text[span.end : span.end + 1] in ("", "\n")
