"""Every PDF in other projects' test suites through the reader: each ends with a status and a reason, in bounded time.

    mkdir archives && cd archives
    for p in pypdf pikepdf ocrmypdf; do pip download --no-deps --no-binary=:all: $p; done
    python bench/corpora.py archives

Nothing of theirs is committed. Prints what became of the files, the slowest ones, and the highest memory of all.
"""

import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

from scr_llm.errors import UnreadableError
from scr_llm.records import Reading
from scr_llm.stages.read.apart import Limits, Wanted, read_apart


def main() -> None:
    archives = sorted(Path(sys.argv[1]).glob("*.tar.gz")) if len(sys.argv) > 1 else []
    if not archives:
        print("No archives given, skipped. See the first lines of this file.")
        return
    with tempfile.TemporaryDirectory() as folder:
        for archive in archives:
            with tarfile.open(archive) as packed:
                packed.extractall(
                    folder,
                    members=[m for m in packed.getmembers() if m.isfile() and m.name.lower().endswith(".pdf")],
                    filter="data",
                )
        files = sorted(Path(folder).rglob("*.pdf"))
        limits = Limits(seconds=60, megabytes=1500)
        outcomes: Counter[str] = Counter()
        took: list[tuple[float, str]] = []
        highest, last = 0, time.perf_counter()
        print(f"{len(files)} files of {len(archives)} archives")
        for path, result in zip(
            files, read_apart([Wanted(f, f"d{n}") for n, f in enumerate(files)], limits), strict=True
        ):
            now = time.perf_counter()
            took.append((now - last, path.name))
            last = now
            highest = max([highest, *(p.memory_info().rss for p in psutil.Process().children())])
            if isinstance(result, Reading):
                flagged = sum(bool(page.warnings) for page in result.pages)
                outcomes["read, every page" if not flagged else "read, with pages to be checked"] += 1
            else:
                assert isinstance(result, UnreadableError), (path, result)
                outcomes[f"not read: {result.message}"] += 1
        for outcome, count in outcomes.most_common():
            print(f"{count:5} {outcome}")
        print("slowest:", *(f"{name} {seconds:.1f} s" for seconds, name in sorted(took, reverse=True)[:4]), sep="\n  ")
        print(f"highest memory of a reading process seen: {highest / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
