"""An HTTP server on loopback that speaks the part of the OpenAI protocol that is used here, and misbehaves on request.

No model is behind it. `scr-llm fake-model` starts it, so that the way through can be tried; the tests script it.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

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
    slow_s: float = 0.0
    """Take so long over the body, byte by byte."""
    wire: tuple[bytes | float, ...] = ()
    """In place of all this: bytes as they go over the wire, status line and all, and seconds to wait between them; then hang up."""
    reset: bool = False
    """Hang up by a reset."""


Behaviour = Callable[[dict[str, Any]], Answer]
"""From the request's JSON to the answer."""


def says(
    content: object,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    usage: bool | tuple[int, int] = True,
    model: str = MODEL,
    yes: float | None = None,
) -> Behaviour:
    """A completion; anything but a string or None is sent as JSON. `yes` adds the probabilities of the first word."""
    text = content if content is None or isinstance(content, str) else json.dumps(content)

    def behave(_: dict[str, Any]) -> Answer:
        completion: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": model,
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "logprobs": _chances(yes) if yes is not None else None,
                    "message": {"role": "assistant", "content": text, "refusal": refusal},
                }
            ],
        }
        if usage:
            sent, received = (
                usage
                if isinstance(usage, tuple)
                else (sum(len(m["content"]) for m in _["messages"]) // 4, len(text or "") // 4 + 1)
            )
            completion["usage"] = {
                "prompt_tokens": sent,
                "completion_tokens": received,
                "total_tokens": sent + received,
            }
        return Answer(body=json.dumps(completion).encode())

    return behave


def _chances(yes: float) -> dict[str, Any]:
    from math import log

    both = [{"token": word, "logprob": log(max(p, 1e-9)), "bytes": None} for word, p in (("Yes", yes), ("No", 1 - yes))]
    return {"content": [{**both[0], "top_logprobs": both}], "refusal": None}


def answers(request: dict[str, Any]) -> Answer:
    """A reply that fits whatever is asked for: sentences that share a word with the theme's name are its evidence, those that say what should be
    done are recommendations, all else is silence. A second look keeps what shares a word still.
    """
    question = request["messages"][-1]["content"]
    if "response_format" not in request:
        named = re.search(r'^Does this sentence show the theme "(.*)"', question, re.M)
        sentence = question.partition("of a review:\n")[2].partition("\n\n")[0]
        yes = 0.9 if named and _words(named[1]) & _words(sentence) else 0.1
        return says("Yes" if yes > 0.5 else "No", yes=yes)(request)
    lines = {int(n): _words(text) for n, text in re.findall(r"^\[(\d+)\] (.*)$", question, re.M)}
    theme = re.search(r"^Theme: (.*)$", question, re.M)
    schema = request["response_format"].get("json_schema", {}).get("schema", {})
    return says(_fitting(schema, _words(theme[1]) if theme else set(), lines))(request)


def _words(text: str) -> set[str]:
    return {w[:6] for w in re.findall(r"[a-z]{5,}", text.casefold().replace("_", " "))}


def _fitting(schema: dict[str, Any], words: set[str], lines: dict[int, set[str]]) -> Any:
    """The least value that a schema takes."""
    fields = schema.get("properties")
    if fields is not None and {"evidence", "value"} <= fields.keys():
        found = [n for n, has in lines.items() if words & has][:3]
        silent = {name: _fitting(field, words, lines) for name, field in fields.items()}
        return {
            **silent,
            "evidence": found,
            "value": "present" if found else "not_mentioned",
            "reason": "No model: the words of the name were looked for.",
        }
    if fields is not None and {"evidence", "verdict"} <= fields.keys():
        own = fields["evidence"]["items"]
        found = [n for n in own.get("enum", [own.get("const")]) if words & lines.get(n, set())]
        return {
            "evidence": found,
            "verdict": "keep" if found else "withdraw",
            "reason": "No model: the words of the name were looked for again.",
        }
    if fields is not None and {"findings", "recommendations"} <= fields.keys():
        asks = [n for n, has in lines.items() if "should" in has][: fields["recommendations"].get("maxItems")]
        return {
            "findings": [],
            "recommendations": [{"first": n, "last": n, "number": None, "addressee": None} for n in asks],
        }
    if fields is not None:
        return {name: _fitting(field, words or _words(name), lines) for name, field in fields.items()}
    if "enum" in schema:
        return next((v for v in ("not_mentioned", "not stated") if v in schema["enum"]), schema["enum"][0])
    if "anyOf" in schema:
        return None
    least: dict[str, Any] = {
        "array": [],
        "string": "",
        "integer": schema.get("minimum", 0),
        "null": None,
        "boolean": False,
    }
    return least.get(schema.get("type", "null"))


def invalid_json() -> Behaviour:
    """Cut in the middle."""
    return says('{"evidence": [1], "value": ')


def refuses() -> Behaviour:
    """The model will not."""
    return says(None, refusal="I cannot help with that.")


def too_long() -> Behaviour:
    """Stopped at the longest reply."""
    return says('{"evidence": [1', finish="length")


def filtered() -> Behaviour:
    """Stopped by the endpoint's filter."""
    return says(None, finish="content_filter")


def empty() -> Behaviour:
    """Nothing."""
    return says("")


def fails(status: int, *, headers: dict[str, str] | None = None, message: str | None = None) -> Behaviour:
    """An HTTP error."""
    body = json.dumps({"error": {"message": message or f"scripted {status}", "type": "scripted"}}).encode()
    return lambda _: Answer(status=status, body=body, headers=headers or {})


def hangs(seconds: float) -> Behaviour:
    """A reply that comes late."""
    return lambda request: Answer(body=says("late")(request).body, delay_s=seconds)


def after(seconds: float, then: Behaviour) -> Behaviour:
    """Another behaviour, with latency."""

    def behave(request: dict[str, Any]) -> Answer:
        time.sleep(seconds)
        return then(request)

    return behave


def slowly(content: object, seconds: float) -> Behaviour:
    """A body that trickles."""
    return lambda request: Answer(body=says(content)(request).body, slow_s=seconds)


def cut_off(content: object) -> Behaviour:
    """A connection that breaks in the middle of the body."""
    return lambda request: Answer(body=says(content)(request).body, cut=True)


def on_wire(*steps: bytes | float, reset: bool = False) -> Behaviour:
    """Bytes as they go over the wire, and seconds to wait between them; then the connection ends."""
    return lambda _: Answer(wire=steps or (b"",), reset=reset)


def raw(body: bytes, content_type: str = "application/json") -> Behaviour:
    """Any bytes."""
    return lambda _: Answer(body=body, headers={"Content-Type": content_type})


BEHAVIOURS: dict[str, Behaviour] = {
    "answers": answers,
    "invalid": invalid_json(),
    "refuses": refuses(),
    "length": too_long(),
    "filtered": filtered(),
    "empty": empty(),
    "429": fails(429),
    "429-after-1": fails(429, headers={"Retry-After": "1"}),
    "500": fails(500),
    "hangs": hangs(3600),
    "cut": cut_off("x"),
    "no-usage": says("{}", usage=False),
    "no-schema": fails(400, message="response_format json_schema is not supported"),
}
"""By name, for `scr-llm fake-model --script`."""


class _Batches:
    """Files and batches. A batch is ready after so many looks; its results come in reverse order, without the first `lost`."""

    def __init__(self, behave: Behaviour, looks: int = 1, lost: int = 0) -> None:
        self._behave, self.looks, self.lost = behave, looks, lost
        self.keeps_metadata = self.lists = True
        """Whether a batch's metadata is given back, and whether batches are listed."""
        self.refuses = False
        """Whether no batch is taken."""
        self.after_upload: Callable[[], None] = lambda: None
        """Called when the questions are here, before the answer goes back."""
        self.after_begin: Callable[[], None] = lambda: None
        """Called when a batch was taken, before the answer goes back."""
        self.files: dict[str, bytes] = {}
        self.jobs: dict[str, dict[str, Any]] = {}
        """What was begun, by id."""

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
            rows = [
                {
                    "id": f"r{n}",
                    "custom_id": line["custom_id"],
                    "error": None,
                    "response": {
                        "status_code": 200,
                        "request_id": "q",
                        "body": json.loads(self._behave(line["body"]).body),
                    },
                }
                for n, line in enumerate(asked)
            ][self.lost :]
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


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False


class FakeServer:
    """`with FakeServer([says(...), fails(500)]) as server`: one behaviour a request (then again from the first, with `repeat`), or one for all."""

    def __init__(
        self,
        script: Sequence[Behaviour] | Behaviour = answers,
        *,
        port: int = 0,
        repeat: bool = False,
        batch_looks: int = 1,
        batch_lost: int = 0,
        remember: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._script, self._repeat, self._remember = script, repeat, remember
        self.asked = 0
        self.models = [MODEL]
        """Names that the list of models gives."""
        self.batches = _Batches(script if callable(script) else answers, batch_looks, batch_lost)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                if path == "/v1/batches" and outer.batches.lists:
                    asked = dict(parse_qsl(query))
                    return self._json(outer.batches.listing(int(asked.get("limit", 20)), asked.get("after")))
                if (found := re.fullmatch(r"/v1/batches/([\w-]+)", self.path)) and found[1] in outer.batches.jobs:
                    return self._json(outer.batches.job(found[1]))
                if (found := re.fullmatch(r"/v1/files/([\w-]+)/content", self.path)) and found[
                    1
                ] in outer.batches.files:
                    return self._send(
                        Answer(body=outer.batches.files[found[1]], headers={"Content-Type": "application/jsonl"})
                    )
                if self.path != "/v1/models":
                    return self._send(Answer(status=404))
                listing = {
                    "object": "list",
                    "data": [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in outer.models],
                }
                return self._send(Answer(body=json.dumps(listing).encode()))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/v1/files":
                    return self._json(outer.batches.upload(body, self.headers["Content-Type"]))
                request = json.loads(body)
                if self.path == "/v1/batches":
                    if outer.batches.refuses:
                        return self._send(fails(400)(request))
                    return self._json(outer.batches.begin(request))
                if self.path != "/v1/chat/completions":
                    return self._send(Answer(status=404))
                return self._send(outer._next(request, dict(self.headers))(request))

            def _json(self, body: dict[str, Any]) -> None:
                self._send(Answer(body=json.dumps(body).encode()))

            def _send(self, answer: Answer) -> None:
                if answer.wire:
                    self._steps(answer)
                    return
                if answer.delay_s and outer._stopped.wait(answer.delay_s):
                    self.close_connection = True
                    return
                try:
                    self.send_response(answer.status)
                    for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    for n in range(0, len(answer.body), 16) if answer.slow_s else ():
                        self.wfile.write(answer.body[n : n + 16])
                        self.wfile.flush()
                        if outer._stopped.wait(answer.slow_s * 16 / len(answer.body)):
                            break
                    if not answer.slow_s:
                        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
                except (BrokenPipeError, ConnectionResetError):  # whoever asked gave up
                    self.close_connection = True
                if answer.cut:
                    self.close_connection = True

            def _steps(self, answer: Answer) -> None:
                self.close_connection = True
                try:
                    for step in answer.wire:
                        if isinstance(step, bytes):
                            self.wfile.write(step)
                        elif outer._stopped.wait(step):
                            return
                except (BrokenPipeError, ConnectionResetError):  # whoever asked gave up
                    return
                if answer.reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = _Server(("127.0.0.1", port), Handler)
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def base_url(self) -> str:
        """Up to and with /v1."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/v1"

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
            number = self.asked
            self.asked += 1
            if self._remember:
                self.requests.append(request)
                self.headers.append(headers)
        if callable(self._script):
            return self._script
        if self._repeat:
            return self._script[number % len(self._script)]
        return self._script[number] if number < len(self._script) else fails(418)
