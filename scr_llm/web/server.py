"""The page's server: uvicorn on 127.0.0.1, with limits on idle connections.

A browser opens connections that it does not use, and another program may open hundreds and send nothing. So the other
side of each connection has a time limit for its next step. When we wait for too many, those that kept us waiting
longest are closed. New connections are never refused because of them: a browser always gets in.
"""

import asyncio
import os
import socket
from typing import Any, Literal

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from scr_llm.errors import UsageError

HEAD_SECONDS = 10.0
"""Time limit for a request's head, on a new connection or after an answer."""
BODY_SECONDS = 30.0
"""Time limit for a request's body, counted from its head; and for the other side to take an answer."""
SLOWEST = 100_000
"""Bytes a second at which a file that is added must come in; that much gives the other side a second more."""
IDLE_SECONDS = 5
"""Time limit after an answer for the first byte of the next request."""
PROXY_IDLE_SECONDS = 75
"""The same for the connections of a reverse proxy, which keeps them and must be the first to close one: a form that it
sends on a connection that is being closed is lost."""
MOST_WAITING = 64
"""Most connections on which we wait for the other side at once."""
YOUNG_SECONDS = 0.25
"""A connection younger than this is not closed to make room: its request may have arrived but not been read yet."""
LARGEST_HEAD = 64 * 1024
"""Most bytes of a request's head."""
EVENTS = "/run/events"
"""The end of the path at which a run is followed live: an answer without an end."""
_OPEN_FILES = 4096

Step = Literal["head", "body", "ours"]


class Connection(H11Protocol):
    """One connection, whose other side must take its next step within a time limit."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._step: Step = "ours"
        self._since = 0.0
        self._came = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client connected."""
        super().connection_made(transport)
        self._expect()
        if len(self.connections) > MOST_WAITING:
            self.loop.call_later(YOUNG_SECONDS, self._make_room)

    def data_received(self, data: bytes) -> None:
        """Bytes came in."""
        self._came += len(data)
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # what arrived makes no sense after our answer
            self.transport.abort()
        self._expect()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, if an answer can still be given."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
            if self.cycle:  # a handler still at work on an answer can stop
                self.cycle.disconnected = True
                self.cycle.message_event.set()
        else:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """An answer was sent."""
        super().on_response_complete()
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        super().connection_lost(exc)
        if self._deadline:
            self._deadline.cancel()

    def shutdown(self) -> None:
        """The page ends: answers in progress are finished, except those without an end; nothing else is waited for."""
        endless = self.cycle is not None and self.cycle.scope["path"].endswith(EVENTS)
        if not endless and (self._step == "ours" or self.transport.get_write_buffer_size()):
            super().shutdown()
        else:
            self.transport.abort()

    def _next_step(self) -> Step:
        """Whose turn it is: ours, or the other side's to send (the rest of) a head or body."""
        if self.conn.their_state is h11.SEND_BODY:
            return "body"
        return "head" if self.cycle is None or self.cycle.response_complete else "ours"

    def _expect(self) -> None:
        """Note whose turn it is now.

        The time runs from the start of a step, so that sending a byte now and then does not extend it.
        """
        step = self._next_step()
        if step == self._step:
            return
        self._step, self._since, self._came = step, self.loop.time(), 0
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
        if step != "ours":
            slow = step == "body" or self.transport.get_write_buffer_size()
            self._deadline = self.loop.call_later(BODY_SECONDS if slow else self.head_seconds, self._too_slow)

    def _too_slow(self) -> None:
        """The time is over: end the connection, unless it brings in a file that we read, and fast enough."""
        earned = BODY_SECONDS + self._came / SLOWEST - (self.loop.time() - self._since)
        if self._step == "body" and earned > 0 and self.cycle and not self.cycle.response_complete:
            self._deadline = self.loop.call_later(earned + 0.01, self._too_slow)
        else:
            self.transport.abort()

    def _make_room(self) -> None:
        """Close the connections that kept us waiting longest, if there are too many."""
        before = self.loop.time() - YOUNG_SECONDS
        waiting = [c for c in self.connections if isinstance(c, Connection) and c._step != "ours"]
        surplus = max(0, len(waiting) - MOST_WAITING)
        for connection in sorted(waiting, key=lambda c: c._since)[:surplus]:
            if connection._since <= before:
                connection.transport.abort()


class ProxyConnection(Connection):
    """A connection of a reverse proxy."""

    head_seconds = PROXY_IDLE_SECONDS + HEAD_SECONDS


def listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    """Open a socket that listens; from now on a browser can connect. Port 0 takes any free port.

    Raises:
        UsageError: the port is in use, or the address is not one of this computer.
    """
    # If the protocol is named, asyncio sends small answers at once. Otherwise each waits 40 ms for an acknowledgement.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # On Windows, SO_REUSEADDR would let another program listen on the same port
    option = getattr(socket, "SO_EXCLUSIVEADDRUSE", None) if os.name == "nt" else socket.SO_REUSEADDR
    if option is not None:
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as error:  # a name that means nothing is one too
        listener.close()
        raise UsageError(
            f"port {port} cannot be used ({error.strerror}).",
            next_step="Close the other review page, or choose another --port.",
        ) from error
    listener.listen(1024)
    return listener


def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve an app until Ctrl-C."""
    make_server(app).run(sockets=[listener])


def make_server(app: ASGIApp, *, behind_proxy: bool = False) -> uvicorn.Server:
    """A server for an app, to be run with a socket."""
    _allow_open_files()
    config = uvicorn.Config(
        app,
        http=ProxyConnection if behind_proxy else Connection,
        ws="none",
        lifespan="on",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=PROXY_IDLE_SECONDS if behind_proxy else IDLE_SECONDS,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        backlog=1024,
    )
    return uvicorn.Server(config)


def _allow_open_files() -> None:
    """Allow enough open connections to survive a flood of them. The default on macOS is 256."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
