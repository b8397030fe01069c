"""Widths of a table's columns: no word is broken, and the rest of the page goes where the text is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class _Column:
    """What a column needs, in centimetres."""

    word: float
    """Its longest word: less would break it."""
    line: float
    """Its longest cell on one line."""
    roomy: float
    """The same, with a heading on two lines rather than five."""
    usual: float
    """A cell of average length on one line."""


def column_widths(table: Table, width: float, points: float) -> list[float]:
    """The widths of the columns in centimetres; together they are `width`."""
    return _fitted([_column(table, at, points) for at in range(len(table.columns))], width)


def _column(table: Table, at: int, points: float) -> _Column:
    # The heading and the first column, which holds the headings of the rows, are bold.
    head, bold = table.columns[at], at == 0
    cells = [row[at] for row in table.rows]
    words = [*(text_width(w, points, bold=True) for w in _words(head))]
    words += [text_width(w, points, bold=bold) for cell in cells for w in _words(cell)]
    lines = [min(text_width(cell, points, bold=bold), _LONGEST_LINE) for cell in cells] or [0.0]
    word, line = max(words), max(*words, *lines)
    return _Column(
        word=word + MARGINS,
        line=line + MARGINS,
        roomy=max(line, 0.6 * text_width(head, points, bold=True)) + MARGINS,
        usual=max(word, sum(lines) / len(lines)) + MARGINS,
    )


def _words(text: str) -> list[str]:
    """The pieces between which a line may break: at spaces and after hyphens."""
    return re.findall(r"[^\s-]+-?|-", text) or [""]


def _fitted(columns: Sequence[_Column], width: float) -> list[float]:
    narrowest = sum(c.word for c in columns)
    if narrowest > width:  # even the longest words do not fit side by side: all give way alike
        return [c.word * width / narrowest for c in columns]
    if (roomy := sum(c.roomy for c in columns)) <= width:  # what is left is shared in proportion
        return [c.roomy * width / roomy for c in columns]
    if (lines := sum(c.line for c in columns)) <= width:  # every cell fits on one line, the headings do not
        return [c.line + (width - lines) * (c.roomy - c.line) / (roomy - lines) for c in columns]
    # Most goes where most text is, so that the table is short.
    more = [c.usual - c.word for c in columns]
    return [
        c.word + (width - narrowest) * (m / sum(more) if any(more) else 1 / len(more))
        for c, m in zip(columns, more, strict=True)
    ]
