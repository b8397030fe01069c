"""The age that is said of a child, as written, and the band it falls in."""

import re

from scr_llm.records import AgeBand
from scr_llm.stages.code.facts.stated import HAPPENED, OTHERS, StatedFact, about_the_child
from scr_llm.text.flow import Sentence
from scr_llm.text.numbers import TO_TWENTY

_NUMBERS = TO_TWENTY[1:]
NUMBER = rf"(?:\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?:hour|day|week|month|year)s?"
SPAN = rf"(?:{NUMBER}(?: and a half)?|a few|a couple of)[\s-]{_UNIT}(?:(?:,| and)? {NUMBER} {_UNIT})?"
"""A length of time."""
_WHO = r"(?:girl|boy|child|baby|infant|twins?|son|daughter|young (?:man|woman|person))s?"
_BARE = re.compile(
    r"\b(?:was|were|who is|is) (?:then |only |just |still )?"
    rf"(?P<age>under {NUMBER}|{NUMBER})(?=[.,;]| throughout\b| when\b| and\b| years\b)"
    rf"(?! {_UNIT} (?:in|late|before|after|ago))",
    re.I,
)
"""A number behind `she was`."""
_BRACKETS = re.compile(rf"\((?:aged )?(?P<age>{NUMBER})\)")
"""A number in brackets, behind a name."""
AGES = (
    re.compile(rf"\b(?:aged?|age of)(?: only| just| about)? (?P<age>{SPAN}|{NUMBER}|under {NUMBER})\b", re.I),
    re.compile(r"\b(?P<age>primary[- ](?:school )?aged?)\b", re.I),
    re.compile(rf"\b(?P<age>{SPAN})(?:[\s-]old| of age)\b", re.I),
    re.compile(rf"\b{_WHO} of (?:just |only )?(?P<age>{SPAN}|{NUMBER})\b", re.I),
    re.compile(rf"\b{_WHO},? (?P<age>{SPAN})\b", re.I),
    _BARE,
    _BRACKETS,
)
"""How a sentence gives somebody's age. A length of time alone is not an age."""
_SINCE = re.compile(r"\b(?P<word>from|since|until|till|by|before|after|at|to) (?:about |around )?(?:the |an )?$", re.I)
"""Words before `age of three` that date a story and do not give the child's age when it was harmed."""
_DIED = re.compile(r"\b(?:died|dies|death|killed|murdered|lifeless|dead)\b", re.I)

_UNITS_A_YEAR = {"h": 8766, "d": 365.25, "w": 52.2, "m": 12}
"""By the first letter of the unit."""
_A_FEW = 2.0
"""What "a few" and "a couple of" count as."""
_BANDS: tuple[tuple[int, AgeBand], ...] = ((1, "<1"), (6, "1-5"), (11, "6-10"), (16, "11-15"), (18, "16-17"))
"""Each band with the age in years at which it ends."""


def age_of(body: list[Sentence], names: list[str]) -> StatedFact | None:
    """The age said of the child, in a sentence that names it or at the beginning, and not of somebody else."""
    best: tuple[int, StatedFact] | None = None
    for sentence, is_named in about_the_child(body, names):
        for pattern in AGES:
            for match in pattern.finditer(sentence.text):
                if not _is_of_the_child(sentence.text, pattern, match, names):
                    continue
                weight = _weight(sentence.text) + is_named
                if best is None or weight > best[0]:
                    best = (weight, StatedFact(match["age"], match["age"], sentence.page))
    return best[1] if best and may_be_a_childs(best[1].value) else None


def may_be_a_childs(age: str) -> bool:
    """Whether an age is below 18 years, or has no number."""
    number = _years(age)
    return number is None or number < 18


def age_band(age: str | None) -> AgeBand:
    """The band of an age as printed; not stated where the words fit several bands (`under 13`) or none.

    `Primary aged` is 6-10.
    """
    text = (age or "").lower()
    if "primary" in text:
        return "6-10"
    years = None if text.startswith("under") else _years(text)
    return next((band for end, band in _BANDS if years is not None and years < end), "not stated")


def dates_a_story(text: str, age: re.Match[str]) -> bool:
    """Whether an age is a date in a story (`at nursery from the age of three`), and not the child's when it was harmed.

    `At the age of three` may be either: it is the child's where the sentence tells of a death, or of harm before it.
    """
    before = text[: age.start()]
    found = _SINCE.search(before)
    if found is None or found["word"].lower() != "at":
        return found is not None
    return age.group().lower().startswith("age") and not (HAPPENED.search(before) or _DIED.search(text))


def _is_of_the_child(text: str, pattern: re.Pattern[str], match: re.Match[str], names: list[str]) -> bool:
    """Whether an age belongs to the child: nobody else is named nearer to it in the same clause."""
    before = text[: match.start()]
    if dates_a_story(text, match):
        return False
    clause = re.split(r"[;:]|, (?:and|but)\b", before)[-1]
    clause_start = len(before) - len(clause)
    named = [
        m.end()
        for name in names
        for m in re.finditer(rf"(?<!of )(?<!of Child )(?<!of Baby )\b{name}\b(?![’']s)", clause)
    ]
    others = [m.end() - clause_start for m in OTHERS.finditer(text[: match.end()]) if m.end() > clause_start]
    if others and max(others) > max(named, default=-1):
        return False
    if pattern is _BRACKETS:
        return any(before.rstrip().endswith(name) for name in names)
    if pattern is _BARE:
        own = "".join(f"|{n}" for n in names)
        return re.search(rf"\b(?:he|she|who|they|child|baby|boy|girl{own})\s*$", before, re.I) is not None
    return True


def _weight(text: str) -> int:
    """How much a sentence reads like the one that introduces the child."""
    return (
        4 * bool(re.search(r"\b(?:concerns|subject of|summary|review) ", text[:60]))
        + 2 * bool(HAPPENED.search(text))
        + bool(re.search(rf"{_WHO}|subject of this", text[:80]))
    )


def _years(age: str) -> float | None:
    """An age in years; None where it has no number."""
    total, found = 0.0, False
    for number, unit in re.findall(rf"\b({NUMBER}|few|couple of)[\s-]?({_UNIT})?\b", age.lower()):
        total += _value(number) / _UNITS_A_YEAR.get(unit[:1], 1)
        found = True
    return total if found else None


def _value(number: str) -> float:
    if number.isdigit():
        return float(number)
    return float(_NUMBERS.index(number) + 1) if number in _NUMBERS else _A_FEW
