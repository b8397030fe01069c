"""Text that a reader of the printed page cannot see: found by drawing the page and looking whether each word leaves any ink.

A word is hidden where it is drawn invisibly and no image lies under it, where nothing shows in its place (the page's own colour, covered by
a box, clipped or transparent), off the page, or under 3 points. Words drawn invisibly over an image are the text layer of a scan.
"""

import ctypes
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

SMALLEST = 3.0
"""Points of height under which text counts as hidden."""
_INK = 16
"""Least difference between the lightest and the darkest pixel (0-255) of a word that can be seen."""
_LONGEST = 1500
"""Pixels that the longer edge of the drawn page has at most."""
_INVISIBLE = frozenset({3, 7})
"""Text render modes that leave no ink (ISO 32000, table 106)."""
_WORD = re.compile(r"\S*\w\S*")


Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points of the page's own space."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Words of one row that cannot be seen."""

    row: int
    """Number of the row on its page, from 0."""
    start: int
    """Offset in the row."""
    end: int
    """Offset behind."""
    why: str
    """What makes it invisible."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What drawing a page showed."""

    hidden: tuple[Hidden, ...]
    """In reading order; neighbours of one kind are one."""
    scanned: bool
    """Whether its text lies invisibly over an image: recognised by a machine, not typed."""


def look(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, rows: Sequence[tuple[int, str]]) -> Looked:
    """Draw a page and look for each word of its rows (index of the first character, text)."""
    if not rows:
        return Looked((), False)
    width, height = page.get_size()
    scale = min(1.0, _LONGEST / max(width, height, 1.0))
    bitmap = page.render(scale=scale, grayscale=True)
    drawn, boxes = _Drawn(page, bitmap), _Boxes(textpage)
    found: list[Hidden] = []
    over_image = total = 0
    images: list[tuple[float, float, float, float]] | None = None
    for number, (first, row) in enumerate(rows):
        for word in _WORD.finditer(row):
            total += 1
            box, size = boxes.word(first + word.start(), first + word.end() - 1)
            if _is_invisible(textpage, first + word.start()):
                images = _image_boxes(page) if images is None else images
                if any(_inside(box, image) for image in images):
                    over_image += 1
                    continue
                why: str | None = "drawn invisibly"
            else:
                why = f"smaller than {SMALLEST:g} points" if size < 0.9 * SMALLEST else drawn.why_unseen(box)
            if why:
                _add(found, Hidden(number, word.start(), word.end(), why), row)
    bitmap.close()
    return Looked(tuple(found), over_image * 2 > total)


def _add(found: list[Hidden], word: Hidden, row: str) -> None:
    last = found[-1] if found else None
    if last and (last.row, last.why) == (word.row, word.why) and not row[last.end : word.start].strip():
        found[-1] = Hidden(last.row, last.start, word.end, last.why)
    else:
        found.append(word)


class _Drawn:
    """A page's pixels, asked by boxes in the page's space."""

    def __init__(self, page: pdfium.PdfPage, bitmap: pdfium.PdfBitmap) -> None:
        self._width, self._height, self._stride = bitmap.width, bitmap.height, bitmap.stride
        self._pixels = bytes(bitmap.buffer)
        origin, right, up = (self._device(page, *point) for point in ((0, 0), (1000, 0), (0, 1000)))
        self._x = ((right[0] - origin[0]) / 1000, (up[0] - origin[0]) / 1000, origin[0])
        self._y = ((right[1] - origin[1]) / 1000, (up[1] - origin[1]) / 1000, origin[1])

    def _device(self, page: pdfium.PdfPage, x: float, y: float) -> tuple[int, int]:
        left, top = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page.raw, 0, 0, self._width, self._height, 0, x, y, ctypes.byref(left), ctypes.byref(top))
        return left.value, top.value

    def why_unseen(self, box: Box) -> str | None:
        """Why nothing shows within a box; None where something does."""
        left, bottom, right, top = box
        (xx, xy, x_at), (yx, yy, y_at) = self._x, self._y
        x0, x1 = xx * left + xy * bottom + x_at, xx * right + xy * top + x_at
        y0, y1 = yx * left + yy * bottom + y_at, yx * right + yy * top + y_at
        x_low, x_high = (int(x0), int(x1) + 1) if x0 < x1 else (int(x1), int(x0) + 1)
        y_low, y_high = (int(y0), int(y1) + 1) if y0 < y1 else (int(y1), int(y0) + 1)
        if x_high <= 1 or y_high <= 1 or x_low >= self._width or y_low >= self._height:
            return "off the page"
        x_low, y_low, x_high, y_high = max(0, x_low), max(0, y_low), min(self._width, x_high), min(self._height, y_high)
        pixels, stride = self._pixels, self._stride
        low, high, middle = 255, 0, (y_low + y_high) // 2
        for y in (middle, *range(y_low, y_high)):  # most ink lies in the middle of a line
            line = pixels[y * stride + x_low : y * stride + x_high]
            low, high = min(low, min(line)), max(high, max(line))
            if high - low >= _INK:
                return None
        return "in the colour of what lies around it, or covered"


class _Boxes:
    """Boxes of letters, asked of pdfium without making an object for each."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._textpage = textpage.raw
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(edge) for edge in self._edges]
        self._loose = raw.FS_RECTF()

    def word(self, first: int, last: int) -> tuple[Box, float]:
        """The box around a word's ink, and the height of its line in points."""
        ask, (left, right, bottom, top) = raw.FPDFText_GetCharBox, self._edges
        ask(self._textpage, first, *self._pointers)
        x0, x1, y0, y1 = left.value, right.value, bottom.value, top.value
        if last != first:
            ask(self._textpage, last, *self._pointers)
            x0, x1, y0, y1 = min(x0, left.value), max(x1, right.value), min(y0, bottom.value), max(y1, top.value)
        height = min(x1 - x0, y1 - y0)
        if height < 2 * SMALLEST and raw.FPDFText_GetLooseCharBox(self._textpage, first, self._loose):
            height = min(abs(self._loose.top - self._loose.bottom), max(abs(self._loose.right - self._loose.left), x1 - x0))
        return (x0, y0, x1, y1), height


def _is_invisible(textpage: pdfium.PdfTextPage, index: int) -> bool:
    drawn = raw.FPDFText_GetTextObject(textpage.raw, index)
    return bool(drawn) and raw.FPDFTextObj_GetTextRenderMode(drawn) in _INVISIBLE


def _image_boxes(page: pdfium.PdfPage) -> list[Box]:
    boxes = []
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        boxes.append(each.get_bounds())
    return boxes


def _inside(box: Box, image: Box) -> bool:
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return image[0] <= middle[0] <= image[2] and image[1] <= middle[1] <= image[3]
