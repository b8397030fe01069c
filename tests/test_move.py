"""Moving a project between SQLite and PostgreSQL: whole, proved, and never by half."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from databases import Server, copy_project, raw, without_rules
from served import ROOT, coded_project, decide_all

from scr_llm.audit import audit
from scr_llm.errors import RefusedError, ScrError, StoreError, UsageError
from scr_llm.governance.erase import forget
from scr_llm.governance.move import move
from scr_llm.project import Project, load_project
from scr_llm.records import Database, KeptReply, LogEntry, ModelCall
from scr_llm.reports.export import export
from scr_llm.review import sign_off as signing
from scr_llm.settings import StoreSettings
from scr_llm.store import Store
from scr_llm.store.copying import Summary, summary

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SCR_LLM_STORE_URL", raising=False)
        root = coded_project(tmp_path_factory.mktemp("moved") / "p")
        decide_all(root)
        with Store(load_project(root).database) as store:
            call = ModelCall(at="2026-01-01", endpoint="https://models.example/v1", model="m", bytes_out=9, sha256="s")
            store.log_call(call)
            store.keep_reply("k", KeptReply(at="t", model="m", raw='\0{"a": "‘é’ \U0001f600"}', prompt_tokens=1))
            store.note_act(LogEntry(at="2026-01-01T00:00:00+00:00", who="A", act="ran", text="x"))
        signing.sign_off(load_project(root), "Dee Director", "Director")
        yield root


@pytest.fixture
def project(signed: Path, tmp_path: Path) -> Project:
    return load_project(copy_project(signed, tmp_path / "p"))


@pytest.fixture
def there(server: Server) -> StoreSettings:
    return StoreSettings.model_validate({"url": server.url, "schema": server.schema().namespace})


def held(database: Database) -> Summary:
    with Store(database, moved=True) as store, store.held() as connection:
        return summary(connection)


def test_there_and_back_again(project: Project, there: StoreSettings) -> None:
    settings = project.root / "project.toml"
    before, exported, text = held(project.database), export(project), settings.read_text("utf-8")
    assert before["decisions"][0] > 20 and before["sign_offs"][0] == 1 and before["replies"][0] == 1
    moved = move(project, there)
    on_server = load_project(project.root)
    assert on_server.database.url == there.url and on_server.database.namespace == there.namespace
    assert moved.now.startswith("PostgreSQL at") and moved.left == str(project.store_path)
    assert held(on_server.database) == before == held(project.database)
    assert export(on_server) == exported and audit(on_server) == []
    assert settings.read_text("utf-8").startswith(text.rstrip("\n"))  # comments and order as they were
    with pytest.raises(StoreError, match=r"was moved to PostgreSQL .* goes on there"):
        Store(project.database)
    with pytest.raises(UsageError, match=r"Rename it"):
        move(on_server, StoreSettings())
    for path in list(project.root.glob("scr_llm.sqlite*")):
        path.rename(path.with_name(f"old-{path.name}"))
    move(on_server, StoreSettings())
    back = load_project(project.root)
    assert not back.database.url and held(back.database) == before and export(back) == exported and audit(back) == []
    assert settings.read_text("utf-8").rstrip("\n") == text.rstrip("\n")


def test_what_was_open_during_the_move_cannot_write_to_the_old_place(project: Project, there: StoreSettings) -> None:
    with Store(project.database) as store:
        stop, written, refused = threading.Event(), [0], list[str]()

        def write() -> None:
            while not stop.is_set():
                try:
                    store.note_act(LogEntry(at="2026-01-01T00:00:00+00:00", who="A", act="ran", text=str(written[0])))
                    written[0] += 1
                except ScrError as error:
                    refused.append(str(error))
                    return

        writer = threading.Thread(target=write)
        writer.start()
        move(project, there)
        stop.set()
        writer.join()
    with Store(load_project(project.root).database) as store:
        assert len(store.log(10**6)) == 1 + written[0]
    assert not refused or "goes on there" in refused[0]


def test_a_record_that_does_not_verify_is_not_moved(project: Project, there: StoreSettings) -> None:
    with raw(project.database) as connection:
        without_rules(connection)
    with pytest.raises(RefusedError, match=r"does not verify"):
        move(project, there)
    assert not load_project(project.root).database.url


def test_another_record_in_that_place_is_left_alone(project: Project, there: StoreSettings) -> None:
    other = replace(project, settings=project.settings.model_copy(update={"store": there}))
    with Store(other.database.model_copy(update={"signed": ""})) as store:
        store.note_act(LogEntry(at="2026-01-01T00:00:00+00:00", who="A", act="ran", text="x"))
    before = held(other.database)
    with pytest.raises(UsageError, match=r"holds another record.*--schema"):
        move(project, there)
    assert held(other.database) == before and not load_project(project.root).database.url
    with pytest.raises(UsageError, match="there already"):
        move(project, StoreSettings())


def come_so_far(server: Server, project: Project, schema: str, point: str) -> bool:
    """Whether a move has come to a point, as another program sees it."""
    schemas = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
    with server.admin("team") as admin, raw(project.database) as old:
        match point:
            case "staged":
                return admin.execute(schemas, [f"{schema}_moving"]).fetchone() is not None
            case "copied":
                there = admin.execute("SELECT to_regclass(%s)", [f"{schema}_moving.heads"]).fetchone()[0]
                return bool(there and admin.execute(f"SELECT 1 FROM {schema}_moving.heads").fetchone())
            case "published":
                return admin.execute(schemas, [schema]).fetchone() is not None
            case "marked":
                return old.execute("SELECT 1 FROM moves").fetchone() is not None
    return True


@pytest.mark.parametrize("point", ["at once", "staged", "copied", "published", "marked"])
def test_a_move_that_is_killed_goes_on_or_has_not_begun(
    project: Project, server: Server, there: StoreSettings, point: str
) -> None:
    before, exported = held(project.database), export(project)
    given = ["--project", str(project.root), "--to", there.url, "--schema", there.namespace]
    running = subprocess.Popen([sys.executable, "-m", "scr_llm", "move", *given], cwd=ROOT, stderr=subprocess.PIPE)
    while not come_so_far(server, project, there.namespace, point) and running.poll() is None:
        time.sleep(0.001)
    running.kill()
    running.communicate()
    now = load_project(project.root)
    try:  # whichever place project.toml names holds everything, or sends the person to finish the move
        with Store(now.database):
            pass
        assert held(now.database) == before
    except StoreError as error:
        assert "goes on there" in str(error) and "scr-llm move" in str(error)
    if not now.database.url:
        again = subprocess.run(
            [sys.executable, "-m", "scr_llm", "move", *given], cwd=ROOT, capture_output=True, text=True
        )
        assert again.returncode == 0 and f"stays as it was, closed for writing: {project.store_path}" in again.stderr
    after = load_project(project.root)
    assert after.database.url and held(after.database) == before and export(after) == exported and audit(after) == []
    with server.admin("team") as admin:
        asked = "SELECT 1 FROM pg_namespace WHERE nspname = %s"
        assert admin.execute(asked, [f"{there.namespace}_moving"]).fetchone() is None


def test_a_move_back_that_is_killed_leaves_no_half_of_a_file(project: Project, there: StoreSettings) -> None:
    before = held(project.database)
    move(project, there)
    for path in list(project.root.glob("scr_llm.sqlite*")):
        path.rename(path.with_name(f"old-{path.name}"))
    command = [sys.executable, "-m", "scr_llm", "move", "--project", str(project.root), "--to", "sqlite"]
    running = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)
    while not (parts := list(project.root.glob(".scr_llm.sqlite.*.part"))) and running.poll() is None:
        time.sleep(0.001)
    running.kill()
    running.communicate()
    assert parts and load_project(project.root).database.url and not project.store_path.exists()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    now = load_project(project.root)
    assert not now.database.url and held(now.database) == before and audit(now) == []
    assert not list(project.root.glob(".*.part*"))


def test_erasing_leaves_neither_the_schema_nor_the_old_file(
    project: Project, server: Server, there: StoreSettings
) -> None:
    move(project, there)
    forget(load_project(project.root))
    assert not project.store_path.exists()
    with server.admin("team") as admin:
        assert admin.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [there.namespace]).fetchone() is None


def test_an_administrators_schema_is_used_and_emptied(server: Server, tmp_path: Path) -> None:
    name = server.schema().namespace
    with server.admin("team") as admin:
        admin.execute(f"CREATE SCHEMA {name}")
        admin.execute(f"GRANT USAGE, CREATE ON SCHEMA {name} TO team")
    database = Database(file=tmp_path / "none", url=server.url, namespace=name)
    with Store(database) as store:
        store.note_act(LogEntry(at="2026-01-01T00:00:00+00:00", who="A", act="ran", text="x"))
        assert store.foreign_rules() == []
        store._backend.remove()
    with server.admin("team") as admin:
        assert admin.execute("SELECT 1 FROM pg_tables WHERE schemaname = %s", [name]).fetchone() is None
