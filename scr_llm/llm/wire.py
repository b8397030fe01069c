"""Requests on the wire: whole answers, within limits of time and size, stopped on request, and with the key removed."""

from __future__ import annotations

import base64
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2

from scr_llm.errors import StopError
from scr_llm.llm.endpoint import Endpoint, is_loopback, without_key
from scr_llm.llm.reply import failure, shown
from scr_llm.version import __version__

if TYPE_CHECKING:
    from openai import OpenAI

ANSWER_BYTES = 8_000_000
"""Longest answer to one request, in bytes. A reply of 1,000 tokens with its probabilities takes about 20,000."""
NOT_TEXT = "(an answer that is not UTF-8 text)"
"""Replaces a body that cannot be read, so that nothing is shown or searched in a notation that hides what it says."""
_LOOK_S = 0.1
"""Longest wait before the time limit and a request to stop are checked again, seconds."""
_PIECE = 4096
"""Bytes written at a time: what a writable socket accepts without waiting."""
_SENT = frozenset({b"host", b"accept", b"accept-encoding", b"content-type", b"content-length", b"user-agent"})
"""The only headers that are sent; others that the package adds describe this computer."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Answer:
    """What an endpoint answered."""

    status: int
    """HTTP status."""
    text: str
    """Its body, the key removed; `NOT_TEXT` if it is not text."""
    retry_after: str | None
    """The header of this name."""


class Wire:
    """One endpoint, reached through the openai package. Connections stay open; any number of threads may use it.

    Redirects are not followed. A proxy from the environment is used, but never on the way to this machine. `cut` is
    asked ten times a second whether what is under way is to be given up.
    """

    def __init__(self, endpoint: Endpoint, cut: Callable[[], bool] = lambda: False) -> None:
        self._endpoint, self._cut = endpoint, cut
        self._where = f"{endpoint.model} at {endpoint.place}"
        self._client: OpenAI | None = None
        self._lock = threading.Lock()

    def ask(
        self,
        call: Callable[[Any], Any],
        *,
        seconds: float | None = None,
        most: int = ANSWER_BYTES,
        on_send: Callable[[bytes], None] | None = None,
    ) -> Answer:
        """Make a request and read its whole answer.

        Args:
            call: makes the request with the openai client's `with_raw_response`: `lambda o: o.models.list()`.
            seconds: time from connecting to the last byte; by default the endpoint's `timeout_s`.
            most: longest body of the answer, in bytes.
            on_send: is given the request's body just before it is sent.

        Raises:
            NoReplyError: `timeout`, `connection`, `too_large` or `invalid`. An HTTP error counts as an answer.
            StopError: it was stopped.
        """
        import openai

        allowed = self._endpoint.timeout_s if seconds is None else seconds
        token = _ALLOWANCE.set(_Allowance(time.monotonic() + allowed, self._cut, allowed, most, on_send))
        try:
            response = call(self._openai().with_raw_response).http_response
        except openai.APIStatusError as error:
            response = error.response
        except (openai.OpenAIError, ValueError, ImportError) as error:
            raise failure(
                "connection", self._where, shown(without_key(f"{error}", self._endpoint)) or type(error).__name__
            ) from error
        finally:
            _ALLOWANCE.reset(token)
        return Answer(response.status_code, response.text, response.headers.get("retry-after"))

    def close(self) -> None:
        """Close the connections; a later request opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _openai(self) -> OpenAI:
        with self._lock:
            if self._client is None:
                self._client = _client(self._endpoint, self._where)
            return self._client


def _client(endpoint: Endpoint, where: str) -> OpenAI:
    """An openai client that sends every request over our own transport, where answers are bounded and cleaned."""
    import httpx2
    import openai

    known = _authorization(endpoint)
    authorization = [(b"Authorization", known.encode("ascii"))] if known else []

    class Transport(httpx2.BaseTransport):
        def __init__(self) -> None:
            self._pool = httpcore2.ConnectionPool(
                max_connections=None,
                max_keepalive_connections=None,
                keepalive_expiry=5.0,
                network_backend=_Backend(),
                proxy=_proxy(endpoint.base_url),
            )

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            url = httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            )
            headers = [*((name, value) for name, value in request.headers.raw if name.lower() in _SENT), *authorization]
            status, answered, text = _exchange(
                self._pool, request.method, url, headers, request.read(), endpoint, where
            )
            kept = [(n, v) for n, v in answered.items() if n == "retry-after"]
            return httpx2.Response(
                status,
                headers=[*kept, ("content-type", "application/json; charset=utf-8")],
                content=text.encode("utf-8", "replace"),
            )

        def close(self) -> None:
            self._pool.close()

    address = urlsplit(endpoint.base_url)
    return openai.OpenAI(
        base_url=urlunsplit((address.scheme, address.netloc.rpartition("@")[2], address.path, "", "")),
        api_key="unused",  # the transport adds the real key
        max_retries=0,
        timeout=None,
        default_query=dict(parse_qsl(address.query)),
        default_headers={"Accept-Encoding": "identity", "User-Agent": f"scr-llm/{__version__}"},
        http_client=httpx2.Client(transport=Transport(), timeout=None, follow_redirects=False, trust_env=False),
    )


def _exchange(
    pool: httpcore2.ConnectionPool,
    method: str,
    url: httpcore2.URL,
    headers: list[tuple[bytes, bytes]],
    content: bytes,
    endpoint: Endpoint,
    where: str,
) -> tuple[int, dict[str, str], str]:
    """Send a request and read its whole answer within its allowance: status, headers, and body text without the key."""
    allowance = _ALLOWANCE.get()
    if allowance.on_send is not None and method == "POST":
        allowance.on_send(content)
    try:
        with pool.stream(method, url, headers=list(headers), content=content or None) as response:
            body = _bounded(response.iter_stream(), allowance.most, where)
            answered = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            text = _text(body, answered.get("content-encoding", ""), allowance.most, where)
            return response.status, answered, without_key(text, endpoint)
    except httpcore2.TimeoutException as error:
        raise failure("timeout", where, f"no reply within {allowance.allowed_s:g} s") from error
    except (
        httpcore2.NetworkError,
        httpcore2.ProtocolError,
        httpcore2.ProxyError,
        httpcore2.UnsupportedProtocol,
        OSError,
        ValueError,
        ImportError,
    ) as error:
        raise failure("connection", where, shown(without_key(f"{error}", endpoint)) or type(error).__name__) from error


def _authorization(endpoint: Endpoint) -> str | None:
    """The credentials for the endpoint: a name and password in its address, else the key."""
    parts = urlsplit(endpoint.base_url)
    if parts.username or parts.password:
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        return "Basic " + base64.b64encode(pair.encode()).decode()
    return f"Bearer {endpoint.api_key}" if endpoint.api_key else None


def _proxy(base_url: str) -> httpcore2.Proxy | None:
    """The proxy that the environment sets for this address; never one for this machine."""
    parts = urlsplit(base_url)
    named = getproxies()
    address = named.get(parts.scheme) or named.get("all")
    if is_loopback(base_url) or not address or proxy_bypass(parts.hostname or ""):
        return None
    proxy = urlsplit(address if "://" in address else f"http://{address}")
    auth = (unquote(proxy.username or ""), unquote(proxy.password or "")) if proxy.username or proxy.password else None
    host = f"[{proxy.hostname}]" if ":" in (proxy.hostname or "") else proxy.hostname
    return httpcore2.Proxy(
        f"{proxy.scheme}://{host}:{proxy.port or (443 if proxy.scheme == 'https' else 80)}", auth=auth
    )


def _bounded(pieces: Iterable[bytes], most: int, where: str) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most:
            raise failure("too_large", where, f"more than {most:,} bytes")
    return bytes(body)


def _text(body: bytes, encoding: str, most: int, where: str) -> str:
    """A body as text. If it is compressed, although that was not asked for, it is unpacked within the same bound."""
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
    """The limits of one request, and what to call before it is sent."""

    until: float
    cut: Callable[[], bool]
    allowed_s: float
    most: int
    on_send: Callable[[bytes], None] | None

    def wait_s(self) -> float:
        """Seconds to wait before checking again. Raises ReadTimeout or StopError when the wait is over."""
        if self.cut():
            raise StopError("Asking was stopped.", next_step="Run again to go on.")
        if (left := self.until - time.monotonic()) <= 0:
            raise httpcore2.ReadTimeout("out of time")
        return min(left, _LOOK_S)

    def left_s(self) -> float:
        """Seconds left, in all."""
        return max(0.001, self.until - time.monotonic())

    def leave_behind(self, work: Callable[[], _T], late: Callable[[_T], None]) -> _T:
        """Do what cannot be interrupted (name lookup, connecting, a handshake) in a thread, abandoned when time is up.

        `late` is given a result that comes after that.
        """
        future: Future[_T] = Future()

        def do() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # raised in the waiting thread
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
    """A connection that waits in short slices, so that a limit on the whole time and a request to stop take effect.

    httpcore2 gives a `timeout` for each step; it is ignored, since the request's allowance bounds all steps together.
    """

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        while True:
            wait_s = _ALLOWANCE.get().wait_s()
            try:
                return self._inner.read(max_bytes, wait_s)
            except httpcore2.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        import select

        sock = self._inner.get_extra_info("socket")
        for at in range(0, len(buffer), _PIECE):
            while not select.select([], [sock], [], _ALLOWANCE.get().wait_s())[1]:
                pass
            self._inner.write(buffer[at : at + _PIECE], _ALLOWANCE.get().left_s())

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        del timeout
        allowance = _ALLOWANCE.get()
        left = allowance.left_s()
        try:
            return _Stream(
                allowance.leave_behind(
                    lambda: self._inner.start_tls(ssl_context, server_hostname, left), lambda stream: stream.close()
                )
            )
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
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        del timeout
        allowance = _ALLOWANCE.get()
        left = allowance.left_s()
        return _Stream(
            allowance.leave_behind(
                lambda: httpcore2.SyncBackend().connect_tcp(host, port, left, local_address, socket_options),
                lambda s: s.close(),
            )
        )
