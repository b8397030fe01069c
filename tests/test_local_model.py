"""A model file on this computer.

A stand-in package of the same name, written for these tests, loads and serves it; tests/live has the real one.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from served import heeds_ctrl_c

from scr_llm.errors import NothingDoneError, UsageError
from scr_llm.llm import Endpoint, Question, YesNoProbability
from scr_llm.llm.local import NOT_SERVED, hash_of_model, serving
from scr_llm.models.options import endpoint_of
from scr_llm.project import init_project, load_project
from scr_llm.store import Store
from scr_llm.store.backends import backend_of

ROOT = Path(__file__).parent.parent
FEW = """version: '1'
title: Few
codes:
  - {id: alcohol_misuse, label: Alcohol misuse, definition: A parent drank., core: true, polarity: feature,
     wordings: [alcohol, intoxicated, drinking], question: q}
"""
PLAYED = '''
"""Does with a model file what the file says."""
import os, sys, time
from pathlib import Path
from types import SimpleNamespace
from scr_llm.llm.fake import BEHAVIOURS, FakeServer

class CommonParams:
    def __init__(self):
        self.model = SimpleNamespace(path="")
        self.cpuparams, self.cpuparams_batch = SimpleNamespace(), SimpleNamespace()

class Server:
    def __init__(self, params):
        file = Path(params.model.path)
        file.with_suffix(".pid").write_text(str(os.getpid()))
        how = file.read_bytes()[4:].decode()
        if how == "crash":
            os.abort()
        if how == "slow":
            time.sleep(60)
        if how == "broken":
            print("0.00.047.426 E llama_model_load: error loading model: tensor 'x' is incomplete", file=sys.stderr)
            raise RuntimeError("Failed to init server")
        assert params.hostnames == ["127.0.0.1"] and params.port == 0 and len(params.api_keys[0]) > 30
        self.server = FakeServer([BEHAVIOURS[how]], repeat=True)
        self.server.__enter__()
        self.listening_address = self.server.base_url.removesuffix("/v1")
'''


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the package that serves: its file."""
    (tmp_path / "packages").mkdir()
    package = tmp_path / "packages/xllamacpp.py"
    package.write_text(PLAYED)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "packages"), str(ROOT)]))
    return package


def project(folder: Path, llm: str, model: bytes | None = b"GGUFanswers") -> Path:
    root = init_project(folder / "p").root
    with (root / "project.toml").open("a") as settings:
        settings.write(f"\n[llm]\n{llm}\n")
    (root / "codebook.yaml").write_text(FEW)
    shutil.copy(ROOT / "fixtures/batch-1/corriford-child-1.pdf", root / "inbox")
    if model is not None:
        (root / "tiny.gguf").write_bytes(model)
    return root


def scr(root: Path, *arguments: str, expect: int = 0) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-m", "scr_llm", *arguments, "--project", str(root)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == expect, (done.stdout, done.stderr)
    return done


def ends(file: Path) -> bool:
    """Whether the process that noted its id beside a model file ends, or has ended."""
    pid = int(file.with_suffix(".pid").read_text())
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.1)
    return False


def test_a_model_file_needs_no_address_and_no_name(tmp_path: Path) -> None:
    root = project(tmp_path, 'file = "tiny.gguf"')
    llm = load_project(root).settings.llm
    assert llm.is_set and (llm.model, llm.base_url, llm.max_concurrency, llm.timeout_s) == ("tiny", "", 1, 600)
    endpoint = endpoint_of(load_project(root))
    assert endpoint.base_url == NOT_SERVED and endpoint.file_sha256 == hash_of_model(root / "tiny.gguf")
    assert endpoint.recorded == f"this computer, file tiny.gguf, SHA-256 {endpoint.file_sha256}"
    elsewhere = tmp_path / "models"
    elsewhere.mkdir()
    shutil.move(root / "tiny.gguf", elsewhere / "tiny.gguf")
    toml = (
        (root / "project.toml")
        .read_text()
        .replace(
            '"tiny.gguf"', f'"{(elsewhere / "tiny.gguf").as_posix()}"\nmodel = "mine"\nat_once = 2\ntimeout_s = 30'
        )
    )
    (root / "project.toml").write_text(toml)
    found = load_project(root)
    assert (found.settings.llm.model, found.settings.llm.max_concurrency, found.settings.llm.timeout_s) == (
        "mine",
        2,
        30,
    )
    assert endpoint_of(found).recorded == endpoint.recorded


def test_a_file_and_an_address_are_refused_with_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path, 'base_url = "http://127.0.0.1:9/v1"\nfile = "tiny.gguf"')
    line = (root / "project.toml").read_text().splitlines().index('file = "tiny.gguf"') + 1
    with pytest.raises(UsageError, match=rf"project\.toml, line {line}: llm\.file: base_url is set too"):
        load_project(root)
    (root / "project.toml").write_text(
        (root / "project.toml").read_text().replace('base_url = "http://127.0.0.1:9/v1"\nfile', "file")
    )
    assert load_project(root).settings.llm.is_set
    monkeypatch.setenv("SCR_LLM_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(UsageError, match=rf"line {line - 1}: llm\.file: .*SCR_LLM_BASE_URL"):
        load_project(root)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("tiny.gguf", None, "does not exist. Correct"),
        ("tiny.gguf", b"", "is not a GGUF file. Get"),
        ("tiny.gguf", b"PK\3\4 a ZIP", "is not a GGUF file. Get"),
        ("tiny-00001-of-00003.gguf", b"GGUF", "is one part of a model. Join"),
    ],
)
def test_what_is_no_model_file_is_named_with_the_next_step(
    tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=why):
        hash_of_model(tmp_path / name)


def test_the_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)  # as if it were not installed
    (tmp_path / "tiny.gguf").write_bytes(b"GGUF")
    with (
        pytest.raises(UsageError, match=re.escape('pip install "scr-llm[local]"')),
        serving(Endpoint(NOT_SERVED, "tiny"), tmp_path / "tiny.gguf", context_tokens=8192, max_concurrency=1),
    ):
        pass


def test_another_file_of_the_same_name_is_another_model(tmp_path: Path) -> None:
    root = project(tmp_path, 'file = "tiny.gguf"')
    question = Question("q", "system", "user", YesNoProbability)
    before = endpoint_of(load_project(root))
    (root / "tiny.gguf").write_bytes(b"GGUF, and something else")
    after = endpoint_of(load_project(root))
    assert before.file_sha256 != after.file_sha256 and question.key(before) != question.key(after)
    assert question.key(Endpoint("http://127.0.0.1:1/v1", "tiny")) == question.key(
        Endpoint("http://127.0.0.1:2/v1", "tiny")
    )


@pytest.mark.slow
@pytest.mark.usefixtures("played")
@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("crash", r"ended while it loaded the model \(exit code -?\d+\); memory may have run out"),
        ("broken", r"tiny\.gguf cannot be loaded: tensor 'x' is incomplete\. Copy or download"),
        ("slow", r"was not loaded within 3 seconds\."),
    ],
)
def test_a_server_that_does_not_start_is_an_error_with_a_next_step(tmp_path: Path, how: str, why: str) -> None:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"GGUF" + how.encode())
    with (
        pytest.raises(NothingDoneError, match=why),
        serving(Endpoint(NOT_SERVED, "tiny"), file, context_tokens=8192, max_concurrency=1, limit_s=3),
    ):
        pass
    assert ends(file)


@pytest.mark.usefixtures("played")
def test_too_little_memory_is_said_before_anything_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "huge.gguf"
    with file.open("wb") as sparse:
        sparse.truncate(psutil.virtual_memory().total + 1)
    with (
        pytest.raises(NothingDoneError, match=r"GB are free\. Close other programs"),
        serving(Endpoint(NOT_SERVED, "huge"), file, context_tokens=8192, max_concurrency=1),
    ):
        pass
    assert not file.with_suffix(".pid").exists()


@pytest.mark.usefixtures("played")
@pytest.mark.slow
def test_a_run_serves_the_file_and_ends_the_server(tmp_path: Path) -> None:
    root = project(tmp_path, 'file = "tiny.gguf"')
    file = root / "tiny.gguf"
    shown = scr(root, "preview")
    assert "To: this computer, file tiny.gguf, model tiny" in shown.stderr and not file.with_suffix(".pid").exists()
    scr(root, "run")
    assert ends(file)
    coder = json.loads(scr(root, "export", "--format", "json").stdout)["coder"]
    where = f"this computer, file tiny.gguf, SHA-256 {hash_of_model(file)}"
    assert coder["kind"] == "llm" and coder["model"] == "tiny" and coder["endpoint"] == where
    with Store(load_project(root).database) as store:
        assert {call.endpoint for call in store.calls()} == {where}
    file.with_suffix(".pid").unlink()
    told = scr(root, "doctor").stdout
    assert (
        "Model: tiny of the file tiny.gguf, on this computer. Nothing leaves it." in told
        and "It answers and serves" in told
        and ends(file)
    )
    file.with_suffix(".pid").unlink()
    scr(root, "brief", "--prose")
    assert ends(file)
    assert "takes no batches" in scr(root, "batch", "send", expect=2).stderr


@pytest.mark.slow
@pytest.mark.usefixtures("played")
def test_qualifying_and_evaluating_end_the_server_too(tmp_path: Path) -> None:
    root = project(tmp_path, 'file = "tiny.gguf"\nstrategy = "judge"')
    scr(root, "doctor", "--qualify")
    assert ends(root / "tiny.gguf") and '["tiny"]' in (root / "qualified.toml").read_text()
    scr(root, "run", "--coder", "rules")
    (root / "tiny.pid").unlink()
    scr(root, "evaluate", "--gold", str(ROOT / "fixtures/gold"), "--coder", "llm", expect=1)
    assert ends(root / "tiny.gguf")


@pytest.fixture
def hanging(tmp_path: Path, played: Path) -> "Iterator[tuple[subprocess.Popen[str], Path]]":
    """A run that waits for a model that never answers."""
    assert played.is_file()
    root = project(tmp_path, 'file = "tiny.gguf"', b"GGUFhangs")
    command = [sys.executable, "-m", "scr_llm", "run", "--project", str(root)]
    run = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=heeds_ctrl_c
    )
    try:
        for _ in range(300):
            if backend_of(load_project(root).database).is_there():
                with Store(load_project(root).database) as store:
                    if store.calls():
                        break
            time.sleep(0.1)
        yield run, root / "tiny.gguf"
    finally:
        run.kill()
        run.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_ctrl_c_ends_the_run_and_the_server(hanging: "tuple[subprocess.Popen[str], Path]") -> None:
    run, file = hanging
    os.killpg(run.pid, signal.SIGINT)
    assert "Stopped" in run.communicate(timeout=20)[1]
    assert ends(file)


def test_a_server_does_not_outlive_a_run_that_was_killed(hanging: "tuple[subprocess.Popen[str], Path]") -> None:
    run, file = hanging
    run.kill()
    run.wait()
    assert ends(file)
