"""A figure as a picture: bars with the number beside each. And the shades of cells, which differ as much in grey."""

import html
import io
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import Figure
from scr_llm.text.typed import plain

ROW, LABEL, BAR, HEAD, LINE = 32, 430, 320, 6, 20
"""Height of a row, width of the labels, width of a full bar, space above and below, and height of a line of text, in
pixels of the drawing."""
TEXT = 19
"""Size of the text, about 10 points where the drawing is as wide as the page."""
LABEL_LETTERS = 44
"""Letters that fit on a line of a label."""
COUNT, COUNT_BEFORE = 90, 170
"""Width of the number beside a bar: "5 of 8", or "5 of 8 before"."""
INK, FILL, GROUND, EARLIER = "#1F2A44", "#2F5D9B", "#DDE4EE", "#66758C"
SHADES = (("#FFFFFF", INK), ("#DDE4EE", INK), ("#9DB4D3", INK), (FILL, "#FFFFFF"))
"""Ground and ink of a cell, from none to most."""


@dataclass(frozen=True)
class _Text:
    """A line of text, at its middle."""

    x: int
    middle: int
    words: str
    anchor: Literal["start", "end"] = "start"


@dataclass(frozen=True)
class _Box:
    x: int
    top: int
    width: float
    height: int
    fill: str


_Shape = _Text | _Box


def size(figure: Figure) -> tuple[int, int]:
    """Width and height, in pixels of the drawing."""
    width = LABEL + BAR + (COUNT_BEFORE if figure.before else COUNT)
    return width, 2 * HEAD + ROW * len(figure.bars) * (2 if figure.before else 1)


def png(figure: Figure) -> bytes:
    """The picture for Word; the same bytes for the same figure."""
    from PIL import Image, ImageDraw, ImageFont

    scale = 2
    width, height = size(figure)
    image = Image.new("RGB", (width * scale, height * scale), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(TEXT * scale)
    anchors = {"start": "lm", "end": "rm"}
    for shape in _shapes(figure):
        if isinstance(shape, _Text):
            place = (shape.x * scale, shape.middle * scale)
            draw.text(place, shape.words, fill=INK, font=font, anchor=anchors[shape.anchor])
        else:
            right, bottom = (shape.x + shape.width) * scale, (shape.top + shape.height) * scale
            draw.rectangle((shape.x * scale, shape.top * scale, right, bottom), fill=shape.fill)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def svg(figure: Figure) -> str:
    """The picture for a web page."""
    width, height = size(figure)
    head = f'viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(plain(figure.alt))}"'
    shapes = "".join(_element(shape) for shape in _shapes(figure))
    return f'<svg {head} font-size="{TEXT}" fill="{INK}">{shapes}</svg>'


def _element(shape: _Shape) -> str:
    if isinstance(shape, _Text):
        anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
        # A line's middle is a third of its height above where its letters stand.
        return f'<text x="{shape.x}" y="{shape.middle + TEXT // 3}"{anchor}>{html.escape(shape.words)}</text>'
    width = f"{shape.width:.1f}" if isinstance(shape.width, float) else str(shape.width)
    place = f'x="{shape.x}" y="{shape.top}" width="{width}" height="{shape.height}"'
    return f'<rect {place} fill="{shape.fill}"/>'


def _shapes(figure: Figure) -> Iterator[_Shape]:
    if figure.before:
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
        yield from _lines(label, top, 2 * ROW)
        yield from _bar(top, earlier, figure.of_before, EARLIER, " before")
        yield from _bar(top + ROW, number, figure.of, FILL, " new")


def _lines(text: str, top: int, height: int) -> Iterator[_Shape]:
    """A label on as many lines as it needs, in the middle of its space."""
    lines = textwrap.wrap(plain(text), LABEL_LETTERS) or [""]
    first = top + (height - LINE * (len(lines) - 1)) // 2
    for nth, line in enumerate(lines):
        yield _Text(LABEL - 10, first + LINE * nth, line, "end")
