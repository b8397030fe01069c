"""A format, a way of asking and an intake check are one file and one line: here each gets a toy."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from served import ROOT

from scr_llm import ScrError, Workspace
from scr_llm.llm import prompts
from scr_llm.models.options import prompting_of
from scr_llm.records import Paper, Part, Reading
from scr_llm.render import EXPORTS, FORMATS, Everything, Printing, render
from scr_llm.stages.code.llm import STRATEGIES, LlmCoder, PromptingOptions
from scr_llm.stages.code.llm.strategies import Strategy
from scr_llm.stages.code.llm.themes import OneByOne
from scr_llm.stages.intake import CHECKS


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("w") / "p")
    workspace.add([ROOT / "fixtures/batch-1/corriford-child-1.pdf"])
    workspace.run("rules")
    return workspace


def as_title(paper: Paper, _printing: Printing) -> bytes:
    return paper.title.encode()


def as_count(everything: Everything) -> bytes:
    return str(len(everything.export().documents)).encode()


def test_a_format(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    toy = ModuleType("toy_format")
    toy.render, toy.export = as_title, as_count  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "toy_format", toy)
    monkeypatch.setitem(FORMATS, "toy", "toy_format")
    monkeypatch.setitem(EXPORTS, "toy", "toy_format")
    paper = Paper(
        title="A paper",
        status_line="",
        marking="",
        version="1",
        organisation="",
        parts=(Part(id="p", level=1, title="One"),),
    )
    assert render(paper, "toy") == b"A paper"
    assert [p.name for p in workspace.brief(["toy"]).paths] == ["briefing.toy"]
    assert workspace.exported("toy") == b"1"


def test_a_way_of_asking(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    toy = Strategy(("system", "theme", "case", "items"), lambda m: OneByOne(m.texts, m.windows[:1], m.codebook))
    monkeypatch.setitem(STRATEGIES, "first window only", toy)
    settings = workspace.project.root / "project.toml"
    written = settings.read_text("utf-8")
    llm = '\n[llm]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "m"\nstrategy = "{}"\n'
    settings.write_text(written + llm.format("first window only"), "utf-8")
    assert prompting_of(Workspace.open(workspace.project.root).project).strategy == "first window only"
    settings.write_text(written + llm.format("none such"), "utf-8")
    with pytest.raises(ScrError, match=r"'none such' in project\.toml is not known"):
        prompting_of(Workspace.open(workspace.project.root).project)
    settings.write_text(written, "utf-8")
    from scr_llm.codebook import load_codebook
    from scr_llm.stages.code.embedded import embedded_identity
    from scr_llm.stages.read import read

    book = load_codebook(workspace.project.codebook_path)
    prompting = PromptingOptions("first window only", context_tokens=4096)
    coder = LlmCoder(None, prompts.load(ROOT / "prompts"), embedded_identity(book), prompting)  # type: ignore[arg-type]
    reading = read(ROOT / "fixtures/batch-1/corriford-child-1.pdf", "d", cross_check="off")
    assert coder.identity.strategy == "first window only"
    assert sum(q.name.startswith("theme:") for q in coder.questions(reading, book)) == len(book.codes)


def test_an_intake_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def too_short(reading: Reading) -> str | None:
        return "it is shorter than three pages." if len(reading.pages) < 3 else None

    monkeypatch.setattr("scr_llm.stages.intake.CHECKS", [*CHECKS, too_short])
    workspace = Workspace.create(tmp_path / "p")
    workspace.add([ROOT / "fixtures/batch-1/corriford-child-1.pdf"])
    left_out = workspace.run("rules").left_out
    assert [(d.status, d.reason) for d in left_out] == [("not_a_review", "it is shorter than three pages.")]


def test_the_record_is_opened_where_the_project_keeps_it() -> None:
    """A store opened by the path of the file would be an empty one where the record is on a server."""
    files = [*ROOT.glob("scr_llm/**/*.py"), *ROOT.glob("bench/*.py")]
    assert [p.name for p in files if re.search(r"Store\([^)]*store_path", p.read_text("utf-8"))] == []
