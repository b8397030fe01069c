"""List the words in which a quote and a text differ, and mark those that change the sense."""

import difflib
import re

from scr_llm.text.normalise import normalise

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "negation",
        re.compile(
            r"^(?:no|not|never|nor|neither|none|nobody|nothing|without|cannot|\w+n't|un\w{4,}|non-\w+"
            r"|in(?:adequate|sufficient|effective|appropriate|complete|consistent)\w*|fail\w*|lack\w*|absence|absent)$",
            re.I,
        ),
    ),
    (
        "number",
        re.compile(
            r"^[£$€]?\d[\d,.:/]*(?:%|st|nd|rd|th)?$|^(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
            r"|once|twice|first|second|third)$",
            re.I,
        ),
    ),
    (
        "date",
        re.compile(
            r"^(?:january|february|march|april|june|july|august|september|october|november|december"
            r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$",
            re.I,
        ),
    ),
    ("modal verb", re.compile(r"^(?:should|must|may|might|could|would|can|shall|will|ought|needs?)$", re.I)),
    (
        "agency",
        re.compile(
            r"^(?:police|constabulary|probation|health|hospital|school|nursery|midwi\w+|council|housing|trust|board"
            r"|services?|gp|gps|nspcc|cafcass|camhs|court|social|education|ambulance|prison)$",
            re.I,
        ),
    ),
    ("name", re.compile(r"^[A-Z][\w'’-]+$")),
)


def differing(quote: str, text: str) -> tuple[str, ...]:
    """The words that are only in the quote (`- word`) or only in the text (`+ word`), in order.

    A word that changes the sense has its kind in brackets.
    """
    one, other = _words(quote), _words(text)
    found: list[str] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [_marked("-", word) for word in one[a:b]] + [_marked("+", word) for word in other[c:d]]
    return tuple(found)


def _marked(sign: str, word: str) -> str:
    bare = word.strip(".,;:!?()[]\"'“”‘’")
    kind = next((name for name, look in _KINDS if look.match(bare)), None)
    return f"{sign} {word}" + (f" ({kind})" if kind else "")


def _words(text: str) -> list[str]:
    normal = normalise(text)
    hyphened = [("-" if i in normal.hard else "") + character for i, character in enumerate(normal.text)]
    return "".join(hyphened).split()
