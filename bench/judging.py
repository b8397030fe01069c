"""A small model as judge over the embedded coder's candidates, on the twelve reviews that it did not learn from.

    python bench/judging.py --base-url http://127.0.0.1:8103/v1 --model qwen [--reviews 12] [--keep replies.jsonl]

For each theme of each review the model is asked of up to five sentences, the embedded coder's best: does this passage show the theme? Its
probability of yes is weighed with what the coder holds, in several ways, and each way is compared with the coder alone. Replies are kept beside each
other in a file, so that a run that was cut off goes on.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from coding import SETS, documents  # noqa: E402

from scr_llm.codebook import load_codebook  # noqa: E402
from scr_llm.llm import Client, Endpoint, Question, YesNoProbability, prompts  # noqa: E402
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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base-url", required=True)
    options.add_argument("--model", required=True)
    options.add_argument("--reviews", type=int, default=12)
    options.add_argument("--keep", type=Path, default=Path("judged.jsonl"))
    given = options.parse_args()
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    told = prompts.load(ROOT / "prompts")
    coder = EmbeddedCoder(embedded_identity(book))
    client = Client(Endpoint(given.base_url, given.model, timeout_s=600), max_concurrency=1)
    kept = (
        {
            (r["file"], r["theme"], r["sentence"]): r["yes"]
            for r in map(json.loads, given.keep.read_text("utf-8").splitlines())
        }
        if given.keep.exists()
        else {}
    )
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
                        text = prompts.fill(
                            told["judge"],
                            label=code.label,
                            definition=code.definition,
                            section=j.sentence.section or "-",
                            sentence=prompts.inert(j.sentence.text),
                        )
                        reply = client.ask(Question(f"judge:{code.id}", told["judge_system"], text, YesNoProbability))
                        kept[key] = float(reply.parsed.yes)
                        asked += 1
                        file.write(
                            json.dumps(
                                {"file": key[0], "theme": key[1], "sentence": key[2], "yes": kept[key]},
                                ensure_ascii=False,
                            )
                            + "\n"
                        )
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
            mean_of_best(sorted((score + weight * odds(yes) for score, yes in cell.answers), reverse=True))
            >= PRESENT
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
