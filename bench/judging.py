"""A small model as judge of the embedded coder's candidates, where the coder learned nothing: does it add anything?

    python bench/judging.py --base-url http://127.0.0.1:8103/v1 --model qwen [--keep replies.jsonl]
    python bench/judging.py ... --pfd DIR --minutes 30 --keep pfd.jsonl

For each theme of each review, the model is asked about up to five sentences, the coder's best: does this passage show
the theme? Its probability of yes is combined with the coder's score in several ways, and each is compared with the
coder alone. Without --pfd: the twelve reviews and all 24 themes. With it: the real reports of DIR (DIR/pdf, DIR/gold)
in an order drawn by a fixed seed, and the core themes only, since many of the others hardly occur in them.

Replies are kept in a file, so that an interrupted run can go on; `--minutes 0` asks nothing and prints what is kept.
With `--write` the table goes into its place: docs/models.md, or with --pfd docs/scoreboard.md.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from paired import above  # noqa: E402
from sets import SETS, documents, given_pairs, write_between  # noqa: E402

from scr_llm import __version__  # noqa: E402
from scr_llm.codebook import load_codebook  # noqa: E402
from scr_llm.llm import Client, Endpoint, Question, YesNoProbability, prompts  # noqa: E402
from scr_llm.records import Code, Codebook, GoldDocument  # noqa: E402
from scr_llm.stages.agree import statistics  # noqa: E402
from scr_llm.stages.agree.statistics import Ratings  # noqa: E402
from scr_llm.stages.code.embedded import PRESENT, EmbeddedCoder, Ranked, embedded_identity, score_of, shipped  # noqa: E402
from scr_llm.stages.read import read  # noqa: E402

CANDIDATES = 5
"""Sentences of a theme that the model is asked about."""
SHIPPED = 3
"""As many of them as the strategy `judge` asks about."""
SEED = 20261128
"""Draws the order of the real reports."""

Pairs = Sequence[tuple[Path, GoldDocument]]
Key = tuple[str, str, str]
"""File, theme and sentence."""


class Answer(NamedTuple):
    """What the model said of a sentence."""

    yes: float
    """Its probability of yes."""
    seconds: float
    """How long it took."""


class Cell(NamedTuple):
    """A theme of a review."""

    file: str
    there: bool
    """Whether gold has it present."""
    said: bool
    """Whether the coder says so."""
    sentences: int
    """How many the review has that may be evidence."""
    answers: list[tuple[float, float]]
    """Of the coder's best sentences: its own logarithm of the odds, and the model's probability of yes."""


Way = Callable[[Cell], bool]


def kept_in(path: Path) -> dict[Key, Answer]:
    """What an earlier run kept."""
    if not path.exists():
        return {}
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return {(r["file"], r["theme"], r["sentence"]): Answer(r["yes"], r["seconds"]) for r in rows}


def question_of(texts: Mapping[str, str], code: Code, section: str | None, sentence: str) -> Question:
    """Whether a sentence shows a theme."""
    text = prompts.fill(
        texts["judge"],
        label=code.label,
        definition=code.definition,
        section=section or "-",
        sentence=prompts.inert(sentence),
    )
    return Question(f"judge:{code.id}", texts["judge_system"], text, YesNoProbability)


class Asker:
    """Asks what has not been asked before, and keeps each reply."""

    def __init__(self, client: Client, keep: Path) -> None:
        self._client, self._keep = client, keep
        self._texts = prompts.load(ROOT / "prompts")
        self.kept = kept_in(keep)

    def answer(self, file: str, code: Code, ranked: Ranked) -> Answer:
        sentence = ranked[1].sentence
        key = (file, code.id, sentence.text)
        if key not in self.kept:
            started = time.monotonic()
            question = question_of(self._texts, code, sentence.section, sentence.text)
            yes = float(self._client.ask(question).parsed.yes)
            self.kept[key] = Answer(yes, round(time.monotonic() - started, 3))
            row = {"file": file, "theme": code.id, "sentence": sentence.text, **self.kept[key]._asdict()}
            with self._keep.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(row, ensure_ascii=False) + "\n")
        return self.kept[key]


def cells_of(
    asker: Asker, coder: EmbeddedCoder, pairs: Pairs, codes: Sequence[Code], minutes: float
) -> Iterator[tuple[list[Cell], float]]:
    """The cells of each review, and the seconds that its questions took; none is begun after so many minutes.

    A cell that gold calls unclear is left out, and not asked about.
    """
    started = time.monotonic()
    for path, gold in pairs:
        judged = coder.judge(read(path, path.stem))
        known = {t: cell.value for t, cell in gold.themes.items()}
        asked = [c for c in codes if known.get(c.id) != "unclear"]
        best = {c.id: coder.ranked(c, judged)[:CANDIDATES] for c in asked}
        new = any((path.name, c, j.sentence.text) not in asker.kept for c, found in best.items() for _, j in found)
        if new and time.monotonic() - started >= 60 * minutes:
            return
        cells, seconds = [], 0.0
        for code in asked:
            answers = [asker.answer(path.name, code, r) for r in best[code.id]]
            seconds += sum(a.seconds for a in answers)
            shown = [(score, a.yes) for (score, _), a in zip(best[code.id], answers, strict=True)]
            said = coder.theme(code, judged).value == "present"
            cells.append(Cell(path.name, known.get(code.id) == "present", said, len(judged), shown))
        print(f"{path.name}: {seconds:.0f} s", file=sys.stderr, flush=True)
        yield cells, seconds


def table(cells: Sequence[Cell]) -> Iterator[str]:
    """Each way, and by how much its kappa exceeds the coder's on the same reviews."""
    yield from ("| way | precision | recall | F1 | kappa | kappa above the coder's |", "|---|---|---|---|---|---|")
    documents = [list(own) for _, own in groupby(cells, key=lambda cell: cell.file)]

    def by_document(way: Way) -> list[list[Ratings]]:
        return [[(cell.there, way(cell)) for cell in own] for own in documents]

    for name, way in ways().items():
        pairs = [(cell.there, way(cell)) for cell in cells]
        figures = (statistics.precision(pairs), statistics.recall(pairs), statistics.f1(pairs), statistics.kappa(pairs))
        beyond = "" if way is alone else above(by_document(way), by_document(alone))
        yield f"| {name} | {' | '.join(f'{figure or 0:.2f}' for figure in figures)} | {beyond} |"


def alone(cell: Cell) -> bool:
    """What the coder says."""
    return cell.said


def ways() -> dict[str, Way]:
    """Ways of weighing what the coder and the judge hold of a cell, by name."""

    def judge(least: float, of: int = CANDIDATES) -> Way:
        return lambda cell: any(yes >= least for _, yes in cell.answers[:of])

    def both(weight: float) -> Way:
        def weighed(cell: Cell) -> bool:
            scores = sorted((score + weight * odds(yes) for score, yes in cell.answers), reverse=True)
            # A theme that a wording makes present, whose score alone would not, stays.
            worded = cell.said and score_of([score for score, _ in cell.answers], cell.sentences) < PRESENT
            return worded or score_of(scores, cell.sentences) >= PRESENT

        return weighed

    def confirmed(least: float, of: int) -> Way:
        return lambda cell: cell.said and judge(least, of)(cell)

    def added(least: float) -> Way:
        return lambda cell: cell.said or judge(least, SHIPPED)(cell)

    found: dict[str, Way] = {"embedded coder alone": alone}
    found |= {f"the model alone, best of five sentences at {least}": judge(least) for least in (0.8, 0.5)}
    found |= {f"both, the model's odds times {weight}": both(weight) for weight in (0.1, 0.2, 0.3, 0.5)}
    found |= {f"embedded, where the model gives one of five {least} or more": confirmed(least, 5) for least in (0.5,)}
    found |= {f"`judge`, keep {least}, nothing added": confirmed(least, SHIPPED) for least in (0.2, 0.5, 0.8)}
    return found | {f"`judge`, keep all, add {least}": added(least) for least in (0.9, 0.95)}


def odds(yes: float) -> float:
    """The logarithm of the odds of a probability, which is kept off 0 and 1."""
    kept = min(max(yes, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))


def drawn(folder: Path) -> Pairs:
    """The real reports, in the order in which they are asked about."""
    pairs = given_pairs(folder)
    random.Random(SEED).shuffle(pairs)
    return pairs


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base-url", default="http://127.0.0.1:8103/v1")
    options.add_argument("--model", default="qwen")
    options.add_argument("--pfd", type=Path)
    options.add_argument("--minutes", type=float, default=math.inf)
    options.add_argument("--keep", type=Path, default=Path("judged.jsonl"))
    options.add_argument("--after", type=int, default=0, help="leave out so many reports of the order")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    book: Codebook = load_codebook(ROOT / "prompts/codebook.yaml")
    client = Client(Endpoint(given.base_url, given.model, timeout_s=600), max_concurrency=1)
    pairs = (drawn(given.pfd) if given.pfd else documents(SETS[1].folders))[given.after :]
    codes = [c for c in book.codes if c.core or not given.pfd]
    try:
        coder = EmbeddedCoder(embedded_identity(book))
        found = list(cells_of(Asker(client, given.keep), coder, pairs, codes, given.minutes))
    finally:
        client.close()
    cells = [cell for own, _ in found for cell in own]
    if not found:
        print("Nothing is kept and nothing was asked: no table.")
        return
    lines = section(cells, [seconds for _, seconds in found], given)
    print("\n".join(lines))
    if given.write:
        write_between(ROOT / ("docs/scoreboard.md" if given.pfd else "docs/models.md"), "judged", lines)


def section(cells: Sequence[Cell], seconds: Sequence[float], given: argparse.Namespace) -> list[str]:
    """What stands in the scoreboard. `seconds` are those of each document; 0 where its replies were kept without."""
    documents = len(seconds)
    time_taken = f", {sum(seconds) / documents:.0f} seconds of the model a document" if all(seconds) else ""
    of = f"{documents} real reports, core themes" if given.pfd else f"{documents} of the twelve, all themes"
    command = f"python bench/judging.py --model {given.model}{' --pfd DIR' if given.pfd else ''}"
    return [
        f"### A small model as judge: {of}",
        "",
        f"Made by `{command}` on {datetime.now(UTC).date().isoformat()}: scr-llm {__version__}, weights "
        f"{shipped().trained_from[:12]}, {len(cells)} cells that gold decides, "
        f"{sum(len(c.answers) for c in cells):,} questions{time_taken}.",
        "",
        *table(cells),
    ]


if __name__ == "__main__":
    main()
