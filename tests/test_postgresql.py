"""What only a server can do to a record: many writers at once, killed clients, a restart, refusals, backups."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from databases import PASSWORD, Server, raw
from served import ALEX, ROOT, coded_project, review_page
from sqlalchemy.exc import IntegrityError
from test_store import decision, document

from scr_llm.audit import audit
from scr_llm.errors import StoreError, UsageError
from scr_llm.project import Project, init_project, load_project
from scr_llm.records import Database
from scr_llm.settings import StoreSettings
from scr_llm.store import Store
from scr_llm.store.backends.postgresql_errors import cause_of

EACH = 25
"""Decisions of each writer."""
WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from test_store import Database, Store, decision
with Store(Database.model_validate_json(sys.argv[1])) as store:
    for n in range(int(sys.argv[4])):
        store.append_decision(decision(reason=f"{sys.argv[3]}-{n}"))
"""
HOLDER = """
import sys, time
sys.path.insert(0, sys.argv[2])
from test_store import Database, Store, decision
with Store(Database.model_validate_json(sys.argv[1])) as store, store._writing() as connection:
    store._decision(connection, decision(reason="never"), None)
    print("holding", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def place(server: Server) -> Database:
    place = server.schema()
    with Store(place) as store:
        store.save_document(document())
    return place


def child(code: str, place: Database, *more: str) -> subprocess.Popen[str]:
    given = [sys.executable, "-c", code, place.model_dump_json(), str(Path(__file__).parent), *more]
    return subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_twenty_threads_and_eight_programs_append_at_once(place: Database) -> None:
    with Store(place) as store:
        programs = [child(WRITER, place, f"p{n}", str(EACH)) for n in range(8)]
        failed: list[BaseException] = []

        def write(name: str) -> None:
            try:
                for n in range(EACH):
                    store.append_decision(decision(reason=f"{name}-{n}"))
                    store.decisions(after=max(0, store.head()[0] - 1))
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ended = [(program.communicate()[1], program.returncode) for program in programs]
        assert not failed and all(code == 0 for _, code in ended), (failed, ended)
        writers = [f"t{t}" for t in range(20)] + [f"p{p}" for p in range(8)]
        wanted = {f"{who}-{n}" for who in writers for n in range(EACH)}
        reasons = [d.reason for d in store.decisions()]
        assert len(reasons) == len(wanted) == 28 * EACH and set(reasons) == wanted
        assert store.verify("decisions") is None and store.head()[0] == 28 * EACH
        with raw(place) as connection:
            assert connection.execute("SELECT max(seq), count(*) FROM decisions").fetchone() == (28 * EACH,) * 2


@pytest.mark.slow
def test_of_many_who_saw_the_same_cell_one_is_heard(place: Database) -> None:
    from scr_llm.errors import ConflictError

    outcomes: list[str] = []
    with Store(place) as store:
        start = threading.Barrier(20)

        def decide(name: str) -> None:
            start.wait()
            try:
                store.append_decision(decision(reason=name), expect=0)
                outcomes.append("taken")
            except ConflictError:
                outcomes.append("refused")

        threads = [threading.Thread(target=decide, args=(str(n),)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["refused"] * 19 + ["taken"] and len(store.decisions()) == 1


@pytest.mark.slow
def test_a_program_killed_in_mid_transaction_leaves_nothing_and_holds_nobody_up(place: Database) -> None:
    holder = child(HOLDER, place)
    assert holder.stdout is not None and holder.stdout.readline() == "holding\n"
    holder.kill()
    assert holder.wait() == -signal.SIGKILL
    holder.communicate()
    with Store(place) as store:
        began = time.monotonic()
        assert store.append_decision(decision(reason="after")) == 1 and time.monotonic() - began < 9
        assert [d.reason for d in store.decisions()] == ["after"] and store.verify("decisions") is None


@pytest.mark.slow
def test_who_waits_for_ten_seconds_is_told_so(place: Database) -> None:
    holder = child(HOLDER, place)
    assert holder.stdout is not None and holder.stdout.readline() == "holding\n"
    with Store(place) as store:
        assert store.decisions() == []  # reading waits for nobody
        with pytest.raises(StoreError, match=r"in use by another program.*ten seconds"):
            store.append_decision(decision())
    holder.kill()
    holder.communicate()


@pytest.mark.slow
def test_a_server_that_stops_and_starts_in_mid_work_loses_nothing(server: Server, place: Database) -> None:
    with Store(place) as store:
        assert store.append_decision(decision(reason="before")) == 1
        with pytest.raises(StoreError) as lost, store._writing() as connection:
            store._decision(connection, decision(reason="cut off"), None)
            server.stop()
            store._decision(connection, decision(reason="cut off"), None)
        assert "connection to the server was lost" in str(lost.value) and "before you repeat it" in str(lost.value)
        with pytest.raises(StoreError, match=r"cannot be reached|connection to the server was lost") as stopped:
            store.decisions()
        assert "Nothing saved so far is lost" in str(stopped.value)
        server.start()
        assert store.append_decision(decision(reason="after")) == 2
        assert [d.reason for d in store.decisions()] == ["before", "after"] and store.verify("decisions") is None


def test_a_constraint_that_is_broken_undoes_the_whole(place: Database) -> None:
    with Store(place) as store:
        with pytest.raises(IntegrityError):
            store.append_decision(decision("none"))
        assert store.append_decision(decision()) == 1


def test_a_few_connections_are_enough_for_many_threads(place: Database) -> None:
    failed: list[BaseException] = []
    with Store(place.model_copy(update={"connections": 2})) as store:

        def change() -> None:
            try:  # looks at the record while it holds the lock, on a second connection
                store.change_document("d1", lambda _: store.document("d1") or document())
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=change) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed


@pytest.fixture
def with_password(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("DATABASE_PASSWORD", PASSWORD)
    yield monkeypatch


def refused(url: str, **more: str) -> str:
    place = Database(file=Path("unused"), url=url, namespace="scr_x", password_env="DATABASE_PASSWORD", **more)
    with pytest.raises((StoreError, UsageError)) as caught:
        Store(place)
    assert caught.value.next_step and PASSWORD not in str(caught.value) and "Traceback" not in str(caught.value)
    return str(caught.value)


def test_each_trouble_with_the_server_is_named(server: Server, with_password: pytest.MonkeyPatch) -> None:
    url = server.over_tcp
    assert "does not permit this to the user" in refused(url)  # it may enter, but not make a schema
    assert "has no such database" in refused(url.replace("/team", "/none"))
    assert "does not accept the user or the password" in refused(url.replace("reader@", "nobody_known@"))
    assert "cannot be reached" in refused(url.replace(f":{server.port}", ":1"))
    assert "name is not known" in refused(url.replace("127.0.0.1", "no-such-host.invalid"))
    assert "no encrypted connection" in refused(f"{url}?sslmode=require")
    with_password.setenv("DATABASE_PASSWORD", "wrong-one")
    told = refused(url)
    assert "does not accept the user or the password" in told and "wrong-one" not in told
    with_password.delenv("DATABASE_PASSWORD")
    assert "DATABASE_PASSWORD, which [store] password_env names, is not set" in refused(url)


def test_libpq_finds_the_password_by_its_own_means(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"127.0.0.1:{server.port}:team:reader:{PASSWORD}\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    with server.admin("team") as admin:
        admin.execute("CREATE SCHEMA IF NOT EXISTS readers_own AUTHORIZATION reader")
    with Store(Database(file=Path("unused"), url=server.over_tcp, namespace="readers_own")) as store:
        store.save_document(document())
        assert PASSWORD not in store.name and store.documents() == [document()]
        assert PASSWORD not in repr(store._engine.url)


def test_a_schema_of_somebody_else_is_left_alone(server: Server) -> None:
    place = server.schema()
    with raw(place) as connection:
        connection.execute(f"CREATE SCHEMA {place.namespace}")
        connection.execute("CREATE TABLE invoices (n int)")
    with pytest.raises(StoreError, match=r"tables that scr-llm did not make \(invoices\)"):
        Store(place)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('url = "postgresql+psycopg://a:secret1@h/d"', "holds a password"),
        ('url = "postgresql+psycopg://a@h/d?password=secret1"', "holds a password"),
        ('url = "mysql://a@h/d"', "not an address"),
        ('url = "postgresql+psycopg://a@h/"', "lacks the name of the database"),
        ('url = "postgresql+psycopg://h/d"\nschema = "x; drop"', "small letters"),
        ('url = "postgresql+psycopg://h/d"\nschema = "pg_x"', "for itself"),
        ("connections = 0", "greater than or equal to 2"),
    ],
)
def test_a_wrong_store_is_named_and_no_password_is_printed(tmp_path: Path, toml: str, told: str) -> None:
    (tmp_path / "project.toml").write_text(f'name = "x"\n[store]\n{toml}\n')
    with pytest.raises(UsageError, match=told) as caught:
        load_project(tmp_path)
    assert "secret1" not in str(caught.value) and "project.toml, line" in str(caught.value)


def test_two_projects_of_one_database_do_not_see_each_other(server: Server) -> None:
    one, other = server.schema(), server.schema()
    with Store(one) as first, Store(other) as second, second._writing():
        first.save_document(document())  # nor does one wait for the other
        assert second.documents() == [] and first.documents() == [document()]
    assert Project(Path("a"), settings := load_settings("A b", server)).database.namespace != (
        Project(Path("a"), settings.model_copy(update={"name": "A-b"})).database.namespace
    )


def load_settings(name: str, server: Server) -> object:
    from scr_llm.settings import Settings

    return Settings(name=name, store=StoreSettings(url=server.url))


@pytest.mark.slow
def test_a_backup_restores_the_record_whole(server: Server, place: Database) -> None:
    with Store(place) as store:
        for reason in "abc":
            store.append_decision(decision(reason=reason))
        head, file = store.head(), server.folder / "backup.dump"
    server.tool("pg_dump", "-Fc", "-n", place.namespace, "-f", file, "team")
    with Store(place) as store:
        store._backend.remove()
    server.tool("pg_restore", "-d", "team", file)
    with Store(place.model_copy(update={"signed": "signed-1"})) as store:
        assert store.head() == head and store.verify("decisions") is None
        assert store.foreign_rules() == [] and store.damage() is None and store.last_on("d1", "risk") == 3
        assert store.append_decision(decision()) == 4


@pytest.mark.slow
def test_the_commands_say_what_is_wrong_with_the_server(server: Server, tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(f'name = "x"\n[store]\nurl = "{server.over_tcp}"\npassword_env = "NONE"\n')
    asked = [sys.executable, "-m", "scr_llm", "status", "--project", str(tmp_path)]
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 2 and "password_env names, is not set" in told.stderr and "Traceback" not in told.stderr
    text = (tmp_path / "project.toml").read_text().replace(f":{server.port}", ":1").replace('password_env = "NONE"', "")
    (tmp_path / "project.toml").write_text(text)
    told = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 3 and "cannot be reached" in told.stderr and "Traceback" not in told.stderr


@pytest.mark.slow
def test_a_page_goes_on_when_the_server_is_back(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCR_LLM_STORE_URL", server.url)
    project = load_project(coded_project(tmp_path / "p", ("corriford-child-1",)))
    with Store(project.database) as store:
        cell = f"/cell/{store.documents()[0].id}/workforce"
    with review_page(project.root, *ALEX) as served, closing(served.browser()) as browser:
        csrf = re.search(r'name="csrf" value="([^"]*)"', browser.get(cell).text)
        assert csrf
        decided = {"csrf": csrf[1], "seen": "0", "value": "not_mentioned", "reason": "I looked twice."}
        server.stop()
        try:
            answer = browser.post(cell, data=decided)
        finally:
            server.start()
        assert answer.status_code == 503 and "I looked twice." in answer.text and "Something went wrong" in answer.text
        assert "sqlalchemy" not in answer.text and "INSERT" not in answer.text and "psycopg" not in answer.text
        assert browser.post(cell, data=decided).status_code == 200
        with Store(project.database) as store:
            assert [d.reason for d in store.decisions()] == ["I looked twice."] and not audit(project)
            store._backend.remove()
        gone = browser.get("/matrix")
        assert gone.status_code == 503 and "moved, deleted or replaced" in gone.text


OPENER = """
import sys
sys.path.insert(0, sys.argv[2])
from test_store import Database, Store, document
with Store(Database.model_validate_json(sys.argv[1])) as store:
    store.save_document(document(sys.argv[3]))
"""


@pytest.mark.slow
def test_programs_that_open_a_new_place_at_once_share_it(server: Server) -> None:
    place = server.schema().model_copy(update={"namespace": "order"})  # a word of SQL's own
    programs = [child(OPENER, place, f"d{n}") for n in range(6)]
    ended = [(program.communicate()[1], program.returncode) for program in programs]
    assert all(code == 0 for _, code in ended), ended
    with Store(place) as store:
        assert {d.id for d in store.documents()} == {f"d{n}" for n in range(6)} and store.verify("history") is None
        assert store.foreign_rules() == [] and store.damage() is None
        store._backend.remove()
        assert not store._backend.is_there()


def test_without_the_driver_the_message_says_what_to_install(server: Server) -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from scr_llm.records import Database; from scr_llm.store import Store\n"
        "Store(Database.model_validate_json(sys.argv[1]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, server.schema().model_dump_json()], capture_output=True, text=True, check=False
    )
    assert "MissingExtraError" in told.stderr and 'pip install "scr-llm[postgres]"' in told.stderr


def test_a_new_project_is_made_on_the_server_that_the_environment_names(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCR_LLM_STORE_URL", server.url)
    one, other = (init_project(tmp_path / name, name="Reviews").database for name in "ab")
    assert one.url == server.url and one.namespace != other.namespace
    monkeypatch.setenv("SCR_LLM_STORE_URL", "postgresql+psycopg://a:secret1@h/d")
    with pytest.raises(UsageError, match="holds a password"):
        init_project(tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("DiskFull", "the server's disk is full"),
        ("OutOfMemory", "short of memory or disk"),
        ("TooManyConnections", "no connection to spare"),
        ("ReadOnlySqlTransaction", "takes no changes"),
        ("AdminShutdown", "connection to the server was lost"),
        ("CannotConnectNow", "starting or stopping"),
        ("IdleInTransactionSessionTimeout", "stood still for a minute"),
        ("DataCorrupted", "is damaged"),
        ("InsufficientPrivilege", "does not permit this"),
        ("InvalidPassword", "does not accept the user or the password"),
    ],
)
def test_what_the_server_reports_is_said_in_words(kind: str, told: str) -> None:
    import psycopg

    what, step = cause_of(getattr(psycopg.errors, kind)(f"in its own words, with {PASSWORD}"), secret=PASSWORD)
    assert told in what and step and PASSWORD not in what
    what, _ = cause_of(psycopg.OperationalError(f"something new about {PASSWORD}\nand more"), secret=PASSWORD)
    assert what == "it cannot be used (something new about …)"
