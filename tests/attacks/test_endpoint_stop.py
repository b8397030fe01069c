"""The first Ctrl-C ends a run within two seconds, wherever it is, and says so; finished replies are kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from served import heeds_ctrl_c
from test_model_commands import project

from scr_llm.llm.fake import Answer, Behaviour, FakeServer, answers, fails, hangs, on_wire
from scr_llm.project import load_project
from scr_llm.store import Store
from scr_llm.store.backends import backend_of

WITHIN_S = 2.5
"""Two seconds and what a busy machine takes on top."""
SAID = "Stopped. Finished work is saved; run the command again to continue."
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "killpg"), reason="a terminal's Ctrl-C goes to a group of processes"),
]


@dataclass(frozen=True)
class Stage:
    """Where a run is when it is stopped."""

    name: str
    does: Behaviour
    settings: str = ""
    asked: int = 1
    """Requests that the server has had by then."""


def after_some(then: Behaviour, so_many: int = 4) -> Behaviour:
    asked = iter(range(10**6))
    return lambda request: (answers if next(asked) < so_many else then)(request)


SLOW_BODY = on_wire(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b" ", 1.0] * 100)
SLOW_HEAD = on_wire(b"HTTP/1.1 200 OK\r\nX: ", *[b"x", 1.0] * 100)
STAGES = [
    Stage("waiting for headers, side by side", hangs(60)),
    Stage("waiting for headers, one by one", hangs(60), "max_concurrency = 1"),
    Stage("headers that trickle", SLOW_HEAD),
    Stage("a body that trickles", SLOW_BODY),
    Stage("a body that trickles, one by one", SLOW_BODY, "max_concurrency = 1"),
    Stage("held by a 429", fails(429, headers={"Retry-After": "100"})),
    Stage("held by a 429, one by one", fails(429, headers={"Retry-After": "100"}), "max_concurrency = 1"),
    Stage("waiting to try again", fails(500)),
    Stage("in the midst of documents", after_some(hangs(60)), asked=5),
]


def interrupted(root: Path, ready: Any, command: str = "run") -> tuple[int, float, str]:
    """Start a command, wait until `ready`, press Ctrl-C once: exit code, seconds that it took, what was said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scr_llm", command, "--coder", "llm"],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heeds_ctrl_c,
    )
    try:
        given_up = time.monotonic() + 60
        while not ready() and process.poll() is None and time.monotonic() < given_up:
            time.sleep(0.02)
        time.sleep(0.3)
        assert process.poll() is None, "it had ended before it was stopped"
        pressed = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
        return process.returncode, time.monotonic() - pressed, said
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_the_first_ctrl_c_ends_the_run(stage: Stage, tmp_path: Path) -> None:
    with FakeServer(stage.does) as server:
        root = project(tmp_path, server.base_url, stage.settings)
        code, took, said = interrupted(root, lambda: server.asked >= stage.asked)
    assert code == 3 and took < WITHIN_S, (code, took, said)
    assert said.strip().endswith(SAID) and "Traceback" not in said
    with Store(load_project(root).database) as store:
        assert {d.status for d in store.documents()} <= ({"pending", "coded"} if stage.asked > 1 else {"pending"})


def test_ctrl_c_while_files_are_read(tmp_path: Path) -> None:
    root = project(tmp_path, "http://127.0.0.1:9/v1")

    def reading() -> bool:
        database = load_project(root).database
        if not backend_of(database).is_there():
            return False
        with Store(database) as store:
            return bool(store.documents())  # the files are noted, and the pool begins

    code, took, said = interrupted(root, reading)
    assert code == 3 and took < WITHIN_S, (code, took, said)
    assert said.strip().endswith(SAID)


def test_ctrl_c_ends_a_fairness_check_that_asks_side_by_side(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    def behave(request: dict[str, Any]) -> Answer:
        asked.append(request)
        return (hangs(60) if len(asked) > 1 else answers)(request)

    with FakeServer(behave) as server:
        root = project(tmp_path, server.base_url)
        command = [sys.executable, "-m", "scr_llm", "run", "--coder", "rules"]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
        code, took, said = interrupted(root, lambda: len(asked) > 2, "fairness")
    assert code == 3 and took < WITHIN_S and "Traceback" not in said, (code, took, said)


def test_what_was_finished_before_ctrl_c_is_not_asked_again(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []
    held = True

    def behave(request: dict[str, Any]) -> Answer:
        asked.append(request)
        return (hangs(60) if held and len(asked) > 2 else answers)(request)

    with FakeServer(behave) as server:
        root = project(tmp_path, server.base_url, "max_concurrency = 1")
        assert interrupted(root, lambda: len(asked) > 2)[0] == 3
        held = False
        done = subprocess.run(
            [sys.executable, "-m", "scr_llm", "run", "--coder", "llm"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0 and "2 answered from memory" in done.stderr
    assert [asked.count(request) for request in asked[:3]] == [1, 1, 2]


def test_ctrl_c_while_a_batch_is_sent(tmp_path: Path) -> None:
    with FakeServer() as server:
        root = project(tmp_path, server.base_url)
        begun: list[float] = []
        server.batches.after_begin = lambda: (begun.append(time.monotonic()), time.sleep(5))[0]
        process = subprocess.Popen(
            [sys.executable, "-m", "scr_llm", "batch", "send"],
            cwd=root,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=heeds_ctrl_c,
        )
        while not begun and process.poll() is None:
            time.sleep(0.02)
        pressed = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=30)[1]
        assert process.returncode == 3 and time.monotonic() - pressed < WITHIN_S and SAID in said
