"""Commands killed at every lasting step and at random moments.

Nothing is lost, repeated, half written or wrongly taken for edited. By default a sample of the steps is tried;
`SCR_LLM_KILLS=all` tries every one, and so does `make reliability`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import kills
import pytest
from databases import copy_project
from served import ROOT, add, coded_project
from test_signing import decide_all

from scr_llm.audit import audit
from scr_llm.llm.fake import MODEL, FakeServer
from scr_llm.project import Project, init_project, load_project
from scr_llm.reports.export import export
from scr_llm.reports.paper_state import paper_state
from scr_llm.review import spreadsheet as sheet
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.review.sign_off import finish
from scr_llm.store import Store

pytestmark = pytest.mark.slow
REVIEWS = ("corriford-child-1", "dunvarrow-young-person-r")
EVERY = os.environ.get("SCR_LLM_KILLS") == "all"
WAITING = (
    "dunvarrow-young-person-r",
    *(
        (
            "brackenshire-child-k",
            "northmere-amber",
            "ombershaw-child-d",
            "saltreath-child-m",
            "vellingham-child-s",
            "vellingham-child-v",
            "haverwick-child-n",
            "northmere-child-t",
        )
        if EVERY
        else ()
    ),
)
"""Reviews that a run which is killed has before it."""
ALEX = Reviewer("Alex Reader", "Analyst")


@dataclass
class Story:
    """A command to be killed: from which project, and what must hold when it is run again."""

    arguments: list[str]
    start: Callable[[Path], None]
    again: tuple[int, ...] = (0,)
    """Exit codes of the command when it is run again after a kill."""
    holds: list[Callable[[Project], None]] = field(default_factory=list)


def coded(root: Path) -> None:
    coded_project(root, REVIEWS)


def uncoded(root: Path) -> None:
    coded_project(root, REVIEWS[:1])
    for review in WAITING:
        add(load_project(root), review)


def decided(root: Path) -> None:
    coded(root)
    decide_all(load_project(root))


def drafted(root: Path) -> None:
    coded(root)
    kills.run(["brief", "--project", root])
    session = ReviewSession(load_project(root))
    key = next(k for k in session.open_cells(ALEX) if session.value(k) == "present" and k[1] in session.codes)
    session.decide(ALEX, *key, "not_mentioned")
    session.close()


def with_sheet(root: Path) -> None:
    import io

    import openpyxl

    coded(root)
    session = ReviewSession(load_project(root))
    book = openpyxl.load_workbook(io.BytesIO(sheet.write(session, ALEX)))
    for row in range(2, 40):
        book["Cells"].cell(row, sheet.FIXED + 1).value = "Accept"
    session.close()
    book.save(root / "back.xlsx")


def one_signature(project: Project) -> None:
    with Store(project.database) as store:
        assert [s.version for s, _ in store.sign_offs()] == ["1.0"]
    folders = [p.name for p in project.outputs.iterdir() if "signed" in p.name]
    assert folders == ["signed-1"], folders


def nothing_edited(project: Project) -> None:
    assert not list(project.outputs.glob("*-v*")), "a draft of ours was taken for an edited one"


def sheet_once(project: Project) -> None:
    with Store(project.database) as store:
        decisions = store.decisions()
    assert len(decisions) == 38 == len({(d.document_id, d.theme) for d in decisions})


def deciding(root: Path, at: int) -> tuple[int, bool]:
    """Decide cells on the real page until its server is killed at a lasting step.

    Returns how many decisions the page confirmed, and whether it was killed.
    """
    import re
    import subprocess
    import sys

    import httpx

    command = [
        sys.executable,
        kills.__file__,
        str(at),
        str(root),
        "review",
        "--project",
        str(root),
        "--port",
        "0",
        "--no-browser",
        *PERSON,
    ]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr
    confirmed, killed = 0, False
    try:
        address = next(found[0] for line in server.stderr if (found := re.search(r"http://\S+", line)))
        base = address.split("/?")[0].rstrip("/")
        session = ReviewSession(load_project(root))
        keys = session.open_cells(ALEX)[:DECIDED]
        session.close()
        with httpx.Client(
            follow_redirects=False, headers={"origin": "http://" + base.split("//")[1].split("/")[0]}
        ) as browser:
            browser.get(address)
            for document, key in keys:
                page = browser.get(f"{base}/cell/{document}/{key}").text
                csrf, seen = (re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("csrf", "seen"))
                assert csrf and seen
                form = {"csrf": csrf[1], "seen": seen[1], "value": "not_mentioned"}
                confirmed += browser.post(f"{base}/cell/{document}/{key}", data=form).status_code == 303
    except (httpx.TransportError, StopIteration):
        killed = True
    finally:
        server.kill()
        server.wait()
        server.stderr.close()
    return confirmed, killed


DECIDED = 80 if EVERY else 12
"""Cells that are decided on the page while it is killed."""
PERSON = ("--name", ALEX.name, "--role", ALEX.role)
STORIES = {
    "run": Story(["run"], uncoded, holds=[nothing_edited]),
    "brief": Story(["brief"], drafted, holds=[nothing_edited]),
    "sign-off": Story(
        ["sign-off", "--name", "Dee", "--role", "Director"], decided, again=(0, 1), holds=[one_signature]
    ),
    "sheet": Story(
        ["sheet", "read", "back.xlsx", "--name", "Alex Reader", "--role", "Analyst", "--yes"],
        with_sheet,
        again=(0, 1),
        holds=[sheet_once],
    ),
    "include": Story(["exclude", f"{REVIEWS[0]}.pdf", "--reason", "Not ours."], coded, again=(0, 2)),
    "codebook": Story(["codebook", "split", "workforce", "--name", "Alex", "--yes"], coded, again=(0, 2, 3)),
}


def arguments_of(story: Story, root: Path) -> list[str]:
    own = [str(root / a) if a.endswith(".xlsx") else a for a in story.arguments]
    return [*own, "--project", str(root)]


def state(root: Path) -> dict[str, object]:
    """What must be the same whether a command was killed on the way or not."""
    project = load_project(root)
    exported = json.loads(export(project).model_dump_json())
    for document in exported["documents"]:
        for theme in document["themes"].values():
            if theme["decision"]:
                theme["decision"] = {k: v for k, v in theme["decision"].items() if k != "at"}
    with Store(project.database) as store:
        signed = paper_state(project, store)
    names = sorted(
        p.relative_to(root).as_posix() for p in project.outputs.rglob("*") if p.is_file() and not p.name.startswith(".")
    )
    return {
        "documents": exported["documents"],
        "decisions": exported["record"]["decisions"],
        "state": (signed.is_signed, signed.since),
        "files": names,
    }


def sound(root: Path, before: int) -> None:
    """What must hold right after a kill."""
    project = load_project(root)
    with Store(project.database) as store:
        finish(project, store)
        assert store.head()[0] >= before, "a decision is lost"
    assert audit(project) == []


def follow(story: Story, root: Path, expected: dict[str, object], before: int) -> None:
    sound(root, before)
    code = kills.run(arguments_of(story, root))
    assert code in story.again, code
    for holds in story.holds:
        holds(load_project(root))
    assert state(root) == expected


@pytest.mark.parametrize("name", STORIES)
def test_killed_at_each_lasting_step(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    story = STORIES[name]
    story.start(tmp_path / "start")
    with Store(load_project(tmp_path / "start").database) as store:
        before = store.head()[0]
    copy_project(tmp_path / "start", tmp_path / "whole")
    assert kills.run(arguments_of(story, tmp_path / "whole")) in (0, 1)
    expected = state(tmp_path / "whole")
    step, every = 1, 1 if EVERY else 5
    while True:
        root = tmp_path / f"k{step}"
        copy_project(tmp_path / "start", root)
        if kills.run(arguments_of(story, root), root, at=step) != -9:
            break
        follow(story, root, expected, before)
        shutil.rmtree(root)
        step += every
    assert step > 1, "no step was seen"
    record_property("times", (step - 1) // every)


def test_the_page_killed_while_somebody_decides(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    coded(tmp_path / "start")
    tries = 0
    for at in range(1, 74 if EVERY else 30, 1 if EVERY else 6):
        root = tmp_path / f"k{at}"
        copy_project(tmp_path / "start", root)
        confirmed, killed = deciding(root, at)
        tries += killed
        sound(root, confirmed)
        with Store(load_project(root).database) as store:
            decisions = store.decisions()
        assert len(decisions) in (confirmed, confirmed + 1), "the page confirmed what is not there, or the reverse"
        assert len({(d.document_id, d.theme) for d in decisions}) == len(decisions)
        shutil.rmtree(root)
    record_property("times", tries)


def waiting(root: Path, server: FakeServer) -> None:
    """A review that waits for a model which takes batches."""
    project = init_project(root)
    shutil.copyfile(next(ROOT.glob(f"fixtures/batch-*/{REVIEWS[0]}.pdf")), project.inbox / f"{REVIEWS[0]}.pdf")
    settings = f'[llm]\nbase_url = "{server.base_url}"\nmodel = "{MODEL}"\n'
    (root / "project.toml").write_text(f'name = "Killed"\n{settings}', "utf-8")


@pytest.mark.parametrize("command", ["send", "collect"])
def test_a_batch_killed_at_each_lasting_step(
    command: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    at, tries, asked = 0, 0, None
    while True:
        at += 1 if EVERY else 4
        root = tmp_path / f"k{at}"
        with FakeServer(remember=False, batch_looks=0) as server:
            waiting(root, server)
            if command == "collect":
                assert kills.run(["batch", "send", "--project", root]) == 0
            killed = kills.run(["batch", command, "--project", root], root, at=at) == -9
            sound(root, 0)
            if killed and command == "send":
                kills.run(["batch", "send", "--project", root])
            assert len(server.batches.jobs) == 1, "it is paid once"
            assert kills.run(["batch", "collect", "--project", root]) in ((0, 3) if command == "collect" else (0,))
            assert kills.run(["run", "--coder", "llm", "--project", root]) == 0
            assert server.asked == 0, "every question was answered from the batch"
            with Store(load_project(root).database) as store:
                found = store.tokens([d.id for d in store.documents()])
            asked = asked or found
            assert found == asked and [d.status for d in Store(load_project(root).database).documents()] == ["coded"]
        shutil.rmtree(root)
        if not killed:
            break
        tries += 1
    assert tries
    record_property("times", tries)


@pytest.mark.parametrize("name", STORIES)
def test_killed_at_random_moments(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    story, chance = STORIES[name], random.Random(name)
    story.start(tmp_path / "start")
    with Store(load_project(tmp_path / "start").database) as store:
        before = store.head()[0]
    copy_project(tmp_path / "start", tmp_path / "whole")
    began = time.monotonic()
    kills.run(arguments_of(story, tmp_path / "whole"))
    took, expected = time.monotonic() - began, state(tmp_path / "whole")
    tries = 18 if EVERY else 2
    for nth in range(tries):
        root = tmp_path / f"r{nth}"
        copy_project(tmp_path / "start", root)
        process = kills.start(arguments_of(story, root))
        process.join(chance.uniform(0.02, took))
        process.kill()
        process.join()
        follow(story, root, expected, before)
        shutil.rmtree(root)
    record_property("times", tries)


def test_commands_beside_each_other_lose_nothing(tmp_path: Path) -> None:
    """Others look into the project, and close it, while one signs: what was confirmed is there."""
    decided(tmp_path / "start")
    for nth in range(20 if EVERY else 5):
        root = tmp_path / f"s{nth}"
        copy_project(tmp_path / "start", root)
        signing, others = kills.start(["sign-off", "--name", "Dee", "--role", "Director", "--project", root]), []
        while signing.is_alive():
            others.append(kills.start(["status", "--project", root]))
            signing.join(0.05)
        for other in others:
            other.join()
        assert signing.exitcode == 0
        one_signature(load_project(root))
        assert audit(load_project(root)) == []
        shutil.rmtree(root)
