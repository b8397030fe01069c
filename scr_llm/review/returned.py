"""A review sheet that has come back: what its rows decide, and making those decisions."""

from dataclasses import dataclass, field

from scr_llm.errors import ConflictError, RefusedError, ScrError
from scr_llm.records import Decision, Evidence, ThemeValue
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.review.sheet_file import Row, rows
from scr_llm.review.spreadsheet import ACCEPT, FILLED, FIXED, KEY, REJECT, fixed_columns, row_key
from scr_llm.stages.decisions import Key
from scr_llm.text.words import VALUES

LONGEST = 4000
"""Characters of a quote or a comment."""
_BY_WORD: dict[str, ThemeValue] = {word.lower(): value for value, word in VALUES.items()}  # type: ignore[misc]
_ASK_ANOTHER_WAY = "Decide it on the page, or in a new sheet."


@dataclass(frozen=True, kw_only=True)
class RowDecision:
    """A row with a decision that can be imported."""

    row: int
    """Of the sheet, from 1."""
    key: Key
    label: str
    """Of the review."""
    title: str
    """Of the cell."""
    before: ThemeValue
    value: ThemeValue
    evidence: tuple[Evidence, ...]
    sub_themes: tuple[str, ...]
    text: str | None
    reason: str
    seen: int
    """Number of the last decision on the cell when the sheet was written."""

    @property
    def summary(self) -> str:
        """In one line."""
        change = "accepted" if self.value == self.before else f"was {VALUES[self.before].lower()}"
        if number := len(self.evidence):
            change += f", {number} quote{'s' if number != 1 else ''}"
        line = f"{self.label}, {self.title}: {VALUES[self.value].lower()} ({change})"
        return f"{line}: {self.reason}" if self.reason else line


@dataclass
class Returned:
    """What a sheet that has come back holds."""

    changes: list[RowDecision] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Row of the sheet, and why it cannot be imported."""
    blank: int = 0
    """Rows without a decision."""


def read(session: ReviewSession, who: Reviewer, content: bytes) -> Returned:
    """What a sheet that has come back would change. Nothing is changed yet.

    Raises:
        UsageError: it is not an xlsx file, is too large, or is not one of this project's sheets.
    """
    found, seen = Returned(), set[Key]()
    for number, row in rows(content):
        if not any(typed.strip() for typed in row[FILLED]):
            found.blank += 1
            continue
        try:
            change = _row_decision(session, who, number, row)
            if change.key in seen:
                raise _refuse_both(found, change)
            seen.add(change.key)
            found.changes.append(change)
        except ScrError as error:
            found.refused.append((number, str(error)))
    found.refused.sort()
    return found


def _refuse_both(found: Returned, change: RowDecision) -> RefusedError:
    """Withdraw the earlier row on a cell that is decided twice: a program cannot know which of the two was meant."""
    error = RefusedError("another row decides the same cell.", next_step="Keep one of them.")
    if twin := next((c for c in found.changes if c.key == change.key), None):
        found.changes.remove(twin)
        found.refused.append((twin.row, str(error)))
    return error


def import_decisions(session: ReviewSession, who: Reviewer, changes: list[RowDecision]) -> list[tuple[int, str]]:
    """Make the decisions of a sheet in one transaction, so that a sheet is never half imported.

    Returns:
        The rows that could not be imported after all, each with the reason.
    """
    refused: list[tuple[int, str]] = []
    checked: list[tuple[RowDecision, Decision]] = []
    for change in changes:
        adjudicates = session.state(change.key) == "disagreed" and not who.blind
        try:
            decision = session.checked(
                who,
                *change.key,
                change.value,
                evidence=change.evidence,
                sub_themes=change.sub_themes,
                text=change.text,
                reason=change.reason,
                act="adjudicated" if adjudicates else None,
            )
            checked.append((change, decision))
        except RefusedError as error:
            refused.append((change.row, str(error)))
    conflicts = session.decide_together([(decision, change.seen) for change, decision in checked])
    refused += [(change.row, str(error)) for (change, _), error in zip(checked, conflicts, strict=True) if error]
    return sorted(refused)


def _row_decision(session: ReviewSession, who: Reviewer, number: int, row: Row) -> RowDecision:
    """What a row decides.

    Raises:
        RefusedError: the row is not as it was sent out, or its decision cannot be understood.
        ConflictError: somebody has decided on the cell since the sheet was written.
    """
    cell, seen = _cell_of(session, who, row)
    word, quote, page, reason = (typed.strip() for typed in row[FILLED])
    if not word:
        raise RefusedError(
            "there is a quote or comment, but no decision.",
            next_step="Choose a decision too, or clear the other columns.",
        )
    if max(len(quote), len(reason)) > LONGEST:
        raise RefusedError(f"a quote or comment is longer than {LONGEST} characters.", next_step="Shorten it.")
    value = _value(word, cell, who)
    evidence = _evidence(session, cell, value, quote, page)
    if value in ("present", "explicitly_absent") and cell.code and not evidence:
        raise RefusedError(f"“{VALUES[value]}” needs a quote.", next_step="Copy the words into Quote to add.")
    return RowDecision(
        row=number,
        key=(cell.document.id, cell.key),
        label=cell.label,
        title=cell.title,
        before=cell.value,
        value=value,
        evidence=evidence,
        sub_themes=cell.sub_themes if value == "present" else (),
        text=cell.text,
        reason=reason,
        seen=seen,
    )


def _cell_of(session: ReviewSession, who: Reviewer, row: Row) -> tuple[Cell, int]:
    """The cell that a row is about, and its last decision when the sheet was written."""
    parts = row[KEY].split(" ")
    if len(parts) != 4 or not parts[2].isascii() or not parts[2].isdigit() or len(parts[2]) > 9:
        raise RefusedError("this row has no key of this project.", next_step=_ASK_ANOTHER_WAY)
    document, key, seen = parts[0], parts[1], int(parts[2])
    cell = session.cell(document, key, who)
    if cell.seen != seen:
        raise ConflictError(cell.seen)
    shown = fixed_columns(cell)
    same_text = [_spaced(text) for text in row[:FIXED]] == [_spaced(text) for text in shown]
    if row_key(session, cell, shown) != row[KEY] or not same_text:
        raise RefusedError(
            "part of this row was moved, or what it shows has changed since the sheet was written.",
            next_step=_ASK_ANOTHER_WAY,
        )
    return cell, seen


def _spaced(text: str) -> str:
    """Text with single spaces: spreadsheets may change line ends and outer spaces."""
    return " ".join(text.split())


def _value(word: str, cell: Cell, who: Reviewer) -> ThemeValue:
    """The value that a decision gives a cell. A blind reviewer has nothing to accept."""
    wanted = word.lower()
    if wanted == ACCEPT.lower() and not who.blind:
        return cell.value
    if wanted == REJECT.lower():
        return "not_mentioned"
    if wanted in _BY_WORD:
        return _BY_WORD[wanted]
    raise RefusedError(
        f"“{word[:40]}” is not a decision.",
        next_step=f"Write one of: {ACCEPT}, {REJECT}, {', '.join(VALUES.values())}.",
    )


def _evidence(session: ReviewSession, cell: Cell, value: ThemeValue, quote: str, page: str) -> tuple[Evidence, ...]:
    """The quotes behind a decision: those of the cell, and the one that was added."""
    if not quote:
        return () if value == "not_mentioned" else cell.evidence
    page = page.removesuffix(".0")  # spreadsheets may save a whole number as 3.0
    if page and not (page.isascii() and page.isdigit() and len(page) < 7):
        raise RefusedError(
            f"“{page[:20]}” is not a page number.", next_step="Write the page as a number, or leave it empty."
        )
    if value == "not_mentioned":
        raise RefusedError(
            "there is a quote, but the decision is “Not found”.",
            next_step="Choose “Present”, or clear the quote.",
        )
    added = session.quote(cell.document.id, cell.key, quote, int(page) if page else None)
    return *cell.evidence, *(e for e in added if e not in cell.evidence)
