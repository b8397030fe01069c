"""The log of a project's calls to a model: what was sent, and what came back."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scr_llm.llm import Endpoint, Question, Reply
from scr_llm.project import Project
from scr_llm.records import Batch, KeptReply, ModelCall
from scr_llm.stages.read.apart import Wanted
from scr_llm.store import Store

_INTENDED = "intended "
"""Prefix of the id of a batch that was about to be sent; the hash of its content follows."""


@dataclass(frozen=True)
class OpenBatch:
    """A batch whose replies have not been collected."""

    id: str
    """The endpoint's name for it; for an intention, the name under which it is logged."""
    intended: str | None
    """Hash of the questions, if it was about to be sent and it is not known whether it was."""
    at: str
    """When it was sent, or was to be sent; ISO time."""
    endpoint: str
    """Where it went."""
    keys: tuple[str, ...]
    """The keys of its questions."""


class CallLog:
    """Logs every request before it is sent, and keeps every usable reply before it is used.

    Safe to share between threads; close it when everything has been asked.
    """

    def __init__(self, project: Project, endpoint: Endpoint) -> None:
        self._store, self._one_at_a_time = Store(project.database), threading.Lock()
        self.where = endpoint.recorded
        """Where the model is, as it may be printed and stored."""
        self._model = endpoint.model

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def note(self, body: bytes, about: str | None) -> None:
        """Log a request: when, where to, its size and hash, never its text."""
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
        """Log that a batch is about to be sent.

        Until it is named or closed, its questions are not sent again without asking.
        """
        intention = OpenBatch(_INTENDED + content_sha256, content_sha256, _now(), self.where, tuple(keys))
        self._save(intention, collected=False)
        return intention

    def name_batch(self, intention: OpenBatch, batch_id: str) -> None:
        """Log that the batch was sent, and the endpoint's name for it."""
        with self._one_at_a_time:
            self._store.rename_batch(intention.id, batch_id)

    def close_batch(self, batch: OpenBatch) -> None:
        """Log that nothing more will come from a batch: its replies are kept, or it was never sent."""
        self._save(batch, collected=True)

    def open_batches(self) -> list[OpenBatch]:
        """Batches that are still to be collected, the first sent first."""
        with self._one_at_a_time:
            return [_open_batch(row) for row in self._store.batches() if not row.collected]

    def _save(self, batch: OpenBatch, *, collected: bool) -> None:
        with self._one_at_a_time:
            self._store.save_batch(
                Batch(id=batch.id, at=batch.at, endpoint=batch.endpoint, keys=batch.keys, collected=collected)
            )


ASSISTANT = "assistant (MCP), "
"""How the place of an answer to an assistant begins in the log; the tool that it called follows."""


def note_answer(project: Project, assistant: str, tool: str, text: str) -> None:
    """Log an answer to an assistant before it leaves: when, to whom, its size and hash, never its text.

    It stands among the calls to models, because that is the chained log of what left this computer: `doctor`, `audit`
    and the information packs read it.
    """
    body = text.encode()
    with Store(project.database) as store:
        store.log_call(
            ModelCall(
                at=_now(),
                endpoint=f"{ASSISTANT}{tool}",
                model=assistant,
                bytes_out=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
            )
        )


def note_read_elsewhere(project: Project, address: str, files: Sequence[Wanted]) -> None:
    """Log, before it is done, that a Ray cluster is given files to read, each with its size and hash."""
    with Store(project.database) as store:
        for file in files:
            store.log_call(
                ModelCall(
                    at=_now(),
                    endpoint=address,
                    model="none: the file is read and coded there",
                    bytes_out=file.path.stat().st_size if file.path.is_file() else 0,
                    sha256=file.sha256,
                    document_id=file.document_id,
                )
            )


def _open_batch(batch: Batch) -> OpenBatch:
    intended = batch.id.removeprefix(_INTENDED) if batch.id.startswith(_INTENDED) else None
    return OpenBatch(id=batch.id, intended=intended, at=batch.at, endpoint=batch.endpoint, keys=batch.keys)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
