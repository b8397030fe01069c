"""The export as one row for each cell of the matrix."""

import csv
import io

from scr_llm.records import Export
from scr_llm.render import Everything


def export(everything: Everything) -> bytes:
    """The whole file."""
    return table_csv(everything.export())


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
