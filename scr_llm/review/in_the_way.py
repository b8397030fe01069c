"""What prevents a signature: files that are not coded or have changed, and cells that are not ready."""

from collections.abc import Iterator
from dataclasses import dataclass

from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key


@dataclass(frozen=True)
class SignOffBlocker:
    """Why a briefing cannot be signed."""

    file: str
    """The review's file."""
    title: str
    """The cell, or "The file"."""
    what: str
    """undecided, stale, disagreed, quote, source or waiting."""
    message: str
    """The reason in words."""
    key: Key | None = None
    """The cell; None for a file."""


_STATES = {
    "undecided": "nobody has decided it",
    "stale": "the meaning of the code has changed since it was decided",
    "disagreed": "two reviewers differ",
    "quote": "a quote is no longer in the text",
}


@dataclass(frozen=True)
class BlockedCells:
    """Cells of one kind in one review that are not ready."""

    what: str
    """undecided, stale, disagreed or quote; list for findings, recommendations and facts that nobody has confirmed."""
    cells: int
    """How many."""
    first: Key


@dataclass(frozen=True)
class Blocked:
    """What prevents a signature, counted."""

    files: tuple[SignOffBlocker, ...]
    """Files that are not coded or have changed."""
    reviews: tuple[tuple[BlockedCells, ...], ...]
    """Of each review with cells that are not ready, those cells by kind."""

    @property
    def number(self) -> int:
        """How many things these are."""
        return len(self.files) + sum(kind.cells for review in self.reviews for kind in review)


def in_the_way(session: ReviewSession) -> Blocked:
    """Everything that prevents a signature, counted. Only reviews that have changed since it was asked are looked at.

    A cell is not ready when it is undecided, or when its quote is no longer in the text.
    """
    reviews = session.of_each(_by_kind)
    return Blocked(tuple(_files(session)), tuple(review for review in reviews if review))


def blockers(session: ReviewSession) -> list[SignOffBlocker]:
    """The same one by one."""
    return [*_files(session), *(_cell(session, *each) for i in session.documents for each in _cells(session, i))]


def _files(session: ReviewSession) -> Iterator[SignOffBlocker]:
    for document in session.files.values():
        if document.status == "pending" and not document.missing:
            message = "it was taken in and is not yet coded: scr-llm run"
            yield SignOffBlocker(file=document.file, title="The file", what="waiting", message=message)
        elif document.status == "coded" and (fault := session.source_fault(document)):
            yield SignOffBlocker(file=document.file, title="The file", what="source", message=fault)


def _cells(session: ReviewSession, document_id: str) -> Iterator[tuple[Key, str]]:
    """The cells of a review that are not ready, and what they are."""
    for key in session.counted_in(document_id):
        state = session.state(key)
        what = "quote" if state == "decided" and session.has_lost_a_quote(key) else state
        if what != "decided":
            yield key, what


def _cell(session: ReviewSession, key: Key, what: str) -> SignOffBlocker:
    file, title = session.documents[key[0]].file, session.proposals[key].title
    return SignOffBlocker(file=file, title=title, what=what, message=_STATES[what], key=key)


def _by_kind(session: ReviewSession, document_id: str) -> tuple[BlockedCells, ...]:
    found: dict[str, list[Key]] = {}
    for key, what in _cells(session, document_id):
        listed = what in ("undecided", "stale") and session.proposals[key].kind != "theme"
        found.setdefault("list" if listed else what, []).append(key)
    return tuple(BlockedCells(what, len(keys), keys[0]) for what, keys in found.items())
