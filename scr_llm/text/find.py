"""Find where a quote is in a text, on a fixed ladder: exact, normalised, near, absent. A quote is never repaired.

exact        the same characters
normalised   the same words under the written list of `normalise`; parts between ellipses in order; insertions in
             square brackets left out
near         something similar is there; the differing words are listed, for a person. Never counted.
absent       nothing similar
"""

import bisect
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scr_llm.text.differ import differing
from scr_llm.text.normalise import LINE_HYPHENS, normalise

Status = Literal["exact", "normalised", "near", "absent"]
NEAR = 80
"""Least rapidfuzz partial ratio (0-100) at which a place is shown to a person as near."""
_LEAST_PART = 2
"""Fewest words in a part between ellipses; a single word can be found anywhere."""
_SHORT_CUT = 4
"""Most words in a gap left by an ellipsis for the gap to be checked: leaving out only a `not` is not shortening."""

_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.{3,}|(?:\.\s){2,}\.)\s*\]|…|\.{3,}|(?:\.\s){2,}\.)\s*")
_SQUARE = re.compile(r"\s*\[[^\]]*\]")
_ROUND = re.compile(r"\s*\([^)]*\)")
_CHANGES_SENSE = re.compile(
    r"\b(?:no|not|never|nor|neither|none|without|cannot|\w+n't|fail\w*|lack\w*|un\w+"
    r"|should|must|may|might|could|would|can|\d[\d,.]*)\b",
    re.I,
)
_CONNECTS = {"-", "'", "’", "‐", "‑", "\xad", "\ufffe"}
_IN_NUMBER = {".", ",", ":", "/"}
_DIVIDED_BEHIND = re.compile(r"[-‑‐\xad\ufffe][ \t]*\r?\n[ \t]*[^\W\d_]")
_DIVIDED_BEFORE = re.compile(r"[^\W\d_][-‑‐\xad\ufffe][ \t]*\r?\n[ \t]*\Z")
_UNITS_BEFORE, _UNITS_BEHIND = frozenset("£$€#"), frozenset("%‰°")
_NO_WORD = "it has no words"
_NOT_THERE = "these words are not in the document"


@dataclass(frozen=True, slots=True)
class Match:
    """Where a quote is in a text, or that it is not there."""

    quote: str
    """As given."""
    status: Status
    """Only exact and normalised are grounded."""
    spans: tuple[tuple[int, int], ...] = ()
    """Offsets in code points: one span, or one per part of a quote with ellipses or insertions; empty if absent."""
    diff: tuple[str, ...] = ()
    """For near: the differing words, `- ` before those only in the quote and `+ ` before those only in the text, with
    the kind of word."""
    reason: str = ""
    """For near and absent: why it is refused."""
    places: int = 1
    """Number of places with the same words."""

    @property
    def found(self) -> bool:
        """Whether it is grounded."""
        return self.status in ("exact", "normalised")

    @property
    def start(self) -> int | None:
        """Offset of the first character."""
        return self.spans[0][0] if self.spans else None

    @property
    def end(self) -> int | None:
        """Offset just after the last character."""
        return self.spans[-1][1] if self.spans else None


SectionAt = Callable[[int], object]
"""Tells which section a place in the text belongs to; places with equal answers are in the same section."""
Prefer = Callable[[int], Any]
"""A sort key for places: among repeated ones the smallest is taken."""

_GLUED_NUMBER = re.compile(r"(?:^|\n)[ \t]*\(?\d{1,3}(?:\.\d{1,3})*[.)]?$")
"""The number of a paragraph, at the beginning of its line."""


class Finder:
    """Finds quotes in one text, which is normalised only once."""

    def __init__(self, text: str, section_at: SectionAt = lambda _: None) -> None:
        self._text, self._section_at = text, section_at
        self._normal = normalise(text)

    def find(self, quote: str, *, prefer: Prefer = int, fuzzy: bool = True) -> Match:
        """Find one quote. Of several places, the one that `prefer` sorts first is taken; by default the first one."""
        wanted = quote.strip()
        if not any(character.isalnum() for character in wanted):
            return Match(quote, "absent", reason=_NO_WORD)
        status, spans = self._places(wanted)
        if spans:
            best = min(spans, key=lambda span: prefer(span[0]))
            return Match(quote, status, (best,), places=sum(_same(prefer, span[0], best[0]) for span in spans))
        parted = self._in_parts(quote, prefer)
        if parted is not None and (parted.found or not fuzzy):
            return parted
        refused = self._near(quote, wanted) if fuzzy else Match(quote, "absent", reason=_NOT_THERE)
        if refused.status == "absent" and parted is not None:
            return parted
        return self._round(quote, wanted) or refused

    def _round(self, quote: str, wanted: str) -> Match | None:
        """A quote that is there but for words in round brackets: an editor's insertion that does not look like one."""
        without = _ROUND.sub("", wanted).strip()
        places = self._places(without)[1] if without != wanted and any(c.isalnum() for c in without) else []
        if not places:
            return None
        words = tuple(f"- {found.strip()}" for found in _ROUND.findall(wanted))
        why = "the words in round brackets are not in the source; an editor's insertion belongs in square brackets"
        return Match(quote, "near", spans=(places[0],), diff=words, reason=why)

    def _is_there(self, wanted: str) -> bool:
        return any(c.isalnum() for c in wanted) and bool(self._places(wanted.strip())[1])

    def _places(self, wanted: str) -> tuple[Status, list[tuple[int, int]]]:
        """All places with these words, on the first rung of the ladder that has any."""
        exact = [(at, at + len(wanted)) for at in _all(self._text, wanted) if self._is_whole(at, at + len(wanted))]
        return ("exact", exact) if exact else ("normalised", self._normalised(wanted))

    def _is_whole(self, start: int, end: int) -> bool:
        """Whether a place begins and ends at the edges of words and numbers.

        `accidental` is not found in `non-accidental`, nor `£1` in `£1,000`.
        """
        return (not self._cuts(start, -1) or self._follows_a_number(start)) and not self._cuts(end - 1, 1)

    def _follows_a_number(self, start: int) -> bool:
        """Whether a paragraph begins here with its number set directly before it: “2Between June and November …”."""
        return self._text[start].isupper() and _GLUED_NUMBER.search(self._text, max(0, start - 12), start) is not None

    def _cuts(self, at: int, step: int) -> bool:
        """Whether the word or number at the edge of a place continues beyond it."""
        text, inside = self._text, self._text[at]
        near, far = self._letter(at + step), self._letter(at + 2 * step)
        if not inside.isalnum():
            return False
        if near.isalnum() or near in LINE_HYPHENS:
            return True
        units = _UNITS_BEFORE if step < 0 else _UNITS_BEHIND
        if inside.isdigit() and (near in units or (near in _IN_NUMBER and far.isdigit())):
            return True
        if near in _CONNECTS and far.isalnum():
            return True
        if step > 0:
            return _DIVIDED_BEHIND.match(text, at + 1) is not None
        return _DIVIDED_BEFORE.search(text, max(0, at - 8), at) is not None

    def _letter(self, at: int) -> str:
        return self._text[at] if 0 <= at < len(self._text) else ""

    def _normalised(self, wanted: str) -> list[tuple[int, int]]:
        quote = normalise(wanted)
        lead = len(quote.text) - len(quote.text.lstrip())
        bare = quote.text.strip()
        if not bare:
            return []
        hyphens = frozenset(i - lead for i in quote.hard), frozenset(i - lead for i in quote.loose)
        normal, spans = self._normal, []
        for at in _all(normal.text, bare):
            start, end = normal.starts[at], normal.ends[at + len(bare) - 1]
            if self._hyphens_agree(at, len(bare), *hyphens) and self._is_whole(start, end):
                spans.append((start, end))
        return spans

    def _hyphens_agree(self, at: int, length: int, hard: frozenset[int], loose: frozenset[int]) -> bool:
        """Whether each side has every hyphen of the other; a line-end hyphen agrees with a hyphen and with none."""
        normal = self._normal
        own_hard = {i - at for i in _between(normal.hard, at, at + length)}
        own_loose = {i - at for i in _between(normal.loose, at, at + length)}
        return own_hard <= hard | loose and hard <= own_hard | own_loose

    def _in_parts(self, quote: str, prefer: Prefer) -> Match | None:
        """Find a quote with ellipses or insertions in square brackets; None where it has neither."""
        pieces = _pieces(quote)
        if len(pieces) < 2 and pieces == [[quote.strip()]]:
            return None
        if not pieces:
            return Match(quote, "absent", reason=_NO_WORD)
        if len(pieces) > 1 and any(len(" ".join(p).split()) < _LEAST_PART for p in pieces):
            why = "a part between its ellipses is a single word, which may occur anywhere"
            return Match(quote, "absent", reason=why)
        if any(not self._is_there(words) for piece in pieces for words in piece):
            return Match(quote, "absent", reason="not all of its parts are in the document")
        chains = list(self._chains(pieces))
        if not chains:
            return Match(quote, "absent", reason="its parts do not occur in this order within one section")
        honest = [c for c in chains if not self._leaves_out_sense(c)]
        if not honest:
            spans = tuple(span for piece in chains[0] for span in piece)
            return Match(quote, "near", spans, reason="its ellipsis leaves out a word that changes the sense")
        best = min(honest, key=lambda c: (prefer(c[0][0][0]), c[-1][-1][1] - c[0][0][0]))
        return Match(quote, "normalised", tuple(span for piece in best for span in piece))

    def _chains(self, pieces: Sequence[Sequence[str]]) -> Iterator[list[list[tuple[int, int]]]]:
        """For each place of the first piece, the nearest later places of the others in the same section."""
        for first in self._runs(pieces[0], 0, anywhere=True):
            chain, section = [first], self._section_at(first[0][0])
            for piece in pieces[1:]:
                following = next(self._runs(piece, chain[-1][-1][1]), None)
                if following is None or self._section_at(following[0][0]) != section:
                    break
                chain.append(following)
            else:
                yield chain

    def _runs(self, words: Sequence[str], behind: int, *, anywhere: bool = False) -> Iterator[list[tuple[int, int]]]:
        """The places of a piece; the words around an insertion must be neighbours in the text."""
        for span in self._places(words[0])[1]:
            if span[0] < behind and not anywhere:
                continue
            run = [span]
            for more in words[1:]:
                neighbour = self._directly_after(run[-1][1], more)
                if neighbour is None:
                    break
                run.append(neighbour)
            else:
                yield run

    def _directly_after(self, end: int, words: str) -> tuple[int, int] | None:
        """The place of some words with nothing but white space between it and an earlier end."""
        places = self._places(words)[1]
        return next((s for s in places if s[0] >= end and not self._text[end : s[0]].strip()), None)

    def _leaves_out_sense(self, chain: Sequence[Sequence[tuple[int, int]]]) -> bool:
        for one, other in itertools.pairwise(chain):
            gap = self._text[one[-1][1] : other[0][0]]
            if len(gap.split()) <= _SHORT_CUT and _CHANGES_SENSE.search(gap):
                return True
        return False

    def _near(self, quote: str, wanted: str) -> Match:
        from rapidfuzz import fuzz

        nothing = Match(quote, "absent", reason=_NOT_THERE)
        normal = normalise(wanted).text.strip()
        if len(normal) < 12:
            return nothing
        found = fuzz.partial_ratio_alignment(normal, self._normal.text, score_cutoff=NEAR)
        if found is None or found.dest_end <= found.dest_start:
            return nothing
        start, end, text = found.dest_start, found.dest_end, self._normal.text
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        span = (self._normal.starts[start], self._normal.ends[end - 1])
        diff = differing(wanted, self._text[span[0] : span[1]])
        differs = "these words differ: " + "; ".join(diff[:8]) if diff else "it begins or ends within a word or number"
        return Match(quote, "near", (span,), diff, f"something similar is there, but {differs}")


def _same(prefer: Prefer, one: int, other: int) -> bool:
    """Whether only their order in the text distinguishes two places."""
    first, second = prefer(one), prefer(other)
    return prefer is int or first == second


def _between(places: Sequence[int], low: int, high: int) -> Sequence[int]:
    return places[bisect.bisect_right(places, low) : bisect.bisect_left(places, high)]


def _pieces(quote: str) -> list[list[str]]:
    """The parts between ellipses, each as the words around its insertions; parts without a word are left out."""
    parts = [[words.strip() for words in _SQUARE.split(part)] for part in _ELLIPSIS.split(quote)]
    worded = [[words for words in part if any(c.isalnum() for c in words)] for part in parts]
    return [part for part in worded if part]


def _all(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)
