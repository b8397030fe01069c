"""Reading the xlsx file of a review sheet, which may come from anywhere and may be damaged."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl

from scr_llm.errors import UsageError
from scr_llm.review.spreadsheet import COLUMNS, TAB

LARGEST, UNPACKED, ROWS = 20_000_000, 200_000_000, 60_000
"""Most bytes of a sheet, most bytes when unpacked, and most rows."""
AGAIN = "Send the xlsx file that scr-llm sheet wrote, saved as xlsx."
Row = tuple[str, ...]


def rows(content: bytes) -> Iterator[tuple[int, Row]]:
    """Rows of the tab Cells as text, each with its number in the sheet. Empty rows are left out.

    Raises:
        UsageError: it is not a review sheet, is too large, or cannot be read.
    """
    if len(content) > LARGEST:
        raise UsageError(f"this sheet is larger than {LARGEST // 1_000_000} MB.", next_step=AGAIN)
    try:
        _check_package(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        if TAB not in book.sheetnames:
            raise UsageError(f"this sheet has no tab {TAB}.", next_step=AGAIN)
        for number, values in enumerate(book[TAB].iter_rows(max_col=len(COLUMNS), values_only=True), 1):
            if number > ROWS:
                raise UsageError(f"this sheet has more than {ROWS} rows.", next_step=AGAIN)
            row = _as_text(values)
            if number == 1 and row != tuple(name for name, _ in COLUMNS):
                raise UsageError("the columns are not those of a review sheet.", next_step=AGAIN)
            if number > 1 and any(row):
                yield number, row
    except UsageError:
        raise
    except Exception as error:  # a malformed file can make the library raise almost anything
        raise UsageError(
            f"this file cannot be read as a review sheet ({type(error).__name__}).", next_step=AGAIN
        ) from error


def _check_package(content: bytes) -> None:
    """Refuse a zip archive that unpacks to too much, or XML that declares entities, which could expand without end."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(i.file_size for i in packed.infolist()) > UNPACKED:
            raise UsageError(f"this sheet unpacks to more than {UNPACKED // 1_000_000} MB.", next_step=AGAIN)
        parts = [i for i in packed.infolist() if i.filename.endswith((".xml", ".rels"))]
        if any(b"<!DOCTYPE" in packed.open(part).read(4096) for part in parts):
            raise UsageError("this sheet declares entities, which no spreadsheet does.", next_step=AGAIN)


def _as_text(values: tuple[Any, ...]) -> Row:
    """A row as text, filled up to all columns."""
    filled = (*values, *(None,) * (len(COLUMNS) - len(values)))
    return tuple("" if value is None else str(value) for value in filled)
