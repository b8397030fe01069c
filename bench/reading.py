"""Reading against its peers in one run: pages a second of CPU and of wall time, and how much text agrees with ours.

    pip install -e ".[bench]" && python bench/reading.py [folder of PDFs …] [--rounds 5] [--peers]

Without a folder: the made-up reviews of the fixtures, and the real reports in ../shared/data where those are available.
Every way reads every file in each round, in an order that changes with the round; the figure is the median of the
rounds, and its ratio is to pdfium's in the same round. With --peers also pdfminer.six and pdfplumber. Similarity is
Dice over four-letter runs.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from scr_llm.stages.read import read
from scr_llm.stages.read.compare import agreement
from scr_llm.stages.read.pdf import open_pages

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared/data"
Way = Callable[[Path], list[str]]
FLOOR = "pdfium alone"


def pdfium_alone(path: Path) -> list[str]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_range() for page in document]


def pypdf_alone(path: Path) -> list[str]:
    import pypdf

    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def pdfminer(path: Path) -> list[str]:
    from pdfminer.high_level import extract_text

    return extract_text(path).split("\f")


def plumber(path: Path) -> list[str]:
    import pdfplumber

    with pdfplumber.open(path) as document:
        return [page.extract_text() or "" for page in document.pages]


def lines_only(path: Path) -> list[str]:
    return [page.text for page in open_pages(path.read_bytes(), look_for_hidden=False)]


def structured(path: Path) -> list[str]:
    return [page.text for page in read(path, "d", cross_check="off", look_for_hidden=False).pages]


def seen(path: Path) -> list[str]:
    return [page.text for page in read(path, "d", cross_check="off").pages]


def cues(path: Path) -> list[str]:
    return [page.text for page in read(path, "d", cross_check="cues").pages]


def ours(path: Path) -> list[str]:
    return [page.text for page in read(path, "d").pages]


WAYS: dict[str, Way] = {
    FLOOR: pdfium_alone,
    "ours, text and lines": lines_only,
    "ours, text and structure": structured,
    "ours, with the search for hidden text": seen,
    "ours, and odd pages and a sample read twice": cues,
    "ours, every page read twice: the default": ours,
    "pypdf alone": pypdf_alone,
}
PEERS: dict[str, Way] = {"pdfminer.six": pdfminer, "pdfplumber": plumber}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    made_up = [ROOT / "fixtures" / name for name in ("batch-1", "batch-2", "reviews/dev")]
    sets = {folder.name: [folder] for folder in given.folders} or {
        "Made-up reviews": made_up,
        "Real reports": [SHARED / "mh-review", SHARED / "official"],
    }
    for name, folders in sets.items():
        files = [file for folder in folders for file in sorted(folder.glob("*.pdf"))]
        if not files:
            print(f"{name}: not here, skipped")
            continue
        _table(name, files, WAYS | PEERS if given.peers else WAYS, given.rounds)


def _table(name: str, files: list[Path], ways: dict[str, Way], rounds: int) -> None:
    reference = {file: seen(file) for file in files}  # also the first use of every library
    pages = sum(map(len, reference.values()))
    took: dict[str, list[tuple[float, float]]] = {label: [] for label in ways}
    agrees: dict[str, float] = {}
    for number in range(rounds):
        order = list(ways)[number % len(ways) :] + list(ways)[: number % len(ways)]
        for label in order:
            cpu, wall = time.process_time(), time.perf_counter()
            texts = {file: ways[label](file) for file in files}
            took[label].append((time.process_time() - cpu, time.perf_counter() - wall))
            agrees.setdefault(label, sum(_agree(reference[f], texts[f]) for f in files) / len(files))
    print(
        f"\n{name}: {len(files)} files, {pages} pages, {rounds} rounds\n\n"
        "| reader | ms a page (CPU) | pages a second (CPU) | (wall) | CPU, ratio to pdfium | agrees with ours |\n"
        "|---|---|---|---|---|---|"
    )
    for label, times in took.items():
        cpu, wall = (statistics.median(each[n] for each in times) for n in (0, 1))
        ratio = statistics.median(own[0] / floor[0] for own, floor in zip(times, took[FLOOR], strict=True))
        print(
            f"| {label} | {1000 * cpu / pages:.1f} | {pages / cpu:.0f} | {pages / wall:.0f} | {ratio:.1f} "
            f"| {agrees[label]:.3f} |"
        )


def _agree(one: list[str], other: list[str]) -> float:
    return agreement("".join(one), "".join(other)) or 0.0


if __name__ == "__main__":
    main()
