"""A language model as coder. It points at sentences by number, so that every quote is the document's own words.

How it is asked is a strategy, chosen for the model: `whole` (one question for all themes; large models), `themes` (one question a theme),
`judge` (yes or no to single sentences; small models).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from scr_llm.errors import CoderError, NoReplyError, UsageError
from scr_llm.llm import Question, Reply
from scr_llm.llm.spend import FEW_CHARS, at_most_tokens
from scr_llm.records import (
    Codebook,
    CoderIdentity,
    DraftCase,
    DraftCoding,
    DraftItem,
    DraftTheme,
    Reading,
    Unanswered,
    Window,
)
from scr_llm.stages.code.embedded import EmbeddedCoder
from scr_llm.stages.code.facts import case_facts
from scr_llm.stages.code.llm.case import CaseFacts
from scr_llm.stages.code.llm.items import DIFFER, Items
from scr_llm.stages.code.llm.judge import Judge, Thresholds
from scr_llm.stages.code.llm.second_look import SecondLook
from scr_llm.stages.code.llm.shown import Line, lines_of, windows_of
from scr_llm.stages.code.llm.themes import REPLY_TOKENS, AllAtOnce, Answers, OneByOne, listed
from scr_llm.stages.code.rules import draft_item
from scr_llm.text.flow import Flow
from scr_llm.text.redact import Redaction
from scr_llm.text.words import in_words

__all__ = ["STRATEGIES", "LlmCoder", "PromptingOptions", "Strategy", "Thresholds"]

Strategy = Literal["whole", "themes", "judge"]
_NEEDED: dict[Strategy, tuple[str, ...]] = {
    "whole": ("system", "whole", "case", "items"),
    "themes": ("system", "theme", "case", "items"),
    "judge": ("judge_system", "judge"),
}
STRATEGIES: tuple[Strategy, ...] = ("whole", "themes", "judge")


class Asker(Protocol):
    """Whatever answers a question with a checked record; `scr_llm.llm.Client` does."""

    def ask(self, question: Question, about: str | None = None) -> Reply[Any]:
        """Ask. Raises NoReplyError where there is no usable reply."""
        ...


@dataclass(frozen=True)
class PromptingOptions:
    """How a model is asked."""

    strategy: Strategy = "themes"
    """The strategy."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    """For `judge`."""
    context_tokens: int = 8192
    """What the model reads in one go, its reply counted in. A longer document is asked about window by window."""
    max_tokens: int = 1024
    """Longest reply."""
    critic: bool = False
    """Whether the model looks a second time at what it holds present."""
    redaction: Callable[[], Redaction] | None = None
    """Makes what a document's sentences go through before they are sent."""

    @property
    def told(self) -> str:
        """As recorded with a coding."""
        strategy = f"{self.strategy} ({self.thresholds})" if self.strategy == "judge" else self.strategy
        return f"{strategy} with a second look" if self.critic else strategy


class _Plan:
    """All questions about one document, and what is made of their answers."""

    def __init__(
        self,
        told: Mapping[str, str],
        prompting: PromptingOptions,
        reading: Reading,
        codebook: Codebook,
        embedded: EmbeddedCoder,
    ) -> None:
        self._reading, self._judging = reading, prompting.strategy == "judge"
        redaction = prompting.redaction() if prompting.redaction else None
        self._restore: Callable[[str], str] = redaction.restore if redaction else str
        lines, self.notes = lines_of(reading, redaction.redact if redaction else str)
        if not lines:
            raise CoderError(
                "There is no text to show to a model.",
                document=reading.document_id,
                stage="code",
                next_step="Look at the pages of this document, or code it by hand.",
            )
        self.windows: tuple[Sequence[Line], ...] = tuple(windows_of(lines, _room(told, prompting, codebook)))
        self._held = embedded.themes(reading, codebook)
        self._items = (
            Items(told, self.windows, reading, prompting.max_tokens, self._restore) if not self._judging else None
        )
        self._facts = CaseFacts(told, self.windows[0], self._restore) if not self._judging else None
        self._themes: Judge | OneByOne | AllAtOnce
        if prompting.strategy == "judge":
            self._themes = Judge(told, lines, codebook, self._held, prompting.thresholds)
        else:
            self._themes = (OneByOne if prompting.strategy == "themes" else AllAtOnce)(told, self.windows, codebook)
        # Window by window, all themes in a row: the endpoint then reads the document once and keeps it as a prefix.
        self.questions = (
            *(self._facts.questions if self._facts else ()),
            *(self._items.questions if self._items else ()),
            *self._themes.questions,
        )
        self.second_look = SecondLook(told, lines, codebook, self._restore) if prompting.critic else None

    def case(self, answers: Answers) -> DraftCase:
        return self._facts.case(answers) if self._facts else case_facts(self._reading, Flow.of(self._reading))

    def later(self, answers: Answers) -> tuple[Question, ...]:
        """What is asked once the questions are answered: the second look at what is present."""
        return self.second_look.questions(self._themes.themes(answers)) if self.second_look else ()

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme; where the embedded coder holds something else, that is what a person should look at first."""
        found = [t.model_copy(update={"why": self._restore(t.why)}) for t in self._themes.themes(answers)]
        if self.second_look:
            found = [self.second_look.settled(t, answers) for t in found]
        return tuple(
            t.model_copy(update={"doubts": (*t.doubts, *_differ(t, held))})
            for t, (held, _) in zip(found, self._held, strict=True)
        )

    def items(self, kind: Literal["finding", "recommendation"], answers: Answers) -> tuple[DraftItem, ...]:
        """Findings or recommendations: the structure's, checked by the model where it was asked."""
        if self._items is None:
            return tuple(draft_item(self._reading, item) for item in self._reading.items if item.kind == kind)
        return self._items.items(kind, answers)


class LlmCoder:
    """Codes by asking a model.

    A present or explicitly_absent without a sentence becomes unclear; so does a theme that the model gave no usable reply about. A case fact
    whose words do not stand in the sentence given for it (for a gender: no word such as she or his) is left out. Findings and recommendations
    of the page's structure are compared with those that the model names (`items`), unless it judges single sentences only.

    Raises UsageError where a prompt that the strategy needs is not there.
    """

    def __init__(
        self,
        asker: Asker,
        prompts: Mapping[str, str],
        identity: CoderIdentity,
        prompting: PromptingOptions | None = None,
    ) -> None:
        self._manners = prompting or PromptingOptions()
        needed = set(_NEEDED[self._manners.strategy]) | ({"system", "critic"} if self._manners.critic else set())
        if lacking := sorted(needed - set(prompts)):
            raise UsageError(f"The prompts lack {', '.join(f'{name}.md' for name in lacking)}.")
        self._asker, self._prompts = asker, dict(prompts)
        self._identity = identity.model_copy(update={"strategy": self._manners.told})
        self._embedded = EmbeddedCoder(identity)

    @property
    def identity(self) -> CoderIdentity:
        """Who codes, as recorded with the coding."""
        return self._identity

    def questions(self, reading: Reading, codebook: Codebook) -> tuple[Question, ...]:
        """All that would be asked about a document, in order; nothing is sent. Raises as `code` does."""
        return self._plan(reading, codebook).questions

    def later(self, reading: Reading, codebook: Codebook) -> tuple[Question, ...]:
        """What may be asked besides, at most: its words depend on the answers, so this is for an estimate only. Raises as `code` does."""
        look = self._plan(reading, codebook).second_look
        return look.at_most() if look else ()

    def _plan(self, reading: Reading, codebook: Codebook) -> _Plan:
        return _Plan(self._prompts, self._manners, reading, codebook, self._embedded)

    def redacted(self, reading: Reading | None) -> dict[str, str]:
        """What would be replaced in a document before it is sent: stand-in to the words that stay here."""
        if reading is None or self._manners.redaction is None:
            return {}
        redaction = self._manners.redaction()
        lines_of(reading, redaction.redact)
        return redaction.replaced

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding.

        Raises:
            CoderError: there is no text to show, the way to the model is shut, or it gave no usable reply to any question.
            UsageError: a prompt cannot be filled, or the model reads too little in one go.
            StopError: the budget is used up, or asking was stopped.
        """
        plan = self._plan(reading, codebook)
        answers: dict[str, Any] = {}
        counted: dict[str, int | None] = {}
        unanswered: list[Unanswered] = []

        def ask(questions: Sequence[Question]) -> None:
            for question in questions:
                try:
                    reply = self._asker.ask(question, about=reading.document_id)
                    answers[question.name], counted[question.name] = reply.parsed, reply.prompt_tokens
                except NoReplyError as error:
                    if not error.model_at_fault or len(unanswered) + 1 == len(plan.questions):
                        error.document = error.document or reading.document_id
                        raise
                    answers[question.name] = None
                    unanswered.append(Unanswered(question=question.name, state=error.state, reason=error.message))

        ask(plan.questions)
        ask(plan.later(answers))
        return DraftCoding(
            document_id=reading.document_id,
            coder=self._identity,
            case=plan.case(answers),
            findings=plan.items("finding", answers),
            recommendations=plan.items("recommendation", answers),
            themes=plan.themes(answers),
            unanswered=tuple(unanswered),
            notes=tuple(plan.notes),
            windows=_windows(plan, counted) if self._manners.strategy != "judge" else (),
        )


def _differ(model: DraftTheme, embedded: DraftTheme) -> tuple[str, ...]:
    if (model.value == "present") == (embedded.value == "present"):
        return ()
    return (f"{DIFFER}: the model says {in_words(model.value)}, the embedded coder {in_words(embedded.value)}",)


_LEAST_ROOM = 1_500
"""Characters of a document that a window must at least have room for."""


def _room(told: Mapping[str, str], prompting: PromptingOptions, codebook: Codebook) -> int:
    """Characters of a document that fit beside the prompt and the reply."""
    whole = prompting.strategy == "whole"
    book = len(listed(codebook)) if whole else 2_000
    reply = REPLY_TOKENS * len(codebook.codes) if whole else prompting.max_tokens
    beside = at_most_tokens(len(told.get("system", "")) + len(told.get("theme", "")) + book) + reply
    room = int((prompting.context_tokens - beside) * FEW_CHARS)
    if room < _LEAST_ROOM and prompting.strategy != "judge":
        needed = beside + int(_LEAST_ROOM / FEW_CHARS) + 1
        raise UsageError(
            f"a model that reads {prompting.context_tokens} tokens in one go has no room for a document beside the questions of the strategy “{prompting.strategy}”.",
            next_step=f"Set [llm] context_tokens to {needed} or more, if the model reads that much, or take another strategy.",
        )
    return room


def _windows(plan: _Plan, counted: Mapping[str, int | None]) -> tuple[Window, ...]:
    """The windows as they were asked about, with the longest question of each."""
    windows = []
    for n, window in enumerate(plan.windows):
        asked = [q for q in plan.questions if (q.name.partition("/")[2] or "1") == str(n + 1)]
        longest = max(asked, key=lambda q: len(q.system) + len(q.user))
        windows.append(
            Window(
                first_page=window[0].page,
                last_page=window[-1].page,
                first_sentence=window[0].number,
                last_sentence=window[-1].number,
                tokens_at_most=at_most_tokens(len(longest.system) + len(longest.user)),
                tokens_counted=counted.get(longest.name),
            )
        )
    return tuple(windows)
