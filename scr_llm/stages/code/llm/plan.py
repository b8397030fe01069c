"""All questions about one document, and the coding made from the replies: functions of records, run anywhere.

`plan_of` and `draft_of` take and give what can be sent to another process. Nothing is asked here.
"""

import pickle
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scr_llm.errors import CoderError, UsageError
from scr_llm.llm import Question
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
from scr_llm.stages.code.llm.strategies import STRATEGIES, Material
from scr_llm.stages.code.llm.themes import REPLY_TOKENS, Answers, listed
from scr_llm.stages.code.rules import draft_item
from scr_llm.text.flow import Flow, Sentence
from scr_llm.text.redact import Redaction
from scr_llm.text.words import in_words


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


@dataclass(frozen=True)
class Asking:
    """How documents are asked about, whichever they are."""

    texts: Mapping[str, str]
    """The prompts, by name."""
    prompting: PromptingOptions
    """How the model is asked."""
    identity: CoderIdentity
    """The coder, as recorded with a coding."""


class Plan:
    """All questions about one document, and what makes a coding from their answers."""

    def __init__(
        self,
        texts: Mapping[str, str],
        prompting: PromptingOptions,
        reading: Reading,
        codebook: Codebook,
        held: Sequence[tuple[DraftTheme, Sequence[Sentence]]],
    ) -> None:
        """`held` is what the embedded coder finds on each theme, with its sentences, the best first."""
        strategy = STRATEGIES[prompting.strategy]
        self.reading = reading
        self._reads_document = strategy.reads_document
        redaction = prompting.redaction() if prompting.redaction else None
        self.redacted: dict[str, str] = redaction.replaced if redaction else {}
        """What is redacted in it: placeholder to the original words."""
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
        self._held = [theme for theme, _ in held]
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
            held=held,
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
        return self._facts.case(answers) if self._facts else case_facts(self.reading, Flow.of(self.reading))

    def later(self, answers: Answers) -> tuple[Question, ...]:
        """What is asked once the questions are answered: the second look at present themes."""
        return self.second_look.questions(self._themes.themes(answers)) if self.second_look else ()

    def at_most_later(self) -> tuple[Question, ...]:
        """What may be asked afterwards, at most; for an estimate only, since the words depend on the answers."""
        return self.second_look.at_most() if self.second_look else ()

    def themes(self, answers: Answers) -> tuple[DraftTheme, ...]:
        """Each theme. Where the embedded coder disagrees, a doubt says so: a person should look there first."""
        found = [t.model_copy(update={"why": self._restore(t.why)}) for t in self._themes.themes(answers)]
        if self.second_look:
            found = [self.second_look.settled(t, answers) for t in found]
        return tuple(
            t.model_copy(update={"doubts": (*t.doubts, *_differ(t, held))})
            for t, held in zip(found, self._held, strict=True)
        )

    def items(self, kind: Literal["finding", "recommendation"], answers: Answers) -> tuple[DraftItem, ...]:
        """Findings or recommendations: the structure's, checked by the model if it was asked."""
        if self._items is None:
            return tuple(draft_item(self.reading, item) for item in self.reading.items if item.kind == kind)
        return self._items.items(kind, answers)

    def windows_asked(self, counted: Mapping[str, int | None]) -> tuple[Window, ...]:
        """The windows that were asked about, with the size of the longest question of each.

        Args:
            counted: name of each question to the tokens that the endpoint counted in it.
        """
        windows = []
        for n, window in enumerate(self.windows if self._reads_document else ()):
            asked = [q for q in self.questions if (q.name.partition("/")[2] or "1") == str(n + 1)]
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


@dataclass(frozen=True)
class Replies:
    """What came back about one document."""

    answers: tuple[tuple[Question, str], ...]
    """Each question that was answered, with the text of the reply, which fits it."""
    counted: Mapping[str, int | None]
    """Name of each question to the tokens that the endpoint counted in it; None where it does not say."""
    unanswered: tuple[Unanswered, ...] = ()
    """The questions without a usable reply."""

    def read(self) -> dict[str, Any]:
        """Name of each question to the record that came back; None where none did."""
        found: dict[str, Any] = {question.name: question.read(raw) for question, raw in self.answers}
        return found | {each.question: None for each in self.unanswered}


@dataclass(frozen=True)
class Planned:
    """All questions about one document, and, packed, what makes a coding from the replies.

    Many documents are asked about at the same time, and what is packed takes a hundredth of the room.
    """

    document_id: str
    """The document."""
    questions: tuple[Question, ...]
    """What is asked, in order."""
    packed: bytes
    """The plan."""

    @property
    def plan(self) -> Plan:
        """The plan, unpacked."""
        return unpacked(self.packed)


def unpacked(packed: bytes) -> Plan:
    """A plan that `packed_plan` packed."""
    plan: Plan = pickle.loads(zlib.decompress(packed))
    return plan


def packed_plan(how: Asking, reading: Reading, codebook: Codebook) -> bytes:
    """All questions about a document, in little room: they repeat it. Raises as `plan_of` does."""
    return zlib.compress(pickle.dumps(plan_of(how, reading, codebook)), 1)


def planned_of(how: Asking, reading: Reading, codebook: Codebook) -> Planned:
    """All questions about a document, ready to be asked. Raises as `plan_of` does."""
    plan = plan_of(how, reading, codebook)
    return Planned(reading.document_id, plan.questions, zlib.compress(pickle.dumps(plan), 1))


def plan_of(how: Asking, reading: Reading, codebook: Codebook) -> Plan:
    """All questions about a document, which the embedded coder reads first.

    Raises:
        CoderError: there is no text to show to a model.
        UsageError: a prompt cannot be filled, or the context leaves no room for a document.
    """
    held = EmbeddedCoder(how.identity).themes(reading, codebook)
    return Plan(how.texts, how.prompting, reading, codebook, held)


def later_of(asked: Planned, replies: Replies) -> tuple[Question, ...]:
    """What is to be asked once these replies have come."""
    return asked.plan.later(replies.read())


def draft_of(plan: Plan, identity: CoderIdentity, replies: Replies) -> DraftCoding:
    """The coding that the replies make."""
    answers = replies.read()
    return DraftCoding(
        document_id=plan.reading.document_id,
        coder=identity,
        case=plan.case(answers),
        findings=plan.items("finding", answers),
        recommendations=plan.items("recommendation", answers),
        themes=plan.themes(answers),
        unanswered=replies.unanswered,
        notes=tuple(plan.notes),
        windows=plan.windows_asked(replies.counted),
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
