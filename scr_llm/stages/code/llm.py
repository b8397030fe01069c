"""A language model as coder. It points at sentences by number, so that every quote is the document's own words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, Field, create_model

from scr_llm.errors import CoderError, UsageError
from scr_llm.llm import Reply, prompts
from scr_llm.records import (
    AgeBand,
    Code,
    Codebook,
    CoderIdentity,
    Context,
    DraftCase,
    DraftChild,
    DraftCoding,
    DraftItem,
    DraftQuote,
    DraftTheme,
    EvidenceFlag,
    Gender,
    Reading,
    Record,
    SectionKind,
    ThemeValue,
)
from scr_llm.text.flow import NEVER_EVIDENCE, Flow, sentences

T = TypeVar("T", bound=BaseModel)

NOT_SHOWN: frozenset[SectionKind] = NEVER_EVIDENCE | {"process"}
"""Sections whose sentences are not shown: they say what the review asks or how it was made, not what it found."""

_FLAGS: dict[SectionKind, tuple[EvidenceFlag, ...]] = {
    "recommendations": ("recommendation",),
    "action_plan": ("recommendation",),
    "good_practice": ("good_practice",),
}
_STRONGEST_FIRST: tuple[ThemeValue, ...] = ("present", "explicitly_absent", "unclear", "not_mentioned")


class Asker(Protocol):
    """Whatever answers a question with a checked record; `scr_llm.llm.Client` does."""

    def ask(self, system: str, user: str, reply: type[T], about: str | None = None) -> Reply[T]:
        """Ask. Raises CoderError where there is no usable reply."""
        ...


class ThemeReply(Record):
    """What the model says of one theme in one window. Evidence comes before the verdict."""

    evidence: tuple[int, ...]
    """Numbers of the sentences that show it."""
    value: ThemeValue
    """The verdict."""
    reason: str
    """One short sentence."""


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


@dataclass(frozen=True)
class _Line:
    """A sentence as it is shown."""

    number: int
    text: str
    page: int
    section: str
    kind: SectionKind

    @property
    def shown(self) -> str:
        return f"[{self.number}] {self.text}"

    @property
    def quote(self) -> DraftQuote:
        return DraftQuote(text=self.text, page=self.page, flags=_FLAGS.get(self.kind, ()))


class LlmCoder:
    """Codes by asking a model one question a theme, and one about the case.

    `window_chars` is how much document text goes into one request. A longer document is asked about window by window, and the
    strongest answer stands: present, explicitly_absent, unclear, not_mentioned. Case facts are asked of the first window only.
    A present or explicitly_absent without a sentence becomes unclear; a case fact whose words do not stand in the sentence
    given for it (for a gender: no word such as she or his) is left out. Findings and recommendations are the reading's own.

    Raises UsageError where the prompts lack system, theme or case.
    """

    def __init__(
        self, asker: Asker, prompts: Mapping[str, str], identity: CoderIdentity, *, window_chars: int = 24_000
    ) -> None:
        if lacking := sorted({"system", "theme", "case"} - set(prompts)):
            raise UsageError(f"The prompts lack {', '.join(f'{name}.md' for name in lacking)}.")
        self._asker, self._prompts, self._identity, self._window_chars = asker, dict(prompts), identity, window_chars

    @property
    def identity(self) -> CoderIdentity:
        """Who codes, as recorded with the coding."""
        return self._identity

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding.

        Raises CoderError where there is no text to show or a question has no usable reply, and UsageError for a prompt that
        cannot be filled.
        """
        windows = list(_windows(_lines(reading), self._window_chars))
        if not windows:
            raise CoderError(
                "There is no text to show to a model.", document=reading.document_id, stage="code",
                next_step="Look at the pages of this document, or code it by hand.",
            )  # fmt: skip
        try:
            # Window by window, all themes in a row: the endpoint then reads the document once and keeps it as a prefix.
            case = self._case(reading, windows[0])
            answers = [[self._theme(reading, window, code) for code in codebook.codes] for window in windows]
        except CoderError as error:
            error.document, error.stage = error.document or reading.document_id, "code"
            raise
        return DraftCoding(
            document_id=reading.document_id,
            coder=self._identity,
            case=case,
            findings=_items(reading, "finding"),
            recommendations=_items(reading, "recommendation"),
            themes=tuple(_merge(parts) for parts in zip(*answers, strict=True)),
        )

    def _ask(self, prompt: str, reading: Reading, window: Sequence[_Line], reply: type[T], **slots: str) -> T:
        question = prompts.fill(self._prompts[prompt], document=prompts.fence(_show(window)), **slots)
        return self._asker.ask(self._prompts["system"], question, reply, about=reading.document_id).parsed

    def _theme(self, reading: Reading, window: Sequence[_Line], code: Code) -> DraftTheme:
        answer = self._ask(
            "theme", reading, window, _theme_reply(window), label=code.label, polarity=code.polarity, definition=code.definition,
            include="; ".join(code.include) or "-", exclude="; ".join(code.exclude) or "-",
        )  # fmt: skip
        by_number = {line.number: line for line in window}
        quotes = tuple(by_number[n].quote for n in sorted(set(answer.evidence)))
        value, why = answer.value, answer.reason
        if value == "not_mentioned":
            quotes = ()
        elif not quotes and value != "unclear":
            value, why = "unclear", f"The model said {value} but named no sentence: {why}"
        return DraftTheme(theme=code.id, quotes=quotes, value=value, why=why)

    def _case(self, reading: Reading, window: Sequence[_Line]) -> DraftCase:
        answer = self._ask("case", reading, window, _case_reply(window))
        by_number = {line.number: line for line in window}
        quotes: dict[str, DraftQuote] = {}

        def stated(fact: str, number: int | None, words: str | None) -> bool:
            """Whether the sentence is there and, where words are given, has them; the first such sentence is kept."""
            if number is None or (words is not None and not _stands_in(words, by_number[number].text)):
                return False
            quotes.setdefault(fact, by_number[number].quote)
            return True

        def words(fact: str, number: int | None, given: str | None) -> str | None:
            return given if given and stated(fact, number, given) else None

        authority = words("authority", answer.authority_sentence, answer.authority)
        pseudonym = words("pseudonym", answer.pseudonym_sentence, answer.pseudonym)
        children = []
        for child in answer.children:
            known = _says_gender(child, by_number) and stated("gender", child.gender_sentence, None)
            age = words("age", child.age_sentence, child.age)
            children.append(DraftChild(gender=child.gender if known else "not stated", age=age, age_band=_band(age)))
        known = answer.context != "not stated" and stated("context", answer.context_sentence, None)
        return DraftCase(
            authority=authority, pseudonym=pseudonym, children=tuple(children),
            context=answer.context if known else "not stated", quotes=quotes,
        )  # fmt: skip


def _lines(reading: Reading) -> list[_Line]:
    """The sentences that may be evidence, numbered from 1."""
    candidates = [s for s in sentences(Flow.of(reading)) if s.section_kind not in NOT_SHOWN and s.text.strip()]
    return [
        _Line(number, " ".join(s.text.split()), s.page, s.section, s.section_kind)
        for number, s in enumerate(candidates, start=1)
    ]


def _windows(lines: Sequence[_Line], chars: int) -> Iterator[list[_Line]]:
    """Runs of sentences within the budget; a sentence that is longer by itself gets a window of its own."""
    window: list[_Line] = []
    size = 0
    for line in lines:
        heading = len(line.section) + 3 if not window or window[-1].section != line.section else 0
        if window and size + heading + len(line.shown) + 1 > chars:
            yield window
            window, size, heading = [], 0, len(line.section) + 3
        window.append(line)
        size += heading + len(line.shown) + 1
    if window:
        yield window


def _show(window: Sequence[_Line]) -> str:
    """One line a sentence, with a heading wherever the section changes."""
    shown: list[str] = []
    section: str | None = None
    for line in window:
        if line.section != section and line.section:
            shown.append(f"# {' '.join(line.section.split())}")
        section = line.section
        shown.append(line.shown)
    return "\n".join(shown)


def _number(window: Sequence[_Line]) -> Any:
    """The type of a sentence number of this window: any other number is invalid."""
    return Annotated[int, Field(ge=window[0].number, le=window[-1].number)]


def _theme_reply(window: Sequence[_Line]) -> type[ThemeReply]:
    number: Any = _number(window)
    # The bound keeps a small model from counting on until its tokens run out.
    numbers: Any = Annotated[tuple[number, ...], Field(max_length=20)]
    return create_model("Theme", __base__=ThemeReply, evidence=(numbers, ...))


def _case_reply(window: Sequence[_Line]) -> type[CaseReply]:
    number: Any = _number(window) | None
    child: Any = create_model("Child", __base__=ChildReply, gender_sentence=(number, ...), age_sentence=(number, ...))
    children: Any = Annotated[tuple[child, ...], Field(max_length=8)]
    return create_model(
        "Case", __base__=CaseReply, authority_sentence=(number, ...), pseudonym_sentence=(number, ...),
        children=(children, ...), context_sentence=(number, ...),
    )  # fmt: skip


def _merge(parts: Sequence[DraftTheme]) -> DraftTheme:
    """One theme over all windows: the strongest value, with the evidence and reasons of the windows that gave it."""
    value = min((part.value for part in parts), key=_STRONGEST_FIRST.index)
    kept = [part for part in parts if part.value == value]
    reasons = dict.fromkeys(part.why for part in kept if part.why)
    return DraftTheme(
        theme=parts[0].theme, quotes=tuple(q for part in kept for q in part.quotes), value=value, why=" / ".join(reasons)
    )


def _items(reading: Reading, kind: str) -> tuple[DraftItem, ...]:
    return tuple(
        DraftItem(
            number=item.number, text=item.text, page=item.page, addressee=item.addressee,
            quotes=(DraftQuote(text=item.text, page=item.page),),
        )
        for item in reading.items if item.kind == kind
    )  # fmt: skip


def _stands_in(words: str, sentence: str) -> bool:
    """Whether the words stand in the sentence as whole words, upper or lower case."""
    wanted = " ".join(words.split())
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", sentence, re.IGNORECASE) is not None


_GENDERED = {
    "F": r"she|her|hers|herself|girl|girls|daughter|sister|female|woman",
    "M": r"he|him|his|himself|boy|boys|son|brother|male|man",
}


def _says_gender(child: ChildReply, by_number: Mapping[int, _Line]) -> bool:
    """Whether the sentence given for the gender has a word of it; `other` has no word list and is taken as given."""
    if child.gender == "not stated" or child.gender_sentence is None:
        return False
    words = _GENDERED.get(child.gender)
    return words is None or re.search(rf"\b(?:{words})\b", by_number[child.gender_sentence].text, re.IGNORECASE) is not None


_WORDS = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
]  # fmt: skip


def _band(age: str | None) -> AgeBand:
    """The band of a printed age; not stated where it has no number that can be read, or is 18 and over."""
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
