"""Find words that are too little visible: partly covered by later drawing, cut off by a clip, or lost among strokes.

Contrast alone cannot decide this, because an image of noise over a word also shows contrast. So wherever something
could obscure a word, the page is drawn both with and without its words; the difference is what the words add to the
page. That is compared with the same words drawn alone, on an empty ground and unclipped: each letter's own ink must be
there, and little else.
"""

import ctypes
import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageFilter

from scr_llm.stages.read.drawing import Box, Drawing, Place, View, render

INVISIBLE = frozenset({3, 7})
"""Text render modes that leave no ink (ISO 32000, table 106)."""
_STROKED = frozenset({1, 2, 5, 6})
"""Text render modes that draw a letter's outline."""
ENOUGH = 0.5
"""Share of a letter's ink that must show, after subtracting the share of the ground around its word that is inked."""
_WIDE = 0.3
"""Outline width, as a share of the font size, above which a letter's outline may cover other words."""
_UNDERLINE = 0.2
"""Share of a word's height that may be drawn over without raising a doubt: a line under or through the word."""
_SYMBOL = 32.0
"""Largest width or height of a comment's symbol, in points."""
_DEEPEST = 12
"""Levels of forms within forms that are searched."""
_BAND = 20.0
"""Height in points of the bands of the page by which covers are listed."""
_EVERYWHERE = (-math.inf, -math.inf, math.inf, math.inf)

Object: TypeAlias = "ctypes._Pointer[raw.fpdf_pageobject_t__]"


class _Matrix(NamedTuple):
    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def moved(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Points, converted to the outer space."""
        return [(self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f) for x, y in points]

    def within(self, outer: "_Matrix") -> "_Matrix":
        """This matrix followed by an outer one."""
        return _Matrix(
            self.a * outer.a + self.b * outer.c,
            self.a * outer.b + self.b * outer.d,
            self.c * outer.a + self.d * outer.c,
            self.c * outer.b + self.d * outer.d,
            self.e * outer.a + self.f * outer.c + outer.e,
            self.e * outer.b + self.f * outer.d + outer.f,
        )


_UPRIGHT = _Matrix(1, 0, 0, 1, 0, 0)


class _Painted(NamedTuple):
    """An object of a page."""

    each: Object
    kind: int
    matrix: _Matrix
    """Converts from the object's own space to the page's."""
    clip: Box
    """Where on the page it can show."""
    unclear: bool
    """Whether it may be only partly visible inside its clip: the clip is not a rectangle, or there is transparency."""


class Painting:
    """The objects painted on a page, and the words that some of them could obscure."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._texts: list[tuple[int, Object]] = []
        self._numbers: dict[int, int] = {}
        self._covers: dict[int | None, list[tuple[float, Box]]] = {}
        self._invisible = False
        self.images: list[Box] = []
        """Where the page's images lie."""
        for number, (each, kind, matrix, clip, unclear) in enumerate(_painted(page)):
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                self._texts.append((number, each))
                mode = raw.FPDFTextObj_GetTextRenderMode(each)
                self._invisible = self._invisible or mode in INVISIBLE
                if mode in _STROKED and _is_wide(each):
                    self._cover(number, clip)
                if unclear or mode in _STROKED or clip is not _EVERYWHERE:
                    box = _bounds(each, matrix)
                    if unclear or mode in _STROKED or not _holds(clip, box):
                        self._cover(math.inf, box)  # the text may obscure itself
            elif kind != raw.FPDF_PAGEOBJ_FORM:
                box = _bounds(each, matrix)
                if self._texts:
                    self._cover(number, box)
                if kind == raw.FPDF_PAGEOBJ_IMAGE:
                    self.images.append(box)
        for box in _annotations(page):
            self._cover(math.inf, box)
        self._page = page.get_bbox()

    @property
    def pictured(self) -> float:
        """Share of the page (0-1) that its images cover; where they overlap, both count."""
        pieces = [_shared(image, self._page) for image in self.images]
        area = sum(max(0.0, right - left) * max(0.0, top - bottom) for left, bottom, right, top in pieces)
        left, bottom, right, top = self._page
        whole = (right - left) * (top - bottom)
        return min(1.0, area / whole) if whole > 0 else 0.0

    def is_invisible(self, textpage: pdfium.PdfTextPage, first: int, text: str) -> bool:
        """Whether any letter or digit of a word is drawn without ink. Hyphens and points may honestly be drawn so."""
        return self._invisible and any(
            is_invisible(textpage, first + place) for place, character in enumerate(text) if character.isalnum()
        )

    def cover(self, textpage: pdfium.PdfTextPage, index: int, box: Box) -> None:
        """Count signs beginning at a character as something that could cover words, as a row of dashes does."""
        if math.isfinite(sum(box)):
            self._cover(self._number(textpage, index), box)

    def is_doubtful(self, textpage: pdfium.PdfTextPage, first: int, last: int, box: Box) -> bool:
        """Whether something could obscure a word, given its first and last character and the box around it."""
        if not self._covers:
            return False
        over = {each for band in (None, *_bands(box)) for each in self._covers.get(band, ()) if _meet(each[1], box)}
        if not over:
            return False
        lowest = min((self._number(textpage, index) for index in range(first, last + 1)), default=0)
        high = sum(min(cover[3], box[3]) - max(cover[1], box[1]) for number, cover in over if number > lowest)
        return high > _UNDERLINE * (box[3] - box[1])

    def _number(self, textpage: pdfium.PdfTextPage, index: int) -> int:
        """How many objects are painted before the one that holds a character."""
        if not self._numbers:
            self._numbers = {ctypes.addressof(each.contents): number for number, each in self._texts}
        drawn = raw.FPDFText_GetTextObject(textpage.raw, index)
        return self._numbers.get(ctypes.addressof(drawn.contents), 0) if drawn else 0

    def _cover(self, number: float, box: Box) -> None:
        for band in _bands(box):
            self._covers.setdefault(band, []).append((number, box))


def is_invisible(textpage: pdfium.PdfTextPage, index: int) -> bool:
    """Whether a character is drawn without ink."""
    drawn = raw.FPDFText_GetTextObject(textpage.raw, index)
    return bool(drawn) and raw.FPDFTextObj_GetTextRenderMode(drawn) in INVISIBLE


class Layers:
    """A page drawn without its words, and its words drawn without the page."""

    def __init__(self, again: Callable[[], pdfium.PdfPage]) -> None:
        """Prepare the layers; nothing is drawn yet.

        Args:
            again: opens another copy of the page, which is then changed in memory.
        """
        self._bare, self._alone = again(), again()
        for painted in _painted(self._bare):
            if painted.kind == raw.FPDF_PAGEOBJ_TEXT:
                raw.FPDFPageObj_SetIsActive(painted.each, False)
        for painted in _painted(self._alone):
            _set_free(painted)
        self._view: View | None = None
        self._without = self._ink = Image.new("L", (0, 0))

    def close(self) -> None:
        """Close the copies of the page."""
        self._bare.close()
        self._alone.close()

    def is_covered(self, drawing: Drawing, box: Box, letters: Sequence[Box], least: int) -> bool:
        """Whether too little is visible of the word that was last glanced at.

        Args:
            drawing: the page as displayed.
            box: the box around the word.
            letters: the boxes around each of its letters and digits.
            least: grey levels that something must add to the page to count as visible.
        """
        place = drawing.place(box, 3, cut=True)
        if place is None:
            return False
        if drawing.view != self._view:
            self._view = drawing.view
            self._without = render(self._bare, drawing.view)
            white, black = (render(self._alone, drawing.view, ground=grey, annotations=False) for grey in (255, 0))
            # whatever hides the ground completely is ink, whatever its colour
            self._ink = ImageChops.invert(ImageChops.difference(white, black))
        added = ImageChops.difference(drawing.piece.crop(place), self._without.crop(place))
        ink = self._ink.crop(place)
        most, darkest = _most(added), _most(ink)
        if most < least or not darkest:
            return True
        shown, solid = _from(added, min(least, most / 3)), _from(ink, darkest / 2)
        ground = ImageChops.invert(_from(ink, darkest / 20).filter(ImageFilter.MaxFilter(3)))
        drowned = _part(shown, ground)
        for letter in letters:
            inner = drawing.place(letter, 0, cut=True)
            if inner is not None:
                at = _moved(inner, place)
                own = solid.crop(at)
                if own.getbbox() and _part(shown.crop(at), own) - drowned < ENOUGH:
                    return True
        return False


def _most(image: Image.Image) -> int:
    extrema = image.getextrema()[1]
    assert isinstance(extrema, int)
    return extrema


def _from(image: Image.Image, grey: float) -> Image.Image:
    """An image that is white wherever the given one has at least this grey level."""
    least = max(1, math.ceil(grey))
    return image.point([0] * least + [255] * (256 - least))


def _part(image: Image.Image, of: Image.Image) -> float:
    """The share (0-1) of the white in `of` that is also white in `image`."""
    total = of.tobytes().count(255)
    return ImageChops.multiply(image, of).tobytes().count(255) / total if total else 0.0


def _moved(place: Place, origin: Place) -> Place:
    left, upper, right, lower = place
    return left - origin[0], upper - origin[1], right - origin[0], lower - origin[1]


def _painted(page: pdfium.PdfPage) -> Iterator[_Painted]:
    """A page's objects in painting order, each form before its contents."""
    count = raw.FPDFPage_CountObjects(page.raw)
    waiting = [(raw.FPDFPage_GetObject(page.raw, index), _UPRIGHT, _EVERYWHERE, False, 0) for index in range(count)]
    waiting.reverse()
    while waiting:
        each, matrix, clip, unclear, depth = waiting.pop()
        kind = raw.FPDFPageObj_GetType(each)
        path = raw.FPDFPageObj_GetClipPath(each)
        if raw.FPDFClipPath_CountPaths(path) >= 0:
            own, is_plain = _clip(path, matrix)
            clip, unclear = _shared(clip, own), unclear or not is_plain
        unclear = unclear or bool(raw.FPDFPageObj_HasTransparency(each))
        yield _Painted(each, kind, matrix, clip, unclear)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            own_matrix = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(each, ctypes.byref(own_matrix))
            inner = _Matrix(*(getattr(own_matrix, name) for name in "abcdef")).within(matrix)
            waiting += [
                (raw.FPDFFormObj_GetObject(each, index), inner, clip, unclear, depth + 1)
                for index in reversed(range(max(0, raw.FPDFFormObj_CountObjects(each))))
            ]


def _clip(path: "ctypes._Pointer[raw.fpdf_clippath_t__]", matrix: _Matrix) -> tuple[Box, bool]:
    """The box within which a clip lets anything show, and whether the clip is exactly that box."""
    box, is_plain = _EVERYWHERE, raw.FPDFClipPath_CountPaths(path) > 0
    for number in range(raw.FPDFClipPath_CountPaths(path)):
        points = matrix.moved(_points(path, number))
        if not points:
            return box, False
        corners = {(round(x, 2), round(y, 2)) for x, y in points}
        is_plain = is_plain and len(points) <= 5 and len(corners) == 4 and _is_upright(corners)
        box = _shared(box, _around(points))
    return box, is_plain


def _is_upright(corners: set[tuple[float, float]]) -> bool:
    return len({x for x, _ in corners}) == 2 == len({y for _, y in corners})


def _points(path: "ctypes._Pointer[raw.fpdf_clippath_t__]", number: int) -> list[tuple[float, float]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    found = []
    for index in range(raw.FPDFClipPath_CountPathSegments(path, number)):
        segment = raw.FPDFClipPath_GetPathSegment(path, number, index)
        if raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            found.append((x.value, y.value))
    return found


def _set_free(painted: _Painted) -> None:
    """Let text be drawn unclipped, with the thinnest possible outlines, and let nothing else be drawn."""
    each, kind = painted.each, painted.kind
    path = raw.FPDFPageObj_GetClipPath(each)
    if raw.FPDFClipPath_CountPaths(path) > 0:
        (left, bottom, right, top), _ = _clip(path, _UPRIGHT)
        x, y, much = (left + right) / 2, (bottom + top) / 2, 1e5
        if math.isfinite(x + y):
            raw.FPDFPageObj_TransformClipPath(each, much, 0, 0, much, x - much * x, y - much * y)
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        mode = raw.FPDFTextObj_GetTextRenderMode(each)
        if mode in _STROKED:
            raw.FPDFPageObj_SetStrokeWidth(each, 0)
        raw.FPDFPageObj_SetIsActive(each, mode not in INVISIBLE)
    elif kind != raw.FPDF_PAGEOBJ_FORM:
        raw.FPDFPageObj_SetIsActive(each, False)


def _is_wide(text: Object) -> bool:
    width, size = ctypes.c_float(), ctypes.c_float()
    raw.FPDFPageObj_GetStrokeWidth(text, ctypes.byref(width))
    raw.FPDFTextObj_GetFontSize(text, ctypes.byref(size))
    return width.value > _WIDE * abs(size.value)


def _bounds(each: Object, matrix: _Matrix) -> Box:
    edges = [ctypes.c_float() for _ in range(4)]
    if not raw.FPDFPageObj_GetBounds(each, *map(ctypes.byref, edges)):
        return _EVERYWHERE
    left, bottom, right, top = (edge.value for edge in edges)
    return _around(matrix.moved([(left, bottom), (left, top), (right, bottom), (right, top)]))


def _around(points: Sequence[tuple[float, float]]) -> Box:
    xs, ys = zip(*points, strict=True)
    return (min(xs), min(ys), max(xs), max(ys)) if math.isfinite(sum(xs) + sum(ys)) else _EVERYWHERE


def _annotations(page: pdfium.PdfPage) -> Iterator[Box]:
    """Where notes, stamps and the like are drawn over the page."""
    rectangle = raw.FS_RECTF()
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        is_drawn = kind not in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP)
        if is_drawn and raw.FPDFAnnot_GetRect(annotation, ctypes.byref(rectangle)):
            box = rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
            # The symbol of a comment hides a word only until someone moves it, so it does not count.
            if kind != raw.FPDF_ANNOT_TEXT or max(box[2] - box[0], box[3] - box[1]) > _SYMBOL:
                yield box
        raw.FPDFPage_CloseAnnot(annotation)


def _bands(box: Box) -> Sequence[int | None]:
    """The bands of the page that a box touches. A box that spans many of them goes into a separate band, None."""
    low, high = box[1] / _BAND, box[3] / _BAND
    return range(math.floor(low), math.floor(high) + 1) if high - low < 50 else (None,)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _holds(outer: Box, inner: Box) -> bool:
    """Whether a box lies within another, give or take half a point."""
    return (
        outer[0] <= inner[0] + 0.5
        and outer[1] <= inner[1] + 0.5
        and outer[2] >= inner[2] - 0.5
        and outer[3] >= inner[3] - 0.5
    )


def _shared(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
