"""The papers as files: accessible, and the same in every format."""

import re
import shutil
from pathlib import Path

import papers
import pytest
from databases import copy_project, put, raw
from served import ROOT, coded_project
from written_papers import FIRST, SECOND, eight_reviews, written

from scr_llm import pipeline
from scr_llm.codebook import load_codebook
from scr_llm.project import init_project, load_project
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.rules import RulesCoder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return eight_reviews(tmp_path_factory.mktemp("eight") / "p")


@pytest.fixture(scope="module")
def twelve(eight: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The eight and, in a second run, four more: so that the paper tells of a change too."""
    root = tmp_path_factory.mktemp("twelve") / "p"
    copy_project(eight.parent, root)
    project = load_project(root)
    for name in SECOND:
        shutil.copyfile(ROOT / "fixtures" / "batch-2" / f"{name}.pdf", project.inbox / f"{name}.pdf")
    pipeline.run(project, RulesCoder(embedded_identity(load_codebook(project.codebook_path))))
    return written(root)


def counted(outputs: Path) -> set[int]:
    return {row["Of"] for row in papers.sheets((outputs / "briefing.xlsx").read_bytes())[0]}


def test_nothing_coded(tmp_path: Path) -> None:
    init_project(tmp_path / "p")
    outputs = written(tmp_path / "p")
    assert counted(outputs) == {0}
    assert papers.faults(outputs) == []


def test_one_review(tmp_path: Path) -> None:
    outputs = written(coded_project(tmp_path / "p", FIRST[1:2]))
    assert counted(outputs) == {1}
    assert papers.faults(outputs) == []


def test_eight_reviews(eight: Path) -> None:
    assert counted(eight) == {8}
    assert papers.word_text(eight / "briefing.docx").quotes
    assert papers.faults(eight) == []


def test_twelve_reviews_in_two_batches(twelve: Path) -> None:
    assert counted(twelve) == {12}
    assert papers.faults(twelve) == []


def test_cells_decided_and_recommendations_not_counted(eight: Path, tmp_path: Path) -> None:
    """The other counting rule."""
    copy_project(eight.parent, root := tmp_path / "p")
    settings = root / "project.toml"
    text, times = re.subn(
        r"count_recommendation_only = true", "count_recommendation_only = false", settings.read_text("utf-8")
    )
    assert times == 1
    settings.write_text(text, "utf-8")
    assert papers.agreement_faults(written(root)) == []


def test_two_hundred_reviews(twelve: Path, tmp_path: Path) -> None:
    """The same twelve under further ids, as in bench/review.py."""
    copy_project(twelve.parent, root := tmp_path / "p")
    with raw(load_project(root).database) as store:
        own = [id for (id,) in store.execute("SELECT document_id FROM codings ORDER BY document_id")]
        assert len(own) == 12
        for table in ("documents", "codings"):
            for row in store.execute(f"SELECT * FROM {table}").fetchall():
                (id,) = (id for id in own if id in row)
                for number in range(own.index(id) + len(own), 200, len(own)):
                    again = [cell.replace(id, f"{id}x{number}") if isinstance(cell, str) else cell for cell in row]
                    put(store, f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *again)
    outputs = written(root)
    assert counted(outputs) == {200}
    assert papers.agreement_faults(outputs) == []


def test_line_end_hyphens_are_read_as_people_read_them() -> None:
    assert papers.words("a short\u00ad\nage of well\u2010\nmade   plans\n") == "a shortage of well-made plans"


def test_markdown_is_read_as_it_reads() -> None:
    assert (
        papers.unmarked(r"**A \*star\* \[x\]**, [page 2](../a.pdf#page=2) and \<b\><a id='x'></a>")
        == "A *star* [x], page 2 and <b>"
    )
