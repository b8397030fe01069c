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
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from coding import SETS, documents  # noqa: E402

from scr_llm.codebook import load_codebook  # noqa: E402
from scr_llm.llm import Client, Endpoint, Question, Weighed, prompts  # noqa: E402
from scr_llm.pipeline import rules_identity  # noqa: E402
from scr_llm.stages.agree import statistics  # noqa: E402
from scr_llm.stages.code.embedded import EmbeddedCoder  # noqa: E402
from scr_llm.stages.read import read  # noqa: E402

CANDIDATES = 5


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base-url", required=True)
    options.add_argument("--model", required=True)
    options.add_argument("--reviews", type=int, default=12)
    options.add_argument("--keep", type=Path, default=Path("judged.jsonl"))
    given = options.parse_args()
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    told = prompts.load(ROOT / "prompts")
    coder = EmbeddedCoder(rules_identity(book))
    client = Client(Endpoint(given.base_url, given.model, timeout_s=600), at_once=1)
    kept = {(r["file"], r["theme"], r["sentence"]): r["yes"] for r in map(json.loads, given.keep.read_text("utf-8").splitlines())} if given.keep.exists() else {}
    cells: list[tuple[str, str, bool, bool, float, list[tuple[float, float]]]] = []
    asked, started = 0, time.monotonic()
    with given.keep.open("a", encoding="utf-8") as file:
        for path, gold in documents(SETS[1].folders)[: given.reviews]:
            judged = coder.judge(read(path, path.stem))
            for code in book.codes:
                at = coder._place[f"present:{code.id}"]
                best = sorted((j for j in judged if not j.stopped), key=lambda j: -j.scores[at])[:CANDIDATES]
                answers = []
                for j in best:
                    key = (path.name, code.id, j.sentence.text)
                    if key not in kept:
                        text = prompts.fill(told["judge"], label=code.label, definition=code.definition, section=j.sentence.section or "-", sentence=prompts.inert(j.sentence.text))
                        reply = client.ask(Question(f"judge:{code.id}", told["judge_system"], text, Weighed))
                        kept[key] = float(reply.parsed.yes)
                        asked += 1
                        file.write(json.dumps({"file": key[0], "theme": key[1], "sentence": key[2], "yes": kept[key]}, ensure_ascii=False) + "\n")
                        file.flush()
                    answers.append((j.scores[at], kept[key]))
                there = code.id in gold.themes and gold.themes[code.id].value == "present"
                theme = coder.theme(code, judged)
                cells.append((path.name, code.id, there, theme.value == "present", 0.0, answers))
            print(f"{path.name}: {asked} asked, {time.monotonic() - started:.0f} s", flush=True)
    client.close()

    def odds(yes: float) -> float:
        return math.log(min(max(yes, 1e-4), 1 - 1e-4) / (1 - min(max(yes, 1e-4), 1 - 1e-4)))

    ways = {"embedded coder alone": lambda said, a: said, "judge alone, best of five at .8": lambda said, a: max(y for _, y in a) >= 0.8, "judge alone, at .5": lambda said, a: max(y for _, y in a) >= 0.5}
    for weight in (0.1, 0.2, 0.3, 0.5):
        ways[f"both, the judge's odds times {weight}"] = lambda said, a, w=weight: sum(s * (l_ + w * odds(y)) for s, (l_, y) in zip((0.5, 0.3, 0.2), sorted(a, key=lambda x: -(x[0] + w * odds(x[1]))), strict=False)) >= 0.25
    for keep in (0.2, 0.5):
        ways[f"embedded, where the judge holds one passage at {keep} at least"] = lambda said, a, k=keep: said and max(y for _, y in a) >= k
    print("| way | precision | recall | F1 | kappa |\n|---|---|---|---|---|")
    for name, way in ways.items():
        pairs = [(there, bool(way(said, answers))) for _, _, there, said, _, answers in cells]
        print(f"| {name} | {statistics.precision(pairs) or 0:.2f} | {statistics.recall(pairs) or 0:.2f} | {statistics.f1(pairs) or 0:.2f} | {statistics.kappa(pairs) or 0:.2f} |")


if __name__ == "__main__":
    main()
