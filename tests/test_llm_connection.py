"""How the client uses a connection: pace, budgets, time limits, stopping, keys, proxies and certificates."""

from __future__ import annotations

import base64
import json
import re
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import pytest
from questions import FAST, GOOD, Start, Verdict, ask, started

from scr_llm.errors import NoReplyError, StopError
from scr_llm.llm import Budget, Client, Endpoint, Price, Question, Spend
from scr_llm.llm.endpoint import without_key
from scr_llm.llm.fake import MODEL, Answer, FakeServer, after, fails, hangs, on_wire, slowly


@pytest.fixture
def start() -> Iterator[Start]:
    with started() as start:
        yield start


def test_a_slow_body_is_waited_for_within_the_time(start: Start) -> None:
    client, _ = start(slowly({"evidence": [1], "value": "present"}, 0.3))
    assert ask(client).parsed.value == "present"


def test_fewer_at_once_after_a_429_and_more_again_when_it_goes_well() -> None:
    import threading

    under_way, most, lock, calls = 0, [0], threading.Lock(), 0

    def behave(request: dict[str, Any]) -> Answer:
        nonlocal under_way, calls
        with lock:
            under_way, calls = under_way + 1, calls + 1
            most.append(under_way)
            too_many = under_way > 3
        sleep(0.01)
        with lock:
            under_way -= 1
        return fails(429, headers={"Retry-After": "0"})(request) if too_many else GOOD(request)

    with FakeServer(behave) as server:
        client = Client(Endpoint(server.base_url, MODEL), retries=replace(FAST, attempts=30), max_concurrency=8)
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda n: client.ask(Question(f"q{n}", "s", f"{n}", Verdict)), range(80)))
        client.close()
    assert len(replies) == 80 and max(most) <= 8
    refused = calls - 80
    assert 0 < refused < 40  # the limit came down: not one refusal for each try
    assert max(most[len(most) // 2 :]) < 8  # it never rises so far again while the server refuses


def test_a_budget_stops_before_it_is_passed() -> None:
    with FakeServer(GOOD) as server:
        spend = Spend(Price(input=10, output=20), Budget(money=0.10))
        client = Client(Endpoint(server.base_url, MODEL, max_tokens=1000), spend=spend)
        for n in range(5000):
            try:
                client.ask(Question(f"q{n}", "s", f"{n} " + "word " * 100, Verdict))
            except StopError as error:
                assert "budget of 0.10" in str(error)
                break
        client.close()
        assert spend.money is not None and 0.05 < spend.money <= 0.10 and spend.asked == len(server.requests)
    assert spend.money == pytest.approx((spend.prompt_tokens * 10 + spend.completion_tokens * 20) / 1e6)


def test_stopping_lets_what_is_under_way_come_home() -> None:
    with FakeServer(after(0.3, GOOD)) as server:
        client = Client(Endpoint(server.base_url, MODEL), max_concurrency=2)
        with ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(client.ask, Question(f"q{n}", "s", f"{n}", Verdict)) for n in range(4)]
            sleep(0.15)
            client.stop()
        client.close()
        errors = [f.exception() for f in futures]
        assert [type(e) for e in errors if e] == [StopError, StopError] and len(server.requests) == 2


KEY = "sk-one/two+0123456789"


@pytest.mark.parametrize(
    "written",
    [
        KEY,
        f"Bearer {KEY}",
        quote(KEY, safe=""),
        quote(quote(KEY, safe=""), safe=""),
        "".join(f"%{ord(c):02x}" for c in KEY),
        json.dumps(KEY).replace("/", r"\/"),
        "".join(rf"\u{ord(c):04x}" for c in KEY),
        "".join(rf"\\\u{ord(c):04X}" for c in KEY),
        KEY[:8] + "".join(rf"\u{ord(c):04x}" for c in KEY[8:]),
        "".join(f"&#{ord(c)};" for c in KEY),
        "".join(f"&#x{ord(c):02X};" for c in KEY),
        KEY.upper(),
        KEY.encode().hex(),
        base64.b64encode(KEY.encode()).decode().rstrip("="),
        "\u200b".join(KEY),
        "".join(chr(ord(c) + 0xFEE0) for c in KEY),
        "".join(rf"\x{ord(c):02x}" for c in KEY),
        "".join(rf"\{ord(c):o}" for c in KEY),
    ],
)
def test_a_key_is_taken_out_however_it_is_written(written: str) -> None:
    endpoint = Endpoint("http://user:a-pass-word@127.0.0.1/v1", MODEL, api_key=KEY)
    taken = without_key(f"<{written}> a-pass-word", endpoint).strip('"')
    assert re.fullmatch(r'<"?(Bearer )?\[key removed\]"?> \[key removed\]', taken)
    for before in ("Bearer ", "x:", ""):  # wherever in a base64 text it begins
        assert "[key removed]" in without_key(base64.b64encode(f"{before}{KEY}".encode()).decode(), endpoint)
    assert without_key("sk-one, two, none", endpoint) == "sk-one, two, none"
    assert (
        without_key("none of these is x", Endpoint("http://127.0.0.1/v1", MODEL, api_key="none"))
        == "none of these is x"
    )


def test_a_wait_of_a_day_holds_no_other_request(start: Start) -> None:
    client, server = start(fails(429, headers={"Retry-After": "86400"}), GOOD)
    with pytest.raises(NoReplyError, match=r"\(rate_limited\)"):
        ask(client)
    before = monotonic()
    assert ask(client).parsed.value == "present" and monotonic() - before < 2 and len(server.requests) == 2


def test_the_time_of_a_request_is_the_whole_time(start: Start) -> None:
    steady = on_wire(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b" ", 0.05] * 200)
    client, _ = start(steady, steady, timeout_s=0.4, retries=replace(FAST, attempts=1))
    before = monotonic()
    with pytest.raises(NoReplyError, match=r"\(timeout\): no reply within 0.4 s"):
        ask(client)
    assert 0.3 < monotonic() - before < 1.2


def test_stopping_cuts_off_what_does_not_come_home() -> None:
    with FakeServer(hangs(30)) as server:
        client = Client(Endpoint(server.base_url, MODEL, timeout_s=60))
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(ask, client) for _ in range(2)]
            sleep(0.2)
            before = monotonic()
            client.stop()
            assert all(isinstance(future.exception(), StopError) for future in asked)
        assert monotonic() - before < 2
        client.close()


def silent_port(stack: ExitStack) -> int:
    """A port that is connected to and says nothing."""
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return int(listening.getsockname()[1])


def test_a_handshake_that_never_ends_is_given_up() -> None:
    with ExitStack() as stack:
        client = Client(
            Endpoint(f"https://127.0.0.1:{silent_port(stack)}/v1", MODEL, timeout_s=0.3),
            retries=replace(FAST, attempts=1),
        )
        with pytest.raises(NoReplyError, match=r"\(timeout\)"):
            ask(client)
        client.close()


def test_a_server_that_does_not_read_is_given_up() -> None:
    with ExitStack() as stack:
        client = Client(
            Endpoint(f"http://127.0.0.1:{silent_port(stack)}/v1", MODEL, timeout_s=0.5),
            retries=replace(FAST, attempts=1),
        )
        before = monotonic()
        with pytest.raises(NoReplyError, match=r"\(timeout\)"):
            client.ask(Question("q", "s", "word " * 4_000_000, Verdict))
        assert monotonic() - before < 5
        client.close()


@pytest.mark.parametrize(
    ("scheme", "line"),
    [
        ("http", b"POST http://models.example.org/v1/chat/completions HTTP/1.1"),
        ("https", b"CONNECT models.example.org:443 HTTP/1.1"),
    ],
)
def test_a_proxy_from_the_environment_is_used_for_another_machine(
    scheme: str, line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def proxy() -> None:
            connection, _ = listening.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n")

        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, f"http://somebody:pass@127.0.0.1:{listening.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        client = Client(
            Endpoint(f"{scheme}://models.example.org/v1", MODEL), remote_allowed=True, retries=replace(FAST, attempts=1)
        )
        with ThreadPoolExecutor(1) as pool:
            pool.submit(proxy)
            with pytest.raises(NoReplyError, match=r"\((server_error|connection)\)"):
                ask(client)
        client.close()
    assert heard[0].startswith(line) and b"Proxy-Authorization: Basic" in heard[0]


def test_an_address_in_brackets_is_reached() -> None:
    try:
        listening = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("SKIPPED: this machine has no IPv6.")
    heard: list[bytes] = []
    with listening, ThreadPoolExecutor(1) as pool:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n")

        pool.submit(serve)
        port = listening.getsockname()[1]
        client = Client(Endpoint(f"http://[::1]:{port}/v1/", MODEL), retries=FAST)
        with pytest.raises(NoReplyError, match=r"HTTP 418"):
            ask(client)
        client.close()
    assert heard[0].startswith(b"POST /v1/chat/completions HTTP/1.1") and f"Host: [::1]:{port}".encode() in heard[0]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ssl
    import subprocess

    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with FakeServer(GOOD, tls=context) as server:
        endpoint = Endpoint(server.base_url, MODEL)
        client = Client(endpoint, retries=replace(FAST, attempts=1))
        with pytest.raises(NoReplyError, match=r"\(connection\).*certificate"):
            ask(client)
        client.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        assert ask(client).parsed.value == "present"
        client.close()
