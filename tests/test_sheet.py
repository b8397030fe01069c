"""The review sheet and the list of questions: out, edited in a spreadsheet, and back."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from databases import copy_project
from served import coded_project

from scr_llm.errors import UsageError
from scr_llm.project import load_project
from scr_llm.render import render
from scr_llm.review.cells import Reviewer
from scr_llm.review.questions import questions
from scr_llm.review.returned import import_decisions, read
from scr_llm.review.session import ReviewSession
from scr_llm.review.spreadsheet import write

ALEX = Reviewer("Alex Reader", "Analyst")
NINA = Reviewer("Nina", "Designated nurse")


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("sheet") / "p", ("corriford-child-1",))


@pytest.fixture
def session(coded: Path, tmp_path: Path) -> ReviewSession:
    copy_project(coded, tmp_path / "p")
    return ReviewSession(load_project(tmp_path / "p"))


def edited(content: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book["Cells"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row_of(tab: Any, title: str) -> int:
    return next(r for r in range(2, tab.max_row + 1) if tab.cell(r, 2).value == title)


def test_a_sheet_goes_out_and_comes_back(session: ReviewSession) -> None:
    document = next(iter(session.documents))
    words = max(session.reading(document).pages[0].text.split("\n"), key=len).strip()

    def decide(tab: Any) -> None:
        tab.cell(row_of(tab, "Workforce failings"), 7).value = "Accept"
        tab.cell(row_of(tab, "Poor record keeping"), 7).value = "reject"
        tab.cell(row_of(tab, "Poor record keeping"), 10).value = "That is about another agency."
        missed = row_of(tab, "Pre-birth assessment and planning")
        tab.cell(missed, 7).value, tab.cell(missed, 8).value, tab.cell(missed, 9).value = "Present", words, 1

    content = edited(write(session, ALEX), decide)
    returned = read(session, NINA, content)
    assert not returned.refused and len(returned.changes) == 3 and returned.blank == len(session.proposals) - 3
    assert session.store.decisions() == [], "nothing is taken in before it is shown"
    assert not import_decisions(session, NINA, returned.changes)
    decided = {d.theme: d for d in session.store.decisions()}
    assert {t: d.value for t, d in decided.items()} == {
        "workforce": "present",
        "record_keeping": "not_mentioned",
        "pre_birth": "present",
    }
    assert (
        decided["pre_birth"].evidence[0].quote == words
        and decided["record_keeping"].reason == "That is about another agency."
    )
    assert {(d.author, d.role) for d in decided.values()} == {("Nina", "Designated nurse")}
    # once taken in, the same file is refused row by row
    again = read(session, NINA, content)
    assert not again.changes and len(again.refused) == 3 and all("in the meantime" in why for _, why in again.refused)


def test_unknown_and_moved_rows_are_refused_one_by_one(session: ReviewSession) -> None:
    def spoil(tab: Any) -> None:
        for row in range(2, 12):
            tab.cell(row, 7).value = "Not found"
        tab.cell(2, 11).value = "nothing known"
        tab.cell(3, 11).value, tab.cell(4, 11).value = tab.cell(4, 11).value, tab.cell(3, 11).value
        tab.cell(5, 5).value = "page 1: “Words that were put in.”"
        tab.cell(6, 7).value = "Perhaps"
        tab.cell(7, 7).value, tab.cell(7, 8).value = "Present", "These words stand nowhere in the review."
        for column in range(1, 12):
            tab.cell(8, column).value = tab.cell(9, column).value  # a row twice
        tab.cell(10, 9).value, tab.cell(10, 8).value, tab.cell(10, 7).value = "first", "some words", "Present"
        tab.cell(11, 10).value = "x" * 5000

    returned = read(session, ALEX, edited(write(session, ALEX), spoil))
    refused = dict(returned.refused)
    assert set(refused) == {2, 3, 4, 5, 6, 7, 8, 9, 10, 11} and not returned.changes
    for row, why in {
        2: "no key",
        3: "moved",
        5: "changed",
        6: "not a decision",
        7: "cannot be used as evidence",
        8: "another row",
        9: "another row",
        10: "not a page number",
        11: "longer",
    }.items():
        assert why in refused[row], (row, refused[row])


def test_rows_may_be_sorted_and_a_formula_stays_text(session: ReviewSession) -> None:
    def turn(tab: Any) -> None:
        rows = [[c.value for c in row] for row in tab.iter_rows(min_row=2)]
        for at, row in enumerate(reversed(rows), 2):
            for column, value in enumerate(row, 1):
                tab.cell(at, column).value = value
        tab.cell(2, 7).value, tab.cell(2, 10).value = "Accept", '=HYPERLINK("http://x.example","x")'

    returned = read(session, ALEX, edited(write(session, ALEX), turn))
    assert not returned.refused and len(returned.changes) == 1


def entity(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/workbook.xml":
                data = data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
            target.writestr(name, data)
    return out.getvalue()


def bomb(content: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        for number in range(3):
            target.writestr(f"xl/media/{number}.bin", bytes(80_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        (lambda _c: b"", "cannot be read as a review sheet"),
        (lambda c: c[: len(c) // 2], "cannot be read as a review sheet"),
        (lambda _c: b"PK\x03\x04" + bytes(500), "cannot be read as a review sheet"),
        (bomb, "unpacks to more"),
        (entity, "declares entities"),
        (lambda _c: bytes(20_000_001), "larger than"),
        (lambda c: edited(c, lambda tab: setattr(tab.cell(1, 1), "value", "Case")), "columns"),
        (lambda c: edited(c, lambda tab: setattr(tab, "title", "Other")), "no tab Cells"),
    ],
)
def test_a_malformed_or_oversized_sheet_is_refused(
    session: ReviewSession, spoiled: Callable[[bytes], bytes], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        read(session, ALEX, spoiled(write(session, ALEX)))


def test_a_blind_reviewers_sheet_and_questions_hold_no_answers(session: ReviewSession) -> None:
    sam = Reviewer("Sam", "Designated nurse", blind=True)
    tab = openpyxl.load_workbook(io.BytesIO(write(session, sam)))["Cells"]
    assert {tab.cell(row, 3).value for row in range(2, tab.max_row + 1)} == {"Unclear"}
    assert {tab.cell(row, 5).value for row in range(2, tab.max_row + 1)} == {"None"}
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(render(questions(session, sam), "docx"))).paragraphs)
    assert "Proposed" not in text and "page" not in text and "Poor record keeping" in text
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(render(questions(session, ALEX), "docx"))).paragraphs)
    assert (
        "Proposed: present." in text
        and f"{sum(key in session.codes for _, key in session.open_cells(ALEX))} questions are open" in text
    )


@pytest.mark.slow
def test_the_commands_show_before_they_take_in(session: ReviewSession, tmp_path: Path) -> None:
    def scr(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "scr_llm",
            "sheet",
            *arguments,
            "--project",
            str(session.project.root),
            "--name",
            "Nina",
            "--role",
            "Nurse",
        ]
        return subprocess.run(command, capture_output=True, text=True, input=given, check=False)

    path = tmp_path / "s.xlsx"
    assert scr("write", str(path)).returncode == 0
    path.write_bytes(edited(path.read_bytes(), lambda tab: setattr(tab.cell(2, 7), "value", "Reject")))
    shown = scr("read", str(path), given="n\n")
    assert (
        shown.returncode == 1
        and "not found" in shown.stdout
        and "Nothing was imported" in shown.stderr
        and not session.store.decisions()
    )
    taken = scr("read", str(path), "--yes")
    assert taken.returncode == 0 and "Imported: 1" in taken.stderr and len(session.store.decisions()) == 1
    assert scr("write", str(tmp_path / "s.docx")).returncode == 2
