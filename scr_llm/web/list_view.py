"""What the page of a list shows: a page of the PDF, and beside it the findings, recommendations and facts."""

from dataclasses import dataclass, replace
from typing import ClassVar

from scr_llm.records.reading import PassedOver
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.lists import ItemList, Row, item_list, show
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.items import LIST
from scr_llm.text.words import CONTEXTS
from scr_llm.web.drawing import Drawing
from scr_llm.web.pdf_page import Marked, PdfPage, pdf_page
from scr_llm.web.shown import Shown

_GROUPS = {"Case facts": "case", "Findings": "finding", "Recommendations": "recommendation"}


@dataclass(frozen=True)
class Entry:
    """A finding, recommendation or fact of a list."""

    cell: Cell
    name: str
    """Such as "Finding 3"."""
    text: str
    addressee: str
    """Whom a recommendation asks; empty where it names nobody."""
    pages: tuple[int, ...]
    """On which it stands."""
    doubts: tuple[str, ...]
    """While it is open."""
    decided: str
    """What was decided and by whom, in words; empty while it is open."""


@dataclass(frozen=True, kw_only=True)
class ListPage(Shown):
    """A page of the PDF, and beside it the findings, recommendations and facts of the review."""

    template: ClassVar[str] = "list.html.j2"
    items: ItemList
    pdf: PdfPage
    groups: tuple[tuple[str, tuple[Entry, ...]], ...]
    """Headings, and what is under them."""
    chosen: str
    """Key of the chosen item; empty for none."""
    before: int | None
    """The page of the list before this one."""
    after: int | None
    """The one after it; on the last one, the first that was not shown."""
    passed_over: tuple[PassedOver, ...]
    """What looks like a finding or a recommendation but was not counted as one."""
    undone: bool
    """Whether the person has just taken back a decision on it."""
    refusal: str
    """Why something was not saved; empty if nothing was refused."""
    words: str
    """What the person had typed as words of the review."""
    reason: str
    """What the person had typed as a comment."""


def list_page(
    session: ReviewSession,
    drawing: Drawing,
    who: Reviewer,
    at: tuple[str, int, str],
    typed: tuple[str, str, str] = ("", "", ""),
    *,
    undone: bool = False,
) -> ListPage:
    """Open a list at a page, which the person then has been shown.

    Args:
        session: the project's cells.
        drawing: where words of the page are.
        who: who looks.
        at: document id; page that was asked for, where there is no such page the first that was not shown; key of an
            item to begin at.
        typed: why something was refused, and the words and the comment that the person had typed.
        undone: whether the person has just taken back a decision on it.

    Raises:
        RefusedError: the reviewer is blind, or there is no such review.
    """
    document_id, number, chosen = at
    items, pages = item_list(session, who, document_id), len(session.reading(document_id).pages)
    standing = tuple(sorted({page for row in items.rows for page in row.pages}))
    if not 1 <= number <= pages:
        number = next(iter((*items.left, *standing)), 1)
    show(session, who, document_id, number)
    items = replace(items, shown=items.shown | {number})
    here = [row.cell.key for row in items.rows if number in row.pages]
    if chosen not in {row.cell.key for row in items.rows}:
        chosen = here[0] if here else ""
    walked = items.pages or standing
    refusal, words, reason = typed
    kept = [row.cell for row in items.rows if row.cell.value == "present"]
    marked = [Marked(e, "mark" if c.key == chosen else "near", c.key) for c in kept for e in c.evidence]
    return ListPage(
        at=(document_id, LIST),
        items=items,
        pdf=pdf_page(session, drawing, session.documents[document_id], number, marked),
        groups=tuple(
            (heading, tuple(_entry(row) for row in items.rows if row.cell.kind == kind))
            for heading, kind in _GROUPS.items()
        ),
        chosen=chosen,
        before=max((page for page in walked if page < number), default=None),
        after=min((page for page in walked if page > number), default=next(iter(items.left), None)),
        passed_over=session.reading(document_id).passed_over,
        undone=undone,
        refusal=refusal,
        words=words,
        reason=reason,
    )


def _entry(row: Row) -> Entry:
    cell = row.cell
    text = cell.text if cell.value == "present" or cell.kind != "case" else None
    if text and cell.key == "case:context":
        text = CONTEXTS.get(text, text)
    return Entry(
        cell=cell,
        name=row.name,
        text=text or "Not stated",
        addressee=row.item.addressee or "" if row.item else "",
        pages=row.pages,
        doubts=cell.doubts if row.is_open else (),
        decided=_decided(row),
    )


def _decided(row: Row) -> str:
    """What was decided on an item, and by whom; empty while it is open."""
    decision = row.cell.standing.counts
    if row.is_open or decision is None:
        return ""
    removed = "not stated" if row.cell.kind == "case" else "removed"
    return f"{'confirmed' if decision.value == 'present' else removed}, {decision.author}"
