"""The fake server's files and batches."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from email import message_from_bytes
from typing import Any

from scr_llm.llm.fake_replies import Behaviour


class Batches:
    """Files and batches. A batch is ready after so many looks.

    Its results come in reverse order, without the first `lost`.
    """

    def __init__(self, behave: Behaviour, looks: int = 1, lost: int = 0) -> None:
        self._behave, self.looks, self.lost = behave, looks, lost
        self.keeps_metadata = self.lists = True
        """Whether a batch's metadata is given back, and whether batches are listed."""
        self.refuses = False
        """Whether every batch is refused."""
        self.after_upload: Callable[[], None] = lambda: None
        """Called when the questions have arrived, before the answer goes back."""
        self.after_begin: Callable[[], None] = lambda: None
        """Called when a batch has been accepted, before the answer goes back."""
        self.files: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        """Batches begun, by id."""

    def upload(self, body: bytes, content_type: str) -> dict[str, Any]:
        parts = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body).get_payload()
        content = next(p.get_payload(decode=True) for p in parts if p.get_filename())  # type: ignore[union-attr]
        name = f"file-{len(self.files) + 1}"
        self.files[name] = content  # type: ignore[assignment]
        self.after_upload()
        return {
            "id": name,
            "object": "file",
            "bytes": len(content),
            "created_at": 1,
            "filename": "questions.jsonl",
            "purpose": "batch",
            "status": "processed",
        }

    def begin(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = f"batch-{len(self.jobs) + 1}"
        self.jobs[name] = {
            "input": asked["input_file_id"],
            "looked": 1,
            "metadata": asked.get("metadata"),
            "created": int(time.time()),
        }
        self.after_begin()
        return self._shown(name)

    def listing(self, limit: int, after: str | None) -> dict[str, Any]:
        names = [*reversed(self.jobs)]
        names = names[names.index(after) + 1 :] if after in names else names
        return {"object": "list", "data": [self._shown(name) for name in names[:limit]], "has_more": len(names) > limit}

    def job(self, name: str) -> dict[str, Any]:
        self.jobs[name]["looked"] += 1
        return self._shown(name)

    def _shown(self, name: str) -> dict[str, Any]:
        job = self.jobs[name]
        asked = [json.loads(line) for line in self.files[job["input"]].decode().splitlines()]
        done = job["looked"] > self.looks
        if done:
            rows = [self._result(n, line) for n, line in enumerate(asked)][self.lost :]
            self.files[f"{name}-out"] = "".join(json.dumps(row) + "\n" for row in reversed(rows)).encode()
        return {
            "id": name,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "input_file_id": job["input"],
            "completion_window": "24h",
            "created_at": job["created"],
            "metadata": job["metadata"] if self.keeps_metadata else None,
            "status": "completed" if done else "in_progress",
            "output_file_id": f"{name}-out" if done else None,
            "request_counts": {"total": len(asked), "completed": len(asked) - self.lost if done else 0, "failed": 0},
        }

    def _result(self, n: int, line: dict[str, Any]) -> dict[str, Any]:
        body = json.loads(self._behave(line["body"]).body)
        response = {"status_code": 200, "request_id": "q", "body": body}
        return {"id": f"r{n}", "custom_id": line["custom_id"], "error": None, "response": response}
