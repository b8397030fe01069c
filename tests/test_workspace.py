"""The public face: what other programs import, and the whole job in it."""

from pathlib import Path

import pytest
from served import ROOT

import scr_llm
from scr_llm import Consent, ScrError, Workspace
from scr_llm.errors import UsageError


def test_what_is_public_is_pinned() -> None:
    assert scr_llm.__all__ == ["Consent", "ScrError", "Workspace", "__version__"]
    assert all(getattr(scr_llm, name) for name in scr_llm.__all__)
    assert (ROOT / "scr_llm/py.typed").is_file()
    public = {name for name in vars(Workspace) if not name.startswith("_")}
    assert public == {
        *(
            "create",
            "open",
            "demonstration",
            "add",
            "take",
            "default_coder",
            "coder",
            "run",
            "documents",
            "coding",
            "matrix",
        ),
        *("review", "sign_off", "edits_left_out", "brief", "briefing", "export", "exported", "explain", "case_sheet"),
    }


def test_the_version_is_the_changelogs() -> None:
    latest = next(line for line in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines() if line.startswith("## "))
    assert latest.split()[1] == scr_llm.__version__


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("w") / "p")
    added = workspace.add([ROOT / "fixtures/batch-1/corriford-child-1.pdf"])
    assert added == workspace.add([ROOT / "fixtures/batch-1/corriford-child-1.pdf"]), "the same again changes nothing"
    assert [d.file for d in workspace.run("rules").coded] == ["corriford-child-1.pdf"]
    return workspace


def test_another_file_of_the_same_name_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "corriford-child-1.pdf").write_bytes(b"%PDF-1.4 another")
    before = (workspace.project.inbox / "corriford-child-1.pdf").read_bytes()
    with pytest.raises(UsageError, match=r"a different file named corriford-child-1\.pdf"):
        workspace.add([tmp_path / "corriford-child-1.pdf"])
    assert (workspace.project.inbox / "corriford-child-1.pdf").read_bytes() == before


def test_a_file_that_cannot_be_copied_leaves_nothing_in_the_inbox(workspace: Workspace, tmp_path: Path) -> None:
    before = sorted(p.name for p in workspace.project.inbox.iterdir())
    with pytest.raises(ScrError, match=r"missing\.pdf.*Check the path"):
        workspace.add([tmp_path / "missing.pdf"])
    assert sorted(p.name for p in workspace.project.inbox.iterdir()) == before
    assert not list(workspace.project.outputs.glob(".*.part"))


def test_a_person_decides_and_takes_back(workspace: Workspace) -> None:
    document = workspace.documents()[0]
    with workspace.review("Alex Reader", "Analyst") as review:
        waiting, cell = len(review.open()), review.next()
        assert cell is not None
        review.decide(cell, "not_mentioned", reason="Another family.")
        assert len(review.open()) == waiting - 1
        decided = workspace.matrix()[document.id, cell.key]
        assert (decided.value, decided.state) == ("not_mentioned", "decided")
        coding = workspace.coding(document.id)
        assert coding is not None
        assert review.undo() == (document.id, cell.key)
        assert len(review.open()) == waiting
        present = next(k for k in review.open() if review.session.proposals[k].kind == "theme")
        opened = review.session.cell(*present, review.who)
        with pytest.raises(ScrError, match="needs a quote"):
            review.decide(opened, "present", evidence=())


def test_papers_and_records(workspace: Workspace) -> None:
    assert {p.name for p in workspace.brief(["docx"]).paths} == {"briefing.docx", "evidence.docx", "seven-minutes.docx"}
    with pytest.raises(UsageError, match="no such format: pdf"):
        workspace.brief(["pdf"])
    with pytest.raises(UsageError, match="is not a subset"):
        workspace.brief(["docx"], only={"colour": "red"})
    assert len(workspace.export().documents) == 1 == len(workspace.briefing()[1])
    assert workspace.explain("neglect")[0].of == 1
    with pytest.raises(ScrError, match=r"not decided|undecided"):
        workspace.sign_off("Dee Director", "Director")


def test_nothing_goes_to_a_remote_model_unasked(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    settings = workspace.project.root / "project.toml"
    llm = '\n[llm]\nbase_url = "https://models.example.org/v1"\nmodel = "m"\n'
    llm += 'region = "UK"\napproved_by = "A. Governance"\n'
    settings.write_text(settings.read_text("utf-8") + llm, "utf-8")
    asked: list[str] = []
    remote = Workspace.open(tmp_path / "p")
    with pytest.raises(UsageError, match="nobody agreed"), remote.coder("llm"):
        pass
    consent = Consent(agree=lambda question: bool(asked.append(question)))
    with pytest.raises(UsageError, match="nobody agreed"), remote.coder("llm", consent=consent):
        pass
    assert "models.example.org" in asked[0] and "approved by A. Governance" in asked[0]
