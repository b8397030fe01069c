"""The pictures of the evidence: what they show is what was counted, seen without colour, and told in a table."""

import io
import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest
from PIL import Image

from scr_llm.codebook import load_codebook
from scr_llm.project import data_dir
from scr_llm.records import Case, CoderIdentity, Coding, Document, Evidence, Figure, Item, Part, ThemeCoding
from scr_llm.render import chart
from scr_llm.stages.synthesise import BriefingOptions, CodedReview
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.figures import as_tables, figures, pictures

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


def by_title(of: ThemeTally) -> dict[str, Figure]:
    return {figure.title: figure for figure in figures(of)}


def test_the_matrix_has_the_words_of_the_matrix() -> None:
    matrix = by_title(SOME)["The reviews and the main themes"]
    assert matrix.columns == ("Case", *(LABELS[c] for c in CORE))
    first = dict(zip(matrix.columns, matrix.rows[0], strict=True))
    assert first["Case"] == "Northmere Child 1" and first[LABELS[A]] == "Yes" and first[LABELS[C]] == "Not found"
    darks = {
        word: shade
        for row, shades in zip(matrix.rows, matrix.shades, strict=True)
        for word, shade in zip(row[1:], shades, strict=True)
    }
    assert darks == {"Yes": 3, "Not found": 0}


def test_a_theme_from_recommendations_alone_is_another_word_and_another_shade() -> None:
    one = review(1, (A,))
    cells = tuple(t.model_copy(update={"evidence": (ADVICE,)}) if t.theme == A else t for t in one.coding.themes)
    only = CodedReview(one.document, one.coding.model_copy(update={"themes": cells}))
    matrix = by_title(tally(only))["The reviews and the main themes"]
    at = matrix.columns.index(LABELS[A])
    assert (matrix.rows[0][at], matrix.shades[0][at - 1]) == ("Yes (R)", 2)


def test_themes_together_are_counted_both_ways() -> None:
    together = by_title(SOME)["Themes found together, by number of reviews"]
    numbers = {
        (row[0], column): int(cell)
        for row in together.rows
        for column, cell in zip(together.columns[1:], row[1:], strict=True)
    }
    a, b, c = LABELS[A], LABELS[B], LABELS[C]
    assert (numbers[a, a], numbers[a, b], numbers[a, c], numbers[b, c]) == (3, 1, 1, 0)
    assert all(numbers[x, y] == numbers[y, x] for x, y in combinations((a, b, c), 2))
    assert "all themes found" in together.note
    assert "Themes found together, by number of reviews" not in by_title(tally(review(1, (A, B))))
    many = by_title(tally(review(1, tuple(LABELS)), review(2, ())))["Themes found together, by number of reviews"]
    assert len(many.rows) == 7 and "the 7 themes found most often" in many.note


def test_change_has_a_denominator_for_before_and_one_for_now() -> None:
    change = by_title(SOME)["Main themes before batch 2 and in its new reviews"]
    assert (change.of_before, change.of) == (2, 1)
    assert (change.bars[0], change.before[0]) == ((LABELS[A], 1), 2)
    assert f"{LABELS[A]}: 2 of 2 before, 1 of 1 new" in change.alt
    assert not [title for title in by_title(tally(review(1, (A,)), review(2, (A,)))) if "batch" in title]


def test_recommendations_are_counted_by_body_and_theme() -> None:
    asked = by_title(SOME)["Recommendations by addressee and theme"]
    assert [(row[0], row[-1]) for row in asked.rows] == [
        ("Board", "3"),
        ("Hospital Trust", "1"),
        ("No addressee named", "1"),
    ]
    assert all(shades[-1] == 0 for shades in asked.shades), "a total is not shaded"
    most = max(int(cell) for row in asked.rows for cell in row[1:-1])
    assert all(
        (shade == 3) >= (int(cell) == most)
        for row, s in zip(asked.rows, asked.shades, strict=True)
        for cell, shade in zip(row[1:-1], s, strict=False)
    )
    bodies = tuple(f"Agency {n:02}" for n in range(14))
    lots = by_title(tally(review(1, (A,), asked=bodies)))["Recommendations by addressee and theme"]
    assert len(lots.rows) == 11 and lots.rows[-1][0] == "4 others"
    assert sum(int(row[-1]) for row in lots.rows) == 14, "nothing is left out"


@pytest.mark.parametrize(("reviews", "drawn"), [(0, 0), (1, 1), (13, 1), (14, 2), (60, 5), (61, 0)])
def test_a_matrix_of_many_reviews_is_drawn_in_pieces(reviews: int, drawn: int) -> None:
    of = tally(*(review(n, (A,)) for n in range(reviews)))
    pieces = [figure for figure in figures(of) if figure.columns[:1] == ("Case",)]
    assert len(pieces) == drawn and all(len(piece.rows) <= 13 for piece in pieces)
    if drawn:
        assert sum(len(piece.rows) for piece in pieces) == reviews
    told = " ".join(s.text for part in pictures(of) for p in part.paragraphs for s in p.sentences)
    assert ("is not drawn" in told) == (reviews == 61)


def words(figure: Figure) -> list[str]:
    """Everything that is written in the picture, with white space folded."""
    return [" ".join((e.text or "").split()) for e in ET.fromstring(chart.svg(figure)).iter("text")]


@pytest.mark.parametrize("figure", figures(SOME), ids=lambda f: f.title)
def test_the_table_has_what_the_picture_shows(figure: Figure) -> None:
    tables = as_tables(figure)
    assert all(len(table.columns) <= 8 and table.rows and all(map(all, table.rows)) for table in tables)
    in_tables = "".join("".join((*table.columns, *(cell for row in table.rows for cell in row))) for table in tables)
    squeezed = re.sub(r"\s", "", in_tables)
    for text in words(figure):
        text = re.sub(r" (before|new)$", "", text)  # the table says it in its headers
        assert re.sub(r"\s", "", text) in squeezed, text
    assert (figure.title in figure.alt and "table" in figure.alt) or " of " in figure.alt


@pytest.mark.parametrize("figure", figures(SOME), ids=lambda f: f.title)
def test_a_picture_is_the_same_bytes_and_of_the_size_that_it_says(figure: Figure) -> None:
    assert chart.png(figure) == chart.png(figure) and chart.svg(figure) == chart.svg(figure)
    width, height = chart.size(figure)
    assert Image.open(io.BytesIO(chart.png(figure))).size == (2 * width, 2 * height)
    box = ET.fromstring(chart.svg(figure)).get("viewBox")
    assert box == f"0 0 {width} {height}"


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


def test_words_that_are_too_long_for_a_cell_go_on_below() -> None:
    figure = Figure(
        title="Long",
        columns=("Case", "Identity, ethnicity and cultural competence", "Donaudampfschifffahrtsgesellschaft"),
        rows=(("A review with a name that is longer than a label <&>", "R only, not counted", "x\x00\n\ty"),),
        shades=((1, 3),),
    )
    assert max(len(text) for text in words(figure.model_copy(update={"rows": (("A & b", "x", "y"),)}))) <= 25
    assert chart.png(figure).startswith(b"\x89PNG") and "&lt;&amp;&gt;" in chart.svg(figure)
    assert "\x00" not in chart.svg(figure)


def test_the_appendix_has_a_part_for_each_picture() -> None:
    heading, *parts = pictures(SOME)
    assert heading.level == 1 and all(part.level == 2 and part.figure and part.tables for part in parts)
    assert len({part.id for part in parts}) == len(parts) == len(figures(SOME))
    captions = [table.caption for part in parts for table in part.tables]
    assert len(set(captions)) == len(captions)
    sentences = [s.text for p in (heading, *parts) for para in p.paragraphs for s in para.sentences]
    assert not [s for text in sentences for s in re.split(r"(?<=[.;]) ", text) if len(s.split()) > 25]


def test_an_older_figure_is_still_read() -> None:
    old = Part.model_validate(
        {"id": "x", "level": 1, "title": "t", "figure": {"title": "T", "bars": [["A", 3]], "of": 8}}
    )
    assert old.figure and old.figure.alt == "Bar chart. T. A: 3 of 8."
