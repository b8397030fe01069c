"""The record of a paper from its Word file, so that every other format prints the same words in the same order."""

from collections.abc import Iterator, Mapping, Sequence

from scr_llm.records import Block, Briefing, Figure, Paragraph, Part, Table
from scr_llm.render.blocks import all_blocks, cell_text
from scr_llm.reports.edited import EditedFile, Piece
from scr_llm.reports.kept_words import reworded
from scr_llm.reports.rebuilt import Rebuilt, own_paragraph

_WIDE = 6
"""Columns from which a table of a person's own takes a page on its side."""


def paper_from_word(written: Briefing, file: EditedFile, known: Mapping[str, Block]) -> Briefing:
    """The paper that a Word file holds.

    Args:
        written: the paper as the program would write it.
        file: the Word file.
        known: which piece of `written` a bookmark of the file means.
    """
    return _FromWord(written, file, known).paper()


class _FromWord:
    def __init__(self, written: Briefing, file: EditedFile, known: Mapping[str, Block]) -> None:
        self._written, self._file, self._known = written, file, known
        self._originals = dict(_originals(written))
        self._out = Rebuilt()

    def paper(self) -> Briefing:
        title = self._written.title
        body = self._file.body
        drawn: set[int] = set()
        for number, piece in enumerate(body):
            block = self._block(piece)
            if block and block.kind == "title":
                title = piece.text
            elif piece.cell:
                if piece.cell[0] not in drawn:
                    drawn.add(piece.cell[0])
                    self._table(piece.cell[0], body[number - 1] if number else None)
            elif not (block and block.kind == "status"):
                self._piece(piece, block, body[number + 1] if number + 1 < len(body) else None)
        self._notes()
        return self._written.model_copy(update={"title": title, "parts": tuple(self._out.parts)})

    def _block(self, piece: Piece) -> Block | None:
        return next((self._known[name] for name in piece.ids if name in self._known), None)

    def _piece(self, piece: Piece, block: Block | None, following: Piece | None) -> None:
        original = self._originals.get(block.id) if block else None
        if isinstance(original, Part):
            self._out.heading(original, piece.text, "")
        elif isinstance(original, Figure):
            self._out.figure(original.model_copy(update={"title": piece.text}), "")
        elif isinstance(original, Paragraph) and block:
            self._out.paragraph(original if block.text == piece.text else reworded(original, piece.text), "")
        elif not (piece.kind == "caption" and following and following.cell):  # printed with its table
            self._out.added(piece)

    def _table(self, number: int, before: Piece | None) -> None:
        caption = before if before and before.kind == "caption" and not before.cell else None
        block = self._block(caption) if caption else None
        original = self._originals.get(block.id) if block else None
        grid = [row for row in self._file.tables[number] if any(row)]
        width = max(map(len, grid))
        rows = [tuple(map(cell_text, (*row, *[""] * (width - len(row))))) for row in grid]
        wide = original.landscape if isinstance(original, Table) else width >= _WIDE
        same_rows = isinstance(original, Table) and len(original.rows) == len(rows) - 1
        table = Table(
            caption=caption.text if caption else "Table",
            columns=rows[0],
            rows=tuple(rows[1:]),
            landscape=wide,
            refs=original.refs if isinstance(original, Table) and same_rows else (),
            shades=original.shades if isinstance(original, Table) and original.rows == tuple(rows[1:]) else (),
        )
        self._out.table(table, ())

    def _notes(self) -> None:
        """Footnotes and endnotes, which the other formats have at the end."""
        notes = [piece for piece in self._file.pieces if piece.where in ("footnotes", "endnotes")]
        if notes:
            self._out.heading(Part(id="notes", level=1, title="Notes"), "Notes", "")
        for piece in notes:
            self._out.paragraph(own_paragraph(piece), "")


def _originals(paper: Briefing) -> Iterator[tuple[str, Part | Paragraph | Figure | Table]]:
    """What each piece of a paper is, by its id."""
    pieces = all_blocks(paper)
    next(pieces), next(pieces)
    for part in paper.parts:
        yield next(pieces).id, part
        for paragraph in part.paragraphs:
            yield next(pieces).id, paragraph
        if part.figure:
            yield next(pieces).id, part.figure
        for table in part.tables:
            yield next(pieces).id, table
            _skip(pieces, (table.columns, *table.rows))


def _skip(pieces: Iterator[Block], rows: Sequence[Sequence[str]]) -> None:
    for row in rows:
        for _ in row:
            next(pieces)
