"""A project's cells in short, kept up to date with what other people and other programs store."""

import itertools
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Collection
from datetime import datetime
from statistics import median
from typing import Any, Self, TypeVar

from scr_llm.codebook import code_sha256, codebook_sha256, load_codebook
from scr_llm.errors import CodebookError
from scr_llm.project import Project
from scr_llm.records import Case, Codebook, Decision, Document, ThemeValue
from scr_llm.review.cells import MatrixCell, Proposal, Reviewer
from scr_llm.review.news import Item, Mark, News
from scr_llm.review.proposals import added, proposals
from scr_llm.review.queue import Order, Queue, is_listed
from scr_llm.stages.decisions import CellState, Key, Standing, state
from scr_llm.stages.decisions.items import LIST, one_by_one, shown_hashes
from scr_llm.store import Store
from scr_llm.text.case_label import case_label

T = TypeVar("T")
LONGEST_PAUSE = 300
"""Seconds between two decisions beyond which the reviewer is taken to have paused."""
FEWEST_GAPS = 4
"""Gaps between decisions that are needed to estimate a pace."""
MOST_GAPS = 500
"""The latest gaps, from which it is estimated."""


class CellIndex:
    """What is coded and decided, cell by cell, without the words of the reviews.

    `refresh` takes in what was stored since. Many threads read it at once: what belongs together is replaced together,
    and whoever walks through something that grows walks through a copy.
    """

    codebook: Codebook

    def __init__(self, project: Project) -> None:
        self.project, self.store, self._news = project, Store(project.database), News()
        self.files: dict[str, Document] = {}
        """Every document that was ever taken in, by id, in the order of their files."""
        self.documents: dict[str, Document] = {}
        """Those that are coded, in the order of their files."""
        self.labels: dict[str, str] = {}
        self.cells: dict[str, dict[str, Proposal]] = {}
        """What is proposed for the cells of each document."""
        self.proposals: dict[Key, Proposal] = {}
        """The same in one, document by document."""
        self.acts: list[Decision] = []
        """Everything that people did, in order: an act on a list is one."""
        self.acts_on = defaultdict[str, list[Decision]](list)
        """The same by document."""
        self.codebook_fault = ""
        """Why the codebook cannot be used as its file is now; the one before is used meanwhile."""
        self.texts: dict[str, str] = {}
        """Document id to the hash of its text."""
        self._cases: dict[str, Case] = {}
        self._standings: dict[Key, Standing] = {}
        self._shown: dict[Key, str] = {}
        self._queue = Queue({}, ())
        self._disagreed, self._double = set[Key](), set[Key]()
        self._blind = defaultdict[str, set[Key]](set)
        self._last_act = dict[str, float]()
        self._gaps = defaultdict[str, deque[float]](lambda: deque(maxlen=MOST_GAPS))
        self._entries, self._signed, self._codebook_file = 0, 0, (0, 0)
        self._versions = defaultdict[str, int](int)
        self._computed = dict[Callable[[Any, str], object], dict[str, tuple[int, object]]]()
        self._lock, self._computing = threading.RLock(), threading.Lock()
        self.refresh()
        self._news.forget(self.mark)

    def refresh(self) -> None:
        """Take in what others have stored since: a changed codebook, documents and codings, decisions, sign-offs."""
        with self._lock:
            if self._codebook_file != (version := self._version_of_codebook()):
                self._take_codebook(version)
            self._take_documents()
            for act in self.store.decisions(after=self.taken):
                self._take_act(act)
            if self._signed != (signed := self.store.head("sign_offs")[0]):
                self._signed = signed
                self._news.add("signed", signed)

    @property
    def taken(self) -> int:
        """Number of the last decision that was taken in."""
        return len(self.acts)

    @property
    def mark(self) -> Mark:
        """What was taken in so far."""
        return Mark(self.taken, self._entries, self._signed, self.codebook_sha256[:12])

    def news_since(self, mark: str) -> list[Item] | None:
        """What has changed since a page was made, which names its mark; None where that is not remembered."""
        return self._news.since(Mark.read(mark), self.mark)

    def _version_of_codebook(self) -> tuple[int, int]:
        """Modification time in ns and size in bytes of the codebook's file; zeros where it cannot be looked at."""
        try:
            found = self.project.codebook_path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def _take_codebook(self, version: tuple[int, int]) -> None:
        """Read the codebook. If it cannot be used, as while somebody writes it, the one before stays in use.

        Raises:
            CodebookError: it cannot be used, and there is none before.
        """
        before = getattr(self, "codebook", None)
        try:
            codebook = load_codebook(self.project.codebook_path)
        except CodebookError as error:
            if before is None:
                raise
            self.codebook_fault, self._codebook_file = str(error), version
            return
        self.codebook_fault, self._codebook_file = "", version
        if codebook == before:
            return
        self.codebook = codebook
        self.codes = {code.id: code for code in codebook.codes}
        self.hashes = {code.id: code_sha256(code) for code in codebook.codes}
        self.codebook_sha256 = codebook_sha256(codebook)
        self._index(list(self.documents.values()))

    def _take_documents(self) -> None:
        """Index the documents that were stored, read or coded since."""
        changed, last = self.store.changed_documents(after=self._entries)
        if not self._entries:
            documents = self.store.documents()
        else:
            documents = [d for i in changed if (d := self.store.document(i))]
        self._entries = last
        if not documents:
            return
        before = self.documents
        self.files = _by_file(self.files | {d.id: d for d in documents})
        self._index(documents)
        for i in (d.id for d in documents):
            if i in self.documents:
                self._news.add("coded again" if i in before else "added", last, (i, ""))
            elif i in before:
                self._news.add("gone", last, (i, ""))

    def _index(self, changed: Collection[Document]) -> None:
        """Index documents anew, and leave those out that are not coded."""
        ids = {d.id for d in changed}
        documents = {i: d for i, d in self.documents.items() if i not in ids}
        cells, cases = {i: own for i, own in self.cells.items() if i not in ids}, dict(self._cases)
        hashes = {key: shown for key, shown in self._shown.items() if key[0] not in ids}
        for document in changed:
            if document.status == "coded" and (coding := self.store.coding(document.id)):
                documents[document.id], cases[document.id] = document, coding.case
                cells[document.id] = dict(proposals(coding, self.codes))
                hashes |= {(document.id, key): shown for key, shown in shown_hashes(coding).items()}
        documents = _by_file(documents)
        known = {(i, key): proposal for i in documents for key, proposal in cells[i].items()}
        parts = {
            "documents": documents,
            "labels": self.labels | {i: self._label(documents[i], cases[i]) for i in documents.keys() & ids},
            "_cases": cases,
            "cells": cells,
            "texts": self.texts | self.store.reading_hashes(list(ids)),
            "proposals": known,
            "_shown": hashes,
            "_queue": Queue(known, [c.id for c in self.codebook.codes if c.core]),
        }
        parts |= {name: {key for key in getattr(self, name) if key[0] not in ids} for name in ("_disagreed", "_double")}
        self.__dict__.update(parts)
        for key in list(self._standings):  # the queue is new, and holds no decision yet
            self._note(key)
        for i in ids:
            self._versions[i] += 1

    def _label(self, document: Document, case: Case) -> str:
        """What a review is called, by what people decided on its authority and pseudonym."""
        facts = {name: self.standing((document.id, f"case:{name}")).counts for name in ("authority", "pseudonym")}
        decided = {
            name: (d.text or getattr(case, name)) if d.value == "present" else None for name, d in facts.items() if d
        }
        return case_label(case.model_copy(update=decided), document)

    def _take_act(self, act: Decision) -> None:
        author = act.author
        self.acts.append(act)
        before, at = self._last_act.get(author), datetime.fromisoformat(act.at).timestamp()
        if before is not None and 0 <= at - before < LONGEST_PAUSE:
            self._gaps[author].append(at - before)
        self._last_act[author] = at
        self.acts_on[act.document_id].append(act)
        for decision in one_by_one(act):
            self._take_decision(decision)
        self._versions[act.document_id] += 1  # at the end: whoever computes something meanwhile does so again
        self._news.add("decided", self.taken, (act.document_id, act.theme), author)

    def _take_decision(self, decision: Decision) -> None:
        key, author = (decision.document_id, decision.theme), decision.author
        standing = self._standings.setdefault(key, Standing())
        standing.add(decision)
        is_blind = any(d.author == author for d in standing.blind)
        (self._blind[author].add if is_blind else self._blind[author].discard)(key)
        self._note(key)
        if decision.theme in ("case:authority", "case:pseudonym") and (document := self.documents.get(key[0])):
            self.labels[key[0]] = self._label(document, self._cases[key[0]])

    def _note(self, key: Key) -> None:
        """Update which cells count, are open, disagreed and decided twice, after an act on a cell."""
        self._note_item(key)
        if not (proposal := self.proposals.get(key)):
            return
        standing, now = self._standings.get(key), self.state(key)
        counts = proposal.core or (standing is not None and standing.counts is not None)
        self._queue.note(key, proposal, counts=counts, waits=counts and now in ("undecided", "stale"))
        for cells, is_one in (
            (self._disagreed, now == "disagreed"),
            (self._double, bool(standing and standing.pair)),
        ):
            (cells.add if is_one else cells.discard)(key)

    def _note_item(self, key: Key) -> None:
        """Make or drop the cell of a finding or recommendation that a person added."""
        known, decision = self.proposals.get(key), self.standing(key).counts
        if known and known.added and (decision is None or decision.value != "present"):
            self._queue.note(key, known, counts=False, waits=False)
            own = {k: p for k, p in self.cells[key[0]].items() if k != key[1]}
        elif not known and decision and decision.item and decision.value == "present" and key[0] in self.documents:
            own = {**self.cells[key[0]], key[1]: added(decision.item)}
        else:
            return
        # New mappings, so that whoever goes through the old ones is not disturbed; review by review, as before.
        self.cells = {**self.cells, key[0]: own}
        self.proposals = {(i, k): p for i in self.documents for k, p in self.cells[i].items()}

    def of_each(self, compute: Callable[[Self, str], T]) -> list[T]:
        """What a function computes for each document, anew only where something was stored or decided on it since."""
        with self._computing:  # whoever asks meanwhile waits for it, and does not do the same again
            before, now = self._computed.get(compute, {}), dict[str, tuple[int, object]]()
            for i in self.documents:
                version = self._versions[i]
                found = before.get(i)
                now[i] = found if found and found[0] == version else (version, compute(self, i))
            self._computed[compute] = now
        return [result for _, result in now.values()]  # type: ignore[misc]

    def standing(self, key: Key) -> Standing:
        """Everything that people have decided on a cell."""
        return self._standings.get(key, Standing())

    def state(self, key: Key) -> CellState:
        """Whether a cell is decided, and whether that decision still holds."""
        return state(self._standings.get(key), self.hashes.get(key[1]) or self._shown.get(key, ""))

    def value(self, key: Key) -> ThemeValue:
        """A cell's current value."""
        standing = self._standings.get(key)
        decision = standing.counts if standing else None
        return decision.value if decision else self.proposals[key].value

    def counted(self) -> list[Key]:
        """Every cell that is printed or counted, document by document.

        These are the cells that must be decided, and any others that somebody has decided.
        """
        return [key for key in self.proposals if key in self._queue.counted]

    def counted_in(self, document_id: str) -> list[Key]:
        """Those of one document."""
        return [key for theme in self.cells[document_id] if (key := (document_id, theme)) in self._queue.counted]

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

    def _waits(self, who: Reviewer, step: Key) -> bool:
        return step not in self._blind.get(who.name, ()) if who.blind else self._queue.is_open(step)

    def open_for(self, who: Reviewer) -> list[Key]:
        """What a reviewer has yet to decide, in the order in which it is asked.

        These are themes, and for each review with an open finding, recommendation or fact its list, `list:items`.
        """
        return [step for step in self._queue.order("blind" if who.blind else "doubt") if self._waits(who, step)]

    def open_cells(self, who: Reviewer) -> list[Key]:
        """The same cell by cell: findings, recommendations and facts instead of the lists that they are in."""
        steps = self.open_for(who)
        items: dict[str, list[Key]] = {document: [] for document, key in steps if key == LIST}
        for key, proposal in self.proposals.items():
            if key[0] in items and is_listed(key[1], proposal) and self._queue.waits(key, proposal):
                items[key[0]].append(key)
        return [cell for step in steps for cell in (items[step[0]] if step[1] == LIST else [step])]

    def left(self, who: Reviewer) -> tuple[int, int]:
        """How many steps (themes and lists) a reviewer has yet to decide, and out of how many."""
        if who.blind:
            steps = self._queue.order("blind")
            return len(steps) - sum(step in self._blind.get(who.name, ()) for step in steps), len(steps)
        return self._queue.left()

    def after(self, who: Reviewer, key: Key, order: Order = "doubt") -> Key | None:
        """The next open step after a given one; None if none is open. Skipped ones come up again at the end."""
        return self._queue.after(key, lambda step: self._waits(who, step), "blind" if who.blind else order)

    def decided_after(self, who: Reviewer, key: Key, order: Order = "doubt") -> Key | None:
        """The next decided theme after a given one, for those who look at them again; None behind the last."""
        steps = self._queue.order("blind" if who.blind else order)
        decided = (step for step in steps if step[1] != LIST and self._queue.counts(step))
        following = itertools.dropwhile(lambda step: step != key, decided) if key in self.proposals else decided
        return next((step for step in following if step != key and not self._waits(who, step)), None)

    def blind_done(self, name: str) -> bool:
        """Whether a second reviewer has decided every cell that is decided blind."""
        return not self.left(Reviewer(name, "", blind=True))[0]

    def disagreements(self) -> list[Key]:
        """Cells on which two reviewers differ and nobody has adjudicated."""
        found = self._disagreed
        return [key for key in list(self._standings) if key in found] if found else []

    def double(self) -> list[tuple[Decision, Decision]]:
        """The first reviewer's and the second reviewer's answer on each cell that both decided, before adjudication."""
        return [pair for key in self._double.copy() if (pair := self.standing(key).pair)]

    def minutes_left(self, who: Reviewer) -> float | None:
        """Minutes for the open cells at this person's own pace, without long pauses; None before five decisions."""
        gaps = list(self._gaps.get(who.name, ()))
        return median(gaps) * self.left(who)[0] / 60 if len(gaps) >= FEWEST_GAPS else None

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def _by_file(documents: dict[str, Document]) -> dict[str, Document]:
    """Documents by id, in the order of their files."""
    return dict(sorted(documents.items(), key=lambda pair: (pair[1].file, pair[0])))
