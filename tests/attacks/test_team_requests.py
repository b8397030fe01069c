"""Attacks on a shared server, over raw sockets: without the secret, as somebody else, from one project into another."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from served import coded_project
from served_team import SECRET, TeamServer, allow, record_of, team_server

NORTH_AND_SOUTH = '[people.rex]\nroles = ["reader"]\n[people."Zoë"]\nname = "Zoë Z"\nroles = ["reader"]\n'
MARK = "Rex in the south"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamServer]:
    folder = tmp_path_factory.mktemp("team")
    north = allow(coded_project(folder / "north"))
    south = allow(coded_project(folder / "south", ("corriford-child-1",)), NORTH_AND_SOUTH)
    settings = south / "project.toml"
    settings.write_text(re.sub(r"(?m)^name = .*$", f'name = "{MARK}"', settings.read_text("utf-8")), "utf-8")
    with team_server(north, south, "--host", "reviews.example.org") as running:
        yield running


def asked(served: TeamServer, line: bytes, *headers: bytes) -> tuple[int, str]:
    """Status and text of the answer to a request as it is written here."""
    with served.connect() as raw:
        raw.sendall(b"\r\n".join([line, *headers, b"Connection: close", b"", b""]))
        answer = raw.makefile("rb").read().decode("utf-8", "replace")
    return int(answer.split()[1]) if answer else 0, answer


def proven(served: TeamServer, who: bytes = b"lou") -> list[bytes]:
    return [f"Host: {served.host}".encode(), b"X-Proxy-Secret: " + SECRET.encode(), b"X-Remote-User: " + who]


@pytest.mark.parametrize(
    "secret",
    [
        [],
        [b"X-Proxy-Secret: "],
        [b"X-Proxy-Secret: " + b"x" * len(SECRET)],
        [b"X-Proxy-Secret: " + SECRET[:-1].encode()],
        [b"X-Proxy-Secret: " + SECRET.upper().encode()],
        [b"X-Proxy-Secret: " + SECRET.encode(), b"X-Proxy-Secret: " + SECRET.encode()],
        [b"X-Proxy-Secret: wrong", b"X-Proxy-Secret: " + SECRET.encode()],
        [b"X_Proxy_Secret: " + SECRET.encode()],
        [b"X-Proxy-Secret: \xff\xfe" + SECRET.encode()],
        [b"Cookie: X-Proxy-Secret=" + SECRET.encode()],
    ],
    ids=["none", "empty", "wrong", "shorter", "capitals", "twice", "wrong and right", "underscores", "bytes", "cookie"],
)
@pytest.mark.parametrize("path", [b"/", b"/p/north/", b"/p/north/matrix", b"/p/nowhere/", b"/static/review.css"])
def test_without_the_secret_nothing_is_told(served: TeamServer, path: bytes, secret: list[bytes]) -> None:
    headers = [f"Host: {served.host}".encode(), b"X-Remote-User: ann", *secret]
    status, answer = asked(served, b"GET " + path + b" HTTP/1.1", *headers)
    assert status == 403 and answer.endswith("This server answers its reverse proxy only.")


@pytest.mark.parametrize(
    "name,wanted",
    [
        (b"lou", 200),
        (b"LOU", 200),
        (b"  lou  ", 200),
        (b"", 403),
        (b"   ", 403),
        (b"lou, ann", 404),
        (b"lou\tann", 403),
        (b"l\xc3\xb6u", 404),
        (b"\xff\xfe", 404),
        (b"lou\xe2\x80\xae", 403),
        (b"x" * 201, 403),
        (b"x" * 60_000, 403),
        (b"a\x85b", 403),
        (b"<script>alert(1)</script>", 404),
        (b"{{ 7 * 7 }}", 404),
        (b"../../people", 404),
        (b"Lou Looker", 404),
    ],
)
def test_a_name_from_the_proxy(served: TeamServer, name: bytes, wanted: int) -> None:
    status, answer = asked(served, b"GET /p/north/help HTTP/1.1", *proven(served, name))
    assert status == wanted
    assert "<script>alert" not in answer and ("Lou Looker" in answer) == (wanted == 200)


def test_a_name_beyond_ascii(served: TeamServer) -> None:
    for name in ("zoë", "ZOË", "Zoe\u0308"):
        status, answer = asked(served, b"GET /p/south/help HTTP/1.1", *proven(served, name.encode()))
        assert status == 200 and "Zoë Z" in answer
    assert asked(served, b"GET /p/south/help HTTP/1.1", *proven(served, b"zoe"))[0] == 404


def test_two_names_are_none(served: TeamServer) -> None:
    for first, second in ((b"lou", b"ann"), (b"lou", b"lou"), (b"", b"ann")):
        headers = [*proven(served, first), b"X-Remote-User: " + second]
        assert asked(served, b"GET /p/north/help HTTP/1.1", *headers)[0] == 403
    headers = [*proven(served), b"X_Remote_User: ann", b"Remote-User: ann", b"X-Forwarded-User: ann"]
    assert "Lou Looker" in asked(served, b"GET /p/north/help HTTP/1.1", *headers)[1]


@pytest.mark.parametrize(
    "target",
    [
        "/p/south/",
        "/p/south",
        "/p/north/../south/",
        "/p/north/..%2fsouth/",
        "/p/north/%2e%2e/south/matrix",
        "/p/north%2f..%2fsouth/",
        "/p/north/..\\south/",
        "/p/./south/",
        "/p//south/",
        "//p/south/",
        "/p/north//p/south/",
        "/p/SOUTH/",
        "/p/south%00/",
        "/p/south;/matrix",
        "/p/%73outh/",
        "/p/south%20/",
        "http://{host}/p/south/",
        "/p/north/paper/../../../south/outputs/briefing.docx",
        "/p/north/paper/..%2f..%2f..%2fsouth%2fproject.toml",
        "/p/north/static/..%2f..%2fpeople.toml",
        "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/p/north/?root_path=/p/south",
        "/people.toml",
        "/p/north/people.toml",
        "/proxy.secret",
    ],
)
def test_from_one_project_there_is_no_way_into_another(served: TeamServer, target: str) -> None:
    line = f"GET {target.replace('{host}', served.host)} HTTP/1.1".encode()
    status, answer = asked(served, line, *proven(served))
    assert status in (400, 404) or (status == 200 and "?" in target)
    assert MARK not in answer and "roles = " not in answer and "root:" not in answer


def test_a_token_is_good_for_one_person_in_one_project(served: TeamServer) -> None:
    def token(who: str, project: str) -> str:
        with served.person(who, project) as browser:
            page = browser.get("/cell/" + re.findall(r"/cell/([^\"]+)", browser.get("/matrix").text)[0]).text
        found = re.findall(r'name="csrf" value="([^"]+)"', page)
        return found[0] if found else ""

    rex, ann = token("rex", "north"), token("ann", "north")
    assert rex and ann and rex != ann
    assert not token("rex", "south"), "a reader gets no form"
    with served.person("rex", "north") as browser:
        for wrong in (ann, "", rex[:-1], rex.upper(), "0" * 64):
            assert browser.post("/undo", data={"csrf": wrong}).status_code == 403
        assert browser.post("/undo", data={"csrf": rex}).status_code == 200
        for origin in ("https://example.com", "null", ""):
            answer = browser.post("/undo", data={"csrf": rex}, headers={"origin": origin})
            assert answer.status_code == 403
        ours = {"origin": "https://reviews.example.org", "host": "reviews.example.org"}
        assert browser.post("/undo", data={"csrf": rex}, headers=ours, follow_redirects=False).status_code == 303
        assert browser.get("/help", headers={"host": "evil.example.org"}).status_code == 421
    with served.person("rex", "south") as browser:
        assert browser.post("/undo", data={"csrf": rex}).status_code == 403


def test_no_cookie_lets_anybody_in(served: TeamServer) -> None:
    with served.person("ann", "north") as browser:
        answer = browser.get("/matrix?order=" + re.findall(r"order=(\w+)", browser.get("/matrix").text)[-1])
        assert [cookie.name for cookie in browser.cookies.jar] == ["scr_llm_order"], "a choice, and no access"
    headers = {"cookie": answer.headers["set-cookie"], "host": served.host}
    assert httpx.get(f"{served.address}/p/north/", headers=headers).status_code == 403
    assert httpx.get(f"{served.address}/p/north/?token={SECRET}").status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "EVIL", "HEAD"])
def test_other_methods_change_nothing(served: TeamServer, method: str) -> None:
    for path in ("/p/north/undo", "/p/north/run", "/healthz", "/"):
        status, answer = asked(served, f"{method} {path} HTTP/1.1".encode(), *proven(served, b"ann"))
        assert status in (200, 400, 403, 404, 405) and (status != 200 or method == "HEAD"), (method, path, answer)


def test_ten_decisions_at_once_on_one_cell_are_one(served: TeamServer) -> None:
    """Through both workers, over ten connections: one is stored, and nine are told of it."""
    with served.person("rex", "north") as browser:
        cell = browser.get("/next")
    given = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', cell.text))
    given |= {"value": "unclear", "reason": "At once.", "stay": "1"}
    said = list[int]()

    def decide() -> None:
        with served.person("rex", "north") as browser:
            said.append(browser.post(str(cell.url), data=given).status_code)

    threads = [threading.Thread(target=decide) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == [200] + [409] * 9
    with served.person("rex", "north") as browser:
        assert browser.post("/undo", data={"csrf": given["csrf"]}).status_code == 200


@pytest.mark.slow
def test_files_of_one_name_at_once_lose_none(tmp_path: Path) -> None:
    """Different files under one name, through both workers: one is added, the others are refused."""
    root = allow(coded_project(tmp_path / "area", ("corriford-child-1",)))
    said = list[str]()
    with team_server(root) as served:
        with served.person("ann", "area") as browser:
            csrf = re.findall(r'data-token="([^"]+)"', browser.get("").text)[0]

        def send(number: int) -> None:
            with served.person("ann", "area") as browser:
                content, headers = b"%PDF-1.4\n%" + str(number).encode() * 40_000, {"x-form-token": csrf}
                said.append(browser.post("/add?name=same.pdf", content=content, headers=headers).json()["said"])

        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert said.count("Added.") == 1, said
    with record_of(root) as store:
        assert sum(document.file == "same.pdf" for document in store.documents()) == 1
    assert not list((root / "outputs").glob(".added*"))


def test_silent_and_broken_connections_do_not_hold_up_others(served: TeamServer) -> None:
    silent = [served.connect() for _ in range(150)]
    half = [served.connect() for _ in range(50)]
    for each in half:
        each.sendall(b"POST /p/north/add?name=a.pdf HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n%PDF-")
    started = time.monotonic()
    with served.person("lou", "north") as browser:
        assert browser.get("/help").status_code == 200
    assert time.monotonic() - started < 10
    for each in silent + half:
        each.close()


def test_what_makes_no_sense_is_logged_without_its_words(served: TeamServer) -> None:
    before = len(served.lines)
    for raw in (b"\x16\x03\x01\x02\x00", b"GET /Quetzal\r\n\r\n", b"GET /Quetzal HTTP/9.9\r\n\r\n", b"\x00" * 100):
        with served.connect() as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            connection.makefile("rb").read()
    line = b'GET /Quetzal"\\n{"route":"x"} HTTP/1.1'
    asked(served, line, *proven(served), b"User-Agent: Quetzal", b"Referer: http://x/Quetzal")
    deadline = time.monotonic() + 3
    while len(served.lines) == before and time.monotonic() < deadline:
        time.sleep(0.05)
    text = "".join(served.lines + served.said)
    assert "Quetzal" not in text
    assert all(set(json.loads(each)) == {"time", "route", "method", "status", "ms", "worker"} for each in served.lines)


def test_figures_are_for_machines(served: TeamServer) -> None:
    ask = f"{served.address}/metrics"
    assert httpx.get(ask, headers=served.headers("ann")).status_code == 403, "not for a person behind the proxy"
    assert httpx.get(ask, headers={"x-forwarded-for": "192.0.2.7"}).status_code == 403
    assert httpx.get(ask, headers={"x-proxy-secret": served.secret}).status_code == 200
    assert httpx.post(ask).status_code == 403
