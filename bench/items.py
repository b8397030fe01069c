"""Items and case facts on every set that may be looked at, and the time that a review takes.

Writes the last section of docs/scoreboard.md.

    python bench/items.py [--official DIR] [--pfd DIR]
    make measure OFFICIAL=DIR PFD=DIR                    the rest of the scoreboard first

--official DIR   real reports, NAME.pdf with NAME.json: `findings` and `recommendations` (null where nobody marked
                 them), and `distractors`, which look like items but are not; none states a case fact
--pfd DIR        real reports, DIR/pdf/*.pdf, in which no item is marked: what is found is counted, which proves nothing

Neither belongs to the project; where one is not given, the page says that it was skipped. The test set is only in the
rest of the scoreboard.
"""

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from coding import ITEMS, ROOT, SETS, WEIGHTS, compared, documents, exported, share, two
from quotes import bare
from sets import in_lines

from scr_llm import __version__
from scr_llm.codebook import load_codebook
from scr_llm.records import Agreement, Codebook, GoldDocument, GoldItem, Item, Score
from scr_llm.stages.code import Coder
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.ground import ground
from scr_llm.stages.read import read

Pairs = Sequence[tuple[Path, GoldDocument]]
Kind = Literal["findings", "recommendations"]
ENOUGH_LETTERS = 30
"""Letters from which two items that begin alike are the same."""
LEARNED = (
    "Themes are learned from them. Nothing of items and facts is learned, but rules on them may have been chosen here."
)
DEVELOPED = "Rules on items and facts were developed on them."
REAL = "Real, in a layout that nobody here wrote. Rules on items were developed on it."


def drawn(first: int, last: int, folder: Path) -> Pairs:
    """Reviews of reviews/train by their numbers, drawn into a folder."""
    sys.path.insert(0, str(ROOT / "fixtures"))
    from reviews import as_gold, draw

    pairs = []
    for number in range(first, last + 1):
        review = json.loads((ROOT / f"fixtures/reviews/train/r{number}.json").read_text("utf-8"))
        draw(review, pdf := folder / f"r{number}.pdf", number)
        pairs.append((pdf, GoldDocument.model_validate(as_gold(review, pdf))))
    return pairs


def row(coder: Coder, name: str, pairs: Pairs, book: Codebook, use: str) -> str:
    a = compared(coder, pairs, book)

    def told(kind: Kind) -> str:
        if all(getattr(g, kind) is None for _, g in pairs):
            return "not marked"
        score: Score = getattr(a, kind)
        ends = (
            sum(elsewhere(getattr(exported(coder, path, book), kind), getattr(g, kind) or ()) for path, g in pairs)
            if score.both < score.found
            else 0
        )
        return share(score) + (f"; extra ones that are gold's with another end: {ends}" if ends else "")

    return f"| {name} | {len(pairs)} | {told('findings')} | {told('recommendations')} | {use} |"


def elsewhere(found: Sequence[Item], gold: Sequence[GoldItem]) -> int:
    """How many of those found begin like a missed one of gold: the same item, with another end."""
    ours, theirs = {bare(i.text) for i in found}, {bare(i.text) for i in gold}
    missed = theirs - ours
    return sum(
        any(min(len(text), len(m)) >= ENOUGH_LETTERS and (text.startswith(m) or m.startswith(text)) for m in missed)
        for text in ours - theirs
    )


def official(coder: Coder, folder: Path, book: Codebook) -> tuple[list[str], str]:
    """Rows of real reports with marked items, and a sentence on what must not be found in them."""
    gold = [(path, json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*.json"))]
    pairs = [(path.with_suffix(".pdf"), GoldDocument.model_validate(g)) for path, g in gold]
    rows = [row(coder, p.stem, [(p, g)], book, REAL) for p, g in pairs]
    whole = compared(coder, pairs, book)
    taken = looks = 0
    for (path, given), (_, marked) in zip(gold, pairs, strict=True):
        found = exported(coder, path.with_suffix(".pdf"), book)
        right = {bare(i.text) for i in (*(marked.findings or ()), *(marked.recommendations or ()))}
        extra = [text for i in (*found.findings, *found.recommendations) if (text := bare(i.text)) not in right]
        first_words = [bare(d["first_words"]) for d in given["distractors"]]
        looks += len(first_words)
        taken += sum(any(text.startswith(words) or words.startswith(text) for text in extra) for words in first_words)
    facts = whole.facts["all together"].found
    rows.append(row(coder, "these reports together", pairs, book, "The same."))
    return (
        rows,
        f"In the official reports {looks} passages look like items and are none: {taken} of them were taken for items. "
        f"No report states a case fact: {facts} proposed.",
    )


def unmarked(coder: Coder, folder: Path, book: Codebook) -> str:
    found = [exported(coder, path, book) for path in sorted((folder / "pdf").glob("*.pdf"))]
    told = [
        f"{sum(len(getattr(d, kind)) for d in found)} {kind} in {sum(bool(getattr(d, kind)) for d in found)} of them"
        for kind in ("findings", "recommendations")
    ]
    return (
        f"In {len(found)} real reports by coroners, in which no item is marked (so this proves nothing), it finds "
        f"{' and '.join(told)}."
    )


def facts(a: Agreement) -> Iterator[str]:
    yield from ("| fact | stated | found | right | precision | recall |", "|---|---|---|---|---|---|")
    for fact, s in a.facts.items():
        precision, recall = two(s.precision, s.precision_interval), two(s.recall, s.recall_interval)
        yield f"| {fact} | {s.gold} | {s.found} | {s.both} | {precision} | {recall} |"


def timed(coder: Coder, paths: Sequence[Path], book: Codebook) -> str:
    """Processor time of single reviews.

    The first in a process loads what all of them need, so nothing may have been read before.
    """
    took: list[tuple[int, float, float]] = []
    for path in (paths[0], *paths):
        start = time.process_time()
        reading = read(path, path.stem)
        between = time.process_time()
        ground(coder.code(reading, book), reading)
        took.append((len(reading.pages), between - start, time.process_time() - between))
    (pages, *first), later = took[0], took[1:]
    spans = [f"{min(t[n] for t in later):.2f} to {max(t[n] for t in later):.2f} s" for n in (1, 2)]
    return (
        f"Processor time of a review of the twelve ({min(t[0] for t in later)} to {max(t[0] for t in later)} pages), "
        f"one after another: {spans[0]} to read it, {spans[1]} to code it; "
        f"the first one of a process ({pages} pages) {first[0]:.2f} and {first[1]:.2f} s."
    )


def section(given_official: Path | None, given_pfd: Path | None, book: Codebook) -> Iterator[str]:
    coder = EmbeddedCoder(embedded_identity(book))
    twelve, fixtures = documents(SETS[1].folders), documents(SETS[2].folders)
    speed = timed(coder, [p for p, _ in twelve], book)
    yield from (
        ITEMS,
        "## Items and case facts",
        "",
        f"Made by `python bench/items.py` on {datetime.now(UTC).date().isoformat()}: scr-llm {__version__}, "
        f"weights {WEIGHTS}, Python {platform.python_version()}. An item is found where its letters and digits are "
        "those of gold; brackets hold 95 % bootstrap intervals over documents, and are of no worth where all is right. "
        "The test set's items stand above.",
        "",
        "| set | documents | findings | recommendations | what it was used for |",
        "|---|---|---|---|---|",
    )
    with tempfile.TemporaryDirectory() as scratch:
        made = {
            "twelve": (twelve, DEVELOPED),
            "fixtures": (fixtures, DEVELOPED),
            "train, r13 to r21": (drawn(13, 21, Path(scratch)), LEARNED),
            "train, r22 to r30": (drawn(22, 30, Path(scratch)), LEARNED),
        }
        for name, (pairs, use) in made.items():
            yield row(coder, name, pairs, book, use)
        together = [pair for pairs, _ in made.values() for pair in pairs]
        yield row(coder, "these together", together, book, "The same.")
        whole = compared(coder, together, book)
    rows, note = (
        official(coder, given_official, book)
        if given_official
        else ([], "Official reports: skipped, no folder was given (`--official`).")
    )
    yield from (
        *rows,
        "",
        note,
        unmarked(coder, given_pfd, book)
        if given_pfd
        else "Reports to coroners: skipped, no folder was given (`--pfd`).",
        "",
    )
    yield from (
        f"Case facts in the {len(together)} made-up reviews to develop with and to learn from, together:",
        "",
        *facts(whole),
        "",
        speed,
        "",
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--official", type=Path)
    options.add_argument("--pfd", type=Path)
    given = options.parse_args()
    text = in_lines(section(given.official, given.pfd, load_codebook(ROOT / "prompts/codebook.yaml")))
    page = ROOT / "docs/scoreboard.md"
    page.write_text(page.read_text("utf-8").partition(ITEMS)[0].rstrip("\n") + "\n\n" + text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
