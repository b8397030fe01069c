"""An HTTP server on loopback that speaks the part of the OpenAI protocol we use, and misbehaves on request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

MODEL = "fake-model"


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    cut: bool = False
    """Promise the whole body, send half, hang up."""


Behaviour = Callable[[dict[str, Any]], Answer]
"""From the request's JSON to the answer."""


def says(
    content: object, *, finish: str = "stop", refusal: str | None = None, usage: bool = True, model: str = MODEL
) -> Behaviour:
    """A completion; anything but a string or None is sent as JSON."""
    text = content if content is None or isinstance(content, str) else json.dumps(content)

    def behave(_: dict[str, Any]) -> Answer:
        completion: dict[str, Any] = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
            "choices": [
                {
                    "index": 0, "finish_reason": finish, "logprobs": None,
                    "message": {"role": "assistant", "content": text, "refusal": refusal},
                }
            ],
        }  # fmt: skip
        if usage:
            completion["usage"] = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        return Answer(body=json.dumps(completion).encode())

    return behave


def invalid_json() -> Behaviour:
    return says('{"evidence": [1], "value": ')


def refuses() -> Behaviour:
    return says(None, refusal="I cannot help with that.")


def too_long() -> Behaviour:
    return says('{"evidence": [1', finish="length")


def filtered() -> Behaviour:
    return says(None, finish="content_filter")


def empty() -> Behaviour:
    return says("")


def fails(status: int, *, headers: dict[str, str] | None = None) -> Behaviour:
    body = json.dumps({"error": {"message": f"scripted {status}", "type": "scripted"}}).encode()
    return lambda _: Answer(status=status, body=body, headers=headers or {})


def hangs(seconds: float) -> Behaviour:
    return lambda request: Answer(body=says("late")(request).body, delay_s=seconds)


def cut_off(content: object) -> Behaviour:
    return lambda request: Answer(body=says(content)(request).body, cut=True)


def raw(body: bytes, content_type: str = "application/json") -> Behaviour:
    return lambda _: Answer(body=body, headers={"Content-Type": content_type})


class FakeServer:
    """`with FakeServer([says(...), fails(500)]) as server`: one behaviour a request, or one callable for all."""

    def __init__(self, script: Sequence[Behaviour] | Behaviour) -> None:
        self._script = script
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path != "/v1/models":
                    return self._send(Answer(status=404))
                listing = {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1, "owned_by": "x"}]}
                return self._send(Answer(body=json.dumps(listing).encode()))

            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path != "/v1/chat/completions":
                    return self._send(Answer(status=404))
                return self._send(outer._next(request, dict(self.headers))(request))

            def _send(self, answer: Answer) -> None:
                if answer.delay_s and outer._stopped.wait(answer.delay_s):
                    self.close_connection = True
                    return
                try:
                    self.send_response(answer.status)
                    for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
                except (BrokenPipeError, ConnectionResetError):  # the client gave up
                    self.close_connection = True
                if answer.cut:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _next(self, request: dict[str, Any], headers: dict[str, str]) -> Behaviour:
        with self._lock:
            asked = len(self.requests)
            self.requests.append(request)
            self.headers.append(headers)
        if callable(self._script):
            return self._script
        return self._script[asked] if asked < len(self._script) else fails(418)
