"""Reading against its peers in one run: pages a second, and how much of the text agrees with ours.

    pip install -e ".[bench]" && python bench/reading.py [folder of PDFs]

Without a folder: the fixtures, and the real reports in ../shared/data where those are available. Similarity is Dice
over four-letter runs.
"""

import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from scr_llm.stages.read import read
from scr_llm.stages.read.apart import Limits, Wanted, read_apart
from scr_llm.stages.read.inspect import agreement
from scr_llm.stages.read.pdf import open_pages

ROOT = Path(__file__).resolve().parent.parent


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
    return [page.text for page in read(path, "d", cross_check=False, look_for_hidden=False).pages]


def ours_without(path: Path) -> list[str]:
    return [page.text for page in read(path, "d", cross_check=False).pages]


def ours(path: Path) -> list[str]:
    return [page.text for page in read(path, "d").pages]


def main() -> None:
    given = [Path(a) for a in sys.argv[1:]]
    folders = given or [ROOT / "fixtures/batch-1", ROOT / "fixtures/batch-2", ROOT.parent / "shared/data/mh-review"]
    for folder in folders:
        files = sorted(folder.glob("*.pdf"))
        if not files:
            print(f"{folder.name}: not here, skipped")
            continue
        _table(folder.name, files)


def _table(name: str, files: list[Path]) -> None:
    reference = {f: ours_without(f) for f in files}
    pages = sum(map(len, reference.values()))
    print(
        f"\n{name}: {len(files)} files, {pages} pages\n\n"
        "| reader | pages a second | ratio to pdfium alone | agrees with ours |\n|---|---|---|---|"
    )
    base = 0.0
    ways: Iterable[tuple[str, Callable[[Path], list[str]]]] = (
        ("pdfium alone", pdfium_alone),
        ("ours, text and lines", lines_only),
        ("ours, text and structure", structured),
        ("ours, with the search for hidden text", ours_without),
        ("ours, with the cross-check: everything", ours),
        ("pypdf alone", pypdf_alone),
        ("pdfminer.six", pdfminer),
        ("pdfplumber", plumber),
    )
    for label, way in ways:
        try:
            started = time.perf_counter()
            texts = {f: way(f) for f in files}
            rate = pages / (time.perf_counter() - started)
        except ImportError as error:
            print(f"| {label} | not installed ({error.name}) | | |")
            continue
        base = base or rate
        print(
            f"| {label} | {rate:.0f} | {rate / base:.2f} | "
            f"{sum(_agree(reference[f], texts[f]) for f in files) / len(files):.3f} |"
        )
    for workers in (1, 2):
        many = [Wanted(f, f"d{n}") for n, f in enumerate(files * 3)]
        started = time.perf_counter()
        list(read_apart(many, Limits(workers=workers)))
        print(
            f"| ours, everything, {workers} process{'es' if workers > 1 else ''}, three times over | "
            f"{3 * pages / (time.perf_counter() - started):.0f} | | |"
        )


def _agree(one: list[str], other: list[str]) -> float:
    return agreement("".join(one), "".join(other)) or 0.0


if __name__ == "__main__":
    main()
