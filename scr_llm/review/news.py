"""What has changed while pages are open, so that each can say what is new since it was made."""

import re
from collections import deque
from dataclasses import dataclass
from typing import Literal, get_args

from scr_llm.stages.decisions import Key
from scr_llm.text.words import count

Change = Literal["added", "gone", "coded again", "codebook", "signed", "decided"]
"""A review was added, is no longer counted, or was coded again; the codebook has other words; a paper was signed; a
person did something on a cell."""
MOST = 5000
"""Changes that are remembered."""


Counted = Literal["acts", "entries", "signed"]
_COUNTED: dict[Change, Counted] = {
    "added": "entries",
    "gone": "entries",
    "coded again": "entries",
    "signed": "signed",
    "decided": "acts",
}
"""Which of the store's counters a change has its number from; the codebook has none, and is told by its hash."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a page had taken in when it was made. It means the same in every process that shows the project."""

    acts: int = 0
    """Decisions."""
    entries: int = 0
    """Entries of the history."""
    signed: int = 0
    """Sign-offs."""
    codebook: str = ""
    """The beginning of its hash."""

    def __str__(self) -> str:
        return f"{self.acts}-{self.entries}-{self.signed}-{self.codebook}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """A mark from what `str` made of it; None if it is none."""
        found = re.fullmatch(r"(\d{1,18})-(\d{1,18})-(\d{1,18})-([0-9a-f]{0,64})", text, re.ASCII)
        if found is None:
            return None
        acts, entries, signed = map(int, found.groups()[:3])
        return cls(acts, entries, signed, found[4])


@dataclass(frozen=True, slots=True)
class Item:
    """One change."""

    number: int
    """By the counter of its kind."""
    what: Change
    document_id: str = ""
    theme: str = ""
    author: str = ""


class News:
    """The latest changes, each with its number by the store's own counters."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque(maxlen=MOST)
        self._first = dict[Counted, int]()

    def add(self, what: Change, number: int, key: Key = ("", ""), author: str = "") -> None:
        """Note a change; `key` is the document and, of a decision, the cell."""
        if len(self._items) == MOST:
            gone = self._items[0]
            self._first[_COUNTED[gone.what]] = gone.number
        self._items.append(Item(number, what, *key, author))

    def forget(self, now: Mark) -> None:
        """Forget the changes so far: what is asked for is what comes after `now`."""
        self._items.clear()
        self._first = {name: getattr(now, name) for name in get_args(Counted)}

    def since(self, mark: Mark | None, now: Mark) -> list[Item] | None:
        """The changes after a mark, the latest first; None where they are not remembered."""
        if mark is None or any(
            not first <= getattr(mark, name) <= getattr(now, name) for name, first in self._first.items()
        ):
            return None
        found = [i for i in reversed(self._items.copy()) if i.number > getattr(mark, _COUNTED[i.what])]
        return found if mark.codebook == now.codebook else [*found, Item(0, "codebook")]


def in_words(items: list[Item] | None, name: str, *, blind: bool) -> str:
    """What has changed for a person, in a sentence; empty where nothing has. Their own decisions are no news to them.

    Args:
        items: as `News.since` gives them.
        name: of the person.
        blind: whether the person must not see what others decide.
    """
    if items is None:
        return "Much has changed since you opened this page."
    reviews = {what: len({i.document_id for i in items if i.what == what}) for what in ("added", "gone", "coded again")}
    cells = {(i.document_id, i.theme) for i in items if i.what == "decided" and i.author != name and not blind}
    told = [f"{count(n, 'review')} {'was' if n == 1 else 'were'} added" for n in (reviews["added"],) if n]
    told += [f"{count(n, 'review')} {'is' if n == 1 else 'are'} no longer counted" for n in (reviews["gone"],) if n]
    told += [f"{count(n, 'review')} {'was' if n == 1 else 'were'} coded again" for n in (reviews["coded again"],) if n]
    if cells:
        told.append(f"{count(len(cells), 'cell')} {'was' if len(cells) == 1 else 'were'} decided by others")
    if any(i.what == "codebook" for i in items):
        told.append("the codebook was changed")
    if any(i.what == "signed" for i in items) and not blind:
        told.append("the paper was signed")
    return f"{'; '.join(told).capitalize()} since you opened this page." if told else ""
