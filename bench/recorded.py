"""A model's recorded replies, measured as the scoreboard measures the coders: themes, items, facts and quotes.

    python bench/recorded.py fixtures/replies/strong-reader.jsonl [--write]
    python bench/recorded.py replies.jsonl --pfd DIR

Nothing is sent. Without --pfd: the twelve reviews of fixtures/reviews/dev. With it: those real reports of DIR (DIR/pdf,
DIR/gold) that were asked about. The embedded coder stands beside it, on the same documents. With --write the table goes
into its place in docs/models.md.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from coding import QUOTES, ROWS, compared, on_gold  # noqa: E402
from sets import SETS, documents, given_pairs, write_between  # noqa: E402

from scr_llm.codebook import load_codebook  # noqa: E402
from scr_llm.llm.replay import Recording, Replay  # noqa: E402
from scr_llm.models.coders import llm_coder  # noqa: E402
from scr_llm.models.options import prompting_of  # noqa: E402
from scr_llm.project import init_project  # noqa: E402
from scr_llm.records import Codebook, GoldDocument  # noqa: E402
from scr_llm.stages.code import Coder  # noqa: E402
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity  # noqa: E402
from scr_llm.stages.read import read  # noqa: E402

CONTEXT = 64_000
"""Tokens that the model can read at once, as the recording was asked."""
THEMES = ("themes: recall", "themes: precision", "themes: F1", "cells: kappa", "quoted on a passage that shows it")
"""The rows that gold without items has."""

Pairs = Sequence[tuple[Path, GoldDocument]]


def recorded_coder(recording: Recording) -> Coder:
    """The coder that asks all themes at once, answered from the recording."""
    project = init_project(Path(tempfile.mkdtemp()) / "bench")
    prompting = replace(prompting_of(project, recording.model, "whole"), context_tokens=CONTEXT)
    return llm_coder(project, Replay(recording), prompting, model=recording.model, endpoint="recorded")


def asked_about(recording: Recording, pairs: Pairs, book: Codebook) -> Pairs:
    """Those of the documents whose questions are all recorded."""
    coder = recorded_coder(recording)

    def is_recorded(path: Path) -> bool:
        keys = (q.key(recording.endpoint) for q in coder.questions(read(path, path.stem), book))  # type: ignore[attr-defined]
        return all(key in recording.replies for key in keys)

    return [(path, gold) for path, gold in pairs if is_recorded(path)]


def table(recording: Recording, pairs: Pairs, book: Codebook, *, real: bool) -> Iterator[str]:
    """One row a figure, the recorded model beside the embedded coder."""
    coders = {recording.model: recorded_coder(recording), "embedded": EmbeddedCoder(embedded_identity(book))}
    found = {name: compared(coder, pairs, book) for name, coder in coders.items()}
    yield from (f"| {len(pairs)} documents | {' | '.join(coders)} |", "|---|" + "---|" * len(coders))
    for what, figure in ROWS:
        if not real or what in THEMES:
            yield f"| {what} | {' | '.join(figure(a) for a in found.values())} |"
    for what, counted in QUOTES.items():
        yield f"| {what} | {' | '.join(on_gold(counted(coder, pairs, book)) for coder in coders.values())} |"
    for fact in () if real else found["embedded"].facts:
        scores = [a.facts[fact] for a in found.values()]
        yield f"| fact: {fact} | {' | '.join(f'{s.both} of {s.gold}, {s.found - s.both} wrong' for s in scores)} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("replies", type=Path, nargs="?", default=ROOT / "fixtures/replies/strong-reader.jsonl")
    options.add_argument("--pfd", type=Path)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    book, recording = load_codebook(ROOT / "prompts/codebook.yaml"), Recording.load(given.replies)
    pairs = given_pairs(given.pfd) if given.pfd else documents(SETS[1].folders)
    lines = list(table(recording, asked_about(recording, pairs, book), book, real=bool(given.pfd)))
    print("\n".join(lines))
    if given.write:
        write_between(ROOT / "docs/models.md", "recorded", lines)


if __name__ == "__main__":
    main()
