"""Requests on the wire: whole answers, within a time, a size and a person's patience, with the key taken out."""

from __future__ import annotations

import base64
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2

from scr_llm import __version__
from scr_llm.errors import StopError
from scr_llm.llm.endpoint import Endpoint, is_loopback, without_credentials, without_key
from scr_llm.llm.reply import failure, shown

ANSWER_BYTES = 8_000_000
"""Longest answer to one request. A reply of 1,000 tokens with its probabilities takes some 20,000."""
NOT_TEXT = "(an answer that is not UTF-8 text)"
"""Stands for a body that cannot be read, so that nothing is shown or searched in a notation that hides what it says."""
_LOOK_S = 0.1
"""Longest wait before the time and the wish to stop are looked at again, seconds."""
_PIECE = 4096
"""Bytes written at once: what a socket that can be written to takes without waiting."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Answer:
    """What an endpoint answered."""

    status: int
    """HTTP status."""
    text: str
    """Its body, the key taken out; `NOT_TEXT` where it is none."""
    retry_after: str | None
    """The header of this name."""


class Wire:
    """Connections to one endpoint, kept open between requests; any number of threads may use it.

    Redirects are not followed. A proxy from the environment is used, but never on the way to this machine. `cut` is asked ten times a
    second whether what is under way is to be given up.
    """

    def __init__(self, endpoint: Endpoint, cut: Callable[[], bool] = lambda: False) -> None:
        self._endpoint, self._cut = endpoint, cut
        self._where = f"{endpoint.model} at {without_credentials(endpoint.base_url)}"
        self._base = urlsplit(endpoint.base_url)
        self._headers = {"User-Agent": f"scr-llm/{__version__}", "Accept": "application/json", "Accept-Encoding": "identity"}
        if authorization := _authorization(endpoint):
            self._headers["Authorization"] = authorization
        self._pool: httpcore2.ConnectionPool | None = None
        self._lock = threading.Lock()

    def request(
        self, method: str, path: str, content: bytes = b"", content_type: str = "application/json", *, seconds: float | None = None,
        most: int = ANSWER_BYTES,
    ) -> Answer:  # fmt: skip
        """Send a request and read its whole answer.

        Args:
            method: GET or POST.
            path: what stands behind the base URL, with its slash.
            content: the body.
            content_type: what the body is.
            seconds: time from connecting to the last byte; the endpoint's `timeout_s` where none is given.
            most: bytes of the answer's body, at most.

        Raises:
            NoReplyError: `timeout`, `connection`, `too_large` or `invalid`. An HTTP error is an answer.
            StopError: it was given up.
        """
        allowed = self._endpoint.timeout_s if seconds is None else seconds
        token = _ALLOWANCE.set(_Allowance(time.monotonic() + allowed, self._cut))
        try:
            with self._connections().stream(method, self._url(path), headers=self._sent(content, content_type), content=content or None) as response:
                body = _bounded(response.iter_stream(), most, self._where)
                headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                text = _text(body, headers.get("content-encoding", ""), most, self._where)
                return Answer(response.status, without_key(text, self._endpoint), headers.get("retry-after"))
        except httpcore2.TimeoutException as error:
            raise failure("timeout", self._where, f"no reply within {allowed:g} s") from error
        except (
            httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError, httpcore2.UnsupportedProtocol, OSError, ValueError, ImportError,
        ) as error:  # fmt: skip
            what = shown(without_key(f"{error}", self._endpoint)) or type(error).__name__
            raise failure("connection", self._where, what) from error
        finally:
            _ALLOWANCE.reset(token)

    def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _connections(self) -> httpcore2.ConnectionPool:
        with self._lock:
            if self._pool is None:
                self._pool = httpcore2.ConnectionPool(
                    max_connections=None, max_keepalive_connections=64, keepalive_expiry=5.0, network_backend=_Backend(), proxy=_proxy(self._endpoint.base_url)
                )
            return self._pool

    def _url(self, path: str) -> httpcore2.URL:
        target = self._base.path.rstrip("/") + path
        if self._base.query:
            target += ("&" if "?" in path else "?") + self._base.query
        host = (self._base.hostname or "").encode("idna")
        return httpcore2.URL(scheme=self._base.scheme.encode(), host=host, port=self._base.port, target=target.encode())

    def _sent(self, content: bytes, content_type: str) -> list[tuple[bytes | str, bytes | str]]:
        host = self._base.netloc.rpartition("@")[2].encode("idna")
        return [("Host", host), *self._headers.items(), *([("Content-Type", content_type)] if content else [])]


def _authorization(endpoint: Endpoint) -> str | None:
    """What the endpoint knows us by: a name and password in its address, else the key."""
    parts = urlsplit(endpoint.base_url)
    if parts.username or parts.password:
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        return "Basic " + base64.b64encode(pair.encode()).decode()
    return f"Bearer {endpoint.api_key}" if endpoint.api_key else None


def _proxy(base_url: str) -> httpcore2.Proxy | None:
    """The proxy that the environment names for this address; never one on the way to this machine."""
    parts = urlsplit(base_url)
    named = getproxies()
    address = named.get(parts.scheme) or named.get("all")
    if is_loopback(base_url) or not address or proxy_bypass(parts.hostname or ""):
        return None
    proxy = urlsplit(address if "://" in address else f"http://{address}")
    auth = (unquote(proxy.username or ""), unquote(proxy.password or "")) if proxy.username or proxy.password else None
    host = f"[{proxy.hostname}]" if ":" in (proxy.hostname or "") else proxy.hostname
    return httpcore2.Proxy(f"{proxy.scheme}://{host}:{proxy.port or (443 if proxy.scheme == 'https' else 80)}", auth=auth)


def _bounded(pieces: Iterable[bytes], most: int, where: str) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise failure("too_large", where, f"more than {most:,} bytes")
    return bytes(body)


def _text(body: bytes, encoding: str, most: int, where: str) -> str:
    """A body as text, unpacked within the same bound where it was packed, although that was not asked for."""
    if encoding.strip().casefold() in ("gzip", "x-gzip", "deflate"):
        try:
            body = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, most + 1)
        except zlib.error as error:
            raise failure("invalid", where, f"its body is not {shown(encoding, 20)} as it says") from error
        if len(body) > most:
            raise failure("too_large", where, f"more than {most:,} bytes")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return NOT_TEXT
    return NOT_TEXT if "\0" in text else text


@dataclass(frozen=True)
class _Allowance:
    """What one request may take."""

    until: float
    cut: Callable[[], bool]

    def wait_s(self) -> float:
        """Seconds to wait before looking again. Raises ReadTimeout or StopError where there is no more waiting."""
        if self.cut():
            raise StopError("Asking was stopped.", next_step="Run again to go on.")
        if (left := self.until - time.monotonic()) <= 0:
            raise httpcore2.ReadTimeout("out of time")
        return min(left, _LOOK_S)

    def left_s(self) -> float:
        """Seconds left, in all."""
        return max(0.001, self.until - time.monotonic())

    def leave_behind(self, work: Callable[[], _T], late: Callable[[_T], None]) -> _T:
        """Do what nobody can interrupt (looking up a name, connecting, a handshake) in a thread that is left behind when the time is over.

        `late` is given what comes after that.
        """
        future: Future[_T] = Future()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # handed to whoever waits
                future.set_exception(error)

        threading.Thread(target=do, daemon=True).start()
        try:
            while not future.done():
                wait([future], timeout=self.wait_s())
        except BaseException:
            future.add_done_callback(lambda f: None if f.exception() else late(f.result()))
            raise
        return future.result()


_ALLOWANCE: ContextVar[_Allowance] = ContextVar("allowance")


class _Stream(httpcore2.NetworkStream):
    """A connection that waits in short slices, so that a whole-time limit and a wish to stop are heard however slowly bytes come or go."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            wait_s = _ALLOWANCE.get().wait_s()
            try:
                return self._inner.read(max_bytes, wait_s)
            except httpcore2.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        import select

        sock = self._inner.get_extra_info("socket")
        for at in range(0, len(buffer), _PIECE):
            while not select.select([], [sock], [], _ALLOWANCE.get().wait_s())[1]:
                pass
            self._inner.write(buffer[at : at + _PIECE], _ALLOWANCE.get().left_s())

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> httpcore2.NetworkStream:
        allowance = _ALLOWANCE.get()
        left = allowance.left_s()
        try:
            return _Stream(allowance.leave_behind(lambda: self._inner.start_tls(ssl_context, server_hostname, left), lambda stream: stream.close()))
        except BaseException:
            self._inner.close()
            raise

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    """Makes such connections."""

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:  # fmt: skip
        allowance = _ALLOWANCE.get()
        left = allowance.left_s()
        return _Stream(allowance.leave_behind(lambda: httpcore2.SyncBackend().connect_tcp(host, port, left, local_address, socket_options), lambda s: s.close()))
