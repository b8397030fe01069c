"""The book kept of a project's dealings with a model: what was sent, and what came back."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from scr_llm.llm import Reply
from scr_llm.project import Project
from scr_llm.records import CoderIdentity
from scr_llm.store import Store


class Ledger:
    """What passes between a model and a project: every request is noted before it is sent, every usable reply kept before it is used."""

    def __init__(self, project: Project, identity: CoderIdentity) -> None:
        self._path, self._identity = project.store_path, identity

    def note(self, body: bytes, about: str | None) -> None:
        """A request: when, where to, how much and its hash, never its text."""
        with Store(self._path) as store:
            store.log_call(
                at=_now(), endpoint=self._identity.endpoint or "", model=self._identity.model or "", bytes_out=len(body),
                sha256=hashlib.sha256(body).hexdigest(), document_id=about,
            )  # fmt: skip

    def recall(self, key: str) -> Reply[Any] | None:
        """A kept reply."""
        with Store(self._path) as store:
            kept = store.reply(key)
        if kept is None:
            return None
        return Reply(
            parsed=None, raw=kept["raw"], finish_reason="kept", model=kept["model"], prompt_tokens=kept["prompt_tokens"],
            completion_tokens=kept["completion_tokens"],
        )  # fmt: skip

    def keep(self, key: str, reply: Reply[Any], about: str | None) -> None:
        """Keep a reply."""
        with Store(self._path) as store:
            store.keep_reply(
                key, at=_now(), model=reply.model, document_id=about, raw=reply.raw, prompt_tokens=reply.prompt_tokens,
                completion_tokens=reply.completion_tokens,
            )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
