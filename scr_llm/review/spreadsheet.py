"""The review sheet, a workbook in which a colleague decides cells without the page: its layout, and writing it."""

import hashlib
import io
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import xlsxwriter

from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key
from scr_llm.text.flow import readable
from scr_llm.text.words import VALUES, in_words

TAB = "Cells"
COLUMNS = (
    ("Review", 26),
    ("What", 30),
    ("Current value", 16),
    ("State", 12),
    ("Text and quotes", 70),
    ("Reason, and what to look at closely", 40),
    ("Your decision", 18),
    ("Quote to add", 50),
    ("Page of the quote", 9),
    ("Comment", 40),
    ("Key (do not change)", 20),
)
"""Names and widths."""
FIXED = 6
"""The first columns are to be read; the next four are to be filled in."""
FILLED = slice(FIXED, FIXED + 4)
KEY = FIXED + 4
"""The column with the row's key."""
ACCEPT, REJECT = "Accept", "Reject"
LONGEST_TEXT = 32_000
"""Characters that a field of the sheet shows; a spreadsheet holds at most 32,767."""
_HOW = (
    "How to use this sheet",
    "Each row of the tab Cells is one question. Read the quotes, and choose an answer in the column Your decision.",
    "Accept keeps the current value. Reject means “Not found”. Or choose the right value from the list.",
    "To add a quote, copy its words from the review into Quote to add, and give its page. "
    "The quote is checked against the review: words that are not in the text are refused.",
    "A row without a decision does not change. You may sort and filter whole rows. "
    "Do not change the other columns: a row that was changed there is refused.",
    "Send the file back to the person who sent it. They see every change before it is imported.",
)


def write(session: ReviewSession, who: Reviewer, *, only_open: bool = False) -> bytes:
    """The review sheet of a project as xlsx: the themes, findings, recommendations and facts of every review.

    With `only_open`, and for a blind reviewer, it holds only the cells that they have yet to decide.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format(
        {"bold": True, "bg_color": "#1F2A44", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    )
    body = book.add_format({"text_wrap": True, "valign": "top"})
    to_fill = book.add_format(
        {"text_wrap": True, "valign": "top", "bg_color": "#FFF7DB", "border": 1, "border_color": "#C4CCD4"}
    )
    sheet = book.add_worksheet(TAB)
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    keys = set(session.open_cells(who)) if only_open or who.blind else set(session.proposals)
    rows = 0
    for rows, cell in enumerate(cells(session, who, keys), 1):
        shown = fixed_columns(cell)
        for column, text in enumerate(shown):
            sheet.write_string(rows, column, text, body)
        for column in range(FILLED.start, FILLED.stop):
            sheet.write_blank(rows, column, None, to_fill)
        sheet.write_string(rows, KEY, row_key(session, cell, shown), body)
    if rows:
        _offer_values(sheet, rows, who)
        sheet.autofilter(0, 0, rows, len(COLUMNS) - 1)
    how = book.add_worksheet("How to")
    how.set_column(0, 0, 110)
    for row, line in enumerate(_HOW):
        how.write_string(row, 0, line, head if row == 0 else body)
    book.close()
    return out.getvalue()


def _offer_values(sheet: Any, rows: int, who: Reviewer) -> None:
    """Give the decision column a list to choose from. A blind reviewer sees no proposal to accept or reject."""
    choices = {
        "validate": "list",
        "source": [*([] if who.blind else [ACCEPT, REJECT]), *VALUES.values()],
        "error_title": "Your decision",
        "error_message": "Choose a value from the list, or leave the field empty.",
    }
    sheet.data_validation(1, FIXED, rows, FIXED, choices)


def cells(session: ReviewSession, who: Reviewer, keys: set[Key]) -> Iterator[Cell]:
    """The given cells, review by review, in the codebook's order."""
    for document, own in groupby(list(session.proposals), key=itemgetter(0)):
        if wanted := [key for _, key in own if (document, key) in keys]:
            yield from session.cells_of(document, wanted, who)


def fixed_columns(cell: Cell) -> tuple[str, ...]:
    """What a row shows of a cell, in the columns that are to be read."""
    quotes = []
    for e in cell.evidence:
        flags = f" [{', '.join(map(in_words, e.flags))}]" if e.flags else ""
        quotes.append(f"page {e.page}: “{readable(e.quote)}”{flags}")
    text = [readable(cell.text)] if cell.text else []
    reasons = [line for line in (cell.why, *(f"Look closely: {doubt}" for doubt in cell.doubts)) if line]
    shown = (
        cell.label,
        cell.title,
        VALUES[cell.value],
        cell.state,
        "\n".join([*text, *quotes]) or "None",
        "\n".join(reasons) or "None",
    )
    return tuple(field[:LONGEST_TEXT] for field in shown)


def row_key(session: ReviewSession, cell: Cell, shown: tuple[str, ...]) -> str:
    """A row's key: which cell, after which decision, and a fingerprint of what the row shows."""
    parts = (
        session.project.settings.name,
        session.hashes.get(cell.key, ""),
        cell.document.id,
        cell.key,
        str(cell.seen),
        *shown,
    )
    fingerprint = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
    return f"{cell.document.id} {cell.key} {cell.seen} {fingerprint}"
