"""What the page of a list shows: a page of the PDF, and beside it the findings, recommendations and facts."""

from dataclasses import dataclass

from scr_llm.records import Decision, Evidence, PassedOver, Span
from scr_llm.review.cells import Reviewer
from scr_llm.review.lists import ItemList, Row, item_list, show
from scr_llm.review.session import ReviewSession
from scr_llm.text.words import CONTEXTS
from scr_llm.web.drawing import Drawing
from scr_llm.web.picture import Box, Line

_HEADINGS = (("Case facts", ("case",)), ("Findings", ("finding",)), ("Recommendations", ("recommendation",)))


@dataclass(frozen=True)
class Entry:
    """A row as it is shown."""

    row: Row
    text: str
    here: bool
    """Whether it stands on the page that is shown."""
    first: int | None
    """The first page on which it stands."""
    doubts: tuple[str, ...]

    @property
    def decision(self) -> Decision | None:
        """The decision that counts, if it still holds."""
        return None if self.row.is_open else self.row.cell.standing.counts


@dataclass(frozen=True)
class Mark:
    """A box on the page over words of an item."""

    box: Box
    key: str
    """Of the item."""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """A page of the PDF and the list beside it."""

    items: ItemList
    groups: tuple[tuple[str, tuple[Entry, ...]], ...]
    """Heading and entries."""
    chosen: str
    """Key of the chosen entry; empty for none."""
    number: int
    """Of the page that is shown."""
    pages: int
    """Pages of the document."""
    file: str
    marks: tuple[Mark, ...]
    lines: tuple[Line, ...]
    marked: tuple[tuple[str, bool], ...]
    """The page's text in pieces, and whether each is part of an item."""
    warnings: tuple[str, ...]
    passed_over: tuple[PassedOver, ...]
    before: int | None
    """The page of the list before this one."""
    after: int | None
    """The page of the list after this one; the first one that was not shown, where this is the last."""


def list_page(
    session: ReviewSession, drawing: Drawing, who: Reviewer, document_id: str, number: int, chosen: str
) -> ListPage:
    """Open a list at a page, which the person then has been shown.

    Args:
        session: the project's cells.
        drawing: where words of the page are.
        who: who looks.
        document_id: of the review.
        number: the page that was asked for; where there is no such page, the first that was not shown.
        chosen: key of an item to begin at.

    Raises:
        RefusedError: the reviewer is blind, or there is no such review.
    """
    items, reading = item_list(session, who, document_id), session.reading(document_id)
    standing = tuple(sorted({page for row in items.rows for page in row.pages}))
    if not 1 <= number <= len(reading.pages):
        number = next(iter((*items.left, *standing)), 1)
    show(session, who, document_id, number)
    items = item_list(session, who, document_id)
    page, file = reading.pages[number - 1], session.documents[document_id].file
    here = [(row, e) for row in items.rows if row.cell.value == "present" for e in row.cell.evidence]
    here = [(row, e) for row, e in here if e.page == number]
    spans = tuple(Span(page=e.page, start=e.start, end=e.end) for _, e in here)
    placed = drawing.layout(session.project.inbox / file, number, page.text, spans)
    entries = [_entry(row, number) for row in items.rows]
    on_page = [entry for entry in entries if entry.here]
    if chosen not in {entry.row.cell.key for entry in entries}:
        chosen = on_page[0].row.cell.key if on_page else ""
    walked = items.pages or standing
    return ListPage(
        items=items,
        groups=tuple((name, tuple(e for e in entries if e.row.cell.kind in kinds)) for name, kinds in _HEADINGS),
        chosen=chosen,
        number=number,
        pages=len(reading.pages),
        file=file,
        marks=tuple(Mark(box, here[quote][0].cell.key) for box, quote in zip(placed.marks, placed.quotes, strict=True)),
        lines=placed.lines,
        marked=tuple(marked(page.text, [e for _, e in here])),
        warnings=page.warnings,
        passed_over=reading.passed_over,
        before=max((p for p in walked if p < number), default=None),
        after=min((p for p in walked if p > number), default=next(iter(items.left), None)),
    )


def _entry(row: Row, number: int) -> Entry:
    cell, pages = row.cell, row.pages
    text = cell.text or ""
    if cell.key == "case:context":
        text = CONTEXTS.get(text, text)
    if cell.kind == "case" and cell.value != "present":
        text = ""
    return Entry(
        row=row,
        text=text or "Not stated",
        here=number in pages,
        first=pages[0] if pages else None,
        doubts=cell.doubts if row.is_open else (),
    )


def marked(text: str, quotes: list[Evidence]) -> list[tuple[str, bool]]:
    """A page's text in pieces, and whether each is quoted. Of overlapping quotes the first is marked."""
    found: list[tuple[str, bool]] = []
    at = 0
    for quote in sorted(quotes, key=lambda e: e.start):
        if quote.start >= at:
            found += [(text[at : quote.start], False), (text[quote.start : quote.end], True)]
            at = quote.end
    return [*found, (text[at:], False)]
