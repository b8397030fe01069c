"""The pictures of the evidence, each with a table of the same words and numbers.

They are: the matrix, themes that occur together, what the last batch changes, and whom the recommendations ask.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, TypeVar

from scr_llm.records import Figure, Part, RegisterRow, Table, ThemeCount
from scr_llm.stages.synthesise.addressees import addressees
from scr_llm.stages.synthesise.change import Change
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.register import register
from scr_llm.stages.synthesise.sentences import paragraph
from scr_llm.stages.synthesise.tables import Matrix
from scr_llm.text.words import count

Shade = Literal[0, 1, 2, 3]
_T = TypeVar("_T")
MOST_REVIEWS = 60
"""Reviews in pictures of the matrix; a matrix of more is read in the workbook."""
CASES, THEMES = 13, 8
"""Rows and columns of one picture of the matrix: what a landscape page takes."""
TOGETHER = 7
"""Themes that are compared with each other: with their own column, what a table of a page takes."""
ADDRESSEES, ASKED_ABOUT = 10, 6
"""Addressees and themes in the picture of the recommendations; the other addressees share a row."""
_COLUMNS = 8
_MATRIX_SHADES: dict[str, Shade] = {"Yes": 3, "Yes (R)": 2, "R only, not counted": 1, "Unclear": 1, "Ruled out": 1}


def figures(tally: ThemeTally, rows: Sequence[RegisterRow] | None = None) -> tuple[Figure, ...]:
    """The pictures that the reviews have something to show for. `rows` is the register, if it is known already."""
    return tuple(figure for _, some in _by_question(tally, rows) for figure in some)


def pictures(tally: ThemeTally, rows: Sequence[RegisterRow] | None = None) -> list[Part]:
    """The parts of them, which say what is not drawn; nothing where there is nothing to say."""
    found = [
        (heading if nth == 1 else f"{heading}, picture {nth}", figure)
        for heading, some in _by_question(tally, rows)
        for nth, figure in enumerate(some, 1)
    ]
    undrawn = len(tally.reviews) > MOST_REVIEWS
    if not found and not undrawn:
        return []
    intro = (
        "After each picture is a table with the same words and numbers. "
        "Darker means more, and every shade has its word or number."
    )
    lead = [paragraph(intro, tally.ids)]
    if undrawn:
        lead.append(paragraph(f"The matrix of more than {MOST_REVIEWS} reviews is not drawn.", tally.ids))
    parts = (
        Part(
            id=f"pictures.{nth}",
            level=2,
            title=heading,
            paragraphs=(paragraph(figure.note, tally.ids),) if figure.note else (),
            figure=figure,
            tables=as_tables(figure),
        )
        for nth, (heading, figure) in enumerate(found, 1)
    )
    heading = Part(id="pictures", level=1, title="The counts as pictures", paragraphs=tuple(lead))
    return [heading, *parts]


def _by_question(tally: ThemeTally, rows: Sequence[RegisterRow] | None) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    rows = register(tally) if rows is None else rows
    yield "The matrix", tuple(_matrix(tally))
    yield "Themes that occur together", tuple(_together(tally))
    yield "What the last batch changes", tuple(_change(tally, rows))
    yield "Whom the recommendations ask", tuple(_asked(tally, rows))


def as_tables(figure: Figure) -> tuple[Table, ...]:
    """The words and numbers of a picture, in tables of at most eight columns."""
    caption = f"{figure.title}, as a table"
    if figure.before:
        pairs = zip(figure.bars, figure.before, strict=True)
        rows = tuple((label, f"{n} of {figure.of_before}", f"{now} of {figure.of}") for (label, now), n in pairs)
        columns = ("Theme", "Before", "In the new reviews")
        return (Table(caption=caption, columns=columns, rows=rows, landscape=False),)
    if not figure.rows:
        bars = tuple((label, f"{n} of {figure.of}") for label, n in figure.bars)
        return (Table(caption=caption, columns=("Theme", "Found in"), rows=bars, landscape=False),)
    tables = []
    for part, some in enumerate(_pieces(range(1, len(figure.columns)), _COLUMNS - 1), 1):
        of_part = (0, *some)
        cells = tuple(tuple(row[at] for at in of_part) for row in figure.rows)
        tables.append(
            Table(
                caption=caption if part == 1 else f"{caption} (part {part})",
                columns=tuple(figure.columns[at] for at in of_part),
                rows=cells,
            )
        )
    return tuple(tables)


def _pieces(sequence: Sequence[_T], most: int) -> list[Sequence[_T]]:
    """A sequence in as few pieces as have at most so many, and as even ones as can be."""
    number = -(-len(sequence) // most)
    cuts = [len(sequence) * nth // number for nth in range(number + 1)] if number else []
    return [sequence[start:end] for start, end in pairwise(cuts)]


def _matrix(tally: ThemeTally) -> Iterator[Figure]:
    """Reviews against the core themes, with the words of the matrix."""
    if not tally.core or len(tally.reviews) > MOST_REVIEWS:
        return
    rows = Matrix(tally).rows
    pieces = [(cases, codes) for codes in _pieces(tally.core, THEMES) for cases in _pieces(rows, CASES)]
    for nth, (cases, codes) in enumerate(pieces, 1):
        words = [tuple(case.themes[code.id] for code in codes) for case in cases]
        yield Figure(
            title="The reviews and the main themes" + (f" (picture {nth})" if len(pieces) > 1 else ""),
            columns=("Case", *(code.label for code in codes)),
            rows=tuple((case.label, *row) for case, row in zip(cases, words, strict=True)),
            shades=tuple(tuple(_MATRIX_SHADES.get(word, 0) for word in row) for row in words),
        )


def _together(tally: ThemeTally) -> Iterator[Figure]:
    """In how many reviews two themes were both found."""
    found = _found_most(tally)
    themes = found[:TOGETHER]
    which = (
        f"These are the {TOGETHER} themes found most often." if len(found) > TOGETHER else "These are all themes found."
    )
    if len(tally.reviews) < 2 or len(themes) < 2:
        return
    numbers = [[len(set(one.documents) & set(other.documents)) for other in themes] for one in themes]
    yield _counted(
        "Themes found together, by number of reviews",
        f"{which} Where a theme meets itself, the number is that of all reviews in which it was found.",
        ("Theme", *(t.label for t in themes)),
        [t.label for t in themes],
        numbers,
    )


def _found_most(tally: ThemeTally) -> list[ThemeCount]:
    return sorted((t for t in tally.facts.themes if t.present), key=lambda t: -t.present)


def _change(tally: ThemeTally, rows: Sequence[RegisterRow]) -> Iterator[Figure]:
    """The core themes before the last batch and in it."""
    change = Change(tally, rows)
    new, old = ({r.document.id for r in reviews} for reviews in (change.new, change.old))
    core = {code.id for code in tally.core}
    themes = [t for t in _found_most(tally) if t.theme in core]
    if new and old and themes:
        yield Figure(
            title=f"Main themes before batch {change.batches[-1]} and in its new reviews",
            bars=tuple((t.label, len(new.intersection(t.documents))) for t in themes),
            of=len(new),
            before=tuple(len(old.intersection(t.documents)) for t in themes),
            of_before=len(old),
        )


def _asked(tally: ThemeTally, rows: Sequence[RegisterRow]) -> Iterator[Figure]:
    """How many recommendations each addressee has, by theme."""
    asked = list(zip(addressees(rows), rows, strict=True))
    by_theme = Counter(theme for row in rows for theme in row.themes)
    themes = [theme for theme, _ in sorted(by_theme.items(), key=lambda x: (-x[1], x[0]))[:ASKED_ABOUT]]
    if not themes:
        return
    by_body = sorted(Counter(who for who, _ in asked).items(), key=lambda x: (-x[1], x[0]))
    shown = [who for who, _ in by_body[: ADDRESSEES if len(by_body) > ADDRESSEES + 1 else len(by_body)]]
    bodies = [({who}, who) for who in shown]
    if rest := {who for who, _ in by_body[len(shown) :]}:
        bodies.append((rest, count(len(rest), "other", "others")))
    numbers = [
        [sum(who in body and theme in row.themes for who, row in asked) for theme in themes] for body, _ in bodies
    ]
    totals = [sum(who in body for who, _ in asked) for body, _ in bodies]
    yield _counted(
        "Recommendations by addressee and theme",
        f"These are the {count(len(themes), 'theme', 'themes')} on which most was recommended. "
        "A recommendation may relate to several themes or to none of them; the last column counts each once.",
        ("Addressee", *(tally.codes[theme].label for theme in themes), "All"),
        [name for _, name in bodies],
        numbers,
        totals,
    )


def _counted(
    title: str,
    note: str,
    columns: tuple[str, ...],
    labels: list[str],
    numbers: list[list[int]],
    totals: list[int] | None = None,
) -> Figure:
    """Shaded cells with numbers; a last column of totals is not shaded."""
    most = max(map(max, numbers))
    ends = [()] * len(numbers) if totals is None else [(total,) for total in totals]
    return Figure(
        title=title,
        note=note,
        columns=columns,
        rows=tuple((label, *map(str, (*row, *end))) for label, row, end in zip(labels, numbers, ends, strict=True)),
        shades=tuple(
            (*(_shade(n, most) for n in row), *(0 for _ in end)) for row, end in zip(numbers, ends, strict=True)
        ),
    )


def _shade(number: int, most: int) -> Shade:
    """How dark a number is: white for none, and else by thirds of the most."""
    if number == 0:
        return 0
    return 3 if 3 * number > 2 * most else 2 if 3 * number > most else 1
