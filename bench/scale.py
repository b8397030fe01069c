"""How time and memory grow with the number of reviews, for every command.

    python bench/scale.py                     100 and 1,000 reviews; the table goes into docs/performance.md
    python bench/scale.py 100 1000 10000      other numbers of reviews
    python bench/scale.py --make FOLDER 100   only make the PDFs of so many reviews

The reviews are made here, always the same ones: five pages each, of sentences drawn from the fixtures. Every command
runs in a process of its own, as a person would start it, on a project in which four themes of each review are decided.
The second reader is off, which takes the same time for each page however many there are.

CPU is that of the command and of the processes that it starts. Memory is that of the largest of them at its peak. The
exponent is that of the growth between two sizes: 1 where ten times the reviews take ten times as long.
"""

import argparse
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from scr_llm.codebook import code_sha256, codebook_sha256, load_codebook
from scr_llm.project import load_project
from scr_llm.records import Decision
from scr_llm.store import Store

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/performance.md"
SIZES = (100, 1000)
THEMES = 4
"""Themes of each review that a person decides."""
FONT, POINTS, LEADING, WIDTH, LINES = "Helvetica", 10.5, 14, 480, 50
PLACES = (
    "Northmere",
    "Corriford",
    "Saltreath",
    "Vellingham",
    "Ombershaw",
    "Dunvarrow",
    "Brackenshire",
    "Ellerholm",
    "Ashcombe",
    "Thornleigh",
)
INTRODUCTION = (
    "This review was held by the Safeguarding Children Board under the guidance that was in force at the time.",
    "Each agency that had known the family wrote an account of its own work and was asked to look at it openly.",
    "The family was told of the review and was asked to take part in it.",
)
"""Sentences that every review has."""


@dataclass(frozen=True)
class Cost:
    """What one command took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of the processor."""
    memory: int
    """Peak, in MB."""


@dataclass(frozen=True)
class Measured:
    """One size."""

    reviews: int
    costs: dict[str, Cost]
    database: float
    """In MB."""


def passages() -> tuple[list[str], list[str]]:
    """Every passage of the fixtures, and every recommendation."""
    found: dict[str, list[str]] = {"text": [], "recommendation_only": []}
    for path in sorted((ROOT / "fixtures/corpus").glob("hand*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            found["recommendation_only" if row["kind"] == "recommendation_only" else "text"].append(row["text"])
    return found["text"], found["recommendation_only"]


def blocks(number: int, texts: Sequence[str], asked: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The headings and paragraphs of one review, each with whether it is a heading."""
    dice = random.Random(number)
    place, age = dice.choice(PLACES), dice.randint(0, 16)
    yield f"Serious Case Review: {place} Child {number}", True
    yield "1. Introduction", True
    yield f"Child {number} was {age} years old and lived in {place}. {' '.join(INTRODUCTION)}", False
    for title, many in (("2. Family background", 9), ("3. Summary of events", 14), ("4. Analysis", 14)):
        yield title, True
        for at in range(many):
            date = f"On {dice.randint(1, 28)} May {dice.randint(1998, 2009)} this was noted about Child {number}. "
            yield f"{date * (at % 5 == 0)}{dice.choice(texts)} {dice.choice(texts)}", False
    yield "5. Findings", True
    for at in range(1, 7):
        yield f"5.{at} {dice.choice(texts)} {dice.choice(texts)}", False
    yield "6. Recommendations", True
    for at in range(1, 6):
        yield f"6.{at} {dice.choice(asked)} {dice.choice(asked)}", False


def draw(path: Path, content: Iterator[tuple[str, bool]]) -> None:
    """Draw a review."""
    canvas = Canvas(str(path), pageCompression=1, invariant=1)
    line = 0
    for text, heading in content:
        font, size = (f"{FONT}-Bold", 14.0) if heading else (FONT, POINTS)
        for part in simpleSplit(text, font, size, WIDTH):
            if line == LINES:
                canvas.showPage()
                line = 0
            canvas.setFont(font, size)
            canvas.drawString(60, 780 - LEADING * line, part)
            line += 1
        line = min(LINES, line + 1)
    canvas.save()


def make(folder: Path, count: int) -> None:
    """Draw so many reviews."""
    folder.mkdir(parents=True, exist_ok=True)
    texts, asked = passages()
    for number in range(1, count + 1):
        draw(folder / f"review-{number:06}.pdf", blocks(number, texts, asked))


def decide(root: Path) -> None:
    """Decide some themes of each review as they are proposed."""
    project = load_project(root)
    book = load_codebook(project.codebook_path)
    core = [code for code in book.codes if code.core]
    hashes, whole = {code.id: code_sha256(code) for code in core}, codebook_sha256(book)
    with Store(project.database) as store:
        for document in store.documents():
            if document.status != "coded" or (coding := store.coding(document.id)) is None:
                continue
            cells = [cell for cell in coding.themes if cell.theme in hashes and cell.value != "unclear"]
            made = [
                Decision(
                    document_id=document.id,
                    theme=cell.theme,
                    value=cell.value,
                    evidence=cell.evidence,
                    author="Alex Reader",
                    role="Reviewer",
                    at=f"2026-03-02T09:{at:02}:00.000+00:00",
                    codebook_sha256=whole,
                    code_sha256=hashes[cell.theme],
                    reading_sha256=coding.reading_sha256,
                )
                for at, cell in enumerate(random.Random(document.id).sample(cells, THEMES))
            ]
            store.append_decisions([(decision, None) for decision in made])


def cost(*command: str, code: int = 0) -> Cost:
    """Run a command of the program and say what it took."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "scr_llm", *command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        raise SystemExit(f"scr-llm {' '.join(command)} ended with {process.returncode}: {said[-2000:]}")
    # Linux gives the peak in KB, macOS in bytes.
    peak = used.ru_maxrss // (1000 if sys.platform != "darwin" else 1_000_000)
    return Cost(time.perf_counter() - started, used.ru_utime + used.ru_stime, int(peak))


def commands(root: Path, theme: str) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """What is measured on a project whose reviews are coded and partly decided: name, arguments and exit code."""
    out, at = f"{root}-out", ("--project", str(root))
    person = ("--name", "Bo Signer", "--role", "Chair")
    yield "run, after decisions", ("run", *at), 0
    yield "run, nothing new", ("run", *at), 0
    yield "status", ("status", *at), 0
    yield "status --queue", ("status", "--queue", *at), 0
    yield "brief", ("brief", *at), 0
    for form in ("json", "csv", "xlsx"):
        yield f"export {form}", ("export", "--format", form, "--out", f"{out}.{form}", *at), 0
    yield "explain", ("explain", theme, *at), 0
    yield "sign-off, refused", ("sign-off", *person, *at), 1
    yield "suggest-themes", ("suggest-themes", *at), 0
    yield "audit", ("audit", *at), 0
    yield "sheet write", ("sheet", "write", f"{out}-sheet.xlsx", *person, *at), 0
    yield "compare", ("compare", "coder", "person:Alex Reader", "--assisted", *at), 0


def measure(reviews: int, folder: Path, known: dict[str, Cost]) -> Measured:
    """Everything, on a new project of so many reviews. `known` receives each cost as it is measured."""
    root = folder / str(reviews)
    cost("init", str(root))
    settings = root / "project.toml"
    said = settings.read_text("utf-8").replace("cross_check = true", "cross_check = false")
    settings.write_text(said, "utf-8")
    make(root / "inbox", reviews)

    def note(name: str, *command: str, code: int = 0) -> None:
        known[name] = took = cost(*command, code=code)
        print(f"{reviews:6} {name:22}{took.wall:8.1f} s{took.cpu:8.1f} s CPU{took.memory:6} MB", flush=True)

    note("run, everything new", "run", "--project", str(root))
    decide(root)
    theme = next(code.id for code in load_codebook(root / "codebook.yaml").codes if code.core)
    for name, command, code in commands(root, theme):
        note(name, *command, code=code)
    make_one_more(root, reviews)
    note("run, one more", "run", "--project", str(root))
    return Measured(reviews, known, load_project(root).store_path.stat().st_size / 1e6)


def make_one_more(root: Path, reviews: int) -> None:
    """Put one more review into the inbox."""
    texts, asked = passages()
    draw(root / "inbox" / f"review-{reviews + 1:06}.pdf", blocks(reviews + 1, texts, asked))


def exponent(small: float, large: float, times: float) -> str:
    """By what power a cost grows; a dash where both are too small to say."""
    return f"{math.log(large / small) / math.log(times):.2f}" if small > 0 and large >= 2 else "–"


def table(sizes: Sequence[Measured]) -> list[str]:
    """Each command with what it took at each size, and the exponent from one size to the next."""
    heads, rules = ["Command"], ["---"]
    for at, size in enumerate(sizes):
        heads += [f"{size.reviews:,}: wall s", "CPU s", "peak MB", *(["exponent"] if at else [])]
    rules += ["---:"] * (len(heads) - 1)
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join(rules)} |"]
    for name in sizes[-1].costs:
        row = [name]
        for before, size in zip((None, *sizes), sizes, strict=False):
            took = size.costs[name]
            row += [f"{took.wall:.1f}", f"{took.cpu:.1f}", str(took.memory)]
            if before:
                row.append(exponent(before.costs[name].cpu, took.cpu, size.reviews / before.reviews))
        lines.append(f"| {' | '.join(row)} |")
    stored = "; ".join(f"{size.database:,.1f} MB with {size.reviews:,} reviews" for size in sizes)
    return [*lines, "", f"The database: {stored}."]


def write(lines: Sequence[str]) -> None:
    """Put the table under its heading in docs/performance.md."""
    head, heading, rest = PAGE.read_text("utf-8").partition("\n## Growth\n")
    intro, _, after = rest.partition("\n| Command |")
    _, next_heading, others = after.partition("\n## ")
    text = f"{head}{heading}{intro}\n" + "\n".join(lines) + "\n"
    PAGE.write_text(f"{text}{next_heading}{others}" if next_heading else text, "utf-8")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", type=int, default=SIZES, help="numbers of reviews, smallest first")
    asked.add_argument("--make", type=Path, help="only make the PDFs, in this folder")
    asked.add_argument("--keep", type=Path, help="make the projects in this folder and keep them")
    asked.add_argument("--print", action="store_true", help="print the table and leave docs/performance.md alone")
    given = asked.parse_args()
    if given.make:
        make(given.make, max(given.sizes))
        return
    folder = given.keep or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lines = table([measure(size, folder, {}) for size in given.sizes])
    finally:
        if not given.keep:
            shutil.rmtree(folder)
    print("\n".join(lines))
    if not given.print:
        write(lines)


if __name__ == "__main__":
    main()
