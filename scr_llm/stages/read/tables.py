"""Find tables with a column of findings or recommendations, from the positions of their words on the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

from scr_llm.records import Span
from scr_llm.stages.read.furniture import Places
from scr_llm.stages.read.layout import Line, RawPage

Kind = Literal["finding", "recommendation"]

_COLUMNS: tuple[tuple[Kind | Literal["number", "who"], str], ...] = (
    ("number", r"no\.?|number|ref\.?|reference|#"),
    (
        "finding",
        r"(?:key )?findings?|what (?:we|the review|the panel) (?:found|learned|learnt)"
        r"|(?:key )?learning(?: points?)?|lessons?(?: learn(?:ed|t))?",
    ),
    (
        "recommendation",
        r"recommendations?|(?:agreed |recommended |required )?actions?(?: required| to be taken)?"
        r"|what (?:we|agencies) will do|what (?:should|must|needs to|will) (?:happen|change|be done)",
    ),
    (
        "who",
        r"for|to|who|by whom|agency|agencies|organisations?|addressee|lead agency|lead|owner|responsible(?: agency)?",
    ),
)
"""What a column holds, by its heading."""
_ROW_NUMBER = re.compile(
    r"(?P<number>R ?\d{1,3}|\d{1,2}(?:\.\d{1,2})*(?: ?[a-z](?:[-–][a-z])?)?(?: \([ivx]+(?:[-–][ivx]+)?\))?)"
    r"[.):]?\s+(?=[A-Z])"
)
_WIDE = 0.8
"""Smallest gap between the words of two cells, as a share of the font size."""
_NEAR = 2.5
"""Points by which a cell's text may begin away from its column's edge."""


class Row(NamedTuple):
    """An item that is a row of a table."""

    kind: Kind
    number: str | None
    spans: tuple[Span, ...]
    """The stretches of its cell's text, in order."""
    who: tuple[Span, ...]
    """The stretches that name who is to act."""
    table: int
    """Number of its table in the document, from 0."""
    page: int


class _Bit(NamedTuple):
    """The part of a line that belongs to one column."""

    column: int
    page: int
    start: int
    end: int
    text: str


@dataclass
class _Table:
    """A table, as far as it has been read so far."""

    page: int
    edges: list[float]
    """Where its columns begin."""
    lefts: list[float]
    """Where the headings of its columns begin."""
    holds: list[str]
    """What each column holds; empty where its heading does not show it."""
    header: str
    rows: list[list[_Bit]] = field(default_factory=list)
    lowest: float = 0.0
    """How far down the page the current row reaches."""
    by_cells: bool = False
    """Whether the file gives its text cell by cell instead of line by line across the cells."""


def rows(pages: tuple[RawPage, ...], furniture: Places) -> tuple[Row, ...]:
    """The rows of all tables of findings or recommendations, in reading order."""
    found: list[Row] = []
    for number, table in enumerate(_tables(pages, furniture)):
        found += _rows(table, number)
    return tuple(found)


def _tables(pages: tuple[RawPage, ...], furniture: Places) -> Iterator[_Table]:
    table: _Table | None = None
    for index, page in enumerate(pages):
        before: Line | None = None
        for number, line in enumerate(page.lines):
            if line.hidden or not line.words:
                continue
            begun = header(line, index)
            if begun is None and (index, number) in furniture:
                continue  # checked after the table's heading, which is repeated and may look like a running header
            if begun is not None and table is not None and begun.header == table.header and index > table.page:
                # the same table continues on a new page with its heading printed again
                table.page, table.edges, table.lefts = index, begun.edges, begun.lefts
            elif begun is not None:
                if table is not None:
                    yield table
                table = begun
            elif table is not None:
                bits = _bits(line, table, index)
                if _crosses(line, bits, table):
                    yield table
                    table = None
                else:
                    _add(table, line, bits, before)
            before = line
    if table is not None:
        yield table


def header(line: Line, page: int = 0) -> _Table | None:
    """The table that a line begins: at least two short cells, one of them headed as findings or recommendations."""
    cells: list[tuple[str, float, float]] = []
    ends = [*(start for start, _, _ in line.words[1:]), line.end]
    for (start, left, right), end in zip(line.words, ends, strict=True):
        word = line.text[start - line.start : end - line.start].strip()
        if cells and left - cells[-1][2] < _WIDE * line.size:
            cells[-1] = (f"{cells[-1][0]} {word}", cells[-1][1], right)
        else:
            cells.append((word, left, right))
    if len(cells) < 2 or line.text.endswith((".", ",", ";")):
        return None
    begins_with_number = not cells[0][0].rstrip(".)").strip("0123456789.")
    if begins_with_number or any(len(text.split()) > 6 for text, _, _ in cells):
        return None
    holds = [_held(text) for text, _, _ in cells]
    if not {"finding", "recommendation"} & set(holds):
        return None
    edges = [cells[0][1] - 36.0]
    for (_, _, right), (_, left, _) in pairwise(cells):
        edges.append(right + 0.25 * (left - right))  # a heading may be centred in its column
    return _Table(page=page, edges=edges, lefts=[left for _, left, _ in cells], holds=holds, header=line.text)


def _held(text: str) -> str:
    return next((kind for kind, pattern in _COLUMNS if re.fullmatch(pattern, text.strip().lower())), "")


def _bits(line: Line, table: _Table, page: int) -> list[_Bit]:
    bits: list[_Bit] = []
    last = 0.0
    ends = [*(start for start, _, _ in line.words[1:]), line.end]
    for (start, left, right), end in zip(line.words, ends, strict=True):
        column = max((n for n, edge in enumerate(table.edges) if left >= edge), default=0)
        at_edge = bits and column != bits[-1].column and any(abs(left - edge) < _NEAR for edge in table.lefts)
        text = line.text[start - line.start : end - line.start]
        if bits and not at_edge and (left - last < _WIDE * line.size or column == bits[-1].column):
            bits[-1] = bits[-1]._replace(end=end, text=bits[-1].text + text)
        else:
            bits.append(_Bit(column=column, page=page, start=start, end=end, text=text))
        last = right
    return bits


def _crosses(line: Line, bits: list[_Bit], table: _Table) -> bool:
    """Whether a line runs across the edge of a column, as the text of a cell never does."""
    return any(
        right > table.lefts[bit.column + 1] + _NEAR
        for bit in bits
        if bit.column + 1 < len(table.lefts)
        for start, _, right in line.words
        if bit.start <= start < bit.end
    )


def _add(table: _Table, line: Line, bits: list[_Bit], before: Line | None) -> None:
    """Add a line to the current row of a table, or begin a new row with it."""
    if not table.rows or _begins_row(table, table.rows[-1], line, bits, before):
        table.rows.append([])
        table.lowest = line.top
    table.rows[-1] += bits
    table.lowest = min(table.lowest, line.top)


def _begins_row(table: _Table, row: list[_Bit], line: Line, bits: list[_Bit], before: Line | None) -> bool:
    """Whether a line begins a new row of a table. Notes on the way whether the file gives the text cell by cell."""
    first, last = bits[0], row[-1]
    if last.page != first.page:
        return True
    if before is not None and first.column > last.column and line.top > before.top + 1:
        table.by_cells = True
    if first.column <= row[0].column:
        own_number = line.paragraph and _ROW_NUMBER.match(first.text) is not None
        in_number_column = table.holds[first.column] == "number" and first.text.strip(" .)").isalnum()
        if own_number or in_number_column:
            return True
    if first.column < last.column:
        return table.by_cells or table.lowest - line.top > 1.4 * line.size
    return first.column == last.column and line.paragraph and {bit.column for bit in row} != {first.column}


def _rows(table: _Table, number: int) -> Iterator[Row]:
    kinds: tuple[Kind, ...] = ("finding", "recommendation")
    for kind in kinds:
        if kind not in table.holds:
            continue
        column = table.holds.index(kind)
        whole: list[list[_Bit]] = []
        for row in table.rows:
            cell = [bit for bit in row if bit.column == column]
            if whole and cell and cell[0].text[:1].islower():
                whole[-1] += row  # the row continues on the next page
            elif cell:
                whole.append(row)
        for row in whole:
            cell = [bit for bit in row if bit.column == column]
            label = next((bit.text.strip(" .):") for bit in row if table.holds[bit.column] == "number"), None)
            if own := _ROW_NUMBER.match(cell[0].text):
                label = own["number"]
                cell[0] = cell[0]._replace(start=cell[0].start + own.end(), text=cell[0].text[own.end() :])
            who = [bit for bit in row if table.holds[bit.column] == "who"]
            yield Row(
                kind=kind,
                number=label,
                spans=_spans(cell),
                who=_spans(who),
                table=number,
                page=cell[0].page + 1,
            )


def _spans(cell: list[_Bit]) -> tuple[Span, ...]:
    return tuple(
        Span(page=bit.page + 1, start=bit.start, end=bit.start + len(bit.text.rstrip()))
        for bit in cell
        if bit.text.strip()
    )
