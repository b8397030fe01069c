"""The parts of a paper, put together piece by piece in the order in which they are to stand."""

from collections.abc import Callable, Sequence

from scr_llm.records import Figure, Paragraph, Part, Sentence, Table
from scr_llm.render.blocks import paragraph_text
from scr_llm.reports.edited import Piece


class Rebuilt:
    """Collects the pieces. Where one would stand out of a part's order, the part goes on without a heading."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ids: list[str] = []
        """The bookmark of each piece that has words, in order."""
        self.comments: dict[int, str] = {}
        """By the place of a piece in `ids`."""
        self._added = 0

    def name(self, bookmark: str, comment: str = "") -> None:
        """Note the bookmark of the next piece, and a comment on it."""
        if comment:
            self.comments[len(self.ids)] = comment
        self.ids.append(bookmark)

    def heading(self, part: Part, title: str, bookmark: str, comment: str = "") -> None:
        """Begin a part. One with an empty title has no heading."""
        self.parts.append(Part(id=part.id, level=part.level, title=title))
        if title:
            self.name(bookmark, comment)

    def paragraph(self, paragraph: Paragraph, bookmark: str, comment: str = "") -> None:
        """Add a paragraph to the last part."""
        part = self._open(lambda p: not p.figure and not p.tables)
        self._last(part, paragraphs=(*part.paragraphs, paragraph))
        if paragraph_text(paragraph):
            self.name(bookmark, comment)

    def figure(self, figure: Figure, bookmark: str) -> None:
        """Add a figure to the last part."""
        part = self._open(lambda p: not p.figure and not p.tables)
        self._last(part, figure=figure)
        self.name(bookmark)

    def table(self, table: Table, bookmarks: Sequence[tuple[str, str]]) -> None:
        """Add a table to the last part, with the bookmark and comment of its caption and of each cell."""
        part = self._open(lambda _: True)
        self._last(part, tables=(*part.tables, table))
        for bookmark, comment in bookmarks:
            self.name(bookmark, comment)

    def added(self, piece: Piece) -> None:
        """Add what a person wrote of their own."""
        if piece.kind == "heading":
            level = min(piece.level, 3)
            self.heading(Part(id=self._own_id(), level=level, title=piece.text), piece.text, "")
        else:
            self.paragraph(own_paragraph(piece), "")

    def _own_id(self) -> str:
        self._added += 1
        return f"added.{self._added}"

    def _open(self, fits: Callable[[Part], bool]) -> Part:
        """The last part, or its continuation if the next piece cannot stand in it."""
        if not self.parts or not fits(self.parts[-1]):
            level = self.parts[-1].level if self.parts else 1
            self.parts.append(Part(id=self._own_id(), level=level, title=""))
        return self.parts[-1]

    def _last(self, part: Part, **changed: object) -> None:
        self.parts[-1] = part.model_copy(update=changed)


def own_paragraph(piece: Piece) -> Paragraph:
    """A paragraph of a person's own."""
    style = piece.kind if piece.kind in ("bullet", "note", "quote") else "normal"
    return Paragraph(style=style, sentences=(Sentence(text=piece.text),))
