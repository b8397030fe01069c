"""Check that each letter is drawn as the letter the file says it is.

Its ink is compared with the same letter in the standard fonts that come with pdfium. Nothing in the file's own fonts is
trusted, neither their maps nor their glyph names: only what is drawn counts. A letter is contradicted where its ink
looks clearly more like another letter than like the one claimed. Typefaces unlike anything standard are therefore never
contradicted. Digits and unaccented letters of either case are compared.
"""

import ctypes
import functools
import re
import string
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from scr_llm.stages.read.drawing import CLOSE, Box, Drawing, Glance, Part, ground

LETTERS = frozenset(string.ascii_letters + string.digits)
"""What is compared."""
_ALIKE = ("ao0q", "li1j", "b6", "9qg", "tfl")
"""Letters whose shapes alone do not distinguish them: size, position on the line and case are ignored."""


class _Bounds(NamedTuple):
    """When a shape counts as another letter."""

    own: float
    """Likeness (0-1) to its own letter at which it is accepted."""
    other: float
    """Least likeness to the other letter."""
    clearly: float
    """Least amount by which it is more like the other letter than its own."""


_SUSPECTED = _Bounds(own=0.66, other=0.52, clearly=0.08)
"""At a glance."""
_CONTRADICTED = _Bounds(own=0.8, other=0.65, clearly=0.18)
"""On a closer look."""
_GRID = 16
"""Pixels along each side of the square to which a letter's ink is fitted."""
_SMALL = 9
"""Height or width in pixels below which a letter always gets a closer look."""
LIGATURE = re.compile(r"ff[ijl]|tti|f[fijltbhk]|t[ti]|[sc]t|[Tt]h|ij|ae|oe|A[Ee]|O[Ee]|Qu")
"""Groups of letters that a single glyph may stand for."""
_FAINT = 24
"""Least difference in grey between ink and ground at which a shape can be recognised."""
_STYLES = (
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-Oblique",
    "Helvetica-BoldOblique",
    "Times-Roman",
    "Times-Bold",
    "Times-Italic",
    "Times-BoldItalic",
    "Courier",
    "Courier-Bold",
)


class Shape(NamedTuple):
    """Ink fitted to a square."""

    bits: int
    """The square, row by row, ink as 1."""
    aspect: float
    """Width divided by height of the ink before it was fitted."""
    ink: int
    """Number of pixels of the square that are ink."""


class Letter(NamedTuple):
    """A letter as the file gives it."""

    claimed: str
    """The letter that the file says it is."""
    box: Box
    """Where it is drawn."""


def contradicted(drawing: Drawing, letters: Sequence[Letter], box: Box, glance: Glance, quarter: int) -> bool:
    """Whether a word's ink contradicts any of its letters.

    Args:
        drawing: the page.
        letters: the letters of the word to compare.
        box: the box around the word.
        glance: how the box looks.
        quarter: the anticlockwise quarter-turns by which the word is rotated on the displayed page.
    """
    tones = _tones(glance)
    if tones is None:
        return False
    suspected = []
    for letter in _single(letters):
        part = drawing.part(glance, letter.box)
        if part is not None and _is_suspect(letter.claimed, part, tones, quarter):
            suspected.append(letter)
    return bool(suspected) and _on_a_closer_look(drawing, suspected, box, quarter)


def _single(letters: Sequence[Letter]) -> Iterator[Letter]:
    """The letters that have a glyph to themselves: those of a ligature share one box."""
    joined: set[int] = set()
    for match in LIGATURE.finditer("".join(letter.claimed for letter in letters)):
        if letters[match.start()].box == letters[match.end() - 1].box:
            joined |= set(range(*match.span()))
    return (letter for number, letter in enumerate(letters) if number not in joined)


@functools.lru_cache(maxsize=20_000)
def _is_suspect(claimed: str, part: Part, tones: "_Tones", quarter: int) -> bool:
    """Whether a letter needs a closer look. Cached, because the same letters are drawn with the same pixels."""
    if min(part.size) < 3 or max(part.size) < _SMALL:
        return True
    shape = _shape(part.image(_table(tones)), quarter)
    return shape is not None and _looks_like_another(claimed, shape, _SUSPECTED)


def _on_a_closer_look(drawing: Drawing, letters: Sequence[Letter], box: Box, quarter: int) -> bool:
    close = drawing.closely(box)
    if close is None:
        return False
    image, left, upper = close
    tones = _tones(_glance(image))
    if tones is None:
        return False
    ink = _ink(image, tones)
    for letter in letters:
        shown = drawing.shown(letter.box)
        if shown is None:
            continue
        x0, x1 = (round((x - left) * CLOSE) for x in (shown[0], shown[2]))
        y0, y1 = (round((y - upper) * CLOSE) for y in (shown[1], shown[3]))
        shape = _shape(ink.crop((x0, y0, x1, y1)), quarter)
        if shape is not None and _looks_like_another(letter.claimed, shape, _CONTRADICTED):
            return True
    return False


class _Tones(NamedTuple):
    """How ink is distinguished from its ground."""

    middle: float
    """Grey level (0-255) between them."""
    dark: bool
    """Whether the ink is the darker of the two."""


def _tones(glance: Glance) -> _Tones | None:
    """The tones of a word with a little of its ground around it; None where too little shows."""
    middle = (glance.low + glance.high) / 2
    return None if glance.high - glance.low < _FAINT else _Tones(middle, glance.ground >= middle)


def _glance(image: Image.Image) -> Glance:
    low, high = image.getextrema()
    pixels, last = image.tobytes(), image.width * (image.height - 1)
    assert isinstance(low, int) and isinstance(high, int)
    return Glance(low, high, ground((pixels[0], pixels[image.width - 1], pixels[last], pixels[-1])))


def _ink(image: Image.Image, tones: _Tones) -> Image.Image:
    """An image that is white where there is ink."""
    return Image.frombytes("L", image.size, image.tobytes().translate(_table(tones)))


@functools.cache
def _table(tones: _Tones) -> bytes:
    return bytes(255 * ((grey < tones.middle) == tones.dark) for grey in range(256))


def _shape(ink: Image.Image, quarter: int) -> Shape | None:
    box = ink.getbbox()
    if box is None:
        return None
    ink = ink.crop(box)
    if quarter:
        ink = ink.transpose(
            (Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90)[quarter - 1]
        )
    aspect = ink.width / ink.height
    fitted = ink.resize((_GRID, _GRID), Image.Resampling.BOX).convert("1", dither=Image.Dither.NONE)
    bits = int.from_bytes(fitted.tobytes(), "big")
    return Shape(bits, aspect, bits.bit_count()) if bits else None


def _looks_like_another(claimed: str, shape: Shape, bounds: _Bounds) -> bool:
    own, others = _references()[claimed]
    mine = _likeness(shape, own, bounds.own)
    if mine >= bounds.own:
        return False
    least = max(bounds.other, mine + bounds.clearly)
    return _likeness(shape, others, least) >= least


def _likeness(shape: Shape, others: Sequence[Shape], enough: float) -> float:
    """The greatest likeness (0-1) of a shape to any of the others; the search stops once one is `enough`.

    Likeness is the shared ink as a share of all ink, reduced where one shape is much wider.
    """
    bits, aspect, best = shape.bits, shape.aspect, 0.0
    ink = bits.bit_count()
    for other in others:
        narrower = 1.4 * (aspect / other.aspect if aspect < other.aspect else other.aspect / aspect)
        if narrower <= best:
            continue
        shared = (bits & other.bits).bit_count()
        alike = shared / (ink + other.ink - shared)
        best = max(best, alike if narrower >= 1 else alike * narrower)
        if best >= enough:
            break
    return best


@functools.cache
def _references() -> dict[str, tuple[tuple[Shape, ...], tuple[Shape, ...]]]:
    """For each letter: the shapes that it may have, and the shapes that only other letters have."""
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
    size, step = 12.0, 16
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
        close = drawing.closely((left, bottom, right, top))
        assert close is not None
        image = close[0]
        tones = _tones(_glance(image))
        shape = None if tones is None else _shape(_ink(image, tones), 0)
        assert shape is not None
        yield sorted(LETTERS)[index], shape
