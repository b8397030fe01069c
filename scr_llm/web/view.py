"""What the templates show, computed."""

from dataclasses import dataclass
from typing import Any

from scr_llm.errors import RefusedError
from scr_llm.records import Code, Decision, Evidence, Span
from scr_llm.review.cells import STATED, Cell, Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key, Standing
from scr_llm.text.words import CONTEXTS, MATRIX
from scr_llm.web.drawing import Drawing


@dataclass(frozen=True)
class Progress:
    """How far the person has got."""

    open: int
    """Cells that wait for this person."""
    of: int
    """Cells in all."""
    minutes: int | None
    """Minutes left at the person's pace; None if the pace is not known."""
    disagreed: int
    """Cells on which two reviewers differ."""


def progress(session: ReviewSession, who: Reviewer) -> Progress:
    """How many cells wait for this person, of how many, and how long they will take."""
    waiting, of = session.left(who)
    minutes = session.minutes_left(who)
    return Progress(
        open=waiting,
        of=of,
        minutes=None if minutes is None else max(1, round(minutes)),
        disagreed=0 if who.blind else len(session.disagreements()),
    )


@dataclass(frozen=True)
class MatrixCell:
    """A cell at a glance."""

    key: Key
    value: str
    """In words."""
    state: str


def matrix(session: ReviewSession, who: Reviewer, first: int, rows: int, everything: bool) -> dict[str, Any]:
    """Reviews by themes, with each cell's state.

    Args:
        session: the project's cells.
        who: who looks. A blind reviewer sees only their own decisions.
        first: the number of the first review, from 0.
        rows: how many reviews one page shows.
        everything: whether all themes are shown, or only the main ones.
    """
    codes = [c for c in session.codebook.codes if c.core or everything]
    documents = sorted(session.documents, key=lambda d: session.labels[d])
    return {
        "codes": codes,
        "lines": [_line(session, who, d, codes, with_items=not who.blind) for d in documents[first : first + rows]],
        "first": first,
        "rows": rows,
        "of": len(documents),
        "everything": everything,
        "counts": {code.id: _present(session, code.id, documents) for code in codes},
        "more": sum(not c.core for c in session.codebook.codes),
    }


def _present(session: ReviewSession, code: str, documents: list[str]) -> int:
    """In how many reviews a theme is present now."""
    return sum(session.value((d, code)) == "present" for d in documents if (d, code) in session.proposals)


def _line(
    session: ReviewSession, who: Reviewer, document: str, codes: list[Code], *, with_items: bool
) -> dict[str, Any]:
    """A review as a line of the matrix."""
    items = []
    if with_items:
        items = [(document, key) for key, p in session.cells[document].items() if p.kind != "theme"]
    return {
        "id": document,
        "label": session.labels[document],
        "file": session.documents[document].file,
        "cells": [_matrix_cell(session, who, (document, code.id)) for code in codes],
        "others": len(items),
        "open": sum(session.state(key) == "undecided" for key in items),
    }


def _matrix_cell(session: ReviewSession, who: Reviewer, key: Key) -> MatrixCell:
    if not who.blind:
        return MatrixCell(key, MATRIX[session.value(key)], session.state(key))
    own = [d for d in session.standing(key).blind if d.author == who.name]
    return MatrixCell(key, MATRIX[own[-1].value], "decided") if own else MatrixCell(key, "Open", "undecided")


def opened(session: ReviewSession, drawing: Drawing, cell: Cell, who: Reviewer, page: int) -> dict[str, Any]:
    """All that the page of one cell shows: the cell, and a page of the PDF with its highlights and selectable lines.

    `page` is the page that the person asked for; where there is no such page, it is that of the first quote.
    """
    reading = session.reading(cell.document.id)
    shown = cell.evidence or cell.nearest
    first_quoted = shown[0].page if shown else 1
    number = page if 1 <= page <= len(reading.pages) else first_quoted
    path, text = session.project.inbox / cell.document.file, reading.pages[number - 1].text
    here = [e for e in shown if e.page == number]
    placed = drawing.layout(path, number, text, tuple(Span(page=e.page, start=e.start, end=e.end) for e in here))
    return {
        "c": cell,
        "number": number,
        "pages": len(reading.pages),
        "boxes": placed.marks,
        "lines": placed.lines,
        "marked": _marked(text, here),
        "here": here,
        "proposal": bool(cell.evidence),
        "opinions": [] if who.blind else _opinions(cell.standing),
        "contexts": {name: CONTEXTS[name] for name in STATED},
        "warnings": reading.pages[number - 1].warnings,
        "history": [] if who.blind else _history(cell.standing),
    }


def _opinions(standing: Standing) -> list[tuple[str, Decision]]:
    """What each reviewer decided, where two did."""
    if not (standing.first and standing.second):
        return []
    return [("First reviewer", standing.first[-1]), ("Second reviewer", standing.second)]


def _history(standing: Standing) -> list[Decision]:
    """All decisions on a cell, the earliest first."""
    return sorted((*standing.first, *standing.blind, *standing.adjudicated), key=lambda d: d.at)


def _marked(text: str, quotes: list[Evidence]) -> list[tuple[str, bool]]:
    """A page's text in pieces, and whether each is quoted. Of overlapping quotes the first is marked."""
    found: list[tuple[str, bool]] = []
    at = 0
    for quote in sorted(quotes, key=lambda e: e.start):
        if quote.start >= at:
            found += [(text[at : quote.start], False), (text[quote.start : quote.end], True)]
            at = quote.end
    return [*found, (text[at:], False)]


def document(session: ReviewSession, document_id: str, who: Reviewer) -> dict[str, Any]:
    """Findings, recommendations and case facts of one review, each with its state."""
    if document_id not in session.documents:
        raise RefusedError(
            "this review is not in the project, or is not coded yet.", next_step="Go back to the matrix."
        )
    keys = [key for key, p in session.cells[document_id].items() if p.kind != "theme"]
    return {
        "label": session.labels[document_id],
        "d": session.documents[document_id],
        "rows": [] if who.blind else [session.cell(document_id, key, who) for key in keys],
        "passed_over": () if who.blind else session.reading(document_id).passed_over,
    }


def disagreements(session: ReviewSession) -> list[dict[str, Any]]:
    """Cells on which two reviewers differ, with both answers."""
    return [
        {
            "key": key,
            "label": session.labels[key[0]],
            "theme": session.proposals[key].title,
            "first": s.first[-1],
            "second": s.second,
        }
        for key in session.disagreements()
        if (s := session.standing(key))
    ]


def agreed(session: ReviewSession) -> tuple[int, int]:
    """On how many cells two reviewers agreed, of how many that both decided. Adjudication does not count."""
    both = session.double()
    return sum(first.value == second.value for first, second in both), len(both)
