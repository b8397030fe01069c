"""Whether two formats of one paper print the same words in the same order."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from paper_checks.text import html_text, word_text


def different_words(word: Path, page: Path) -> Iterator[str]:
    """Lines that stand in one of the two files only, or in another order, but for the status."""
    ours, others = ([line for _, line in text.lines] for text in (word_text(word), html_text(page)))
    for what, i1, i2, j1, j2 in SequenceMatcher(None, ours, others, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        yield from (f"only in Word: {line}" for line in ours[i1:i2] if "Version " not in line)
        yield from (
            f"only in HTML: {line}"
            for line in others[j1:j2]
            if not ("Version " in line or line.startswith(("SIGNED OFF", "DRAFT")))
        )
