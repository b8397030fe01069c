"""A language model as coder. It points at sentences by number, so that every quote is the document's own words.

The strategy says how it is asked, and suits the model: `whole` (one question for all themes; large models), `themes`
(one question per theme), `judge` (yes or no to single sentences; small models).
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
from scr_llm.stages.code.llm.judge import Thresholds
from scr_llm.stages.code.llm.second_look import SecondLook
from scr_llm.stages.code.llm.shown import Line, lines_of, windows_of
from scr_llm.stages.code.llm.strategies import STRATEGIES, Material, prompts_used
from scr_llm.stages.code.llm.themes import REPLY_TOKENS, Answers, listed
from scr_llm.stages.code.rules import draft_item
from scr_llm.text.flow import Flow
from scr_llm.text.redact import Redaction
from scr_llm.text.words import in_words

__all__ = ["STRATEGIES", "LlmCoder", "PromptingOptions", "Thresholds", "prompts_used"]


class Asker(Protocol):
    """Answers a question with a checked record, as `scr_llm.llm.Client` does."""

    def ask(self, question: Question, about: str | None = None) -> Reply[Any]:
        """Ask. Raises NoReplyError if there is no usable reply."""
        ...


@dataclass(frozen=True)
class PromptingOptions:
    """How a model is asked."""

    strategy: str = "themes"
    """Which questions are asked."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    """For the strategy `judge`."""
    context_tokens: int = 8192
    """Tokens that the model reads at a time, its reply included. A longer document is asked about in windows."""
    max_tokens: int = 1024
    """Longest reply, in tokens."""
    critic: bool = False
    """Whether the model takes a second look at the themes that it calls present."""
    redaction: Callable[[], Redaction] | None = None
    """Makes the redaction that a document's sentences go through before they are sent."""

    @property
    def summary(self) -> str:
        """As recorded with a coding."""
        strategy = f"{self.strategy} ({self.thresholds})" if self.strategy == "judge" else self.strategy
        return f"{strategy} with a second look" if self.critic else strategy


class _Plan:
    """All questions about one document, and the coding made from their answers."""

    def __init__(
        self,
        texts: Mapping[str, str],
        prompting: PromptingOptions,
        reading: Reading,
        codebook: Codebook,
        embedded: EmbeddedCoder,
    ) -> None:
        strategy = STRATEGIES[prompting.strategy]
        self._reading = reading
        redaction = prompting.redaction() if prompting.redaction else None
        self._restore: Callable[[str], str] = redaction.restore if redaction else str
        lines, self.notes = lines_of(reading, redaction)
        if not lines:
            raise CoderError(
                "There is no text to show to a model.",
                document=reading.document_id,
                stage="code",
                next_step="Look at the pages of this document, or code it by hand.",
            )
        self.windows: tuple[Sequence[Line], ...] = tuple(windows_of(lines, _room(texts, prompting, codebook)))
        self._held = embedded.themes(reading, codebook)
        self._items: Items | None = None
        self._facts: CaseFacts | None = None
        if strategy.reads_document:
            self._items = Items(texts, self.windows, reading, prompting.max_tokens, self._restore)
            self._facts = CaseFacts(texts, self.windows[0], self._restore)
        material = Material(
            texts=texts,
            lines=lines,
            windows=self.windows,
            codebook=codebook,
            held=self._held,
            thresholds=prompting.thresholds,
        )
        self._themes = strategy.about_themes(material)
        # Window by window, all themes in a row, so that the endpoint reads the document once and caches it as a prefix.
        self.questions = (
            *(self._facts.questions if self._facts else ()),
            *(self._items.questions if self._items else ()),
            *self._themes.questions,
        )
        self.second_look = SecondLook(texts, lines, codebook, self._restore) if prompting.critic else None

    def case(self, answers: Answers) -> DraftCase:
        return self._facts.case(answers) if self._facts else case_facts(self._reading, Flow.of(self._reading))

    def later(self, answers: Answers) -> tuple[Question, ...]:
        """What is asked once the questions are answered: the second look at present themes."""
        return self.second_look.questions(self._themes.themes(answers)) if self.second_look else ()

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme. Where the embedded coder disagrees, a doubt says so: a person should look there first."""
        found = [t.model_copy(update={"why": self._restore(t.why)}) for t in self._themes.themes(answers)]
        if self.second_look:
            found = [self.second_look.settled(t, answers) for t in found]
        return tuple(
            t.model_copy(update={"doubts": (*t.doubts, *_differ(t, held))})
            for t, (held, _) in zip(found, self._held, strict=True)
        )

    def items(self, kind: Literal["finding", "recommendation"], answers: Answers) -> tuple[DraftItem, ...]:
        """Findings or recommendations: the structure's, checked by the model if it was asked."""
        if self._items is None:
            return tuple(draft_item(self._reading, item) for item in self._reading.items if item.kind == kind)
        return self._items.items(kind, answers)


class LlmCoder:
    """Codes by asking a model.

    A theme called present or ruled out without a sentence becomes unclear; so does a theme without a usable reply. A
    case fact is left out if the sentence given for it does not have its words (for a gender: a word such as she or
    his). Findings and recommendations of the page's structure are compared with those that the model names (`items`),
    unless it judges single sentences only.

    Raises UsageError if a prompt that the strategy needs is missing.
    """

    def __init__(
        self,
        asker: Asker,
        prompts: Mapping[str, str],
        identity: CoderIdentity,
        prompting: PromptingOptions | None = None,
    ) -> None:
        self._prompting = prompting or PromptingOptions()
        needed = prompts_used(self._prompting.strategy, critic=self._prompting.critic)
        if lacking := sorted(needed - set(prompts)):
            files = ", ".join(f"{name}.md" for name in lacking)
            raise UsageError(f"The prompts lack {files}.")
        self._asker, self._prompts = asker, dict(prompts)
        self._identity = identity.model_copy(update={"strategy": self._prompting.summary})
        self._embedded = EmbeddedCoder(identity)

    @property
    def identity(self) -> CoderIdentity:
        """The coder, as recorded with the coding."""
        return self._identity

    def questions(self, reading: Reading, codebook: Codebook) -> tuple[Question, ...]:
        """All questions about a document, in order; nothing is sent. Raises as `code` does."""
        return self._plan(reading, codebook).questions

    def later(self, reading: Reading, codebook: Codebook) -> tuple[Question, ...]:
        """What may be asked afterwards, at most; for an estimate only, since the words depend on the answers.

        Raises as `code` does.
        """
        look = self._plan(reading, codebook).second_look
        return look.at_most() if look else ()

    def _plan(self, reading: Reading, codebook: Codebook) -> _Plan:
        return _Plan(self._prompts, self._prompting, reading, codebook, self._embedded)

    def redacted(self, reading: Reading | None) -> dict[str, str]:
        """What would be redacted in a document before it is sent: placeholder to the original words."""
        if reading is None or self._prompting.redaction is None:
            return {}
        redaction = self._prompting.redaction()
        lines_of(reading, redaction)
        return redaction.replaced

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding.

        Raises:
            CoderError: there is no text to show, the model cannot be reached, or it gave no usable reply at all.
            UsageError: a prompt cannot be filled, or context_tokens leaves no room for a document.
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
            windows=_windows(plan, counted) if STRATEGIES[self._prompting.strategy].reads_document else (),
        )


def _differ(model: DraftTheme, embedded: DraftTheme) -> tuple[str, ...]:
    if (model.value == "present") == (embedded.value == "present"):
        return ()
    return (f"{DIFFER}: the model says {in_words(model.value)}, the embedded coder {in_words(embedded.value)}",)


_LEAST_ROOM = 1_500
"""Characters of a document that a window must have room for, at least."""


def _room(texts: Mapping[str, str], prompting: PromptingOptions, codebook: Codebook) -> int:
    """Characters of a document that fit beside the prompt and the reply."""
    strategy = STRATEGIES[prompting.strategy]
    whole = strategy.asks_all_at_once
    book = len(listed(codebook)) if whole else 2_000
    reply = REPLY_TOKENS * len(codebook.codes) if whole else prompting.max_tokens
    beside = at_most_tokens(len(texts.get("system", "")) + len(texts.get("theme", "")) + book) + reply
    room = int((prompting.context_tokens - beside) * FEW_CHARS)
    if room < _LEAST_ROOM and strategy.reads_document:
        needed = beside + int(_LEAST_ROOM / FEW_CHARS) + 1
        raise UsageError(
            f"a context of {prompting.context_tokens} tokens has no room for a document beside the questions of the "
            f"strategy “{prompting.strategy}”.",
            next_step=f"If the model can read that much, set [llm] context_tokens to {needed} or more, "
            "or use another strategy.",
        )
    return room


def _windows(plan: _Plan, counted: Mapping[str, int | None]) -> tuple[Window, ...]:
    """The windows that were asked about, with the size of the longest question of each."""
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
