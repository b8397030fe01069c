"""Where a text names a person: beside a title, a rank, a calling or a label, and again wherever the name comes back.

A name is a run of words with capitals (`runs`). Whether it is a person's is told by what stands before and behind it
(person_cues). What a review calls people so as not to name them (Child K, Mr A, MGM, “known here as Amber”) is never a
name.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scr_llm.text.not_names import DATES, GIVEN_NAMES, LETTERED, NOT_NAMES, PLACES, WORDS_AND_NAMES
from scr_llm.text.person_cues import BEFORE, BEHIND, FIRST_NAME, LABEL, PLURAL, PSEUDONYM, Cue

_LATIN = (*range(0x41, 0x250), *range(0x1E00, 0x1F00))
_UPPER = "".join(c for c in map(chr, _LATIN) if c.isupper())
_LOWER = "".join(c for c in map(chr, _LATIN) if c.islower())
_MARKS = "\u0300-\u036f"
_APOSTROPHES = "'’‘ʼ`´"
_ONE_FORM = str.maketrans(dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys("‐‑", "-"))
_LETTERS = _UPPER + _LOWER + _MARKS
_JOINED = rf"(?:[{_APOSTROPHES}](?![sS](?![{_LETTERS}]))|[-‐‑])(?=[{_LETTERS}])"
"""An apostrophe or hyphen inside a name; the apostrophe of a possessive is not."""
_WORD = rf"(?:[dDlL][{_APOSTROPHES}]|(?:al|el|ul|ad|an)-)?[{_UPPER}](?:[{_LETTERS}]|{_JOINED}){{1,40}}"
_INITIAL = rf"(?:[{_UPPER}]\.(?:\s?[{_UPPER}]\.)*|[{_UPPER}](?![{_LETTERS}\d]))"
_PARTICLE = (
    r"(?:van|von|der|den|ter|ten|de|da|dos|del|della|la|le|du|di|ap|ab|al|el|bin|bint|ibn|ben|ní|nic|ó|"
    r"VAN|VON|DER|DEN|DE|BIN)"
)
_RUN = re.compile(
    rf"(?<![\w{_MARKS}@-])(?<!\w['’])(?:{_PARTICLE} ){{0,3}}(?:{_WORD}|{_INITIAL})"
    rf"(?:[ \u00a0](?:{_PARTICLE} ){{0,3}}(?:{_WORD}|{_INITIAL})(?!\d)){{0,12}}(?![\w@])"
)
_TOKEN = re.compile(rf"{_WORD}|{_INITIAL}|{_PARTICLE}(?= )")
_KNOWN = re.compile(
    rf"(?<![\w{_MARKS}@])(?:[dDlL][{_APOSTROPHES}])?[{_UPPER}](?:[{_LETTERS}]|{_JOINED}){{1,40}}(?![\w@])"
)
_BEFORE_KNOWN = re.compile(rf"(?:\b(?:{_PARTICLE}|Van|Von|De|Del|La|Le|Ap|Al|El|Ní) )+$")

_AROUND = 70
"""Characters before a name in which a cue is looked for."""
_PERSONAL = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "drs"])
_TITLES = _PERSONAL | frozenset(["prof", "professor", "judge", "justice"])


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words that may be a name."""

    start: int
    end: int
    words: tuple[str, ...]
    """Its words and initials, particles left out."""

    @property
    def size(self) -> int:
        """How much of a name it is: 0 without a word, else its words and initials."""
        return len(self.words) if any(map(_full, self.words)) else 0


@lru_cache(maxsize=4_096)
def fold(word: str) -> str:
    """A name as it is compared: whatever its capitals, apostrophes, hyphens and accents are typed as."""
    return unicodedata.normalize("NFC", word).casefold().translate(_ONE_FORM)


def _full(word: str) -> bool:
    """Whether it is a word of a name, and neither an initial nor letters that stand for somebody (MGM, AB)."""
    letters = [c for c in word if c.isalpha()]
    if len(letters) < 2 or "." in word:
        return False
    vowels = any(c in "AEIOUY" for c in unicodedata.normalize("NFD", word))
    return not (word.isupper() and (len(letters) == 2 or (len(letters) == 3 and not vowels)))


def runs(text: str) -> Iterator[Words]:
    """The runs of words with capitals in a text, cut at every word that is no part of a name."""
    for run in _RUN.finditer(text):
        tokens = list(_TOKEN.finditer(text, *run.span()))
        kinds = [_kind(token[0]) for token in tokens]
        keep = [kind == "name" for kind in kinds]
        for at, kind in enumerate(kinds):
            before = fold(tokens[at - 1][0]) if at else ""
            if kind == "particle":
                keep[at] = at + 1 < len(kinds) and kinds[at + 1] != "not"
            elif len(tokens[at][0].rstrip(".")) == 1:
                keep[at] = before not in LETTERED  # Child K
            else:
                keep[at] = keep[at] or (kind != "title" and before in _PERSONAL)  # Mrs May
        yield from _cut(tokens, keep)


def _cut(tokens: Sequence[re.Match[str]], keep: Sequence[bool]) -> Iterator[Words]:
    group: list[re.Match[str]] = []
    for token, kept in (*zip(tokens, keep, strict=True), (None, False)):
        if kept and token:
            group.append(token)
            continue
        words = tuple(t[0] for t in group if _kind(t[0]) != "particle")
        if words:
            yield _within_capitals(Words(group[0].start(), group[-1].end(), words), group)
        group = []


def _within_capitals(found: Words, group: Sequence[re.Match[str]]) -> Words:
    """At most four words; two in a line of capitals, where nothing shows where the name ends."""
    most = 2 if all(word.isupper() for word in found.words) else 4
    if len(found.words) <= most:
        return found
    kept = [t for t in group if _kind(t[0]) != "particle"][:most]
    return Words(found.start, kept[-1].end(), found.words[:most])


@lru_cache(maxsize=4_096)
def _kind(word: str) -> str:
    folded = fold(word).rstrip(".")
    if re.fullmatch(_PARTICLE, word):
        return "particle"
    if folded in _TITLES:
        return "title"
    is_word = folded in NOT_NAMES and folded not in WORDS_AND_NAMES and len(folded) > 1
    return "not" if is_word else "name"


def told(text: str, cues: Sequence[Cue] = (*BEFORE, *BEHIND, FIRST_NAME)) -> Iterator[Words]:
    """The names in a text that these cues tell to be a person's."""
    before: Words | None = None
    before_is_told = False
    for found in runs(text):
        between = text[before.end : found.start] if before else ""
        is_told = False
        if before and between == ", " and len(before.words) == 1:
            turned = Words(before.start, found.end, (*before.words, *found.words))  # surname, first name
            if turned.size and any(_holds(cue, text, turned) for cue in cues if cue in _TURNED):
                found, is_told = turned, True
        is_told = is_told or (found.size > 0 and any(_holds(cue, text, found) for cue in cues))
        if before and between in _AND and found.size:
            if before_is_told:
                is_told = is_told or _is_several(text, before)
            elif is_told and len(found.words) > 1 and fold(before.words[0]) in GIVEN_NAMES:
                yield before  # Jane and Thomas Roe
        if is_told:
            yield found
        before, before_is_told = found, is_told


_TURNED = (*BEHIND, LABEL)
"""Cues that hold for a surname before a first name."""
_AND = (" and ", ", ", " & ")


def _is_several(text: str, first: Words) -> bool:
    return PLURAL.search(text, max(0, first.start - _AROUND), first.start) is not None


def _holds(cue: Cue, text: str, found: Words) -> bool:
    is_first = cue.or_first_name and fold(found.words[0]) in GIVEN_NAMES - DATES
    if len(found.words) < cue.least and not is_first:
        return False
    if cue in BEFORE:
        if len(found.words) == 1 and fold(found.words[0]) in GIVEN_NAMES and text.endswith("Sister ", 0, found.start):
            return False  # of a child, and not of a ward
        return cue.pattern.search(text, max(0, found.start - _AROUND), found.start) is not None
    is_place = cue is FIRST_NAME and (fold(found.words[0]) not in GIVEN_NAMES or fold(found.words[-1]) in PLACES)
    return not is_place and cue.pattern.match(text, found.end) is not None


class People:
    """The people of one document: whoever was named once is found wherever the name comes back."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._words: set[str] = set()
        self._pseudonyms: set[str] = set()

    def learn(self, text: str) -> None:
        """Learn who is named in a text, and what the review calls people so as not to name them."""
        for match in PSEUDONYM.finditer(text):
            self._pseudonyms.update(map(fold, re.findall(r"[^\W\d_][\w'’-]+", match["it"])))
        for found in told(text):
            self._add(found)
        self._words.update(re.findall(r"(?<![^\s(“])[a-z]{3,}\b", text))

    def _add(self, found: Words) -> None:
        for word in filter(_full, found.words):
            names = {fold(word), *(part for part in fold(word).split("-") if len(part) > 3)}
            self._known |= {name for name in names - DATES - NOT_NAMES if not re.fullmatch(_PARTICLE, name)}

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where people are named in a text; spans may overlap. Whoever is introduced here is known from now on."""
        for found in told(text):
            self._add(found)
            if len(found.words) > 1 or fold(found.words[0]) not in self._pseudonyms:
                yield found.start, found.end
        known = self._known - self._pseudonyms  # by now with those of this text
        for match in _KNOWN.finditer(text):
            folded = fold(match[0])
            if text.endswith("he ", 0, match.start()):  # the Tarrows
                folded = next((f for f in (folded, folded[:-1], folded[:-2]) if f in known), folded)
            if folded in known and not (self._is_word(folded) and _opens(text, match)):
                particles = _BEFORE_KNOWN.search(text, max(0, match.start() - 20), match.start())
                yield particles.start() if particles else match.start(), match.end()

    def _is_word(self, folded: str) -> bool:
        """Whether it is an ordinary word as well: on the list, or in small letters in the document."""
        return folded in WORDS_AND_NAMES or folded in self._words


_OPENING = re.compile(r"(?:^|[.!?:;•|\n“\"–—-])\s*$")
_NO_NAME_BEFORE = re.compile(
    r" (?:the|an?|of|for|that|to|in|on|up|out|from|with|by|at|into|this|these|his|her|their|"
    r"people|persons?|children|adults?|mothers?|carers?)\b"
)


def _opens(text: str, word: re.Match[str]) -> bool:
    """Whether a word opens a sentence, so that its capital proves nothing, and goes on as a name would not."""
    at = word.start()
    opens = at == 0 or _OPENING.search(text, max(0, at - 4), at) is not None
    return opens and _NO_NAME_BEFORE.match(text, word.end()) is not None
