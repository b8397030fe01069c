"""What has changed while pages are open, so that each can say what is new since it was made."""

import time
from collections import deque
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from scr_llm.stages.decisions import Key
from scr_llm.text.words import count

Change = Literal["added", "gone", "coded again", "codebook", "signed", "decided"]
"""A review was added, is no longer counted, or was coded again; the codebook has other words; a paper was signed; a
person did something on a cell."""
MOST = 5000
"""Changes that are remembered."""


@dataclass(frozen=True, slots=True)
class Item:
    """One change."""

    number: int
    what: Change
    document_id: str = ""
    theme: str = ""
    author: str = ""


class News:
    """The latest changes, numbered in order. Numbers grow from one start of the program to the next."""

    def __init__(self) -> None:
        self.number = int(1000 * time.time())
        """Of the last change."""
        self._first = self.number
        self._items: deque[Item] = deque(maxlen=MOST)

    def add(self, what: Change, key: Key = ("", ""), author: str = "") -> None:
        """Note a change; `key` is the document and, of a decision, the cell."""
        item = Item(self.number + 1, what, *key, author)
        if len(self._items) == MOST:
            self._first = self._items[0].number
        self._items.append(item)
        self.number = item.number

    def forget(self) -> None:
        """Forget the changes so far: no page shows an earlier state."""
        self._items.clear()
        self._first = self.number

    def since(self, number: int) -> list[Item] | None:
        """The changes after a number, the latest first; None where they are not remembered."""
        if not self._first <= number <= self.number:
            return None
        return list(takewhile(lambda item: item.number > number, reversed(self._items.copy())))


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
