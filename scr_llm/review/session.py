"""A review session: a project's cells, as people see and decide them on the page, in a review sheet or by program."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Unpack

from scr_llm.audit import source_fault
from scr_llm.errors import ConflictError, RefusedError, UsageError
from scr_llm.project import Project
from scr_llm.records import Code, Deciding, Decision, Document, Evidence, Reading, SetItem, ThemeValue
from scr_llm.records.decision import Act
from scr_llm.reports.paper_state import PaperState, fingerprint, paper_state
from scr_llm.review.cells import Cell, Given, Reviewer, What
from scr_llm.review.checks import Answer, check
from scr_llm.review.index import CellIndex
from scr_llm.review.opening import blind_cell, full_cell
from scr_llm.review.proposals import added
from scr_llm.review.related import related
from scr_llm.review.shown_pages import ShownPages
from scr_llm.review.undo import can_be_undone, last_in_force, withdrawn_cells
from scr_llm.stages.decisions import Key, unverified
from scr_llm.stages.decisions.deciding import DecidedReview, decided_review, deciding_together
from scr_llm.stages.ground import ground_quote, nearest
from scr_llm.text.flow import readable
from scr_llm.text.typed import plain, typed

MOST_SEARCHES = 2000
"""Searches for the nearest passages of which the results are remembered: a few MB."""


class ReviewSession(CellIndex):
    """A project's cells, as people open and decide them. Holds an index; the rest is read when a cell is opened."""

    def __init__(self, project: Project, shown_pages: ShownPages | None = None) -> None:
        super().__init__(project)
        self.shown_pages = shown_pages or ShownPages()
        self._sources = dict[str, tuple[tuple[str, str, int, int], str | None]]()
        self._deciding: tuple[tuple[int, int, str], Deciding] | None = None
        self._paper_state: tuple[str, PaperState] | None = None
        self._nearest = lru_cache(maxsize=MOST_SEARCHES)(self._search)

    def reading(self, document_id: str) -> Reading:
        """The text of a document.

        Raises:
            RefusedError: the project has no text of it.
        """
        if found := self.store.reading(document_id):
            return found
        raise RefusedError("this review is not in the project.", next_step="Go back to the matrix.")

    def cell(self, document_id: str, key: str, who: Reviewer) -> Cell:
        """Open a cell. A blind reviewer sees nobody's answers but their own.

        Raises:
            RefusedError: there is no such cell.
        """
        return next(self._opened(document_id, {key: self.store.last_on(document_id, key)}, who))

    def cells_of(self, document_id: str, keys: Iterable[str], who: Reviewer) -> Iterator[Cell]:
        """Open several cells of a review, which is looked up once. Raises as `cell` does."""
        last = self.store.last_on_each(document_id)
        return self._opened(document_id, {key: last.get(key, 0) for key in keys}, who)

    def _opened(self, document_id: str, last: Mapping[str, int], who: Reviewer) -> Iterator[Cell]:
        """Open cells of a review, each with the number of the last decision on it."""
        # A decision later than what was taken in is taken in before the cell is shown as seen up to it; one that is
        # made after its number was looked up is a conflict. Neither is overlooked.
        if max(last.values(), default=0) > self.taken:
            self.refresh()
        coding = self.store.coding(document_id)
        for key, seen in last.items():
            at = (document_id, key)
            if at not in self.proposals or coding is None:
                raise RefusedError("there is no such cell in this project.", next_step="Go back to the matrix.")
            if who.blind:
                yield blind_cell(self, at, coding, who, seen)
            else:
                yield full_cell(self, at, coding, seen, self.nearest)

    def source_fault(self, document: Document) -> str | None:
        """As `audit.source_fault`; a file that is as it was at the last look is not read again."""
        try:
            found = (self.project.inbox / document.file).stat()
        except OSError:
            return source_fault(self.project, document)
        version = (document.file, document.sha256, found.st_mtime_ns, found.st_size)
        before = self._sources.get(document.id)
        if before is None or before[0] != version:
            before = self._sources[document.id] = (version, source_fault(self.project, document))
        return before[1]

    def has_lost_a_quote(self, key: Key) -> bool:
        """Whether a quote of the decision that counts is no longer in the text.

        The quotes were found in the text that the decision was made on, and before anything is signed the audit looks
        them up there again. Only if the text is another one now are they looked up here.
        """
        decision = self.standing(key).counts
        if decision is None or decision.reading_sha256 == self.texts.get(key[0]):
            return False
        return bool(unverified(decision.evidence, self.reading(key[0])))

    def deciding(self) -> Deciding:
        """How the deciding went so far."""
        now = (len(self.acts), self._entries, self.codebook_sha256)
        if self._deciding is None or self._deciding[0] != now:
            self._deciding = (now, deciding_together(self.of_each(ReviewSession._decided)))
        return self._deciding[1]

    def _decided(self, document_id: str) -> DecidedReview:
        return decided_review(self.cells[document_id], list(self.acts_on.get(document_id, ())))

    def paper_state(self) -> PaperState:
        """Whether the paper is signed, and what has changed since; computed anew only where something has."""
        now = fingerprint(self.project, self.store)
        if self._paper_state is None or self._paper_state[0] != now:
            self._paper_state = (now, paper_state(self.project, self.store))
        return self._paper_state[1]

    def nearest(self, document_id: str, code: Code) -> tuple[Evidence, ...]:
        """The passages of a review that come closest to a theme."""
        return self._nearest(document_id, self.texts.get(document_id, ""), code.id, self.hashes[code.id])

    def _search(self, document_id: str, _text: str, code: str, _meaning: str) -> tuple[Evidence, ...]:
        return nearest(self.reading(document_id), self.codes[code])

    def related(self, document_id: str, key: str) -> tuple[str, ...]:
        """The keys of the cells of a review that rest on the same words as one of its cells."""
        coding = self.store.coding(document_id)
        return related(coding, key) if coding else ()

    def quote(self, document_id: str, key: str, text: str, page: int | None) -> tuple[Evidence, ...]:
        """Words that a person marked, as evidence.

        Raises:
            RefusedError: the words are not in the document, or only in a part that is never evidence.
        """
        about = f"theme:{key}" if key in self.codes else key
        found, refused = ground_quote(self.reading(document_id), text, page, about)
        if not found:
            why = refused[0].reason if refused else "these words are not in the document"
            raise RefusedError(
                f"“{readable(text)[:80]}” cannot be used as evidence: {why}.",
                document=self.documents[document_id].file,
                page=page,
                next_step="Mark other words.",
            )
        return found

    def checked(
        self,
        who: Reviewer,
        document_id: str,
        key: str,
        value: ThemeValue,
        *,
        evidence: Sequence[Evidence] = (),
        sub_themes: Sequence[str] = (),
        text: str | None = None,
        reason: str = "",
        act: Act | None = None,
        item: SetItem | None = None,
    ) -> Decision:
        """A person's decision on a cell, checked but not yet appended.

        Raises:
            RefusedError: the decision cannot be accepted: a name or role that cannot be printed, present or ruled out
                without a quote, or a quote that is not in the text.
        """
        before = self.standing((document_id, key)).counts
        if before and before.item and item is None:
            # The words that a person chose stay, whatever else is decided on them.
            item, text, evidence = before.item, before.text, before.evidence
        proposal = self.proposals.get((document_id, key)) or (added(item) if item else None)
        if proposal is None:
            raise RefusedError("there is no such cell in this project.", next_step="Go back to the matrix.")
        made = self.made(
            who,
            document_id,
            key,
            act=act or ("blind" if who.blind else "decided"),
            value=value,
            text=plain(text) if text else text,
            sub_themes=tuple(sub_themes),
            evidence=tuple(evidence),
            reason=plain(reason).strip(),
            item=item,
        )
        answer = Answer(value=value, act=made.act, evidence=made.evidence, text=text or "", reason=reason)
        check(answer, key, proposal, self.reading(document_id), self.documents[document_id].file)
        return made

    def made(self, who: Reviewer, document_id: str, key: str, **what: Unpack[What]) -> Decision:
        """An act as it is recorded: by whom, when, and on what that was shown. Its answer is not checked.

        Raises:
            RefusedError: the person's name or role cannot be printed, or the review no longer counts.
        """
        self._refuse_uncounted(document_id, who)
        return Decision(
            document_id=document_id,
            theme=key,
            author=who.name.strip(),
            role=who.role.strip(),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            assisted=not who.blind,
            codebook_sha256=self.codebook_sha256,
            code_sha256=self.hashes.get(key, ""),
            reading_sha256=self.reading(document_id).sha256,
            **what,
        )

    def _refuse_uncounted(self, document_id: str, who: Reviewer) -> None:
        """Refuse a decision by a person who cannot be named, or on a review that does not count."""
        try:
            typed(who.name, "the name of the reviewer")
            typed(who.role, "the role of the reviewer")
        except UsageError as error:
            raise RefusedError(error.message, next_step="Start the review with --name and --role.") from error
        if document_id not in self.documents:
            raise RefusedError("this review is not in the project.", next_step="Go back to the matrix.")
        now = self.store.document(document_id)
        if now is None or now.status != "coded":
            what = self.documents[document_id].file
            raise RefusedError(
                f"{what} is no longer counted: {now.reason if now else 'it has been removed'}",
                next_step="Close the review and open it again.",
            )

    def decide(
        self,
        who: Reviewer,
        document_id: str,
        key: str,
        value: ThemeValue,
        *,
        seen: int | None = None,
        **answer: Unpack[Given],
    ) -> int:
        """Append a person's decision, checked as in `checked`. Returns its number.

        Raises:
            ConflictError: somebody has decided on the cell since decision number `seen`.
            RefusedError: the decision cannot be accepted.
        """
        return self.append(self.checked(who, document_id, key, value, **answer), seen)

    def append(self, act: Decision, seen: int | None) -> int:
        """Append an act that was checked. Returns its number; raises as `decide` does."""
        number = self.store.append_decision(act, expect=seen)
        self.refresh()
        return number

    def decide_together(self, decisions: Sequence[tuple[Decision, int | None]]) -> list[ConflictError | None]:
        """Append checked decisions in one transaction: if it fails, none is appended.

        Args:
            decisions: each with the number of the last decision on its cell that the person had seen.

        Returns:
            None for each decision that was appended. An error for each that was left out, because somebody has
            decided on its cell since.
        """
        done = self.store.append_decisions(decisions)
        self.refresh()
        return [None if conflict is None else ConflictError(conflict) for _, conflict in done]

    def withdraw(self, who: Reviewer) -> Key | None:
        """Take back this person's last act still in force. Returns its cell; None if there is nothing to take back.

        Raises:
            RefusedError: somebody else has decided on the cell, or on one of the cells, since.
        """
        self.refresh()
        last = last_in_force(self.acts.copy(), who.name)
        if last is None:
            return None
        key = (last.document_id, last.theme)
        if not can_be_undone(last, self._standings):
            raise RefusedError(
                "somebody has decided on this cell since you did.",
                document=self.documents[key[0]].file if key[0] in self.documents else None,
                next_step="Open it and decide again.",
            )
        withdrawn = self.made(who, *key, act="withdrawn", value="unclear", covers=withdrawn_cells(last))
        self.append(withdrawn, self.taken if last.covers else None)
        return key
