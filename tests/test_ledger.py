"""A model is never asked the same thing twice, and every request is logged with its document."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scr_llm.llm.fake import MODEL, Answer, FakeServer, answers
from scr_llm.project import load_project
from scr_llm.store import Store

ROOT = Path(__file__).parent.parent


def answer(request: dict[str, Any]) -> Answer:
    time.sleep(0.02)
    return answers(request)


def project(folder: Path, server: FakeServer) -> Path:
    subprocess.run([sys.executable, "-m", "scr_llm", "init", "p"], cwd=folder, check=True, capture_output=True)
    for name in ("corriford-child-1", "dunvarrow-young-person-r"):
        shutil.copy(ROOT / f"fixtures/batch-1/{name}.pdf", folder / "p/inbox")
    with (folder / "p/project.toml").open("a") as settings:
        settings.write(f'\n[llm]\nbase_url = "{server.base_url}"\nmodel = "{MODEL}"\n')
    return folder / "p"


def run(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "scr_llm", "run", "--coder", "llm"], cwd=folder, stderr=subprocess.PIPE
    )


@pytest.mark.slow
def test_a_killed_run_repeats_no_finished_call(tmp_path: Path) -> None:
    with FakeServer(answer) as server:
        folder = project(tmp_path, server)
        kills = 0
        for stop in (5, 20, 33):
            process = run(folder)
            waited = time.monotonic() + 30
            while len(server.requests) < stop and process.poll() is None and time.monotonic() < waited:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
        process = run(folder)
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
        times = Counter(json.dumps(request) for request in server.requests)
        assert len(times) == 2 * 26  # 24 themes, the case and the items, each document in one window
        # Only what was under way when it was killed: four requests at one time, unless the settings say otherwise.
        assert sum(count - 1 for count in times.values()) <= 4 * kills
        before = len(server.requests)
        with Store(load_project(folder).database) as store:
            calls, ids = store.calls(), {d.id for d in store.documents()}
        assert before <= len(calls) <= before + 4 * kills  # noted before it is sent
        assert {c.document_id for c in calls} == ids
