"""Draw a page in grey, piece by piece.

A page of any size takes limited memory, and every word is seen at the same scale.
"""

import ctypes
import math
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points of the page's own space."""
Place = tuple[int, int, int, int]
"""Left, upper, right, lower, in pixels of an image."""

SCALE = 2.5
"""Pixels per point: an 11-point `x` is 14 pixels high."""
CLOSE = 8.0
"""Pixels per point for a closer look."""
_PIECE = 2600
"""Longest edge of a piece, in pixels; an A4 page is one piece."""
MOST_PIECES = 60
"""Most pieces of one page that are drawn. A page of text on paper needs one, a wall chart sixteen."""


class TooScatteredError(Exception):
    """The words of a page lie so far apart that too many pieces would have to be drawn."""


class View(NamedTuple):
    """A part of a page as displayed, and its scale."""

    left: float
    """Points from the page's left edge."""
    upper: float
    """Points from its upper edge."""
    size: tuple[int, int]
    """Pixels across and down."""
    scale: float
    """Pixels per point."""


class Glance(NamedTuple):
    """How a place on a page looks."""

    low: int
    """Darkest pixel, 0 to 255."""
    high: int
    """Lightest pixel."""
    ground: int
    """The second lightest of its four corner pixels: letters of other lines may reach into one or two corners."""
    place: Place = (0, 0, 0, 0)
    """Where it lies in the piece last drawn."""
    strip: bytes = b""
    """Its pixels, column by column, if they were asked for."""


class Part(NamedTuple):
    """The columns of a strip that hold a letter."""

    tall: int
    """Pixels in each column."""
    upper: int
    """Pixel of a column at which the letter begins."""
    lower: int
    """Pixel at which it ends."""
    columns: bytes
    """The pixels, column by column."""

    @property
    def size(self) -> tuple[int, int]:
        """Pixels across and down of the letter alone."""
        return len(self.columns) // self.tall, self.lower - self.upper

    def image(self, greys: bytes) -> Image.Image:
        """The letter alone, each grey replaced by that which a table of 256 has for it."""
        lying = Image.frombytes("L", (self.tall, len(self.columns) // self.tall), self.columns.translate(greys))
        return lying.transpose(Image.Transpose.TRANSPOSE).crop((0, self.upper, lying.height, self.lower))


def ground(corners: tuple[int, int, int, int]) -> int:
    """The grey of the ground of a place, from its four corners: the second lightest."""
    return sorted(corners)[2]


class Drawing:
    """A page, drawn where it is looked at."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._width, self._height = page.get_size()
        self._turned = int(page.get_rotation()) // 90 % 4
        x0, y0, x1, y1 = page.get_bbox()
        # for each edge of a box as displayed (left, upper, right, lower): the edge of the box on the page that it comes
        # from, the sign, and the offset
        self._edges = (
            ((0, 1, -x0), (3, -1, y1), (2, 1, -x0), (1, -1, y1)),
            ((1, 1, -y0), (0, 1, -x0), (3, 1, -y0), (2, 1, -x0)),
            ((2, -1, x1), (1, 1, -y0), (0, -1, x1), (3, 1, -y0)),
            ((3, -1, y1), (2, -1, x1), (1, -1, y1), (0, -1, x1)),
        )[self._turned]
        self.piece = Image.new("L", (0, 0))
        """The piece last drawn."""
        self.view = View(0, 0, (0, 0), 0)
        """The part of the page that it shows."""
        self._columns = b""
        self._pieces = 0
        self._inner: tuple[tuple[int, float, float], ...] = ()

    @property
    def turned(self) -> int:
        """The clockwise quarter-turns by which the page is rotated for display."""
        return self._turned

    def shown(self, box: Box) -> Box | None:
        """A box in points from the upper left corner of the displayed page (left, upper, right, lower).

        None where half or more of it is off the page.
        """
        left, upper, right, lower = (box[edge] * way + start for edge, way, start in self._edges)
        if not all(map(math.isfinite, (left, upper, right, lower))):
            return None
        wide, high = min(self._width, right) - max(0.0, left), min(self._height, lower) - max(0.0, upper)
        least = max(0.3, (right - left) / 2), max(0.3, (lower - upper) / 2)
        return (left, upper, right, lower) if wide > least[0] and high > least[1] else None

    def glance(self, box: Box, *, closely: bool = True) -> Glance | None:
        """How a box and one pixel around it look; None off the page.

        A new piece is drawn if the box is not in the last one.

        Args:
            box: the box.
            closely: whether its letters will be examined as well.

        Raises:
            TooScatteredError: too many pieces of this page have been drawn already.
        """
        place = self.place(box, 1)
        if place is None or self._is_coarse(place):
            shown = self.shown(box)
            if shown is None:
                return None
            self._draw(shown)
            place = self.place(box, 1, cut=True)
        if place is None:
            return None
        if not closely:
            # The pixels themselves: a new Image for each word takes longer than all else that is done with it.
            low, high = self.piece.im.crop(place).getextrema()
            return Glance(low, high, high)
        left, upper, right, lower = place
        if not self._columns:
            self._columns = self.piece.transpose(Image.Transpose.TRANSPOSE).tobytes()
        tall, columns, height = lower - upper, self._columns, self.piece.height
        strip = b"".join(
            [columns[column : column + tall] for column in range(left * height + upper, right * height + upper, height)]
        )
        corners = (strip[0], strip[tall - 1], strip[-tall], strip[-1])
        return Glance(
            0 if 0 in strip else min(strip), 255 if 255 in strip else max(strip), ground(corners), place, strip
        )

    def part(self, glance: Glance, box: Box) -> "Part | None":
        """One letter of a word that was glanced at; None where the letter does not lie within the glance."""
        place = self.place(box, 0)
        if place is None:
            return None
        left, upper, right, lower = place
        at, top, end, bottom = glance.place
        if left < at or right > end or upper < top or lower > bottom:
            return None
        tall = bottom - top
        return Part(tall, upper - top, lower - top, glance.strip[(left - at) * tall : (right - at) * tall])

    def closely(self, box: Box) -> tuple[Image.Image, float, float] | None:
        """The box of a word drawn larger, with the offset of that image on the displayed page in points.

        None off the page.
        """
        shown = self.shown(box)
        if shown is None or max(shown[2] - shown[0], shown[3] - shown[1]) * CLOSE > _PIECE:
            return None
        left, upper = shown[0] - 1, shown[1] - 1
        size = (math.ceil((shown[2] - left + 1) * CLOSE), math.ceil((shown[3] - upper + 1) * CLOSE))
        return render(self._page, View(left, upper, size, CLOSE)), left, upper

    def place(self, box: Box, margin: int, *, cut: bool = False) -> Place | None:
        """Where a box with a margin lies in the piece last drawn.

        None where it does not lie within the piece. With `cut`, what lies outside is cut off instead.
        """
        if not self._inner:
            return None
        (a, ka, oa), (b, kb, ob), (c, kc, oc), (d, kd, od) = self._inner
        try:
            left, upper = int(box[a] * ka + oa) - margin, int(box[b] * kb + ob) - margin
            right, lower = int(box[c] * kc + oc) + 1 + margin, int(box[d] * kd + od) + 1 + margin
        except (ValueError, OverflowError):  # an edge is not a number, or is infinite
            return None
        width, height = self.piece.size
        if cut:
            left, upper, right, lower = max(0, left), max(0, upper), min(width, right), min(height, lower)
        if left < 0 or upper < 0 or right > width or lower > height or right <= left or lower <= upper:
            return None
        return left, upper, right, lower

    def _is_coarse(self, place: Place) -> bool:
        """Whether the piece was drawn at a small scale for huge letters, and this place is smaller than those."""
        return self.view.scale < SCALE and max(place[2] - place[0], place[3] - place[1]) * 4 < _PIECE

    def _draw(self, shown: Box) -> None:
        self._pieces += 1
        if self._pieces > MOST_PIECES:
            raise TooScatteredError
        longest = max(shown[2] - shown[0], shown[3] - shown[1])
        scale = min(SCALE, (_PIECE - 100) / longest)
        whole = (math.ceil(self._width * scale), math.ceil(self._height * scale))
        x = 0 if whole[0] <= _PIECE else max(0, int(shown[0] * scale) - 40)
        y = 0 if whole[1] <= _PIECE else max(0, int(shown[1] * scale) - 40)
        size = (min(_PIECE, whole[0] - x), min(_PIECE, whole[1] - y))
        self.view = View(x / scale, y / scale, size, scale)
        self.piece = render(self._page, self.view)
        self._columns = b""
        self._inner = tuple(
            (edge, way * scale, start * scale - at)
            for (edge, way, start), at in zip(self._edges, (x, y, x, y), strict=True)
        )


def render(page: pdfium.PdfPage, view: View, *, ground: int = 255, annotations: bool = True) -> Image.Image:
    """Part of a page, drawn on a ground of one grey (0-255)."""
    left, upper, size, scale = view
    bitmap = pdfium.PdfBitmap.new_native(*size, raw.FPDFBitmap_Gray)
    bitmap.fill_rect((ground, ground, ground, 255), 0, 0, *size)
    matrix = raw.FS_MATRIX(scale, 0, 0, scale, -left * scale, -upper * scale)
    clip = raw.FS_RECTF(0, 0, *size)
    flags = raw.FPDF_GRAYSCALE | (raw.FPDF_ANNOT if annotations else 0)
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap.raw, page.raw, ctypes.byref(matrix), ctypes.byref(clip), flags)
    # The image keeps the buffer, which outlives the bitmap. To copy it took three times as long as to draw the page.
    image = Image.frombuffer("L", size, bitmap.buffer, "raw", "L", bitmap.stride, 1)
    bitmap.close()
    return image
