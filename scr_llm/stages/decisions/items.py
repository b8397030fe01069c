"""Findings, recommendations and facts as people decided them: in lists that are confirmed as a whole, or one by one."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from scr_llm.records import Coding, Decision, Evidence, Item

LIST = "list:items"
"""What a decision is on that confirms a review's list of findings, recommendations and facts as a whole."""
FACTS = ("authority", "pseudonym", "context")
"""Case facts that are decided."""
ItemKind = Literal["finding", "recommendation"]


def one_by_one(decision: Decision) -> tuple[Decision, ...]:
    """What an act decides on each of its cells, each as a decision by itself."""
    if not decision.covers:
        return (decision,)
    return tuple(
        decision.model_copy(
            update={
                "theme": cell.theme,
                "value": cell.value,
                "text": cell.text,
                "evidence": cell.evidence,
                "item": cell.item,
                "shown_sha256": cell.shown_sha256,
                "covers": (),
                "pages": (),
            }
        )
        for cell in decision.covers
    )


def shown_hashes(coding: Coding) -> dict[str, str]:
    """Hash of what a list shows of each proposed finding, recommendation and fact: its words, and where they are.

    The hash of the whole reading is part of it, so that a list is confirmed again when the text was read anew.
    """
    items = (*coding.findings, *coding.recommendations)
    shown = {i.id: _sha256(coding, i.id, i.evidence, i.number, i.text, i.addressee) for i in items}
    for fact in FACTS:
        key, words = f"case:{fact}", getattr(coding.case, fact)
        shown[key] = _sha256(coding, key, coding.case.evidence.get(fact, ()), words)
    return shown


def _sha256(coding: Coding, key: str, evidence: Sequence[Evidence], *words: str | None) -> str:
    places = (f"{e.page}:{e.start}:{e.end}" for e in evidence)
    parts = (coding.reading_sha256, key, *(word or "" for word in words), *places)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def as_decided(items: Sequence[Item], decided: Mapping[str, Decision], kind: ItemKind) -> tuple[Item, ...]:
    """The findings or recommendations of a review in the words that people chose, with those that they added.

    Those that somebody removed are left out.

    Args:
        items: as proposed, in reading order.
        decided: the decision that counts on each cell of the review.
        kind: which of the two they are.
    """
    return tuple(i for i in in_their_words(items, decided, kind) if (d := decided.get(i.id)) is None or _kept(d))


def _kept(decision: Decision) -> bool:
    return decision.value == "present"


def in_their_words(items: Sequence[Item], decided: Mapping[str, Decision], kind: ItemKind) -> list[Item]:
    """The same with those that somebody removed; each added one after the last that begins before it."""
    found = [_worded(item, decided.get(item.id)) for item in items]
    for item in sorted(_added({i.id for i in items}, decided, kind), key=_place):
        before = (n for n, other in enumerate(found, 1) if _place(other) <= _place(item))
        found.insert(max(before, default=0), item)
    return found


def _worded(item: Item, decision: Decision | None) -> Item:
    """An item in the words that a person chose, where somebody did."""
    if decision is None or decision.item is None or not decision.evidence:
        return item
    return _item(item.id, decision).model_copy(update={"doubts": item.doubts})


def _added(proposed: set[str], decided: Mapping[str, Decision], kind: ItemKind) -> Iterator[Item]:
    for key, decision in decided.items():
        if decision.item and decision.item.kind == kind and decision.evidence and key not in proposed:
            yield _item(key, decision)


def _item(key: str, decision: Decision) -> Item:
    given = decision.item
    return Item(
        id=key,
        number=given.number if given else None,
        text=decision.text or "",
        page=decision.evidence[0].page,
        addressee=given.addressee if given else None,
        evidence=decision.evidence,
    )


def _place(item: Item) -> tuple[int, int]:
    return (item.evidence[0].page, item.evidence[0].start) if item.evidence else (item.page, 0)
