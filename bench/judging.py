"""A small model as judge of the embedded coder's candidates, on the twelve reviews that the coder did not learn from.

    python bench/judging.py --base-url http://127.0.0.1:8103/v1 --model qwen [--reviews 12] [--keep replies.jsonl]

For each theme of each review, the model is asked about up to five sentences, the coder's best: does this passage show
the theme? Its probability of yes is combined with the coder's score in several ways, and each is compared with the
coder alone. Replies are kept in a file, so that an interrupted run can go on.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from sets import SETS, documents  # noqa: E402

from scr_llm.codebook import load_codebook  # noqa: E402
from scr_llm.llm import Client, Endpoint, Question, YesNoProbability, prompts  # noqa: E402
from scr_llm.records import Code  # noqa: E402
from scr_llm.stages.agree import statistics  # noqa: E402
from scr_llm.stages.code.embedded import (  # noqa: E402
    PRESENT,
    EmbeddedCoder,
    embedded_identity,
    mean_of_best,
)
from scr_llm.stages.read import read  # noqa: E402

CANDIDATES = 5


class Cell(NamedTuple):
    """A theme of a review."""

    there: bool
    """Whether gold has it present."""
    said: bool
    """Whether the coder says so."""
    answers: list[tuple[float, float]]
    """Of the coder's best sentences: its own logarithm of the odds, and the model's probability of yes."""


def kept_in(path: Path) -> dict[tuple[str, str, str], float]:
    """Probabilities of yes that an earlier run kept, by file, theme and sentence."""
    if not path.exists():
        return {}
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return {(r["file"], r["theme"], r["sentence"]): r["yes"] for r in rows}


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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base-url", required=True)
    options.add_argument("--model", required=True)
    options.add_argument("--reviews", type=int, default=12)
    options.add_argument("--keep", type=Path, default=Path("judged.jsonl"))
    given = options.parse_args()
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    texts = prompts.load(ROOT / "prompts")
    coder = EmbeddedCoder(embedded_identity(book))
    client = Client(Endpoint(given.base_url, given.model, timeout_s=600), max_concurrency=1)
    kept = kept_in(given.keep)
    cells: list[Cell] = []
    asked, started = 0, time.monotonic()
    with given.keep.open("a", encoding="utf-8") as file:
        for path, gold in documents(SETS[1].folders)[: given.reviews]:
            judged = coder.judge(read(path, path.stem))
            for code in book.codes:
                answers = []
                for score, j in coder.ranked(code, judged)[:CANDIDATES]:
                    key = (path.name, code.id, j.sentence.text)
                    if key not in kept:
                        question = question_of(texts, code, j.sentence.section, j.sentence.text)
                        kept[key] = float(client.ask(question).parsed.yes)
                        asked += 1
                        row = {"file": key[0], "theme": key[1], "sentence": key[2], "yes": kept[key]}
                        file.write(json.dumps(row, ensure_ascii=False) + "\n")
                        file.flush()
                    answers.append((score, kept[key]))
                there = code.id in gold.themes and gold.themes[code.id].value == "present"
                cells.append(Cell(there, coder.theme(code, judged).value == "present", answers))
            print(f"{path.name}: {asked} asked, {time.monotonic() - started:.0f} s", flush=True)
    client.close()

    print("| way | precision | recall | F1 | kappa |\n|---|---|---|---|---|")
    for name, way in ways().items():
        pairs = [(cell.there, way(cell)) for cell in cells]
        figures = (statistics.precision(pairs), statistics.recall(pairs), statistics.f1(pairs), statistics.kappa(pairs))
        print(f"| {name} | {' | '.join(f'{figure or 0:.2f}' for figure in figures)} |")


def ways() -> dict[str, Callable[[Cell], bool]]:
    """Ways of weighing what the coder and the judge hold of a cell, by name."""

    def judge(least: float) -> Callable[[Cell], bool]:
        return lambda cell: max(yes for _, yes in cell.answers) >= least

    def both(weight: float) -> Callable[[Cell], bool]:
        return lambda cell: (
            mean_of_best(sorted((score + weight * odds(yes) for score, yes in cell.answers), reverse=True)) >= PRESENT
        )

    def confirmed(least: float) -> Callable[[Cell], bool]:
        return lambda cell: cell.said and judge(least)(cell)

    found: dict[str, Callable[[Cell], bool]] = {"embedded coder alone": lambda cell: cell.said}
    found |= {f"judge alone, best of five at {least}": judge(least) for least in (0.8, 0.5)}
    found |= {f"both, the judge's odds times {weight}": both(weight) for weight in (0.1, 0.2, 0.3, 0.5)}
    return found | {
        f"embedded, where the judge holds one passage at {least} at least": confirmed(least) for least in (0.2, 0.5)
    }


def odds(yes: float) -> float:
    """The logarithm of the odds of a probability, which is kept off 0 and 1."""
    kept = min(max(yes, 1e-4), 1 - 1e-4)
    return math.log(kept / (1 - kept))


if __name__ == "__main__":
    main()
