"""A figure as a picture: horizontal bars with the number beside each."""

import html
import io

from scr_llm.records import Figure

ROW, LABEL, BAR, HEAD = 32, 430, 320, 6
"""Height of a row, width of the labels, width of a full bar, and space above and below, in pixels of the drawing."""
TEXT = 19
"""Size of the text, in pixels: about 10 points where the drawing is as wide as the page."""
INK, FILL, GROUND = "#1F2A44", "#2F5D9B", "#DDE4EE"


def png(figure: Figure) -> bytes:
    """The chart for Word; the same bytes for the same figure."""
    from PIL import Image, ImageDraw, ImageFont

    scale = 2
    size = ((LABEL + BAR + 90) * scale, (2 * HEAD + ROW * len(figure.bars)) * scale)
    image = Image.new("RGB", size, "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(TEXT * scale)
    for nth, (label, number) in enumerate(figure.bars):
        top, middle = (HEAD + ROW * nth + 4) * scale, (HEAD + ROW * nth + ROW // 2) * scale
        bottom, filled = top + (ROW - 8) * scale, (LABEL + _length(number, figure)) * scale
        draw.text(((LABEL - 10) * scale, middle), label, fill=INK, font=font, anchor="rm")
        draw.rectangle((LABEL * scale, top, (LABEL + BAR) * scale, bottom), fill=GROUND)
        draw.rectangle((LABEL * scale, top, filled, bottom), fill=FILL)
        draw.text(((LABEL + BAR + 10) * scale, middle), f"{number} of {figure.of}", fill=INK, font=font, anchor="lm")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def svg(figure: Figure) -> str:
    """The chart for a web page."""
    width, height = LABEL + BAR + 90, 2 * HEAD + ROW * len(figure.bars)
    rows = []
    for nth, (label, number) in enumerate(figure.bars):
        top = HEAD + ROW * nth
        bar = f'x="{LABEL}" y="{top + 4}"'
        rows += [
            f'<text x="{LABEL - 10}" y="{top + 22}" text-anchor="end">{html.escape(label)}</text>',
            f'<rect {bar} width="{BAR}" height="{ROW - 8}" fill="{GROUND}"/>',
            f'<rect {bar} width="{_length(number, figure):.1f}" height="{ROW - 8}" fill="{FILL}"/>',
            f'<text x="{LABEL + BAR + 10}" y="{top + 22}">{number} of {figure.of}</text>',
        ]
    head = f'viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(figure.alt)}"'
    return f'<svg {head} font-size="{TEXT}" fill="{INK}">{"".join(rows)}</svg>'


def _length(number: int, figure: Figure) -> float:
    """The length of a bar, in pixels."""
    return BAR * number / max(figure.of, 1)
