"""Charts and shaded tables: what they show is what was counted, and is seen without colour."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from itertools import combinations, pairwise

import pytest
from PIL import Image

from scr_llm.codebook import load_codebook
from scr_llm.project import data_dir
from scr_llm.records import (
    Case,
    CoderIdentity,
    Coding,
    Document,
    Evidence,
    Figure,
    Item,
    Paper,
    Part,
    Table,
    ThemeCoding,
)
from scr_llm.render import Printing, chart, html, word
from scr_llm.stages.synthesise import BriefingOptions, CodedReview
from scr_llm.stages.synthesise.change import Change
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.register import register
from scr_llm.stages.synthesise.shaded import asked, together
from scr_llm.stages.synthesise.tables import Matrix

BOOK = load_codebook(data_dir() / "prompts" / "codebook.yaml")
CORE = [code.id for code in BOOK.codes if code.core]
LABELS = {code.id: code.label for code in BOOK.codes}
WHO = CoderIdentity(kind="rules", version="1", codebook_version="1", codebook_sha256="0" * 64)
QUOTE = Evidence(quote="The plan was not shared.", page=1, start=0, end=24, status="exact", section="Findings")
ADVICE = QUOTE.model_copy(update={"flags": ("recommendation",)})


def review(nth: int, present: tuple[str, ...], *, batch: str = "1", asked: tuple[str | None, ...] = ()) -> CodedReview:
    """A review with themes, and a recommendation on training to each of some bodies."""
    text = f"Staff in team {nth} should be trained in sharing information"
    asks = [
        Item(id=f"r{nth}-{n}", number=str(n), text=f"{text}, item {n}.", page=2, addressee=who, evidence=(QUOTE,))
        for n, who in enumerate(asked, 1)
    ]
    values = {**dict.fromkeys((c.id for c in BOOK.codes), "not_mentioned"), **dict.fromkeys(present, "present")}
    coding = Coding(
        document_id=f"d{nth}",
        reading_sha256="0" * 64,
        coder=WHO,
        case=Case(authority="Northmere", pseudonym=f"Child {nth}"),
        recommendations=tuple(asks),
        themes=tuple(
            ThemeCoding(theme=theme, value=value, evidence=(QUOTE,) if value == "present" else ())
            for theme, value in values.items()
        ),
    )
    document = Document(
        id=f"d{nth}",
        file=f"{nth}.pdf",
        sha256="0" * 64,
        bytes=1,
        pages=3,
        status="coded",
        batch=batch,
        taken_in="2026-01-01",
    )
    return CodedReview(document, coding)


def tally(*reviews: CodedReview) -> ThemeTally:
    options = BriefingOptions(title="T", organisation="O", marking="", version="0.1")
    return ThemeTally(reviews, [r.document for r in reviews], BOOK, [], options)


A, B, C = CORE[:3]
SOME = tally(
    review(1, (A, B), asked=("the Board", "The board", "Hospital Trust")),
    review(2, (A,), asked=(None,)),
    review(3, (A, C), batch="2", asked=("Board",)),
)


CHANGE = Change(SOME, ()).figure()


def matrix_of(of: ThemeTally) -> Table:
    """The matrix of the paper."""
    return next(iter(Matrix(of).matrix()))


def asked_in(of: ThemeTally) -> Table:
    """The table of whom the recommendations ask."""
    return asked(of, register(of))[0].tables[0]


def word_and_shade(of: ThemeTally, theme: str) -> tuple[str, int]:
    """What the matrix of one review has for a theme."""
    table = matrix_of(of)
    at = [row[0] for row in table.rows].index(LABELS[theme])
    return table.rows[at][1], table.shades[at][0]


@pytest.mark.parametrize("reviews", [1, 3, 4, 60])
def test_the_matrix_is_shaded_by_its_words(reviews: int) -> None:
    table = matrix_of(tally(*(review(n, (A,)) for n in range(reviews))))
    cells = [
        (word, shade)
        for row, of_row in zip(table.rows, table.shades, strict=True)
        for word, shade in zip(row[1:], of_row, strict=True)
    ]
    assert len(cells) == reviews * len(CORE)
    assert set(cells) == {("Yes", 3), ("Not found", 0)}
    assert cells.count(("Yes", 3)) == reviews


def test_a_theme_from_recommendations_alone_is_another_word_and_another_shade() -> None:
    one = review(1, (A,))
    cells = tuple(t.model_copy(update={"evidence": (ADVICE,)}) if t.theme == A else t for t in one.coding.themes)
    only = CodedReview(one.document, one.coding.model_copy(update={"themes": cells}))
    assert word_and_shade(tally(only), A) == ("Yes (R)", 2)


def test_themes_together_are_counted_both_ways() -> None:
    (part,) = together(SOME)
    (table,) = part.tables
    numbers = {
        (row[0], column): int(cell)
        for row in table.rows
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
    }
    a, b, c = LABELS[A], LABELS[B], LABELS[C]
    assert (numbers[a, a], numbers[a, b], numbers[a, c], numbers[b, c]) == (3, 1, 1, 0)
    assert all(numbers[x, y] == numbers[y, x] for x, y in combinations((a, b, c), 2))
    assert "all themes found" in part.paragraphs[0].sentences[0].text
    assert together(tally(review(1, (A, B)))) == []
    (many,) = together(tally(review(1, tuple(LABELS)), review(2, ())))
    assert len(many.tables[0].rows) == 7 and "the 7 themes found most often" in many.paragraphs[0].sentences[0].text


def test_change_has_a_denominator_for_before_and_one_for_now() -> None:
    assert CHANGE and (CHANGE.of_before, CHANGE.of) == (2, 1)
    assert (CHANGE.bars[0], CHANGE.before[0]) == ((LABELS[A], 1), 2)
    assert f"{LABELS[A]}: 2 of 2 before, 1 of 1 new" in CHANGE.alt
    assert Change(tally(review(1, (A,)), review(2, (A,))), ()).figure() is None


def test_recommendations_are_counted_by_body_and_theme() -> None:
    table = asked_in(SOME)
    assert [(row[0], row[-1]) for row in table.rows] == [
        ("Board", "3"),
        ("Hospital Trust", "1"),
        ("No addressee named", "1"),
    ]
    assert all(shades[-1] == 0 for shades in table.shades), "a total is not shaded"
    most = max(int(cell) for row in table.rows for cell in row[1:-1])
    assert all(
        (shade == 3) >= (int(cell) == most)
        for row, s in zip(table.rows, table.shades, strict=True)
        for cell, shade in zip(row[1:-1], s, strict=False)
    )
    bodies = tuple(f"Agency {n:02}" for n in range(14))
    lots = asked_in(tally(review(1, (A,), asked=bodies)))
    assert len(lots.rows) == 9 and lots.rows[-1][0] == "6 others"
    assert sum(int(row[-1]) for row in lots.rows) == 14, "nothing is left out"


def test_recommendations_without_a_theme_are_counted_too() -> None:
    of = tally(review(1, (A,), asked=("Board",)))
    bare = [row.model_copy(update={"themes": ()}) for row in register(of)]
    (table,) = asked(of, bare)[0].tables
    assert (table.columns, table.rows) == (("Addressee", "All"), (("Board", "1"),))
    assert asked(of, ()) == []


def test_word_and_html_print_the_shades() -> None:
    (part,) = together(SOME)
    paper = Paper(title="T", status_line="S", marking="", version="1", organisation="O", parts=(part,))
    body = zipfile.ZipFile(io.BytesIO(word.render(paper, Printing()))).read("word/document.xml").decode()
    page = html.render(paper, Printing()).decode()
    assert all(
        f".shade-{n} {{ background: {ground}; color: {ink}; }}" in html.styles()
        for n, (ground, ink) in enumerate(chart.SHADES)
    )
    for row, shades in zip(part.tables[0].rows, part.tables[0].shades, strict=True):
        for number, shade in zip(row[1:], shades, strict=True):
            ground, ink = chart.SHADES[shade]
            assert f'<td class="shade-{shade}">{number}</td>' in page and f"background: {ground}; color: {ink}" in page
            assert not shade or (f'w:fill="{ground[1:]}"' in body and f'<w:color w:val="{ink[1:]}"/>' in body)


def test_a_chart_is_the_same_bytes_and_of_the_size_that_it_says() -> None:
    assert CHANGE and chart.png(CHANGE) == chart.png(CHANGE) and chart.svg(CHANGE) == chart.svg(CHANGE)
    width, height = chart.size(CHANGE)
    assert Image.open(io.BytesIO(chart.png(CHANGE))).size == (2 * width, 2 * height)
    assert ET.fromstring(chart.svg(CHANGE)).get("viewBox") == f"0 0 {width} {height}"


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_shades_are_read_in_grey_and_without_red_and_green() -> None:
    grounds = [ground for ground, _ in chart.SHADES]
    assert all(contrast(ground, ink) >= 4.5 for ground, ink in chart.SHADES), "words on every shade"
    assert [luminance(g) for g in grounds] == sorted((luminance(g) for g in grounds), reverse=True)
    assert all(contrast(lighter, darker) > 1.2 for lighter, darker in pairwise(grounds))
    assert contrast(chart.FILL, chart.GROUND) >= 3 and contrast(chart.EARLIER, chart.GROUND) >= 3
    blue = [(int(g[1:3], 16), int(g[5:7], 16)) for g in (*grounds, chart.EARLIER)]
    assert all(red <= blue_ for red, blue_ in blue), "one hue: nothing is told by red or green"


def test_a_label_that_is_too_long_goes_on_below() -> None:
    label = "A label that is longer than a line of a label <&>\x00, and so goes on below it"
    figure = Figure(title="Long", bars=((label, 1),), of=2, before=(1,), of_before=2)
    drawn = [e.text or "" for e in ET.fromstring(chart.svg(figure)).iter("text")]
    assert max(map(len, drawn)) <= 44 and "\x00" not in chart.svg(figure)
    assert chart.png(figure).startswith(b"\x89PNG") and "&lt;&amp;&gt;" in chart.svg(figure)


def test_notes_of_shaded_tables_are_short() -> None:
    parts = (*together(SOME), *asked(SOME, register(SOME)))
    sentences = [s.text for part in parts for para in part.paragraphs for s in para.sentences]
    assert not [s for text in sentences for s in re.split(r"(?<=[.;]) ", text) if len(s.split()) > 25]


def test_an_older_figure_is_still_read() -> None:
    old = Part.model_validate(
        {"id": "x", "level": 1, "title": "t", "figure": {"title": "T", "bars": [["A", 3]], "of": 8}}
    )
    assert old.figure and old.figure.alt == "Bar chart. T. A: 3 of 8."
