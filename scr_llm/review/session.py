"""A review session: a project's cells, as people see and decide them on the page, in a review sheet or by program."""

import itertools
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Unpack

from scr_llm.codebook import code_sha256, codebook_sha256, load_codebook
from scr_llm.errors import ConflictError, RefusedError, UsageError
from scr_llm.project import Project
from scr_llm.records import Coding, Decision, Document, Evidence, Reading, SetItem, ThemeValue
from scr_llm.records.decision import Act
from scr_llm.review.cells import Cell, Given, MatrixCell, Proposal, Reviewer, What
from scr_llm.review.checks import Answer, check
from scr_llm.review.opening import blind_cell, full_cell
from scr_llm.review.proposals import added, proposals
from scr_llm.review.queue import Queue
from scr_llm.review.related import related
from scr_llm.review.undo import can_be_undone, last_in_force, withdrawn_cells
from scr_llm.stages.decisions import CellState, Key, Standing, state
from scr_llm.stages.decisions.items import LIST, one_by_one, shown_hashes
from scr_llm.stages.ground import ground_quote
from scr_llm.store import Store
from scr_llm.text.case_label import case_label
from scr_llm.text.flow import readable
from scr_llm.text.typed import plain, typed

LONGEST_PAUSE = 300
"""Seconds between two decisions beyond which the reviewer is taken to have paused."""
FEWEST_GAPS = 4
"""Gaps between decisions that are needed to estimate a pace."""


class ReviewSession:
    """A project's cells. Holds a short index of all of them; the rest is read when a cell is opened."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.codebook = load_codebook(project.codebook_path)
        self.codes = {code.id: code for code in self.codebook.codes}
        self.hashes = {code.id: code_sha256(code) for code in self.codebook.codes}
        self.codebook_sha256 = codebook_sha256(self.codebook)
        self.store = Store(project.store_path)
        self.documents: dict[str, Document] = {}
        self.labels: dict[str, str] = {}
        self.proposals: dict[Key, Proposal] = {}
        self._standings: dict[Key, Standing] = {}
        self._acts: list[tuple[str, str]] = []
        self.taken = 0
        """Number of the last decision that was taken in."""
        self._shown: dict[Key, str] = {}
        self.shown_pages: dict[tuple[str, str], set[int]] = {}
        """Pages that a person was shown of a review in this visit, by the person's name and the document."""
        self._lock = threading.Lock()
        for document in sorted(self.store.documents(), key=lambda d: (d.file, d.id)):
            if document.status == "coded" and (coding := self.store.coding(document.id)):
                self._index(document, coding)
        self._queue = Queue(self.proposals, [c.id for c in self.codebook.codes if c.core])
        self.refresh()

    def _index(self, document: Document, coding: Coding) -> None:
        self.documents[document.id] = document
        self.labels[document.id] = case_label(coding.case, document)
        for key, proposal in proposals(coding, self.codes):
            self.proposals[document.id, key] = proposal
        self._shown |= {(document.id, key): shown for key, shown in shown_hashes(coding).items()}

    def refresh(self) -> None:
        """Read the decisions that others have made since."""
        with self._lock:
            for act in self.store.decisions(after=self.taken):
                for decision in one_by_one(act):
                    key = (decision.document_id, decision.theme)
                    self._standings.setdefault(key, Standing()).add(decision)
                    self._note(key)
                self._acts.append((act.author, act.at))
                self.taken += 1

    def standing(self, key: Key) -> Standing:
        """Everything that people have decided on a cell."""
        return self._standings.get(key, Standing())

    def state(self, key: Key) -> CellState:
        """Whether a cell is decided, and whether that decision still holds."""
        return state(self._standings.get(key), self.hashes.get(key[1]) or self._shown.get(key, ""))

    def value(self, key: Key) -> ThemeValue:
        """A cell's current value."""
        decision = self.standing(key).counts
        return decision.value if decision else self.proposals[key].value

    def counted(self) -> list[Key]:
        """Every cell that is printed or counted, document by document.

        These are the cells that must be decided, and any others that somebody has decided.
        """
        return [key for key in self.proposals if key in self._queue.counted]

    def matrix(self) -> dict[Key, MatrixCell]:
        """Every cell that is counted, with its current value and state."""
        return {key: self._matrix_cell(key) for key in self.counted()}

    def _matrix_cell(self, key: Key) -> MatrixCell:
        proposal = self.proposals[key]
        return MatrixCell(
            label=self.labels[key[0]],
            title=proposal.title,
            kind=proposal.kind,
            value=self.value(key),
            state=self.state(key),
        )

    def _note(self, key: Key) -> None:
        """Update which cells count and which are open, after an act on a cell."""
        self._note_item(key)
        if proposal := self.proposals.get(key):
            counts = proposal.core or self.standing(key).counts is not None
            waits = counts and self.state(key) in ("undecided", "stale")
            self._queue.note(key, proposal, counts=counts, waits=waits)

    def _note_item(self, key: Key) -> None:
        """Make or drop the cell of a finding or recommendation that a person added."""
        known, decision = self.proposals.get(key), self.standing(key).counts
        if known and known.added and (decision is None or decision.value != "present"):
            self._queue.note(key, known, counts=False, waits=False)
            self.proposals = {k: p for k, p in self.proposals.items() if k != key}
        elif not known and decision and decision.item and decision.value == "present" and key[0] in self.documents:
            # A new mapping, so that whoever goes through the old one is not disturbed; review by review, as before.
            place = {document: at for at, document in enumerate(self.documents)}
            everything = {**self.proposals, key: added(decision.item)}
            self.proposals = dict(sorted(everything.items(), key=lambda each: place[each[0][0]]))

    def _waits(self, who: Reviewer, step: Key) -> bool:
        if who.blind:
            return not any(d.author == who.name for d in self.standing(step).blind)
        return self._queue.is_open(step)

    def open_for(self, who: Reviewer) -> list[Key]:
        """What a reviewer has yet to decide, in the order in which it is asked.

        These are themes, and for each review with an open finding, recommendation or fact its list, `list:items`.
        """
        return [step for step in self._queue.orders[who.blind] if self._waits(who, step)]

    def open_cells(self, who: Reviewer) -> list[Key]:
        """The same cell by cell: findings, recommendations and facts instead of the lists that they are in."""
        steps = self.open_for(who)
        items: dict[str, list[Key]] = {document: [] for document, key in steps if key == LIST}
        for key, proposal in self.proposals.items():
            if key[0] in items and proposal.kind != "theme" and self._queue.waits(key, proposal):
                items[key[0]].append(key)
        return [cell for step in steps for cell in (items[step[0]] if step[1] == LIST else [step])]

    def left(self, who: Reviewer) -> tuple[int, int]:
        """How many steps (themes and lists) a reviewer has yet to decide, and out of how many."""
        if who.blind:
            return len(self.open_for(who)), len(self._queue.orders[True])
        return self._queue.left()

    def after(self, who: Reviewer, key: Key) -> Key | None:
        """The next open step after a given one; None if none is open. Skipped ones come up again at the end."""
        return self._queue.after(key, lambda step: self._waits(who, step), blind=who.blind)

    def blind_done(self, name: str) -> bool:
        """Whether a second reviewer has decided every cell that is decided blind."""
        return not self.open_for(Reviewer(name, "", blind=True))

    def disagreements(self) -> list[Key]:
        """Cells on which two reviewers differ and nobody has adjudicated."""
        return [key for key in list(self._standings) if key in self.proposals and self.state(key) == "disagreed"]

    def minutes_left(self, who: Reviewer) -> float | None:
        """Minutes for the open cells at this person's own pace, without long pauses; None before five decisions."""
        times = [datetime.fromisoformat(at).timestamp() for author, at in self._acts if author == who.name]
        gaps = [b - a for a, b in itertools.pairwise(times) if 0 <= b - a < LONGEST_PAUSE]
        return median(gaps) * self.left(who)[0] / 60 if len(gaps) >= FEWEST_GAPS else None

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
        at = (document_id, key)
        # A decision later than what was taken in is taken in before the cell is shown as seen up to it; one that is
        # made after this line is a conflict. Neither is overlooked.
        seen = self.store.last_on(*at)
        if seen > self.taken:
            self.refresh()
        coding = self.store.coding(document_id)
        if at not in self.proposals or coding is None:
            raise RefusedError("there is no such cell in this project.", next_step="Go back to the matrix.")
        return blind_cell(self, at, coding, who, seen) if who.blind else full_cell(self, at, coding, seen)

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
        last = last_in_force(self.store.decisions(), who.name)
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

    def close(self) -> None:
        """Close the store."""
        self.store.close()
