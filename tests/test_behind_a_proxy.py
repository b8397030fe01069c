"""The settings in deploy/, and real proxies that use them before a real server."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
import pytest
from ruamel.yaml import YAML
from served import ROOT, coded_project
from served_team import TeamServer, allow, team_server

from scr_llm.cli import cli

HOST, PASSWORD = "reviews.example.org", "a password of this test"
DEPLOY = ROOT / "deploy"


@dataclass
class Behind:
    """A proxy, and the server behind it."""

    port: int
    served: TeamServer

    def browser(self, who: str, password: str = PASSWORD) -> httpx.Client:
        headers = {"host": HOST, "origin": f"https://{HOST}"}
        auth = (who, password) if who else None
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}", headers=headers, auth=auth, verify=False, timeout=60
        )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def put(text: str, *pairs: tuple[str, str]) -> str:
    """A text with other words, each of which must be in it."""
    for before, after in pairs:
        assert before in text, before
        text = text.replace(before, after)
    return text


def certificate(folder: Path) -> None:
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} -addext subjectAltName=DNS:{HOST}"
    files = ["-keyout", str(folder / "certificate.key"), "-out", str(folder / "certificate.pem")]
    subprocess.run([*shlex.split(command), *files], check=True, capture_output=True)


def hashed(*command: str) -> str:
    return subprocess.run([*command], check=True, capture_output=True, text=True).stdout.strip()


def nginx(folder: Path, served: TeamServer, port: int) -> list[str]:
    """The settings of deploy/nginx.conf at other places."""
    line = f"{hashed('openssl', 'passwd', '-apr1', PASSWORD)}\n"
    (folder / "people.htpasswd").write_text("".join(f"{who}:{line}" for who in ("ann", "lou", "nobody")))
    (folder / "proxy-secret.conf").write_text(f'proxy_set_header X-Proxy-Secret "{served.secret}";\n')
    site = put(
        (DEPLOY / "nginx.conf").read_text(),
        ("127.0.0.1:8765;", f"{served.host};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("/etc/scr-llm/", f"{folder}/"),
    )
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi"))
    http = f"access_log off; {temporary} scgi_temp_path {folder}/scgi;\n{site}"
    root = "user root;\n" if os.getuid() == 0 else ""  # so that its workers can read what this test wrote
    (folder / "nginx.conf").write_text(
        f"{root}daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\nhttp {{ {http} }}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, served: TeamServer, port: int) -> list[str]:
    """The settings of deploy/Caddyfile at other places."""
    line = hashed("caddy", "hash-password", "--plaintext", PASSWORD)
    (folder / "people.caddy").write_text("".join(f"{who} {line}\n" for who in ("ann", "lou", "nobody")))
    tls = f"\ttls {folder}/certificate.pem {folder}/certificate.key\n"
    site = put(
        (DEPLOY / "Caddyfile").read_text(),
        (f"\n{HOST} {{\n", f"\nhttps://{HOST}:{port} {{\n\tbind 127.0.0.1\n{tls}"),
        ("reverse_proxy 127.0.0.1:8765 {", f"reverse_proxy {served.host} {{"),
        ("/etc/scr-llm/", f"{folder}/"),
    )
    own = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_sni {HOST}\n}}\n"
    (folder / "Caddyfile").write_text(own + site)
    run = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    return ["env", f"SCR_LLM_PROXY_SECRET={served.secret}", f"HOME={folder}", *run]


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    proxy = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(100):
            assert proxy.poll() is None, proxy.stderr and proxy.stderr.read()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        proxy.terminate()
        proxy.communicate()


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def behind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    settings: Callable[[Path, TeamServer, int], list[str]] = request.param
    if not (shutil.which(settings.__name__) and shutil.which("openssl")):
        pytest.skip(f"{settings.__name__} is not installed")
    folder = tmp_path_factory.mktemp("behind")
    north, port = allow(coded_project(folder / "north")), free_port()
    south = allow(coded_project(folder / "south"), '[people.rex]\nroles = ["reader"]\n')
    certificate(folder)
    with (
        team_server(north, south, "--host", HOST) as served,
        running(settings(folder, served, port), port),
    ):
        yield Behind(port, served)


@pytest.mark.slow
def test_who_is_not_logged_in_sees_nothing(behind: Behind) -> None:
    for who, password in (("", ""), ("ann", "wrong"), ("rex", PASSWORD)):
        with behind.browser(who, password) as browser:
            assert browser.get("/p/north/").status_code == 401
    with behind.browser("nobody") as browser:
        assert browser.get("/p/north/").status_code == 404
    assert httpx.get(f"{behind.served.address}/p/north/", headers={"host": HOST}).status_code == 403, "past the proxy"


@pytest.mark.slow
@pytest.mark.parametrize(
    "forged",
    [
        [("X-Remote-User", "ann")],
        [("x-remote-user", "ann"), ("X-REMOTE-USER", "ann")],
        [("X_Remote_User", "ann"), ("X-Remote-User", "")],
        [("X-Proxy-Secret", "x" * 40), ("X-Remote-User", "ann")],
        [("Connection", "X-Remote-User, X-Proxy-Secret"), ("X-Remote-User", "ann")],
    ],
    ids=["once", "twice", "with underscores", "with a secret", "hop by hop"],
)
def test_headers_that_a_browser_made_up_are_replaced(behind: Behind, forged: list[tuple[str, str]]) -> None:
    with behind.browser("lou") as browser:
        answer = browser.get("/p/north/help", headers=[*browser.headers.multi_items(), *forged])
        # with “hop by hop” a proxy may take away its own headers: then nobody is let in
        assert answer.status_code == 403 or "Lou Looker" in answer.text, answer.text
        assert "Ann Alyst" not in answer.text


@pytest.mark.slow
def test_a_decision_is_made_through_the_proxy(behind: Behind) -> None:
    with behind.browser("ann") as browser:
        cell = browser.get("/p/north/next", follow_redirects=True)
        found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', cell.text))
        data = found | {"value": "unclear", "reason": "Through a proxy."}
        answer = browser.post(cell.url.path, data=data)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/p/north/")
        assert browser.post(cell.url.path, data=data, headers={"origin": "https://example.com"}).status_code == 403
        assert browser.post("/p/north/undo", data={"csrf": found["csrf"]}).status_code == 303


@pytest.mark.slow
def test_forms_survive_a_pause_between_them(behind: Behind) -> None:
    """The proxy keeps its connections to the server, which must not close one before the proxy does."""
    with behind.browser("ann") as browser:
        csrf = re.findall(r'data-token="([^"]+)"', browser.get("/p/north/").text)[0]
        for _ in range(3):
            assert browser.post("/p/north/undo", data={"csrf": csrf}).status_code == 303
            time.sleep(5.5)


@pytest.mark.slow
def test_one_project_is_no_way_into_another(behind: Behind) -> None:
    with behind.browser("ann") as browser:
        for path in ("/p/south/", "/p/north/..%2fsouth/", "/p/north/%2e%2e/south/", "/p/north//p/south/", "/p/SOUTH/"):
            raw = httpx.URL(f"https://127.0.0.1:{behind.port}").copy_with(raw_path=path.encode())
            assert browser.get(raw).status_code in (400, 404), path
        for path in ("/metrics", "/healthz"):
            assert browser.get(path).status_code == 404


@pytest.mark.slow
def test_events_stream_through(behind: Behind) -> None:
    heard: list[tuple[float, str]] = []

    def listen() -> None:
        with (
            behind.browser("ann") as browser,
            browser.stream("GET", "/p/north/run/events?stamp=other", timeout=20) as answer,
        ):
            for line in answer.iter_lines():
                heard.append((time.monotonic(), line))

    started, thread = time.monotonic(), threading.Thread(target=listen)
    thread.start()
    thread.join(20)
    lines = [line for _, line in heard]
    assert lines[0] == "retry: 3000" and "event: changed" in lines
    assert heard[0][0] - started < 5


@pytest.mark.slow
def test_a_large_file_passes(behind: Behind) -> None:
    pdf = next(ROOT.glob("fixtures/batch-*/corriford-child-1.pdf")).read_bytes()
    content = pdf + b"\n%" + b"x" * (50_000_000 - len(pdf))
    with behind.browser("ann") as browser:
        csrf = re.findall(r'data-token="([^"]+)"', browser.get("/p/north/").text)[0]
        headers = {"x-form-token": csrf}
        answer = browser.post("/p/north/add?name=large.pdf", content=content, headers=headers)
        assert (answer.status_code, answer.json()["said"]) == (200, "Added.")
    with behind.browser("lou") as browser:
        answer = browser.post("/p/north/add?name=other.pdf", content=b"%PDF-", headers=headers)
        assert answer.status_code == 403


def test_what_is_deployed_is_pinned_and_runs_a_command_that_is_there() -> None:
    compose = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text())
    images = [service["image"] for service in compose["services"].values() if "image" in service]
    images += re.findall(r"^FROM (\S+)", (DEPLOY / "Containerfile").read_text(), re.M)
    assert len(images) == 4 and all(re.search(r":\d+\.\d+", image) for image in images)
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["network"]
    assert {compose["services"][name]["network_mode"] for name in ("proxy", "reviews")} == {"service:network"}
    assert {"deploy/.env", "deploy/nginx/", "deploy/projects/"} <= set((ROOT / ".gitignore").read_text().split())
    unit = re.findall(r"^ExecStart=\S+/scr-llm (.*)$", (DEPLOY / "scr-llm.service").read_text(), re.M)
    own = YAML(typ="safe").load(re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.M)[0])
    for words in (unit[0].split(), own):
        command = cli.commands[words[0]]
        assert command.make_context(words[0], words[1:], resilient_parsing=True).params["config"]
        assert isinstance(command, click.Command)
