"""What a model says about the case."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, create_model

from scr_llm.llm import Made, Question, prompts
from scr_llm.llm.schema import BoundedNumber
from scr_llm.records import AgeBand, Context, DraftCase, DraftChild, DraftQuote, Gender, Record
from scr_llm.stages.code.llm.shown import Line, show
from scr_llm.stages.code.llm.themes import Answers, bounds_of, made_from
from scr_llm.text.numbers import TO_TWENTY


class ChildReply(Record):
    """What the model says of one child."""

    gender_sentence: int | None
    """Number of the sentence that states the gender."""
    gender: Gender
    """As stated."""
    age_sentence: int | None
    """Number of the sentence that states the age."""
    age: str | None
    """In the words of that sentence."""


class CaseReply(Record):
    """What the model says of the case. Each fact comes after the sentence that states it."""

    authority_sentence: int | None
    """Number of the sentence that states the authority."""
    authority: str | None
    """In the words of that sentence."""
    pseudonym_sentence: int | None
    """Number of the sentence that states the pseudonym."""
    pseudonym: str | None
    """In the words of that sentence."""
    children: tuple[ChildReply, ...]
    """One entry a child."""
    context_sentence: int | None
    """Number of the sentence that states the context."""
    context: Context
    """Why the review was held."""


class CaseFacts:
    """One question about the case, on the first window. A fact counts only if its sentence has its words."""

    def __init__(self, texts: Mapping[str, str], window: Sequence[Line], restore: Callable[[str], str] = str) -> None:
        self._window, self._restore = window, restore
        question = prompts.fill(texts["case"], document=prompts.fence(show(window)))
        self.questions = (Question("case", texts["system"], question, Made(_case_reply), bounds=bounds_of(window)),)

    def case(self, answers: Answers) -> DraftCase:
        """The case; everything "not stated" if there was no usable reply."""
        answer = answers["case"]
        if answer is None:
            return DraftCase()
        by_number = {line.number: line for line in self._window}
        quotes: dict[str, DraftQuote] = {}

        def stated(fact: str, number: int | None, words: str | None) -> bool:
            """Whether a sentence is given and has any words given for the fact; the first such sentence is quoted."""
            if number is None or (words is not None and not stands_in(words, by_number[number].text)):
                return False
            quotes.setdefault(fact, by_number[number].quote)
            return True

        def words(fact: str, number: int | None, given: str | None) -> str | None:
            given = self._restore(given) if given else None
            return given if given and stated(fact, number, given) else None

        authority = words("authority", answer.authority_sentence, answer.authority)
        pseudonym = words("pseudonym", answer.pseudonym_sentence, answer.pseudonym)
        children = []
        for child in answer.children:
            known = _says_gender(child, by_number) and stated("gender", child.gender_sentence, None)
            age = _bare(words("age", child.age_sentence, child.age))
            children.append(DraftChild(gender=child.gender if known else "not stated", age=age, age_band=_band(age)))
        known = answer.context != "not stated" and stated("context", answer.context_sentence, None)
        return DraftCase(
            authority=authority,
            pseudonym=pseudonym,
            children=tuple(children),
            context=answer.context if known else "not stated",
            quotes=quotes,
        )


@cache
def _case_reply() -> type[CaseReply]:
    number: Any = BoundedNumber | None
    child: Any = create_model(
        "Child", __base__=made_from(ChildReply), gender_sentence=(number, ...), age_sentence=(number, ...)
    )
    children: Any = Annotated[tuple[child, ...], Field(max_length=8)]
    return create_model(
        "Case",
        __base__=made_from(CaseReply),
        authority_sentence=(number, ...),
        pseudonym_sentence=(number, ...),
        children=(children, ...),
        context_sentence=(number, ...),
    )


def stands_in(words: str, sentence: str) -> bool:
    """Whether the sentence has these words, whole, in either case."""
    wanted = " ".join(words.split())
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", sentence, re.IGNORECASE) is not None


def _bare(age: str | None) -> str | None:
    """An age as it stands in a table: "22 months" of "aged 22 months" and of "22 months old"."""
    return re.sub(r"^(?:aged|age)\s+(?=\S)|(?<=\S)[\s-]+old$", "", age, flags=re.IGNORECASE) if age else None


_GENDERED = {
    "F": r"she|her|hers|herself|girl|girls|daughter|sister|female|woman",
    "M": r"he|him|his|himself|boy|boys|son|brother|male|man",
}


def _says_gender(child: ChildReply, by_number: Mapping[int, Line]) -> bool:
    """Whether the sentence given for the gender has a word for it; `other` has no words, and is accepted as given."""
    if child.gender == "not stated" or child.gender_sentence is None:
        return False
    words = _GENDERED.get(child.gender)
    if words is None:
        return True
    return re.search(rf"\b(?:{words})\b", by_number[child.gender_sentence].text, re.IGNORECASE) is not None


_WORDS = TO_TWENTY[1:19]
"""What a child's age in years may be, and the first above it."""


def _band(age: str | None) -> AgeBand:
    """The band of a printed age; not stated if it has no readable number, or is 18 or over."""
    if age is None:
        return "not stated"
    text = age.casefold()
    number = rf"(\d+|\b(?:{'|'.join(sorted(_WORDS, key=len, reverse=True))}))\b"

    def read(digits_or_word: str) -> int:
        return _WORDS.index(digits_or_word) + 1 if digits_or_word in _WORDS else int(digits_or_word)

    if found := re.search(number + r"[\s-]*(?:year|yr)", text):
        years = read(found[1])
    elif found := re.search(number + r"[\s-]*month", text):
        years = read(found[1]) // 12
    elif re.search(r"week|day|hour|newborn|new-born", text):
        years = 0
    elif found := re.search(number, text):
        years = read(found[1])
    else:
        return "not stated"
    bands: tuple[AgeBand, ...] = ("<1", "1-5", "6-10", "11-15", "16-17")
    for band, (low, high) in zip(bands, pairwise((0, 1, 6, 11, 16, 18)), strict=True):
        if low <= years < high:
            return band
    return "not stated"
