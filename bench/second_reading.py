"""What reading every page twice would find that the cues and the sample do not, page by page.

    python bench/second_reading.py FOLDER [FOLDER …]

Every PDF below the folders is read twice over: with cross_check = "full" and with "cues". Printed
for each folder: how many pages were read by both readers and why, on how many the readers differ or one of them fails,
and each such page that was not among them. Pages that are quoted are read by both readers after the coding; here
nothing is coded. Folders: those of bench/corpora.py, unpacked; fixtures; ../shared/data.
"""

import sys
from collections import Counter
from pathlib import Path

from scr_llm.records import Page, Reading
from scr_llm.stages.read.apart import Limits, Wanted, read_apart

ABOUT_THE_READERS = ("the two readers", "the second reader")


def main() -> None:
    folders = [Path(a) for a in sys.argv[1:]]
    if not folders:
        print("No folders given, skipped. See the first lines of this file.")
        return
    print("| folder | files | pages | odd | sample | neither | readers differ | found | missed |\n" + "|---" * 9 + "|")
    missed: list[str] = []
    for folder in folders:
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".pdf")
        wanted = [Wanted(file, f"d{number}") for number, file in enumerate(files)]
        full = read_apart(wanted, Limits(cross_check="full"))
        cues = read_apart(wanted, Limits(cross_check="cues"))
        seen: Counter[str] = Counter()
        for file, one, other in zip(files, full, cues, strict=True):
            if isinstance(one, Reading) and isinstance(other, Reading):
                seen["files"] += 1
                missed += _compared(file, one, other, seen)
        print(
            f"| {folder.name} | {seen['files']} of {len(files)} | {seen['pages']} | {seen['cue']} | {seen['sample']} "
            f"| {seen['no']} | {seen['differ']} | {seen['differ'] - seen['missed']} | {seen['missed']} |",
            flush=True,
        )
    print("\nMissed:", *(missed or ["nothing"]), sep="\n")


def _compared(file: Path, full: Reading, cues: Reading, seen: Counter[str]) -> list[str]:
    """Count the pages of one file; returns those on which the readers differ, and that only one has read."""
    missed = []
    for page, other in zip(full.pages, cues.pages, strict=True):
        seen["pages"] += 1
        seen[str(other.cross_checked)] += 1
        if told := _told(page):
            seen["differ"] += 1
            if other.cross_checked == "no":
                seen["missed"] += 1
                missed.append(f"{file.name}, page {page.number} ({page.agreement}): {'; '.join(told)}")
    return missed


def _told(page: Page) -> list[str]:
    return [warning for warning in page.warnings if warning.startswith(ABOUT_THE_READERS)]


if __name__ == "__main__":
    main()
