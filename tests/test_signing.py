"""Sign-off: what it refuses, what it records, what goes stale afterwards, and whether tampering shows."""

import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from databases import copy_project, raw, without_rules
from served import ROOT, coded_project

from scr_llm import pipeline
from scr_llm.audit import audit
from scr_llm.codebook import load_codebook
from scr_llm.errors import RefusedError
from scr_llm.project import Project, load_project
from scr_llm.records import AnsweredCaution
from scr_llm.review import sign_off as signing
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.rules import RulesCoder

ALEX = Reviewer("Alex Reader", "Analyst")


def decide_all(project: Project) -> None:
    session = ReviewSession(project)
    for key in session.open_cells(ALEX):
        cell = session.cell(*key, ALEX)
        value = "not_mentioned" if cell.value == "unclear" else cell.value
        session.decide(ALEX, *key, value, evidence=cell.evidence if value != "not_mentioned" else (), text=cell.text)
    session.close()


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("signed") / "p", ("corriford-child-1", "dunvarrow-young-person-r"))
    project = load_project(root)
    with pytest.raises(RefusedError, match=r"cells stand in the way \(\d+ undecided"):
        signing.sign_off(project, "Dee Director", "Director")
    decide_all(project)
    signing.sign_off(project, "Dee Director", "Director")
    return root


@pytest.fixture
def project(signed: Path, tmp_path: Path) -> Project:
    copy_project(signed, tmp_path / "p")
    return load_project(tmp_path / "p")


def scr(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "scr_llm", *arguments], capture_output=True, text=True, check=False)


def test_the_record_of_a_sign_off(project: Project) -> None:
    session = ReviewSession(project)
    record, _ = session.store.sign_offs()[0]
    count, head = session.store.head()
    assert (record.name, record.role, record.version) == ("Dee Director", "Director", "1.0")
    assert record.decisions == count == len(session.store.decisions()) and record.decisions_head == head
    assert (
        record.documents == {d.id: d.sha256 for d in session.documents.values()}
        and record.codebook_sha256 == session.codebook_sha256
    )
    assert record.reviewers == ("Alex Reader, Analyst",)
    assert "SIGNED OFF by Dee Director, Director" in (project.outputs / "signed-1/briefing.md").read_text("utf-8")
    assert not session.paper_state().since and not audit(project)


DRAFT_WORDS = (
    "draft",
    "not signed",
    "proposal",
    "still to be decided",
    "until a person",
    "to be checked",
    "before you send",
    "before this is signed",
    "before the paper is signed",
    "for the author",
    "delete this",
    "edit or delete",
    "run again",
    "scr-llm",
    "not yet coded",
    "must read",
)
"""True of drafts only, or said to the author."""


def printed_words(path: Path) -> str:
    """All that a file prints, with headers, footers and properties, but not what a review says in quotation marks."""
    content = path.read_bytes()
    if path.suffix == ".xlsx":  # the other rows are what the reviews say
        book = openpyxl.load_workbook(path)
        return " ".join(
            f"{sheet.title} {sheet.oddHeader.left.text} {[c.value for c in sheet[1]]}" for sheet in book
        ).lower()
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as packed:
            parts = [packed.read(n).decode("utf-8") for n in packed.namelist() if n.endswith(".xml")]
        text = " ".join(re.sub(r"<[^>]+>", " ", part) for part in parts)
    else:
        text = content.decode("utf-8")
    return re.sub(r"“[^”]*”", "", html.unescape(text)).lower()


@pytest.mark.slow
def test_no_signed_file_holds_a_word_of_a_draft(project: Project) -> None:
    shutil.copyfile(
        ROOT / "fixtures/awkward/encrypted.pdf", project.inbox / "encrypted.pdf"
    )  # so that the paper has something to report
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/vellingham-child-s.pdf")), project.inbox / "another.pdf")
    pipeline.run(project, RulesCoder(embedded_identity(load_codebook(project.codebook_path))))
    decide_all(project)
    signed, written = signing.sign_off(project, "Dee Director", "Director")
    assert {p.name for p in written} == {f"briefing.{f}" for f in ("docx", "html", "md", "xlsx", "json")} | {
        "evidence.docx",
        "evidence.html",
        "seven-minutes.docx",
        "seven-minutes.html",
        *(
            f"case-{n}.{f}"
            for n in ("corriford-child-1", "dunvarrow-young-person-r", "vellingham-child-s")
            for f in ("docx", "html")
        ),
    }
    assert signed.version == "2.0" and signed.files.keys() == {p.name for p in written}
    for path in written:
        text = printed_words(path)
        assert "signed off by dee director" in text, path.name
        if path.suffix == ".json":  # quotes stand there without their marks
            paper = json.loads(path.read_text("utf-8"))
            text = " ".join(
                s["text"].lower()
                for part in paper["parts"] + paper["annex"]
                for p in part["paragraphs"]
                for s in p["sentences"]
            )
        assert not [word for word in DRAFT_WORDS if word in text], path.name
    assert "encrypted.pdf (unreadable): the file is encrypted with a password." in (
        project.outputs / "signed-2/briefing.md"
    ).read_text("utf-8")


@pytest.mark.slow
def test_a_signed_paper_stays_signed_until_something_changes(project: Project) -> None:
    before = {p: p.read_bytes() for p in project.outputs.rglob("*") if p.is_file()}
    for command in ("run", "brief"):
        done = scr(command, "--project", str(project.root))
        assert (
            done.returncode == 0
            and "Version 1.0 is signed and nothing has changed since" in done.stderr
            and "draft" not in done.stderr
        )
    assert {p: p.read_bytes() for p in project.outputs.rglob("*") if p.is_file()} == before, "nothing is written"
    told = scr("explain", "workforce", "--out", str(project.root / "e.md"), "--project", str(project.root))
    assert told.returncode == 0 and "behind the signed version 1.0" in (project.root / "e.md").read_text("utf-8")
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/vellingham-child-s.pdf")), project.inbox / "another.pdf")
    done = scr("run", "--project", str(project.root))
    assert "draft following version 1.0" in done.stderr
    lines = done.stderr.splitlines()
    at = next(n for n, line in enumerate(lines) if "things changed" in line)
    assert "and" in lines[at + 9] and "more" in lines[at + 9] and not lines[at + 10].startswith("  changed"), (
        "ten lines at most"
    )
    assert "Reviews: 3 (was 2)" in (project.outputs / "changes-since-1.0.txt").read_text("utf-8")
    assert "**DRAFT following version 1.0 – not signed off" in (project.outputs / "briefing.md").read_text("utf-8")
    assert "Version 1.1" in (project.outputs / "briefing.html").read_text("utf-8")
    assert "changed" not in scr("run", "--project", str(project.root)).stderr, "it was told before"


@pytest.mark.slow
def test_a_paper_is_signed_once(project: Project) -> None:
    again = scr("sign-off", "--project", str(project.root), "--name", "Dee", "--role", "Director")
    assert again.returncode == 1 and "version 1.0 is already signed, and nothing has changed since" in again.stderr
    session = ReviewSession(project)
    key = next(k for k in session.counted() if k[1] in session.codes)
    session.decide(ALEX, *key, "not_mentioned", reason="Looked again.")
    session.close()
    command = [
        sys.executable,
        "-m",
        "scr_llm",
        "sign-off",
        "--project",
        str(project.root),
        "--name",
        "Dee",
        "--role",
        "Director",
    ]
    both = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert sorted(p.wait() for p in both) == [0, 1]
    assert len(ReviewSession(project).store.sign_offs()) == 2 and not audit(project)
    assert sorted(p.name for p in project.outputs.iterdir() if "signed" in p.name) == ["signed-1", "signed-2"]


def test_cautions_are_shown_answered_and_recorded(project: Project) -> None:
    session = ReviewSession(project)
    key = next(k for k in session.counted() if k[1] in session.codes)
    session.decide(ALEX, *key, "not_mentioned", reason="Looked again.")
    shown = signing.ready(project)
    assert any("fewer than 5" in text for text in shown)
    answers = {shown[0]: AnsweredCaution(text=shown[0], answer="resolved", note="Agreed with the family.")}
    signed, _ = signing.sign_off(project, "Dee", "Director", answers)
    assert [c.text for c in signed.cautions] == list(shown) and signed.cautions[0].note == "Agreed with the family."
    assert not any(c.separately for c in signed.cautions[1:])
    assert "Agreed with the family." in (project.outputs / "signed-2/sign-off.json").read_text("utf-8")


def test_a_file_that_waits_is_not_signed_over(project: Project) -> None:
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/vellingham-child-s.pdf")), project.inbox / "late.pdf")
    with pytest.raises(RefusedError, match=r"late\.pdf, The file: it was taken in and is not yet coded"):
        signing.sign_off(project, "Dee", "Director")


@pytest.mark.slow
def test_the_old_paper_comes_out_byte_for_byte_after_everything_changed(project: Project) -> None:
    folder = project.outputs / "signed-1"
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    session = ReviewSession(project)
    key = next(k for k in session.counted() if k[1] in session.codes)
    session.decide(ALEX, *key, "not_mentioned", reason="Looked again.")
    book = project.codebook_path
    book.write_text(
        book.read_text("utf-8").replace(session.codes["workforce"].definition[:30], "SOMETHING ELSE ALTOGETHER NOW", 1),
        "utf-8",
    )
    shutil.copyfile(next(ROOT.glob("fixtures/batch-*/saltreath-child-m.pdf")), project.inbox / "another.pdf")
    pipeline.run(project, RulesCoder(embedded_identity(load_codebook(book))))
    shutil.rmtree(folder)
    assert scr("brief", "--signed", "1", "--project", str(project.root)).returncode == 0
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    told = " ".join(ReviewSession(project).paper_state().since)
    assert "another.pdf was added" in told and "definitions have changed" in told and "1 decision was made" in told


def test_a_changed_definition_makes_stale_only_its_own_cells(project: Project) -> None:
    session = ReviewSession(project)
    definition = session.codes["workforce"].definition
    text = project.codebook_path.read_text("utf-8")
    project.codebook_path.write_text(text.replace(definition[:30], definition[:30].upper(), 1), "utf-8")
    again = ReviewSession(project)
    assert {key for key in again.counted() if again.state(key) != "decided"} == {
        (d, "workforce") for d in again.documents
    }
    assert {h.what for h in signing.blockers(again)} == {"stale"}
    with pytest.raises(RefusedError, match="stale"):
        signing.sign_off(project, "Dee", "Director")
    project.codebook_path.write_text(text.replace(session.codes["workforce"].label, "Staffing"), "utf-8")
    renamed = ReviewSession(project)
    assert all(renamed.state(key) == "decided" for key in renamed.counted()), "another label is not another meaning"


def test_a_theme_that_only_a_person_saw_hinders_once_it_is_stale(project: Project) -> None:
    session = ReviewSession(project)
    key = next(k for k, p in session.proposals.items() if p.kind == "theme" and not p.core)
    quote = session.quote(*key, session.reading(key[0]).pages[0].text.split("\n")[8], 1)
    assert key not in session.counted()
    session.decide(ALEX, *key, "present", evidence=quote)
    assert key in session.counted() and not signing.blockers(session)
    definition, text = session.codes[key[1]].definition, project.codebook_path.read_text("utf-8")
    project.codebook_path.write_text(text.replace(definition[:30], definition[:30].upper(), 1), "utf-8")
    again = ReviewSession(project)
    assert key in {h.key for h in signing.blockers(again)} and key in again.open_cells(ALEX)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE decisions SET record = replace(record, '\"assisted\":true', '\"assisted\":false') WHERE seq = 3",
            "decisions breaks at number 3",
        ),
        (
            "UPDATE decisions SET record = replace(record, 'Alex Reader', 'Other Person') WHERE seq = 2",
            "decisions breaks at number 2",
        ),
        ("DELETE FROM decisions WHERE seq = 5", "decisions breaks at number 6"),
        ("DELETE FROM decisions WHERE seq = (SELECT max(seq) FROM decisions)", "decisions breaks"),
        ("DELETE FROM decisions", "decisions breaks"),
        ("UPDATE sign_offs SET paper = replace(paper, 'Corriford', 'Elsewhere')", "sign-offs breaks at number 1"),
        ("DELETE FROM sign_offs", "sign-offs breaks"),
    ],
)
def test_a_row_that_was_changed_or_removed_is_detected(project: Project, statement: str, told: str) -> None:
    with raw(project.database) as connection:
        with pytest.raises(Exception, match="only ever appended"):
            connection.execute(statement)
        without_rules(connection)
        connection.execute(statement)
    audited = scr("audit", "--project", str(project.root))
    assert audited.returncode == 1 and told in audited.stdout, audited.stdout + audited.stderr


def test_a_signed_file_that_was_edited_is_named(project: Project) -> None:
    path = project.outputs / "signed-1/briefing.md"
    path.write_text(path.read_text("utf-8").replace("1 of 2", "2 of 2"), "utf-8")
    assert any("briefing.md is not the file that was signed" in line for line in audit(project))


def test_a_quote_that_no_longer_stands_hinders(project: Project) -> None:
    from scr_llm.store import Store

    with Store(project.database) as store:
        document = store.documents()[0]
        reading = store.reading(document.id)
        assert reading
        pages = tuple(p.model_copy(update={"text": "x" + p.text}) for p in reading.pages)
        store.save_reading(reading.model_copy(update={"pages": pages}))
    with pytest.raises(RefusedError, match="does not match its hash"):
        signing.ready(project)
    with Store(project.database) as store:
        sha256 = hashlib.sha256("\f".join(page.text for page in pages).encode()).hexdigest()
        store.save_reading(reading.model_copy(update={"pages": pages, "sha256": sha256}))
    assert any(h.what == "quote" for h in signing.blockers(ReviewSession(project)))


@pytest.mark.slow
def test_sign_off_by_command_lists_what_stands_in_the_way(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    refused = scr("sign-off", "--project", str(root), "--name", "Dee", "--role", "Director")
    assert (
        refused.returncode == 1 and "corriford-child-1.pdf, Workforce failings: nobody has decided it" in refused.stderr
    )
    assert scr("sign-off", "--project", str(root), "--name", "Dee").returncode == 2


@pytest.mark.slow
def test_a_ruling_or_a_rename_after_signing_is_a_change(project: Project) -> None:
    pdf = next(project.inbox.glob("*.pdf"))
    pdf.rename(pdf.with_name("renamed.pdf"))
    assert scr("run", "--project", str(project.root)).returncode == 0
    state = ReviewSession(project).paper_state()
    assert not state.is_signed and "renamed.pdf has a different name" in " ".join(state.since)
