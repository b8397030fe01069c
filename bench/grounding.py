"""Grounding against its peers in one run: the oracle's true and altered quotes on a ten-page text.

    pip install -e ".[bench]" && python bench/grounding.py

`floor` normalises both sides, keeps an offset map and uses str.find; `ladder` is what `scr-llm ground` does. The others
have their own best settings. Prints the median milliseconds a quote (the preparation of the text shared out over its
quotes), the ratio to the floor, and what was accepted.
"""

import difflib
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from oracle import Case, altered, plant, true_variants

from scr_llm.stages.ground import section_of
from scr_llm.stages.read import read
from scr_llm.text.find import Finder
from scr_llm.text.normalise import normalise

FIXTURE = Path(__file__).parent.parent / "fixtures/batch-1/northmere-amber.pdf"
Accepts = Callable[[str], bool]


def floor(text: str) -> Accepts:
    known = normalise(text)

    def accepts(quote: str) -> bool:
        wanted = normalise(quote).text.strip()
        at = known.text.find(wanted)
        return at >= 0 and known.ends[at + len(wanted) - 1] > known.starts[at]

    return accepts


def ladder(text: str) -> Accepts:
    finder = Finder(text, section_of(text))
    return lambda quote: finder.find(quote).found


def rapid(text: str) -> Accepts:
    from rapidfuzz import fuzz

    return lambda quote: (
        (found := fuzz.partial_ratio_alignment(quote, text, score_cutoff=90)) is not None and found.dest_end > 0
    )


def longest_block(text: str) -> Accepts:
    def accepts(quote: str) -> bool:
        matcher = difflib.SequenceMatcher(None, text, quote, autojunk=False)
        blocks = sum(b.size for b in matcher.get_matching_blocks() if b.size > 3)
        return blocks >= 0.9 * len(quote)

    return accepts


def langextract(text: str) -> Accepts:
    from langextract import data, resolver

    def accepts(quote: str) -> bool:
        given = [[data.Extraction(extraction_class="quote", extraction_text=quote)]]
        found = resolver.WordAligner().align_extractions(given, text)
        return bool(found and found[0] and found[0][0].char_interval is not None)

    return accepts


def main() -> None:
    every = "--all" in sys.argv
    pages = [plant(0)]
    around = "\n\n".join(p.text for p in read(FIXTURE, "d", cross_check="off").pages[:9])
    text = around[:12000] + "\n\n" + pages[0].text + "\n\n" + around[12000:]
    rng = random.Random(0)
    true: list[Case] = rng.sample(list(true_variants(pages[0])), 300 if every else 60)
    false: list[Case] = rng.sample(list(altered(pages[0], 0)), 200 if every else 60)
    print(f"{len(text)} characters, {len(true)} true quotes, {len(false)} altered ones")
    print(
        "| matcher | ms a true quote | ratio to floor | ms an altered one | ratio | true accepted | altered accepted "
        "| precision | recall |\n|---|---|---|---|---|---|---|---|---|"
    )
    base: tuple[float, float] | None = None
    for make in (floor, ladder, rapid, longest_block, langextract):
        slow = make in (longest_block, langextract) and not every
        mine, theirs = (true[:10], false[:10]) if slow else (true, false)
        try:
            started = time.perf_counter()
            accepts = make(text)
            shared = (time.perf_counter() - started) * 1000 / (len(mine) + len(theirs))
            times, hits = {True: [0.0], False: [0.0]}, {True: 0, False: 0}
            for is_true, cases in ((True, mine), (False, theirs)):
                for case in cases:
                    started = time.perf_counter()
                    hits[is_true] += accepts(case.quote)
                    times[is_true].append((time.perf_counter() - started) * 1000)
        except ImportError as error:
            print(f"| {make.__name__} | not installed ({error.name}) | | | | | | | |")
            continue
        median, other = (statistics.median(times[kind][1:]) + shared for kind in (True, False))
        base = base or (median, other)
        found = sum(hits.values())
        precision = f"{hits[True] / found:.3f}" if found else "none"
        print(
            f"| {make.__name__} | {median:.3f} | {median / base[0]:.1f} | {other:.3f} | {other / base[1]:.1f} | "
            f"{hits[True]} of {len(mine)} | {hits[False]} of {len(theirs)} |"
            f" {precision} | {hits[True] / len(mine):.3f} |"
        )


if __name__ == "__main__":
    main()
