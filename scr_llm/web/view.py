"""What the templates print, computed."""

from dataclasses import dataclass
from typing import Any

from scr_llm.errors import RefusedError
from scr_llm.records import Evidence, Span
from scr_llm.review.cells import STATED, Cell, Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key, Standing
from scr_llm.text.words import CONTEXTS, MATRIX
from scr_llm.web.drawing import Drawing


@dataclass(frozen=True)
class Progress:
    """How far the person is."""

    open: int
    of: int
    minutes: int | None
    disagreed: int


def progress(session: ReviewSession, who: Reviewer) -> Progress:
    """How many cells wait for this person, of how many, and for about how long."""
    waiting, of = session.left(who)
    minutes = session.minutes_left(who)
    return Progress(
        waiting,
        of,
        None if minutes is None else max(1, round(minutes)),
        0 if who.blind else len(session.disagreements()),
    )


@dataclass(frozen=True)
class MatrixCell:
    """A cell at a glance."""

    key: Key
    value: str
    state: str
    told: str


def matrix(session: ReviewSession, who: Reviewer, first: int, rows: int, everything: bool) -> dict[str, Any]:
    """Cases by themes, with each cell's state. A blind reviewer sees only what they decided."""
    codes = [c for c in session.codebook.codes if c.core or everything]
    names = sorted(session.documents, key=lambda d: session.labels[d])

    def cell(document: str, code: str) -> MatrixCell:
        key = (document, code)
        if who.blind:
            own = [d for d in session.standing(key).blind if d.author == who.name]
            value, state = (MATRIX[own[-1].value], "decided") if own else ("Open", "undecided")
        else:
            value, state = MATRIX[session.value(key)], session.state(key)
        return MatrixCell(key, value, state, f"{value}, {state}")

    shown = names[first : first + rows]
    lines = []
    for d in shown:
        others = (
            [k for k, p in session.proposals.items() if k[0] == d and p.kind != "theme"]
            if not who.blind and len(names) <= rows
            else []
        )
        lines.append(
            {
                "id": d,
                "label": session.labels[d],
                "file": session.documents[d].file,
                "cells": [cell(d, c.id) for c in codes],
                "others": len(others),
                "open": sum(session.state(k) == "undecided" for k in others),
            }
        )
    counts = {
        c.id: sum(session.value((d, c.id)) == "present" for d in names if (d, c.id) in session.proposals) for c in codes
    }
    return {
        "codes": codes,
        "lines": lines,
        "first": first,
        "rows": rows,
        "of": len(names),
        "everything": everything,
        "counts": counts,
        "more": len(session.codebook.codes) - sum(c.core for c in session.codebook.codes),
    }


def opened(session: ReviewSession, drawing: Drawing, cell: Cell, who: Reviewer, page: int) -> dict[str, Any]:
    """All that the page of one cell prints: the cell, the page of the PDF with its highlights, and its lines for selecting."""
    reading = session.reading(cell.document.id)
    shown = cell.evidence or cell.nearest
    number = page if 1 <= page <= len(reading.pages) else shown[0].page if shown else 1
    path, text = session.project.inbox / cell.document.file, reading.pages[number - 1].text
    here = [e for e in shown if e.page == number]
    placed = drawing.layout(path, number, text, tuple(Span(page=e.page, start=e.start, end=e.end) for e in here))
    opinions = (
        [("First reviewer", cell.standing.first[-1]), ("Second reviewer", second)]
        if cell.standing.first and (second := cell.standing.second)
        else []
    )
    return {
        "c": cell,
        "number": number,
        "pages": len(reading.pages),
        "boxes": placed.marks,
        "lines": placed.lines,
        "marked": _marked(text, here),
        "here": here,
        "proposal": bool(cell.evidence),
        "opinions": [] if who.blind else opinions,
        "contexts": {name: CONTEXTS[name] for name in STATED},
        "warnings": reading.pages[number - 1].warnings,
        "history": [] if who.blind else _history(cell.standing),
    }


def _history(standing: Standing) -> list[Any]:
    return sorted((*standing.first, *standing.blind, *standing.adjudicated), key=lambda d: d.at)


def _marked(text: str, quotes: list[Evidence]) -> list[tuple[str, bool]]:
    """A page's text in stretches, and which of them are quoted."""
    found: list[tuple[str, bool]] = []
    at = 0
    for quote in sorted(quotes, key=lambda e: e.start):
        if quote.start >= at:
            found += [(text[at : quote.start], False), (text[quote.start : quote.end], True)]
            at = quote.end
    return [*found, (text[at:], False)]


def document(session: ReviewSession, document_id: str, who: Reviewer) -> dict[str, Any]:
    """Findings, recommendations and case facts of one review, each with where it stands."""
    if document_id not in session.documents:
        raise RefusedError(
            "this review is not in the project, or is not coded yet.", next_step="Go back to the matrix."
        )
    rows = (
        []
        if who.blind
        else [
            session.cell(document_id, key, who)
            for (d, key), p in session.proposals.items()
            if d == document_id and p.kind != "theme"
        ]
    )
    over = () if who.blind else session.reading(document_id).passed_over
    return {
        "label": session.labels[document_id],
        "d": session.documents[document_id],
        "rows": rows,
        "passed_over": over,
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
    """On how many cells two reviewers agreed, of how many that both decided; as they first decided, before any adjudication."""
    both = [(s.first[-1], s.second) for key in session.proposals if (s := session.standing(key)).first and s.second]
    return sum(first.value == second.value for first, second in both), len(both)
