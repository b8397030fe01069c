"""Where quotes are printed in a file, on all its pages. Meant for a process of its own: the file may be hostile."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium

from scr_llm.records import Span
from scr_llm.stages.read.drawing import Box
from scr_llm.stages.read.opening import contents
from scr_llm.stages.read.rectangles import stretches


@dataclass(frozen=True)
class Places:
    """Where stretches of a document's text are printed."""

    boxes: tuple[tuple[Box, ...], ...] = ()
    """For each stretch, one box a line; none where the page has other lines than the text."""
    origins: tuple[tuple[float, float], ...] = ()
    """Left and bottom of each page's media box, in the same space as the boxes."""


def places(path: Path, sha256: str, texts: Sequence[str], spans: Sequence[Span]) -> Places:
    """Find stretches of a document's text on its pages.

    Args:
        path: the file.
        sha256: its checksum.
        texts: the reading's text of each page.
        spans: the stretches.

    Raises:
        OSError: pdfium cannot open the file.
        ScrError: the file is not the one that was read, or not a PDF.
    """
    content = contents(path, sha256=sha256)
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise OSError(str(error)) from error
    found: dict[int, tuple[Box, ...]] = {}
    origins = []
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        left, bottom, *_ = page.get_mediabox()
        origins.append((left, bottom))
        here = [n for n, span in enumerate(spans) if span.page == number]
        if here and number <= len(texts):
            boxes = stretches(page, texts[number - 1], [spans[n] for n in here])
            found.update(zip(here, boxes, strict=True))
        page.close()
    document.close()
    return Places(tuple(found.get(n, ()) for n in range(len(spans))), tuple(origins))
