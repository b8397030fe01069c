"""Widths of a table's columns: no word is broken, and the rest of the page goes where the text is."""

import re
from collections.abc import Sequence

from scr_llm.records import Table

MARGINS = 0.45
"""Left and right margin within a cell, with a hair to spare, in centimetres."""
_CM_PER_POINT = 2.54 / 72
_NARROW, _WIDE = frozenset("iljtfrI.,:;'’()[]/|!- "), frozenset("mwMW@%")
_LONGEST_LINE = 15.0
"""A cell with more text than this is set in several lines, in centimetres."""


def text_width(text: str, points: float, *, bold: bool) -> float:
    """About how wide a text in Arial is, in centimetres; rather more than less."""
    em = 0.0
    for letter in text:
        if letter in _NARROW:
            em += 0.34
        elif letter in _WIDE:
            em += 0.89
        else:
            em += 0.72 if letter.isupper() else 0.57
    return em * points * _CM_PER_POINT * (1.06 if bold else 1.0)


def column_widths(table: Table, width: float, points: float) -> list[float]:
    """The widths of the columns in centimetres; together they are `width`."""
    narrowest, wanted, usual = [], [], []
    for at, head in enumerate(table.columns):
        cells = [row[at] for row in table.rows]
        # The heading and the first column, which holds the headings of the rows, are bold.
        texts = [(head, True), *((cell, at == 0) for cell in cells)]
        word = max(text_width(w, points, bold=bold) for text, bold in texts for w in _words(text))
        line = max((text_width(cell, points, bold=at == 0) for cell in cells), default=0.0)
        narrowest.append(word + MARGINS)
        # A heading may stand on two lines, but the text of one should not stand on five.
        line = max(line, 0.6 * text_width(head, points, bold=True))
        wanted.append(max(word, min(line, _LONGEST_LINE)) + MARGINS)
        usual.append(sum(text_width(cell, points, bold=at == 0) for cell in cells) / max(len(cells), 1))
    return _fitted(narrowest, wanted, usual, width)


def _words(text: str) -> list[str]:
    """The pieces between which a line may break: at spaces and after hyphens."""
    return re.findall(r"[^\s-]+-?|-", text) or [""]


def _fitted(narrowest: Sequence[float], wanted: Sequence[float], usual: Sequence[float], width: float) -> list[float]:
    spare = width - sum(narrowest)
    if spare < 0:  # even the longest words do not fit side by side: all give way alike
        return [w * width / sum(narrowest) for w in narrowest]
    more = [want - least for want, least in zip(wanted, narrowest, strict=True)]
    if sum(more) <= spare:  # every cell fits on one line, and what is left is shared in proportion
        return [w * width / sum(wanted) for w in wanted]
    # Not every cell fits on one line: most goes where most text is, so that the table is short.
    more = [max(min(want, own) - least, 0.01) for want, own, least in zip(wanted, usual, narrowest, strict=True)]
    return [least + spare * m / sum(more) for least, m in zip(narrowest, more, strict=True)]
