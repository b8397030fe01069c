"""The next quarter.

New files, a corrected re-issue, a changed codebook, edited drafts, files dropped one by one, and forgetting.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import docx
import pytest
from databases import copy_project
from served import ROOT, add, again, coded_project

from scr_llm import pipeline
from scr_llm.audit import audit
from scr_llm.codebook import load_codebook
from scr_llm.governance.erase import forget
from scr_llm.project import Project, load_project
from scr_llm.reports.briefing import brief
from scr_llm.reports.drafts import write
from scr_llm.review import correct
from scr_llm.review.cells import Reviewer
from scr_llm.review.lists import confirm, item_list, show
from scr_llm.review.session import ReviewSession
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.store import Store, backend_of

ALEX = Reviewer("Alex Reader", "Analyst")
ONE, TWO = ("corriford-child-1", "dunvarrow-young-person-r"), "vellingham-child-s"


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("batch") / "p", ONE)


@pytest.fixture
def project(coded: Path, tmp_path: Path) -> Project:
    copy_project(coded, tmp_path / "p")
    return load_project(tmp_path / "p")


def test_a_new_batch_leaves_the_old_codings_as_they_are_and_says_what_it_changes(project: Project) -> None:
    with Store(project.database) as store:
        before = {d.id: store.coding(d.id).model_dump_json() for d in store.documents()}  # type: ignore[union-attr]
    add(project, TWO)
    again(project)
    briefing, reviews = brief(project)
    with Store(project.database) as store:
        assert all(store.coding(i).model_dump_json() == text for i, text in before.items())  # type: ignore[union-attr]
        batches = {d.file: d.batch for d in store.documents()}
    assert batches == {f"{ONE[0]}.pdf": "1", f"{ONE[1]}.pdf": "1", f"{TWO}.pdf": "2"}
    part = next(p for p in briefing.parts if p.id == "change")
    assert "Batch 2 brought 1 new review" in part.paragraphs[0].sentences[0].text
    full = next(p for p in briefing.annex if p.id == "evidence.change")
    rows = {row[0]: row[1:] for row in full.tables[0].rows}
    assert all(rows[row[0]] == row[1:] for row in part.tables[0].rows)
    for count in briefing.facts.themes:  # by an independent count
        have = [r.document.file for r in reviews if (cell := r.theme(count.theme)) and cell.value == "present"]
        old, new = [f for f in have if TWO not in f], [f for f in have if TWO in f]
        if have:
            assert rows[count.label] == (f"{len(have)} of 3", f"{len(old)} of 2", f"{len(new)} of 1")
    assert any("made recommendations on it" in s.text for p in full.paragraphs for s in p.sentences)
    assert not any(p.id == "change" for p in brief(project, only={"batch": "1"})[0].parts)


@pytest.mark.slow
def test_an_edited_draft_is_never_written_over(project: Project) -> None:
    first = write(project, ("docx", "md"))
    assert first.briefing.version == "0.1" and write(project, ("docx", "md")).briefing.version == "0.1", (
        "nothing changed, the same version"
    )
    path = project.outputs / "briefing.docx"
    edited = docx.Document(str(path))
    edited.add_paragraph("A sentence that a person wrote.")
    edited.save(str(path))
    mine = path.read_bytes()
    add(project, TWO)
    again(project)
    second = write(project, ("docx", "md"))
    assert path.read_bytes() == mine and second.kept == [path] and second.briefing.version == "0.2"
    assert (project.outputs / "briefing-v0.2.docx").is_file() and "Version" not in (
        project.outputs / "briefing.md"
    ).read_text("utf-8")[:20]
    assert any(line.startswith("Reviews: 3 (was 2)") for line in second.changes) and any(
        "quote" in line for line in second.changes
    )


@pytest.mark.slow
def test_a_draft_that_was_edited_in_libreoffice_survives(project: Project, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("SKIPPED: LibreOffice is not installed on this machine.")
    write(project, ("docx",))
    path = project.outputs / "briefing.docx"
    command = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/lo",
        "--headless",
        "--convert-to",
        "docx",
        "--outdir",
        str(tmp_path),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.copyfile(tmp_path / "briefing.docx", path)
    mine = path.read_bytes()
    add(project, TWO)
    again(project)
    write(project, ("docx",))
    assert path.read_bytes() == mine and (project.outputs / "briefing-v0.2.docx").is_file()


def test_a_changed_definition_proposes_that_code_anew_and_no_other(project: Project) -> None:
    with Store(project.database) as store:
        before = {d.id: {t.theme: t for t in store.coding(d.id).themes} for d in store.documents()}  # type: ignore[union-attr]
    text = project.codebook_path.read_text("utf-8")
    book = load_codebook(project.codebook_path)
    code = next(c for c in book.codes if c.id == "record_keeping")
    project.codebook_path.write_text(text.replace(code.definition[:30], code.definition[:30].upper(), 1), "utf-8")
    asked = []

    class Noting(RulesCoder):
        def code(self, reading, codebook):  # type: ignore[no-untyped-def]
            asked.append([c.id for c in codebook.codes])
            return super().code(reading, codebook)

    pipeline.run(project, Noting(embedded_identity(load_codebook(project.codebook_path))))
    assert asked == [["record_keeping"]] * 2
    pipeline.run(project, Noting(embedded_identity(load_codebook(project.codebook_path))))
    assert len(asked) == 2, "once"
    with Store(project.database) as store:
        for d in store.documents():
            assert {t.theme: t for t in store.coding(d.id).themes} == before[d.id]  # type: ignore[union-attr]


def test_a_corrected_re_issue_keeps_the_decisions_whose_quotes_still_stand(project: Project, tmp_path: Path) -> None:
    sys.path.insert(0, str(ROOT / "fixtures"))
    from draw import draw  # type: ignore[import-not-found]
    from markup import load  # type: ignore[import-not-found]

    session = ReviewSession(project)
    old = next(i for i, d in session.documents.items() if d.file.startswith("corriford"))
    cells = [
        k for k in session.open_cells(ALEX) if k[0] == old and session.value(k) == "present" and k[1] in session.codes
    ]
    for key in cells:
        session.decide(ALEX, *key, "present", evidence=session.cell(*key, ALEX).evidence)
    words = "Father was regularly intoxicated in the evenings"
    correct.add(session, ALEX, item_list(session, ALEX, old), "finding", words)
    for page in item_list(session, ALEX, old).left:
        show(session, ALEX, old, page)
    confirm(session, ALEX, item_list(session, ALEX, old))
    session.close()
    source = (ROOT / "fixtures/source/corriford-child-1.txt").read_text("utf-8")
    changed = source.replace("no supervision for eleven months", "no supervision for nine months")
    assert changed != source
    (project.inbox / "corriford-child-1.pdf").unlink()
    (tmp_path / "corriford-child-1.txt").write_text(changed, "utf-8")
    draw(load(tmp_path / "corriford-child-1.txt"), project.inbox / "corriford-corrected.pdf")
    again(project)
    session = ReviewSession(project)
    new = next(i for i, d in session.documents.items() if d.file == "corriford-corrected.pdf")
    carried = {d.theme for d in session.store.decisions(new)}
    assert {d.act for d in session.store.decisions(new)} == {"carried"} and {
        d.author for d in session.store.decisions(new)
    } == {"Alex Reader"}
    assert {k[1] for k in cells} - carried == {"workforce"}, "only the cell whose passage changed is open again"
    assert session.state((new, "workforce")) == "undecided" and old not in session.documents
    assert session.documents[new].batch == "1"
    items = item_list(session, ALEX, new)
    assert [(row.cell.key, row.cell.kind) for row in items.open] == [(items.open[0].cell.key, "finding")]
    assert "nine months" in (items.open[0].cell.text or ""), "of the list too, only what changed is open again"
    first = next(row for row in items.rows if row.cell.kind == "finding")
    assert first.cell.text == words, "and what was added is there"
    assert not audit(project)


@pytest.mark.slow
def test_watching_waits_until_a_file_is_complete(project: Project) -> None:
    content = next(ROOT.glob(f"fixtures/batch-*/{TWO}.pdf")).read_bytes()
    command = [
        sys.executable,
        "-m",
        "scr_llm",
        "watch",
        "--project",
        str(project.root),
        "--every",
        "0.4",
        "--times",
        "12",
    ]
    watching = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    with (project.inbox / f"{TWO}.pdf").open("wb") as slow:
        for at in range(0, len(content), len(content) // 6 + 1):
            slow.write(content[at : at + len(content) // 6 + 1])
            slow.flush()
            import time

            time.sleep(0.15)
    told = watching.communicate(timeout=90)[1]
    with Store(project.database) as store:
        assert {d.file: d.status for d in store.documents()}[f"{TWO}.pdf"] == "coded", told
        assert len(store.documents()) == 3, "no half of it was taken in"


def test_forgetting_leaves_a_certificate_and_no_text(project: Project) -> None:
    write(project, ("docx", "html", "md"))
    with Store(project.database) as store:
        shas = {d.sha256 for d in store.documents()}
        sentence = store.reading(store.documents()[0].id).pages[0].text[300:340].encode()  # type: ignore[union-attr]
    path = forget(project)
    certificate = json.loads(path.read_text("utf-8"))
    assert {d["sha256"] for d in certificate["documents"]} == shas and certificate["codings"] == 2
    assert not backend_of(project.database).is_there() and not list(project.outputs.iterdir())
    left = b"".join(p.read_bytes() for p in project.root.rglob("*") if p.is_file() and p.suffix != ".pdf")
    assert sentence not in left and b"Corriford" not in left


@pytest.mark.slow
def test_the_boards_own_word_template_is_used(project: Project) -> None:
    house = docx.Document()
    house.sections[0].header.paragraphs[0].text = "Our Board"
    house.styles["Heading 1"].font.name = "Georgia"
    house.add_paragraph("Sample text that must not be printed.")
    house.save(str(project.root / "template.docx"))
    write(project, ("docx",))
    made = docx.Document(str(project.outputs / "briefing.docx"))
    heads = [p.text for p in made.sections[0].header.paragraphs]
    assert heads[0] == "Our Board" and heads[1].startswith("DRAFT") and made.styles["Heading 1"].font.name == "Georgia"
    assert not any("Sample text" in p.text for p in made.paragraphs)
    (project.root / "template.docx").write_bytes(b"no Word file")
    given = subprocess.run(
        [sys.executable, "-m", "scr_llm", "brief", "--project", str(project.root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert given.returncode == 2 and "template.docx cannot be read as a Word file" in given.stderr


def test_a_subset_has_files_of_its_own(project: Project) -> None:
    done = write(project, ("md",), only={"authority": "Corriford"})
    assert done.paths[0].name == "briefing-authority-corriford.md" and done.briefing.facts.reviews == 1
    assert hashlib.sha256(done.paths[0].read_bytes()).hexdigest()


@pytest.mark.slow
def test_findings_that_no_code_covers_are_offered_and_adopted(project: Project) -> None:
    from scr_llm.themes import candidates as emerging

    add(project, TWO)
    again(project)
    suggested = emerging.suggestions(project)
    found, total = suggested.groups, suggested.findings
    with Store(project.database) as store:
        assert total == sum(len(c.findings) for d in store.documents() if (c := store.coding(d.id)))
    assert found and all(p.text and p.page for c in found for p in c.passages)
    for candidate in (c for c in found if len(c.passages) == 1):
        places = [candidate.passages[0].text.lower().find(word) for word in candidate.words]
        assert places == sorted(places), "words in the order of the text, so the same in every run"
    emerging.adopt(
        project,
        found[0],
        "a_new_code",
        "A new code",
        "The review finds something that no other code covers.",
        "Alex Reader",
    )
    book = load_codebook(project.codebook_path)
    assert (
        book.codes[-1].id == "a_new_code"
        and "Alex Reader" in book.codes[-1].include[0]
        and found[0].passages[0].label in book.codes[-1].include[0]
    )
    again(project)
    with Store(project.database) as store:
        assert all(c.themes[-1].theme == "a_new_code" for d in store.documents() if (c := store.coding(d.id)))
    with pytest.raises(Exception, match="taken"):
        emerging.adopt(project, found[0], "workforce", "x", "y", "z")
    assert any("joins two things" in line for line in emerging.faults(book))


def test_a_name_that_is_left_out_is_in_no_paper_and_its_quote_is_still_verified(project: Project) -> None:
    (project.root / "project.toml").write_text(
        (project.root / "project.toml")
        .read_text("utf-8")
        .replace('# leave_out = ["A. Name"]', 'leave_out = ["midwife"]'),
        "utf-8",
    )
    project = load_project(project.root)
    assert project.settings.briefing.leave_out == ("midwife",)
    done = write(project, ("docx", "html", "md", "xlsx", "json"))
    text = done.briefing.model_dump_json()
    assert "midwife" not in text.lower() and "[name removed]" in text
    import zipfile

    for path in done.paths:
        parts = (
            [zipfile.ZipFile(path).read(n) for n in zipfile.ZipFile(path).namelist()]
            if path.suffix in (".docx", ".xlsx")
            else [path.read_bytes()]
        )
        assert not any(b"midwife" in part.lower() for part in parts), path
    session = ReviewSession(project)
    assert not [
        k
        for k in session.proposals
        if any(
            e.quote != session.reading(k[0]).pages[e.page - 1].text[e.start : e.end]
            for e in session.cell(*k, ALEX).evidence
        )
    ]


@pytest.mark.slow
def test_merging_and_splitting_show_their_effect_and_open_the_new_cells(project: Project) -> None:
    def scr(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scr_llm", "codebook", *arguments, "--project", str(project.root), "--name", "Alex"],
            capture_output=True,
            text=True,
            input=given,
            check=False,
        )

    before = project.codebook_path.read_bytes()
    shown = scr(
        "merge", "silo_working", "information_sharing", "--id", "together", "--label", "Working together", given="n\n"
    )
    assert (
        shown.returncode == 1 and project.codebook_path.read_bytes() == before and "-> together present" in shown.stdout
    )
    with Store(project.database) as store:
        either = sum(
            any(t.value == "present" for t in c.themes if t.theme in ("silo_working", "information_sharing"))
            for d in store.documents()
            if (c := store.coding(d.id))
        )
    assert f"together present in {either} of 2" in shown.stdout
    assert (
        scr(
            "merge", "silo_working", "information_sharing", "--id", "together", "--label", "Working together", "--yes"
        ).returncode
        == 0
    )
    assert scr("split", "workforce", "--yes").returncode == 0
    ids = [c.id for c in load_codebook(project.codebook_path).codes]
    assert (
        "together" in ids
        and "silo_working" not in ids
        and {"workforce_capacity", "workforce_supervision", "workforce_skills"} <= set(ids)
        and "workforce" not in ids
    )
    again(project)
    session = ReviewSession(project)
    assert all(session.state((d, "together")) == "undecided" for d in session.documents)
    assert sum(session.value((d, "together")) == "present" for d in session.documents) == either
    assert scr("split", "neglect", "--yes").returncode == 2
