"""The workbook: cases, matrix, themes, findings, recommendations, evidence. Every cell is text or a number, never a formula."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from scr_llm.records import Briefing, CaseRow, Coding

Cell = str | int


def render(briefing: Briefing, items: Sequence[tuple[CaseRow, Coding]] = ()) -> bytes:
    """The whole file."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": briefing.title, "comments": briefing.status_line, "created": datetime(2000, 1, 1)})
    head = book.add_format(
        {"bold": True, "bg_color": "#1F2A44", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    )
    body = book.add_format({"text_wrap": True, "valign": "top"})
    codes = [(t.theme, t.label) for t in briefing.facts.themes]
    cases = briefing.cases
    asked = {r.id: r.case_label for r in briefing.recommended}
    sheets: list[tuple[str, Sequence[str], list[tuple[Cell, ...]]]] = [
        (
            "Cases",
            (
                "Case",
                "File",
                "Gender",
                "Age as printed",
                "Context",
                "Findings",
                "Recommendations",
                "Particular finding",
            ),
            [(c.label, c.file, c.gender, c.age, c.context, c.findings, c.recommendations, c.particular) for c in cases],
        ),
        (
            "Matrix",
            ("Case", *(label for _, label in codes)),
            [(c.label, *(c.themes[theme] for theme, _ in codes)) for c in cases],
        ),
        (
            "Themes",
            ("Theme", "Found in", "Of", "Recommendations only", "Decided by a person"),
            [(t.label, t.present, t.of, t.recommendation_only, t.decided) for t in briefing.facts.themes],
        ),
        (
            "Findings",
            ("Case", "Number", "Finding", "Page"),
            [(row.label, i.number or "Not numbered", i.text, i.page) for row, coding in items for i in coding.findings],
        ),
        (
            "Recommendations",
            (
                "Case",
                "Number",
                "Recommendation",
                "Addressee",
                "Timescale",
                "Themes",
                "Page",
                "Left open",
                "Also asked by",
            ),
            [
                (
                    r.case_label,
                    r.number or "Not numbered",
                    r.text,
                    r.addressee or "Not stated",
                    r.timescale or "Not stated",
                    "; ".join(dict(codes)[t] for t in r.themes) or "None",
                    r.page,
                    ", ".join(r.gaps) or "Nothing",
                    "; ".join(dict.fromkeys(asked[i] for i in r.repeats)) or "None",
                )
                for r in briefing.recommended
            ],
        ),
        (
            "Evidence",
            ("Theme", "Case", "Page", "Quote", "Flags"),
            [
                (
                    dict(codes).get(e.theme or "", "None"),
                    e.case_label,
                    e.evidence.page,
                    e.text,
                    ", ".join(e.evidence.flags) or "None",
                )
                for e in briefing.evidence
            ],
        ),
    ]
    for name, columns, rows in sheets:
        _sheet(book, name, columns, rows, head, body, briefing.status_line)
    book.close()
    return out.getvalue()


def _sheet(
    book: Any, name: str, columns: Sequence[str], rows: list[tuple[Cell, ...]], head: Any, body: Any, status: str
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_header(f"&L{status.replace('&', '&&')}")
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    for index, column in enumerate(columns):
        longest = max((len(str(row[index])) for row in rows), default=0)
        sheet.set_column(index, index, min(60, max(12, longest + 2, len(column) // 2)))
        sheet.write_string(0, index, column, head)
    for number, row in enumerate(rows, 1):
        for index, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, index, cell, body)
            else:
                sheet.write_string(number, index, cell[:32_000], body)
