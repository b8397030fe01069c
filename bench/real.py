"""Real reports with gold, from a folder outside the project: the section of docs/scoreboard.md on them.

    python bench/real.py --pfd DIR             measure DIR/pdf/*.pdf against DIR/gold, and write the section
    python bench/real.py --pfd DIR --printed   the same, printed only
    python bench/real.py                       measures nothing and leaves the section as it stands

A cell that gold calls unclear is left out. The core themes come first, since those of the others that are on children
and parents hardly occur in reports on adults.
"""

import argparse
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from coding import CODERS, ENOUGH, ROOT, WEIGHTS, coding_of, offered, on_gold, printed, two
from paired import above
from sets import given_pairs, write_between

from scr_llm import __version__
from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.records import Code, Codebook, GoldDocument
from scr_llm.stages.agree import statistics
from scr_llm.stages.agree.statistics import Ratings
from scr_llm.stages.code import Coder

EIGHT = 8
"""Reviews in a paper of the usual length."""
AIMS = (0.82, 0.72)
"""F1 and kappa that were aimed at on the core themes."""
FIGURES = {
    "precision": statistics.precision,
    "recall": statistics.recall,
    "F1": statistics.f1,
    "kappa": statistics.kappa,
}
USE = (
    "Real reports by coroners on the prevention of deaths, mostly about adults: another field. Their gold is one "
    "reading by a language model. Nothing was learned from them, but they were looked at while the coder was made. "
    "They are not in the repository, so that a reader cannot check these figures."
)

Pairs = Sequence[tuple[Path, GoldDocument]]


class Cell(NamedTuple):
    """A theme of a report that gold decides."""

    theme: str
    ratings: Ratings
    """Whether gold, and whether the coder, has it present."""


def cells_of(coder: Coder, pairs: Pairs, book: Codebook) -> list[list[Cell]]:
    """The cells of each report."""
    found = []
    for path, gold in pairs:
        ours = {t.theme: t.value == "present" for t in coding_of(coder, path, book).themes}
        values = {c.id: gold.themes[c.id].value if c.id in gold.themes else "not_mentioned" for c in book.codes}
        known = [(theme, value == "present") for theme, value in values.items() if value != "unclear"]
        found.append([Cell(theme, (there, ours[theme])) for theme, there in known])
    return found


def of_themes(documents: Sequence[Sequence[Cell]], codes: Sequence[Code]) -> list[list[Ratings]]:
    """The ratings of some themes, by report."""
    wanted = {c.id for c in codes}
    return [[cell.ratings for cell in own if cell.theme in wanted] for own in documents]


def figures(by_coder: Mapping[str, list[list[Cell]]], codes: Sequence[Code], of: str) -> Iterator[str]:
    """A row for each figure of some themes, with intervals."""
    each = [of_themes(documents, codes) for documents in by_coder.values()]
    for name, figure in FIGURES.items():
        told = [two(figure([c for g in groups for c in g]), statistics.interval(groups, figure)) for groups in each]
        yield f"| {of}: {name} | {' | '.join(told)} |"


def by_theme(by_coder: Mapping[str, list[list[Cell]]], book: Codebook) -> Iterator[str]:
    """A row for each theme with enough positives, and the names of the others among the core themes."""
    yield from (f"| theme | in gold | {' | '.join(by_coder)} |", "|---|---|" + "---|" * len(by_coder))
    few = []
    for code in book.codes:
        each = [of_themes(documents, [code]) for documents in by_coder.values()]
        positives = sum(there for groups in each[:1] for g in groups for there, _ in g)
        if positives >= ENOUGH:
            yield f"| {code.label} | {positives} | {' | '.join(map(one_theme, each))} |"
        elif code.core:
            few.append(f"{code.label} ({positives})")
    yield from (
        "",
        f"Core themes with fewer than {ENOUGH} positives, which have no figure: {'; '.join(few) or 'none'}.",
    )


def one_theme(groups: Sequence[Sequence[Ratings]]) -> str:
    """What a coder makes of one theme."""
    cells = [c for g in groups for c in g]
    right, found = sum(a and b for a, b in cells), sum(b for _, b in cells)
    kappa = two(statistics.kappa(cells), statistics.interval(groups, statistics.kappa))
    return f"{found} found, {right} right; kappa {kappa}"


def in_words(reached: bool) -> str:
    return "reached" if reached else "not reached"


def section(pairs: Pairs, book: Codebook) -> Iterator[str]:
    coders = {name: make(book) for name, make in CODERS.items()}
    by_coder = {name: cells_of(coder, pairs, book) for name, coder in coders.items()}
    first = next(iter(by_coder.values()))
    core = [c for c in book.codes if c.core]
    decided = sum(map(len, of_themes(first, core)))
    yield from (
        f"## Real reports, another field, one reading: {len(pairs)}",
        "",
        f"Made by `python bench/real.py --pfd DIR` on {datetime.now(UTC).date().isoformat()}: scr-llm {__version__}, "
        f"codebook {book.version} ({codebook_sha256(book)[:12]}), weights {WEIGHTS}, Python "
        f"{platform.python_version()}. {USE}",
        "",
        f"| what | {' | '.join(by_coder)} |",
        "|---|" + "---|" * len(by_coder),
        *figures(by_coder, core, f"{len(core)} core themes"),
        *figures(by_coder, book.codes, f"{len(book.codes)} themes"),
    )
    quotes = {
        f"quotes that briefings on {EIGHT} reports each print, on a passage that shows their theme": [
            printed(coder, pairs, book, EIGHT) for coder in coders.values()
        ],
        "quotes that a reviewer is offered, on a passage that shows their theme": [
            offered(coder, pairs, book) for coder in coders.values()
        ],
    }
    for what, scores in quotes.items():
        yield f"| {what} | {' | '.join(map(on_gold, scores))} |"
    own, other = by_coder.values()
    cells = [c for g in of_themes(own, core) for c in g]
    reached = [(figure(cells) or 0) >= aim for figure, aim in zip((statistics.f1, statistics.kappa), AIMS, strict=True)]
    more = [above(of_themes(own, codes), of_themes(other, codes)) for codes in (core, book.codes)]
    yield from (
        "",
        f"Aimed at on the core themes: F1 {AIMS[0]:.2f}, {in_words(reached[0])}, and kappa {AIMS[1]:.2f}, "
        f"{in_words(reached[1])}. The default coder's kappa less that of the wordings alone: {more[0]} on the core "
        f"themes, {more[1]} on all.",
        "",
        f"The core themes have {decided} of {len(core) * len(pairs)} cells that gold decides; the others are unclear "
        "and left out. Of the other themes, those on children and parents hardly occur and prove little.",
        "",
        *by_theme(by_coder, book),
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pfd", type=Path)
    options.add_argument("--printed", action="store_true")
    given = options.parse_args()
    if not given.pfd or not given.pfd.is_dir():
        print("Real reports: not measured here, no folder of them was given (`--pfd`). The section stays as it stands.")
        return
    lines = list(section(given_pairs(given.pfd), load_codebook(ROOT / "prompts/codebook.yaml")))
    print("\n".join(lines))
    if not given.printed:
        write_between(ROOT / "docs/scoreboard.md", "real", lines)


if __name__ == "__main__":
    main()
