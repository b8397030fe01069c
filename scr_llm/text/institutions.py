"""Schools and hospitals by name: words with capitals in front of a word such as Academy or Infirmary."""

import re
from collections.abc import Iterator, Sequence

from scr_llm.text.not_names import NO_HOSPITAL, NOT_NAMES, OPEN_INSTITUTIONS, WORDS_AND_NAMES

_SCHOOL = (
    r"(?:Pupil Referral Unit|PRU|Sixth Form(?: College| Centre)?|"
    r"(?:School|Academy|Kindergarten|Playgroup|Pre-?[Ss]chool)"
    r"(?! (?:Nurs|Health|Improve|Admission|Govern|Board|Exclu|Attend|Council|Transport))(?: (?:Nursery|Playgroup))?|"
    r"(?:Primary|High|Grammar|Infants|Juniors|Nursery|College|Comprehensive|Secondary|UTC)(?! (?:of\b|[A-Z])))"
)
_PRACTICE = (
    r"(?<!Professional )(?<!Safeguarding )(?<!Work )(?<!Best )(?<!Good )(?<!Clinical )(?<!Nursing )"
    r"Practice(?! (?:[A-Z]|of\b|and\b|in\b))"
)
_HOSPITAL = (
    r"(?:(?:Hospital|Infirmary|Hospice)(?: (?:North|South|East|West)\b)?(?! (?:NHS|Trust|Foundation|Social|Discharge))|"
    rf"Clinic|Surgery|(?:Medical|Group|Family|Dental|Village|Road|Street|Park|House|Lane) Practice|{_PRACTICE}|"
    r"Hostel|Refuge|Family (?:Centre|Hub)|Children(?:[’']?s|s[’'])? Centre|"
    r"(?:Nursing|Care|Residential|Children(?:[’']?s|s[’'])?) Home|Approved Premises|"
    r"Ward(?! (?:[A-Z]|manager|round|staff|sister|clerk|boundar|councillor))|"
    r"(?:District )?General(?! [A-Z])|A&E(?! [A-Z])|"
    r"(?:Medical|Health|Walk-[Ii]n|Birth|Treatment|Urgent Care) (?:Centre|Group)|Unit)"
)
_HEAD = re.compile(rf"(?<= )(?:(?P<school>{_SCHOOL})|(?P<hospital>{_HOSPITAL}))\b(?![-’'])")
_CAPITAL = r"(?:(?:[A-Z]\.)+|Dr\.|St\.|[^\W\d_a-zß-öø-ÿ][\w’'-]*)"
_LEFT = re.compile(
    rf"(?:(?<=\s)|(?<=^)|(?<=[(“‘\"])){_CAPITAL}(?: (?:{_CAPITAL}|C of E|R\.C\.|\(V[AC]\)|and|&|of the|of|for))* $"
)
_FARTHEST = 90
"""Characters before a head in which its name is looked for."""


def institutions(text: str, kind: str) -> Iterator[tuple[int, int]]:
    """The schools or the hospitals (`kind`) that a text names; a school without a name of its own is none."""
    before = 0
    for head in _HEAD.finditer(text):
        left = _LEFT.search(text, max(before, head.start() - _FARTHEST), head.start())
        before = head.end()
        if head.lastgroup != kind:
            continue
        if left and (start := _start(text, left)) is not None:
            yield start, head.end()


def _start(text: str, left: re.Match[str]) -> int | None:
    """Where the name begins, without words in front that are no part of it; None if no word of it is a name."""
    words = [(m.start(), m[0].casefold().replace("’", "'")) for m in re.compile(r"\S+").finditer(text, *left.span())]
    if any(word in NO_HOSPITAL for _, word in words):
        return None
    while words and words[0][1] not in OPEN_INSTITUTIONS and (_is_no_name(words[0][1]) or _is_head(words)):
        words.pop(0)
    if words and words[0][1] == "the" and _opens(text, words[0][0]):
        words.pop(0)
    return words[0][0] if any(not _is_no_name(word) and word not in OPEN_INSTITUTIONS for _, word in words) else None


def _is_no_name(word: str) -> bool:
    return word in NOT_NAMES and word not in WORDS_AND_NAMES


def _is_head(words: Sequence[tuple[int, str]]) -> bool:
    """Whether the person who leads a school opens its name: Head of, Head Teacher."""
    return words[0][1] == "head" and len(words) > 1 and words[1][1] in ("of", "teacher")


def _opens(text: str, at: int) -> bool:
    return at == 0 or re.search(r"[.!?\n•“]\s*$", text[max(0, at - 3) : at]) is not None
