"""Divide a plain text into pages at its form feeds; lines that repeat at the edges of pages are furniture."""

import itertools
import re
from collections import Counter

from scr_llm.records import Mark, Page, Reading
from scr_llm.text.flow import Flow

EDGE = 3
"""Number of lines at the top and at the bottom of a page that may be a running header or footer."""
PAGE_NUMBER = re.compile(r"^(?:page\s*)?[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:of|/)\s*\d{1,4})?$", re.I)
"""A line that holds only a page number."""
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_PAGE_WORD = re.compile(r"^.{0,80}?\bpage\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?$", re.I)
_PAGE_OF = re.compile(r"^[-–]?\s*page\s+\d{1,4}\s*(?:of|/)\s*\d{1,4}\s*[-–]?$", re.I)
_ALONE = re.compile(
    r"(?:\A|\n[ \t]*\r?\n)[ \t]*((?:\d+(?:\.\d+)*\.?\s+)?[A-Z][^\n]{1,78}[^\s.,;:!?])[ \t]*(?=\r?\n[ \t]*\r?\n|\Z)"
)
_NUMBERED = re.compile(
    r"(?:\A|(?<=[.!?:”\"')])[ \t]*\r?\n|\n[ \t]*\r?\n)[ \t]*"
    r"((?:#+[ \t]+|\d{1,2}(?:\.\d{1,2})*\.?[ \t]+|(?=[A-Z][A-Z ]{5,}[ \t]*\r?$))"
    r"[A-Z][^\n.!?;]{1,70})(?<![\s,])[ \t]*\r?$",
    re.M,
)
"""A short title after a number or #, or in capitals, that follows a complete sentence or an empty line."""


def body_of(text: str) -> tuple[Flow, tuple[int, ...]]:
    """The body of a text, and the offset in it at which each of its pages begins."""
    parts = text.split("\f")
    bases, at = [], 0
    for part in parts:
        bases.append(at)
        at += len(part) + 1
    furniture = _edges(parts) if len(parts) > 1 else _page_lines(text)
    pages = tuple(
        Page(
            number=n + 1,
            text=part,
            marks=tuple(Mark(kind="footer", start=s, end=e) for s, e in sorted(furniture.get(n, ()))),
        )
        for n, part in enumerate(parts)
    )
    return Flow.of(Reading(document_id="text", sha256="", pages=pages)), tuple(bases)


def heads_of(text: str) -> list[int]:
    """Offsets of separate lines that look like headings."""
    return sorted({match.start(1) for look in (_ALONE, _NUMBERED) for match in look.finditer(text)})


def repeats(pages: int) -> int:
    """The number of pages on which a line at the edge must repeat to be a running header or footer."""
    return max(2, round(0.4 * pages))


def _masked(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()).lower())


def _edges(parts: list[str]) -> dict[int, set[tuple[int, int]]]:
    lines = [[(m.start(), m.end()) for m in _LINE.finditer(part)] for part in parts]
    edges = [sorted({*own[:EDGE], *own[-EDGE:]}) for own in lines]
    seen = Counter(key for part, own in zip(parts, edges, strict=True) for key in {_masked(part[s:e]) for s, e in own})
    return {
        n: {
            (s, e)
            for s, e in own
            if PAGE_NUMBER.match(part[s:e].strip()) or seen[_masked(part[s:e])] >= repeats(len(parts))
        }
        for n, (part, own) in enumerate(zip(parts, edges, strict=True))
    }


def _page_lines(text: str) -> dict[int, set[tuple[int, int]]]:
    """In a text without form feeds: lines that name a page, and neighbours of theirs that repeat as often."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(text)]
    words = [text[s:e].strip() for s, e in lines]
    named = {n for n, line in enumerate(words) if _PAGE_WORD.match(line)}
    seen = Counter(map(_masked, words))
    beside = {
        m
        for n in named
        for m in (n - 2, n - 1, n + 1, n + 2)
        if 0 <= m < len(lines) and seen[_masked(words[m])] >= max(2, len(named) - 1)
    }
    sure = {n for n in named if _PAGE_OF.match(words[n])} | _counted(words)
    return {0: {lines[n] for n in (named | beside if len(named) > 1 else set()) | sure}}


def _counted(words: list[str]) -> set[int]:
    """Lines with only a number that count the pages: at least three, each one more than the last."""
    bare = [(n, int(line)) for n, line in enumerate(words) if line.isdecimal() and len(line) < 4]
    runs = all(after == before + 1 for (_, before), (_, after) in itertools.pairwise(bare))
    return {n for n, _ in bare} if len(bare) > 2 and runs else set()
