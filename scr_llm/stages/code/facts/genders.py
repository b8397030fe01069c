"""The gender that a word says of a child: girl or boy, else she or he where that can only be the child."""

import re
from collections import Counter
from itertools import pairwise

from scr_llm.stages.code.facts.stated import HAPPENED, OPENING_SENTENCES, OTHERS, StatedFact, about_the_child
from scr_llm.text.flow import Sentence

_FEMALE = re.compile(r"\b(?:girl|daughter|young woman|female|baby girl)\b", re.I)
_MALE = re.compile(r"\b(?:boy|son|young man|male|baby boy)\b", re.I)
_WITHHELD = re.compile(
    r"\b(?:boy|son) or (?:a )?(?:girl|daughter)\b|\b(?:girl|daughter) or (?:a )?(?:boy|son)\b|\bnor gender\b"
)
"""The review keeps the gender back."""
_SOMEBODYS_CHILD = (
    r"\b\w+[’']s (?:\w+ )?(?:son|daughter|boy|girl)s?\b|"
    r"\b(?:her|his|their|first|other|elder|older) (?:\w+ )?(?:son|daughter)s?\b"
)
"""Somebody's son or daughter, who need not be the child of the review."""
_CALLED_BEFORE = r"(?:Child |Baby |Young [Pp]erson )?"
_ONE_SIDED = 4
"""How many times as many sentences must say she as he, or he as she, where both are said."""


def gender_of(body: list[Sentence], names: list[str]) -> StatedFact | None:
    """The gender that the review says of its child."""
    if any(_WITHHELD.search(s.text) for s in body[:OPENING_SENTENCES]):
        return None
    for sentence, is_named in about_the_child(body, names):
        text = sentence.text
        introduces = rf"{HAPPENED.pattern}|\b(?:found|born|review|summary|report|concerns)\b"
        if not is_named and not re.search(introduces, text):
            continue
        plain = re.sub(_SOMEBODYS_CHILD, "", text)
        female, male = _FEMALE.search(plain), _MALE.search(plain)
        if female and not male:
            return StatedFact("F", female.group(), sentence.page)
        if male and not female:
            return StatedFact("M", male.group(), sentence.page)
    return _by_pronoun(body, names)


def _by_pronoun(body: list[Sentence], names: list[str]) -> StatedFact | None:
    """She or he in the sentence that begins with the child's name, or in the next, nobody else being named."""
    votes: Counter[str] = Counter()
    first: dict[str, StatedFact] = {}
    for before, sentence in pairwise(body):
        is_named = _begins_with_a_name(sentence.text, names)
        follows = _begins_with_a_name(before.text, names) and not OTHERS.search(before.text)
        if OTHERS.search(sentence.text) or not (is_named or follows):
            continue
        pattern = r"\b(?:she|he|herself|himself)\b" if is_named else r"^(?:She|He)\b"
        if match := re.search(pattern, sentence.text):
            value = "F" if match.group().lower() in ("she", "herself") else "M"
            votes[value] += 1
            first.setdefault(value, StatedFact(value, match.group(), sentence.page))
    if len(votes) == 1 or (votes and min(votes.values()) * _ONE_SIDED <= max(votes.values())):
        return first[votes.most_common(1)[0][0]]
    return None


def _begins_with_a_name(text: str, names: list[str]) -> bool:
    return any(re.match(rf"{_CALLED_BEFORE}{name}\b(?![’']s)", text) for name in names)
