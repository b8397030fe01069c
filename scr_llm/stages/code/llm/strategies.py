"""The ways of asking a model about themes. A new one is a file beside this one and a line in `STRATEGIES`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from scr_llm.llm import Question
from scr_llm.records import Codebook, DraftTheme
from scr_llm.stages.code.llm.judge import Judge, Thresholds
from scr_llm.stages.code.llm.shown import Line
from scr_llm.stages.code.llm.themes import AllAtOnce, Answers, OneByOne
from scr_llm.text.flow import Sentence


@dataclass(frozen=True)
class Material:
    """What a strategy makes its questions from."""

    texts: Mapping[str, str]
    """The prompts, by name."""
    lines: Sequence[Line]
    """The document's sentences, numbered."""
    windows: Sequence[Sequence[Line]]
    """The same in parts that the model reads at a time."""
    codebook: Codebook
    held: Sequence[tuple[DraftTheme, Sequence[Sentence]]]
    """What the embedded coder holds of each theme, with the sentences that speak for it most."""
    thresholds: Thresholds
    """From which probability a judged sentence counts."""


class AskedThemes(Protocol):
    """A strategy at work on one document."""

    @property
    def questions(self) -> Sequence[Question]:
        """What is asked, in order."""
        ...

    def themes(self, answers: Answers) -> Sequence[DraftTheme]:
        """Each theme of the codebook, from the answers by the names of their questions."""
        ...


@dataclass(frozen=True)
class Strategy:
    """A way of asking."""

    prompts: tuple[str, ...]
    """The files of prompts/ that it uses. A coding records these and no others."""
    about_themes: Callable[[Material], AskedThemes]
    """Makes the questions about themes."""
    reads_document: bool = True
    """Whether the model reads the document and is asked for facts and items too; if not, it sees single sentences."""
    asks_all_at_once: bool = False
    """Whether one question holds the whole codebook."""


STRATEGIES: dict[str, Strategy] = {
    "whole": Strategy(
        prompts=("system", "whole", "case", "items"),
        about_themes=lambda m: AllAtOnce(m.texts, m.windows, m.codebook),
        asks_all_at_once=True,
    ),
    "themes": Strategy(
        prompts=("system", "theme", "case", "items"),
        about_themes=lambda m: OneByOne(m.texts, m.windows, m.codebook),
    ),
    "judge": Strategy(
        prompts=("judge_system", "judge"),
        about_themes=lambda m: Judge(m.texts, m.lines, m.codebook, m.held, m.thresholds),
        reads_document=False,
    ),
}
"""By the name that project.toml gives under [llm] strategy."""
SECOND_LOOK = ("system", "critic")
"""The prompts of the second look."""


def prompts_used(strategy: str, *, critic: bool) -> frozenset[str]:
    """The names of the prompts that a way of asking uses."""
    return frozenset(STRATEGIES[strategy].prompts) | (frozenset(SECOND_LOOK) if critic else frozenset())
