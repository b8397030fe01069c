"""A review session: a project's cells, as people see and decide them on the page, in a review sheet or by program."""

import itertools
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

from scr_llm.codebook import code_sha256, codebook_sha256, load_codebook
from scr_llm.errors import ConflictError, RefusedError, UsageError
from scr_llm.project import Project
from scr_llm.records import Coding, Decision, Document, Evidence, Reading, ThemeValue
from scr_llm.records.decision import Act
from scr_llm.review.cells import Cell, MatrixCell, Proposal, Reviewer
from scr_llm.review.checks import Answer, check
from scr_llm.review.proposals import content, proposals
from scr_llm.review.related import related
from scr_llm.stages.decisions import CellState, Key, Standing, review_priority, state
from scr_llm.stages.ground import ground_quote, nearest
from scr_llm.store import Store
from scr_llm.text.case_label import case_label
from scr_llm.text.flow import readable
from scr_llm.text.typed import plain, typed

LONGEST_PAUSE = 300
"""Seconds between two decisions beyond which the reviewer is taken to have paused."""
FEWEST_GAPS = 4
"""Gaps between decisions that are needed to estimate a pace."""
ORDER_OF_KINDS = {"theme": 0, "case": 1, "finding": 2, "recommendation": 3}


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
        self._taken = 0
        self._order: dict[bool, list[Key]] = {}
        self._rank: dict[bool, dict[Key, int]] = {}
        self._counted = set[Key]()
        self._open = set[Key]()
        self._lock = threading.Lock()
        for document in sorted(self.store.documents(), key=lambda d: (d.file, d.id)):
            if document.status == "coded" and (coding := self.store.coding(document.id)):
                self._index(document, coding)
        self._set_order()
        self.refresh()

    def _index(self, document: Document, coding: Coding) -> None:
        self.documents[document.id] = document
        self.labels[document.id] = case_label(coding.case, document)
        for key, proposal in proposals(coding, self.codes):
            self.proposals[document.id, key] = proposal

    def refresh(self) -> None:
        """Read the decisions that others have made since."""
        with self._lock:
            for decision in self.store.decisions(after=self._taken):
                self._standings.setdefault((decision.document_id, decision.theme), Standing()).add(decision)
                self._acts.append((decision.author, decision.at))
                self._taken += 1
                self._note((decision.document_id, decision.theme))

    def standing(self, key: Key) -> Standing:
        """Everything that people have decided on a cell."""
        return self._standings.get(key, Standing())

    def state(self, key: Key) -> CellState:
        """Whether a cell is decided, and whether that decision still holds."""
        return state(self._standings.get(key), self.hashes.get(key[1], ""))

    def value(self, key: Key) -> ThemeValue:
        """A cell's current value."""
        decision = self.standing(key).counts
        return decision.value if decision else self.proposals[key].value

    def counted(self) -> list[Key]:
        """Every cell that is printed or counted, document by document.

        These are the cells that must be decided, and any others that somebody has decided.
        """
        return [key for key in self.proposals if key in self._counted]

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

    def _set_order(self) -> None:
        """Set the order in which cells are asked, whether or not they are decided.

        The cells that most need a look come first. A blind reviewer has the core themes only, review by review.
        """

        def rank(key: Key) -> tuple[int | Key, ...]:
            proposal = self.proposals[key]
            return ORDER_OF_KINDS[proposal.kind], *review_priority(proposal.value, proposal.doubts), key

        core = [c.id for c in self.codebook.codes if c.core]
        self._order = {False: sorted(self.proposals, key=rank), True: [(d, c) for d in self.documents for c in core]}
        self._rank = {blind: {key: at for at, key in enumerate(order)} for blind, order in self._order.items()}
        self._counted = {key for key, p in self.proposals.items() if p.core}
        self._open = set(self._counted)

    def _note(self, key: Key) -> None:
        """Update which cells count and which are open, after an act on a cell."""
        if proposal := self.proposals.get(key):
            counts = proposal.core or self.standing(key).counts is not None
            waits = counts and self.state(key) in ("undecided", "stale")
            (self._counted.add if counts else self._counted.discard)(key)
            (self._open.add if waits else self._open.discard)(key)

    def _waits(self, who: Reviewer, key: Key) -> bool:
        if who.blind:
            return not any(d.author == who.name for d in self.standing(key).blind)
        return key in self._open

    def open_for(self, who: Reviewer) -> list[Key]:
        """The cells that a reviewer has yet to decide, in the order in which they are asked."""
        return [key for key in self._order[who.blind] if self._waits(who, key)]

    def left(self, who: Reviewer) -> tuple[int, int]:
        """How many cells a reviewer has yet to decide, and out of how many."""
        if who.blind:
            return len(self.open_for(who)), len(self._order[True])
        return len(self._open), len(self._counted)

    def after(self, who: Reviewer, key: Key) -> Key | None:
        """The next open cell after a given one; None if none is open. Skipped cells come up again at the end."""
        order, start = self._order[who.blind], self._rank[who.blind].get(key, -1) + 1
        following = itertools.chain(itertools.islice(order, start, None), itertools.islice(order, start))
        return next((k for k in following if self._waits(who, k)), None)

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
        if seen > self._taken:
            self.refresh()
        coding = self.store.coding(document_id)
        if at not in self.proposals or coding is None:
            raise RefusedError("there is no such cell in this project.", next_step="Go back to the matrix.")
        return self._blind_cell(at, coding, who, seen) if who.blind else self._full_cell(at, coding, seen)

    def _blind_cell(self, at: Key, coding: Coding, who: Reviewer, seen: int) -> Cell:
        """A cell without the proposal, its evidence and its doubts, and without other people's decisions."""
        proposal = self.proposals[at]
        own = Standing(blind=[d for d in self.standing(at).blind if d.author == who.name])
        decision = own.blind[-1] if own.blind else None
        proposed_text = content(coding, proposal.kind, at[1]).text
        return Cell(
            document=self.documents[at[0]],
            label=self.labels[at[0]],
            key=at[1],
            kind=proposal.kind,
            title=proposal.title,
            code=self.codes.get(at[1]),
            proposed="unclear",
            value=decision.value if decision else "unclear",
            text=(decision.text if decision else None) or proposed_text,
            sub_themes=decision.sub_themes if decision else (),
            evidence=decision.evidence if decision else (),
            why=decision.reason if decision else "",
            doubts=(),
            state="decided" if decision else "undecided",
            standing=own,
            seen=seen,
        )

    def _full_cell(self, at: Key, coding: Coding, seen: int) -> Cell:
        """A cell with its proposal, and with the decision that counts in the proposal's place."""
        proposal, standing, code = self.proposals[at], self.standing(at), self.codes.get(at[1])
        proposed, decision = content(coding, proposal.kind, at[1]), standing.counts
        evidence = decision.evidence if decision else proposed.evidence
        return Cell(
            document=self.documents[at[0]],
            label=self.labels[at[0]],
            key=at[1],
            kind=proposal.kind,
            title=proposal.title,
            code=code,
            proposed=proposal.value,
            value=decision.value if decision else proposal.value,
            text=(decision.text if decision else None) or proposed.text,
            sub_themes=decision.sub_themes if decision else proposed.sub_themes,
            # Praise last: a quote of good practice does not show that a theme is present.
            evidence=tuple(sorted(evidence, key=lambda e: "good_practice" in e.flags)),
            why=proposed.why,
            doubts=proposal.doubts,
            state=self.state(at),
            standing=standing,
            seen=seen,
            nearest=() if evidence or not code else nearest(self.reading(at[0]), code),
            refused=tuple(r for r in coding.refused if r.about == f"theme:{at[1]}"),
        )

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
    ) -> Decision:
        """A person's decision, checked but not yet appended.

        Raises:
            RefusedError: the decision cannot be accepted: a name or role that cannot be printed, present or ruled out
                without a quote, or a quote that is not in the text.
        """
        self._refuse_uncounted(document_id, key, who)
        reading = self.reading(document_id)
        act = act or ("blind" if who.blind else "decided")
        if act != "withdrawn":
            answer = Answer(value=value, act=act, evidence=tuple(evidence), text=text or "", reason=reason)
            check(answer, key, self.proposals[document_id, key], reading, self.documents[document_id].file)
        return Decision(
            document_id=document_id,
            theme=key,
            act=act,
            value=value,
            text=plain(text) if text else text,
            sub_themes=tuple(sub_themes),
            evidence=tuple(evidence),
            author=who.name.strip(),
            role=who.role.strip(),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            reason=plain(reason).strip(),
            assisted=not who.blind,
            codebook_sha256=self.codebook_sha256,
            code_sha256=self.hashes.get(key, ""),
            reading_sha256=reading.sha256,
        )

    def _refuse_uncounted(self, document_id: str, key: str, who: Reviewer) -> None:
        """Refuse a decision by a person who cannot be named, or on a cell that does not count."""
        try:
            typed(who.name, "the name of the reviewer")
            typed(who.role, "the role of the reviewer")
        except UsageError as error:
            raise RefusedError(error.message, next_step="Start the review with --name and --role.") from error
        if (document_id, key) not in self.proposals:
            raise RefusedError("there is no such cell in this project.", next_step="Go back to the matrix.")
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
        evidence: Sequence[Evidence] = (),
        sub_themes: Sequence[str] = (),
        text: str | None = None,
        reason: str = "",
        act: Act | None = None,
        seen: int | None = None,
    ) -> int:
        """Append a person's decision, checked as in `checked`. Returns its number.

        Raises:
            ConflictError: somebody has decided on the cell since decision number `seen`.
            RefusedError: the decision cannot be accepted.
        """
        made = self.checked(
            who, document_id, key, value, evidence=evidence, sub_themes=sub_themes, text=text, reason=reason, act=act
        )
        number = self.store.append_decision(made, expect=seen)
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
            RefusedError: somebody else has decided on the cell since.
        """
        self.refresh()
        own = self._acts_in_force(who.name)
        if not own:
            return None
        key = own[-1]
        if not self.standing(key).can_be_undone_by(who.name):
            raise RefusedError(
                "somebody has decided on this cell since you did.",
                document=self.documents[key[0]].file if key[0] in self.documents else None,
                next_step="Open it and decide again.",
            )
        self.decide(who, *key, "unclear", act="withdrawn")
        return key

    def _acts_in_force(self, author: str) -> list[Key]:
        """The cells of a person's acts that have not been taken back, oldest first; a cell once for each act."""
        own: list[Key] = []
        for decision in self.store.decisions():
            if decision.author != author:
                continue
            key = (decision.document_id, decision.theme)
            if decision.act != "withdrawn":
                own.append(key)
            elif key in own:  # a withdrawal takes back the last act on its cell
                del own[len(own) - 1 - own[::-1].index(key)]
        return own

    def close(self) -> None:
        """Close the store."""
        self.store.close()
