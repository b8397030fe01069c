"""A page drawn in grey, piece by piece: a page of any size costs bounded memory, and every word is seen at the same scale."""

import ctypes
import math

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points of the page's own space."""
Place = tuple[int, int, int, int]
"""Left, upper, right, lower in pixels of an image."""

SCALE = 2.5
"""Pixels a point: an 11-point `x` is 14 pixels high."""
CLOSE = 8.0
"""Pixels a point where something is looked at twice."""
_PIECE = 2600
"""Pixels that an edge of a piece has at most; an A4 page is one piece."""
MOST_PIECES = 60
"""Pieces of one page that are drawn at most. A page of text on paper needs one, a wall chart sixteen."""


class TooScatteredError(Exception):
    """The words of a page lie so far apart that it would have to be drawn too often."""


class Drawing:
    """A page that can be looked at."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._width, self._height = page.get_size()
        self._turned = int(page.get_rotation()) // 90 % 4
        self._bounds = page.get_bbox()
        self._piece: Image.Image | None = None
        self._pixels, self._stride = b"", 0
        self._at = (0, 0)
        self._scale = SCALE
        self._pieces = 0

    @property
    def turned(self) -> int:
        """Quarters of a turn, clockwise, by which the page is displayed."""
        return self._turned

    def shown(self, box: Box) -> Box | None:
        """A box in points from the page's upper left corner as displayed (left, upper, right, lower); None off the page."""
        left, bottom, right, top = box
        x0, y0, x1, y1 = self._bounds
        if self._turned == 0:
            place = (left - x0, y1 - top, right - x0, y1 - bottom)
        elif self._turned == 1:
            place = (bottom - y0, left - x0, top - y0, right - x0)
        elif self._turned == 2:
            place = (x1 - right, bottom - y0, x1 - left, top - y0)
        else:
            place = (y1 - top, x1 - right, y1 - bottom, x1 - left)
        if not all(map(math.isfinite, place)):
            return None
        seen = (max(0.0, place[0]), max(0.0, place[1]), min(self._width, place[2]), min(self._height, place[3]))
        return place if seen[2] - seen[0] > 0.3 and seen[3] - seen[1] > 0.3 else None

    def around(self, box: Box, margin: int = 0) -> tuple[Image.Image, Place] | None:
        """The drawn piece that holds a box, and where in it the box lies, with a margin in pixels; None off the page.

        Raises:
            TooScatteredError: where too many pieces of this page have been drawn already.
        """
        shown = self.shown(box)
        if shown is None:
            return None
        place = self._place(shown, margin)
        if place is None:
            self._draw(shown)
            place = self._place(shown, margin)
        assert self._piece is not None
        return None if place is None else (self._piece, place)

    def again(self, box: Box) -> Place | None:
        """Where a box lies in the piece that was drawn last; None where it does not."""
        shown = self.shown(box)
        return None if shown is None else self._place(shown, 0)

    def pixels(self, place: Place) -> bytes:
        """The pixels of a place in the piece that was drawn last, row by row."""
        left, upper, right, lower = place
        data, stride = self._pixels, self._stride
        return b"".join([data[row + left : row + right] for row in range(upper * stride, lower * stride, stride)])

    def closely(self, box: Box) -> tuple[Image.Image, float, float] | None:
        """A box of a word drawn larger, with the offset of the image on the page as displayed, in points."""
        shown = self.shown(box)
        if shown is None or max(shown[2] - shown[0], shown[3] - shown[1]) * CLOSE > _PIECE:
            return None
        left, upper = shown[0] - 1, shown[1] - 1
        size = (math.ceil((shown[2] - left + 1) * CLOSE), math.ceil((shown[3] - upper + 1) * CLOSE))
        return self._render(left, upper, size, CLOSE), left, upper

    def _place(self, shown: Box, margin: int) -> Place | None:
        """Where a box lies in the piece at hand, as much of it as is on the page; None where it is not within that piece."""
        if self._piece is None:
            return None
        scale, (x, y), (width, height) = self._scale, self._at, self._piece.size
        edge_x, edge_y = math.ceil(self._width * scale) - x, math.ceil(self._height * scale) - y
        left, upper = int(shown[0] * scale) - x - margin, int(shown[1] * scale) - y - margin
        right, lower = math.ceil(shown[2] * scale) - x + margin, math.ceil(shown[3] * scale) - y + margin
        left, upper = max(left, -x), max(upper, -y)
        right, lower = min(right, edge_x), min(lower, edge_y)
        if left < 0 or upper < 0 or right > width or lower > height or right <= left or lower <= upper:
            return None
        if scale < SCALE and max(right - left, lower - upper) * 4 < _PIECE:
            return None  # the piece was drawn small for huge letters; these are not
        return left, upper, right, lower

    def _draw(self, shown: Box) -> None:
        self._pieces += 1
        if self._pieces > MOST_PIECES:
            raise TooScatteredError
        longest = max(shown[2] - shown[0], shown[3] - shown[1])
        self._scale = scale = min(SCALE, (_PIECE - 100) / longest)
        whole = (math.ceil(self._width * scale), math.ceil(self._height * scale))
        x = 0 if whole[0] <= _PIECE else max(0, int(shown[0] * scale) - 40)
        y = 0 if whole[1] <= _PIECE else max(0, int(shown[1] * scale) - 40)
        self._at = (x, y)
        self._piece = self._render(x / scale, y / scale, (min(_PIECE, whole[0] - x), min(_PIECE, whole[1] - y)), scale)
        self._pixels, self._stride = self._piece.tobytes(), self._piece.width

    def _render(self, left: float, upper: float, size: tuple[int, int], scale: float) -> Image.Image:
        """Part of the page, from a point of it as displayed."""
        bitmap = pdfium.PdfBitmap.new_native(*size, raw.FPDFBitmap_Gray)
        bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
        matrix = raw.FS_MATRIX(scale, 0, 0, scale, -left * scale, -upper * scale)
        clip = raw.FS_RECTF(0, 0, *size)
        raw.FPDF_RenderPageBitmapWithMatrix(
            bitmap.raw, self._page.raw, ctypes.byref(matrix), ctypes.byref(clip), raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE
        )
        image = Image.frombuffer("L", size, bytes(bitmap.buffer), "raw", "L", bitmap.stride, 1)
        bitmap.close()
        return image
