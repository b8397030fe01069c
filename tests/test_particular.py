"""The particular finding of a case: chosen or written by a reviewer, marked as theirs, or else the best-scored."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import coded_project

from scr_llm import Workspace
from scr_llm.errors import RefusedError
from scr_llm.review.person import PersonalReview
from scr_llm.stages.decisions.items import PARTICULAR

OWN = "Nobody asked what life at home was like for the child."


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(coded_project(tmp_path / "project", ("corriford-child-1",)))


@pytest.fixture
def reader(workspace: Workspace) -> Iterator[PersonalReview]:
    with workspace.review("Alex Reader", "Analyst") as review:
        yield review


def printed(workspace: Workspace) -> str:
    return workspace.briefing()[0].cases[0].particular


def sheet(workspace: Workspace, document: str) -> str:
    part = next(part for part in workspace.case_sheet(document).parts if part.id == "findings")
    return part.paragraphs[0].sentences[0].text


def test_a_chosen_finding_is_printed_as_chosen(workspace: Workspace, reader: PersonalReview) -> None:
    (document,) = reader.session.documents
    before, coding = printed(workspace), workspace.coding(document)
    assert coding is not None
    finding = next(f for f in coding.findings if f.text[:30] not in before)
    reader.particular(document, finding.id)
    assert printed(workspace).endswith("; chosen by the reviewer)") and printed(workspace) != before
    assert f"page {finding.page}" in printed(workspace)
    assert "The particular finding, by Alex Reader, Analyst: “" in sheet(workspace, document)
    assert reader.undo() == (document, PARTICULAR)
    assert printed(workspace) == before and "by Alex" not in sheet(workspace, document)


def test_a_written_finding_is_in_the_reviewers_words(workspace: Workspace, reader: PersonalReview) -> None:
    (document,) = reader.session.documents
    before = printed(workspace)
    reader.particular(document, words=OWN)
    assert printed(workspace) == f"{OWN} (in the reviewer’s words)"
    cell = reader.session.cell(document, PARTICULAR, reader.who)
    assert (cell.text, cell.state) == (OWN, "decided")
    reader.decide(cell, "not_mentioned")
    assert printed(workspace) == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "no finding is chosen"),
        ("word " * 61, "61 words"),
        ("The panel wrote “nobody went to the moon”.", "not in this review"),
        ("The records were lost 977 times.", "number 977 is not in this review"),
        ("Ninety-seven visits were missed.", "number 97 is not in this review"),
    ],
)
def test_what_cannot_be_the_particular_finding(reader: PersonalReview, words: str, why: str) -> None:
    (document,) = reader.session.documents
    with pytest.raises(RefusedError, match=why):
        reader.particular(document, words=words)
    with pytest.raises(RefusedError, match="no such finding"):
        reader.particular(document, "f000000000000")


def test_nobody_need_decide_it(workspace: Workspace, reader: PersonalReview) -> None:
    assert not any(key == PARTICULAR for _, key in reader.open())
    assert not any(key == PARTICULAR for _, key in workspace.matrix())
