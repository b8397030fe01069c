"""What a model says about themes: one question per theme, or one for all of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import ConfigDict, Field, create_model

from scr_llm.llm import Made, Question, prompts
from scr_llm.llm.schema import BoundedNumber, Bounds
from scr_llm.records import Code, Codebook, DraftTheme, Record, ThemeValue
from scr_llm.stages.code.llm.shown import Line, show
from scr_llm.text.words import in_words

_R = TypeVar("_R", bound=Record)
_STRONGEST_FIRST: tuple[ThemeValue, ...] = ("present", "explicitly_absent", "unclear", "not_mentioned")
_UNCLEAR_BEFORE_DENIAL: tuple[ThemeValue, ...] = ("present", "unclear", "explicitly_absent", "not_mentioned")
MOST_SENTENCES = 8
"""Sentences that a model may name for one theme. Stops a small model from counting on until its tokens run out."""

REPLY_TOKENS = 100
"""Longest reply per theme, in tokens, where a model is asked about all themes in one question."""

Answers = Mapping[str, Any]
"""Name of each question to the record that came back; None where none did."""


class ThemeReply(Record):
    """What the model says of one theme in one window. Evidence comes before the verdict."""

    evidence: tuple[int, ...]
    """Numbers of the sentences that show it."""
    value: ThemeValue
    """The verdict."""
    reason: str
    """One short sentence."""


class _MadeToMeasure(Record):
    model_config = ConfigDict(use_attribute_docstrings=False)


def made_from(base: type[_R]) -> tuple[type[_R], ...]:
    """The bases of a record that is made at run time, whose source is not searched for docstrings: it has none.

    The search would parse the source of the caller, and two threads that do so at the same time can break the parser of
    Python 3.11 (SystemError: AST constructor recursion depth mismatch).
    """
    return cast("tuple[type[_R], ...]", (base, _MadeToMeasure))


def bounds_of(window: Sequence[Line]) -> Bounds:
    """The sentence numbers of a window: any other number is invalid."""
    return window[0].number, window[-1].number


def _aspects_of(code: Code) -> tuple[str, ...]:
    return tuple(sub.id for sub in code.sub_codes)


@lru_cache(maxsize=512)  # most themes share it, and making a model is slow
def _theme_reply(aspects: tuple[str, ...]) -> type[Record]:
    numbers: Any = Annotated[tuple[BoundedNumber, ...], Field(max_length=MOST_SENTENCES)]
    if not aspects:
        return create_model("Theme", __base__=made_from(ThemeReply), evidence=(numbers, ...))
    aspect: Any = Literal[aspects]
    shown: Any = Annotated[tuple[aspect, ...], Field(max_length=len(aspects))]
    # Fields of a base come first, so this one is made whole: evidence, aspects, then the verdict.
    return create_model(
        "Theme",
        __base__=_MadeToMeasure,
        evidence=(numbers, ...),
        aspects=(shown, ...),
        value=(ThemeValue, ...),
        reason=(str, ...),
    )


@lru_cache(maxsize=16)
def _themes_reply(aspects: tuple[tuple[str, tuple[str, ...]], ...]) -> type[Record]:
    """All themes in one record, from the id and the aspects of each."""
    fields: dict[str, Any] = {code: (_theme_reply(shown), ...) for code, shown in aspects}
    return create_model("Themes", __base__=_MadeToMeasure, **fields)


def _numbered(name: str, window: int) -> str:
    return name if window == 0 else f"{name}/{window + 1}"


def _aspects(code: Code) -> str:
    return "; ".join(f"{sub.id} ({sub.label}: {sub.definition})" for sub in code.sub_codes) or "none"


def near_misses(code: Code) -> str:
    """A code's near misses, and those of its aspects, in plain words: the codebook's notation is for patterns."""
    written = dict.fromkeys((*code.near_misses, *(m for sub in code.sub_codes for m in sub.near_misses)))
    return "; ".join(_readable(m) for m in written) or "-"


def _readable(wording: str) -> str:
    """`(drugs|drug) ... (team|worker)*` as `drugs/drug … team/worker`."""
    plain = re.sub(r"\(([^()]*)\)\??", lambda m: m[1].replace("|", "/"), wording.replace("...", "…").replace("*", ""))
    return " ".join(re.sub(r"\s*/\s*", "/", plain).split())


def meaning(code: Code) -> dict[str, str]:
    """What a code means, slot by slot, for any prompt that asks about one code."""
    return {
        "label": code.label,
        "polarity": code.polarity,
        "definition": code.definition,
        "include": "; ".join(code.include) or "-",
        "exclude": "; ".join(code.exclude) or "-",
        "near_misses": near_misses(code),
    }


class OneByOne:
    """One question per theme and window. The document comes first, so that a server reads it once for all themes."""

    def __init__(self, texts: Mapping[str, str], windows: Sequence[Sequence[Line]], codebook: Codebook) -> None:
        self._windows, self._codes = windows, codebook.codes
        self.questions = tuple(
            Question(
                _numbered(f"theme:{code.id}", n),
                texts["system"],
                _theme(texts["theme"], window, code),
                Made(_theme_reply, (_aspects_of(code),)),
                bounds=bounds_of(window),
            )
            for n, window in enumerate(windows)
            for code in codebook.codes
        )

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme, over all windows."""
        return tuple(
            merge(code, [(window, answers[_numbered(f"theme:{code.id}", n)]) for n, window in enumerate(self._windows)])
            for code in self._codes
        )


def _theme(template: str, window: Sequence[Line], code: Code) -> str:
    return prompts.fill(template, document=prompts.fence(show(window)), aspects=_aspects(code), **meaning(code))


def listed(codebook: Codebook) -> str:
    """The themes, as listed for a model that is asked about all of them."""
    return "\n".join(
        f"- {c.id}: {c.label} ({c.polarity}). {c.definition} "
        f"Belongs: {'; '.join(c.include) or '-'}. Does not: {'; '.join(c.exclude) or '-'}. "
        f"Words that only look like it: {near_misses(c)}. Aspects: {_aspects(c)}."
        for c in codebook.codes
    )


class AllAtOnce:
    """One question per window for all themes, for large models. The codebook comes first, the document last."""

    def __init__(self, texts: Mapping[str, str], windows: Sequence[Sequence[Line]], codebook: Codebook) -> None:
        self._windows, self._codes = windows, codebook.codes
        self.questions = tuple(self._question(texts, n, window, codebook) for n, window in enumerate(windows))

    @staticmethod
    def _question(texts: Mapping[str, str], n: int, window: Sequence[Line], codebook: Codebook) -> Question:
        return Question(
            _numbered("themes", n),
            texts["system"],
            prompts.fill(texts["whole"], themes=listed(codebook), document=prompts.fence(show(window))),
            Made(_themes_reply, (tuple((code.id, _aspects_of(code)) for code in codebook.codes),)),
            max_tokens=REPLY_TOKENS * len(codebook.codes),
            bounds=bounds_of(window),
        )

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme, over all windows."""
        given = [(window, answers[_numbered("themes", n)]) for n, window in enumerate(self._windows)]
        return tuple(
            merge(code, [(window, getattr(answer, code.id, None)) for window, answer in given]) for code in self._codes
        )


@dataclass(frozen=True)
class _Part:
    """What one window says of a theme."""

    value: ThemeValue
    numbers: tuple[int, ...] = ()
    aspects: tuple[str, ...] = ()
    why: str = ""


def merge(code: Code, given: Sequence[tuple[Sequence[Line], Any]]) -> DraftTheme:
    """One theme over all windows: the strongest value, with the evidence and reasons of the windows that gave it.

    A theme that is not present anywhere is unclear if a window has no reply. A sentence in two windows counts once.
    """
    parts = [_part(answer) for _, answer in given]
    by_number = {line.number: line.quote for window, answer in given if answer is not None for line in window}
    # Silence from a window without a usable reply is no silence of the review: "unclear" then outranks a denial.
    unanswered = any(part.value == "unclear" and not part.numbers for part in parts)
    strongest = _UNCLEAR_BEFORE_DENIAL if unanswered else _STRONGEST_FIRST
    value = min((part.value for part in parts), key=strongest.index)
    kept = [part for part in parts if part.value == value]
    aspects = {a for part in kept for a in part.aspects} if value == "present" else set()
    return DraftTheme(
        theme=code.id,
        value=value,
        quotes=tuple(by_number[n] for n in sorted({n for part in kept for n in part.numbers})),
        sub_themes=tuple(sub.id for sub in code.sub_codes if sub.id in aspects),
        why=" / ".join(dict.fromkeys(part.why for part in kept if part.why)),
    )


def _part(answer: Any) -> _Part:
    """A window's answer, checked: a claim without a sentence is unclear, and silence has no sentences."""
    if answer is None:
        return _Part("unclear", why="The model gave no usable reply about this; a person must read the review.")
    aspects = getattr(answer, "aspects", ())
    if answer.value == "not_mentioned":
        return _Part(answer.value, (), aspects, answer.reason)
    numbers = tuple(sorted(set(answer.evidence)))
    if not numbers and answer.value != "unclear":
        why = f"The model said “{in_words(answer.value)}” but named no sentence: {answer.reason}"
        return _Part("unclear", (), aspects, why)
    return _Part(answer.value, numbers, aspects, answer.reason)
