"""A second look: the model sees each theme that it called present, with its sentences and the definition.

It may withdraw the theme. It adds nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from scr_llm.llm import Made, Question, prompts
from scr_llm.records import Code, Codebook, DraftTheme, Record
from scr_llm.stages.code.llm.items import DIFFER
from scr_llm.stages.code.llm.shown import Line, bare, show
from scr_llm.stages.code.llm.themes import MOST_SENTENCES, Answers, made_from, meaning

LOOK_TOKENS = 160
"""Longest reply, in tokens."""
WITHDRAWN = "withdrawn at the second look"
"""How the reason for a withdrawn theme begins."""


class LookReply(Record):
    """What the model says of a theme that it held present. Evidence comes before the verdict."""

    evidence: tuple[int, ...]
    """Those of its sentences that do show it."""
    verdict: Literal["keep", "withdraw"]
    """Whether it stands by it."""
    reason: str
    """One short sentence."""


class SecondLook:
    """One question for each present theme.

    A withdrawn theme becomes unclear and keeps its sentences, so that a person sees it and decides.
    """

    def __init__(
        self, texts: Mapping[str, str], lines: Sequence[Line], codebook: Codebook, restore: Callable[[str], str] = str
    ) -> None:
        self._texts, self._lines, self._restore = texts, lines, restore
        self._codes = {code.id: code for code in codebook.codes}
        self._by_words = {bare(line.text): at for at, line in enumerate(lines)}

    def questions(self, themes: Sequence[DraftTheme]) -> tuple[Question, ...]:
        """What to ask, given the themes as first answered."""
        asked = ((self._codes[theme.theme], self._own(theme)) for theme in themes if theme.value == "present")
        return tuple(self._question(code, own) for code, own in asked if own)

    def at_most(self) -> tuple[Question, ...]:
        """What would be asked if every theme were present on the longest sentences: for an estimate beforehand."""
        longest = sorted(sorted(range(len(self._lines)), key=lambda at: -len(self._lines[at].sent))[:MOST_SENTENCES])
        return tuple(self._question(code, longest) for code in self._codes.values())

    def settled(self, theme: DraftTheme, answers: Answers) -> DraftTheme:
        """A theme after the second look."""
        if (name := _name(theme.theme)) not in answers or theme.value != "present":
            return theme
        answer = answers[name]
        if answer is None:
            return _doubted(theme, "the second look got no usable reply")
        if answer.verdict == "keep":
            return theme
        reason = self._restore(answer.reason)
        if answer.evidence:  # it withdraws the theme but names sentences that show it: only a plain withdrawal counts
            return _doubted(theme, f"the second look contradicts itself: {reason}")
        withdrawn = {"value": "unclear", "sub_themes": (), "basis": None, "why": f"{WITHDRAWN}: {reason}"}
        return _doubted(theme, f"{DIFFER}: present at first, {WITHDRAWN}").model_copy(update=withdrawn)

    def _own(self, theme: DraftTheme) -> list[int]:
        """Which lines are the sentences of a theme; praise is not evidence of it."""
        found = {self._by_words.get(bare(quote.text)) for quote in theme.quotes if "good_practice" not in quote.flags}
        return sorted(at for at in found if at is not None)[:MOST_SENTENCES]

    def _question(self, code: Code, own: Sequence[int]) -> Question:
        beside = sorted({near for at in own for near in (at - 1, at, at + 1) if 0 <= near < len(self._lines)})
        numbers = tuple(self._lines[at].number for at in own)
        user = prompts.fill(
            self._texts["critic"],
            document=prompts.fence(show([self._lines[at] for at in beside])),
            numbers=", ".join(map(str, numbers)),
            **meaning(code),
        )
        reply = Made(_look_reply, (numbers,))
        return Question(_name(code.id), self._texts["system"], user, reply, max_tokens=LOOK_TOKENS)


def _doubted(theme: DraftTheme, doubt: str) -> DraftTheme:
    return theme.model_copy(update={"doubts": (*theme.doubts, doubt)})


def _name(code: str) -> str:
    return f"critic:{code}"


@lru_cache(maxsize=64)
def _look_reply(numbers: tuple[int, ...]) -> type[LookReply]:
    one: Any = Literal[numbers]
    evidence: Any = Annotated[tuple[one, ...], Field(max_length=len(numbers))]
    return create_model("SecondLook", __base__=made_from(LookReply), evidence=(evidence, ...))
