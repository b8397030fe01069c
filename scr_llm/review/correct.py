"""Putting a list right, item by item: corrected, removed, put back, split, joined or added.

The words are always words of the review: they are looked up in its text, or refused. Each of these is one act.
"""

import re
from collections.abc import Sequence
from typing import Literal

from scr_llm.errors import RefusedError
from scr_llm.records import Covered, Evidence, Item, Reading, SetItem
from scr_llm.review.cells import Reviewer
from scr_llm.review.lists import ItemList, Row, Shown, unchanged
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.items import ItemKind
from scr_llm.stages.ground import item_id
from scr_llm.stages.read.wishes import addressee
from scr_llm.text.flow import readable
from scr_llm.text.places import overlap

_NUMBER_BEFORE = re.compile(
    r"(?:^|\n)[ \t]*(?:finding|recommendation)?[ \t]*([A-Z]?\d{1,3}(?:\.\d{1,3}){0,3})[.):]?\s*$", re.I
)
"""The number that is printed before an item, at the beginning of a line."""


def remove(session: ReviewSession, who: Reviewer, given: ItemList | Shown, key: str, reason: str = "") -> int:
    """Decide that an item is none, or that a fact is not stated. Returns the number of the decision.

    Raises:
        RefusedError: there is no such item.
        ConflictError: somebody has decided on something of the list since it was shown.
    """
    return _decide(session, who, given, key, "not_mentioned", reason)


def put_back(session: ReviewSession, who: Reviewer, given: ItemList | Shown, key: str, reason: str = "") -> int:
    """Decide that an item is one after all; raises as `remove` does."""
    return _decide(session, who, given, key, "present", reason)


def _decide(
    session: ReviewSession,
    who: Reviewer,
    given: ItemList | Shown,
    key: str,
    value: Literal["present", "not_mentioned"],
    reason: str,
) -> int:
    seen = session.store.last_on(given.document_id, key)
    row = unchanged(session, who, given).row(key)
    evidence = row.cell.evidence if value == "present" else ()
    return session.decide(who, given.document_id, key, value, evidence=evidence, reason=reason, seen=seen)


def add(
    session: ReviewSession, who: Reviewer, given: ItemList | Shown, kind: ItemKind, words: str, page: int | None = None
) -> int:
    """Add a finding or recommendation by quoting its words. Returns the number of the decision.

    Raises:
        RefusedError: the words are not in the review, or are part of an item of the list.
        ConflictError: somebody has decided on something of the list since it was shown.
    """
    now, document = unchanged(session, who, given), given.document_id
    evidence = session.quote(document, kind, words, page)
    _refuse_overlap(now, kind, evidence)
    item = _set_item(session, document, kind, evidence)
    text = _text(evidence)
    key = item_id(document, kind, evidence, text)
    seen = session.store.last_on(document, key)
    return session.decide(who, document, key, "present", evidence=evidence, text=text, item=item, seen=seen)


def correct(
    session: ReviewSession, who: Reviewer, given: ItemList | Shown, key: str, words: str, page: int | None = None
) -> int:
    """Give an item other words of the review; raises as `add` does. Returns the number of the decision."""
    document, seen = given.document_id, session.store.last_on(given.document_id, key)
    now = unchanged(session, who, given)
    row, old = _item_of(now, key)
    # The words may stand in several places; those that the item already has are meant before any others.
    evidence = _inside(old, words) or session.quote(document, key, words, page)
    _refuse_overlap(now, _kind(row), evidence, but=(key,))
    item = _set_item(session, document, _kind(row), evidence, old)
    return session.decide(who, document, key, "present", evidence=evidence, text=_text(evidence), item=item, seen=seen)


def split(session: ReviewSession, who: Reviewer, given: ItemList | Shown, key: str, words: str) -> int:
    """Split an item in two, before the given words, with which the second begins. Returns the number of the decision.

    Raises:
        RefusedError: the words are not in the item, or are its first.
        ConflictError: somebody has decided on something of the list since it was shown.
    """
    now, document = unchanged(session, who, given), given.document_id
    row, old = _item_of(now, key)
    first, second = _halves(old, words)
    other = item_id(document, _kind(row), second, _text(second))
    covers = (
        _covered(key, first, _set_item(session, document, _kind(row), first, old)),
        _covered(other, second, _set_item(session, document, _kind(row), second, old, number=None)),
    )
    return _append(session, who, now, key, covers)


def join(session: ReviewSession, who: Reviewer, given: ItemList | Shown, key: str) -> int:
    """Join an item with the next of its kind: one item with the words of both. Returns the number of the decision.

    Raises:
        RefusedError: there is no next one.
        ConflictError: somebody has decided on something of the list since it was shown.
    """
    now = unchanged(session, who, given)
    row, old = _item_of(now, key)
    following = now.next_of(row)
    if following is None or following.item is None:
        raise RefusedError(f"{row.name} is the last {row.cell.kind}.", next_step="Choose the first of the two.")
    both = (*old.evidence, *following.item.evidence)
    item = SetItem(kind=_kind(row), number=old.number, addressee=old.addressee or following.item.addressee)
    set_before = session.standing((now.document_id, following.cell.key)).counts
    gone = _covered(following.cell.key, following.item.evidence, set_before.item if set_before else None)
    gone = gone.model_copy(update={"value": "not_mentioned"})
    return _append(session, who, now, key, (_covered(key, both, item), gone))


def _append(session: ReviewSession, who: Reviewer, now: ItemList, key: str, covers: tuple[Covered, ...]) -> int:
    act = session.made(who, now.document_id, key, act="decided", value="present", covers=covers)
    return session.append(act, now.seen)


def _covered(key: str, evidence: tuple[Evidence, ...], item: SetItem | None) -> Covered:
    return Covered(theme=key, value="present", text=_text(evidence), evidence=evidence, item=item)


def _text(evidence: Sequence[Evidence]) -> str:
    return readable(" ".join(e.quote for e in evidence))


def _item_of(now: ItemList, key: str) -> tuple[Row, Item]:
    """A finding or recommendation of the list that was not removed."""
    row = now.row(key)
    if row.item is None:
        raise RefusedError(f"{row.name} is a fact of the case.", next_step="Open it by itself to correct it.")
    if row.cell.value != "present":
        raise RefusedError(f"{row.name} was removed.", next_step="Put it back first.")
    return row, row.item


def _kind(row: Row) -> ItemKind:
    return "finding" if row.cell.kind == "finding" else "recommendation"


def _set_item(
    session: ReviewSession,
    document_id: str,
    kind: ItemKind,
    evidence: tuple[Evidence, ...],
    old: Item | None = None,
    *,
    number: str | None = "",
) -> SetItem:
    """What is printed with an item's words: its number, and whom a recommendation asks."""
    if number == "":
        number = old.number if old else _number(session.reading(document_id), evidence[0])
    asked = addressee(_text(evidence), evidence[0].section) if kind == "recommendation" else None
    return SetItem(kind=kind, number=number, addressee=asked or (old.addressee if old else None))


def _number(reading: Reading, first: Evidence) -> str | None:
    """The number that the review prints before some words."""
    found = _NUMBER_BEFORE.search(reading.pages[first.page - 1].text[: first.start])
    return found[1] if found else None


def _refuse_overlap(now: ItemList, kind: ItemKind, evidence: Sequence[Evidence], but: tuple[str, ...] = ()) -> None:
    """Refuse words that an item of the same kind has: they would be counted twice."""
    for row in now.rows:
        if row.cell.kind != kind or row.cell.key in but or row.cell.value != "present":
            continue
        if any(overlap(e, own) for e in evidence for own in row.cell.evidence):
            raise RefusedError(
                f"these words are part of {row.name[:1].lower()}{row.name[1:]} already.",
                next_step="Correct or split that one, or choose other words.",
            )


def _halves(item: Item, words: str) -> tuple[tuple[Evidence, ...], tuple[Evidence, ...]]:
    """An item's words before the given ones, and from these on.

    Raises:
        RefusedError: the given words are not inside the item.
    """
    for n, part in enumerate(item.evidence):
        for found in _pattern(words).finditer(part.quote):
            head, tail = _piece(part, 0, found.start()), _piece(part, found.start(), len(part.quote))
            first, second = (*item.evidence[:n], *head), (*tail, *item.evidence[n + 1 :])
            if first and second:
                return first, second
    raise RefusedError(
        "an item is split before words that are inside it.",
        next_step="Select the words with which the second part begins.",
    )


def _inside(item: Item, words: str) -> tuple[Evidence, ...]:
    """Words within one quote of an item; nothing where they are not in it."""
    for part in item.evidence:
        if found := _pattern(words).search(part.quote):
            return _piece(part, *found.span())
    return ()


def _pattern(words: str) -> re.Pattern[str]:
    """The same words with any spacing; no words are nowhere."""
    return re.compile(r"\s+".join(map(re.escape, words.split())) or r"(?!)")


def _piece(part: Evidence, start: int, end: int) -> tuple[Evidence, ...]:
    """A stretch of a quote without the white space around it; nothing where it is empty."""
    text = part.quote[start:end]
    quote = text.strip()
    if not quote:
        return ()
    at = part.start + start + len(text) - len(text.lstrip())
    return (part.model_copy(update={"quote": quote, "start": at, "end": at + len(quote)}),)
