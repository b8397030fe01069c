"""How much of what points at a person redaction finds, and how much else it replaces.

Writes its part of docs/information-governance.md, and scr_llm/text/redaction.json, which the screens print.

    python bench/redaction.py             measure on fixtures/redaction/*.jsonl and write
    python bench/redaction.py --misses    print what is missed or replaced for nothing in dev*.jsonl; writes nothing
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sets import ROOT, write_between

from scr_llm.text.redact import Redaction

FOLDER = ROOT / "fixtures/redaction"
DEVELOPED_WITH = ("dev.jsonl", "dev2.jsonl", "dev3.jsonl", "dev4.jsonl", "dev5.jsonl")
PAGE = ROOT / "docs/information-governance.md"
SHIPPED = ROOT / "scr_llm/text/redaction.json"
PAGE_OF_TEXT = 3_000
"""Characters of a page, for the time that five take."""
IN_WORDS = {
    "name_titled": "names beside a title, rank or calling",
    "name_known": "their later mentions",
    "name_bare": "other names",
    "birth_date": "dates of birth",
    "phone": "telephone numbers",
    "email": "e-mail addresses",
    "web": "web addresses",
    "postcode": "postcodes",
    "address": "addresses",
    "nhs_number": "NHS numbers",
    "ni_number": "National Insurance numbers",
    "reference": "reference numbers",
    "school": "schools",
    "hospital": "hospitals and practices",
}
GROUPS = {
    "names with a title or calling": ("name_titled", "name_known"),
    "addresses, numbers and dates of birth": (
        *("phone", "email", "web", "postcode", "address"),
        *("nhs_number", "ni_number", "reference", "birth_date"),
    ),
    "schools and hospitals": ("school", "hospital"),
    "other names": ("name_bare",),
}
"""What the line on the screen says, in fewer words than the table."""


@dataclass
class Measured:
    """What was found in one file."""

    of: Counter[str] = field(default_factory=Counter)
    """Spans by kind."""
    found: Counter[str] = field(default_factory=Counter)
    """Of these, those of which every letter and digit is replaced."""
    letters: int = 0
    """Letters and digits that are replaced, without dates: a full one is replaced whatever it is of."""
    right: int = 0
    """Of these, those in a span of any kind."""
    missed: list[str] = field(default_factory=list)
    """Kind, words and text of each that was not found."""
    for_nothing: list[str] = field(default_factory=list)
    """Words and text of what was replaced and is in no span."""

    def share(self, kinds: tuple[str, ...]) -> tuple[int, int]:
        """Found, and of how many."""
        return sum(self.found[k] for k in kinds), sum(self.of[k] for k in kinds)


def replaced(text: str) -> Iterator[tuple[int, int, str]]:
    """The stretches of a text that are replaced, each with its placeholder, told from the redacted text alone."""
    redaction = Redaction()
    redacted = redaction.redact(text)
    if redaction.restore(redacted) != text:
        raise SystemExit(f"not restored: {text}")
    at = behind = 0
    while behind < len(redacted):
        name = next((n for n in redaction.replaced if redacted.startswith(n, behind)), None)
        if name is None:
            at, behind = at + 1, behind + 1
            continue
        words = redaction.replaced[name]
        yield at, at + len(words), name
        at, behind = at + len(words), behind + len(name)


def measured(path: Path) -> Measured:
    """Redact each text of a file by itself, and compare with its spans."""
    result = Measured()
    for line in path.read_text("utf-8").splitlines():
        given = json.loads(line)
        text = given["text"]
        stretches = list(replaced(text))
        gone = {at for start, end, _ in stretches for at in range(start, end) if text[at].isalnum()}
        meant = {at for s in given["spans"] for at in range(s["start"], s["end"])}
        for start, end, name in stretches:
            letters = {at for at in range(start, end) if text[at].isalnum()}
            if not name.startswith("{DATE "):
                result.letters, result.right = result.letters + len(letters), result.right + len(letters & meant)
            if not letters <= meant:
                result.for_nothing.append(f"{text[start:end]}: {text}")
        for span in given["spans"]:
            found = all(at in gone for at in range(span["start"], span["end"]) if text[at].isalnum())
            result.of[span["kind"]] += 1
            result.found[span["kind"]] += found
            if not found:
                result.missed.append(f"{span['kind']}: {span['text']}: {text}")
    return result


def five_pages() -> float:
    """Milliseconds that five pages of the development sentences take, the best of five times; each file half of it."""
    files = ((FOLDER / name).read_text("utf-8").splitlines() for name in DEVELOPED_WITH)
    lines = (json.loads(line)["text"] for pair in zip(*files, strict=False) for line in pair)
    text = " ".join(lines).replace("\n", " ")
    sentences = (text * (1 + 5 * PAGE_OF_TEXT // len(text)))[: 5 * PAGE_OF_TEXT].split(". ")
    times = []
    for _ in range(5):
        begun, redaction = time.process_time(), Redaction()
        redaction.learn(sentences)
        redaction.redact_lines(sentences)
        times.append(time.process_time() - begun)
    return 1_000 * min(times)


def table(results: dict[str, Measured]) -> list[str]:
    """Recall by kind, and precision, of each file."""
    lines = ["| what | " + " | ".join(results) + " |", "|---|" + "---|" * len(results)]
    for kind, words in IN_WORDS.items():
        shares = (m.share((kind,)) for m in results.values())
        lines.append(f"| {words} | " + " | ".join(f"{n} of {of}" if of else "–" for n, of in shares) + " |")
    right = (f"{100 * m.right / m.letters:.0f} %" for m in results.values())
    lines.append("| of the letters replaced, those that had to be | " + " | ".join(right) + " |")
    return lines


def main() -> None:
    """Measure and write, or print what is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true")
    asked = parser.parse_args()
    if asked.misses:
        results = {name: measured(FOLDER / name) for name in DEVELOPED_WITH}
        for name, result in results.items():
            print("\n".join((f"MISSED in {name}", *result.missed, "", "REPLACED FOR NOTHING", *result.for_nothing, "")))
        print("\n".join(table(results)), f"\nfive pages: {five_pages():.0f} ms")
        return
    results = {path.name: measured(path) for path in sorted(FOLDER.glob("*.jsonl"))}
    write_between(PAGE, "redaction", table(results))
    unseen = [name for name in results if name not in DEVELOPED_WITH]
    shares = {
        words: tuple(map(sum, zip(*(results[name].share(kinds) for name in unseen), strict=True)))
        for words, kinds in GROUPS.items()
    }
    texts = sum(len((FOLDER / name).read_text("utf-8").splitlines()) for name in unseen)
    shipped = {"sets": unseen, "texts": texts, "found": shares}
    SHIPPED.write_text(json.dumps(shipped, indent=1) + "\n", "utf-8")
    print("\n".join(table(results)), f"\nfive pages: {five_pages():.0f} ms")


if __name__ == "__main__":
    main()
