"""How long the papers are: pages and words of the briefing and its evidence file for 1, 4, 8 and 13 reviews.

    python bench/pages.py [--keep DIR] [--against PAPER.txt]

The reviews are those of fixtures/: the first eight make the first batch, the next five a second one. Pages are those
that LibreOffice (`soffice`) lays out. Words are counted part by part in the Markdown file: what stands between white
space and has a letter or a digit. `--keep` leaves the projects, with a PDF beside each Word file, in a folder.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2

from scr_llm import Workspace

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1, 4, 8, 13)
MOST_PAGES = {8: 6, 13: 8}
"""Pages of the briefing that are not to be exceeded."""
FIRST_BATCH = 8


def reviews() -> list[Path]:
    """The made-up reviews, batch by batch."""
    return [path for folder in sorted(ROOT.glob("fixtures/batch-*")) for path in sorted(folder.glob("*.pdf"))]


def written(root: Path, number: int) -> Path:
    """A project with so many reviews, and its papers. Returns the folder of the papers."""
    workspace = Workspace.create(root)
    chosen = reviews()[:number]
    for batch in (chosen[:FIRST_BATCH], chosen[FIRST_BATCH:]):
        if batch:
            workspace.add(batch)
            workspace.run()
    workspace.brief(["docx", "html", "md", "xlsx"])
    return root / "outputs"


def pdf_of(path: Path) -> Path:
    """The Word file as LibreOffice prints it, beside it."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf"]
        subprocess.run(
            [*command, "--outdir", str(path.parent), str(path)], check=True, capture_output=True, timeout=180
        )
    return path.with_suffix(".pdf")


def pages(path: Path) -> int:
    """How many pages a Word file has."""
    with pypdfium2.PdfDocument(pdf_of(path)) as pdf:
        return len(pdf)


def words(text: str) -> int:
    """Words of a text, without what only marks it up."""
    return sum(any(c.isalnum() for c in word) for word in text.replace("|", " ").split())


def words_by_part(markdown: str) -> list[tuple[str, int]]:
    """Words of each part of the first level, headings and tables included."""
    title, *parts = re.split(r"^## ", markdown, flags=re.M)
    return [("Title", words(title)), *((part.splitlines()[0].replace("\\", ""), words(part)) for part in parts)]


def main() -> None:
    """Print the counts; fail where a paper is longer than it may be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--keep", type=Path, help="folder that keeps the projects")
    parser.add_argument("--against", type=Path, help="a paper as text, whose words are counted too")
    options = parser.parse_args()
    if not shutil.which("soffice"):
        sys.exit("Pages are counted with LibreOffice: install it, so that `soffice` is found.")
    too_long = []
    with tempfile.TemporaryDirectory() as temporary:
        for number in SIZES:
            outputs = written((options.keep or Path(temporary)) / f"reviews-{number}", number)
            counts = {name: pages(outputs / f"{name}.docx") for name in ("briefing", "evidence", "seven-minutes")}
            parts = words_by_part((outputs / "briefing.md").read_text("utf-8"))
            print(f"{number} reviews: " + ", ".join(f"{name} {n} pages" for name, n in counts.items()))
            print(f"  {sum(n for _, n in parts)} words: " + "; ".join(f"{part} {n}" for part, n in parts))
            if counts["briefing"] > MOST_PAGES.get(number, counts["briefing"]):
                too_long.append(number)
    if options.against:
        print(f"{options.against.name}: {words(options.against.read_text('utf-8'))} words")
    if too_long:
        sys.exit(f"The briefing is too long for {too_long} reviews.")


if __name__ == "__main__":
    main()
