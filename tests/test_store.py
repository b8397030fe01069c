"""The store, on real SQLite files and a real PostgreSQL server."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from databases import raw, without_rules
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from scr_llm.errors import StoreError, UsageError
from scr_llm.records import (
    Case,
    CoderIdentity,
    Coding,
    Database,
    Decision,
    Document,
    DraftCase,
    DraftCoding,
    KeptReply,
    ModelCall,
    Page,
    Reading,
)
from scr_llm.store import Store

WHO = CoderIdentity(kind="rules", version="0", codebook_version="1", codebook_sha256="c")


def document(name: str = "d1", **more: str) -> Document:
    return Document.model_validate({"id": name, "file": f"{name}.pdf", "sha256": name, "bytes": 1, **more})


def reading(name: str = "d1") -> Reading:
    return Reading(document_id=name, sha256="r", pages=(Page(number=1, text="Line\u00ad\nend \u2010 ‘quoted’\n"),))


def coded(name: str = "d1") -> tuple[Document, DraftCoding, Coding]:
    draft = DraftCoding(document_id=name, coder=WHO, case=DraftCase(pseudonym="Child T"))
    return (
        document(name, status="coded"),
        draft,
        Coding(document_id=name, reading_sha256="r", coder=WHO, case=Case(pseudonym="Child T")),
    )


def decision(name: str = "d1", reason: str = "") -> Decision:
    return Decision(
        document_id=name,
        theme="risk",
        value="present",
        author="A",
        role="Chair",
        at="2026-01-01T00:00:00+00:00",
        reason=reason,
        codebook_sha256="c",
        reading_sha256="r",
    )


def test_records_come_back_as_they_were_after_reopening(database: Database) -> None:
    with Store(database) as store:
        for name in ("d2", "d1"):
            store.save_document(document(name))
        store.save_reading(reading())
        store.save_coding(*coded())
    with Store(database) as store:
        assert store.documents() == [document("d2"), document("d1", status="coded")]  # taken in, not by name
        assert store.reading("d1") == reading()
        assert (store.draft("d1"), store.coding("d1")) == coded()[1:]
        assert store.document("none") is store.reading("d2") is store.coding("d2") is store.draft("d2") is None


def test_a_coding_that_cannot_be_kept_leaves_the_status_alone(database: Database) -> None:
    with Store(database) as store:
        store.save_document(document())
        with raw(database) as connection:
            connection.execute("DROP TABLE codings")
        with pytest.raises(StoreError, match="incomplete"):
            store.save_coding(*coded())
        assert store.document("d1") == document()


def test_decisions_are_only_ever_appended(database: Database) -> None:
    with Store(database) as store:
        store.save_document(document())
        store.save_document(document("d2"))
        assert [store.append_decision(decision(n)) for n in ("d1", "d2", "d1")] == [1, 2, 3]
        assert store.decisions("d2") == [decision("d2")]
        assert len(store.decisions()) == 3
        assert store.verify("decisions") is None and not store.foreign_rules() and store.damage() is None
    with raw(database) as connection:
        for statement in ("UPDATE decisions SET record = '{}'", "DELETE FROM decisions"):
            with pytest.raises(Exception, match="decisions are only ever appended"):
                connection.execute(statement)


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        ("UPDATE decisions SET record = replace(record, 'Chair', 'Clerk') WHERE seq = 2", 2),
        ("DELETE FROM decisions WHERE seq = 2", 3),
    ],
)
def test_a_change_behind_the_triggers_is_found(database: Database, tamper: str, broken: int) -> None:
    with Store(database) as store:
        store.save_document(document())
        for reason in "abc":
            store.append_decision(decision(reason=reason))
    with raw(database) as connection:
        without_rules(connection)
        connection.execute(tamper)
    with Store(database) as store:
        assert store.verify("decisions") == broken
        assert {"decisions_no_update", "log_no_delete"} <= set(store.foreign_rules())


def test_a_decision_replaced_by_insert_is_found(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        store.save_document(document())
        store.append_decision(decision())
    raw = sqlite3.connect(path)  # REPLACE fires no delete trigger, so the chain has to tell
    raw.execute("INSERT OR REPLACE INTO decisions SELECT seq, document_id, '{}', prev_hash, hash FROM decisions")
    raw.commit()
    raw.close()
    with Store(path) as store:
        assert store.verify("decisions") == 1


def plan_of(store: Store, ask: Callable[[], object]) -> str:
    """How the database finds what a call asks for first, as if its tables were large."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, *_rest: Any) -> None:
        asked.append((sql, parameters))

    event.listen(store._engine, "before_cursor_execute", note)
    ask()
    event.remove(store._engine, "before_cursor_execute", note)
    sql, parameters = next(a for a in asked if a[0].lstrip().startswith("SELECT"))
    with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            return "\n".join(str(r[3]) for r in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters))
        connection.exec_driver_sql("SET enable_seqscan = off")  # the tables of a test are too small for an index
        return "\n".join(str(r[0]) for r in connection.exec_driver_sql(f"EXPLAIN {sql}", parameters))


def test_the_last_decision_on_a_cell_is_looked_up_by_an_index(database: Database) -> None:
    with Store(database) as store:
        store.save_document(document())
        store.save_document(document("d2"))
        for name, theme in (("d1", "risk"), ("d1", "it's"), ("d2", "risk"), ("d1", "risk"), ("d2", "it's")):
            store.append_decision(decision(name).model_copy(update={"theme": theme}))
        last = {(name, theme): store.last_on(name, theme) for name in ("d1", "d2") for theme in ("risk", "it's")}
        assert last == {(n, theme): seq for n in ("d1", "d2") for theme, seq in store.last_on_each(n).items()}
        assert last == {("d1", "risk"): 4, ("d1", "it's"): 2, ("d2", "risk"): 3, ("d2", "it's"): 5}
        assert store.last_on("d1", "none") == store.last_on("none", "risk") == 0
        plan = plan_of(store, lambda: store.last_on("d1", "risk"))
        if database.url:
            assert "decisions_on_cell" in plan and "theme_of(record) = " in plan.split("Index Cond")[1], plan
        else:
            assert "decisions_on_cell (document_id=? AND <expr>=?)" in plan


def test_what_is_looked_up_often_has_an_index(database: Database) -> None:
    with Store(database) as store:
        store.save_document(document())
        store.append_decision(decision())
        store.keep_reply("k", KeptReply(at="t", model="m", document_id="d1", raw="\0{}", prompt_tokens=3))
        assert store.tokens(["d1"]) == (3, 0) and store.reply("k").raw == "\0{}"  # type: ignore[union-attr]
        looked_up = {
            "replies_of": lambda: store.tokens(["d1"]),
            "decisions_on_cell": lambda: store.decisions("d1"),
            "documents_in_order": store.documents,
            "history": lambda: store.changed_documents(after=1),
        }
        for index, ask in looked_up.items():
            plan = plan_of(store, ask)
            assert index in plan and ("SCAN" not in plan or "USING INDEX" in plan), (index, plan)


def test_ids_by_the_ten_thousand_are_no_matter(database: Database) -> None:
    ids = [f"d{n}" for n in range(40_000)]  # more than SQLite takes in one statement
    with Store(database) as store:
        for n in (0, 39_999):
            store.keep_reply(f"k{n}", KeptReply(at="t", model="m", document_id=ids[n], raw="{}", completion_tokens=2))
        assert store.tokens(ids) == (0, 4) and store.reading_hashes(ids) == {}


def test_a_store_of_before_the_index_gets_it_and_keeps_its_decisions(database: Database) -> None:
    with Store(database) as store:
        store.save_document(document())
        for _ in range(2):
            store.append_decision(decision())
    with raw(database) as connection:
        connection.execute("DROP INDEX decisions_on_cell")
        connection.execute("DELETE FROM migrations WHERE number >= 8")
    with Store(database) as store:
        assert store.last_on("d1", "risk") == 2 and store.verify("decisions") is None and not store.foreign_rules()
        assert store.damage() is None
        assert "decisions_on_cell" in plan_of(store, lambda: store.last_on("d1", "risk"))


def test_calls_are_logged_in_order(database: Database) -> None:
    with Store(database) as store:
        for size in (10, 20):
            store.log_call(ModelCall(at="t", endpoint="http://x", model="m", bytes_out=size, sha256="s"))
        assert [c.bytes_out for c in store.calls()] == [10, 20] and store.sent() == [("http://x", 2, 30)]
        assert store.verify("calls") is None


def test_a_transaction_that_is_rolled_back_leaves_no_gap(database: Database) -> None:
    with Store(database) as store:
        store.save_document(document())
        store.append_decision(decision())
        before = store.changed_documents()[1]
        for _ in range(3):
            with pytest.raises(IntegrityError):  # no such document, so the second one takes the first with it
                store.append_decisions([(decision(), None), (decision("none"), None)])
            with pytest.raises(ZeroDivisionError):
                store.change_document("d1", lambda stored: stored if 1 // 0 else document())
        assert store.append_decision(decision()) == 2 == len(store.decisions(after=0))
        assert store.decisions(after=1) == [decision()] and store.decisions(after=2) == []
        store.save_document(document("d2"))
        assert store.changed_documents(after=before) == (["d2"], before + 1)
        assert store.verify("decisions") is None and store.verify("history") is None


def test_a_newer_store_is_refused_with_advice(database: Database) -> None:
    with Store(database):
        pass
    with raw(database) as connection:
        connection.execute("INSERT INTO migrations (number, name) VALUES (999, 'later')")
    with pytest.raises(UsageError, match=r"newer version.*Update scr-llm"):
        Store(database)


def test_another_database_in_its_place_is_noticed(database: Database) -> None:
    with Store(database) as store:
        first = store.identity()
        assert first is not None and first == store.identity()
        store._backend.remove()
        assert store.identity() is None
        Store(database).close()
        assert store.identity() is not None and (database.url == "" or store.identity() != first)
    with Store(database) as store:
        store._backend.remove()
    with pytest.raises(StoreError, match=r"gone, although signed-1 was signed from it"):
        Store(database.model_copy(update={"signed": "signed-1"}))


def test_a_file_is_copied_whole_while_others_write(tmp_path: Path) -> None:
    path, copy = tmp_path / "s.sqlite", tmp_path / "backup.sqlite"
    with Store(path) as store:
        store.save_document(document())
        over = threading.Event()

        def write() -> None:
            while not over.is_set():
                store.append_decision(decision())

        writer = threading.Thread(target=write)
        writer.start()
        while store.head()[0] < 3:
            time.sleep(0.01)
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)  # what `.backup` of the program sqlite3 does
        over.set()
        writer.join()
        decided = store.decisions()
    with Store(copy) as store:
        count = store.head()[0]
        assert 3 <= count <= len(decided) and store.decisions() == decided[:count]
        assert store.verify("decisions") is None and store.damage() is None and store.foreign_rules() == []


LOOP = """
import sys
sys.path.insert(0, sys.argv[2])
from test_store import Database, Store, coded, document
with Store(Database.model_validate_json(sys.argv[1])) as store:
    for n in range(100000):
        store.save_document(document(f"d{n}"))
        store.save_coding(*coded(f"d{n}"))
        print(n, flush=True)
"""


@pytest.mark.parametrize("pause", [0.0, 0.013, 0.05])
def test_a_killed_run_leaves_no_half_coding(database: Database, pause: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LOOP, database.model_dump_json(), str(Path(__file__).parent)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    for _ in range(3):
        assert child.stdout.readline()
    time.sleep(pause)
    child.kill()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    with Store(database) as store:
        documents = store.documents()
        assert sum(d.status == "coded" for d in documents) >= 3
        for d in documents:
            assert (store.coding(d.id) is not None) == (d.status == "coded") == (store.draft(d.id) is not None)
        assert store.damage() is None and store.verify("history") is None
