"""Batches killed between two writes: nothing is paid for twice, nothing is lost, and the next command says so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import raw
from test_model_commands import project, scr

from scr_llm.llm.fake import FakeServer
from scr_llm.project import load_project
from scr_llm.records import Batch
from scr_llm.store import Store

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(batch_looks=0) as running:
        yield running


def kept(root: Path) -> int:
    with raw(load_project(root).database) as database:
        return int(database.execute("SELECT count(*) FROM replies").fetchone()[0])


def change(root: Path, statement: str) -> None:
    with raw(load_project(root).database) as database:
        database.execute(statement)


def killed_while_sending(root: Path, server: FakeServer, *, taken: bool) -> None:
    """`batch send`, killed before it records that the server has the batch (`taken`), or only the questions."""
    process = subprocess.Popen([sys.executable, "-m", "scr_llm", "batch", "send"], cwd=root, stderr=subprocess.DEVNULL)

    def kill() -> None:
        os.kill(process.pid, signal.SIGKILL)

    if taken:
        server.batches.after_begin = kill
    else:
        server.batches.after_upload = kill
    process.wait(timeout=60)
    server.batches.after_begin = server.batches.after_upload = lambda: None


def test_a_batch_that_arrived_is_found_again_and_not_paid_twice(tmp_path: Path, server: FakeServer) -> None:
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    killed_while_sending(root, server, taken=True)
    assert len(server.batches.jobs) == 1
    done = scr(root, "batch", "send").stderr
    assert "did arrive, as batch-1. It is not sent again" in done and len(server.batches.jobs) == 1
    assert "replies kept." in scr(root, "batch", "collect").stderr
    scr(root, "run")
    assert server.asked == 0


def test_collecting_finds_it_too(tmp_path: Path, server: FakeServer) -> None:
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    killed_while_sending(root, server, taken=True)
    said = scr(root, "batch", "collect").stderr
    assert "did arrive" in said and "replies kept." in said and len(server.batches.jobs) == 1


def test_a_batch_that_did_not_arrive_is_sent(tmp_path: Path, server: FakeServer) -> None:
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    killed_while_sending(root, server, taken=False)
    assert not server.batches.jobs and len(server.batches.files) == 1
    said = scr(root, "batch", "send").stderr
    assert "did not arrive" in said and "Sent:" in said and len(server.batches.jobs) == 1


@pytest.mark.parametrize("lists", [False, True])
def test_where_one_cannot_know_a_person_decides(tmp_path: Path, server: FakeServer, lists: bool) -> None:
    server.batches.lists, server.batches.keeps_metadata = lists, False
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    killed_while_sending(root, server, taken=True)
    for _ in range(2):
        said = scr(root, "batch", "send", expect=3).stderr
        assert "not known whether it arrived" in said and "--sent-as ID" in said and len(server.batches.jobs) == 1
    assert "not known whether it arrived" in scr(root, "batch", "collect", expect=1).stderr
    assert "nothing else to send" in scr(root, "batch", "send", "--sent-as", "batch-1").stderr
    assert "replies kept." in scr(root, "batch", "collect").stderr and len(server.batches.jobs) == 1


def test_a_person_who_says_that_it_did_not_arrive_sends_it(tmp_path: Path, server: FakeServer) -> None:
    server.batches.lists = False
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    killed_while_sending(root, server, taken=False)
    assert "Sent:" in scr(root, "batch", "send", "--not-sent").stderr and len(server.batches.jobs) == 1


def test_an_interrupted_send_to_another_address_is_not_taken_for_lost(tmp_path: Path, server: FakeServer) -> None:
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    killed_while_sending(root, server, taken=True)
    with FakeServer() as other:
        settings = (root / "project.toml").read_text()
        (root / "project.toml").write_text(settings.replace(server.base_url, other.base_url))
        assert f"it belongs to {server.base_url}" in scr(root, "batch", "send", expect=3).stderr
        (root / "project.toml").write_text(settings)
    assert "did arrive" in scr(root, "batch", "send").stderr


def test_a_send_that_was_refused_leaves_nothing_open(tmp_path: Path, server: FakeServer) -> None:
    server.batches.refuses = True
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    assert "(rejected)" in scr(root, "batch", "send", expect=1).stderr
    server.batches.refuses = False
    said = scr(root, "batch", "send").stderr
    assert "interrupted" not in said and "Sent:" in said


@pytest.mark.parametrize("lost", ["", "DELETE FROM replies WHERE key < '8'"])
def test_collecting_after_a_kill_is_quiet_and_right(tmp_path: Path, server: FakeServer, lost: str) -> None:
    """Collecting was killed before it recorded that it was done: all replies are in the database, or half of them."""
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    scr(root, "batch", "send")
    scr(root, "batch", "collect")
    whole = kept(root)
    change(root, "UPDATE batches SET collected = 0")
    if lost:
        change(root, lost)
    before = kept(root)
    said = scr(root, "batch", "collect").stderr
    assert said.splitlines() == [f"{whole - before} replies kept, {before} were kept before."] and kept(root) == whole
    with Store(load_project(root).database) as store:
        assert [b.collected for b in store.batches()] == [True]
    change(root, "UPDATE batches SET collected = 0")
    scr(root, "run")  # coded meanwhile: the same
    assert scr(root, "batch", "collect").stderr.splitlines() == [f"0 replies kept, {whole} were kept before."]


def test_odd_batches_are_named_and_do_not_stop_the_others(tmp_path: Path, server: FakeServer) -> None:
    root = project(tmp_path, server.base_url, names=("corriford-child-1",))
    scr(root, "batch", "send")
    with Store(load_project(root).database) as store:
        for name, where in (("batch-gone", server.base_url), ("batch-far", "https://example.org/v1")):
            at = "2026-01-01T00:00:00+00:00"
            store.save_batch(Batch(id=name, at=at, endpoint=where, keys=("k",), collected=False))
    said = scr(root, "batch", "collect", expect=1).stderr
    assert (
        "Batch batch-gone cannot be fetched" in said
        and "it belongs to https://example.org/v1" in said
        and "replies kept." in said
    )
