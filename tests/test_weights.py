"""The shipped weights are those that bench/train.py learns from the files of today, as they are read today."""

import sys
from pathlib import Path

import pytest

from scr_llm.stages.code.embedded import shipped

ROOT = Path(__file__).parent.parent
AGAIN = "run `make weights`, then `make measure`, and correct the figures in the documents"


@pytest.fixture(autouse=True)
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts are imported as their commands find them."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), str(ROOT / "fixtures"), *sys.path])


def test_the_weights_were_learned_from_the_files_of_today() -> None:
    from learned_from import hash_of_files

    assert shipped().about["files"] == hash_of_files(), AGAIN


def test_nothing_is_learned_from_what_it_is_tried_on() -> None:
    from learned_from import files

    names = [path.relative_to(ROOT / "fixtures").as_posix() for path in files()]
    assert len(names) == len(set(names)) > 100
    assert not [n for n in names if n.startswith(("batch-4", "reviews/test", "reviews/dev", "passages/test"))]


def test_the_scoreboard_is_that_of_the_shipped_weights() -> None:
    made = next(part for part in (ROOT / "docs/scoreboard.md").read_text("utf-8").split("\n\n") if "Made by" in part)
    assert f"weights {shipped().trained_from[:12]}," in " ".join(made.split()), AGAIN


@pytest.mark.slow
def test_the_weights_were_learned_from_the_files_as_they_are_read_today() -> None:
    from train import everything, hash_of, rarities

    examples = everything()
    assert hash_of(examples, rarities(examples)) == shipped().trained_from, AGAIN
