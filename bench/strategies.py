"""Every way of coding with a recorded model on the made-up reviews, beside the rules coder, in one run. Sends nothing: replies are recorded.

    python bench/strategies.py [fixtures/replies/qwen.jsonl]

The reviews of batch 1 are the development half: thresholds are chosen on them. Those of batch 2 were not looked at for that.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scr_llm.cli.doctor import row
from scr_llm.codebook import load_codebook
from scr_llm.evaluation.strategies import Trial, best_thresholds, made_up, trial
from scr_llm.llm.replay import Recording, Replay
from scr_llm.models.coders import llm_coder
from scr_llm.models.options import prompting_of
from scr_llm.project import init_project
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.llm import Strategy, Thresholds
from scr_llm.stages.code.rules import RulesCoder

ROOT = Path(__file__).parent.parent
HEAD = "| coder | recall | precision | F1 | seconds a document | tokens a document |\n|---|---|---|---|---|---|"


def main() -> None:
    recording = Recording.load(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fixtures/replies/qwen.jsonl")
    project = init_project(Path(tempfile.mkdtemp()) / "bench")
    book = load_codebook(project.codebook_path)
    spent = {
        (r.question.split()[0], r.question.split()[1].split(":")[0].split("/")[0]): [0.0, 0]
        for r in recording.replies.values()
    }
    for r in recording.replies.values():
        at = spent[(r.question.split()[0], r.question.split()[1].split(":")[0].split("/")[0])]
        at[0], at[1] = at[0] + r.seconds, at[1] + (r.prompt_tokens or 0) + (r.completion_tokens or 0)

    def recorded(name: str, names: Sequence[str], strategy: Strategy, thresholds: Thresholds | None = None) -> Trial:
        prompting = replace(
            prompting_of(project, recording.model, strategy), context_tokens=16384 if strategy == "whole" else 8192
        )
        prompting = replace(prompting, thresholds=thresholds or prompting.thresholds)
        done = trial(
            name,
            llm_coder(project, Replay(recording), prompting, model=recording.model, endpoint="recorded"),
            made_up(names),
            book,
        )
        kinds = {"whole": ("themes", "case", "items"), "themes": ("theme", "case", "items"), "judge": ("judge",)}[
            strategy
        ]
        seconds, tokens = (sum(spent.get((n, k), [0.0, 0])[i] for n in names for k in kinds) for i in (0, 1))
        return replace(done, seconds=seconds, tokens=int(tokens))

    def table(title: str, names: Sequence[str], strategies: Sequence[Strategy], judged: dict[str, Thresholds]) -> None:
        print(f"\n{title}: {len(names)} reviews\n\n{HEAD}")
        print(row(trial("rules", RulesCoder(embedded_identity(book)), made_up(names), book)))
        for strategy in strategies:
            print(
                row(
                    recorded(
                        {"whole": "model, all themes at once", "themes": "model, one question a theme"}[strategy],
                        names,
                        strategy,
                    )
                )
            )
        for name, thresholds in judged.items():
            print(row(recorded(f"{name} ({thresholds})", names, "judge", thresholds)))

    have = {n for n, _ in spent}
    batches = [
        [p.stem for p in sorted((ROOT / "fixtures" / b).glob("*.pdf")) if p.stem in have]
        for b in ("batch-1", "batch-2")
    ]
    best = best_thresholds(lambda t: recorded("", batches[0], "judge", t))
    judged = {"model judges candidates": best[0], "rules, and the model judges": best[1]}
    print(f"{recording.model}: {recording.served}, recorded {recording.recorded}")
    both = [n for n in batches[0] if all((n, k) in spent for k in ("theme", "themes"))]
    if both:
        table("Every strategy", both, ("whole", "themes"), judged)
    table("Development half", batches[0], (), judged)
    if batches[1]:
        table("Test half", batches[1], (), judged)


if __name__ == "__main__":
    main()
