"""What is a file: new, the same again, unreadable, or no review."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from scr_llm.records import Document, Reading

_REVIEW = re.compile(
    r"serious case review|case review|safeguarding practice review|child practice review|executive summary|independent review|rapid review|recommendation",
    re.I,
)
_AGENDA = re.compile(r"^\s*(?:agenda|minutes of|apologies for absence|any other business)\b", re.I | re.M)
_OPENING = 6_000
"""Characters from the start in which a review says that it is one."""


def take_in(path: Path, known: Sequence[Document], batch: str, day: str = "") -> Document:
    """The document of a file, with status pending, or duplicate where the same bytes are already known."""
    content = path.read_bytes()
    name = path.name.encode("utf-8", "replace").decode()
    sha256 = hashlib.sha256(content).hexdigest()
    own = hashlib.sha256(f"{sha256}\n{name}".encode()).hexdigest()
    same = [d for d in known if d.sha256 == sha256 and d.file != name]
    twin = next((d for d in same if d.status != "unreadable"), None)
    if twin and content:
        return Document(
            id=f"d{own[:12]}", file=name, sha256=sha256, bytes=len(content), batch=batch, taken_in=day, status="duplicate",
            reason=f"the same file as {twin.file}. It is counted once; delete one of them if you like.",
        )  # fmt: skip
    if name != path.name:
        return Document(
            id=f"d{own[:12]}", file=name, sha256=sha256, bytes=len(content), batch=batch, taken_in=day, status="unreadable",
            reason="its name has characters that cannot be written. Rename it.",
        )  # fmt: skip
    key = sha256 if content and not same else own
    return Document(id=f"d{key[:12]}", file=name, sha256=sha256, bytes=len(content), batch=batch, taken_in=day)


def why_no_review(reading: Reading) -> str | None:
    """Why a document is not taken for a review; None where it is one."""
    text = "\n".join(page.text for page in reading.pages)
    opening = text[:_OPENING]
    if _AGENDA.search(opening) and len(reading.pages) <= 4 and not any(item.kind == "recommendation" for item in reading.items):
        return "this looks like an agenda or minutes, not a review. If it is a review, see “A file was left out” in the README."
    if not _REVIEW.search(opening):
        return "nothing in its first pages says that it is a review. If it is one, see “A file was left out” in the README."
    return None
