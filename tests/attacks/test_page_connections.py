"""Connections that say nothing, little, slowly or too much: a browser still gets in within a second."""

import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from served import ALEX, Served, coded_project, heeds_ctrl_c, review_command, review_page

from scr_llm.web.server import BODY_SECONDS, HEAD_SECONDS, MOST_WAITING
from scr_llm.web.workbench import FOLLOWERS

GET = b"GET {p}/matrix HTTP/1.1\r\nHost: {host}\r\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("connections") / "p", ("corriford-child-1",))


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[Served]:
    with review_page(root, *ALEX) as page:
        yield page


@pytest.fixture(scope="module")
def browser(served: Served) -> Iterator[httpx.Client]:
    with closing(served.browser()) as client:
        yield client


def fill(served: Served, text: bytes) -> bytes:
    return text.replace(b"{p}", served.prefix.encode()).replace(b"{host}", served.host.encode())


@contextmanager
def held(served: Served, count: int, said: bytes = b"") -> Iterator[list[socket.socket]]:
    """Connections that are kept open, each having said the same."""
    with ExitStack() as stack:
        found = []
        for _ in range(count):
            found.append(stack.enter_context(served.connect()))
            with suppress(OSError):  # closed already, to make room
                found[-1].sendall(said)
        yield found


def answers_soon(browser: httpx.Client) -> None:
    """A new browser with its own connection sees the page within a second."""
    started = time.perf_counter()
    fresh = httpx.get(f"{str(browser.base_url).rstrip('/')}/matrix", cookies=dict(browser.cookies), timeout=20)
    assert fresh.status_code == 200
    assert time.perf_counter() - started < 1


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@pytest.mark.parametrize("count", [64, 500])
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"G",
        GET,
        GET + b"X: " + b"x" * 5000,
        b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n",
        b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\nx",
        b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=["silent", "one letter", "half a head", "a long half head", "no body", "half a body", "half a chunk"],
)
def test_a_browser_gets_in_beside_connections_that(
    served: Served, browser: httpx.Client, said: bytes, count: int
) -> None:
    with held(served, count, fill(served, said)):
        answers_soon(browser)
        answers_soon(browser)


def test_a_browser_that_knows_the_cookie_is_not_needed_to_hold_a_body(served: Served, browser: httpx.Client) -> None:
    """Half bodies with everything right hold no thread and no connection for good."""
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items()).encode()
    said = fill(
        served,
        b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: "
        + cookie
        + b"\r\nContent-Length: 1000000000\r\n\r\ncsrf=",
    )
    with held(served, 200, said):
        answers_soon(browser)


def test_the_oldest_silent_ones_are_closed_first(served: Served) -> None:
    with held(served, MOST_WAITING) as old:
        time.sleep(0.5)
        assert all(map(is_open, old)), "so many may wait"
        with held(served, 20) as young:
            time.sleep(0.6)
            assert all(map(is_open, young))
            assert (
                sum(map(is_open, old)) in range(MOST_WAITING - 22, MOST_WAITING - 18)
                and is_open(old[-1])
                and not is_open(old[0])
            )


def test_500_requests_at_once_are_all_answered(served: Served, browser: httpx.Client) -> None:
    request = fill(served, GET + b"Connection: close\r\n\r\n")
    connections = [served.connect() for _ in range(500)]
    try:
        for connection in connections:
            connection.sendall(request)
        assert [c.makefile("rb").readline().split()[1] for c in connections] == [b"403"] * 500
    finally:
        for connection in connections:
            connection.close()
    answers_soon(browser)


def test_pipelined_requests_are_answered_in_order(served: Served, browser: httpx.Client) -> None:
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
    kinds = ("help", "static/icon.svg", "nothing")
    request = "".join(
        f"GET {served.prefix}/{kinds[n % 3]} HTTP/1.1\r\nHost: {served.host}\r\nCookie: {cookie}\r\n"
        f"{'Connection: close' if n == 299 else 'X: y'}\r\n\r\n"
        for n in range(300)
    )
    with served.connect() as raw:
        writer = threading.Thread(target=raw.sendall, args=(request.encode(),))
        writer.start()
        answers = raw.makefile("rb").read()
        writer.join()
    assert re.findall(rb"HTTP/1.1 (\d+)", answers) == [b"200", b"200", b"404"] * 100


def test_a_pipelined_request_after_nonsense(served: Served, browser: httpx.Client) -> None:
    for said in (
        b"\r\n\r\nnonsense\r\n\r\n" + GET,
        GET + b"\r\nnonsense\r\n\r\n",
        b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + GET,
    ):
        with served.connect() as raw:
            raw.sendall(fill(served, said))
            raw.makefile("rb").readline()
    answers_soon(browser)
    assert not served.said, served.said


def test_connections_that_are_cut_off(served: Served, browser: httpx.Client) -> None:
    """Reset at every place of a request, while it is sent and while it is answered."""
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items()).encode()
    whole = fill(
        served,
        b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: "
        + cookie
        + b"\r\nContent-Length: 6\r\n\r\ncsrf=x",
    )
    pages = [
        fill(served, b"GET {p}/" + page + b" HTTP/1.1\r\nHost: {host}\r\nCookie: " + cookie + b"\r\n\r\n")
        for page in (b"matrix", b"sign-off", b"explain/workforce")
    ]
    for said in [whole[:n] for n in range(0, len(whole) + 1, 3)] + pages * 5:
        raw = served.connect()
        raw.sendall(said)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raw.close()
    answers_soon(browser)
    assert not served.said, served.said


def test_a_client_that_takes_no_answer(served: Served, browser: httpx.Client) -> None:
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items()).encode()
    request = fill(served, b"GET {p}/matrix HTTP/1.1\r\nHost: {host}\r\nCookie: " + cookie + b"\r\n\r\n")
    with held(served, 30, request * 100):
        answers_soon(browser)


def stamped(browser: httpx.Client) -> str:
    """The address at which a page that is up to date follows a run."""
    browser.get("/")  # takes in the inbox
    found = re.search(r"(/run/events\?stamp=[^\"]+)", browser.get("/").text)
    assert found
    return found[1]


def test_windows_that_follow_a_run_are_so_many_and_no_more(served: Served, browser: httpx.Client) -> None:
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items()).encode()
    events = stamped(browser).encode()
    request = fill(served, b"GET {p}" + events + b" HTTP/1.1\r\nHost: {host}\r\nCookie: " + cookie + b"\r\n\r\n")

    def statuses(connections: list[socket.socket]) -> list[bytes]:
        for connection in connections:
            connection.setblocking(True)
        return [c.makefile("rb").readline().split()[1] for c in connections]

    with held(served, FOLLOWERS, request) as followers:
        assert statuses(followers) == [b"200"] * FOLLOWERS
        with held(served, 3, request) as others:
            assert statuses(others) == [b"503"] * 3
        answers_soon(browser)
    end = time.perf_counter() + 10
    while True:  # those that are gone are noticed, and others may follow
        with held(served, 1, request) as others:
            if statuses(others) == [b"200"]:
                break
        assert time.perf_counter() < end
        time.sleep(0.3)


@pytest.mark.slow
def test_control_c_ends_the_page_though_a_window_follows_a_run(root: Path) -> None:
    server = subprocess.Popen(review_command(root, *ALEX), stderr=subprocess.PIPE, text=True, preexec_fn=heeds_ctrl_c)
    try:
        assert server.stderr
        found = re.search(r"http://\S+", server.stderr.readline())
        assert found
        served = Served(found[0], server.pid, [])
        with closing(served.browser()) as browser, browser.stream("GET", stamped(browser)) as stream:
            assert stream.status_code == 200
            started = time.perf_counter()
            server.send_signal(signal.SIGINT)
            server.wait(10)
            assert time.perf_counter() - started < 3
        assert "Traceback" not in server.stderr.read()
    finally:
        server.kill()
        server.wait()
        if server.stderr:
            server.stderr.close()


@pytest.mark.slow
def test_control_c_ends_the_page_though_connections_are_open(root: Path) -> None:
    command = [sys.executable, "-m", "scr_llm", "review", "--project", str(root), "--port", "0", "--no-browser", *ALEX]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heeds_ctrl_c)
    try:
        assert server.stderr
        found = re.search(r"http://\S+", server.stderr.readline())
        assert found
        served = Served(found[0], server.pid, [])
        assert httpx.get(served.address).status_code == 303
        with (
            held(served, 20),
            held(served, 20, fill(served, b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\nx")),
        ):
            started = time.perf_counter()
            server.send_signal(signal.SIGINT)
            server.wait(10)
            assert time.perf_counter() - started < 3
        said = server.stderr.read()
        assert "Traceback" not in said, said
    finally:
        server.kill()
        server.wait()
        if server.stderr:
            server.stderr.close()


@pytest.mark.slow
def test_nothing_is_waited_for_long(served: Served, browser: httpx.Client) -> None:
    """A silent, slow or unfinished request is closed when its time is up; one that behaves like a browser is not."""
    cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items()).encode()
    post = fill(
        served,
        b"POST {p}/undo HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: "
        + cookie
        + b"\r\nContent-Length: 1000\r\n\r\n",
    )
    kinds = {
        "silent": b"",
        "head, drop by drop": b"GET / HTTP/1.1\r\n",
        "half a body": post + b"csrf=",
        "body, drop by drop": post,
        "chunks, drop by drop": post.replace(b"Content-Length: 1000", b"Transfer-Encoding: chunked"),
    }
    drops = {"head, drop by drop": b"X: y\r\n", "body, drop by drop": b"a", "chunks, drop by drop": b"1\r\na\r\n"}
    closed: dict[str, float] = {}
    connections = {kind: served.connect() for kind in kinds}
    started = time.perf_counter()
    for kind, connection in connections.items():
        connection.sendall(kinds[kind])
    while len(closed) < len(kinds) and time.perf_counter() - started < BODY_SECONDS + 5:
        time.sleep(0.5)
        answers_soon(browser)
        for kind, connection in connections.items():
            if kind not in closed:
                if not is_open(connection):
                    closed[kind] = time.perf_counter() - started
                elif kind in drops:
                    with suppress(OSError):
                        connection.sendall(drops[kind])
    for connection in connections.values():
        connection.close()
    wanted = {kind: HEAD_SECONDS if "head" in kind or kind == "silent" else BODY_SECONDS for kind in kinds}
    assert {kind: abs(closed.get(kind, 0) - wanted[kind]) < 2 for kind in kinds} == dict.fromkeys(kinds, True), closed


@pytest.mark.slow
def test_2000_connections_in_a_storm(served: Served, browser: httpx.Client) -> None:
    stop = threading.Event()

    def storm(said: Callable[[], bytes]) -> None:
        open_now: list[socket.socket] = []
        while not stop.is_set():
            with suppress(OSError):
                open_now.append(served.connect())
                open_now[-1].sendall(said())
            if len(open_now) > 400:
                open_now.pop(0).close()
            time.sleep(0.002)
        for connection in open_now:
            connection.close()

    threads = [
        threading.Thread(target=storm, args=(lambda s=s: fill(served, s),)) for s in (b"", b"GET", GET + b"\r\n", GET)
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            answers_soon(browser)
            time.sleep(0.2)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
