"""Whether a letter is drawn as what the file says it is: its ink against the same letter in the standard fonts that pdfium brings.

Nothing of the file's own fonts is believed, neither their maps nor their names for glyphs: only what is drawn counts. A letter is
contradicted where its ink looks clearly more like another letter than like the one it is said to be. Typefaces that look like nothing
standard are therefore never contradicted. Letters without accents and digits are compared, whatever their case.
"""

import ctypes
import functools
import string
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from scr_llm.stages.read.drawing import CLOSE, Box, Drawing

LETTERS = frozenset(string.ascii_letters + string.digits)
"""What is compared."""
_ALIKE = ("ao0q", "li1j", "b6", "9qg", "tf")
"""Letters that are not told apart by their shape alone: size and place on the line are not looked at. Nor is case."""

class _Bounds(NamedTuple):
    """When a shape counts as another letter."""

    other: float
    """Likeness (0-1) to that letter, at least."""
    clearly: float
    """How much more it is like that letter than like its own, at least."""


_SUSPECTED, _CONTRADICTED = _Bounds(0.55, 0.1), _Bounds(0.7, 0.2)
"""At a glance, and on a closer look."""
_GRID = 16
_SMALL = 9
"""Pixels of height under which a letter is looked at more closely before anything is said of it."""
_FAINT = 24
"""Grey levels between ink and ground under which a shape cannot be told."""
_STYLES = (
    "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique", "Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic", "Courier", "Courier-Bold",
)  # fmt: skip


class Shape(NamedTuple):
    """Ink fitted to a square."""

    bits: int
    """The square, row by row, ink as 1."""
    aspect: float
    """Width by height of the ink before it was fitted."""


class Letter(NamedTuple):
    """A letter as the file has it."""

    claimed: str
    """What it is said to be."""
    box: Box
    """Where it is drawn."""


def contradicted(drawing: Drawing, letters: Sequence[Letter], box: Box, quarter: int) -> bool:
    """Whether a word's ink contradicts any of its letters.

    Args:
        drawing: the page.
        letters: those of its letters that are compared.
        box: around the word.
        quarter: by how many quarters of a turn, anticlockwise, the word stands on the page as displayed.
    """
    seen = drawing.around(box, 1)
    tones = None if seen is None else _tones(seen[0].crop(seen[1]))
    if tones is None:
        return False
    suspected = [
        letter for letter in letters
        if (at := drawing.again(letter.box)) is not None and _is_suspect(letter.claimed, at[2] - at[0], drawing.pixels(at), tones, quarter)
    ]  # fmt: skip
    return bool(suspected) and _on_a_closer_look(drawing, suspected, box, quarter)


@functools.lru_cache(maxsize=20_000)
def _is_suspect(claimed: str, width: int, pixels: bytes, tones: "_Tones", quarter: int) -> bool:
    """Whether a letter should be looked at more closely. The same letter is drawn by the same pixels again and again."""
    height = len(pixels) // width
    if min(width, height) < 3 or max(width, height) < _SMALL:
        return True
    shape = _shape(_ink(Image.frombytes("L", (width, height), pixels), tones), quarter)
    return shape is not None and _looks_like_another(claimed, shape, _SUSPECTED)


def _on_a_closer_look(drawing: Drawing, letters: Sequence[Letter], box: Box, quarter: int) -> bool:
    close = drawing.closely(box)
    if close is None:
        return False
    image, left, upper = close
    tones = _tones(image)
    if tones is None:
        return False
    ink = _ink(image, tones)
    for letter in letters:
        shown = drawing.shown(letter.box)
        if shown is None:
            continue
        x0, y0, x1, y1 = ((shown[0] - left) * CLOSE, (shown[1] - upper) * CLOSE, (shown[2] - left) * CLOSE, (shown[3] - upper) * CLOSE)
        shape = _shape(ink.crop((round(x0), round(y0), round(x1), round(y1))), quarter)
        if shape is not None and _looks_like_another(letter.claimed, shape, _CONTRADICTED):
            return True
    return False


class _Tones(NamedTuple):
    """How ink is told from its ground."""

    middle: float
    """Grey level (0-255) between them."""
    dark: bool
    """Whether the ink is the darker."""


def _tones(image: Image.Image) -> _Tones | None:
    """Of a word with a little of its ground around it; None where too little shows."""
    low, high = image.getextrema()
    ground = image.getpixel((0, 0))
    assert isinstance(low, int | float) and isinstance(high, int | float) and isinstance(ground, int | float)
    return None if high - low < _FAINT else _Tones((low + high) / 2, ground >= (low + high) / 2)


def _ink(image: Image.Image, tones: _Tones) -> Image.Image:
    """White where there is ink."""
    return image.point([255 * ((grey < tones.middle) == tones.dark) for grey in range(256)])


def _shape(ink: Image.Image, quarter: int) -> Shape | None:
    box = ink.getbbox()
    if box is None:
        return None
    ink = ink.crop(box)
    if quarter:
        ink = ink.transpose((Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90)[quarter - 1])
    aspect = ink.width / ink.height
    fitted = ink.resize((_GRID, _GRID), Image.Resampling.BOX).convert("1", dither=Image.Dither.NONE)
    return Shape(int.from_bytes(fitted.tobytes(), "big"), aspect)


def _looks_like_another(claimed: str, shape: Shape, bounds: _Bounds) -> bool:
    own, others = _references()[claimed]
    mine = 0.0
    for each in own:
        mine = max(mine, _likeness(shape, each))
        if mine > 1 - bounds.clearly:
            return False
    least = max(bounds.other, mine + bounds.clearly)
    return any(_likeness(shape, other) >= least for other in others)


def _likeness(one: Shape, other: Shape) -> float:
    """Shared ink of all ink, less where one is much wider than the other."""
    shared, both = (one.bits & other.bits).bit_count(), (one.bits | other.bits).bit_count()
    narrower = min(one.aspect, other.aspect) / max(one.aspect, other.aspect)
    return shared / both * min(1.0, 1.4 * narrower) if both else 0.0


@functools.cache
def _references() -> dict[str, tuple[tuple[Shape, ...], tuple[Shape, ...]]]:
    """For each letter: the shapes that it may have, and those that only other letters have."""
    drawn: dict[str, list[Shape]] = {letter: [] for letter in sorted(LETTERS)}
    document = pdfium.PdfDocument.new()
    try:
        for style in _STYLES:
            for letter, shape in _alphabet(document, style):
                drawn[letter].append(shape)
    finally:
        document.close()
    alike = {letter: _alike(letter) for letter in drawn}
    return {
        letter: (
            tuple(shape for each in (letter, *sorted(alike[letter] - {letter})) for shape in drawn[each]),
            tuple(shape for each in drawn if each not in alike[letter] for shape in drawn[each]),
        )
        for letter in drawn
    }


def _alike(letter: str) -> frozenset[str]:
    lower = {letter.lower(), *(each for group in _ALIKE if letter.lower() in group for each in group)}
    return frozenset(each for each in LETTERS if each.lower() in lower)


def _alphabet(document: pdfium.PdfDocument, style: str) -> Iterator[tuple[str, Shape]]:
    """Every letter of a standard font."""
    size, step = 24.0, 32
    page = document.new_page(step * (len(LETTERS) + 1), 2 * step)
    for number, letter in enumerate(sorted(LETTERS)):
        each = raw.FPDFPageObj_NewTextObj(document.raw, style.encode(), size)
        encoded = (letter + "\0").encode("utf-16-le")
        text = ctypes.create_string_buffer(encoded, len(encoded))
        raw.FPDFText_SetText(each, ctypes.cast(text, raw.FPDF_WIDESTRING))
        raw.FPDFPageObj_Transform(each, 1, 0, 0, 1, step // 2 + number * step, step)
        raw.FPDFPage_InsertObject(page.raw, each)
    drawing = Drawing(page)
    for index in range(raw.FPDFPage_CountObjects(page.raw)):
        edges = [ctypes.c_float() for _ in range(4)]
        raw.FPDFPageObj_GetBounds(raw.FPDFPage_GetObject(page.raw, index), *(ctypes.byref(edge) for edge in edges))
        left, bottom, right, top = (edge.value for edge in edges)
        seen = drawing.around((left - 1, bottom - 1, right + 1, top + 1))
        assert seen is not None
        image = seen[0].crop(seen[1])
        tones = _tones(image)
        shape = None if tones is None else _shape(_ink(image, tones), 0)
        assert shape is not None
        yield sorted(LETTERS)[index], shape
