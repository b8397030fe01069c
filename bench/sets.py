"""The made-up reviews and passages that the benches measure on, and what each set may be used for.

The test set was written by people who saw only the definitions. It is never looked at while anything is tuned, and its
mistakes are not printed.
"""

import json
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scr_llm.evaluation.gold import load_gold
from scr_llm.records import GoldDocument, Mark, Page, Reading, Section
from scr_llm.stages.read import read
from scr_llm.stages.read.kinds import section_kind

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Set:
    """Reviews and passages with gold."""

    name: str
    folders: tuple[str, ...]
    passages: tuple[str, ...]
    use: str
    """What was done with it, in words."""
    shown: bool = True
    """Whether its mistakes may be looked at."""


SETS = (
    Set(
        "test",
        ("batch-4", "reviews/test"),
        ("test.jsonl", "test-2.jsonl"),
        "Written by four hands from the definitions alone. Never looked at while anything was tuned. One rule came "
        "after this table had been printed once: what asks for training, guidance and the like is no evidence by "
        "itself. It was chosen on the development passages; before it the table had themes at .93 and .85, and near "
        "misses at .18.",
        shown=False,
    ),
    Set(
        "twelve",
        ("reviews/dev",),
        (),
        "Twelve reviews by six hands from the definitions alone. Nothing was learned from them; they were looked at "
        "to choose among ways of learning and to find defects.",
    ),
    Set(
        "fixtures",
        ("batch-1", "batch-2", "batch-3"),
        ("dev.jsonl",),
        "The embedded coder learned from them and the wordings were tuned on them: they show that it works, not how "
        "well.",
    ),
)


@dataclass(frozen=True)
class Passage:
    """A short passage with what a careful reader codes for one theme."""

    id: str
    code: str
    kind: str
    section: str
    text: str
    value: str


def passages(of: Set) -> list[Passage]:
    found = [path for name in of.passages if (path := ROOT / "fixtures/passages" / name).exists()]
    return [Passage(**json.loads(line)) for path in found for line in path.read_text("utf-8").splitlines()]


def as_reading(passage: Passage) -> Reading:
    heading = passage.section.strip() or "Analysis"
    text = f"{heading}\n\n{passage.text}\n"
    section = Section(kind=section_kind(heading), title=heading, page=1, start=0)
    return Reading(
        document_id=passage.id,
        sha256="0" * 64,
        pages=(Page(number=1, text=text, marks=(Mark(kind="heading", start=0, end=len(heading)),)),),
        sections=(section,),
    )


def documents(folders: Sequence[str]) -> list[tuple[Path, GoldDocument]]:
    gold = {g.file: g for g in load_gold(ROOT / "fixtures/gold")}
    found = []
    for folder in folders:
        own = {g.file: g for p in sorted((ROOT / "fixtures" / folder).glob("*.gold.json")) for g in load_gold(p)}
        found += [(p, {**gold, **own}[p.name]) for p in sorted((ROOT / "fixtures" / folder).glob("*.pdf"))]
    return found


def given_pairs(folder: Path) -> list[tuple[Path, GoldDocument]]:
    """PDFs outside the project with gold: FOLDER/pdf and FOLDER/gold."""
    gold = {g.file: g for g in load_gold(folder / "gold")}
    return [(p, gold[p.name]) for p in sorted((folder / "pdf").glob("*.pdf")) if p.name in gold]


def in_lines(parts: Iterable[str]) -> str:
    """Text for a page: prose in lines of 120 characters at most, and rows of tables and headings as they are."""
    return "\n".join(
        part
        if len(part) <= 120 or part.startswith(("|", "#"))
        else textwrap.fill(part, 120, break_on_hyphens=False, break_long_words=False)
        for part in parts
    )


def write_between(page: Path, name: str, lines: Sequence[str]) -> None:
    """Write a part of a page between its two marks, `<!-- name -->` and `<!-- end name -->`, which must be there."""
    text = page.read_text("utf-8")
    start, end = text.index(mark := f"<!-- {name} -->") + len(mark), text.index(f"<!-- end {name} -->")
    page.write_text(text[:start] + "\n" + in_lines(lines).strip("\n") + "\n" + text[end:], "utf-8")


@cache
def reading_of(path: Path) -> Reading:
    return read(path, path.stem)
