"""Findings and recommendations in the layouts that reviews have, from small made-up texts; tables from drawn pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen import canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from scr_llm.records import Mark, NumberedItem, Page, PassedOver, Reading, Section
from scr_llm.stages.read import read
from scr_llm.stages.read.items import items
from scr_llm.stages.read.kinds import section_kind
from scr_llm.stages.read.wishes import addressee, asks
from scr_llm.text.flow import Flow


def found(text: str) -> tuple[tuple[NumberedItem, ...], tuple[PassedOver, ...]]:
    """The items of a page of text.

    A line that begins with # is a heading. Headings that do not show their own kind have that of the one before.
    """
    marks, sections, at = [], [], 0
    for line in text.split("\n"):
        if line.startswith("# "):
            marks.append(Mark(kind="heading", start=at, end=at + len(line)))
            kind = section_kind(line[2:])
            kind = sections[-1].kind if kind == "other" and sections else kind
            sections.append(Section(kind=kind, title=line[2:], page=1, start=at))
        at += len(line) + 1
    page = Page(number=1, text=text, marks=tuple(marks))
    return items(Flow.of(Reading(document_id="d", sha256="", pages=(page,), sections=tuple(sections))))


def texts(text: str, kind: str) -> list[tuple[str | None, str]]:
    return [(item.number, item.text) for item in found(text)[0] if item.kind == kind]


LAYOUTS: dict[str, tuple[str, str, list[tuple[str | None, str]]]] = {
    "within a sentence": (
        "finding",
        "# Findings\nThe panel finds that (1) the letter was never opened; that (2) nobody rang the school; and that "
        "(3)\n"
        "the visit was made to the wrong door.\n\nIt adds that (4) the file was closed on a Friday.\n\n"
        "The panel thanks all who spoke.",
        [
            ("1", "the letter was never opened"),
            ("2", "nobody rang the school"),
            ("3", "the visit was made to the wrong door."),
            ("4", "the file was closed on a Friday."),
        ],
    ),
    "numbers within a paragraph": (
        "finding",
        "# Findings\nThe matters are as follows. – 1. The door was never opened in June. 2. The plan was not read at "
        "all. 7",
        [("1", "The door was never opened in June."), ("2", "The plan was not read at all. 7")],
    ),
    "cards with letters, each a question": (
        "finding",
        "# Findings\nThere are two, lettered A and B.\n\nFinding A: Who held the second key?\n\n"
        "The key hung in the hall all spring.\n\n"
        "Finding B: When did the office know?\n\nIt knew in May and wrote nothing down.",
        [("A", "Who held the second key?"), ("B", "When did the office know?")],
    ),
    "cards without a number": (
        "finding",
        "# Key episodes\n# Episode 1\nThe nurse called twice that week.\n\n"
        "Learning: A call that nobody answers is news in itself.\n\n"
        "# Episode 2\nThe file was moved in May.\n\nLearning: A file that moves needs somebody to carry it.",
        [
            (None, "Learning: A call that nobody answers is news in itself."),
            (None, "Learning: A file that moves needs somebody to carry it."),
        ],
    ),
    "a title on its own line": (
        "recommendation",
        "# Recommendations\nRecommendation 1\n\nClosing cases\n\nThe council should close no case without a visit.\n\n"
        "Recommendation 2\n\nSecond visits\n\nThe trust should ring before the second visit.",
        [
            ("1", "Closing cases The council should close no case without a visit."),
            ("2", "Second visits The trust should ring before the second visit."),
        ],
    ),
    "a number on its own line": (
        "recommendation",
        "# Recommendations\n1.\n\nThe Board should publish the plan.\n\n2.\n\nThe Board should count the replies.",
        [("1", "The Board should publish the plan."), ("2", "The Board should count the replies.")],
    ),
    "a number that belongs to the sentence before": (
        "finding",
        "# Findings\n1. The rooms were kept to be used for\n4. The panel saw all of them and two more.\n\n"
        "2. The second office was never told.",
        [
            ("1", "The rooms were kept to be used for 4. The panel saw all of them and two more."),
            ("2", "The second office was never told."),
        ],
    ),
    "letters that begin anew under each agency": (
        "recommendation",
        "# Recommendations\n# Northgate Surgery\n(i) Ring the family before a letter is sent.\n\n"
        "(ii) Read the letter to them.\n\n"
        "# Westhill School\n(i) Keep one list of who may collect a child.",
        [
            ("i", "Ring the family before a letter is sent."),
            ("ii", "Read the letter to them."),
            ("i", "Keep one list of who may collect a child."),
        ],
    ),
    "points under a number": (
        "recommendation",
        "# Recommendations\n1 That the Board should agree a standard:\n\n(a) that nobody waits a month; and\n\n"
        "(b) that somebody counts.\n\n"
        "2 That the trust should keep to it.",
        [
            (
                "1",
                "That the Board should agree a standard: (a) that nobody waits a month; and (b) that somebody counts.",
            ),
            ("2", "That the trust should keep to it."),
        ],
    ),
    "paragraphs that recommend, among others": (
        "recommendation",
        "# What should happen next\nThe panel has kept to what will make a difference.\n\n"
        "A door may open at any hour. The panel therefore "
        "recommends that the council keep one line open all night.\n\n"
        "The Board accepted the report in May. I am grateful to all.",
        [
            (
                None,
                "A door may open at any hour. The panel therefore recommends that the council keep one line open all "
                "night.",
            )
        ],
    ),
    "paragraphs behind an announcement": (
        "finding",
        "# Findings\nA summary was read to the staff.\n\nThe matters of concern are as follows:\n\n"
        "The record was kept in two places.\n\n"
        "No one could see both of them.",
        [(None, "The record was kept in two places."), (None, "No one could see both of them.")],
    ),
    "smaller headings": (
        "finding",
        "# Findings\n# The first door\nIt was shut, and nobody asked why.\n\n# The second door\n"
        "It was open, and nobody went in.",
        [(None, "It was shut, and nobody asked why."), (None, "It was open, and nobody went in.")],
    ),
    "a list in the conclusions": (
        "finding",
        "# Conclusions\nThese are the conclusions.\n\n(a) The plan was late by a month.\n\n"
        "(b) The plan was never read.\n\nCould it have been seen?",
        [("a", "The plan was late by a month."), ("b", "The plan was never read.")],
    ),
    "an action plan that stands alone": (
        "recommendation",
        "# Action plan\n1. The Board to publish one list of names.\n\n2. The trust to train the second team.",
        [("1", "The Board to publish one list of names."), ("2", "The trust to train the second team.")],
    ),
    "paragraph numbers beside a list": (
        "finding",
        "# Findings\n5.1 The nurse was kind and came on the day.\n\n5.2 The office was shut on Mondays.\n\n# Learning\n"
        "• A shut office is news.\n\n• Kindness is no plan.",
        [(None, "A shut office is news."), (None, "Kindness is no plan.")],
    ),
    "letters before numbers": (
        "finding",
        "# Learning points\nLP1 A shut office is news.\n\nLP2 Kindness is no plan.",
        [("LP1", "A shut office is news."), ("LP2", "Kindness is no plan.")],
    ),
    "named numbers": (
        "recommendation",
        "# Recommendations\n# The police\nPolice 1 The police to write down every name.\n\n"
        "Police 2 The police to read the list.",
        [("Police 1", "The police to write down every name."), ("Police 2", "The police to read the list.")],
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_items_in_a_layout(name: str) -> None:
    kind, text, expected = LAYOUTS[name]
    assert texts(text, kind) == expected


def test_what_asks_nobody_is_passed_over_and_said_to_be() -> None:
    taken, over = found(
        "# Recommendations\n1. The Board should publish the list.\n\n"
        "2. The surgery has changed its letters since May.\n\n"
        "3. The trust should train the second team."
    )
    assert [item.number for item in taken] == ["1", "3"]
    assert [(each.kind, each.text[:13], each.why[:18]) for each in over] == [
        ("recommendation", "2. The surger", "it tells what was ")
    ]


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("The Board should publish it.", True),
        ("Publish the list each May.", True),
        ("That the trust publish it.", True),
        ("Could both offices agree on one list?", True),
        ("Broadening the panel through open invitations", True),
        ("I should be glad of a reply.", False),
        ("The Board expects that all will be done.", False),
        ("Yours sincerely, the author", False),
        ("I am grateful to those who spoke.", False),
    ],
)
def test_whether_a_sentence_asks_for_something(text: str, wish: bool) -> None:
    assert asks(text) is wish


@pytest.mark.parametrize(
    ("text", "section", "who"),
    [
        ("That the health visiting service should ring.", "Recommendations", "the health visiting service"),
        ("For Westhill Hospital: see each patient alone.", "Recommendations", "Westhill Hospital"),
        ("It was late. The panel therefore recommends that the Board adopt a rule.", "7. Next", "the Board"),
        ("Will the two trusts agree on a list?", "Recommendations", "the two trusts"),
        ("Ring the family first.", "To the mental health trust", "the mental health trust"),
        ("The Trust should ring first.", "Westhill NHS Trust", "Westhill NHS Trust"),
        ("Each discussion should be minuted.", "Recommendations", None),
        ("Patients should be offered a second visit.", "Recommendations", None),
    ],
)
def test_who_is_asked_is_an_agency(text: str, section: str, who: str | None) -> None:
    got = addressee(text, section)
    assert (got or "").removeprefix("the ") == (who or "").removeprefix("the ")


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str, list[list[str]], list[float]], Reading]:
    style = ParagraphStyle("cell", fontName="Helvetica", fontSize=9, leading=11)

    def make(heading: str, rows: list[list[str]], widths: list[float]) -> Reading:
        path = tmp_path / "t.pdf"
        bold = ParagraphStyle("head", parent=style, fontName="Helvetica-Bold")
        cells = [[Paragraph(cell, style if n else bold) for cell in row] for n, row in enumerate(rows)]
        title = ParagraphStyle("h", fontName="Helvetica-Bold", fontSize=15, leading=18, spaceAfter=8)
        story: list[Any] = [Paragraph(heading, title), Table(cells, colWidths=widths, repeatRows=1)]
        SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build(story)
        return read(path, "d", cross_check="off", look_for_hidden=False)

    return make


def test_a_table_of_what_was_found_and_what_will_be_done(table: Callable[..., Reading]) -> None:
    rows = [["No.", "Theme", "What we found", "What we will do", "Who"]] + [
        [
            str(n),
            "A theme of two lines",
            f"The letter about {word} was read by nobody who knew the family or the story of {word}.",
            f"The office will open every letter about {word} on the day and ring {word}.",
            "Westhill Council",
        ]
        for n, word in enumerate(("".join(chr(97 + n * step % 26) for step in (3, 5, 7, 11)) for n in range(1, 26)), 1)
    ]
    reading = table("The themes", rows, [30, 60, 140, 130, 90])
    for kind, column in (("finding", 2), ("recommendation", 3)):
        mine = [item for item in reading.items if item.kind == kind]
        assert [(i.number, i.text) for i in mine] == [(row[0], row[column]) for row in rows[1:]]
    assert {i.addressee for i in reading.items if i.kind == "recommendation"} == {"Westhill Council"}
    assert max(i.page for i in reading.items) > 1


def test_an_action_plan_in_a_table_repeats_or_stands_alone(table: Callable[..., Reading], tmp_path: Path) -> None:
    rows = [
        ["Recommendation", "Agency", "By when"],
        ["Publish one list of names each year", "The Board", "May 2031"],
        ["Train the second team in reading it", "Westhill Trust", "June 2031"],
    ]
    alone = table("Action plan", rows, [250, 120, 80])
    assert [(i.text, i.addressee) for i in alone.items] == [(row[0], row[1]) for row in rows[1:]]
    path = tmp_path / "both.pdf"
    sheet = canvas.Canvas(str(path))
    for top, size, text in (
        (780, 15, "Recommendations"),
        (750, 10, "1. The Board should publish one list."),
        (730, 10, "2. The trust should train the second team."),
        (680, 15, "Action plan"),
    ):
        sheet.setFont("Helvetica-Bold" if size == 15 else "Helvetica", size)
        sheet.drawString(60, top, text)
    for line, row in enumerate(rows):
        for left, cell in zip((60, 330, 460), row, strict=True):
            sheet.setFont("Helvetica-Bold" if not line else "Helvetica", 10)
            sheet.drawString(left, 650 - 25 * line, cell)
    sheet.save()
    both = read(path, "d", cross_check="off", look_for_hidden=False)
    assert [i.number for i in both.items] == ["1", "2"]
    assert [each.text for each in both.passed_over] == [row[0] for row in rows[1:]]


def test_a_sentence_in_a_heading_s_look_is_text(tmp_path: Path) -> None:
    path = tmp_path / "h.pdf"
    sheet = canvas.Canvas(str(path))
    for top, font, text in (
        (780, "Helvetica-Bold", "Findings"),
        (750, "Helvetica-Bold", "The second office was told in May and did not write"),
        (736, "Helvetica-Bold", "it down."),
        (700, "Helvetica", "The first office was told by letter and lost it in June."),
        (660, "Helvetica", "Nobody was asked about either of them until the autumn."),
    ):
        sheet.setFont(font, 15 if text == "Findings" else 11)
        sheet.drawString(60, top, text)
    sheet.save()
    reading = read(path, "d", cross_check="off", look_for_hidden=False)
    assert [s.title for s in reading.sections] == ["Findings"]
    assert reading.items[0].text == "The second office was told in May and did not write it down."
