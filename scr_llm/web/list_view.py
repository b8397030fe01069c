"""What the page of a list shows: a page of the PDF, and beside it the findings, recommendations and facts."""

from scr_llm.records import Span
from scr_llm.review.cells import Reviewer
from scr_llm.review.lists import ItemList, Row, item_list, show
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.items import LIST
from scr_llm.text.words import CONTEXTS
from scr_llm.web import shown
from scr_llm.web.drawing import Drawing
from scr_llm.web.view import pieces

_GROUPS = {"Case facts": "case", "Findings": "finding", "Recommendations": "recommendation"}


def list_page(
    session: ReviewSession,
    drawing: Drawing,
    who: Reviewer,
    at: tuple[str, int, str],
    typed: tuple[str, str, str] = ("", "", ""),
) -> shown.ListPage:
    """Open a list at a page, which the person then has been shown.

    Args:
        session: the project's cells.
        drawing: where words of the page are.
        who: who looks.
        at: document id; page that was asked for, where there is no such page the first that was not shown; key of an
            item to begin at.
        typed: why something was refused, and the words and the comment that the person had typed.

    Raises:
        RefusedError: the reviewer is blind, or there is no such review.
    """
    document_id, number, chosen = at
    items, pages = item_list(session, who, document_id), len(session.reading(document_id).pages)
    standing = tuple(sorted({page for row in items.rows for page in row.pages}))
    if not 1 <= number <= pages:
        number = next(iter((*items.left, *standing)), 1)
    show(session, who, document_id, number)
    items = item_list(session, who, document_id)
    here = [row.cell.key for row in items.rows if number in row.pages]
    if chosen not in {row.cell.key for row in items.rows}:
        chosen = here[0] if here else ""
    walked = items.pages or standing
    refusal, words, reason = typed
    return shown.ListPage(
        at=(document_id, LIST),
        items=items,
        pdf=_pdf(session, drawing, items, number, chosen),
        groups=tuple(
            (heading, tuple(_entry(row) for row in items.rows if row.cell.kind == kind))
            for heading, kind in _GROUPS.items()
        ),
        chosen=chosen,
        before=max((page for page in walked if page < number), default=None),
        after=min((page for page in walked if page > number), default=next(iter(items.left), None)),
        passed_over=session.reading(document_id).passed_over,
        refusal=refusal,
        words=words,
        reason=reason,
    )


def _pdf(session: ReviewSession, drawing: Drawing, items: ItemList, number: int, chosen: str) -> shown.PdfPage:
    """A page of the PDF with marks over the items on it."""
    document, reading = session.documents[items.document_id], session.reading(items.document_id)
    kept = [row.cell for row in items.rows if row.cell.value == "present"]
    here = [(cell.key, e) for cell in kept for e in cell.evidence if e.page == number]
    spans = tuple(Span(page=e.page, start=e.start, end=e.end) for _, e in here)
    text = reading.pages[number - 1].text
    placed = drawing.layout(session.project.inbox / document.file, number, text, spans)
    keys = [here[quote][0] for quote in placed.quotes]
    return shown.PdfPage(
        document=document,
        number=number,
        of=len(reading.pages),
        marks=tuple(
            shown.Mark(box, "mark" if key == chosen else "near", key)
            for box, key in zip(placed.marks, keys, strict=True)
        ),
        lines=placed.lines,
        pieces=pieces(text, [e for _, e in here]),
        warnings=reading.pages[number - 1].warnings,
    )


def _entry(row: Row) -> shown.Entry:
    cell = row.cell
    text = cell.text if cell.value == "present" or cell.kind != "case" else None
    if text and cell.key == "case:context":
        text = CONTEXTS.get(text, text)
    return shown.Entry(
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
