"""The paper is short, its parts are settings, and its sentences read as people write them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from served import ROOT, coded_project

from scr_llm.project import load_project
from scr_llm.records import RegisterRow, Table
from scr_llm.render.widths import MARGINS, column_widths, text_width
from scr_llm.reports.briefing import brief
from scr_llm.settings import BriefingSettings
from scr_llm.stages.synthesise.addressees import addressees, boards_together
from scr_llm.stages.synthesise.english import found_in, of_the


@pytest.mark.parametrize(
    ("number", "of", "said"),
    [
        (1, 1, "the review"),
        (0, 1, "no review"),
        (2, 2, "both reviews"),
        (1, 2, "1 of the 2 reviews"),
        (8, 8, "all 8 reviews"),
        (5, 13, "5 of the 13 reviews"),
        (0, 60, "none of the 60 reviews"),
    ],
)
def test_counts_in_words(number: int, of: int, said: str) -> None:
    assert of_the(number, of, "review") == said


@pytest.mark.parametrize(
    ("label", "verb"),
    [
        ("Workforce failings", "were"),
        ("Unseen men (fathers, partners, other males)", "were"),
        ("Transitions and handover", "were"),
        ("Missed appointments / not brought", "were"),
        ("Neglect", "was"),
        ("Lack of checks", "was"),
        ("Over-optimism / lack of challenge to parents", "was"),
        ("Parents' own adverse history", "was"),
    ],
)
def test_a_theme_agrees_with_its_verb(label: str, verb: str) -> None:
    assert found_in(label, 5, 8) == f"{label} {verb} found in 5 of the 8 reviews."


@pytest.mark.parametrize("parts", [("purpose",), ("method", "method"), ("method", "weather")])
def test_parts_that_cannot_be_printed_are_refused(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        BriefingSettings.model_validate({"parts": parts})


def asked(document: str, who: str) -> RegisterRow:
    return RegisterRow(
        id=f"{document}{who}",
        document_id=document,
        case_label=document,
        number="1",
        text="Do it.",
        page=1,
        addressee=who,
        timescale="",
        themes=(),
        gaps=(),
    )


@pytest.mark.parametrize(
    ("rows", "names", "together"),
    [
        ([("a", "the Board"), ("b", "The board")], ["Board", "Board"], False),
        (
            [("a", "the Board"), ("a", "Esk Safeguarding Children Board")],
            ["Esk Safeguarding Children Board"] * 2,
            False,
        ),
        ([("a", "the Board"), ("b", "Esk Safeguarding Children Board")], ["Safeguarding Children Board"] * 2, True),
        (
            [("a", "Usk Safeguarding Children Board"), ("b", "Esk Safeguarding Children Board"), ("b", "LSCB")],
            ["Safeguarding Children Board"] * 3,
            True,
        ),
        (
            [("a", "MAPPA Strategic Management Board"), ("b", "Esk Safeguarding Children Board and the Police")],
            ["MAPPA Strategic Management Board", "Esk Safeguarding Children Board and the Police"],
            False,
        ),
    ],
)
def test_the_boards_have_one_name(rows: list[tuple[str, str]], names: list[str], together: bool) -> None:
    register = [asked(*row) for row in rows]
    assert addressees(register) == names and boards_together(register) == together


def test_what_is_left_goes_where_the_text_is() -> None:
    children = "Female, 2 years; Male, 3 months; Male, 7 years"
    rows = tuple((f"Case {n}", children if n == 1 else "Male, 9", "Neglect", "word " * 40) for n in range(1, 9))
    widths = column_widths(Table(caption="C", columns=("Case", "Child", "Context", "Finding"), rows=rows), 17, 10)
    assert widths[3] > 8 > widths[1]


def test_a_heading_is_never_broken_within_a_word() -> None:
    table = Table(
        caption="C",
        columns=("Case", "Recommendations", "Decided by a person", "Particular finding"),
        rows=(("Vellingham Child V", "24", "8 of 8", "word " * 60),),
    )
    widths = column_widths(table, 17, 10)
    assert sum(widths) == pytest.approx(17)
    for head, width in zip(table.columns, widths, strict=True):
        assert all(text_width(word, 10, bold=True) + MARGINS <= width + 1e-9 for word in head.split())


@pytest.mark.slow
def test_the_settings_say_what_is_printed_and_in_which_order(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    settings = root / "project.toml"
    text = settings.read_text("utf-8").replace(
        "[briefing]\n",
        '[briefing]\nparts = ["purpose", "key", "conclusion", "method", "contact"]\nauthor = "A. Name, Manager"\n'
        'asked_by = "the Learning Group"\nasked_on = "2026-06-03"\ncontact = "a.name@example.org"\n',
    )
    settings.write_text(text, "utf-8")
    briefing, _ = brief(load_project(root))
    ids = [part.id for part in briefing.parts if part.id != "key"]
    assert ids == ["purpose", "conclusion", "method", "contact"]
    printed = [s.text for part in briefing.parts for p in part.paragraphs for s in p.sentences]
    assert "The Learning Group asked for it on 3 June 2026." in printed
    assert "A. Name, Manager" in printed and "a.name@example.org" in printed
    assert not any("Appendix" in line for line in printed), "what is not printed is not referred to"


@pytest.mark.slow
def test_no_sentence_is_longer_than_25_words(tmp_path: Path) -> None:
    names = tuple(sorted(p.stem for p in ROOT.glob("fixtures/batch-1/*.pdf")))
    for number in (1, 2, 8):
        briefing, _ = brief(load_project(coded_project(tmp_path / str(number), names[:number])))
        for part in briefing.parts:
            for paragraph in part.paragraphs:
                for each in paragraph.sentences:
                    for sentence in re.split(r"(?<=[.?]) (?=[A-Z])", each.text.split(" (Evidence")[0]):
                        assert len(sentence.split()) <= 25, sentence


@pytest.mark.slow
def test_pages() -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    done = subprocess.run([sys.executable, str(ROOT / "bench/pages.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
