"""A shared server with its workers, as the real command starts it, and the people whom its proxy would name."""

import re
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from scr_llm.project import load_project
from scr_llm.review.session import ReviewSession
from scr_llm.store import Store

SECRET = "what-only-the-proxy-of-this-test-knows"
PEOPLE = """
[people.ann]
name = "Ann Alyst"
title = "Analyst"
roles = ["analyst"]
[people.rex]
name = "Rex Reviewer"
roles = ["reviewer"]
[people.sia]
name = "Sia Signer"
title = "Director"
roles = ["signer"]
[people.lou]
name = "Lou Looker"
roles = ["reader"]
[people.sam]
name = "Sam Second"
roles = ["analyst", "signer"]
blind = true
"""
"""One of each role, and a second reviewer."""


@dataclass
class TeamServer:
    address: str
    """Scheme, host and port."""
    pid: int
    secret: str = SECRET
    lines: list[str] = field(default_factory=list)
    """Of the log, as they come."""
    said: list[str] = field(default_factory=list)
    """Lines on the terminal."""

    @property
    def host(self) -> str:
        return self.address.removeprefix("http://")

    def connect(self) -> socket.socket:
        """A connection on which nothing was said yet."""
        name, port = self.host.split(":")
        return socket.create_connection((name, int(port)), timeout=20)

    def headers(self, who: str) -> dict[str, str]:
        """What the proxy adds to what a browser sends."""
        return {"x-proxy-secret": self.secret, "x-remote-user": who, "origin": self.address}

    def person(self, who: str, project: str = "") -> httpx.Client:
        """Somebody's browser, behind the proxy. Without a project it starts at the list of projects."""
        base = self.address + (f"/p/{project}" if project else "")
        return httpx.Client(base_url=base, headers=self.headers(who), follow_redirects=True, timeout=60)


def allow(root: Path, people: str = PEOPLE) -> Path:
    """Say who may do what in a project."""
    (root / "people.toml").write_text(people, "utf-8")
    return root


@contextmanager
def record_of(root: Path) -> Iterator[Store]:
    """A project's record, wherever it is kept."""
    session = ReviewSession(load_project(root))
    try:
        yield session.store
    finally:
        session.close()


@contextmanager
def team_server(*options: Path | str, secret: str = SECRET) -> Iterator[TeamServer]:
    """`scr-llm serve` over the real socket, with two workers unless `options` say otherwise."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "proxy.secret"
        file.write_text(secret, "utf-8")
        file.chmod(0o600)
        given = ["--bind", "127.0.0.1:0", "--secret-file", str(file), *map(str, options)]
        command = [sys.executable, "-m", "scr_llm", "serve", *given]
        with _running(command, secret) as served:
            yield served


@contextmanager
def _running(command: list[str], secret: str) -> Iterator[TeamServer]:
    server = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    readers: list[threading.Thread] = []
    try:
        assert server.stderr and server.stdout
        served, said = TeamServer("", server.pid, secret), list[str]()
        for line in server.stderr:
            said.append(line)
            if found := re.search(r"Serving .* at (http://\S+)", line):
                served.address = found[1]
                break
        assert served.address, said
        for stream, kept in ((server.stdout, served.lines), (server.stderr, served.said)):
            readers.append(threading.Thread(target=_follow, args=(stream, kept), daemon=True))
            readers[-1].start()
        yield served
    finally:
        server.terminate()
        server.wait()
        for reader in readers:
            reader.join()
        for stream in (server.stdout, server.stderr):
            if stream:
                stream.close()


def _follow(stream: Iterable[str], kept: list[str]) -> None:
    for line in stream:
        kept.append(line)
