"""Compare the text that two readers have of one page."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

AGREED = 0.95
"""Agreement (0-1) below which a page is flagged. Measured: see docs/reading.md."""
_GRAM = 4
_STRANGE = 8
"""Least number of consecutive four-letter runs missing from the other reader's text for a stretch to be reported: two
short words, or one of eleven letters."""
_STRETCHES = 3
"""Most stretches of a page that are reported."""
_NO_LETTER = re.compile(r"[\W_]+")


class Compared(NamedTuple):
    """How the texts of two readers compare."""

    agreement: float | None
    """How far they agree (0-1); None where neither has four letters."""
    stretches: tuple[str, ...]
    """Stretches of either text that the other does not have, in words for a person."""

    @property
    def warnings(self) -> Iterator[str]:
        """Why a person should check the page; none where the readers agree."""
        if self.agreement is not None and self.agreement < AGREED:
            yield f"the two readers agree on only {self.agreement:.0%} of the text"
        for stretch in self.stretches[:_STRETCHES]:
            yield f"the two readers differ: {stretch}"


SAME = Compared(1.0, ())
"""The readers agree throughout."""


def compare(first: str, second: str) -> Compared:
    """Compare the two texts of a page."""
    one, other = _grams(first), _grams(second)
    if one == other:
        return SAME if one else Compared(None, ())
    return Compared(
        _alike(one, other),
        (
            *(f"“{words}” was read only by the first" for words in _missing(first, other)),
            *(f"“{words}” was read only by the second" for words in _missing(second, one)),
        ),
    )


def agreement(first: str, second: str) -> float | None:
    """Dice coefficient over the multisets of four-letter runs; None where there is nothing to compare.

    Only letters and digits count: order and white space do not matter.
    """
    return _alike(_grams(first), _grams(second))


def _alike(one: Counter[str], other: Counter[str]) -> float | None:
    if not one and not other:
        return None
    shared = (one & other).total()
    return round(2 * shared / (one.total() + other.total()), 3)


def _grams(text: str) -> Counter[str]:
    letters = _bare(text)
    return Counter(map("".join, zip(*(letters[n:] for n in range(_GRAM)), strict=False)))


def _bare(text: str) -> str:
    return _NO_LETTER.sub("", (text if text.isascii() else unicodedata.normalize("NFKC", text)).lower())


def _missing(text: str, known: Counter[str]) -> list[str]:
    """Runs of words with at least `_STRANGE` four-letter runs, nearly in a row, that are nowhere in the other text.

    A page's average hides them.
    """
    words = text.split()
    letters, belongs = [], []
    for number, word in enumerate(words):
        bare = _bare(word)
        letters.append(bare)
        belongs += [number] * len(bare)
    whole = "".join(letters)
    strange = [whole[i : i + _GRAM] not in known for i in range(len(whole) - _GRAM + 1)]
    found: list[str] = []
    at = 0
    while at < len(strange):
        if not strange[at]:
            at += 1
            continue
        end = last = at
        while end < len(strange) and end - last <= _GRAM:
            last = end if strange[end] else last
            end += 1
        if last + 1 - at >= _STRANGE:
            shown = " ".join(words[belongs[at] : belongs[min(last + _GRAM - 1, len(belongs) - 1)] + 1])
            found.append(shown if len(shown) <= 80 else shown[:79] + "…")
        at = end
    return found
