"""The letters of a page as the file gives them: rows, boxes, sizes and rotations.

They are read from pdfium without making an object for each letter.
"""

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from scr_llm.stages.read.drawing import Box, Drawing

SMALLEST = 3.0
"""Font size in points, as drawn, below which text counts as hidden."""
_LOW = 0.4
"""Least height of a word's ink, as a share of its font size."""

Rows = Sequence[tuple[int, str]]
"""A page's rows: the index of the first character by pdfium's count, and the text."""


def printed(textpage: pdfium.PdfTextPage) -> str:
    """A page's text, with one character for each that pdfium counts.

    Pdfium counts a character beyond the first Unicode plane as two halves.
    """
    text = str(textpage.get_text_range())
    if text.isascii() or max(text) <= "\uffff":
        return text
    return "".join(map(chr, memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")))


def whole(text: str) -> str:
    """Such a text with its halves joined again; a half on its own becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def rows_of(printed: str) -> list[tuple[int, str]]:
    """The rows of a page's text that are not blank, each with the index of its first character by pdfium's count."""
    found, position = [], 0
    for row in printed.split("\r\n"):
        if row.strip():
            found.append((position, row))
        position += len(row) + 2
    return found


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the file gives it."""

    first: int
    """Index of its first character by pdfium's count."""
    text: str
    boxes: tuple[Box, ...]
    """One for each character if the word is to be examined closely; otherwise those of the first and the last."""
    box: Box
    """The box around the whole word."""


class Letters:
    """The letters of a page."""

    def __init__(self, textpage: pdfium.PdfTextPage) -> None:
        self._textpage = textpage.raw
        self._edges = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(edge) for edge in self._edges]
        self._matrix = raw.FS_MATRIX()
        self._boxes: dict[int, Box] = {}

    def box(self, index: int) -> Box:
        """The box around a character's ink."""
        if (known := self._boxes.get(index)) is not None:
            return known
        raw.FPDFText_GetCharBox(self._textpage, index, *self._pointers)
        left, right, bottom, top = self._edges
        box = self._boxes[index] = left.value, bottom.value, right.value, top.value
        return box

    def word(self, first: int, text: str, *, closely: bool = True) -> Word:
        """The word that begins at a character, with the boxes of all its letters or only the first and the last."""
        last = first + len(text) - 1
        boxes = tuple(map(self.box, range(first, last + 1) if closely or last - first < 2 else (first, last)))
        inked = [box for box in boxes if box[2] > box[0] and box[3] > box[1]] or [boxes[0]]
        if len(inked) == 1:
            return Word(first, text, boxes, inked[0])
        if len(inked) == 2:  # most words, unless their letters are examined
            (left, bottom, right, top), (x0, y0, x1, y1) = inked
            around = (
                left if left < x0 else x0,
                bottom if bottom < y0 else y0,
                right if right > x1 else x1,
                top if top > y1 else y1,
            )
            return Word(first, text, boxes, around)
        lefts, bottoms, rights, tops = zip(*inked, strict=True)
        return Word(first, text, boxes, (min(lefts), min(bottoms), max(rights), max(tops)))

    def is_tiny(self, word: Word) -> bool:
        """Whether a word's font size as drawn, or the height of its ink, is below the smallest that counts."""
        left, bottom, right, top = word.box
        height = min(right - left, top - bottom) if len(word.text) > 1 else max(right - left, top - bottom)
        if height >= 4 * SMALLEST:
            return False
        if height < _LOW * SMALLEST:
            return True
        size = raw.FPDFText_GetFontSize(self._textpage, word.first)
        if not raw.FPDFText_GetMatrix(self._textpage, word.first, self._matrix):
            return False
        return bool(size * math.hypot(self._matrix.c, self._matrix.d) < SMALLEST - 0.01)

    def quarter(self, word: Word, drawing: Drawing) -> int | None:
        """The anticlockwise quarter-turns by which a word is rotated on the displayed page; None where it slants."""
        turns = -raw.FPDFText_GetCharAngle(self._textpage, word.first) / (math.pi / 2)  # pdfium counts clockwise
        return None if abs(turns - round(turns)) > 0.05 else (round(turns) - drawing.turned) % 4

    def is_drawn(self, index: int) -> bool:
        """Whether a character is in the file itself, and not a space or line end that pdfium added."""
        return not raw.FPDFText_IsGenerated(self._textpage, index)
