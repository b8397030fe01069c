"""The written list of normalisations under which two texts count as the same words.

1. Unicode NFKC (ligatures, full-width forms, no-break spaces), character by character, so that an offset map can be kept;
2. quotation marks and apostrophes to one form each; 3. dashes to a hyphen; 4. runs of white space to one space;
5. soft and line-end hyphens dropped together with the line end behind them; a hyphen against a line-end hyphen is the same;
6. zero-width characters dropped. Nothing else: case, punctuation and every letter, digit and word must agree.
"""

import unicodedata
from dataclasses import dataclass

_QUOTES = dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"')
_DASHES = frozenset("‐‑‒–—―−﹘﹣－")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff")
LINE_HYPHENS = frozenset("\xad\u2010")
"""Hyphens at a line's end as the reading writes them: dividing a word, or the word's own."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text under the list, with its offset map."""

    text: str
    """Normalised, hyphens within it still there."""
    source: tuple[int, ...]
    """For each character, the offset it came from."""
    loose: frozenset[int]
    """Offsets in `text` just before which a line-end hyphen was dropped."""


def normalise(text: str) -> Normalised:
    """Apply the list to a text."""
    out: list[str] = []
    source: list[int] = []
    loose: set[int] = set()
    skip_space = False
    for offset, character in enumerate(text):
        if character in LINE_HYPHENS:
            loose.add(len(out))
            skip_space = True
            continue
        if character in _ZERO_WIDTH:
            continue
        for folded in unicodedata.normalize("NFKC", character) if character > "~" else character:
            letter = _QUOTES.get(folded) or ("-" if folded in _DASHES else folded)
            if letter.isspace():
                if skip_space or (out and out[-1] == " "):
                    continue
                letter = " "
            else:
                skip_space = False
            out.append(letter)
            source.append(offset)
    return Normalised("".join(out), tuple(source), frozenset(loose))
