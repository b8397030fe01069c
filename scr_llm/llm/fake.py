"""An HTTP server on loopback that speaks the part of the OpenAI protocol used here, and misbehaves on request.

No model is behind it. `scr-llm fake-model` starts it, to try the workflow; the tests script it.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl

from scr_llm.llm.fake_batches import Batches
from scr_llm.llm.fake_replies import (
    BEHAVIOURS,
    MODEL,
    Answer,
    Behaviour,
    after,
    answers,
    cut_off,
    empty,
    fails,
    filtered,
    hangs,
    invalid_json,
    on_wire,
    raw,
    refuses,
    says,
    slowly,
    too_long,
)

__all__ = [
    "BEHAVIOURS",
    "MODEL",
    "Answer",
    "Behaviour",
    "FakeServer",
    "after",
    "answers",
    "cut_off",
    "empty",
    "fails",
    "filtered",
    "hangs",
    "invalid_json",
    "on_wire",
    "raw",
    "refuses",
    "says",
    "slowly",
    "too_long",
]


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection for a fake server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, fake: FakeServer, *connection: Any) -> None:
        self._fake = fake
        super().__init__(*connection)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        batches = self._fake.batches
        if path == "/v1/batches" and batches.lists:
            asked = dict(parse_qsl(query))
            return self._json(batches.listing(int(asked.get("limit", 20)), asked.get("after")))
        if (found := re.fullmatch(r"/v1/batches/([\w-]+)", self.path)) and found[1] in batches.jobs:
            return self._json(batches.job(found[1]))
        if (found := re.fullmatch(r"/v1/files/([\w-]+)/content", self.path)) and found[1] in batches.files:
            return self._send(Answer(body=batches.files[found[1]], headers={"Content-Type": "application/jsonl"}))
        if self.path != "/v1/models":
            return self._send(Answer(status=404))
        names = self._fake.models
        listed = [{"id": name, "object": "model", "created": 1, "owned_by": "x"} for name in names]
        return self._json({"object": "list", "data": listed})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        batches = self._fake.batches
        if self.path == "/v1/files":
            return self._json(batches.upload(body, self.headers["Content-Type"]))
        request = json.loads(body)
        if self.path == "/v1/batches":
            if batches.refuses:
                return self._send(fails(400)(request))
            return self._json(batches.begin(request))
        if self.path != "/v1/chat/completions":
            return self._send(Answer(status=404))
        return self._send(self._fake.next(request, dict(self.headers))(request))

    def _json(self, body: dict[str, Any]) -> None:
        self._send(Answer(body=json.dumps(body).encode()))

    def _send(self, answer: Answer) -> None:
        if answer.wire:
            self._steps(answer)
            return
        if answer.delay_s and self._fake.stopped.wait(answer.delay_s):
            self.close_connection = True
            return
        try:
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self._write(answer)
        except (BrokenPipeError, ConnectionResetError):  # the client gave up
            self.close_connection = True
        if answer.cut:
            self.close_connection = True

    def _write(self, answer: Answer) -> None:
        """Write the body: whole, cut in half, or slowly."""
        if not answer.slow_s:
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
            return
        for n in range(0, len(answer.body), 16):
            self.wfile.write(answer.body[n : n + 16])
            self.wfile.flush()
            if self._fake.stopped.wait(answer.slow_s * 16 / len(answer.body)):
                return

    def _steps(self, answer: Answer) -> None:
        """Write bytes and wait, as the answer says, with no regard for HTTP."""
        self.close_connection = True
        try:
            for step in answer.wire:
                if isinstance(step, bytes):
                    self.wfile.write(step)
                elif self._fake.stopped.wait(step):
                    return
        except (BrokenPipeError, ConnectionResetError):  # the client gave up
            return
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class FakeServer:
    """`with FakeServer([says(...), fails(500)]) as server`: one behaviour per request, or one for all.

    With `repeat`, the list begins again when it has run out.
    """

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
        self.batches = Batches(script if callable(script) else answers, batch_looks, batch_lost)
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        """Set once the server is to end, so that nothing waits any longer."""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._server = _Server(("127.0.0.1", port), partial(_Handler, self))
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
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next(self, request: dict[str, Any], headers: dict[str, str]) -> Behaviour:
        """What to do about the next request."""
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
