"""The findings, recommendations and facts of one review as a list: shown, confirmed as a whole, corrected one by one.

A list is confirmed by one act of one person, who was shown every page on which something of it stands. The act names
each item that it covers, with its words. It never covers a theme.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from scr_llm.errors import ConflictError, RefusedError
from scr_llm.records import Coding, Covered, Item
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.opening import full_cell
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.items import FACTS, LIST, ItemKind, in_their_words, shown_hashes
from scr_llm.text.words import count


@dataclass(frozen=True, kw_only=True)
class Row:
    """One finding, recommendation or fact of a list."""

    cell: Cell
    """As it stands now."""
    name: str
    """What it is called: "Finding 3", with its number as printed or its place in the list."""
    item: Item | None
    """Of a finding or recommendation: its words, as proposed or as a person chose them."""
    shown_sha256: str
    """Hash of what is proposed; empty where a person added it."""

    @property
    def is_open(self) -> bool:
        """Whether it waits to be confirmed."""
        return self.cell.state in ("undecided", "stale")

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages on which it stands."""
        return tuple(sorted({e.page for e in self.cell.evidence}))


@dataclass(frozen=True, kw_only=True)
class ItemList:
    """The list of one review, as a person sees it."""

    document_id: str
    label: str
    """Of the review."""
    rows: tuple[Row, ...]
    """Facts, findings, then recommendations, each in reading order; those that were removed are among them."""
    seen: int
    """Number of the last decision on any of them."""
    shown: frozenset[int]
    """Pages that the person was shown in this visit."""

    @property
    def open(self) -> tuple[Row, ...]:
        """The rows that wait to be confirmed."""
        return tuple(row for row in self.rows if row.is_open)

    @property
    def pages(self) -> tuple[int, ...]:
        """The pages on which something stands that waits to be confirmed."""
        return tuple(sorted({page for row in self.open for page in row.pages}))

    @property
    def left(self) -> tuple[int, ...]:
        """Those of these pages that the person was not yet shown."""
        return tuple(page for page in self.pages if page not in self.shown)

    @property
    def fingerprint(self) -> str:
        """Hash of what is shown, so that nothing else is confirmed or changed."""
        parts = (f"{r.cell.key} {r.cell.value} {r.cell.state} {r.shown_sha256} {r.cell.text}" for r in self.rows)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def row(self, key: str) -> Row:
        """A row by the key of its cell.

        Raises:
            RefusedError: it is not in the list.
        """
        if found := next((row for row in self.rows if row.cell.key == key), None):
            return found
        raise RefusedError("there is no such item in this list.", next_step="Open the list again.")

    def next_of(self, row: Row) -> Row | None:
        """The next finding after a finding, or recommendation after a recommendation, that was not removed."""
        kept = [r for r in self.rows if r.cell.kind == row.cell.kind and (r is row or r.cell.value == "present")]
        return next(iter(kept[kept.index(row) + 1 :]), None) if row in kept else None


@dataclass(frozen=True)
class Shown:
    """Which list a person was shown, as a browser sends it back."""

    document_id: str
    seen: int
    """As in the list."""
    fingerprint: str
    """As in the list."""


def item_list(session: ReviewSession, who: Reviewer, document_id: str) -> ItemList:
    """The list of a review.

    Raises:
        RefusedError: the reviewer is blind, and is asked for themes only; or there is no such review.
    """
    if who.blind:
        raise RefusedError("a blind reviewer decides the main themes only.", next_step="Decide the remaining cells.")
    session.refresh()
    seen = session.taken
    coding = session.store.coding(document_id)
    if document_id not in session.documents or coding is None:
        raise RefusedError("this review is not in the project, or is not coded yet.", next_step="Open the matrix.")
    return ItemList(
        document_id=document_id,
        label=session.labels[document_id],
        rows=tuple(_rows(session, document_id, coding, seen)),
        seen=seen,
        shown=session.shown_pages.of(who.name, document_id),
    )


def _rows(session: ReviewSession, document_id: str, coding: Coding, seen: int) -> list[Row]:
    shown = shown_hashes(coding)

    def row(key: str, name: str, item: Item | None = None) -> Row:
        cell = full_cell(session, (document_id, key), coding, seen, session.nearest)
        return Row(cell=cell, name=name, item=item, shown_sha256=shown.get(key, ""))

    decided = {
        key: decision
        for key, proposal in session.cells[document_id].items()
        if proposal.kind in get_args(ItemKind)
        if (decision := session.standing((document_id, key)).counts)
    }
    rows = [row(f"case:{fact}", fact.capitalize()) for fact in FACTS]
    proposed: tuple[tuple[ItemKind, Sequence[Item]], ...] = (
        ("finding", coding.findings),
        ("recommendation", coding.recommendations),
    )
    for kind, items in proposed:
        # A proposal that is newer than this session's index is left out until the page is opened again.
        known = [i for i in in_their_words(items, decided, kind) if (document_id, i.id) in session.proposals]
        rows += [row(i.id, f"{kind.capitalize()} {i.number or at}", i) for at, i in enumerate(known, 1)]
    return rows


def show(session: ReviewSession, who: Reviewer, document_id: str, page: int) -> None:
    """Note that a person was shown a page of a review."""
    session.shown_pages.add(who.name, document_id, page)


def confirm(session: ReviewSession, who: Reviewer, given: ItemList | Shown) -> int:
    """Confirm all of a list that is open, as it was shown. Returns the number of the decision.

    Raises:
        RefusedError: a page was not shown, nothing is open, or the list shows something else now.
        ConflictError: somebody has decided on something of the list since it was shown.
    """
    now = unchanged(session, who, given)
    if not now.open:
        raise RefusedError("nothing of this list is open.", next_step="Go to the next cell.")
    if now.left:
        were, pages = "was" if len(now.left) == 1 else "were", ", ".join(map(str, now.left))
        raise RefusedError(
            f"{count(len(now.left), 'page', 'pages')} of this list {were} not shown yet: {pages}.",
            document=session.documents[now.document_id].file,
            next_step="Look at each page of the list, then confirm it.",
        )
    covers = tuple(
        Covered(
            theme=row.cell.key,
            value=row.cell.value,
            text=row.cell.text,
            evidence=row.cell.evidence,
            shown_sha256=row.shown_sha256,
        )
        for row in now.open
    )
    act = session.made(who, now.document_id, LIST, act="decided", value="present", covers=covers, pages=now.pages)
    number = session.append(act, now.seen)
    session.shown_pages.forget(who.name, now.document_id)
    return number


def unchanged(session: ReviewSession, who: Reviewer, given: ItemList | Shown) -> ItemList:
    """A list as it is now, if that is what the person was shown.

    Raises:
        ConflictError: somebody has decided on something of the list since.
        RefusedError: it shows something else now.
    """
    now = item_list(session, who, given.document_id)
    if now.fingerprint == given.fingerprint:
        return now
    if now.seen > given.seen:
        raise ConflictError(now.seen)
    raise RefusedError("this list has changed since it was shown.", next_step="Open it again.")
