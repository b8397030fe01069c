"""Shaded tables: themes that occur together, and whom the recommendations ask."""

from collections import Counter
from collections.abc import Sequence

from scr_llm.records import Part, RegisterRow, Shade, Table
from scr_llm.stages.synthesise.addressees import addressees
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.sentences import paragraph
from scr_llm.text.words import count

TOGETHER = 7
"""Themes that are compared with each other: with their own column, what a landscape page takes."""
ADDRESSEES, ASKED_ABOUT = 8, 6
"""Addressees and themes in the table of the recommendations; the others share a row. Both fit one page."""


def together(tally: ThemeTally) -> list[Part]:
    """In how many reviews two themes were both found; nothing where there is nothing to compare."""
    found = sorted((t for t in tally.facts.themes if t.present), key=lambda t: -t.present)
    themes = found[:TOGETHER]
    if len(tally.reviews) < 2 or len(themes) < 2:
        return []
    which = (
        f"These are the {TOGETHER} themes found most often." if len(found) > TOGETHER else "These are all themes found."
    )
    how = "Where a theme meets itself, the number is that of all reviews in which it was found. Darker means more."
    table = _counted(
        "Themes found together, by number of reviews",
        ("Theme", *(t.label for t in themes)),
        [t.label for t in themes],
        [[len(set(one.documents) & set(other.documents)) for other in themes] for one in themes],
    )
    return [_part("together", "Themes that occur together", f"{which} {how}", tally, table)]


def asked(tally: ThemeTally, rows: Sequence[RegisterRow]) -> list[Part]:
    """How many recommendations each addressee has, by theme; nothing where nothing was recommended."""
    if not rows:
        return []
    named = list(zip(addressees(rows), rows, strict=True))
    by_theme = Counter(theme for row in rows for theme in row.themes)
    themes = [theme for theme, _ in sorted(by_theme.items(), key=lambda x: (-x[1], x[0]))[:ASKED_ABOUT]]
    by_body = sorted(Counter(who for who, _ in named).items(), key=lambda x: (-x[1], x[0]))
    shown = [who for who, _ in by_body[: ADDRESSEES if len(by_body) > ADDRESSEES + 1 else len(by_body)]]
    bodies = [({who}, who) for who in shown]
    if rest := {who for who, _ in by_body[len(shown) :]}:
        bodies.append((rest, count(len(rest), "other", "others")))
    table = _counted(
        "Recommendations by addressee and theme" if themes else "Recommendations by addressee",
        ("Addressee", *(tally.codes[theme].label for theme in themes), "All"),
        [name for _, name in bodies],
        [[sum(who in body and theme in row.themes for who, row in named) for theme in themes] for body, _ in bodies],
        [sum(who in body for who, _ in named) for body, _ in bodies],
    )
    which = (
        f"{'This theme has' if len(themes) == 1 else 'These themes have'} the most recommendations. Darker means more."
    )
    how = "A recommendation may relate to several themes or to none of them; the last column counts each once."
    return [_part("asked", "Whom the recommendations ask", f"{which} {how}" if themes else how, tally, table)]


def _part(name: str, title: str, note: str, tally: ThemeTally, table: Table) -> Part:
    return Part(id=f"evidence.{name}", level=1, title=title, paragraphs=(paragraph(note, tally.ids),), tables=(table,))


def _counted(
    caption: str,
    columns: tuple[str, ...],
    labels: list[str],
    numbers: list[list[int]],
    totals: list[int] | None = None,
) -> Table:
    """Shaded cells with numbers; a last column of totals is not shaded."""
    most = max((n for row in numbers for n in row), default=0)
    ends = [()] * len(numbers) if totals is None else [(total,) for total in totals]
    return Table(
        caption=caption,
        columns=columns,
        rows=tuple((label, *map(str, (*row, *end))) for label, row, end in zip(labels, numbers, ends, strict=True)),
        shades=tuple(
            (*(_shade(n, most) for n in row), *(0 for _ in end)) for row, end in zip(numbers, ends, strict=True)
        ),
        landscape=len(columns) > 3,
    )


def _shade(number: int, most: int) -> Shade:
    """How dark a number is: white for none, and else by thirds of the most."""
    if number == 0:
        return 0
    return 3 if 3 * number > 2 * most else 2 if 3 * number > most else 1
