"""The children of a review: one, or several with what is said beside the name of each."""

import re

from scr_llm.records import DraftChild, DraftQuote, Gender
from scr_llm.stages.code.facts.ages import AGES, NUMBER, SPAN, age_band, age_of, dates_a_story, may_be_a_childs
from scr_llm.stages.code.facts.genders import gender_of
from scr_llm.stages.code.facts.stated import EACH, FIRST_SENTENCES, StatedFact, keep, opening_of
from scr_llm.text.flow import Sentence

_Stated = tuple[StatedFact | None, StatedFact | None]
"""Gender and age of one child."""

_WITHIN = 45
"""Characters behind a child's name within which its age begins."""
_LONGEST_AGE = 25
"""Characters that an age which begins there may go on for."""


def children_of(body: list[Sentence], names: list[str], quotes: dict[str, DraftQuote]) -> tuple[DraftChild, ...]:
    """Each child with gender and age as stated; the first of each is quoted."""
    stated = _several(body, names) if len(names) > 1 else [(gender_of(body, names), age_of(body, names))]
    for gender, age in stated:
        if gender and "gender" not in quotes:
            keep("gender", gender, quotes)
        if age and "age" not in quotes:
            keep("age", age, quotes)
    return tuple(_child(gender, age) for gender, age in stated)


def unstated_child() -> DraftChild:
    """A child of whom nothing is stated."""
    return _child(None, None)


def _child(gender: StatedFact | None, age: StatedFact | None) -> DraftChild:
    value: Gender = "not stated"
    if gender:
        value = "F" if gender.value == "F" else "M"
    words = age.value if age else None
    return DraftChild(gender=value, age=words, age_band=age_band(words))


def _several(body: list[Sentence], names: list[str]) -> list[_Stated]:
    """Gender and age of each of several children: beside its name, or of all in one sentence in their order."""
    opening = opening_of(body)
    stated = [(_gender_beside(opening, name), _age_beside(opening, name, names)) for name in names]
    for sentence in opening[:FIRST_SENTENCES]:
        pairs = list(re.finditer(rf"\b{EACH},? (?:of|aged|who (?:was|is)) (?P<age>{SPAN}|{NUMBER})\b", sentence.text))
        if len(pairs) == len(names) and not any(gender or age for gender, age in stated):
            return [(_gender_in(p["who"], sentence), StatedFact(p["age"], p["age"], sentence.page)) for p in pairs]
        both = re.search(rf"\b(?:[Tt]hey were|[Tt]wins?,? (?:were )?)\s?(?P<age>{SPAN})\b", sentence.text)
        if both and not any(age for _, age in stated):
            stated = [(gender, StatedFact(both["age"], both["age"], sentence.page)) for gender, _ in stated]
    ages = [age for _, age in stated if age]
    # Twins are of one age, so the age of one is that of the other.
    if len(ages) == 1 and any(re.search(r"\b[Tt]wins?\b|^Two babies\b", s.text) for s in opening[:FIRST_SENTENCES]):
        stated = [(gender, ages[0]) for gender, _ in stated]
    return stated


def _gender_beside(opening: list[Sentence], name: str) -> StatedFact | None:
    """What a child is called beside its name: `Bay, his sister`, `a boy (Baby R)`, `two sisters, called here Fern`."""
    own = rf"(?:Baby |Child )?{name}\b"
    patterns = (
        rf"\b{own},? (?:\([^)]*\),? )?(?:is |was |who (?:is|was) )?(?:an? |the |his |her )(?:\w+ )?{EACH}\b",
        rf"\b{EACH},? \(?(?:called (?:here )?)?{own}",
        rf"\b{EACH}s,? called here [^.;]{{0,30}}?\b{own}",
        rf"\bcall(?:s|ed)? (?P<who>her|him) (?:here )?{own}",
        r"\b(?:[Bb]oth|[Tt]he two|[Tt]wo) (?P<who>girl|boy|sister|brother)s\b",
    )
    for sentence in opening:
        for pattern in patterns:
            if match := re.search(pattern, sentence.text):
                word = re.match(r"\w+", sentence.text[match.start("who") :])  # whole, so that a quote cuts no word
                return _gender_in(match["who"], sentence)._replace(words=word.group() if word else "")
    return None


def _gender_in(word: str, sentence: Sentence) -> StatedFact:
    return StatedFact("F" if word.lower() in ("girl", "daughter", "sister", "her") else "M", word, sentence.page)


def _age_beside(opening: list[Sentence], name: str, names: list[str]) -> StatedFact | None:
    """The age behind a child's name, before any other child is named. "X and Y were ..." is about both."""
    others = "|".join(other for other in names if other != name)
    behind = rf"\b{name}\b(?![’']s| and )(?:(?!\b(?:{others})\b)[^.;]){{0,{_WITHIN}}}"
    for sentence in opening:
        for match in re.finditer(behind, sentence.text):
            near = sentence.text[match.start() : match.end() + _LONGEST_AGE]
            for pattern in AGES:
                age = pattern.search(near)
                if age is None or age.start() >= len(match.group()) or " were " in near[: age.start()]:
                    continue
                if dates_a_story(near, age):
                    continue
                if may_be_a_childs(age["age"]):
                    return StatedFact(age["age"], age["age"], sentence.page)
    return None
