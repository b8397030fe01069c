"""The book kept of a project's dealings with a model: what was sent, and what came back."""

import hashlib
import threading
from datetime import UTC, datetime
from typing import Any

from scr_llm.llm import Endpoint, Question, Reply, without_credentials
from scr_llm.project import Project
from scr_llm.store import Store


class Ledger:
    """What passes between a model and a project: every request is noted before it is sent, every usable reply kept before it is used.

    Safe to share between threads; close it when all is asked.
    """

    def __init__(self, project: Project, endpoint: Endpoint) -> None:
        self._store, self._one_at_a_time = Store(project.store_path), threading.Lock()
        self._where, self._model = without_credentials(endpoint.base_url), endpoint.model

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def note(self, body: bytes, about: str | None) -> None:
        """A request: when, where to, how much and its hash, never its text."""
        with self._one_at_a_time:
            self._store.log_call(
                at=_now(), endpoint=self._where, model=self._model, bytes_out=len(body),
                sha256=hashlib.sha256(body).hexdigest(), document_id=about,
            )  # fmt: skip

    def recall(self, question: Question, endpoint: Endpoint) -> Reply[Any] | None:
        """A kept reply."""
        with self._one_at_a_time:
            kept = self._store.reply(question.key(endpoint))
        if kept is None:
            return None
        return Reply(
            parsed=None, raw=kept["raw"], finish_reason="kept", model=kept["model"], prompt_tokens=kept["prompt_tokens"],
            completion_tokens=kept["completion_tokens"],
        )  # fmt: skip

    def keep(self, question: Question, endpoint: Endpoint, reply: Reply[Any], about: str | None) -> None:
        """Keep a reply."""
        with self._one_at_a_time:
            self._store.keep_reply(
                question.key(endpoint), at=_now(), model=reply.model, document_id=about, raw=reply.raw, prompt_tokens=reply.prompt_tokens,
                completion_tokens=reply.completion_tokens,
            )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
