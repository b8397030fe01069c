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
from scr_llm.text.person_cues import (
    AGENCY_BEHIND,
    ALONE,
    BEFORE,
    BEHIND,
    FIRST_NAME,
    IN_ROSTER,
    LABEL,
    PARTIES,
    PLURAL,
    PSEUDONYM,
    ROLES,
    ROSTER,
    Cue,
)

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
    r"VAN|VON|DER|DEN|DE|BIN|Mac an|Nic an|S[tT]\.)"
)
_RUN = re.compile(
    rf"(?<![\w{_MARKS}@-])(?<!\w['’])(?<![{_UPPER}]/)(?:{_PARTICLE} ){{0,3}}(?:{_WORD}|{_INITIAL})"
    rf"(?:[ \u00a0](?:{_PARTICLE} ){{0,3}}(?:{_WORD}|{_INITIAL})(?!\d)){{0,12}}(?![\w@])"
)
_TOKEN = re.compile(rf"S[tT]\.|{_WORD}|{_INITIAL}|{_PARTICLE}(?= )")
_KNOWN = re.compile(
    rf"(?<![\w{_MARKS}@])(?:[dDlL][{_APOSTROPHES}]|(?:al|el|ul|ad|an)-)?[{_UPPER}](?:[{_LETTERS}]|{_JOINED}){{1,40}}(?![\w@])"
)
_BEFORE_KNOWN = re.compile(
    rf"(?:\b[{_UPPER}]\. ?)*(?:\b(?:{_PARTICLE}|V[ao]n|D[eo]n|Der|Del?|D[ou]s?|L[ae]|Ap|Al|El|Ní|Ó|Mac|St) )*$"
)

_DAY = re.compile(r"\d(?:st|nd|rd|th)? $")
_ROLE = re.compile(f"{ROLES}|{PARTIES}")
_AROUND = 56
"""Characters before a name in which a cue is looked for."""
_PERSONAL = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "drs", "cllr"])
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
    folded = word.casefold().translate(_ONE_FORM)
    if folded.isascii():
        return folded
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))


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
        kinds = _kinds([token[0] for token in tokens])
        keep = [kind == "name" for kind in kinds]
        for at, kind in enumerate(kinds):
            before = fold(tokens[at - 1][0]) if at else ""
            if (
                at == 0
                and kind == "name"
                and fold(tokens[0][0]) in DATES
                and _DAY.search(text, max(0, run.start() - 5), run.start())
            ):
                keep[0] = False  # on 5 May Hope wrote
            elif kind == "particle":
                keep[at] = at + 1 < len(kinds) and kinds[at + 1] != "not"
            elif len(tokens[at][0].rstrip(".")) == 1:
                keep[at] = before not in LETTERED  # Child K
            else:
                keep[at] = keep[at] or (kind != "title" and before in _PERSONAL)  # Mrs May
        yield from _cut(tokens, keep)


def _kinds(words: Sequence[str]) -> list[str]:
    """The kind of each word of a run. Letters at the ends of a run with small letters are no name: Roe TC."""
    kinds = [_kind(word) for word in words]
    first, last = words[0], words[-1]
    if len(words) == 1 or all(map(str.isupper, words)):
        return kinds
    if len(words) > 2 and kinds[0] == "name" and _is_letters(first) and all(map(_full, words[1:])):
        kinds[0] = "not"  # KW Jane Roe
    if _is_letters(last) and any(map(_full, words)):
        kinds[-1] = "not"
    return kinds


def _is_letters(word: str) -> bool:
    """Whether it is letters that stand for something: TC."""
    return len(word) > 1 and "." not in word and not _full(word)


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
    """At most four words; two of a longer line of capitals, where nothing shows where the name ends."""
    most = 2 if len(found.words) > 3 and all(word.isupper() for word in found.words) else 4
    if len(found.words) <= most:
        return found
    kept = [t for t in group if _kind(t[0]) != "particle"][:most]
    return Words(found.start, kept[-1].end(), found.words[:most])


@lru_cache(maxsize=4_096)
def _kind(word: str) -> str:
    folded = fold(word).rstrip(".")
    if _ROLE.fullmatch(word) or folded.endswith("-old") or folded.startswith("ex-"):
        return "not"
    if re.fullmatch(_PARTICLE, word):
        return "particle"
    if folded in _TITLES:
        return "title"
    is_ascii = word.translate(_ONE_FORM).isascii()  # Ní is a name, and NI is insurance
    is_word = is_ascii and folded in NOT_NAMES and folded not in WORDS_AND_NAMES and len(folded) > 1
    return "not" if is_word else "name"


def told(text: str, cues: Sequence[Cue] = (*BEFORE, *BEHIND, FIRST_NAME, ALONE)) -> Iterator[Words]:
    """The names in a text that these cues tell to be a person's."""
    before: Words | None = None
    before_is_told = is_several = False
    rosters = [match.span("it") for match in ROSTER.finditer(text)] if FIRST_NAME in cues else []
    for found in runs(text):
        between = text[before.end : found.start] if before else ""
        is_told = False
        if before and between == ", " and len(before.words) <= (2 if before.words[0].isupper() else 1):
            turned = Words(before.start, found.end, (*before.words, *found.words))  # surname, first name
            if turned.size and (
                _is_turned(before, found)
                or (_is_given(found.words[0]) and _is_entry(text, turned, rosters))
                or any(_holds(cue, text, turned) for cue in cues if cue in _TURNED)
            ):
                found, is_told = turned, True
        is_told = is_told or (found.size > 0 and any(_holds(cue, text, found) for cue in cues))
        is_told = is_told or (found.size > 1 and _is_entry(text, found, rosters))
        if before and between in _AND and found.size:
            if before_is_told:
                is_several = is_several or _is_several(text, before)
                is_told = is_told or is_several or _is_beside(text, before, found, between)
            elif is_told and fold(before.words[0]) in GIVEN_NAMES - DATES and len(before.words) == 1:
                yield before  # Jane and Thomas Roe, Hope and Tyler
        if is_told:
            yield found
        else:
            is_several = False
        before, before_is_told = found, is_told


_TURNED = (*BEHIND, LABEL)
"""Cues that hold for a surname before a first name."""


def _is_turned(surname: Words, first: Words) -> bool:
    """Whether it is a surname in capitals before initials or a first name that is common in Britain."""
    if not all(word.isupper() and _full(word) for word in surname.words):
        return False
    word = first.words[0]
    return "." in word if word.isupper() else _is_given(word)


def _is_entry(text: str, found: Words, rosters: Sequence[tuple[int, int]]) -> bool:
    """Whether it is an entry of a list of those present."""
    within = any(start <= found.start < end for start, end in rosters)
    is_agency = AGENCY_BEHIND.match(text, found.end) is not None
    return within and not is_agency and IN_ROSTER.search(text, max(0, found.start - 20), found.start) is not None


_AND = (" and ", ", ", " & ")


def _is_beside(text: str, name: Words, found: Words, between: str) -> bool:
    """Whether a name is told by the one before it: both have two words, or it is a first name."""
    if len(found.words) == 1:
        return _is_first_name(found.words[0])
    return between != ", " and name.size > 1 and AGENCY_BEHIND.match(text, found.end) is None


def _is_one_unknown(found: Words) -> bool:
    return len(found.words) == 1 and not _is_given(found.words[0])


def _is_several(text: str, first: Words) -> bool:
    return PLURAL.search(text, max(0, first.start - _AROUND), first.start) is not None


def _holds(cue: Cue, text: str, found: Words) -> bool:
    if cue is ALONE and len(found.words) > 1:
        return False
    if cue.no_word and len(found.words) == 1 and not _is_no_word(text, found, cue):
        return False
    is_enough = len(found.words) >= cue.least or (cue.or_first_name and _is_first_name(found.words[0]))
    if not is_enough and not (cue.or_capitals and _is_in_capitals(text, found)):
        return False
    is_agency = cue.least > 1 and not _is_given(found.words[0]) and not _TWO_SURNAMES.fullmatch(found.words[-1])
    if is_agency and AGENCY_BEHIND.match(text, found.end):
        return False
    if cue.name in _BEFORE:
        if len(found.words) == 1 and fold(found.words[0]) in GIVEN_NAMES and text.endswith("Sister ", 0, found.start):
            return False  # of a child, and not of a ward
        if cue.ends and not text.endswith(cue.ends, 0, found.start):
            return False
        if cue.behind and not cue.behind.match(text, found.end):
            return False
        return cue.pattern.search(text, max(0, found.start - _AROUND), found.start) is not None
    if cue.least == 1 and _is_one_unknown(found) and _PLACE_BEFORE.search(text, max(0, found.start - 8), found.start):
        return False
    is_named = _is_given(found.words[0]) or _TWO_SURNAMES.fullmatch(found.words[-1]) is not None
    if "." in found.words[0] and not _LINE_START.search(text, max(0, found.start - 4), found.start):
        is_named = True  # T. Tarrow; at the beginning of a line it may be a heading
    is_place = cue is FIRST_NAME and (not is_named or fold(found.words[-1]) in PLACES)
    return not is_place and cue.pattern.match(text, found.end) is not None


_OPENING = re.compile(r"(?:^|[.!?:;•|\n“\"–—-])\s*$")
_LINE_START = re.compile(r"(?:^|[\n•|])[ \t]*$")
_TWO_SURNAMES = re.compile(rf"[{_UPPER}][{_LETTERS}]{{2,}}-[{_UPPER}][{_LETTERS}]{{2,}}")
_SAINT = re.compile(r"\b(?:St\.?|Saint|HMP|RAF|Lake|Port|Mount|Fort|Operation|Storm|Queen|King) $")
_TO_PLACE = re.compile(r"\b(?:in|at|from|to|near|around|across|within) $", re.I)
_TOWNS = frozenset(["stanley", "florence", "victoria", "chelsea", "georgia", "jordan", "douglas", "gordon", "sydney"])
"""First names that are places as well."""
_PLACE_BEFORE = re.compile(r"\b(?:in|at|from|near|around|across|within) $", re.I)
_BEFORE = frozenset(cue.name for cue in BEFORE)


def _is_no_word(text: str, found: Words, cue: Cue) -> bool:
    """Whether one word with a capital has it because it is a name."""
    word = found.words[0]
    folded = fold(word)
    if folded in WORDS_AND_NAMES or folded in DATES or _SAINT.search(text, max(0, found.start - 10), found.start):
        return False
    if _is_given(word):
        is_place = folded in _TOWNS and _TO_PLACE.search(text, max(0, found.start - 8), found.start)
        return not is_place
    if cue is ALONE or word.isupper() or AGENCY_BEHIND.match(text, found.end):
        return False
    return cue.name in _BEFORE or not _OPENING.search(text, max(0, found.start - 4), found.start)


def _is_given(word: str) -> bool:
    """Whether it is a first name that is common in Britain, or begins with one: Sarah-Jane."""
    folded = fold(word)
    return folded in GIVEN_NAMES or folded.partition("-")[0] in GIVEN_NAMES


def _is_first_name(word: str) -> bool:
    return _is_given(word) and fold(word) not in DATES


def _is_in_capitals(text: str, found: Words) -> bool:
    """Whether it is in capitals and what follows is not."""
    behind = text[found.end : found.end + 12]
    return len(found.words[0]) > 3 and found.words[0].isupper() and any(map(str.islower, behind))


class People:
    """The people of one document: whoever was named once is found wherever the name comes back."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._words: set[str] = set()
        self._pseudonyms: set[str] = set()
        self._learned: tuple[str, tuple[Words, ...]] = ("", ())

    def learn(self, text: str) -> None:
        """Learn who is named in a text, and what the review calls people so as not to name them."""
        for match in PSEUDONYM.finditer(text):
            self._pseudonyms.update(map(fold, re.findall(r"[^\W\d_][\w'’-]+", match["it"] or match["it2"])))
        self._learned = (text, tuple(told(text)))
        for found in self._learned[1]:
            self._add(found)
        self._words.update(re.findall(r"(?<![^\s(“])[a-z]{3,}\b", text))

    def _add(self, found: Words) -> None:
        for word in filter(_full, found.words):
            names = {fold(word), *(part for part in fold(word).split("-") if len(part) > 3)}
            self._known |= {name for name in names - DATES - NOT_NAMES if not re.fullmatch(_PARTICLE, name)}

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where people are named in a text; spans may overlap. Whoever is introduced here is known from now on."""
        for found in self._learned[1] if text == self._learned[0] else told(text):
            self._add(found)
            if len(found.words) > 1 or fold(found.words[0]) not in self._pseudonyms:
                yield found.start, found.end
        known = self._known - self._pseudonyms  # by now with those of this text
        for match in _KNOWN.finditer(text):
            folded = fold(match[0])
            if text.endswith("he ", 0, match.start()):  # the Tarrows
                folded = next((f for f in (folded, folded[:-1], folded[:-2]) if f in known), folded)
            if folded in known and not (self._is_word(folded) and _opens(text, match)):
                ahead = _BEFORE_KNOWN.search(text, max(0, match.start() - 20), match.start())
                yield ahead.start() if ahead else match.start(), match.end()

    def _is_word(self, folded: str) -> bool:
        """Whether it is an ordinary word as well: on the list, or in small letters in the document."""
        return folded in WORDS_AND_NAMES or folded in self._words


_NO_NAME_BEFORE = re.compile(
    r" (?:the|an?|of|for|that|to|in|on|up|out|from|with|by|at|into|this|these|his|her|their|"
    r"people|persons?|children|adults?|mothers?|carers?)\b"
)


def _opens(text: str, word: re.Match[str]) -> bool:
    """Whether a word opens a sentence, so that its capital proves nothing, and goes on as a name would not."""
    at = word.start()
    opens = at == 0 or _OPENING.search(text, max(0, at - 4), at) is not None
    return opens and _NO_NAME_BEFORE.match(text, word.end()) is not None
