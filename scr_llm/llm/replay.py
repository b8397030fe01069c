"""Recorded replies: a model's answers in a file, so that its coding can be repeated without it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scr_llm.errors import CoderError, UsageError
from scr_llm.llm.endpoint import Endpoint
from scr_llm.llm.question import Question
from scr_llm.llm.reply import Reply
from scr_llm.llm.spend import Spend


@dataclass(frozen=True)
class Recorded:
    """One recorded reply."""

    key: str
    """Of model, settings, schema and prompts; see `Question.key`."""
    question: str
    """Document and name of the question, for people."""
    raw: str
    """What came back."""
    prompt_tokens: int | None
    """As counted by the endpoint."""
    completion_tokens: int | None
    """As counted by the endpoint."""
    seconds: float
    """How long it took on the machine that recorded it."""


@dataclass
class Recording:
    """All recorded replies of one model.

    The file has one JSON object per line; the first is about the recording.
    """

    model: str
    """The name it was requested by."""
    served: str
    """Which model it was and how it was served, in words."""
    recorded: str
    """Date, ISO."""
    temperature: float
    """As used in the recording."""
    max_tokens: int
    """As used in the recording."""
    replies: dict[str, Recorded] = field(default_factory=dict)
    """By key."""

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint with the recording's settings; nothing is ever sent there."""
        return Endpoint("http://127.0.0.1:9/v1", self.model, temperature=self.temperature, max_tokens=self.max_tokens)

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read a file. Raises UsageError if it is not a recording."""
        try:
            head, *lines = path.read_text("utf-8").splitlines()
            recording = cls(**json.loads(head))
            recording.replies = {r.key: r for r in (Recorded(**json.loads(line)) for line in lines)}
        except (OSError, ValueError, TypeError) as error:
            raise UsageError(
                f"{path.name} is not a recording of a model's replies: {error}.",
                next_step="Make one: python fixtures/record.py",
            ) from error
        return recording

    def text(self, of: Iterable[Recorded] | None = None) -> str:
        """The file's text."""
        head = {k: v for k, v in vars(self).items() if k != "replies"}
        rows = [vars(r) for r in (of if of is not None else self.replies.values())]
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in (head, *rows))


class Replay:
    """Answers questions from a recording instead of a client. Nothing is sent.

    A question that was not recorded, or whose prompt, settings or schema have changed since, is an error and never a
    guess.
    """

    def __init__(self, recording: Recording, spend: Spend | None = None) -> None:
        self._recording = recording
        self.spend = spend or Spend()
        self.used: set[str] = set()
        """Keys that were asked for."""

    def ask(self, question: Question, about: str | None = None) -> Reply[Any]:
        """The recorded reply.

        Raises:
            CoderError: there is none, or it no longer fits the question.
        """
        key = question.key(self._recording.endpoint)
        found = self._recording.replies.get(key)
        if found is None:
            raise CoderError(
                f"There is no recorded reply of {self._recording.model} to {question.name}: it was not recorded, "
                f"or its prompt has changed since {self._recording.recorded}.",
                document=about,
                stage="code",
                next_step="Record again (python fixtures/record.py), or run with the model itself.",
            )
        self.used.add(key)
        self.spend.remembered()
        try:
            parsed = question.read(found.raw)
        except ValueError as error:
            raise CoderError(
                f"The recorded reply to {question.name} does not fit what is asked for now.",
                document=about,
                stage="code",
            ) from error
        return Reply(
            parsed=parsed,
            raw=found.raw,
            prompt_tokens=found.prompt_tokens,
            completion_tokens=found.completion_tokens,
            finish_reason="recorded",
            model=self._recording.model,
        )

    def stop(self) -> None:
        """Nothing is under way, ever."""

    def close(self) -> None:
        """Nothing is open."""
