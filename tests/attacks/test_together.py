"""Other people at work while a command runs.

What a person ruled, decided or replaced meanwhile stands, and nothing is signed that was not checked.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from databases import copy_project, raw
from served import add, again, coded_project
from test_signing import decide_all

from scr_llm import pipeline
from scr_llm.audit import audit
from scr_llm.codebook import load_codebook
from scr_llm.errors import RefusedError
from scr_llm.intake.inclusion import rule
from scr_llm.project import Project, load_project
from scr_llm.records import Codebook, DraftCoding, ExportProject, Paragraph, Part, Reading, Sentence
from scr_llm.reports.briefing import brief, paper
from scr_llm.reports.drafts import write
from scr_llm.reports.names import without
from scr_llm.review import sign_off as signing
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.stages.read.apart import Limits, Wanted, read_apart
from scr_llm.store import Store, backend_of

REVIEWS = ("corriford-child-1", "dunvarrow-young-person-r")
ALEX = Reviewer("Alex Reader", "Analyst")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("together") / "p", REVIEWS)


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Project:
    copy_project(template, tmp_path / "p")
    return load_project(tmp_path / "p")


class Interrupted(RulesCoder):
    """Codes by rules; before its answer, somebody does something else."""

    def __init__(self, project: Project, meanwhile: object) -> None:
        super().__init__(embedded_identity(load_codebook(project.codebook_path)))
        self.meanwhile = meanwhile

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        assert callable(self.meanwhile)
        self.meanwhile(reading)
        return super().code(reading, codebook)


def test_an_exclusion_while_a_run_codes_the_file_stands(project: Project) -> None:
    add(project, "northmere-amber")
    coder = Interrupted(project, lambda _: rule(project, "northmere-amber.pdf", "exclude", "Not ours."))
    outcome = pipeline.run(project, coder)
    assert [(d.file, d.status) for d in outcome.left_out] == [("northmere-amber.pdf", "not_a_review")]
    assert "Not ours." in brief(project)[0].model_dump_json() and not audit(project)


@pytest.mark.slow
def test_what_was_left_out_before_its_turn_is_not_coded_and_not_sent(project: Project) -> None:
    add(project, "northmere-amber")
    add(project, "ombershaw-child-d")
    asked: list[str] = []

    def leave_out_the_other(reading: Reading) -> None:
        asked.append(reading.document_id)
        rule(project, "ombershaw-child-d.pdf", "exclude", "Not ours.")

    pipeline.run(project, Interrupted(project, leave_out_the_other))
    assert len(asked) == 1


def test_a_decision_withdrawn_while_the_paper_is_written_is_not_signed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_all(project)

    def and_meanwhile(*given: object, **named: object) -> object:
        session = ReviewSession(project)
        session.withdraw(ALEX)
        session.close()
        return paper(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(signing, "paper", and_meanwhile)
    with pytest.raises(RefusedError, match="while the paper was written"):
        signing.sign_off(project, "Dee", "Director")
    with Store(project.database) as store:
        assert not store.sign_offs()
    assert not [p for p in project.outputs.iterdir() if "signed" in p.name]


def test_a_file_that_is_replaced_before_it_is_read_is_not_read_for_the_other(project: Project) -> None:
    other = project.inbox / f"{REVIEWS[1]}.pdf"
    found = list(read_apart([Wanted(other, "d", "0" * 64), Wanted(other, "d")], Limits(workers=1)))
    assert "replaced or changed" in str(found[0]) and isinstance(found[1], Reading)


@pytest.mark.slow
def test_the_decisions_of_an_earlier_issue_come_with_its_coding_or_not_at_all(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_all(project)
    add(project, REVIEWS[0], "another.pdf")
    old = project.inbox / f"{REVIEWS[0]}.pdf"
    old.write_bytes(old.read_bytes() + b"\n% issued again\n")
    (project.inbox / "another.pdf").unlink()
    save = Store.save_coding

    class KilledError(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    monkeypatch.setattr(Store, "save_coding", killed)
    with pytest.raises(KilledError):
        again(project)
    monkeypatch.setattr(Store, "save_coding", save)
    again(project)
    with Store(project.database) as store:
        new = next(d for d in store.documents() if d.file == old.name and d.status == "coded")
        carried = store.decisions(new.id)
    assert new.replaces and len(carried) > 10 and {d.act for d in carried} == {"carried"} and not audit(project)


@pytest.mark.slow
def test_a_new_file_under_the_name_of_one_that_was_left_out_is_left_out(project: Project) -> None:
    name = f"{REVIEWS[0]}.pdf"
    rule(project, name, "exclude", "Another board's.")
    (project.inbox / name).write_bytes((project.inbox / name).read_bytes() + b"\n% issued again\n")
    add(project, REVIEWS[0], "under another name.pdf")
    with (project.inbox / "under another name.pdf").open("ab") as file:
        file.write(b"\n% and another\n")
    outcome = again(project)
    assert {d.file for d in outcome.left_out} == {name, "under another name.pdf"}
    assert all("Another board's" in (d.reason or "") for d in outcome.left_out), outcome.left_out
    rule(project, name, "include", "It is ours after all.")
    again(project)
    with Store(project.database) as store:
        assert [d.status for d in store.documents() if d.file == name].count("coded") == 1


@pytest.mark.slow
def test_an_issue_that_comes_back_takes_the_later_decisions(project: Project) -> None:
    decide_all(project)
    path = project.inbox / f"{REVIEWS[0]}.pdf"
    first = path.read_bytes()
    path.write_bytes(first + b"\n% issued again\n")
    again(project)
    session = ReviewSession(project)
    document = next(i for i, d in session.documents.items() if d.file == path.name)
    changed = [
        k for k in session.counted() if k[0] == document and k[1] in session.codes and session.value(k) == "present"
    ][:3]
    for key in changed:
        session.decide(ALEX, *key, "not_mentioned")
    session.close()
    path.write_bytes(first)
    again(project)
    session = ReviewSession(project)
    back = next(i for i, d in session.documents.items() if d.file == path.name)
    assert back != document and [session.value((back, theme)) for _, theme in changed] == ["not_mentioned"] * 3
    session.close()


def test_an_issue_whose_place_is_taken_is_not_counted_beside_the_other(project: Project) -> None:
    from scr_llm.errors import UsageError

    old = (project.inbox / f"{REVIEWS[0]}.pdf").read_bytes()
    with Store(project.database) as store:
        first = next(d for d in store.documents() if d.file == f"{REVIEWS[0]}.pdf")
        store.save_document(first.model_copy(update={"status": "superseded", "reason": "re-issued as v2.pdf."}))
        store.save_document(
            first.model_copy(update={"id": "d2", "file": "v2.pdf", "sha256": "2", "replaces": first.id})
        )
        (project.inbox / "v2.pdf").write_bytes(old + b"\n% issued again\n")
    with pytest.raises(UsageError, match="is counted"):
        rule(project, first.id, "include", "Both.")


def test_a_hidden_pdf_is_named(project: Project) -> None:
    for name in (".x.pdf", ".Child T.pdf.icloud", "._x.pdf", ".DS_Store", "~$x.docx"):
        (project.inbox / name).write_bytes(b"x")
    outcome = again(project)
    assert {d.file: d.next_step for d in outcome.left_out} == {
        ".x.pdf": "Rename it, without the dot in front.",
        ".Child T.pdf.icloud": "Download the file itself.",
    }


def test_an_open_desk_takes_no_decision_on_what_is_no_longer_counted(project: Project) -> None:
    session = ReviewSession(project)
    key = next(k for k in session.open_cells(ALEX) if session.documents[k[0]].file.startswith(REVIEWS[0]))
    rule(project, f"{REVIEWS[0]}.pdf", "exclude", "Not ours.")
    with pytest.raises(RefusedError, match=r"no longer counted: left out by a person"):
        session.decide(ALEX, *key, "not_mentioned")
    session.close()


def test_facts_are_what_is_counted_or_what_the_review_says(project: Project) -> None:
    session = ReviewSession(project)
    document = next(iter(session.documents))
    for key, text in (
        ("case:context", "Death in the bath"),
        ("case:context", "not stated"),
        ("case:authority", "Board of Nowhere"),
        ("case:pseudonym", "Child Q9"),
        ("case:authority", "Corrifor"),
    ):
        with pytest.raises(RefusedError, match=r"not one of the contexts|is not in this review"):
            session.decide(ALEX, document, key, "present", text=text)
    session.decide(ALEX, document, "case:context", "present", text="other")
    session.decide(ALEX, document, "case:authority", "present", text="Board of Nowhere", reason="As its chair wrote.")
    session.close()
    assert brief(project)[1][0].coding.case.context == "other"


def test_a_disagreement_ends_by_adjudication_alone(project: Project) -> None:
    session = ReviewSession(project)
    key = next(k for k in session.counted() if session.value(k) == "present" and k[1] in session.codes)
    evidence = session.cell(*key, ALEX).evidence
    ann, bob, cat = (Reviewer(name, "Reader", blind=name != "Ann") for name in ("Ann", "Bob", "Cat"))
    session.decide(ann, *key, "present", evidence=evidence)
    session.decide(bob, *key, "not_mentioned")
    assert session.state(key) == "disagreed"
    session.decide(cat, *key, "present", evidence=evidence)
    session.decide(Reviewer("Ann", "Lead", blind=True), *key, "present", evidence=evidence)
    assert session.state(key) == "disagreed" and session.disagreements() == [key]
    session.decide(ann, *key, "present", evidence=evidence, act="adjudicated", reason="It says so.")
    assert session.state(key) == "decided"
    other = next(k for k in session.counted() if k != key and k[1] in session.codes)
    session.decide(Reviewer("Eve", "x"), *other, "not_mentioned")
    session.decide(Reviewer("Zed", "x"), *other, "not_mentioned")
    with pytest.raises(RefusedError, match="since you did"):
        session.withdraw(Reviewer("Eve", "x"))
    session.close()


@pytest.mark.slow
def test_every_number_that_changed_since_signing_is_listed(project: Project) -> None:
    decide_all(project)
    signing.sign_off(project, "Dee", "Director")
    session = ReviewSession(project)
    for document in session.documents:
        session.decide(ALEX, document, "case:context", "not_mentioned")
    key = next(k for k in session.counted() if session.value(k) == "present" and k[1] in session.codes)
    session.decide(ALEX, *key, "unclear")
    told = "\n".join(write(project, ("md",)).changes)
    assert (
        "context: Not stated (was" in told
        and f"{session.labels[key[0]]}, {session.codes[key[1]].label}: Unclear (was Yes" in told
    ), told
    session.close()


def test_an_exclusion_undone_says_nothing_untrue(project: Project) -> None:
    rule(project, f"{REVIEWS[0]}.pdf", "exclude", "Not ours.")
    rule(project, f"{REVIEWS[0]}.pdf", "include", "It is.")
    assert "taken for something else" not in brief(project)[0].model_dump_json()


def test_what_a_person_put_under_the_name_of_a_draft_stays(project: Project) -> None:
    mine = project.outputs / "briefing.md"
    mine.write_text("My own text.")
    (project.outputs / "briefing-v0.1.md").write_text("My own, too.")
    done = write(project, ("md",))
    assert mine.read_text() == "My own text." and (project.outputs / "briefing-v0.1.md").read_text() == "My own, too."
    assert [p.name for p in done.paths] == ["briefing-v0.1-2.md"] and done.kept[0] == mine


def test_a_decided_code_that_left_the_codebook_is_named_in_the_paper(project: Project) -> None:
    decide_all(project)
    text = project.codebook_path.read_text("utf-8")
    start = text.index("- id: alcohol_misuse")
    project.codebook_path.write_text(text[:start] + text[text.index("- id:", start + 5) :], "utf-8")
    printed = brief(project)[0].model_dump_json()
    assert re.search(
        r"2 decisions are about themes or items that no longer exist, and not counted here: alcohol misuse \(2\)",
        printed,
    )


@pytest.mark.parametrize("name", ["Zoë Müller", "O’Brien", "Page", "present", "id"])
def test_a_name_is_left_out_however_it_is_typed(name: str) -> None:
    import unicodedata

    ways = (
        name,
        name.upper(),
        unicodedata.normalize("NFD", name),
        name.replace(" ", "\n"),
        name.replace("’", "'"),
        f"\n{name}",
    )
    part = Part(
        id="present",
        level=1,
        title=f"Of {name}",
        paragraphs=tuple(Paragraph(sentences=(Sentence(text=f"So {w} said."),)) for w in ways),
    )
    masked = without(part, [name])
    assert masked.title == "Of [name removed]" and masked.id == "present" and masked.level == 1
    assert all(p.sentences[0].text.split() == ["So", "[name", "removed]", "said."] for p in masked.paragraphs)
    assert Part.model_validate_json(masked.model_dump_json()) == masked
    assert without(ExportProject(name=f"For {name}", organisation=""), [name]).name == "For [name removed]"


def test_a_name_that_is_a_word_is_taken_out_where_it_is_a_name(project: Project) -> None:
    part = Part(id="present", level=1, title="MAY", paragraphs=(Paragraph(sentences=(Sentence(text="x"),)),))
    text = "One may speak of several, said May Day-Lewis, and in a draft May’s aunt may too."
    part = part.model_copy(update={"paragraphs": (Paragraph(sentences=(Sentence(text=text),)),)})
    masked = without(part, ["May"])
    assert masked.title == "[name removed]" and masked.paragraphs[0].sentences[0].text == (
        "One may speak of several, said [name removed] Day-Lewis, and in a draft [name removed]’s aunt may too."
    )
    briefing = brief(project)[0]
    cut = without(briefing, ["Draft", "Present"])
    assert cut.status_line == briefing.status_line and "DRAFT" in cut.status_line and cut.status == "draft"
    assert type(cut).model_validate_json(cut.model_dump_json()) == cut


def test_a_file_that_is_there_is_not_written_over(project: Project) -> None:
    from click.testing import CliRunner

    from scr_llm.cli import cli

    def scr(*given: str) -> str:
        error = CliRunner().invoke(cli, [*given, "--project", str(project.root)], standalone_mode=False).exception
        return str(error) if error else ""

    sheet = project.root / "sheet.xlsx"
    person = ("--name", "Alex", "--role", "Analyst")
    assert not scr("sheet", "write", str(sheet), *person)
    sheet.write_bytes(b"filled in")
    assert "already exists" in scr("sheet", "write", str(sheet), *person) and sheet.read_bytes() == b"filled in"
    assert not scr("sheet", "write", str(sheet), *person, "--force")
    for own in ("scr_llm.sqlite", "project.toml", f"inbox/{REVIEWS[0]}.pdf"):
        assert "one of the project's own files" in scr(
            "export", "--format", "json", "--out", str(project.root / own), "--force"
        )


def test_rules_of_the_database_that_are_not_ours_are_named(project: Project) -> None:
    with raw(project.database) as connection:
        if project.database.url:
            connection.execute("DROP TRIGGER decisions_no_update ON decisions")
            connection.execute("CREATE RULE quiet AS ON INSERT TO decisions DO INSTEAD NOTHING")
            connection.execute("ALTER TABLE history DISABLE TRIGGER history_no_delete")
        else:
            connection.execute("DROP TRIGGER decisions_no_update")
            connection.execute("CREATE TRIGGER quiet BEFORE INSERT ON decisions BEGIN SELECT RAISE(IGNORE); END")
    told = " ".join(audit(project))
    assert "decisions_no_update" in told and "quiet" in told
    assert not project.database.url or "history_no_delete" in told


def test_a_file_that_a_better_reader_may_read_is_tried_again(project: Project) -> None:
    (project.inbox / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing")
    coder = RulesCoder(embedded_identity(load_codebook(project.codebook_path)))

    def tried() -> list[str]:
        seen: list[str] = []
        pipeline.run(project, coder, lambda file, *_: seen.append(file))
        return seen

    assert tried() == ["broken.pdf"] and tried() == []
    text = (project.root / "project.toml").read_text("utf-8")
    (project.root / "project.toml").write_text(text.replace("seconds = 180", "seconds = 200", 1), "utf-8")
    project = load_project(project.root)
    assert tried() == ["broken.pdf"] and tried() == []


@pytest.mark.parametrize("linked", [False, True])
def test_forgetting_empties_a_folder_that_is_a_link(project: Project, tmp_path: Path, linked: bool) -> None:
    from scr_llm.governance.erase import forget

    (project.outputs / "briefing.md").write_text("Words.")
    if linked:
        project.outputs.rename(tmp_path / "elsewhere")
        project.outputs.symlink_to(tmp_path / "elsewhere")
    forget(project)
    assert not list(project.outputs.iterdir()) and not backend_of(project.database).is_there()
