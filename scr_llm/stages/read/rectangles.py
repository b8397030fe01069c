"""Find where on the printed page a stretch of its text stands, for highlighting."""

import ctypes
from collections.abc import Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scr_llm.records import Span
from scr_llm.stages.read.drawing import Box
from scr_llm.stages.read.letters import printed, rows_of, whole


def stretches(page: pdfium.PdfPage, text: str, spans: Sequence[Span]) -> list[tuple[Box, ...]]:
    """The boxes of several stretches of one open page, one box a line.

    A box is left, bottom, right, top, in points of the page's own space, from its lower left corner.

    Args:
        page: the open page.
        text: the reading's text of that page.
        spans: the stretches.

    Returns:
        The boxes of each stretch; none for any of them where the page has other lines than the text.
    """
    textpage = page.get_textpage()
    rows = rows_of(printed(textpage))
    lines = [line for line in text.split("\n") if line.strip()]
    found: list[list[Box]] = [[] for _ in spans]
    if len(lines) != len(rows):
        return [() for _ in spans]
    at = 0
    for line, (first, row) in zip(lines, rows, strict=True):
        start = text.index(line, at)
        at = start + len(line)
        for boxes, span in zip(found, spans, strict=True):
            low, high = max(span.start, start), min(span.end, at)
            if low < high:
                begin, end = _counted(row, low - start), _counted(row, high - start)
                boxes += _boxes(textpage, first + begin, end - begin)
    return [tuple(boxes) for boxes in found]


def _counted(row: str, offset: int) -> int:
    """An offset in a line of the reading, converted to pdfium's count."""
    return offset if row.isascii() else len(whole(row)[:offset].encode("utf-16-le", "surrogatepass")) // 2


def _boxes(textpage: pdfium.PdfTextPage, first: int, count: int) -> list[Box]:
    found: list[Box] = []
    edges = [ctypes.c_double() for _ in range(4)]
    for index in range(raw.FPDFText_CountRects(textpage.raw, first, count)):
        if raw.FPDFText_GetRect(textpage.raw, index, *(ctypes.byref(edge) for edge in edges)):
            left, top, right, bottom = (edge.value for edge in edges)
            box = (left, bottom, right, top)
            if found and _continues(found[-1], box):
                last = found[-1]
                found[-1] = (min(last[0], left), min(last[1], bottom), max(last[2], right), max(last[3], top))
            else:
                found.append(box)
    return found


def _continues(one: Box, other: Box) -> bool:
    """Whether the second box continues the line of the first: some files draw each letter separately."""
    heights = one[3] - one[1], other[3] - other[1]
    shared_height = min(one[3], other[3]) - max(one[1], other[1])
    gap = other[0] - one[2]
    return shared_height > 0.3 * min(heights) and -max(heights) < gap < max(heights)
