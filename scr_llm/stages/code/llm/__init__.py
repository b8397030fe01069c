"""A language model as coder. It points at sentences by number, so that every quote is the document's own words.

The strategy says how it is asked, and suits the model: `whole` (one question for all themes; large models), `themes`
(one question per theme), `judge` (yes or no to single sentences; small models).
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, Protocol

from scr_llm.errors import NoReplyError, UsageError
from scr_llm.llm import Question, Reply
from scr_llm.records import Codebook, CoderIdentity, DraftCoding, Reading, Unanswered
from scr_llm.stages.code import Do, here
from scr_llm.stages.code.llm.judge import Thresholds
from scr_llm.stages.code.llm.plan import (
    Asking,
    Plan,
    Planned,
    PromptingOptions,
    Replies,
    draft_of,
    later_of,
    packed_plan,
    plan_of,
    planned_of,
    unpacked,
)
from scr_llm.stages.code.llm.strategies import STRATEGIES, prompts_used

__all__ = ["STRATEGIES", "LlmCoder", "PromptingOptions", "Thresholds", "prompts_used"]


class Asker(Protocol):
    """Answers a question with a checked record, as `scr_llm.llm.Client` does."""

    def ask(self, question: Question, about: str | None = None) -> Reply[Any]:
        """Ask. Raises NoReplyError if there is no usable reply."""
        ...


SideBySide = Callable[..., Iterator[Any]]
"""Calls a function for each of some arguments and gives the results in order, as `map` and `Executor.map` do."""


class LlmCoder:
    """Codes by asking a model.

    The first question about a document is asked alone, so that a server has read the document when the others come; the
    others are asked `side_by_side`, so that few documents keep a model as busy as many.

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
        side_by_side: SideBySide = map,
    ) -> None:
        prompting = prompting or PromptingOptions()
        needed = prompts_used(prompting.strategy, critic=prompting.critic)
        if lacking := sorted(needed - set(prompts)):
            files = ", ".join(f"{name}.md" for name in lacking)
            raise UsageError(f"The prompts lack {files}.")
        self._asker, self._side_by_side = asker, side_by_side
        identity = identity.model_copy(update={"strategy": prompting.summary})
        self.how = Asking(dict(prompts), prompting, identity)
        """How it asks, whichever the document is."""
        self._ahead: dict[str, bytes] = {}

    @property
    def identity(self) -> CoderIdentity:
        """The coder, as recorded with the coding."""
        return self.how.identity

    def questions(self, reading: Reading, codebook: Codebook) -> tuple[Question, ...]:
        """All questions about a document, in order; nothing is sent. Raises as `code` does."""
        return self.planned(reading, codebook).questions

    def plan_ahead(self, reading: Reading, codebook: Codebook, do: Do = here) -> Plan:
        """All questions about a document, kept until they are asked or shown. Raises as `code` does."""
        kept = self._ahead.get(reading.document_id)
        if kept is None:
            kept = self._ahead[reading.document_id] = do(packed_plan, self.how, reading, codebook)
        return unpacked(kept)

    def keep_plan(self, document_id: str, packed: bytes) -> None:
        """Take the packed questions about a document that were made elsewhere, until they are asked or shown."""
        self._ahead[document_id] = packed

    def kept_plan(self, document_id: str) -> Planned | None:
        """The questions about a document that were made ahead, handed over; None if none were."""
        kept = self._ahead.pop(document_id, None)
        return Planned(document_id, unpacked(kept).questions, kept) if kept else None

    def planned(self, reading: Reading, codebook: Codebook) -> Plan:
        """All questions about a document. Raises as `code` does."""
        kept = self._ahead.pop(reading.document_id, None)
        return unpacked(kept) if kept else plan_of(self.how, reading, codebook)

    def asked(self, planned: Planned, do: Do = here) -> Replies:
        """Ask the questions of a plan, and those that follow from the replies. Raises as `code` does."""
        replies = self._asked(planned, planned.questions, Replies((), {}))
        if self.how.prompting.critic:
            replies = self._asked(planned, do(later_of, planned, replies), replies)
        return replies

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding.

        Raises:
            CoderError: there is no text to show, the model cannot be reached, or it gave no usable reply at all.
            UsageError: a prompt cannot be filled, or context_tokens leaves no room for a document.
            StopError: the budget is used up, or asking was stopped.
        """
        planned = self.kept_plan(reading.document_id) or planned_of(self.how, reading, codebook)
        return draft_of(planned.plan, self.identity, self.asked(planned))

    def _asked(self, planned: Planned, questions: Sequence[Question], before: Replies) -> Replies:
        """The replies to some questions, with those that came before. Raises as `code` does."""
        answers, counted, unanswered = list(before.answers), dict(before.counted), list(before.unanswered)
        with closing(self._replies(questions, planned.document_id)) as replies:
            for question, reply in zip(questions, replies, strict=True):
                if not isinstance(reply, NoReplyError):
                    answers.append((question, reply.raw))
                    counted[question.name] = reply.prompt_tokens
                    continue
                if not reply.model_at_fault or len(unanswered) + 1 == len(planned.questions):
                    reply.document = reply.document or planned.document_id
                    raise reply
                unanswered.append(Unanswered(question=question.name, state=reply.state, reason=reply.message))
        return Replies(tuple(answers), counted, tuple(unanswered))

    def _replies(self, questions: Sequence[Question], about: str) -> Generator[Reply[Any] | NoReplyError, None, None]:
        """The reply to each question, or why there is none. Closed early, it gives up the questions not yet asked."""
        ask = partial(self._reply, about)
        yield from map(ask, questions[:1])
        yield from self._side_by_side(ask, questions[1:])

    def _reply(self, about: str, question: Question) -> Reply[Any] | NoReplyError:
        try:
            return self._asker.ask(question, about=about)
        except NoReplyError as error:
            return error
