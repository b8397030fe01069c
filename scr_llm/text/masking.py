"""Mask the words of a text that say which sex, ethnicity, place or agency it is about.

The words, and what each becomes, are in masks.toml. A mask begins with a capital where the word does and holds no full
stop, so that the masked text has the same sentences; a table of offsets says where each place of it was before.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from scr_llm.records import MaskKind

KINDS: tuple[MaskKind, ...] = get_args(MaskKind)
"""Every kind of words that can be masked."""
_VOWELS = "aeiou"
_BEGINS = re.compile(r"(?:^|[.!?][”’\"')\]]*\s+|\n\s*|[“‘\"(\[])$")
"""What stands before the first word of a sentence, or of a line."""


@dataclass(frozen=True)
class Masked:
    """A masked text, and where its characters were."""

    text: str
    """The text."""
    words: int
    """How many words and names were masked."""
    changes: tuple[tuple[int, int, int, int], ...]
    """Start and end of each masked stretch, in the text as it was and in the masked one; in order."""

    def place_of(self, offset: int) -> int:
        """Where a place of the text as it was is now; the beginning of its mask, if it is within a masked stretch."""
        return _moved(offset, [(was, end, now, now_end) for was, end, now, now_end in self.changes])

    def place_before(self, offset: int, *, end: bool = False) -> int:
        """Where a place of the masked text was. Within a mask: the start of the stretch, or with `end` its end."""
        return _moved(offset, [(now, now_end, was, was_end) for was, was_end, now, now_end in self.changes], end=end)


def _moved(offset: int, changes: Sequence[tuple[int, int, int, int]], *, end: bool = False) -> int:
    at = bisect_right([start for start, _, _, _ in changes], offset) - 1
    if at < 0:
        return offset
    _, here_end, there, there_end = changes[at]
    if offset >= here_end:
        return offset - here_end + there_end
    return there_end if end else there


class Masker:
    """Masks one kind of words in the pages of one review."""

    def __init__(self, kind: MaskKind, names: Sequence[str] = ()) -> None:
        """`names` are those of the review's own place; they are masked with the kind `place`."""
        listed = _list()
        self._masks: dict[str, str] = dict(listed[kind])
        settings = listed["settings"]
        self._objects = frozenset(settings["her_is_object"])
        self._place = settings["anytown"]
        alternatives = [_spelt(word) for word in sorted(self._masks, key=len, reverse=True)]
        if kind == "place":
            before = "|".join(map(_spelt, settings["names_before"]))
            own = [_spelt(name) for name in sorted(names, key=len, reverse=True) if name]
            alternatives = [*own, *alternatives, rf"[A-Z][a-z]+(?=\s+(?:{before})\b)"]
        self._pattern = re.compile(rf"(?:\b(?P<article>[Aa]n?)(?P<gap>\s+))?\b(?P<word>{'|'.join(alternatives)})\b")

    def mask(self, text: str) -> Masked:
        """Mask a text."""
        parts: list[str] = []
        changes: list[tuple[int, int, int, int]] = []
        position = size = 0
        for found in self._pattern.finditer(text):
            instead = self._instead(found, text)
            parts += (text[position : found.start()], instead)
            size += found.start() - position
            changes.append((found.start(), found.end(), size, size + len(instead)))
            size, position = size + len(instead), found.end()
        return Masked("".join((*parts, text[position:])), len(changes), tuple(changes))

    def _instead(self, found: re.Match[str], text: str) -> str:
        word = " ".join(re.sub(r"\xad\s*", "", found["word"]).split()).replace("'", "’")
        listed = self._masks.get(word)
        mask = listed or self._masks.get(word.lower()) or self._place
        if word in ("her", "Her") and self._is_object(text[found.end() :]):
            mask = mask.removesuffix("’s")
        # A word that always has a capital says nothing by it, unless a sentence begins with it.
        if word[0].isupper() and (not listed or (not found["article"] and _BEGINS.search(text[: found.start()][-8:]))):
            mask = mask[0].upper() + mask[1:]
        if not found["article"]:
            return mask
        article = found["article"][0] + ("n" if mask[0].lower() in _VOWELS else "")
        return article + found["gap"] + mask

    def _is_object(self, after: str) -> bool:
        follows = re.match(r"\s+([a-z]+)", after)
        return follows is None or follows[1] in self._objects


def _spelt(word: str) -> str:
    """A pattern for a word as pages print it: with a capital at a sentence's beginning, divided at a line's end."""
    first = f"[{word[0].upper()}{word[0]}]" if word[0].islower() else re.escape(word[0])
    divided = r"(?:\xad\s*)?"
    others = ""
    for before, c in pairwise(word):
        letter = f"[{c.upper()}{c}]" if before == " " and c.islower() else re.escape(c)
        others += r"\s+" if c == " " else "['’]" if c == "’" else divided + letter
    return first + others


@lru_cache(maxsize=1)
def _list() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("masks.toml").read_text("utf-8"))
