"""A project and its review page, served by the real command on loopback."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from scr_llm.pipeline import Outcome
    from scr_llm.project import Project

ROOT = Path(__file__).parent.parent
REVIEWS = ("corriford-child-1", "dunvarrow-young-person-r")


def coded_project(root: Path, names: tuple[str, ...] = REVIEWS) -> Path:
    from scr_llm import pipeline
    from scr_llm.codebook import load_codebook
    from scr_llm.project import init_project
    from scr_llm.stages.code.embedded import embedded_identity
    from scr_llm.stages.code.rules import RulesCoder

    project = init_project(root)
    for name in names:
        path = next(ROOT.glob(f"fixtures/batch-*/{name}.pdf"))
        shutil.copyfile(path, project.inbox / path.name)
    pipeline.run(project, RulesCoder(embedded_identity(load_codebook(project.codebook_path))))
    return root


def again(project: "Project") -> "Outcome":
    """Run once more, by the wordings alone."""
    from scr_llm import pipeline
    from scr_llm.codebook import load_codebook
    from scr_llm.stages.code.embedded import embedded_identity
    from scr_llm.stages.code.rules import RulesCoder

    return pipeline.run(project, RulesCoder(embedded_identity(load_codebook(project.codebook_path))))


def add(project: "Project", name: str, to: str = "") -> None:
    """Drop a made-up review into the inbox."""
    shutil.copyfile(next(ROOT.glob(f"fixtures/batch-*/{name}.pdf")), project.inbox / (to or f"{name}.pdf"))


def only_codes(codebook: Path, kept: Collection[str]) -> None:
    """Leave only some codes in a codebook."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    book = yaml.load(codebook.read_text("utf-8"))
    book["codes"] = [c for c in book["codes"] if c["id"] in kept]
    with codebook.open("w", encoding="utf-8") as out:
        yaml.dump(book, out)


def decide_all(root: Path) -> None:
    """Decide every open cell as it is proposed, so that nothing stands in the way of signing."""
    from scr_llm.project import load_project
    from scr_llm.review.cells import Reviewer
    from scr_llm.review.session import ReviewSession

    session, who = ReviewSession(load_project(root)), Reviewer("Alex Reader", "Analyst")
    for key in session.open_cells(who):
        cell = session.cell(*key, who)
        value = "not_mentioned" if cell.value == "unclear" else cell.value
        session.decide(who, *key, value, evidence=cell.evidence if value != "not_mentioned" else ())
    session.close()


def sign_alone(page: "Page") -> None:
    """Say, on the page for signing, why the one who decided most cells signs alone."""
    page.fill("input[name=alone]", "A test has one pair of hands.")


@dataclass
class Served:
    address: str
    """With the one-time token."""
    pid: int
    said: list[str]
    """Lines that the command writes to the terminal after its greeting, as they come."""

    @property
    def base(self) -> str:
        """Address of the page, without the token."""
        return self.address.split("/?")[0].rstrip("/")

    @property
    def origin(self) -> str:
        """As a browser sends it: scheme, host and port."""
        return "/".join(self.address.split("/")[:3])

    @property
    def host(self) -> str:
        return self.origin.removeprefix("http://")

    @property
    def prefix(self) -> str:
        """The secret path of the session; nothing behind a proxy."""
        return self.base.removeprefix(self.origin)

    def connect(self) -> socket.socket:
        """A connection on which nothing was said yet."""
        name, port = self.host.split(":")
        return socket.create_connection((name, int(port)), timeout=20)

    def browser(self) -> httpx.Client:
        """A browser that came in by the printed address."""
        client = httpx.Client(base_url=self.base, follow_redirects=True, timeout=60, headers={"origin": self.origin})
        assert client.get(self.address).status_code == 200
        return client


def heeds_ctrl_c() -> None:
    """In a child process, before its program starts: heed Ctrl-C, which tests running in the background ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def review_command(root: Path, *options: str | bytes) -> list[str | bytes]:
    """The command that serves the page on any free port."""
    scr_llm = (sys.executable, "-m", "scr_llm", "review")
    return [*scr_llm, "--project", str(root), "--port", "0", "--no-browser", *options]


def open_command(root: Path, *options: str | bytes) -> list[str | bytes]:
    """The command that opens the workbench on any free port."""
    return [sys.executable, "-m", "scr_llm", "open", str(root), "--port", "0", "--no-browser", *options]


@contextmanager
def review_page(root: Path, *options: str) -> Iterator[Served]:
    """`scr-llm review` over the real socket."""
    with _page(review_command(root, *options)) as served:
        yield served


@contextmanager
def workbench(root: Path, *options: str) -> Iterator[Served]:
    """`scr-llm open` over the real socket."""
    with _page(open_command(root, *options)) as served:
        yield served


@contextmanager
def _page(command: list[str | bytes]) -> Iterator[Served]:
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    reader: threading.Thread | None = None
    try:
        assert server.stderr
        said: list[str] = []
        found = None
        for line in server.stderr:
            said.append(line)
            if found := re.search(r"http://\S+", line):
                break
        assert found, said
        said.clear()
        server.stderr.readline()  # the rest of the greeting
        reader = threading.Thread(target=lambda: said.extend(server.stderr or ()), daemon=True)
        reader.start()
        yield Served(found[0], server.pid, said)
    finally:
        server.terminate()
        server.wait()
        if reader:
            reader.join()
        if server.stderr:
            server.stderr.close()


ALEX = ("--name", "Alex Reader", "--role", "Analyst")
SAM = ("--name", "Sam Second", "--role", "Designated nurse", "--blind")
