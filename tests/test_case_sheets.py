"""The case sheets: right by the export, kept where a person edited them, and a model's summary only where it holds."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import papers
import pytest
from databases import copy_project
from served import ALEX, ROOT, SAM, coded_project, decide_all, review_page

from scr_llm import Workspace
from scr_llm.audit import audit
from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.intake.inclusion import rule
from scr_llm.llm.fake import FakeServer, says
from scr_llm.project import load_project
from scr_llm.reports.export import export
from scr_llm.reports.summaries import retold, wrong_with
from scr_llm.stages.synthesise import SheetSource
from scr_llm.stages.synthesise.case_sheet import in_short

CODES = load_codebook(ROOT / "prompts/codebook.yaml").codes
SUPERVISION = SheetSource(
    "Finding 3 (page 2)",
    "The community midwife had received no supervision for eleven months, and nobody had noticed.",
)
REFERRAL = SheetSource("Neglect (page 4)", "The school sent 3 referrals in May.", "neglect", "Neglect")


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("cases") / "p")
    Workspace.open(root).brief(["docx", "html"])
    return root


@pytest.fixture
def workspace(coded: Path, tmp_path: Path) -> Workspace:
    copy_project(coded, tmp_path / "p")
    return Workspace.open(tmp_path / "p")


def cases(workspace: Workspace) -> Path:
    return workspace.project.outputs / "cases"


def exported(workspace: Workspace) -> Path:
    outputs = workspace.project.outputs
    (outputs / "export.json").write_text(export(workspace.project).model_dump_json(), "utf-8")
    return outputs


def test_each_coded_review_has_a_sheet_that_the_export_bears_out(workspace: Workspace) -> None:
    assert {p.name for p in cases(workspace).iterdir()} == {
        f"{name}.{form}" for name in ("corriford-child-1", "dunvarrow-young-person-r") for form in ("docx", "html")
    }
    assert papers.sheet_faults(exported(workspace)) == []


def test_what_is_spoilt_on_a_sheet_is_seen(workspace: Workspace) -> None:
    page = cases(workspace) / "corriford-child-1.html"
    page.write_text(page.read_text("utf-8").replace("14 recommendations", "15 recommendations"), "utf-8")
    assert any("in Word or HTML alone" in fault for fault in papers.sheet_faults(exported(workspace)))
    (cases(workspace) / "dunvarrow-young-person-r.docx").unlink()
    assert any("coded are" in fault for fault in papers.sheet_faults(exported(workspace)))


def test_the_same_again_is_the_same_bytes_and_only_when_asked_for(workspace: Workspace) -> None:
    before = {p.name: p.read_bytes() for p in cases(workspace).iterdir()}
    assert len(workspace.brief(["docx", "html"]).sheets) == 4
    assert {p.name: p.read_bytes() for p in cases(workspace).iterdir()} == before
    assert workspace.brief(["md"]).sheets == []
    assert workspace.brief(["docx"], only={"authority": "Corriford"}).sheets == []


def test_an_edited_sheet_is_kept_and_the_new_one_lies_beside_it(workspace: Workspace) -> None:
    edited = cases(workspace) / "corriford-child-1.html"
    edited.write_text("mine", "utf-8")
    done = workspace.brief(["docx", "html"])
    assert edited.read_text("utf-8") == "mine" and edited in done.kept
    beside = edited.with_stem(f"corriford-child-1-v{done.briefing.version}")
    assert beside.is_file() and beside in done.sheets
    again = workspace.brief(["docx", "html"])
    assert sorted(again.sheets) == sorted(done.sheets), "no third one"


def test_a_stale_sheet_goes_unless_a_person_edited_it(workspace: Workspace) -> None:
    edited, left = cases(workspace) / "corriford-child-1.html", cases(workspace) / "corriford-child-1.docx"
    edited.write_text("mine", "utf-8")
    own = cases(workspace) / "my-notes.docx"
    own.write_bytes(b"notes")
    rule(workspace.project, "corriford-child-1.pdf", "exclude", "Another board's.")
    workspace.brief(["docx", "html"])
    assert not left.exists() and edited.exists() and own.exists()


def test_the_state_of_a_sheet_is_that_of_the_review_page(workspace: Workspace) -> None:
    def state(sheet: object) -> str:
        part = next(p for p in sheet.parts if p.id == "state")  # type: ignore[attr-defined]
        return " ".join(s.text for s in part.paragraphs[0].sentences)

    document = workspace.documents()[0]
    own = [cell for (i, _), cell in workspace.matrix().items() if i == document.id]
    assert f"decided none of the {len(own)} cells" in state(workspace.case_sheet(document.id))
    decide_all(workspace.project.root)
    own = [cell for (i, _), cell in workspace.matrix().items() if i == document.id]
    sheet = workspace.case_sheet(document.id)
    assert state(sheet) == (
        f"People have decided all {len(own)} cells of this review. Decided by: Alex Reader, Analyst. Nothing is open."
    )
    assert sheet.title == "Case sheet: Corriford Child 1" and sheet.one_page
    with pytest.raises(UsageError, match="not in the project"):
        workspace.case_sheet("d0")


def test_names_are_left_out(workspace: Workspace) -> None:
    settings = workspace.project.root / "project.toml"
    text = settings.read_text("utf-8")
    assert "# leave_out = " in text
    settings.write_text(re.sub(r"# leave_out = .*", 'leave_out = ["Alex Reader", "interpreter"]', text), "utf-8")
    decide_all(workspace.project.root)
    Workspace.open(workspace.project.root).brief(["docx", "html"])
    pages = [p.read_text("utf-8") for p in cases(workspace).glob("*.html")]
    assert "Decided by: [name removed], Analyst" in pages[0] and "[name removed] was booked" in "".join(pages)
    assert not any(name in page.lower() for page in pages for name in ("alex reader", "interpreter"))


def test_signed_papers_have_the_sheets(workspace: Workspace) -> None:
    decide_all(workspace.project.root)
    signed, paths = workspace.sign_off("Dee Director", "Director")
    sheets = [p for p in paths if p.name.startswith("case-")]
    assert len(sheets) == 4 and all(p.name in signed.files for p in sheets)
    assert b"DRAFT" not in sheets[1].read_bytes() and b"SIGNED OFF by Dee Director" in sheets[1].read_bytes()
    assert audit(workspace.project) == []
    now = workspace.case_sheet(workspace.documents()[0].id)
    assert now.version == "1.0" and now.status_line.startswith("FROM THE RECORD")


@pytest.mark.slow
def test_the_review_page_shows_it_and_not_to_a_blind_reviewer(workspace: Workspace) -> None:
    document = workspace.documents()[0].id
    with review_page(workspace.project.root, *ALEX) as page:
        browser = page.browser()
        shown = browser.get(f"{page.base}/list/{document}").text
        assert f"/document/{document}/sheet" in shown
        sheet = browser.get(f"{page.base}/document/{document}/sheet")
        assert sheet.status_code == 200 and "Recommendations by addressee" in sheet.text
        assert browser.get(f"{page.base}/document/nothing/sheet").status_code == 400
    with review_page(workspace.project.root, *SAM) as page:
        browser = page.browser()
        assert browser.get(f"{page.base}/document/{document}/sheet").status_code == 400
        assert "/sheet" not in browser.get(f"{page.base}/document/{document}").text


def test_what_is_long_is_cut_at_a_pause_and_not_behind_a_small_word() -> None:
    assert in_short("Nobody asked her.", 5) == "Nobody asked her."
    assert in_short("The school wrote twice, and no one of the two teams ever replied", 6) == "The school wrote twice …"
    assert in_short("The school told the two duty teams of the child", 9) == "The school told the two duty teams …"


# ---------------------------------------------------------------- a model's summary


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("The midwife had received no supervision for eleven months.", None),
        ("For 11 months the community midwife received no supervision.", None),
        ("Nobody noticed that the midwife had no supervision.", None),
        ("The midwife had received no supervision for twelve months.", "a number that is not"),
        ("The community midwife had received supervision for eleven months.", "leaves out a denial"),
        ("The health visitor had received no supervision for eleven months.", "an agency"),
        ("No supervision was received by the midwife, and the Police noticed.", "an agency"),
        ("The community midwife Jane had received no supervision there.", "names something"),
        ("Westborough gave the community midwife no supervision for months.", "names something"),
        ("The community midwife had received no supervision and there was domestic abuse.", "a theme"),
        ("The midwife received no supervision because nobody had noticed.", "compares or explains"),
        ("The midwife said “I had no supervision” for eleven months.", "quotes words"),
        ("No plan was agreed and visits lapsed while winter came.", "most of its words"),
        ("No supervision.", "one sentence"),
    ],
)
def test_a_drafted_sentence_says_only_what_it_rests_on(sentence: str, why: str | None) -> None:
    found = wrong_with(sentence, [SUPERVISION], CODES)
    assert found is None if why is None else found and why in found, found


DRINKING = SheetSource(
    "Alcohol misuse (page 1)",
    "Father was regularly intoxicated in the evenings and had twice been seen at the accident department.",
    "alcohol_misuse",
    "Alcohol misuse (parent/carer)",
)
VIEW = SheetSource("Finding 2 (page 6)", "The Panel is of the view that the death could have been predicted in May.")


@pytest.mark.parametrize(
    ("sentence", "source", "why"),
    [
        ("The father was regularly intoxicated in the evenings.", DRINKING, None),
        ("The mother was regularly intoxicated in the evenings.", DRINKING, "somebody who is not in"),
        ("In the evenings the baby’s father was regularly intoxicated.", DRINKING, "rests on: baby"),
        ("The Panel is of the view that the death could have been predicted.", VIEW, None),
        ("The death could have been predicted in May.", VIEW, "states as a fact"),
    ],
)
def test_what_one_person_did_or_said_is_not_another_s_and_no_fact(
    sentence: str, source: SheetSource, why: str | None
) -> None:
    found = wrong_with(sentence, [source], CODES)
    assert found is None if why is None else found and why in found, found


def test_a_sentence_rests_on_what_it_retells_and_not_on_the_neighbours_that_a_model_names() -> None:
    sentence = "The midwife had received no supervision for eleven months."
    assert retold(sentence, [DRINKING, SUPERVISION, REFERRAL]) == [SUPERVISION]
    assert retold("The case was about alcohol misuse in the community.", [DRINKING, SUPERVISION]) == [DRINKING]
    assert "most of its words" in str(
        wrong_with("The case was about alcohol misuse in the community.", [DRINKING], CODES)
    )
    assert "most of its words" in str(wrong_with(sentence, [], CODES))


def test_the_theme_of_a_source_may_be_named_and_a_denial_not_made_up() -> None:
    assert wrong_with("Neglect was behind the 3 referrals that the school sent.", [REFERRAL], CODES) is None
    assert "does not deny" in str(wrong_with("The school had not sent 3 referrals in May.", [REFERRAL], CODES))


def scr(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scr_llm", *arguments, "--project", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def with_model(root: Path, server: FakeServer) -> None:
    with (root / "project.toml").open("a") as settings:
        settings.write(f'\n[llm]\nbase_url = "{server.base_url}"\nmodel = "fake-model"\n')


@pytest.mark.slow
def test_a_model_drafts_summaries_once(workspace: Workspace) -> None:
    with FakeServer() as server:
        with_model(workspace.project.root, server)
        done = scr(workspace.project.root, "brief", "--summaries", "--format", "docx,html")
        assert done.returncode == 0, done.stderr
        assert server.asked == 2, "once for each review"
        assert "<<<DOCUMENT" in json.dumps(server.requests[0], ensure_ascii=False)
        assert papers.sheet_faults(exported(workspace), summaries=True) == []
        assert scr(workspace.project.root, "brief", "--summaries").returncode == 0 and server.asked == 2
    assert len(load_calls(workspace)) == 2, "each call is in the log, with its document"
    assert scr(workspace.project.root, "brief").returncode == 0
    assert papers.sheet_faults(exported(workspace)) == [], "without --summaries the sheets have none"


@pytest.mark.slow
def test_a_summary_is_asked_for_with_what_is_redacted_in_the_document(workspace: Workspace) -> None:
    with FakeServer() as server:
        with_model(workspace.project.root, server)
        with (workspace.project.root / "project.toml").open("a") as settings:
            settings.write("redact = true\n")
        (workspace.project.root / "redact.txt").write_text("midwife\nsocial worker\nschool\nmother\n")
        done = scr(workspace.project.root, "brief", "--summaries", "--format", "docx,html")
        assert done.returncode == 0, done.stderr
        sent = " ".join(message["content"] for r in server.requests for message in r["messages"][1:])
    given = sent.split("<<<DOCUMENT", 1)[1]
    assert "{PERSON 1}" in given and not re.search(r"\b(?:midwife|social worker|mother)\b", given)
    assert papers.sheet_faults(exported(workspace), summaries=True) == [], "what came back is restored"


def load_calls(workspace: Workspace) -> list[str]:
    from scr_llm.store import Store

    with Store(workspace.project.database) as store:
        return [call.document_id for call in store.calls() if call.document_id]


@pytest.mark.slow
def test_a_summary_that_does_not_hold_leaves_the_extract(workspace: Workspace) -> None:
    plain = {p.name: p.read_bytes() for p in cases(workspace).iterdir()}
    made_up = {"rests_on": [1], "text": "The family had moved nine times before the school noticed."}
    beyond = {"rests_on": [999], "text": "The family had moved before the school noticed."}
    with FakeServer(says({"sentences": [made_up] * 4 + [beyond]})) as server:
        with_model(workspace.project.root, server)
        done = scr(workspace.project.root, "brief", "--summaries", "--format", "docx,html")
    assert done.returncode == 0 and "fewer than 3 sentences" in done.stderr
    assert "rests on sentence 999" in done.stderr
    assert {p.name: p.read_bytes() for p in cases(workspace).iterdir()} == plain
    # The same where the model has no usable reply.
    with FakeServer(says("no")) as server:
        settings = workspace.project.root / "project.toml"
        settings.write_text(re.sub(r"base_url = \"http.*", f'base_url = "{server.base_url}"', settings.read_text()))
        settings.write_text(settings.read_text().replace('"fake-model"', '"other"'))
        done = scr(workspace.project.root, "brief", "--summaries", "--format", "docx,html")
    assert done.returncode == 0 and "the model gave no summary" in done.stderr
    assert {p.name: p.read_bytes() for p in cases(workspace).iterdir()} == plain


def test_summaries_need_a_model_and_consent(workspace: Workspace) -> None:
    with pytest.raises(UsageError):
        workspace.brief(["docx"], summaries=True)
    with (workspace.project.root / "project.toml").open("a") as settings:
        settings.write('\n[llm]\nbase_url = "https://models.example.org/v1"\nmodel = "m"\n')
    with pytest.raises(UsageError, match="not on this machine"):
        Workspace.open(workspace.project.root).brief(["docx"], summaries=True)


# ---------------------------------------------------------------- on paper


@pytest.mark.slow
def test_a_sheet_is_one_page(tmp_path: Path) -> None:
    soffice, pdfinfo = shutil.which("soffice"), shutil.which("pdfinfo")
    if not soffice or not pdfinfo:
        pytest.skip("LibreOffice (soffice) and pdfinfo are not installed, so no page is counted")
    root = coded_project(tmp_path / "p", tuple(sorted(p.stem for p in ROOT.glob("fixtures/batch-1/*.pdf"))))
    load_project(root)
    Workspace.open(root).brief(["docx"])
    sheets = sorted((root / "outputs/cases").glob("*.docx"))
    profile = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, sheets)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    for sheet in sheets:
        told = subprocess.run(
            [pdfinfo, str(tmp_path / f"{sheet.stem}.pdf")], check=True, capture_output=True, text=True
        )
        assert re.search(r"Pages:\s+1\n", told.stdout), sheet.name
        assert "A4" in told.stdout
    assert len(sheets) == 8
