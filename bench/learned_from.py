"""The files that the embedded coder learns from, and their hash, which its weights hold."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent


def passage_files() -> list[Path]:
    """The passages that were written one theme at a time."""
    return [*sorted((ROOT / "fixtures/corpus").glob("hand*.jsonl")), ROOT / "fixtures/passages/dev.jsonl"]


def batches() -> Iterator[tuple[Path, Path, Path]]:
    """PDF, gold and marks of each review of the first three batches."""
    pdfs = {pdf.name: pdf for batch in (1, 2, 3) for pdf in (ROOT / f"fixtures/batch-{batch}").glob("*.pdf")}
    for marks in sorted((ROOT / "fixtures/gold").glob("*.marks.json")):
        gold = marks.with_name(marks.name.replace(".marks", ""))
        if pdf := pdfs.get(json.loads(gold.read_text("utf-8"))["file"]):
            yield pdf, gold, marks


def blocks_of(folder: str) -> list[Path]:
    """The reviews (`train`) or reports (`reports`) that are kept as blocks."""
    return sorted((ROOT / "fixtures/reviews" / folder).glob("*.json"))


def files() -> list[Path]:
    """All of them."""
    return [
        *passage_files(),
        *(path for review in batches() for path in review),
        *blocks_of("train"),
        *blocks_of("reports"),
    ]


def hash_of_files() -> str:
    """Hash of their names and contents.

    Line ends are left out of account, since git may write them anew on Windows.
    """
    digest = hashlib.sha256()
    for path in files():
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()
