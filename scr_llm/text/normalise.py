"""The written list of normalisations under which two texts count as the same words.

1. Unicode NFKC (ligatures, full-width forms, no-break spaces, letters with combining marks), applied cluster by cluster
   so that an offset map can be kept.
2. Quotation marks and apostrophes are changed to one form each.
3. Dashes become hyphens.
4. Runs of white space become one space.
5. Soft and line-end hyphens are dropped together with the line end after them; a hyphen agrees with a line-end hyphen.
6. Zero-width characters are dropped.

Nothing else: case, punctuation and every letter, digit and word must agree.
"""

import bisect
import re
import unicodedata
from dataclasses import dataclass

LINE_HYPHENS = frozenset("\xad\u2010\ufffe")
"""Hyphens at a line's end: a reading writes U+00AD for one that only divides a word and U+2010 for the word's own;
pdfium writes U+FFFE."""

_QUOTES = dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"')
_DASHES = frozenset("-‐‑‒–—―−﹘﹣－")
_ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff")
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\u3099\u309a\ufe20-\ufe2f"
)
_TOKEN = re.compile(rf"(?P<plain>[!-,./-_a-~]+(?![{_MARKS}]))|[\s\S][{_MARKS}]*")
"""A run of letters that the list leaves unchanged, or one character with its combining marks."""
_INNER = re.compile(r"(?<=[^\W_])-(?=[^\W_])")
_DIVIDED = re.compile(r"(?<=[^\W\d_])[-\u2011](?=[ \t]*\r?\n[ \t]*[^\W\d_])")
"""A hyphen at a line's end between letters, in a plain text."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A normalised text with its offset map."""

    text: str
    """The text; hyphens between letters are removed from it, see `hard`."""
    starts: tuple[int, ...]
    """For each character, the offset at which its source begins."""
    ends: tuple[int, ...]
    """For each character, the offset just after its source."""
    hard: tuple[int, ...]
    """In order, offsets in `text` just before which a hyphen between letters or digits was removed."""
    loose: tuple[int, ...]
    """In order, offsets in `text` just before which a line-end or soft hyphen was removed: the word may have a hyphen
    there or none."""


def normalise(text: str) -> Normalised:
    """Apply the list of normalisations to a text."""
    divided = {match.start() for match in _DIVIDED.finditer(text)} if "\n" in text else frozenset()
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    loose: set[int] = set()
    joining = False
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if token.lastgroup == "plain":
            out += token.group()
            starts += range(start, end)
            ends += range(start + 1, end + 1)
            joining = False
            continue
        cluster = token.group()
        if cluster in LINE_HYPHENS or start in divided:
            loose.add(len(out))
            joining = True
            continue
        if cluster in _ZERO_WIDTH:
            continue
        for folded in cluster if cluster.isascii() else unicodedata.normalize("NFKC", cluster):
            if folded.isspace():
                if joining or (out and out[-1] == " "):
                    continue
                letter = " "
            else:
                joining = False
                letter = _QUOTES.get(folded) or ("-" if folded in _DASHES else folded)
            out.append(letter)
            starts.append(start)
            ends.append(end)
    return _without_hyphens("".join(out), starts, ends, loose)


def _without_hyphens(text: str, starts: list[int], ends: list[int], loose: set[int]) -> Normalised:
    """Remove the hyphens between letters or digits, and remember their places."""
    hyphens = [match.start() for match in _INNER.finditer(text)]
    parts, kept_starts, kept_ends, at = [], [], [], 0
    for hyphen in hyphens:
        parts.append(text[at:hyphen])
        kept_starts += starts[at:hyphen]
        kept_ends += ends[at:hyphen]
        at = hyphen + 1
    parts.append(text[at:])
    return Normalised(
        text="".join(parts),
        starts=tuple(kept_starts + starts[at:]),
        ends=tuple(kept_ends + ends[at:]),
        hard=tuple(h - n for n, h in enumerate(hyphens)),
        loose=tuple(i - bisect.bisect_left(hyphens, i) for i in sorted(loose)),
    )
