"""One file for each format: a briefing in, bytes out. The same input gives the same bytes."""

import csv
import io
from collections.abc import Sequence
from importlib import import_module

from scr_llm.records import Briefing, CaseRow, Coding, Export, Paper

RENDERERS = {"docx": "word", "html": "html", "md": "markdown", "xlsx": "workbook", "json": "json"}
"""Format to module in this package."""


def render(
    briefing: Briefing,
    form: str,
    *,
    items: Sequence[tuple[CaseRow, Coding]] = (),
    template: bytes | None = None,
    evidence: str = "evidence",
) -> bytes:
    """The briefing in one format.

    Args:
        briefing: what to print.
        form: docx, html, md, xlsx or json.
        items: the codings behind it, for the workbook's list of findings.
        template: a Word file with the board's styles.
        evidence: name of the evidence file, without its ending, which the numbers of the HTML file lead to.
    """
    if form == "json":
        return (briefing.model_dump_json(indent=2) + "\n").encode()
    module = import_module(f"{__name__}.{RENDERERS[form]}")
    if form == "docx":
        return bytes(module.render(briefing, template))
    if form == "html":
        return bytes(module.render(briefing, f"{evidence}.html"))
    return bytes(module.render(briefing, items) if form == "xlsx" else module.render(briefing))


def printed(paper: Paper, form: str, *, template: bytes | None = None) -> bytes:
    """Any paper as docx, html or md. `template` is a Word file with the board's styles."""
    module = import_module(f"{__name__}.{RENDERERS[form]}")
    return bytes(module.render(paper, template) if form == "docx" else module.render(paper))


def table_csv(export: Export) -> bytes:
    """One row for each cell of the matrix: UTF-8, with a byte order mark so that spreadsheets recognise it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["file", "case", "status", "theme", "value", "decided", "quotes", "pages"])
    for document in export.documents:
        if not document.themes:
            writer.writerow([_inert(document.file), _inert(document.label), document.status, "", "", "", "", ""])
        for theme, cell in document.themes.items():
            pages = " ".join(str(page) for page in sorted({e.page for e in cell.evidence}))
            writer.writerow(
                [
                    _inert(document.file),
                    _inert(document.label),
                    document.status,
                    theme,
                    cell.value,
                    bool(cell.decision),
                    len(cell.evidence),
                    pages,
                ]
            )
    return ("\ufeff" + out.getvalue()).encode()


def _inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
