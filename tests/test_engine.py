"""A run on Ray gives what a run on this computer gives, whatever is killed meanwhile.

`make test-ray` runs all of it; without Ray, only what needs none.
"""

import importlib.util
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from test_apart import bomb, loop

from scr_llm import Workspace
from scr_llm.codebook import load_codebook
from scr_llm.engines.one_document import code_document
from scr_llm.engines.worker import Done, Work, Worker
from scr_llm.errors import FileError, StopError, UsageError
from scr_llm.llm.fake import MODEL
from scr_llm.project import load_project
from scr_llm.records import Codebook, DraftCoding, Reading
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.read.apart import Limits
from scr_llm.store import Store
from scr_llm.store.backends import backend_of

ROOT = Path(__file__).parent.parent
REVIEWS = sorted((ROOT / "fixtures/batch-1").glob("*.pdf"))
INSTALLED = all(importlib.util.find_spec(name) for name in ("ray", "pyarrow"))
LIMITS = "seconds = 180 ", "seconds = 60 ", "megabytes = 1500 ", "megabytes = 600 "


def on_ray(test: Callable[..., None]) -> Callable[..., None]:
    """A test that starts Ray."""
    marks = (
        pytest.mark.ray,
        pytest.mark.slow,
        pytest.mark.skipif(not INSTALLED, reason='Ray is not installed: pip install "scr-llm[ray]"'),
    )
    for mark in marks:
        test = mark(test)
    return test


def scr(*args: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scr_llm", *map(str, args)], cwd=cwd, capture_output=True, text=True, timeout=300
    )


def started(root: Path, engine: str = "ray") -> "subprocess.Popen[str]":
    """A run, under way."""
    command = [sys.executable, "-m", "scr_llm", "run", "--engine", engine]
    return subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True)


def made(folder: Path, files: list[Path] = REVIEWS, settings: str = "") -> Path:
    """A project with some reviews, by the same name in every folder."""
    assert scr("init", "p", cwd=folder).returncode == 0
    for file in files:
        shutil.copy(file, folder / "p/inbox")
    with (folder / "p/project.toml").open("a") as out:
        out.write(settings)
    return folder / "p"


def exports(root: Path) -> tuple[str, str]:
    return tuple(scr("export", "--format", form, "--out", "-", cwd=root).stdout for form in ("json", "csv"))  # type: ignore[return-value]


def statuses(root: Path) -> list[tuple[str, str, str | None, str]]:
    with Store(load_project(root).database) as store:
        return sorted((d.file, d.status, d.reason, d.next_step) for d in store.documents())


def coded_by_now(root: Path) -> int:
    there = backend_of(load_project(root).database).is_there()
    return sum(status == "coded" for _, status, *_ in statuses(root)) if there else 0


def wait_for(happened: Callable[[], Any], seconds: float = 120) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := happened():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def workers(run: int) -> list[psutil.Process]:
    """The workers of a run's Ray."""
    found = []
    for process in psutil.Process(run).children(recursive=True):
        try:
            if process.cmdline()[:1] and process.cmdline()[0].startswith("ray::MapWorker"):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What a run on this computer exports."""
    root = made(tmp_path_factory.mktemp("local"))
    assert scr("run", cwd=root).returncode == 0
    return exports(root)


@pytest.mark.skipif(INSTALLED, reason="Ray is installed")
def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    root = made(tmp_path, REVIEWS[:1])
    ran = scr("run", "--engine", "ray", cwd=root)
    assert ran.returncode == 2
    assert 'pip install "scr-llm[ray]"' in ran.stderr


def test_nothing_is_read_on_a_cluster_that_nobody_approved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace.create(tmp_path / "p")
    settings = tmp_path / "p/project.toml"
    written = settings.read_text()
    settings.write_text(written + '\n[engine]\naddress = "10.0.0.1:6379"\n')
    with pytest.raises(UsageError, match="approved_by and region"):
        Workspace.open(workspace.project.root).run("rules", engine="ray")
    approved = '\n[engine]\naddress = "10.0.0.1:6379"\nregion = "here"\napproved_by = "A. Name"\n'
    settings.write_text(written + approved)
    with pytest.raises(UsageError, match="nobody agreed"):
        Workspace.open(workspace.project.root).run("rules", engine="ray")
    monkeypatch.setenv("RAY_ADDRESS", "10.0.0.2:6379")  # the approval is for another address
    with pytest.raises(UsageError, match=r"10\.0\.0\.2:6379 may have other computers"):
        Workspace.open(workspace.project.root).run("rules", engine="ray")
    with pytest.raises(UsageError, match="there is no engine dask"):
        Workspace.open(workspace.project.root).run("rules", engine="dask")


@pytest.mark.slow
def test_a_worker_gives_what_is_made_here(tmp_path: Path) -> None:
    book = load_codebook(made(tmp_path, []) / "codebook.yaml")
    coder = EmbeddedCoder(embedded_identity(book))
    worker = Worker(Work(Limits(seconds=60, megabytes=600), coder, None, book))
    done = came_of(worker, REVIEWS[0])
    assert isinstance(done.reading, Reading)
    assert done.made == code_document(coder, done.reading, book)
    assert "memory" in str(came_of(worker, bomb(tmp_path / "bomb.pdf")).reading)
    gone = came_of(worker, tmp_path / "gone.pdf").reading
    assert isinstance(gone, FileError) and "under the same path" in str(gone)
    other = came_of(Worker(Work(Limits(), coder, None, book, version="0.0.1")), REVIEWS[0]).reading
    assert isinstance(other, StopError) and "Install the same version" in str(other)


def came_of(worker: Worker, file: Path) -> Done:
    done = pickle.loads(worker({"path": str(file), "id": "d", "sha256": ""})["done"])
    assert isinstance(done, Done)
    return done


@on_ray
def test_hostile_files_have_the_same_statuses(tmp_path: Path) -> None:
    found = []
    for engine in ("local", "ray"):
        root = made(tmp_path / engine if (tmp_path / engine).mkdir() is None else tmp_path, REVIEWS[:3])
        settings = (root / "project.toml").read_text()
        for old, new in zip(LIMITS[::2], LIMITS[1::2], strict=True):
            settings = settings.replace(old, new)
        (root / "project.toml").write_text(settings)
        bomb(root / "inbox/bomb.pdf")
        loop(root / "inbox/loop.pdf")
        (root / "inbox/empty.pdf").write_bytes(b"")
        shutil.copy(REVIEWS[0], root / "inbox/zz copy.pdf")
        assert scr("run", "--engine", engine, cwd=root).returncode == 1
        found.append((statuses(root), exports(root)))
    assert found[0] == found[1]
    assert {file: status for file, status, *_ in found[0][0]}["bomb.pdf"] == "unreadable"


@on_ray
def test_a_killed_worker_loses_nothing(tmp_path: Path, local: tuple[str, str]) -> None:
    root = made(tmp_path)
    run = started(root)
    wait_for(lambda: coded_by_now(root) >= 1)
    victim = wait_for(lambda: workers(run.pid))[0]
    victim.send_signal(signal.SIGKILL)
    _, said = run.communicate(timeout=300)
    assert run.returncode == 0, said
    assert exports(root) == local


@on_ray
def test_a_killed_run_goes_on_and_leaves_nothing_behind(tmp_path: Path, local: tuple[str, str]) -> None:
    root = made(tmp_path)
    run = started(root)
    wait_for(lambda: coded_by_now(root) >= 2)
    children = psutil.Process(run.pid).children(recursive=True)
    run.send_signal(signal.SIGKILL)
    run.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert {process.name() for process in alive} <= {"ray::RuntimeEnvAgent", "ray::DashboardAgent"}  # they see no text
    before = coded_by_now(root)
    assert 2 <= before < len(REVIEWS)
    again = started(root)
    _, said = again.communicate(timeout=300)
    assert f"{before} kept from before" in said
    assert exports(root) == local
    _, alive = psutil.wait_procs(alive, timeout=150)
    assert not alive
    assert not list(Path(tempfile.gettempdir()).glob(f"scr-ray-{run.pid}-*"))


class EndsItsProcess(EmbeddedCoder):
    """Ends the process that codes one document, wherever Ray does that."""

    def __reduce__(self) -> Any:
        return EndsItsProcess, (self._identity,)

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        if os.getpid() != int(os.environ["SCR_TEST_RUN"]) and "Corriford" in reading.pages[0].text:
            os._exit(9)
        return super().code(reading, codebook)


@on_ray
def test_a_document_that_ends_its_process_ends_no_worker(tmp_path: Path) -> None:
    """Ray would give it to one worker after the other, without end."""
    script = (
        "import os, sys\n"
        "from scr_llm.models.coders import ReadyCoder\n"
        "from test_engine import EndsItsProcess, Workspace, embedded_identity, load_codebook\n"
        "if __name__ == '__main__':\n"
        "    os.environ['SCR_TEST_RUN'] = str(os.getpid())\n"
        "    workspace = Workspace.open('p')\n"
        "    coder = EndsItsProcess(embedded_identity(load_codebook(workspace.project.codebook_path)))\n"
        "    print(len(workspace.run(ReadyCoder(coder), engine='ray').coded))\n"
    )
    made(tmp_path, REVIEWS[:3])
    (tmp_path / "run.py").write_text(script)
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    ran = subprocess.run(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.stdout.strip() == "3", ran.stderr


@on_ray
def test_a_model_that_dies_leaves_the_statuses_of_a_local_run(tmp_path: Path) -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    for engine in ("local", "ray"):
        (tmp_path / engine).mkdir()
        root = made(tmp_path / engine, REVIEWS[:3])
        with model_at() as (server, address):
            set_model(root, address)
            run = started(root, engine=engine)
            wait_for(lambda root=root: len(calls(root)) >= 30)
            server.kill()
            _, said = run.communicate(timeout=300)
        assert run.returncode == 1, said
        assert "No usable reply" in said
        asked, found[engine] = len(calls(root)), [row[:2] for row in statuses(root)]
        with model_at() as (_, address):
            set_model(root, address)
            assert scr("run", "--engine", engine, cwd=root).returncode == 0
            with urllib.request.urlopen(f"{address}/bodies") as answer:
                again = len(json.loads(answer.read()))
            assert len(calls(root)) == asked + again  # each is noted, and nothing else
            assert len(set(calls(root))) == 3 * 26
    assert found["ray"] == found["local"]
    assert {status for _, status in found["ray"]} == {"coded", "failed"}


def calls(root: Path) -> list[str]:
    if not backend_of(load_project(root).database).is_there():
        return []
    with Store(load_project(root).database) as store:
        return [call.sha256 for call in store.calls()]


def set_model(root: Path, address: str) -> None:
    settings = (root / "project.toml").read_text().partition("\n[llm]\nbase")[0]
    model = f'\n[llm]\nbase_url = "{address}"\nmodel = "{MODEL}"\nmax_concurrency = 1\n'
    (root / "project.toml").write_text(settings + model)


@contextmanager
def model_at() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A model's server that can be killed, and its address."""
    command = [sys.executable, str(ROOT / "bench/asking_server.py"), "0.1"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        yield server, server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()


@on_ray
def test_a_cluster_of_others_is_told_apart_and_logged(tmp_path: Path, local: tuple[str, str]) -> None:
    cluster = subprocess.Popen(
        [sys.executable, "-c", CLUSTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert cluster.stdin and cluster.stdout
    try:
        address, token = cluster.stdout.readline().split()
        approved = f'\n[engine]\naddress = "{address}"\nregion = "this room"\napproved_by = "A. Name"\n'
        root = made(tmp_path, settings=approved)
        env = os.environ | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token}
        run = subprocess.run(
            [sys.executable, "-m", "scr_llm", "run", "--engine", "ray", "--yes"],
            cwd=root,
            env=env,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr
        assert exports(root) == local
        with Store(load_project(root).database) as store:
            given = {(c.endpoint, c.sha256, c.bytes_out) for c in store.calls()}
            assert given == {(address, d.sha256, d.bytes) for d in store.documents()}
    finally:
        cluster.communicate("end\n", timeout=60)


CLUSTER = """
import os, secrets, sys, tempfile
os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
import ray
with tempfile.TemporaryDirectory(prefix="scr-") as folder:
    ray.init(address="local", num_cpus=2, object_store_memory=200_000_000, include_dashboard=False, _temp_dir=folder,
             logging_level=40)
    print(ray.get_runtime_context().gcs_address, os.environ["RAY_AUTH_TOKEN"], flush=True)
    sys.stdin.readline()
    ray.shutdown()
"""
