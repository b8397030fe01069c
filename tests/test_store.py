"""The store, on real SQLite files."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from scr_llm.errors import UsageError
from scr_llm.records import (
    Case,
    CoderIdentity,
    Coding,
    Decision,
    Document,
    DraftCase,
    DraftCoding,
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


def test_records_come_back_as_they_were_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        for name in ("d2", "d1"):
            store.save_document(document(name))
        store.save_reading(reading())
        store.save_coding(*coded())
    with Store(path) as store:
        assert store.documents() == [document("d2"), document("d1", status="coded")]  # taken in, not by name
        assert store.reading("d1") == reading()
        assert (store.draft("d1"), store.coding("d1")) == coded()[1:]
        assert store.document("none") is store.reading("d2") is store.coding("d2") is store.draft("d2") is None


def test_a_coding_that_cannot_be_kept_leaves_the_status_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        store.save_document(document())
        with sqlite3.connect(path) as raw:
            raw.execute("CREATE TRIGGER full BEFORE INSERT ON codings BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        with pytest.raises(Exception, match="disk full"):
            store.save_coding(*coded())
        assert store.document("d1") == document()


def test_decisions_are_only_ever_appended(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        store.save_document(document())
        store.save_document(document("d2"))
        assert [store.append_decision(decision(n)) for n in ("d1", "d2", "d1")] == [1, 2, 3]
        assert store.decisions("d2") == [decision("d2")]
        assert len(store.decisions()) == 3
        assert store.verify("decisions") is None
    raw = sqlite3.connect(path)
    for statement in ("UPDATE decisions SET record = '{}'", "DELETE FROM decisions"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever appended"):
            raw.execute(statement)
    raw.close()


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        ("UPDATE decisions SET record = replace(record, 'Chair', 'Clerk') WHERE seq = 2", 2),
        ("DELETE FROM decisions WHERE seq = 2", 3),
    ],
)
def test_a_change_behind_the_triggers_is_found(tmp_path: Path, tamper: str, broken: int) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        store.save_document(document())
        for reason in "abc":
            store.append_decision(decision(reason=reason))
    raw = sqlite3.connect(path)
    raw.executescript(f"DROP TRIGGER decisions_no_update; DROP TRIGGER decisions_no_delete; {tamper};")
    raw.close()
    with Store(path) as store:
        assert store.verify("decisions") == broken


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


def test_the_last_decision_on_a_cell_is_looked_up_by_an_index(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        store.save_document(document())
        store.save_document(document("d2"))
        for name, theme in (("d1", "risk"), ("d1", "it's"), ("d2", "risk"), ("d1", "risk"), ("d2", "it's")):
            store.append_decision(decision(name).model_copy(update={"theme": theme}))
        last = {(name, theme): store.last_on(name, theme) for name in ("d1", "d2") for theme in ("risk", "it's")}
        assert last == {("d1", "risk"): 4, ("d1", "it's"): 2, ("d2", "risk"): 3, ("d2", "it's"): 5}
        assert store.last_on("d1", "none") == store.last_on("none", "risk") == 0
        asked: list[str] = []
        event.listen(
            store._engine, "before_cursor_execute", lambda _connection, _cursor, sql, *_rest: asked.append(sql)
        )
        store.last_on("d1", "risk")
    raw = sqlite3.connect(path)
    plan = [str(row[3]) for row in raw.execute(f"EXPLAIN QUERY PLAN {asked[0]}", ("d1", "risk"))]
    raw.close()
    assert any("decisions_on_cell (document_id=? AND <expr>=?)" in line for line in plan), plan


def test_a_store_of_before_the_index_gets_it_and_keeps_its_decisions(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path) as store:
        store.save_document(document())
        for _ in range(2):
            store.append_decision(decision())
    raw = sqlite3.connect(path)
    raw.executescript("DROP INDEX decisions_on_cell; DELETE FROM migrations WHERE number >= 8;")
    raw.close()
    with Store(path) as store:
        assert store.last_on("d1", "risk") == 2 and store.verify("decisions") is None and not store.foreign_rules()
        assert store.damage() is None
    raw = sqlite3.connect(path)
    assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'decisions_on_cell'").fetchone() == (1,)
    raw.close()


def test_calls_are_logged_in_order(tmp_path: Path) -> None:
    with Store(tmp_path / "s.sqlite") as store:
        for size in (10, 20):
            store.log_call(ModelCall(at="t", endpoint="http://x", model="m", bytes_out=size, sha256="s"))
        assert [c.bytes_out for c in store.calls()] == [10, 20]


def test_a_newer_store_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store(path):
        pass
    with sqlite3.connect(path) as raw:
        raw.execute("INSERT INTO migrations (number, name) VALUES (999, 'later')")
    with pytest.raises(UsageError, match=r"newer version.*Update scr-llm"):
        Store(path)


LOOP = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from test_store import Store, coded, document
with Store(Path(sys.argv[1])) as store:
    for n in range(100000):
        store.save_document(document(f"d{n}"))
        store.save_coding(*coded(f"d{n}"))
        print(n, flush=True)
"""


@pytest.mark.parametrize("pause", [0.0, 0.013, 0.05])
def test_a_killed_run_leaves_no_half_coding(tmp_path: Path, pause: float) -> None:
    path = tmp_path / "s.sqlite"
    child = subprocess.Popen(
        [sys.executable, "-c", LOOP, str(path), str(Path(__file__).parent)], stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    for _ in range(3):
        assert child.stdout.readline()
    time.sleep(pause)
    child.kill()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    with Store(path) as store:
        documents = store.documents()
        assert sum(d.status == "coded" for d in documents) >= 3
        for d in documents:
            assert (store.coding(d.id) is not None) == (d.status == "coded") == (store.draft(d.id) is not None)
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()
