"""The public face: what other programs import, and the whole job in it."""

import ast
from collections.abc import Iterator
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
    public = {name for name in dir(Workspace) if not name.startswith("_")}
    assert public == {
        *(
            "create",
            "open",
            "demonstration",
            "launchers",
            "add",
            "take",
            "run",
            "documents",
            "remarks",
            "queue",
            "arrivals",
        ),
        *(
            "include",
            "exclude",
            "coding",
            "matrix",
            "review",
            "brief",
            "current_draft",
            "draft_after",
            "pages_read",
            "briefing",
            "case_sheet",
            "explain",
        ),
        *("ready_to_sign", "deciding", "why_alone", "edits_left_out", "sign_off", "write_signed", "audit"),
        *(
            "export",
            "exported",
            "exported_with_rest",
            "highlighted",
            "import_codings",
            "import_codebook",
            "pack",
            "record_summary",
            "kept_too_long",
            "move",
            "erase",
        ),
        *("default_coder", "coder", "model", "model_answers", "preview"),
        *("write_batch", "send_batch", "collect_batches", "read_batch"),
        *("codebook", "codebook_faults", "codebook_hits", "suggest_themes", "adopt_theme"),
        *("merge_effect", "merge_codes", "split_effect", "split_code"),
        *("evaluate", "fairness", "compare", "same_answers", "learn", "qualify"),
    }
    documented = (ROOT / "docs/python.md").read_text("utf-8")
    assert [name for name in sorted(public) if f"{name}(" not in documented] == []


def _imported_at_run_time(tree: ast.AST) -> Iterator[str]:
    """Modules that a file imports when it runs; imports under TYPE_CHECKING are for the type checker only."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        yield from _imported_at_run_time(node)


def test_the_commands_reach_the_rooms_through_the_workspace() -> None:
    """Besides what formats and words need, and the few commands that need no project."""
    may = ("cli", "workspace", "web", "assistant", "render", "text", "records", "files", "errors", "version")
    exceptions = {
        "scr_llm.stages.ground": "`ground` needs no project",
        "scr_llm.llm.fake": "`fake-model` needs no project",
        "scr_llm.engines.on_vllm": "`batch answer` needs no project",
        "scr_llm.codebook": "`doctor` describes the shipped codebook where there is no project",
        "scr_llm.models.consent": "how a person is asked at the keyboard",
        "scr_llm.models.batches": "to tell the two kinds of result apart",
        "scr_llm.review.cells": "the reviewer whom the page is for",
        "scr_llm.stages.synthesise": "numbers of pages in words",
        "scr_llm.stages.synthesise.people": "how the deciding went, in words",
        "scr_llm.reports.draft_words": "what became of a draft, in words",
    }
    found = {
        module
        for path in (ROOT / "scr_llm/cli").glob("*.py")
        for module in _imported_at_run_time(ast.parse(path.read_text("utf-8")))
        if module.startswith("scr_llm.") and module.split(".")[1] not in may
    }
    assert found == set(exceptions)


def test_only_the_commands_and_the_page_print_or_ask() -> None:
    """Everything below them returns records or calls back; the process that serves a model file tells its parent."""
    printing = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "scr_llm").rglob("*.py"))
        if path.relative_to(ROOT).parts[1] not in ("cli", "web") and path.name != "local_server.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "input", "click.echo", "click.confirm")
    ]
    assert printing == []


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


def test_what_a_program_decides_keeps_the_aspects_that_were_proposed(workspace: Workspace) -> None:
    with workspace.review("Alex Reader", "Analyst") as review:
        cells = (review.session.cell(*key, review.who) for key in review.open())
        cell = next(c for c in cells if c.sub_themes and c.value == "present")
        kept: list[tuple[str, ...]] = []
        for value, more in (("present", {}), ("present", {"sub_themes": ()}), ("not_mentioned", {})):
            review.decide(cell, value, evidence=cell.evidence if value == "present" else (), **more)
            decided = review.session.standing((cell.document.id, cell.key)).counts
            assert decided is not None
            kept.append(decided.sub_themes)
            review.undo()
            cell = review.session.cell(cell.document.id, cell.key, review.who)
        assert kept == [cell.sub_themes, (), ()]


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


def test_files_are_taken_in_once_they_are_whole(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    arrivals, path = workspace.arrivals(), workspace.project.inbox / "a.pdf"
    assert not arrivals.check()
    path.write_bytes(b"%PDF-")
    assert not arrivals.check(), "seen for the first time"
    path.write_bytes(b"%PDF-1.4 and more")
    assert not arrivals.check(), "it has grown since"
    assert arrivals.check() and arrivals.check(), "until it is said to be done"
    arrivals.done()
    assert not arrivals.check()
    path.unlink()
    assert not arrivals.check()


def test_a_program_can_account_for_the_work_and_erase_it(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    workspace.add([ROOT / "fixtures/batch-1/corriford-child-1.pdf"])
    workspace.run("rules")
    assert {document.file for document, _ in workspace.queue()} == {"corriford-child-1.pdf"}
    assert workspace.exclude("corriford-child-1.pdf", "Not ours.").status == "not_a_review"
    assert workspace.include("corriford-child-1.pdf", "Ours after all.").status == "coded"
    report, held = workspace.audit(), workspace.record_summary()
    assert (report.faults, report.decisions, held.decisions, held.endpoints) == ((), 0, 0, ())
    assert not workspace.model().where and not workspace.kept_too_long()
    certificate, remaining = workspace.erase(inbox=True)
    assert certificate.name in remaining and "inbox" not in remaining and not workspace.documents()
