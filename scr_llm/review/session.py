"""A review session: a project's cells as people see and decide them, whether on the page, in a sheet or by a program."""

import itertools
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

from scr_llm.codebook import code_sha256, codebook_sha256, load_codebook
from scr_llm.errors import ConflictError, RefusedError, UsageError
from scr_llm.project import Project
from scr_llm.records import Coding, Decision, Document, Evidence, Item, Reading, ThemeValue
from scr_llm.records.decision import Act
from scr_llm.review.cells import FACTS, Cell, Kind, MatrixCell, Proposal, Reviewer
from scr_llm.review.checks import Told, check
from scr_llm.stages.decisions import Key, Standing, State, must_be_decided, review_priority, state
from scr_llm.stages.ground import ground_quote, nearest
from scr_llm.stages.synthesise import CodedReview
from scr_llm.store import Store
from scr_llm.text.flow import readable
from scr_llm.text.typed import plain, typed


class ReviewSession:
    """A project's cells. Holds a short index of all; what a cell needs beyond that is read when it is opened."""

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
        self.labels[document.id] = CodedReview(document, coding).label
        for theme in coding.themes:
            if code := self.codes.get(theme.theme):
                self.proposals[document.id, theme.theme] = Proposal(
                    "theme", code.label, theme.value, theme.doubts, must_be_decided(code, theme.value)
                )
        for code_id in self.codes.keys() - {t.theme for t in coding.themes}:  # a code that is newer than the coding
            self.proposals[document.id, code_id] = Proposal(
                "theme", self.codes[code_id].label, "unclear", ("the code is newer than the coding",)
            )
        kinds: tuple[tuple[Kind, tuple[Item, ...]], ...] = (
            ("finding", coding.findings),
            ("recommendation", coding.recommendations),
        )
        for kind, items in kinds:
            for item in items:
                self.proposals[document.id, item.id] = Proposal(
                    kind, f"{kind.capitalize()} {item.number or ''}".strip(), "present", item.doubts
                )
        for fact in FACTS:
            stated = bool(coding.case.evidence.get(fact))
            self.proposals[document.id, f"case:{fact}"] = Proposal(
                "case", f"Case: {fact}", "present" if stated else "not_mentioned"
            )

    def refresh(self) -> None:
        """Take in what others decided since."""
        with self._lock:
            for decision in self.store.decisions(after=self._taken):
                self._standings.setdefault((decision.document_id, decision.theme), Standing()).add(decision)
                self._acts.append((decision.author, decision.at))
                self._taken += 1
                self._note((decision.document_id, decision.theme))

    def standing(self, key: Key) -> Standing:
        """All that people decided on a cell."""
        return self._standings.get(key, Standing())

    def state(self, key: Key) -> State:
        """Where a cell stands."""
        return state(self._standings.get(key), self.hashes.get(key[1], ""))

    def value(self, key: Key) -> ThemeValue:
        """A cell's current value."""
        decision = self.standing(key).counts
        return decision.value if decision else self.proposals[key].value

    def counted(self) -> list[Key]:
        """Every cell that is printed or counted, document by document: what must be decided, and what somebody decided besides."""
        return [key for key in self.proposals if key in self._counted]

    def matrix(self) -> dict[Key, MatrixCell]:
        """Every cell that is counted, with its current value and where it stands."""
        return {
            key: MatrixCell(self.labels[key[0]], p.title, p.kind, self.value(key), self.state(key))
            for key in self.counted()
            if (p := self.proposals[key])
        }

    def _set_order(self) -> None:
        """In which order cells are asked, decided or not: the most worth a look first; a blind reviewer's follow the paper, and are core themes only."""
        kinds = {"theme": 0, "case": 1, "finding": 2, "recommendation": 3}
        first = sorted(
            self.proposals,
            key=lambda k: (
                kinds[self.proposals[k].kind],
                *review_priority(self.proposals[k].value, self.proposals[k].doubts),
                k,
            ),
        )
        core = [c.id for c in self.codebook.codes if c.core]
        self._order = {False: first, True: [(d, c) for d in self.documents for c in core]}
        self._rank = {blind: {key: at for at, key in enumerate(order)} for blind, order in self._order.items()}
        self._counted = {key for key, p in self.proposals.items() if p.core}
        self._open = set(self._counted)

    def _note(self, key: Key) -> None:
        """Keep up what counts and what is open, after an act on a cell."""
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
        """The cells that wait for a person, in the order in which they are asked."""
        return [key for key in self._order[who.blind] if self._waits(who, key)]

    def left(self, who: Reviewer) -> tuple[int, int]:
        """How many cells wait for a person, of how many."""
        return (len(self.open_for(who)), len(self._order[True])) if who.blind else (len(self._open), len(self._counted))

    def after(self, who: Reviewer, key: Key) -> Key | None:
        """The open cell that follows one, so that what was passed over comes back only at the end; None where none is open."""
        order, at = self._order[who.blind], self._rank[who.blind].get(key, -1) + 1
        return next(
            (
                k
                for k in itertools.chain(itertools.islice(order, at, None), itertools.islice(order, at))
                if self._waits(who, k)
            ),
            None,
        )

    def blind_done(self, name: str) -> bool:
        """Whether a second reviewer has decided all that there is to decide blind."""
        return not self.open_for(Reviewer(name, "", blind=True))

    def disagreements(self) -> list[Key]:
        """Cells on which two reviewers differ and nobody has adjudicated."""
        return [key for key in list(self._standings) if key in self.proposals and self.state(key) == "disagreed"]

    def minutes_left(self, who: Reviewer) -> float | None:
        """Time for what is open at this person's own pace, pauses of over five minutes left out; None before five decisions."""
        times = [datetime.fromisoformat(at).timestamp() for author, at in self._acts if author == who.name]
        gaps = [b - a for a, b in itertools.pairwise(times) if 0 <= b - a < 300]
        return median(gaps) * self.left(who)[0] / 60 if len(gaps) >= 4 else None

    def reading(self, document_id: str) -> Reading:
        """The text of a document.

        Raises:
            RefusedError: there is none.
        """
        if found := self.store.reading(document_id):
            return found
        raise RefusedError("this review is not in the project.", next_step="Go back to the matrix.")

    def cell(self, document_id: str, key: str, who: Reviewer) -> Cell:
        """Open a cell. For a blind reviewer without anybody's answers but their own.

        Raises:
            RefusedError: there is no such cell.
        """
        at = (document_id, key)
        coding = self.store.coding(document_id)
        if at not in self.proposals or coding is None:
            raise RefusedError("there is no such cell in this project.", next_step="Go back to the matrix.")
        proposal, standing, code = self.proposals[at], self.standing(at), self.codes.get(key)
        text, why, evidence, subs, title = None, "", tuple[Evidence, ...](), tuple[str, ...](), proposal.title
        if proposal.kind == "theme":
            theme = next((t for t in coding.themes if t.theme == key), None)
            evidence, why, subs = (theme.evidence, theme.why, theme.sub_themes) if theme else ((), "", ())
        elif proposal.kind == "case":
            name = key.removeprefix("case:")
            text, evidence = getattr(coding.case, name), coding.case.evidence.get(name, ())
        else:
            item = next(i for i in (*coding.findings, *coding.recommendations) if i.id == key)
            text, evidence = item.text, item.evidence
        decision = self._in_view(standing, who)
        if decision:
            evidence, text, subs = decision.evidence, decision.text or text, decision.sub_themes
        evidence = tuple(sorted(evidence, key=lambda e: "good_practice" in e.flags))  # what makes the case first
        value: ThemeValue = decision.value if decision else proposal.value
        if who.blind:
            hidden = Standing(blind=[d for d in standing.blind if d.author == who.name])
            return Cell(
                self.documents[document_id],
                self.labels[document_id],
                key,
                proposal.kind,
                title,
                code,
                "unclear",
                decision.value if decision else "unclear",
                text,
                decision.sub_themes if decision else (),
                decision.evidence if decision else (),
                decision.reason if decision else "",
                (),
                "decided" if decision else "undecided",
                hidden,
                self.store.last_on(*at),
            )
        return Cell(
            self.documents[document_id],
            self.labels[document_id],
            key,
            proposal.kind,
            title,
            code,
            proposal.value,
            value,
            text,
            subs,
            evidence,
            why,
            proposal.doubts,
            self.state(at),
            standing,
            self.store.last_on(*at),
            () if evidence or not code else nearest(self.reading(document_id), code),
            tuple(r for r in coding.refused if r.about == f"theme:{key}"),
        )

    @staticmethod
    def _in_view(standing: Standing, who: Reviewer) -> Decision | None:
        if who.blind:
            return next((d for d in reversed(standing.blind) if d.author == who.name), None)
        return standing.counts

    def quote(self, document_id: str, key: str, text: str, page: int | None) -> tuple[Evidence, ...]:
        """Evidence of words that a person marked.

        Raises:
            RefusedError: they do not stand in the document, or only where nothing is evidence.
        """
        about = f"theme:{key}" if key in self.codes else key
        found, refused = ground_quote(self.reading(document_id), text, page, about)
        if not found:
            why = refused[0].reason if refused else "these words do not stand in the document"
            raise RefusedError(
                f"“{readable(text)[:80]}” is no evidence: {why}.",
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
        """A person's decision, checked and not yet appended.

        Raises:
            RefusedError: it cannot stand: no name or role that can be printed, present without a quote, a quote that is not in the text, a denied theme without a quote.
        """
        try:
            typed(who.name, "the name of who decides")
            typed(who.role, "the role of who decides")
        except UsageError as error:
            raise RefusedError(error.message, next_step="Start the review with --name and --role.") from error
        if (document_id, key) not in self.proposals:
            raise RefusedError("there is no such cell in this project.", next_step="Go back to the matrix.")
        now = self.store.document(document_id)
        if now is None or now.status != "coded":
            what = self.documents[document_id].file
            raise RefusedError(
                f"{what} is no longer counted: {now.reason if now else 'it is gone'}",
                next_step="Close the review and open it again.",
            )
        reading = self.reading(document_id)
        act = act or ("blind" if who.blind else "decided")
        if act != "withdrawn":
            told = Told(value, act, tuple(evidence), text or "", reason)
            check(told, key, self.proposals[document_id, key], reading, self.documents[document_id].file)
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
            ConflictError: somebody decided on the cell after decision number `seen`.
            RefusedError: it cannot stand.
        """
        made = self.checked(
            who, document_id, key, value, evidence=evidence, sub_themes=sub_themes, text=text, reason=reason, act=act
        )
        number = self.store.append_decision(made, expect=seen)
        self.refresh()
        return number

    def decide_together(self, decisions: Sequence[tuple[Decision, int | None]]) -> list[ConflictError | None]:
        """Append checked decisions, each with the number of the last one on its cell that was in view: all at once, or none where that fails.

        Returns:
            For each None; or, where somebody decided on the cell since, the error: that one is left out.
        """
        done = self.store.append_decisions(decisions)
        self.refresh()
        return [None if conflict is None else ConflictError(conflict) for _, conflict in done]

    def withdraw(self, who: Reviewer) -> Key | None:
        """Take back this person's last act that stands. Returns its cell; None where there is none.

        Raises:
            RefusedError: somebody decided on its cell since.
        """
        self.refresh()
        own: list[Key] = []
        for d in self.store.decisions():
            if d.author != who.name:
                continue
            key = (d.document_id, d.theme)
            if d.act != "withdrawn":
                own.append(key)
            elif key in own:
                own.reverse()
                own.remove(key)
                own.reverse()
        if not own:
            return None
        key = own[-1]
        if not self.standing(key).can_be_undone_by(who.name):
            raise RefusedError(
                "somebody decided on this cell after you.",
                document=self.documents[key[0]].file if key[0] in self.documents else None,
                next_step="Open it and decide again.",
            )
        self.decide(who, *key, "unclear", act="withdrawn")
        return key

    def close(self) -> None:
        """Close the store."""
        self.store.close()
