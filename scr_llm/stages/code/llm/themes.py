"""What a model says of themes: by one question a theme, or by one for all of them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import ConfigDict, Field, create_model

from scr_llm.llm import Question, prompts
from scr_llm.records import Code, Codebook, DraftQuote, DraftTheme, Record, ThemeValue
from scr_llm.stages.code.llm.shown import Line, show

_R = TypeVar("_R", bound=Record)
_STRONGEST_FIRST: tuple[ThemeValue, ...] = ("present", "explicitly_absent", "unclear", "not_mentioned")
MOST_SENTENCES = 8
"""Sentences that a model may name for one theme; keeps a small one from counting on until its tokens run out."""

REPLY_TOKENS = 100
"""Tokens for each theme, at most, where a model is asked about all at once."""

Answers = Mapping[str, Any]
"""Name of a question to the record that came back; None where none did."""


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
    """The bases of a record that is made at run time. It has no source, and none is searched for docstrings.

    The search would parse the source of whoever makes it, and two threads that do so at once can break the parser of Python 3.11
    (SystemError: AST constructor recursion depth mismatch).
    """
    return cast("tuple[type[_R], ...]", (base, _MadeToMeasure))


def number_in(window: Sequence[Line]) -> Any:
    """The type of a sentence number of this window: any other number is invalid."""
    return Annotated[int, Field(ge=window[0].number, le=window[-1].number)]


def _reply(window: Sequence[Line], code: Code) -> type[Record]:
    return _reply_of(window[0].number, window[-1].number, tuple(sub.id for sub in code.sub_codes))


@lru_cache(maxsize=512)  # most themes of a window share it, and making a model is slow
def _reply_of(first: int, last: int, aspects: tuple[str, ...]) -> type[Record]:
    number: Any = Annotated[int, Field(ge=first, le=last)]
    numbers: Any = Annotated[tuple[number, ...], Field(max_length=MOST_SENTENCES)]
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


def _numbered(name: str, window: int) -> str:
    return name if window == 0 else f"{name}/{window + 1}"


def _aspects(code: Code) -> str:
    return "; ".join(f"{sub.id} ({sub.label})" for sub in code.sub_codes) or "none"


class OneByOne:
    """One question a theme and window; the document comes first, so that a server reads it once for all themes."""

    def __init__(self, told: Mapping[str, str], windows: Sequence[Sequence[Line]], codebook: Codebook) -> None:
        self._windows, self._codes = windows, codebook.codes
        self.questions = tuple(
            Question(
                _numbered(f"theme:{code.id}", n),
                told["system"],
                _theme(told["theme"], window, code),
                _reply(window, code),
            )
            for n, window in enumerate(windows)
            for code in codebook.codes
        )

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme over all windows."""
        return tuple(
            merge(code, [(window, answers[_numbered(f"theme:{code.id}", n)]) for n, window in enumerate(self._windows)])
            for code in self._codes
        )


def _theme(template: str, window: Sequence[Line], code: Code) -> str:
    return prompts.fill(
        template,
        document=prompts.fence(show(window)),
        label=code.label,
        polarity=code.polarity,
        definition=code.definition,
        include="; ".join(code.include) or "-",
        exclude="; ".join(code.exclude) or "-",
        aspects=_aspects(code),
    )


def listed(codebook: Codebook) -> str:
    """The themes as they are listed for a model that is asked about all of them."""
    return "\n".join(
        f"- {c.id}: {c.label} ({c.polarity}). {c.definition} Belongs: {'; '.join(c.include) or '-'}. Does not: {'; '.join(c.exclude) or '-'}. Aspects: {_aspects(c)}."
        for c in codebook.codes
    )


class AllAtOnce:
    """One question a window for all themes; for models that keep many things in mind. The codebook comes first, the document last."""

    def __init__(self, told: Mapping[str, str], windows: Sequence[Sequence[Line]], codebook: Codebook) -> None:
        self._windows, self._codes = windows, codebook.codes
        self.questions = tuple(
            Question(
                _numbered("themes", n),
                told["system"],
                prompts.fill(told["whole"], themes=listed(codebook), document=prompts.fence(show(window))),
                create_model(
                    "Themes", __base__=_MadeToMeasure, **{c.id: (_reply(window, c), ...) for c in codebook.codes}
                ),  # type: ignore[call-overload]
                max_tokens=REPLY_TOKENS * len(codebook.codes),
            )
            for n, window in enumerate(windows)
        )

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme over all windows."""
        given = [(window, answers[_numbered("themes", n)]) for n, window in enumerate(self._windows)]
        return tuple(
            merge(code, [(window, getattr(answer, code.id, None)) for window, answer in given]) for code in self._codes
        )


def merge(code: Code, given: Sequence[tuple[Sequence[Line], Any]]) -> DraftTheme:
    """One theme over all windows: the strongest value, with the evidence and reasons of the windows that gave it.

    A window without a reply makes what is not present elsewhere unclear. A sentence that two windows share is counted once.
    """
    parts: list[tuple[ThemeValue, list[int], tuple[str, ...], str]] = []
    by_number: dict[int, DraftQuote] = {}
    for window, answer in given:
        if answer is None:
            parts.append(("unclear", [], (), "The model gave no usable reply about this; a person must read."))
            continue
        by_number |= {line.number: line.quote for line in window}
        value, why, numbers = answer.value, answer.reason, sorted(set(answer.evidence))
        if value == "not_mentioned":
            numbers = []
        elif not numbers and value != "unclear":
            value, why = "unclear", f"The model said {value} but named no sentence: {why}"
        parts.append((value, numbers, getattr(answer, "aspects", ()), why))
    strongest = (
        _STRONGEST_FIRST
        if not any(v == "unclear" and not n for v, n, _, _ in parts)
        else ("present", "unclear", "explicitly_absent", "not_mentioned")
    )
    value = min((part[0] for part in parts), key=strongest.index)
    kept = [part for part in parts if part[0] == value]
    aspects = {a for part in kept for a in part[2]} if value == "present" else set()
    return DraftTheme(
        theme=code.id,
        value=value,
        quotes=tuple(by_number[n] for n in sorted({n for part in kept for n in part[1]})),
        sub_themes=tuple(sub.id for sub in code.sub_codes if sub.id in aspects),
        why=" / ".join(dict.fromkeys(part[3] for part in kept if part[3])),
    )
