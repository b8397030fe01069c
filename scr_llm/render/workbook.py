"""The workbook: cases, matrix, themes, findings, recommendations, evidence.

Every cell is text or a number, never a formula.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from scr_llm.records import Briefing, CaseRow, Coding
from scr_llm.render import Everything, Printing
from scr_llm.text.words import in_words

Cell = str | int
_LONGEST = 32_000
"""Characters that are written to one cell; a spreadsheet takes 32,767."""


@dataclass(frozen=True)
class _Sheet:
    name: str
    columns: Sequence[str]
    rows: Sequence[tuple[Cell, ...]]


def render(briefing: Briefing, printing: Printing) -> bytes:
    """The whole file. The list of findings is made from the codings behind the briefing."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # A fixed date, so that the same briefing is the same file.
    book.set_properties({"title": briefing.title, "comments": briefing.status_line, "created": datetime(2000, 1, 1)})
    head = book.add_format(
        {"bold": True, "bg_color": "#1F2A44", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    )
    body = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in _sheets(briefing, printing.items):
        _write(book, sheet, head, body, briefing.status_line)
    book.close()
    return out.getvalue()


def export(everything: Everything) -> bytes:
    """The workbook of the whole project."""
    briefing, items = everything.briefing()
    return render(briefing, Printing(items))


def _sheets(briefing: Briefing, items: Sequence[tuple[CaseRow, Coding]]) -> Iterator[_Sheet]:
    yield _cases(briefing)
    themes, cases = briefing.facts.themes, briefing.cases
    yield _Sheet(
        "Matrix",
        ("Case", *(t.label for t in themes)),
        [(c.label, *(c.themes[t.theme] for t in themes)) for c in cases],
    )
    yield _Sheet(
        "Themes",
        ("Theme", "Found in", "Of", "Recommendations only", "Decided by a person"),
        [(t.label, t.present, t.of, t.recommendation_only, t.decided) for t in themes],
    )
    yield _Sheet(
        "Findings",
        ("Case", "Number", "Finding", "Page"),
        [(row.label, i.number or "Not numbered", i.text, i.page) for row, coding in items for i in coding.findings],
    )
    yield _recommendations(briefing)
    yield _evidence(briefing)


def _cases(briefing: Briefing) -> _Sheet:
    return _Sheet(
        "Cases",
        ("Case", "File", "Gender", "Age as printed", "Context", "Findings", "Recommendations", "Particular finding"),
        [
            (c.label, c.file, c.gender, c.age, c.context, c.findings, c.recommendations, c.particular)
            for c in briefing.cases
        ],
    )


def _recommendations(briefing: Briefing) -> _Sheet:
    labels = {t.theme: t.label for t in briefing.facts.themes}
    made_by = {r.id: r.case_label for r in briefing.recommended}
    rows = [
        (
            r.case_label,
            r.number or "Not numbered",
            r.text,
            r.addressee or "Not stated",
            r.timescale or "Not stated",
            "; ".join(labels[t] for t in r.themes) or "None",
            r.page,
            ", ".join(r.gaps) or "Nothing",
            "; ".join(dict.fromkeys(made_by[i] for i in r.repeats)) or "None",
        )
        for r in briefing.recommended
    ]
    columns = (
        "Case",
        "Number",
        "Recommendation",
        "Addressee",
        "Timescale",
        "Themes",
        "Page",
        "Missing",
        "Also made by",
    )
    return _Sheet("Recommendations", columns, rows)


def _evidence(briefing: Briefing) -> _Sheet:
    labels = {t.theme: t.label for t in briefing.facts.themes}
    rows = [
        (
            labels.get(e.theme or "", "None"),
            e.case_label,
            e.evidence.page,
            e.text,
            ", ".join(map(in_words, e.evidence.flags)) or "None",
        )
        for e in briefing.evidence
    ]
    return _Sheet("Evidence", ("Theme", "Case", "Page", "Quote", "Flags"), rows)


def _write(book: Any, sheet: _Sheet, head: Any, body: Any, status: str) -> None:
    written = book.add_worksheet(sheet.name)
    written.set_header(f"&L{status.replace('&', '&&')}")
    written.freeze_panes(1, 1)
    written.set_landscape()
    written.repeat_rows(0)
    for index, column in enumerate(sheet.columns):
        longest = max((len(str(row[index])) for row in sheet.rows), default=0)
        written.set_column(index, index, min(60, max(12, longest + 2, len(column) // 2)))
        written.write_string(0, index, column, head)
    for number, row in enumerate(sheet.rows, 1):
        for index, cell in enumerate(row):
            if isinstance(cell, int):
                written.write_number(number, index, cell, body)
            else:
                written.write_string(number, index, cell[:_LONGEST], body)
