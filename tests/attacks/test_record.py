"""The record and the signed papers, tampered with in many ways.

`audit` names each one, and nothing can be signed over it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from databases import ON_POSTGRESQL, copy_project, put, raw, rows_of, without_rules
from served import coded_project
from test_signing import decide_all

from scr_llm.errors import ScrError
from scr_llm.project import load_project
from scr_llm.records import ModelCall
from scr_llm.review import sign_off as signing
from scr_llm.store import Store
from scr_llm.store.chain import FIRST_HASH, chained

pytestmark = pytest.mark.slow
REVIEWS = ("corriford-child-1", "dunvarrow-young-person-r")
FILE = f"{REVIEWS[0]}.pdf"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("signed") / "p", REVIEWS)
    if not ON_POSTGRESQL:
        shutil.copyfile(root / "scr_llm.sqlite", root.parent / "before.sqlite")
    decide_all(load_project(root))
    with Store(load_project(root).database) as store:
        for size in (10, 20, 30):
            endpoint = "https://models.example/v1"
            store.log_call(ModelCall(at="2026-01-01", endpoint=endpoint, model="m", bytes_out=size, sha256="s"))
    signing.sign_off(load_project(root), "Dee Director", "Director")
    return root


@pytest.fixture
def root(signed: Path, tmp_path: Path) -> Path:
    copy_project(signed, tmp_path / "p")
    if not ON_POSTGRESQL:
        shutil.copyfile(signed.parent / "before.sqlite", tmp_path / "before.sqlite")
    return tmp_path / "p"


def scr(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scr_llm", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def sql(root: Path, *statements: str) -> None:
    """Statements past the triggers."""
    with raw(load_project(root).database) as connection:
        without_rules(connection)
        for statement in statements:
            connection.execute(statement)


def rechain(root: Path, chain: str, change: Callable[[list[dict[str, object]]], list[dict[str, object]]]) -> None:
    """Rewrite a chain consistently, its head with it, as somebody would who knows the rule."""
    sql(root)
    with raw(load_project(root).database) as connection:
        rows = change(rows_of(connection, f"SELECT * FROM {chain} ORDER BY seq"))
        connection.execute(f"DELETE FROM {chain}")
        last = FIRST_HASH
        for row in rows:
            own = chained(last, str(row["record"]))
            row |= {"prev_hash": last, "hash": own}
            places = ", ".join("?" * len(row))
            put(connection, f"INSERT INTO {chain} ({', '.join(row)}) VALUES ({places})", *row.values())
            last = own
        put(connection, "UPDATE heads SET count = ?, hash = ? WHERE chain = ?", len(rows), last, chain)


def forge_decision(root: Path) -> None:
    def change(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        rows[3]["record"] = str(rows[3]["record"]).replace("Alex Reader", "Somebody Else")
        return rows

    rechain(root, "decisions", change)


def drop_last_decision(root: Path) -> None:
    rechain(root, "decisions", lambda rows: rows[:-1])


def replace_text(root: Path) -> None:
    with raw(load_project(root).database) as connection:
        row = rows_of(connection, "SELECT * FROM readings LIMIT 1")[0]
    reading = json.loads(str(row["record"]))
    reading["pages"][0]["text"] = reading["pages"][0]["text"].replace("the", "The")
    reading["sha256"] = hashlib.sha256("\f".join(p["text"] for p in reading["pages"]).encode()).hexdigest()
    text = json.dumps(reading, ensure_ascii=False, separators=(",", ":"))
    with raw(load_project(root).database) as connection:
        change = "UPDATE readings SET record = ?, sha256 = ? WHERE document_id = ?"
        put(connection, change, text, reading["sha256"], row["document_id"])


def replace_pdf(root: Path) -> None:
    other = root / "inbox" / f"{REVIEWS[1]}.pdf"
    shutil.copyfile(other, root / "inbox" / FILE)


def change_coding(old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        sql(root, f"UPDATE codings SET record = replace(record, '{old}', '{new}')")

    return change


def one_child_more(root: Path) -> None:
    with raw(load_project(root).database) as connection:
        for row in rows_of(connection, "SELECT * FROM codings"):
            coding = json.loads(str(row["record"]))
            coding["case"]["children"] = [coding["case"]["children"][0]] * 2
            text = json.dumps(coding, ensure_ascii=False, separators=(",", ":"))
            put(connection, "UPDATE codings SET record = ? WHERE document_id = ?", text, row["document_id"])


def old_database(root: Path) -> None:
    for suffix in ("-wal", "-shm"):
        (root / f"scr_llm.sqlite{suffix}").unlink(missing_ok=True)
    shutil.copyfile(root.parent / "before.sqlite", root / "scr_llm.sqlite")


def made_by_hand(root: Path) -> None:
    shutil.copytree(root / "outputs/signed-1", root / "outputs/signed-2")


def forge_history(root: Path) -> None:
    sql(root, "UPDATE codings SET record = replace(record, 'not_mentioned', 'unclear')")
    with raw(load_project(root).database) as connection:
        stored = {
            i: hashlib.sha256(f"{d}\n{r}".encode()).hexdigest()
            for i, d, r in connection.execute("SELECT document_id, draft, record FROM codings").fetchall()
        }

    def change(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        for row in rows:
            if row["kind"] == "coding":
                row["record"] = json.dumps(
                    {**json.loads(str(row["record"])), "sha256": stored[str(row["document_id"])]}, separators=(",", ":")
                )
        return rows

    rechain(root, "history", change)


TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "the decision chain forged after signing": (forge_decision, "was signed over"),
    "the last decision deleted, the head set back": (drop_last_decision, "was signed over"),
    "a decision changed": (
        lambda r: sql(r, "UPDATE decisions SET record = replace(record, 'Analyst', 'Chair') WHERE seq = 2"),
        "decisions breaks at number 2",
    ),
    "a decision moved to another document": (
        lambda r: sql(
            r,
            "UPDATE decisions SET document_id = (SELECT id FROM documents WHERE id != document_id LIMIT 1) WHERE seq "
            "= 4",
        ),
        "decisions breaks at number 4",
    ),
    "decisions hidden by their numbers": (
        lambda r: sql(r, "UPDATE decisions SET seq = seq - 100"),
        "decisions breaks at number 1",
    ),
    "decisions numbered apart": (
        lambda r: sql(r, "UPDATE decisions SET seq = -seq", "UPDATE decisions SET seq = -seq * 1000"),
        "decisions breaks at number",
    ),
    "the history numbered apart": (
        lambda r: sql(r, "UPDATE history SET seq = -seq", "UPDATE history SET seq = -seq * 10"),
        "what was stored breaks at number",
    ),
    "a document filed under another name": (
        lambda r: sql(r, "UPDATE documents SET file = 'x.pdf' WHERE position = 1"),
        "filed under values that differ",
    ),
    "a document filed under another status": (
        lambda r: sql(r, "UPDATE documents SET status = 'duplicate' WHERE position = 1"),
        "filed under values that differ",
    ),
    "a text filed under another hash": (
        lambda r: sql(r, "UPDATE readings SET sha256 = '00'"),
        "filed under values that differ",
    ),
    "a PDF of the inbox replaced by a pipe": (
        lambda r: ((r / "inbox" / FILE).unlink(), os.mkfifo(r / "inbox" / FILE)),
        "no longer in the inbox",
    ),
    "a text changed together with its hash": (replace_text, "the text that was read was changed outside this program"),
    "a text removed": (
        lambda r: sql(r, "DELETE FROM readings WHERE document_id = (SELECT min(id) FROM documents)"),
        "the text that was read is gone",
    ),
    "a PDF of the inbox replaced": (replace_pdf, "is not the one that was read"),
    "a PDF of the inbox removed": (lambda r: (r / "inbox" / FILE).unlink(), "is no longer in the inbox"),
    "a PDF of the inbox cut short": (
        lambda r: (r / "inbox" / FILE).write_bytes(b"%PDF-1.4"),
        "is not the one that was read",
    ),
    "a coding's quotes changed": (
        change_coding("Father", "Mother"),
        "what was proposed was changed outside this program",
    ),
    "a coding's values changed": (
        change_coding("not_mentioned", "present"),
        "what was proposed was changed outside this program",
    ),
    "a coding's number of children changed": (one_child_more, "what was proposed was changed outside this program"),
    "a coding put in": (
        lambda r: sql(r, "INSERT INTO documents SELECT 'dx', 99, file, status, record FROM documents LIMIT 1"),
        "was added outside this program",
    ),
    "a document's status changed": (
        lambda r: sql(
            r, "UPDATE documents SET record = replace(record, '\"coded\"', '\"duplicate\"') WHERE position = 1"
        ),
        "changed outside this program",
    ),
    "a coding changed, and the history forged to match": (forge_history, "a history of"),
    "an old database put back": (old_database, "has no such signature"),
    "a signed folder made by hand": (made_by_hand, "has no such signature"),
    "sign-offs deleted with their head": (
        lambda r: sql(r, "DELETE FROM sign_offs", "DELETE FROM heads WHERE chain = 'sign_offs'"),
        "has no such signature",
    ),
    "the signed paper changed in the record": (
        lambda r: sql(r, "UPDATE sign_offs SET paper = replace(paper, 'Corriford', 'Elsewhere')"),
        "sign-offs breaks",
    ),
    "the name under a sign-off changed": (
        lambda r: sql(r, "UPDATE sign_offs SET record = replace(record, 'Dee', 'Kim')"),
        "sign-offs breaks",
    ),
    "a call to a model removed from the log": (
        lambda r: sql(r, "DELETE FROM calls WHERE seq = 2"),
        "sent to models breaks at number 3",
    ),
    "a call to a model changed in the log": (
        lambda r: sql(r, "UPDATE calls SET endpoint = 'http://127.0.0.1/v1' WHERE seq = 1"),
        "sent to models breaks at number 1",
    ),
    "all calls to models removed with their head": (
        lambda r: sql(r, "DELETE FROM calls", "DELETE FROM heads WHERE chain = 'calls'"),
        "calls to models; the log is now a different one",
    ),
    "a record cut short": (
        lambda r: sql(r, "UPDATE codings SET record = substr(record, 1, 500)"),
        "cannot be read: it was changed outside this program",
    ),
    "a signed folder under another spelling": (
        lambda r: shutil.copytree(r / "outputs/signed-1", r / "outputs/Signed-2"),
        "has no such signature",
    ),
    "the signed folder a link": (
        lambda r: (
            (r / "outputs/signed-1").rename(r / "elsewhere"),
            (r / "outputs/signed-1").symlink_to(r / "elsewhere"),
        ),
        "is a link to another place",
    ),
    "a signed file edited": (
        lambda r: (r / "outputs/signed-1/briefing.md").write_text("Nothing."),
        "briefing.md is not the file that was signed",
    ),
    "a signed file removed": (lambda r: (r / "outputs/signed-1/briefing.xlsx").unlink(), "briefing.xlsx is gone"),
    "a signed file added": (
        lambda r: (r / "outputs/signed-1/more.docx").write_bytes(b"x"),
        "more.docx was not among the signed files",
    ),
    "the record beside the papers edited": (
        lambda r: (r / "outputs/signed-1/sign-off.json").write_text("{}"),
        "sign-off.json is not the file that was signed",
    ),
    "the signed folder removed": (lambda r: shutil.rmtree(r / "outputs/signed-1"), "is gone"),
    "a database of 0 bytes": (lambda r: (r / "scr_llm.sqlite").write_bytes(b""), "is empty (0 bytes)"),
    "no database": (lambda r: (r / "scr_llm.sqlite").unlink(), "is gone"),
    "garbage for a database": (lambda r: (r / "scr_llm.sqlite").write_bytes(b"garbage " * 5000), "is not a database"),
    "a database cut short": (
        lambda r: (r / "scr_llm.sqlite").write_bytes((r / "scr_llm.sqlite").read_bytes()[:150_000]),
        "damaged",
    ),
    "a page of the database overwritten": (
        lambda r: (r / "scr_llm.sqlite").write_bytes(
            (b := (r / "scr_llm.sqlite").read_bytes())[:40_960] + b"\xff" * 40_960 + b[81_920:]
        ),
        "damaged",
    ),
}
ONLY_PAPERS = {
    "a signed file edited",
    "a signed file removed",
    "a signed file added",
    "the record beside the papers edited",
    "the signed folder removed",
    "the signed folder a link",
}
"""What leaves the record whole: the next version may be signed, once something has changed."""


ON_A_FILE = {
    "an old database put back",
    "a database of 0 bytes",
    "no database",
    "garbage for a database",
    "a database cut short",
    "a page of the database overwritten",
}
"""What is done to the SQLite file itself."""


@pytest.mark.parametrize("attack", [a for a in TAMPERED if not (ON_POSTGRESQL and a in ON_A_FILE)])
def test_audit_names_what_was_done_and_nothing_is_signed_over_it(root: Path, attack: str) -> None:
    assert scr("audit", "--project", root).stdout.endswith("Everything is intact.\n")
    for suffix in ("-wal", "-shm"):
        (root / f"scr_llm.sqlite{suffix}").unlink(missing_ok=True)
    do, told = TAMPERED[attack]
    do(root)
    audited = scr("audit", "--project", root)
    said = audited.stdout + audited.stderr
    assert (
        audited.returncode in (1, 3) and told in said and "Everything is intact" not in said and "Traceback" not in said
    ), said
    if attack not in ONLY_PAPERS:
        again = scr("sign-off", "--project", root, "--name", "Dee", "--role", "Director")
        assert again.returncode in (1, 3) and "Traceback" not in again.stderr, again.stderr
        assert attack == "a signed folder made by hand" or not (root / "outputs/signed-2").exists()


def test_a_replaced_pdf_is_not_signed_before_it_is_read_again(root: Path) -> None:
    replace_pdf(root)
    with pytest.raises(ScrError, match="stand"):
        signing.sign_off(load_project(root), "Dee", "Director")


def test_the_head_of_the_chain_stands_in_the_paper_the_record_and_the_export(root: Path) -> None:
    record = json.loads((root / "outputs/signed-1/sign-off.json").read_text("utf-8"))
    assert record["decisions_head"] in (root / "outputs/signed-1/evidence.html").read_text("utf-8")
    exported = json.loads(scr("export", "--format", "json", "--project", root).stdout)
    assert exported["record"]["decisions_head"] == record["decisions_head"]
    assert exported["record"]["signed"][0]["paper_sha256"] == record["paper_sha256"]


@pytest.mark.skipif(ON_POSTGRESQL, reason="those versions knew no PostgreSQL")
def test_a_project_that_an_older_version_signed_is_brought_up_to_date(root: Path) -> None:
    newer = "left_out codings stored_readings history history_head calls calls_head settings_sha256 cautions"

    def change(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        for row in rows:
            row["record"] = json.dumps(
                {k: v for k, v in json.loads(str(row["record"])).items() if k not in newer.split()},
                separators=(",", ":"),
            )
        return rows

    with sqlite3.connect(root / "scr_llm.sqlite") as raw:
        guards = [
            statement
            for (statement,) in raw.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('decisions', 'sign_offs')"
            )
        ]
    raw.close()
    assert guards
    rechain(root, "sign_offs", change)
    sql(
        root,
        "DROP TABLE history",
        "DELETE FROM heads WHERE chain = 'history'",
        "DELETE FROM migrations WHERE number >= 6",
        "DELETE FROM heads WHERE chain = 'calls'",
        *(f"ALTER TABLE calls DROP COLUMN {name}" for name in ("record", "prev_hash", "hash")),
        *guards,  # the older version had them too
    )
    (root / "outputs/signed-1/sign-off.json").unlink()
    assert scr("audit", "--project", root).stdout.endswith("Everything is intact.\n")
    assert "Version 1.0 is signed and nothing has changed since" in scr("run", "--project", root).stderr
    assert scr("brief", "--signed", "1", "--project", root).returncode == 0
    assert scr("audit", "--project", root).stdout.endswith("Everything is intact.\n")
