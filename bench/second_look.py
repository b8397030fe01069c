"""What a second look withdraws, rightly and wrongly, from themes that a recorded model held present in a first answer.

    python bench/second_look.py --base-url http://127.0.0.1:8103/v1 --model qwen --first replies.jsonl \\
        [--keep looked.jsonl] corriford-child-1 ...

The first answers, one question a theme, come from the recording by the names of their questions, whatever prompts they
were recorded with; only the second look is asked. Replies are kept in a file, so that an interrupted run can go on.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from scr_llm.codebook import load_codebook
from scr_llm.errors import NoReplyError
from scr_llm.evaluation.strategies import made_up
from scr_llm.llm import Client, Endpoint, Question, prompts
from scr_llm.stages.agree import statistics
from scr_llm.stages.code.llm.second_look import SecondLook
from scr_llm.stages.code.llm.shown import lines_of
from scr_llm.stages.code.llm.themes import OneByOne

ROOT = Path(__file__).parent.parent


def asked_once(
    client: Client, question: Question, document_id: str, kept: dict[tuple[str, str], str], file: Path
) -> bool:
    """Ask a question that has no kept reply, and keep its reply. Returns whether there is a reply now."""
    key = (document_id, question.name)
    if key not in kept:
        try:
            kept[key] = client.ask(question).raw
        except NoReplyError as error:
            print(f"{key}: {error}")
            return False
        with file.open("a", encoding="utf-8") as out:
            out.write(json.dumps({"doc": key[0], "name": key[1], "raw": kept[key]}) + "\n")
    return True


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base-url", required=True)
    options.add_argument("--model", required=True)
    options.add_argument("--first", type=Path, required=True)
    options.add_argument("--keep", type=Path, default=Path("looked.jsonl"))
    options.add_argument("reviews", nargs="+")
    given = options.parse_args()
    book, texts = load_codebook(ROOT / "prompts/codebook.yaml"), prompts.load(ROOT / "prompts")
    rows = [json.loads(line) for line in given.first.read_text("utf-8").splitlines()[1:]]
    first = {row["question"]: row["raw"] for row in rows}
    kept = {}
    if given.keep.exists():
        kept = {(r["doc"], r["name"]): r["raw"] for r in map(json.loads, given.keep.read_text("utf-8").splitlines())}
    client = Client(Endpoint(given.base_url, given.model, timeout_s=900), max_concurrency=1)
    before: list[tuple[bool, bool]] = []
    after: list[tuple[bool, bool]] = []
    for reading, gold in made_up(given.reviews):
        lines, _ = lines_of(reading)
        plan, look = OneByOne(texts, [lines], book), SecondLook(texts, lines, book)
        answers: dict[str, Any] = {q.name: q.read(first[f"{reading.document_id} {q.name}"]) for q in plan.questions}
        themes = plan.themes(answers)
        started, asked = time.monotonic(), 0
        for question in look.questions(themes):
            key = (reading.document_id, question.name)
            asked += key not in kept
            replied = asked_once(client, question, reading.document_id, kept, given.keep)
            answers[question.name] = question.read(kept[key]) if replied else None
        settled = [look.settled(theme, answers) for theme in themes]
        there = {name for name, said in gold.themes.items() if said.value == "present"}
        before += [(t.theme in there, t.value == "present") for t in themes]
        after += [(t.theme in there, t.value == "present") for t in settled]
        gone = {t.theme for t, s in zip(themes, settled, strict=True) if t.value != s.value}
        held = {t.theme for t in themes if t.value == "present"}
        print(
            f"{reading.document_id}: {len(held)} held present, {len(held - there)} of them wrongly; withdrawn "
            f"{len(gone - there)} rightly, "
            f"{len(gone & there)} wrongly; {asked} asked, {time.monotonic() - started:.0f} s"
        )
    client.close()
    print("| | precision | recall | F1 | kappa |\n|---|---|---|---|---|")
    for name, pairs in (("first answers", before), ("after the second look", after)):
        figures = (f(pairs) for f in (statistics.precision, statistics.recall, statistics.f1, statistics.kappa))
        print(f"| {name} | {' | '.join(f'{figure or 0:.2f}' for figure in figures)} |")


if __name__ == "__main__":
    main()
