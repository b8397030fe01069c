"""A figure as a picture: bars with the number beside each, or shaded cells with a word or number in each.

Both forms are drawn from the same list of shapes. Shades are those of one blue, which differ as much in grey.
"""

import html
import io
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import Figure
from scr_llm.text.typed import plain

ROW, LABEL, BAR, HEAD = 32, 430, 320, 6
"""Height of a row, width of the labels, width of a full bar, and space above and below, in pixels of the drawing."""
TEXT, CELL_TEXT = 19, 15
"""Size of the text beside bars, about 10 points where the drawing is as wide as the page, and in shaded cells."""
COUNT, COUNT_BEFORE = 90, 170
"""Width of the number beside a bar: "5 of 8", or "5 of 8 before"."""
CELL, CELL_LABEL, LINE = 110, 210, 20
"""Width of a shaded cell, width of the labels of rows, and height of a line of text."""
CELL_LETTERS, LABEL_LETTERS = 14, 25
"""Letters that fit on a line of a shaded cell, and of a label."""
INK, FILL, GROUND, EARLIER = "#1F2A44", "#2F5D9B", "#DDE4EE", "#66758C"
SHADES = (("#FFFFFF", INK), ("#DDE4EE", INK), ("#9DB4D3", INK), (FILL, "#FFFFFF"))
"""Ground and ink of a cell, from none to most."""


@dataclass(frozen=True)
class _Text:
    """A line of text, at its middle."""

    x: int
    middle: int
    words: str
    anchor: Literal["start", "middle", "end"] = "start"
    ink: str = INK


@dataclass(frozen=True)
class _Box:
    x: int
    top: int
    width: float
    height: int
    fill: str
    edge: bool = False


_Shape = _Text | _Box


def size(figure: Figure) -> tuple[int, int]:
    """Width and height, in pixels of the drawing."""
    if figure.rows:
        return CELL_LABEL + CELL * (len(figure.columns) - 1) + 2, 2 + sum(_heights(figure))
    width = LABEL + BAR + (COUNT_BEFORE if figure.before else COUNT)
    return width, 2 * HEAD + ROW * len(figure.bars) * (2 if figure.before else 1)


def png(figure: Figure) -> bytes:
    """The picture for Word; the same bytes for the same figure."""
    from PIL import Image, ImageDraw, ImageFont

    scale = 2
    width, height = size(figure)
    image = Image.new("RGB", (width * scale, height * scale), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(_letters(figure) * scale)
    anchors = {"start": "lm", "middle": "mm", "end": "rm"}
    for shape in _shapes(figure):
        if isinstance(shape, _Text):
            place = (shape.x * scale, shape.middle * scale)
            draw.text(place, shape.words, fill=shape.ink, font=font, anchor=anchors[shape.anchor])
        else:
            right, bottom = (shape.x + shape.width) * scale, (shape.top + shape.height) * scale
            edge = {"outline": INK, "width": scale} if shape.edge else {}
            draw.rectangle((shape.x * scale, shape.top * scale, right, bottom), fill=shape.fill, **edge)  # type: ignore[arg-type]
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def svg(figure: Figure) -> str:
    """The picture for a web page."""
    width, height = size(figure)
    head = f'viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(figure.alt)}"'
    letters = _letters(figure)
    shapes = "".join(_element(shape, letters) for shape in _shapes(figure))
    return f'<svg {head} font-size="{letters}" fill="{INK}">{shapes}</svg>'


def _letters(figure: Figure) -> int:
    """The size of its text."""
    return CELL_TEXT if figure.rows else TEXT


def _element(shape: _Shape, letters: int) -> str:
    if isinstance(shape, _Text):
        anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
        ink = "" if shape.ink == INK else f' fill="{shape.ink}"'
        # A line's middle is a third of its height above where its letters stand.
        return f'<text x="{shape.x}" y="{shape.middle + letters // 3}"{anchor}{ink}>{html.escape(shape.words)}</text>'
    width = f"{shape.width:.1f}" if isinstance(shape.width, float) else str(shape.width)
    edge = f' stroke="{INK}"' if shape.edge else ""
    place = f'x="{shape.x}" y="{shape.top}" width="{width}" height="{shape.height}"'
    return f'<rect {place} fill="{shape.fill}"{edge}/>'


def _shapes(figure: Figure) -> Iterator[_Shape]:
    if figure.rows:
        yield from _cells(figure)
    elif figure.before:
        yield from _change(figure)
    else:
        for nth, (label, number) in enumerate(figure.bars):
            top = HEAD + ROW * nth
            yield _Text(LABEL - 10, top + ROW // 2, label, "end")
            yield from _bar(top, number, figure.of, FILL)


def _bar(top: int, number: int, of: int, fill: str, whose: str = "") -> Iterator[_Shape]:
    """A bar, on the ground of a full one, with its number."""
    yield _Box(LABEL, top + 4, BAR, ROW - 8, GROUND)
    yield _Box(LABEL, top + 4, BAR * number / max(of, 1), ROW - 8, fill)
    yield _Text(LABEL + BAR + 10, top + ROW // 2, f"{number} of {of}{whose}")


def _change(figure: Figure) -> Iterator[_Shape]:
    """Two bars for each label, the earlier above the new one."""
    for nth, ((label, number), earlier) in enumerate(zip(figure.bars, figure.before, strict=True)):
        top = HEAD + 2 * ROW * nth
        yield from _lines(label, 44, LABEL - 10, top, 2 * ROW, "end", INK)
        yield from _bar(top, earlier, figure.of_before, EARLIER, " before")
        yield from _bar(top + ROW, number, figure.of, FILL, " new")


def _heights(figure: Figure) -> list[int]:
    """The height of the row of headers and of each row of cells, as their longest texts need."""
    return [_height(figure.columns), *(_height(row) for row in figure.rows)]


def _height(row: tuple[str, ...]) -> int:
    label, *cells = row
    return 10 + LINE * max(len(_wrapped(label, LABEL_LETTERS)), *(len(_wrapped(c, CELL_LETTERS)) for c in cells))


def _cells(figure: Figure) -> Iterator[_Shape]:
    """Headers above and at the left, and a shaded box with its words for each cell."""
    top = 1
    nothing = (0,) * (len(figure.columns) - 1)
    rows = ((figure.columns, nothing), *zip(figure.rows, figure.shades, strict=True))
    for height, ((label, *cells), shades) in zip(_heights(figure), rows, strict=True):
        yield from _lines(label, LABEL_LETTERS, CELL_LABEL - 10, top, height, "end", INK)
        for nth, (words, shade) in enumerate(zip(cells, shades, strict=True)):
            left, (ground, ink) = CELL_LABEL + CELL * nth, SHADES[shade]
            if top > 1:
                yield _Box(left, top, CELL, height, ground, edge=True)
            yield from _lines(words, CELL_LETTERS, left + CELL // 2, top, height, "middle", ink)
        top += height


def _lines(
    text: str, letters: int, x: int, top: int, height: int, anchor: Literal["middle", "end"], ink: str
) -> Iterator[_Shape]:
    """A text on as many lines as it needs, in the middle of its space."""
    lines = _wrapped(text, letters)
    first = top + (height - LINE * (len(lines) - 1)) // 2
    for nth, line in enumerate(lines):
        yield _Text(x, first + LINE * nth, line, anchor, ink)


def _wrapped(text: str, letters: int) -> list[str]:
    return textwrap.wrap(plain(text), letters) or [""]
