"""One person's review: the cells that they have yet to decide, one after the other."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from scr_llm.errors import RefusedError, UsageError
from scr_llm.files import read_file
from scr_llm.project import Project
from scr_llm.records import Evidence, Paper, ThemeValue
from scr_llm.review import correct
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.lists import ItemList, confirm, item_list, show
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key
from scr_llm.stages.decisions.items import PARTICULAR, ItemKind

if TYPE_CHECKING:
    from scr_llm.review.returned import Returned, RowDecision


class PersonalReview:
    """The cells of a project for one person, in the order in which they are asked.

    Use it in a `with` block, or call `close`.
    """

    def __init__(self, project: Project, who: Reviewer) -> None:
        self.who = who
        """The person who decides."""
        self.session = ReviewSession(project)
        """The cells of the project, which everybody shares."""

    def __enter__(self) -> "PersonalReview":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> list[Key]:
        """Document id and theme, item or fact of every cell that this person has yet to decide."""
        self.session.refresh()
        return self.session.open_cells(self.who)

    def next(self) -> Cell | None:
        """The next cell to decide; None if there is none. Themes come first, then findings, recommendations, facts."""
        waiting = self.open()
        return self.session.cell(*waiting[0], self.who) if waiting else None

    def steps(self) -> list[Key]:
        """The same as it is asked on the page: each open theme, and each review's open list, `list:items`, as one."""
        self.session.refresh()
        return self.session.open_for(self.who)

    def items(self, document_id: str) -> ItemList:
        """The findings, recommendations and facts of a review as a list.

        Raises:
            RefusedError: there is no such review, or the reviewer is blind.
        """
        return item_list(self.session, self.who, document_id)

    def show(self, items: ItemList, page: int) -> str:
        """The text of a page, which this person then has been shown.

        Raises:
            RefusedError: the review has no such page.
        """
        pages = self.session.reading(items.document_id).pages
        if not 1 <= page <= len(pages):
            raise RefusedError(f"this review has no page {page}.", next_step=f"Its pages are 1 to {len(pages)}.")
        show(self.session, self.who, items.document_id, page)
        return pages[page - 1].text

    def confirm(self, items: ItemList) -> int:
        """Confirm all that is open of a list, in one decision. Returns its number.

        Raises:
            ConflictError: somebody has decided on something of the list since it was opened.
            RefusedError: a page on which something of it stands was not shown, or nothing is open.
        """
        return confirm(self.session, self.who, items)

    def add_item(self, items: ItemList, kind: ItemKind, words: str, page: int | None = None) -> int:
        """Add a finding or recommendation by quoting its words. Returns the number of the decision.

        Raises:
            RefusedError: the words are not in the review, or an item of the list has them already.
            ConflictError: somebody has decided on something of the list since it was opened.
        """
        return correct.add(self.session, self.who, items, kind, words, page)

    def correct_item(self, items: ItemList, key: str, words: str, page: int | None = None) -> int:
        """Give a finding or recommendation other words of the review; raises as `add_item` does."""
        return correct.correct(self.session, self.who, items, key, words, page)

    def split_item(self, items: ItemList, key: str, words: str) -> int:
        """Split one in two, before the words with which the second begins; raises as `add_item` does."""
        return correct.split(self.session, self.who, items, key, words)

    def join_items(self, items: ItemList, key: str) -> int:
        """Join one with the next of its kind; raises as `add_item` does."""
        return correct.join(self.session, self.who, items, key)

    def remove_item(self, items: ItemList, key: str, reason: str = "") -> int:
        """Decide that one is none, or that a fact is not stated; raises as `add_item` does."""
        return correct.remove(self.session, self.who, items, key, reason)

    def quote(self, cell: Cell, words: str, page: int | None = None) -> tuple[Evidence, ...]:
        """Words of the review, as evidence for a cell.

        Raises:
            RefusedError: the words are not in the review.
        """
        return self.session.quote(cell.document.id, cell.key, words, page)

    def decide(
        self,
        cell: Cell,
        value: ThemeValue,
        *,
        evidence: Sequence[Evidence] = (),
        sub_themes: Sequence[str] | None = None,
        text: str | None = None,
        reason: str = "",
    ) -> int:
        """Decide a cell. Returns the number of the decision, which is kept permanently.

        Args:
            cell: as `next` gave it.
            value: present, explicitly_absent, not_mentioned or unclear.
            evidence: quotes that show it, from the cell or from `quote`.
            sub_themes: aspects of the theme that the quotes show. Without them, those of the cell stay where it is
                present, as on the page; an empty list takes them out.
            text: of a fact, if it differs from what was proposed.
            reason: why, in the person's own words.

        Raises:
            ConflictError: somebody has decided on the cell since it was opened.
            RefusedError: the decision cannot be accepted, for example present without a quote.
        """
        if sub_themes is None:
            sub_themes = cell.sub_themes if value == "present" else ()
        return self.session.decide(
            self.who,
            cell.document.id,
            cell.key,
            value,
            evidence=evidence,
            sub_themes=sub_themes,
            text=text,
            reason=reason,
            seen=cell.seen,
        )

    def particular(self, document_id: str, finding: str = "", *, words: str = "") -> int:
        """Choose the particular finding of a review, or write it. Returns the number of the decision.

        Args:
            document_id: the review.
            finding: id of the finding to print; empty where the words are the person's own.
            words: the person's own words, which the paper marks as theirs.

        Raises:
            RefusedError: there is no such finding, or the words cannot be printed.
        """
        coding = self.session.store.coding(document_id)
        findings = {item.id: item.evidence for item in coding.findings} if coding else {}
        if finding and finding not in findings:
            raise RefusedError("there is no such finding in this review.", next_step="List them: scr-llm show")
        cell = self.session.cell(document_id, PARTICULAR, self.who)
        return self.decide(cell, "present", evidence=findings.get(finding, ()), text=words or None)

    def undo(self) -> Key | None:
        """Take back this person's last decision still in force. Returns its cell; None if there is none.

        Raises:
            RefusedError: somebody else has decided on the cell since.
        """
        return self.session.withdraw(self.who)

    def sheet(self, *, only_open: bool = False) -> bytes:
        """The review sheet for this person, an xlsx file. It contains passages of the reviews.

        Args:
            only_open: leave out what is decided.
        """
        from scr_llm.review.spreadsheet import write

        return write(self.session, self.who, only_open=only_open)

    def questions(self) -> Paper:
        """The open questions for this person as a document, to be answered in Word."""
        from scr_llm.review.questions import questions

        return questions(self.session, self.who)

    def read_sheet(self, file: Path) -> "Returned":
        """What a review sheet that has come back would change. Nothing is changed yet.

        Raises:
            UsageError: it is not an xlsx file, is too large, or is not one of this project's sheets.
        """
        from scr_llm.review.returned import read
        from scr_llm.review.sheet_file import LARGEST

        if file.stat().st_size > LARGEST:
            raise UsageError(
                f"{file.name} is larger than {LARGEST // 1_000_000} MB.",
                next_step="Give the xlsx file that scr-llm sheet write made.",
            )
        return read(self.session, self.who, read_file(file))

    def import_sheet(self, changes: "Sequence[RowDecision]") -> list[tuple[int, str]]:
        """Make the decisions that `read_sheet` found, all in one transaction.

        Returns:
            The rows that could not be imported after all, each with the reason.
        """
        from scr_llm.review.returned import import_decisions

        return import_decisions(self.session, self.who, list(changes))

    def close(self) -> None:
        """Close the store."""
        self.session.close()
