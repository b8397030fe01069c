"""Names and patterns that several checks use."""

import re
from collections.abc import Iterable, Iterator

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
VML = "{urn:schemas-microsoft-com:vml}"
DC = "{http://purl.org/dc/elements/1.1/}"
COUNT = re.compile(r"\b(\d+) of (?:the )?(\d+)\b")
QUOTED = re.compile(r"(?P<label>.+), page (?P<page>\d+): “(?P<text>.*)”")
BARE = re.compile(r"(?:https?://|www\.|mailto:|file:|#)\S*|\S+\.(?:pdf|html?|com|org|uk)", re.I)
MOST = 20
"""Faults of one kind that are told one by one."""


ALL = (
    (re.compile(r"\ball (\d+) (?=\w)", re.I), r"\1 of the \1 "),
    (re.compile(r"\bboth (?=\w)", re.I), "2 of the 2 "),
    (re.compile(r"\bnone of the (\d+) ", re.I), r"0 of the \1 "),
    (re.compile(r"\bin the review\b", re.I), "in 1 of the 1 review"),
)
"""How a count reads where it is all or none, and the same in numbers."""


def as_counts(line: str) -> str:
    """A line with its counts in numbers: "all 8 reviews" as "8 of the 8 reviews"."""
    for words, numbers in ALL:
        line = words.sub(numbers, line)
    return line


def fold(text: str) -> str:
    return " ".join(text.split())


def heading_order(levels: Iterable[int], first: int) -> Iterator[str]:
    before = first - 1
    for nth, level in enumerate(levels, 1):
        if level > before + 1:
            yield f"heading {nth} is of level {level} after level {before}: a level is skipped"
        before = level


def link_text(text: str) -> Iterator[str]:
    text = fold(text)
    if not re.search(r"\w", text):
        yield "a link has no text"
    elif BARE.fullmatch(text):
        yield f"a link has an address for its text: {text}"
