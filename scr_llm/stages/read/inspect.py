"""What a file says of itself, and a second reading of its pages: pypdf as the second witness to pdfium's text."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scr_llm.records import FileFacts
from scr_llm.stages.read.pdf import RawPage, open_with_pypdf

AGREED = 0.95
"""Agreement (0-1) under which a page is flagged. Measured: see docs/reading.md."""
_GRAM = 4
_ENTRIES = 200
"""Entries of an outline that are kept at most."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file as pypdf sees it."""

    facts: FileFacts
    """What it says of itself."""
    labels: tuple[str, ...]
    """The printed number of each page where the file names them; empty where it does not."""
    agreement: tuple[float | None, ...]
    """For each page, how far the two readers agree (0-1); None where there is nothing to compare."""


def inspect(path: Path, pages: tuple[RawPage, ...], *, witness: bool = True) -> Inspection:
    """Inspect a file whose pages pdfium has read. What pypdf cannot tell is left out; nothing it does stops the reading."""
    nothing = Inspection(FileFacts(), (), (None,) * len(pages))
    try:
        reader = open_with_pypdf(path.read_bytes())
        if reader.is_encrypted and not reader.decrypt(""):
            return nothing
    except Exception:  # a broken file may raise anything at all in the library; pdfium has read it
        return nothing
    told = _try(lambda: reader.metadata) or {}
    facts = FileFacts(
        title=_text(told.get("/Title")), author=_text(told.get("/Author")), producer=_text(told.get("/Producer")),
        created=_text(told.get("/CreationDate")), encrypted=bool(reader.is_encrypted),
        outline=tuple(_titles(_try(lambda: reader.outline) or []))[:_ENTRIES],
    )  # fmt: skip
    labels = _try(lambda: tuple(reader.page_labels)) or ()
    own = labels if len(labels) == len(pages) and labels != tuple(str(n + 1) for n in range(len(pages))) else ()
    agreement = tuple(
        _agreement(page, _try(lambda index=index: reader.pages[index].extract_text())) if witness and page.engine == "pdfium" else None
        for index, page in enumerate(pages)
    )
    return Inspection(facts, own, agreement)


def _try(ask: Any) -> Any:
    try:
        return ask()
    except Exception:  # as above
        return None


def _text(value: object) -> str | None:
    return str(value).strip()[:500] or None if value is not None else None


def _titles(outline: list[Any]) -> list[str]:
    found: list[str] = []
    waiting: list[Any] = list(reversed(outline))
    while waiting and len(found) < _ENTRIES:
        entry = waiting.pop()
        if isinstance(entry, list):
            waiting += reversed(entry)
        elif title := _text(getattr(entry, "title", None)):
            found.append(title)
    return found


def _agreement(page: RawPage, second: str | None) -> float | None:
    """Dice coefficient over the multisets of four-letter runs, letters and digits only: order and white space do not matter."""
    if second is None:
        return None
    one, other = _grams(page.text), _grams(second)
    if not one and not other:
        return None
    shared = (one & other).total()
    return round(2 * shared / (one.total() + other.total()), 3)


def _grams(text: str) -> Counter[str]:
    letters = "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
    return Counter(letters[i : i + _GRAM] for i in range(len(letters) - _GRAM + 1))
