"""Case facts by rule: stated where a made-up review says them of its case, else not stated."""

import pytest

from scr_llm.records import DraftCase, Mark, Page, Reading, Section
from scr_llm.stages.code.facts import age_band, case_facts
from scr_llm.text.flow import Flow

BOARD = "Northmoor Safeguarding Children Board"


def facts(title: str, body: str, kind: str = "introduction") -> DraftCase:
    text = f"{title}\n\n{BOARD}\n\n{body}"
    page = Page(number=1, text=text, marks=(Mark(kind="heading", start=0, end=len(title)),))
    sections = (Section(kind=kind, title=title, page=1, start=0),)  # type: ignore[arg-type]
    reading = Reading(document_id="d", sha256="", pages=(page,), sections=sections)
    return case_facts(reading, Flow.of(reading))


def test_a_name_in_the_title_and_what_is_said_of_it() -> None:
    case = facts(
        "Serious Case Review: Willa",
        "Willa was nine when she died of asthma. Her mother, aged 31, found her. Willa liked maps. Willa kept three "
        "of them.",
    )
    assert (case.authority, case.pseudonym, case.context) == ("Northmoor", "Willa", "natural_causes")
    assert [(c.gender, c.age, c.age_band) for c in case.children] == [("F", "nine", "6-10")]
    assert set(case.quotes) == {"authority", "pseudonym", "context", "gender", "age"}


def test_two_children_each_with_its_own() -> None:
    case = facts(
        "Teal and Dunlin: a Serious Case Review",
        "They are called here Teal, a girl of nine, and Dunlin, her brother, who was four. Teal and Dunlin were "
        "badly beaten by a man "
        "who was convicted of it. Teal told the school. Dunlin did not.",
    )
    assert case.pseudonym == "Teal and Dunlin" and case.context == "physical_assault"
    assert [(c.gender, c.age) for c in case.children] == [("F", "nine"), ("M", "four")]


def test_a_quote_is_of_whole_words() -> None:
    case = facts(
        "Serious Case Review: Fern and Briar",
        "Two sisters, called here Fern (13) and Briar (9), were hurt. Fern told it. Briar did not. Fern and Briar "
        "are well.",
    )
    assert [(c.gender, c.age) for c in case.children] == [("F", "13"), ("F", "9")] and case.quotes[
        "gender"
    ].text == "sisters"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        (
            "Annual report",
            "He was called “Gold” by the crew. The infection was widespread. “It” was said twice. The wait was one "
            "week.",
        ),
        (
            "Report of the inquiry",
            "In the pandemic many died of natural causes. The children of Sector B were taught at home.",
        ),
    ],
)
def test_thin_cues_are_no_facts(title: str, body: str) -> None:
    page = Page(number=1, text=f"{title}\n{body}")
    reading = Reading(document_id="d", sha256="", pages=(page,))
    case = case_facts(reading, Flow.of(reading))
    assert (case.authority, case.pseudonym, case.context, case.quotes) == (None, None, "not stated", {})
    assert [(c.gender, c.age) for c in case.children] == [("not stated", None)]


def test_what_is_said_of_others_is_not_said_of_the_child() -> None:
    case = facts(
        "Serious Case Review concerning Child R",
        "Child R was found to be hungry. The mother was 24 and her partner had taken his own life in May. The "
        "brother of Child R was "
        "seven. At the parents’ wish this summary does not say whether Child R was a boy or a girl. Child R is alive.",
    )
    assert case.pseudonym == "Child R" and case.context == "not stated"
    assert [(c.gender, c.age) for c in case.children] == [("not stated", None)]


def test_an_injury_that_nobody_caused_is_no_assault() -> None:
    assert (
        facts("Serious Case Review: Child R", "Child R, a boy aged 6, suffered a head injury in a fall.").context
        == "not stated"
    )
    told = "Child R, a boy aged 6, suffered a head injury. His uncle was convicted of the assault."
    assert facts("Serious Case Review: Child R", told).context == "physical_assault"


@pytest.mark.parametrize(
    ("age", "band"),
    [
        ("nineteen months", "1-5"),
        ("three years and one month", "1-5"),
        ("fourteen weeks", "<1"),
        ("seventeen", "16-17"),
        ("33 days", "<1"),
        ("12 months", "1-5"),
        ("a few weeks", "<1"),
        ("17 years and 10 months", "16-17"),
        ("five years and eleven months", "1-5"),
        ("two and a half years", "1-5"),
        ("under 13", "not stated"),
        ("primary aged", "6-10"),
        ("18", "not stated"),
        ("forty", "not stated"),
        (None, "not stated"),
    ],
)
def test_the_band_of_an_age_as_printed(age: str | None, band: str) -> None:
    assert age_band(age) == band


@pytest.mark.parametrize(
    ("told", "age"),
    [
        ("Linden had a nursery place from the age of three.", "four"),
        ("Linden had been known to the clinic since the age of two.", "four"),
        ("Linden could not walk until the age of three.", "four"),
        ("Linden should have talked by the age of two.", "four"),
        ("At the age of three Linden moved house.", "four"),
        ("Linden died at the age of five.", "five"),
        ("At the age of five Linden was found dead.", "five"),
    ],
)
def test_an_age_in_a_story_about_the_past_is_not_the_childs(told: str, age: str) -> None:
    beginning = "" if age == "five" else "Linden is a boy. He was four years old that winter. "
    found = facts("Serious Case Review: Linden", beginning + told).children[0].age
    assert found is not None and found.split()[0] == age
