"""Reviewing without the page: a workbook that goes out and comes back, and a list of open questions to read in Word."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlsxwriter

from scr_llm.errors import ConflictError, RefusedError, ScrError, UsageError
from scr_llm.records import Decision, Evidence, EvidenceRef, Paper, Paragraph, Part, Sentence, ThemeValue
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key
from scr_llm.text.flow import readable
from scr_llm.text.words import VALUES

LARGEST, UNPACKED, ROWS = 20_000_000, 200_000_000, 60_000
"""Bytes of a sheet, bytes that it may unpack to, and its rows."""
LONGEST = 4000
"""Characters of a quote or a comment."""
COLUMNS = (
    ("Review", 26),
    ("What", 30),
    ("Stands now", 16),
    ("State", 12),
    ("Text and quotes", 70),
    ("Why, and what to look at", 40),
    ("Your decision", 18),
    ("Quote to add", 50),
    ("Page of it", 9),
    ("Comment", 40),
    ("Key (leave as it is)", 20),
)
FIXED = 6
"""The first columns are for reading; the next four are for the person."""
ACCEPT, REJECT = "Accept", "Reject"
_BY_WORD: dict[str, ThemeValue] = {word.lower(): value for value, word in VALUES.items()}  # type: ignore[misc]
_HOW = (
    "How to use this sheet",
    "Each row of the tab Cells is one question. Read the quotes, and choose in the column Your decision.",
    "Accept takes what stands now. Reject means: not found. Or choose the value that is right.",
    "To add a quote, copy its words from the review into Quote to add, and give its page. It is looked up in the review; words that do not stand there are refused.",
    "A row without a decision stays as it is. You may sort and filter whole rows. Do not change the other columns: such a row is refused.",
    "Send the file back to the person who sent it. They see every change before it is taken in.",
)


@dataclass(frozen=True)
class Change:
    """A row with a decision that can be taken in."""

    row: int
    key: Key
    label: str
    title: str
    before: ThemeValue
    value: ThemeValue
    evidence: tuple[Evidence, ...]
    sub_themes: tuple[str, ...]
    text: str | None
    reason: str
    seen: int

    @property
    def told(self) -> str:
        """In one line."""
        quotes = f", {len(self.evidence)} quote{'s' if len(self.evidence) != 1 else ''}" if self.evidence else ""
        was = "accepted" if self.value == self.before else f"was {VALUES[self.before].lower()}"
        return f"{self.label}, {self.title}: {VALUES[self.value].lower()} ({was}{quotes})" + (
            f": {self.reason}" if self.reason else ""
        )


@dataclass
class Returned:
    """What a sheet that came back holds."""

    changes: list[Change] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Row of the sheet and why it is not taken in."""
    blank: int = 0
    """Rows without a decision."""


def write(session: ReviewSession, who: Reviewer, *, only_open: bool = False) -> bytes:
    """The review sheet of a project as xlsx: all themes, findings, recommendations and facts of every review."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format(
        {"bold": True, "bg_color": "#1F2A44", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    )
    body = book.add_format({"text_wrap": True, "valign": "top"})
    yours = book.add_format(
        {"text_wrap": True, "valign": "top", "bg_color": "#FFF7DB", "border": 1, "border_color": "#C4CCD4"}
    )
    sheet = book.add_worksheet("Cells")
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    for at, (name, width) in enumerate(COLUMNS):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, name, head)
    keys = set(session.open_for(who)) if only_open or who.blind else set(session.proposals)
    number = 0
    for cell in _cells(session, who, keys):
        number += 1
        fixed = _fixed(cell)
        for at, text in enumerate(fixed):
            sheet.write_string(number, at, text, body)
        for at in range(FIXED, FIXED + 4):
            sheet.write_blank(number, at, None, yours)
        sheet.write_string(number, FIXED + 4, _mark(session, cell, fixed), body)
    if number:
        sheet.data_validation(
            1,
            FIXED,
            number,
            FIXED,
            {
                "validate": "list",
                "source": [*([] if who.blind else [ACCEPT, REJECT]), *VALUES.values()],
                "error_title": "Your decision",
                "error_message": "Choose one of the list, or leave it empty.",
            },
        )
        sheet.autofilter(0, 0, number, len(COLUMNS) - 1)
    how = book.add_worksheet("How to")
    how.set_column(0, 0, 110)
    for at, line in enumerate(_HOW):
        how.write_string(at, 0, line, head if at == 0 else body)
    book.close()
    return out.getvalue()


def read(session: ReviewSession, who: Reviewer, content: bytes) -> Returned:
    """What a sheet that came back would change. Nothing is changed yet.

    Raises:
        UsageError: it is no xlsx file, too large, or not one of this project's sheets.
    """
    found, taken = Returned(), set[Key]()
    twice = RefusedError("another row decides on the same cell.", next_step="Keep one of them.")
    for number, row in _rows(content):
        if not any(typed.strip() for typed in row[FIXED : FIXED + 4]):
            found.blank += 1
            continue
        try:
            change = _change(session, who, number, row)
            if change.key in taken:  # neither is taken: which of them was meant is not for a program to say
                twin = next((c for c in found.changes if c.key == change.key), None)
                if twin:
                    found.changes.remove(twin)
                    found.refused.append((twin.row, str(twice)))
                raise twice
            taken.add(change.key)
            found.changes.append(change)
        except ScrError as error:
            found.refused.append((number, str(error)))
    found.refused.sort()
    return found


def take_in(session: ReviewSession, who: Reviewer, changes: list[Change]) -> list[tuple[int, str]]:
    """Decide as the sheet says: all rows that can be taken in at once, so that a sheet is never taken in by half.

    Returns:
        The rows that could not be taken in after all, each with why.
    """
    refused: list[tuple[int, str]] = []
    checked: list[tuple[Change, Decision]] = []
    for change in changes:
        try:
            decision = session.checked(
                who,
                *change.key,
                change.value,
                evidence=change.evidence,
                sub_themes=change.sub_themes,
                text=change.text,
                reason=change.reason,
                act="adjudicated" if session.state(change.key) == "disagreed" and not who.blind else None,
            )
            checked.append((change, decision))
        except RefusedError as error:
            refused.append((change.row, str(error)))
    conflicts = session.decide_together([(decision, change.seen) for change, decision in checked])
    refused += [(change.row, str(error)) for (change, _), error in zip(checked, conflicts, strict=True) if error]
    return sorted(refused)


def questions(session: ReviewSession, who: Reviewer) -> Paper:
    """The open themes as a paper, case by case, for a colleague who installs nothing. Findings, recommendations and facts are left to the sheet."""
    everything = set(session.open_for(who)) | (set() if who.blind else set(session.disagreements()))
    open_cells = {key for key in everything if session.proposals[key].kind == "theme"}
    parts, last = [], ""
    settings = session.project.settings
    intro = Sentence(
        text=f"{len(open_cells)} questions are open. Please write your answer and your reason under each, and send the file back."
    )
    rest = Sentence(
        text=f"{len(everything) - len(open_cells)} findings, recommendations and case facts are open too; they are in the review sheet."
    )
    parts.append(
        Part(
            id="how",
            level=1,
            title="How to answer",
            paragraphs=(Paragraph(sentences=(intro, rest) if len(everything) > len(open_cells) else (intro,)),),
        )
    )
    for number, cell in enumerate(_cells(session, who, open_cells), 1):
        if cell.label != last:
            last = cell.label
            parts.append(
                Part(
                    id=f"case-{cell.document.id}",
                    level=1,
                    title=cell.label,
                    paragraphs=(Paragraph(sentences=(Sentence(text=f"File: {cell.document.file}."),)),),
                )
            )
        parts.append(_question(number, cell, who))
    return Paper(
        title=f"Open questions: {settings.name}",
        status_line=f"OPEN QUESTIONS for {who.name}, {who.role}",
        marking=settings.marking,
        version="0",
        organisation=settings.organisation,
        parts=tuple(parts),
    )


def _question(number: int, cell: Cell, who: Reviewer) -> Part:
    def said(text: str, style: Any = "normal") -> Paragraph:
        return Paragraph(style=style, sentences=(Sentence(text=text),))

    told = [said(f"What it means: {cell.code.definition}")] if cell.code else []
    if cell.code and cell.code.exclude:
        told.append(said(f"Does not belong: {'; '.join(cell.code.exclude)}."))
    if cell.text:
        told.append(said(f"Text: {readable(cell.text)}"))
    if not who.blind:
        told.append(said(f"Proposed: {VALUES[cell.value].lower()}. {cell.why}".strip()))
        told += [said(f"Look closely: {doubt}.") for doubt in cell.doubts]
        for e in cell.evidence or cell.nearest:
            ref = EvidenceRef(
                document_id=cell.document.id, case_label=cell.label, theme=cell.key, evidence=e, text=readable(e.quote)
            )
            told.append(Paragraph(style="quote", quote=ref))
    told.append(said("Your answer (present, ruled out, not found, unclear), and why:", "note"))
    return Part(id=f"question-{number}", level=2, title=f"{number}. {cell.title}", paragraphs=tuple(told))


def _cells(session: ReviewSession, who: Reviewer, keys: set[Key]) -> Iterator[Cell]:
    """Cells review by review, in the codebook's order."""
    for document, key in session.proposals:
        if (document, key) in keys:
            yield session.cell(document, key, who)


def _fixed(cell: Cell) -> tuple[str, ...]:
    quotes = [
        f"page {e.page}: “{readable(e.quote)}”" + (f" [{', '.join(e.flags).replace('_', ' ')}]" if e.flags else "")
        for e in cell.evidence
    ]
    why = "\n".join(x for x in (cell.why, *(f"Look closely: {d}" for d in cell.doubts)) if x)
    told = (
        cell.label,
        cell.title,
        VALUES[cell.value],
        cell.state,
        "\n".join([*([readable(cell.text)] if cell.text else []), *quotes]) or "None",
        why or "None",
    )
    return tuple(text[:32_000] for text in told)


def _mark(session: ReviewSession, cell: Cell, fixed: tuple[str, ...]) -> str:
    """A row's key: which cell, after which decision, and a fingerprint of what the row shows."""
    shown = hashlib.sha256(
        "\x1f".join(
            (
                session.project.settings.name,
                session.hashes.get(cell.key, ""),
                cell.document.id,
                cell.key,
                str(cell.seen),
                *fixed,
            )
        ).encode()
    ).hexdigest()[:16]
    return f"{cell.document.id} {cell.key} {cell.seen} {shown}"


def _change(session: ReviewSession, who: Reviewer, number: int, row: tuple[str, ...]) -> Change:
    parts = row[FIXED + 4].split(" ")
    if len(parts) != 4 or not parts[2].isascii() or not parts[2].isdigit() or len(parts[2]) > 9:
        raise RefusedError(
            "this row has no key of this project.", next_step="Decide it on the page, or in a fresh sheet."
        )
    document, key, seen = parts[0], parts[1], int(parts[2])
    cell = session.cell(document, key, who)
    if cell.seen != seen:
        raise ConflictError(cell.seen)
    if _mark(session, cell, _fixed(cell)) != row[FIXED + 4] or tuple(_same(x) for x in row[:FIXED]) != tuple(
        _same(x) for x in _fixed(cell)
    ):
        raise RefusedError(
            "this row was moved in part, or what it shows has changed since it went out.",
            next_step="Decide it on the page, or in a fresh sheet.",
        )
    if not row[FIXED].strip():
        raise RefusedError(
            "something is written beside a decision that is not there.",
            next_step="Write the decision too, or take the rest away.",
        )
    word, quote, reason = row[FIXED].strip().lower(), row[FIXED + 1].strip(), row[FIXED + 3].strip()
    if max(len(quote), len(reason)) > LONGEST:
        raise RefusedError(f"a quote or comment is longer than {LONGEST} characters.", next_step="Shorten it.")
    value = (
        cell.value
        if word == ACCEPT.lower() and not who.blind
        else "not_mentioned"
        if word == REJECT.lower()
        else _BY_WORD.get(word)
    )
    if value is None:
        raise RefusedError(
            f"“{row[FIXED].strip()[:40]}” is no decision.",
            next_step=f"Write one of: {ACCEPT}, {REJECT}, {', '.join(VALUES.values())}.",
        )
    page = row[FIXED + 2].strip().removesuffix(".0")
    if quote and page and not (page.isascii() and page.isdigit() and len(page) < 7):
        raise RefusedError(
            f"“{page[:20]}” is no page number.", next_step="Write the page as a number, or leave it empty."
        )
    if quote and value == "not_mentioned":
        raise RefusedError(
            "a quote stands beside a decision that nothing is found.",
            next_step="Decide “Present”, or take the quote away.",
        )
    evidence = () if value == "not_mentioned" else cell.evidence
    if quote:
        evidence = (
            *evidence,
            *(e for e in session.quote(document, key, quote, int(page) if page else None) if e not in evidence),
        )
    if value in ("present", "explicitly_absent") and cell.code and not evidence:
        raise RefusedError(f"“{VALUES[value].lower()}” needs a quote.", next_step="Copy the words into Quote to add.")
    return Change(
        number,
        (document, key),
        cell.label,
        cell.title,
        cell.value,
        value,
        evidence,
        () if value != "present" else cell.sub_themes,
        cell.text,
        reason,
        seen,
    )


def _same(text: str) -> str:
    """Text as spreadsheets keep it: line ends and outer space may change."""
    return " ".join(text.split())


def _rows(content: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Rows of the tab Cells as text, with their numbers in the sheet."""
    again = "Send the xlsx file that scr-llm sheet wrote, saved as xlsx."
    if len(content) > LARGEST:
        raise UsageError(f"this sheet is larger than {LARGEST // 1_000_000} MB.", next_step=again)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(i.file_size for i in packed.infolist()) > UNPACKED:
                raise UsageError(f"this sheet unpacks to more than {UNPACKED // 1_000_000} MB.", next_step=again)
            if any(
                b"<!DOCTYPE" in packed.open(i).read(4096)
                for i in packed.infolist()
                if i.filename.endswith((".xml", ".rels"))
            ):
                raise UsageError("this sheet declares entities, which no spreadsheet does.", next_step=again)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        if "Cells" not in book.sheetnames:
            raise UsageError("this sheet has no tab Cells.", next_step=again)
        sheet = book["Cells"]
        for number, row in enumerate(sheet.iter_rows(max_col=len(COLUMNS), values_only=True), 1):
            if number > ROWS:
                raise UsageError(f"this sheet has more than {ROWS} rows.", next_step=again)
            cells = tuple("" if value is None else str(value) for value in (*row, *(None,) * (len(COLUMNS) - len(row))))
            if number == 1:
                if cells != tuple(name for name, _ in COLUMNS):
                    raise UsageError("the columns are not those of a review sheet.", next_step=again)
            elif any(cells):
                yield number, cells
    except UsageError:
        raise
    except Exception as error:  # whatever a malformed file makes the reader do
        raise UsageError(
            f"this is no review sheet that can be read ({type(error).__name__}).", next_step=again
        ) from error
