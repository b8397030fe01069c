"""Papers made from the log: correct, reproducible, and without a word from a case or a name."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import ON_POSTGRESQL, copy_project
from served import coded_project

from scr_llm.cli.governance import pack as command
from scr_llm.governance.information_packs import pack
from scr_llm.project import Project, load_project
from scr_llm.records import ModelCall
from scr_llm.render import render
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = load_project(coded_project(tmp_path_factory.mktemp("packs") / "p", ("corriford-child-1",)))
    session = ReviewSession(project)
    alex, sam = (
        Reviewer("Alexandra Quillfeather", "Analyst"),
        Reviewer("Samuel Thistledown", "Designated nurse", blind=True),
    )
    keys = [k for k in session.open_cells(alex) if session.value(k) == "present" and k[1] in session.codes][:3]
    session.decide(alex, *keys[0], "not_mentioned", reason="This is about Corriford.")
    for key in keys[1:]:
        session.decide(alex, *key, "present", evidence=session.cell(*key, alex).evidence)
    core = next(k for k in keys if session.codes[k[1]].core)
    session.decide(sam, *core, "not_mentioned")
    session.close()
    return project


@pytest.mark.parametrize("kind", ["foi", "atr", "dpia"])
def test_a_pack_tells_numbers_and_no_case(project: Project, kind: str, tmp_path: Path) -> None:
    text = render(pack(project, kind), "md").decode()
    assert (
        "People decided 3 cells" in text
        and "In the role Analyst, 1 person decided all 3." in text
        and "2 of the 3 cells were decided as proposed" in text
        and "Decisions in force" in text
    )
    assert "A second person decided 1 cell blind" in text
    assert "In the role Designated nurse, 1 person made 1 decision" in text
    assert ("is kept on a database server: PostgreSQL" if ON_POSTGRESQL else "Nothing left the computer") in text
    for word in ("Corriford", "Child 1", "Quillfeather", "Thistledown", ".pdf", "midwife", "supervision for eleven"):
        assert word not in text, word
    assert render(pack(project, kind), "docx") == render(pack(project, kind), "docx")
    out = tmp_path / f"{kind}.html"
    assert (
        CliRunner()
        .invoke(command, [kind, "--project", str(project.root), "--out", str(out)], standalone_mode=False)
        .exception
        is None
    )
    assert out.stat().st_size > 2000


def test_a_call_to_a_model_is_told(project: Project, tmp_path: Path) -> None:
    from scr_llm.store import Store

    project = load_project(copy_project(project.root, tmp_path / "p"))
    with Store(project.database) as store:
        store.log_call(
            ModelCall(
                at="2026-01-01T00:00:00+00:00",
                endpoint="https://model.example/v1",
                model="m",
                bytes_out=1234,
                sha256="0" * 64,
            )
        )
    text = render(pack(project, "foi"), "md").decode()
    assert "https://model.example/v1" in text and "1234" in text and "Nothing left" not in text
