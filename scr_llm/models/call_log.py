"""The book kept of a project's dealings with a model: what was sent, and what came back."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scr_llm.llm import Endpoint, Question, Reply
from scr_llm.project import Project
from scr_llm.records import Batch, KeptReply, ModelCall
from scr_llm.store import Store

_INTENDED = "intended "
"""How the id of a batch begins that was about to be sent; its content's hash follows."""


@dataclass(frozen=True)
class OpenBatch:
    """A batch whose replies are not in."""

    id: str
    """As the endpoint named it; for an intention, as it is noted."""
    intended: str | None
    """Hash of the questions, where it was about to be sent and nobody noted whether it was."""
    at: str
    """When it was, or was to be, sent; ISO time."""
    endpoint: str
    """Where to."""
    keys: tuple[str, ...]
    """Of its questions."""


class CallLog:
    """What passes between a model and a project: every request is noted before it is sent, every usable reply kept before it is used.

    Safe to share between threads; close it when all is asked.
    """

    def __init__(self, project: Project, endpoint: Endpoint) -> None:
        self._store, self._one_at_a_time = Store(project.store_path), threading.Lock()
        self.where = endpoint.recorded
        """Where the model is, as it may be printed and stored."""
        self._model = endpoint.model

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def note(self, body: bytes, about: str | None) -> None:
        """A request: when, where to, how much and its hash, never its text."""
        with self._one_at_a_time:
            self._store.log_call(
                ModelCall(
                    at=_now(),
                    endpoint=self.where,
                    model=self._model,
                    bytes_out=len(body),
                    sha256=hashlib.sha256(body).hexdigest(),
                    document_id=about,
                )
            )

    def recall(self, question: Question, endpoint: Endpoint) -> Reply[Any] | None:
        """A kept reply."""
        with self._one_at_a_time:
            kept = self._store.reply(question.key(endpoint))
        if kept is None:
            return None
        return Reply(
            parsed=None,
            raw=kept.raw,
            finish_reason="kept",
            model=kept.model,
            prompt_tokens=kept.prompt_tokens,
            completion_tokens=kept.completion_tokens,
        )

    def keep(self, question: Question, endpoint: Endpoint, reply: Reply[Any], about: str | None) -> None:
        """Keep a reply."""
        with self._one_at_a_time:
            self._store.keep_reply(
                question.key(endpoint),
                KeptReply(
                    at=_now(),
                    model=reply.model,
                    document_id=about,
                    raw=reply.raw,
                    prompt_tokens=reply.prompt_tokens,
                    completion_tokens=reply.completion_tokens,
                ),
            )

    def kept(self, key: str) -> bool:
        """Whether the reply to a question is kept."""
        with self._one_at_a_time:
            return self._store.reply(key) is not None

    def intend_batch(self, content_sha256: str, keys: Sequence[str]) -> OpenBatch:
        """Note that a batch is about to be sent. Until it is named or closed, nobody sends its questions again unasked."""
        intention = OpenBatch(_INTENDED + content_sha256, content_sha256, _now(), self.where, tuple(keys))
        self._save(intention, collected=False)
        return intention

    def name_batch(self, intention: OpenBatch, batch_id: str) -> None:
        """Note that the batch was sent, and how the endpoint calls it."""
        with self._one_at_a_time:
            self._store.rename_batch(intention.id, batch_id)

    def close_batch(self, batch: OpenBatch) -> None:
        """Note that nothing more is to come from a batch: its replies are kept, or it was never sent."""
        self._save(batch, collected=True)

    def open_batches(self) -> list[OpenBatch]:
        """Batches from which something is to come, the first sent first."""
        with self._one_at_a_time:
            return [
                OpenBatch(
                    id=b.id,
                    intended=b.id.removeprefix(_INTENDED) if b.id.startswith(_INTENDED) else None,
                    at=b.at,
                    endpoint=b.endpoint,
                    keys=b.keys,
                )
                for b in self._store.batches()
                if not b.collected
            ]

    def _save(self, batch: OpenBatch, *, collected: bool) -> None:
        with self._one_at_a_time:
            self._store.save_batch(
                Batch(id=batch.id, at=batch.at, endpoint=batch.endpoint, keys=batch.keys, collected=collected)
            )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
