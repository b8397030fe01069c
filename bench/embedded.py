"""Processor time of coding without a model: the embedded coder, the rules coder, and the check of the quotes.

    python bench/embedded.py              three rounds of twelve made-up reviews of five pages (bench/drawn.py)

Each round has reviews that the coder has not seen, since it remembers words; the first review is not counted, since it
loads the weights and the codebook's wordings. A figure is seconds of processor time for one review, the best round.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import drawn

from scr_llm.codebook import load_codebook
from scr_llm.engines.one_document import read_document
from scr_llm.records import Reading
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.stages.ground import ground

ROOT = Path(__file__).parent.parent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reviews", type=int, default=12)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    identity = embedded_identity(book)
    embedded, rules = EmbeddedCoder(identity), RulesCoder(identity)
    drafts: dict[str, Any] = {}

    def keep(reading: Reading) -> None:
        drafts[reading.document_id] = embedded.code(reading, book)

    work: dict[str, Callable[[Reading], object]] = {
        "embedded coder": keep,
        "check of its quotes": lambda reading: ground(drafts[reading.document_id], reading),
        "rules coder": lambda reading: rules.code(reading, book),
    }
    taken: dict[str, list[float]] = {name: [] for name in work}
    words: list[int] = []
    for number in range(given.rounds):
        readings = reviews(1 + number * given.reviews, given.reviews + 1)
        words += [sum(len(page.text.split()) for page in reading.pages) for reading in readings]
        for name, do in work.items():
            do(readings[0])
            started = time.process_time()
            for reading in readings[1:]:
                do(reading)
            taken[name].append((time.process_time() - started) / given.reviews)
    print(f"{len(words)} reviews of five pages, {sum(words) // len(words)} words each on average")
    for name, seconds in taken.items():
        print(f"{name}: {min(seconds):.3f} s; rounds {', '.join(f'{s:.3f}' for s in seconds)}")


def reviews(first: int, count: int) -> list[Reading]:
    """So many different reviews, read."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for number in range(first, first + count):
            path = Path(folder) / f"{number}.pdf"
            drawn.draw(path, number)
            found.append(read_document(path, path.stem))
        return found


if __name__ == "__main__":
    main()
