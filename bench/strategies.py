"""Every way of coding with a recorded model on the made-up reviews, beside the rules coder, in one run.

    python bench/strategies.py [fixtures/replies/qwen.jsonl]

Nothing is sent: the replies are recorded. The reviews of batch 1 are the development half, on which thresholds are
chosen; those of batch 2 were not looked at for that.
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
from scr_llm.stages.code.llm import Thresholds
from scr_llm.stages.code.rules import RulesCoder

ROOT = Path(__file__).parent.parent
HEAD = "| coder | recall | precision | F1 | seconds a document | tokens a document |\n|---|---|---|---|---|---|"

KINDS = {"whole": ("themes", "case", "items"), "themes": ("theme", "case", "items"), "judge": ("judge",)}
"""Kinds of questions that each strategy asks."""
LABELS = {"whole": "model, all themes at once", "themes": "model, one question a theme"}


def effort_of(recording: Recording) -> dict[tuple[str, str], list[float]]:
    """Seconds and tokens spent on each kind of question about each review."""
    spent: dict[tuple[str, str], list[float]] = {}
    for reply in recording.replies.values():
        review, question = reply.question.split()[:2]
        effort = spent.setdefault((review, question.split(":")[0].split("/")[0]), [0.0, 0])
        effort[0] += reply.seconds
        effort[1] += (reply.prompt_tokens or 0) + (reply.completion_tokens or 0)
    return spent


def main() -> None:
    recording = Recording.load(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "fixtures/replies/qwen.jsonl")
    project = init_project(Path(tempfile.mkdtemp()) / "bench")
    book = load_codebook(project.codebook_path)
    spent = effort_of(recording)

    def recorded(name: str, names: Sequence[str], strategy: str, thresholds: Thresholds | None = None) -> Trial:
        prompting = prompting_of(project, recording.model, strategy)
        prompting = replace(
            prompting,
            context_tokens=16384 if strategy == "whole" else 8192,
            thresholds=thresholds or prompting.thresholds,
        )
        coder = llm_coder(project, Replay(recording), prompting, model=recording.model, endpoint="recorded")
        done = trial(name, coder, made_up(names), book)
        efforts = [spent.get((name, kind), [0.0, 0]) for name in names for kind in KINDS[strategy]]
        seconds, tokens = (sum(effort[i] for effort in efforts) for i in (0, 1))
        return replace(done, seconds=seconds, tokens=int(tokens))

    def table(title: str, names: Sequence[str], strategies: Sequence[str], judged: dict[str, Thresholds]) -> None:
        print(f"\n{title}: {len(names)} reviews\n\n{HEAD}")
        print(row(trial("rules", RulesCoder(embedded_identity(book)), made_up(names), book)))
        for strategy in strategies:
            print(row(recorded(LABELS[strategy], names, strategy)))
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
