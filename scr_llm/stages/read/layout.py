"""Lay out the rows of a page as lines and paragraphs."""

import itertools
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from scr_llm.stages.read.hidden import Hidden
from scr_llm.stages.read.letters import whole

_PREFIXES = frozenset(
    {
        "multi",
        "co",
        "self",
        "non",
        "ante",
        "post",
        "pre",
        "well",
        "long",
        "single",
        "inter",
        "cross",
        "re",
        "mid",
        "ex",
        "semi",
        "half",
    }
)
"""Beginnings of words that usually keep their hyphen."""
UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that no file format accepts. Each becomes U+FFFD, so that offsets hold and the page is flagged."""
_STOP = re.compile(r"[.!?][”’\"')\]]*\s+|\n{2,}")
PUNCTUATION = ".,;:()“”‘’'\""


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line."""

    start: int
    """Offset in the page's text."""
    end: int
    """Offset just after its last character, not counting the line end."""
    text: str
    """The line, stripped."""
    size: float
    """Font size of its first character as drawn, in points; 0 where unknown."""
    bold: bool
    """Whether that font is bold."""
    top: float
    """Height of its top on the page as a person reads it, in points; for rotated text, from another origin."""
    paragraph: bool
    """Whether a paragraph begins here."""
    markers: tuple[tuple[int, int], ...] = ()
    """Offsets in the page's text of the footnote markers in the line."""
    hidden: bool = False
    """Whether the whole line is invisible."""
    words: tuple[tuple[int, float, float], ...] = ()
    """For each word, its offset in the page's text, and where it begins and ends along the line, in points."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as drawn."""

    text: str
    """Lines are separated by one newline, paragraphs by two."""
    lines: tuple[Line, ...]
    """In reading order."""
    images: int
    """Number of images on it; counted only where there is almost no text."""
    engine: Literal["pdfium", "pypdf", "ocr", ""]
    """What gave the text; empty where nothing could."""
    hidden: tuple[tuple[int, int, str], ...] = ()
    """Text that cannot be seen on the printed page: start and end offset, and the reason."""
    scanned: bool = False
    """Whether a machine recognised the text from an image."""
    pictured: float = 0.0
    """Share of the page (0-1) that images cover, counted only where hidden text is looked for."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A page's lines as pdfium gives them."""

    lines: tuple[tuple[str, Line], ...]
    """Each line as printed, keeping white space before it, with how it looks; its offsets are not yet set."""
    words: frozenset[str]
    """Every word of the page in lower case, if any word is divided at a line's end."""
    images: int
    """As in RawPage."""
    hidden: tuple[Hidden, ...]
    """Words that cannot be seen."""
    scanned: bool
    """As in RawPage."""
    pictured: float
    """As in RawPage."""


def usual_leading(pages: list[Rows]) -> dict[int, float]:
    """The usual distance in points between two lines of a paragraph, for each rounded font size.

    It is the smallest of the distances that are about as common as the commonest in the document.
    """
    gaps: dict[int, Counter[float]] = {}
    for rows in pages:
        for (_, upper), (_, lower) in itertools.pairwise(rows.lines):
            gap = upper.top - lower.top
            if upper.size == lower.size and 0.9 * lower.size < gap < 2.6 * lower.size:
                gaps.setdefault(round(lower.size), Counter())[round(gap * 2) / 2] += 1
    return {
        size: min((g for g, n in found.items() if n >= 0.5 * max(found.values())), default=0.0)
        for size, found in gaps.items()
    }


def lay_out(rows: Rows, leading: dict[int, float]) -> RawPage:
    """A page with its lines in paragraphs, given the usual distance between lines for each font size."""
    text = ""
    lines: list[Line] = []
    before: Line | None = None
    own = 0.0  # distance between the last two lines of this paragraph
    for row, line in rows.lines:
        starts = before is None or _begins_paragraph(before, line, leading, own)
        if before is not None:
            text += "\n\n" if starts else "\n"
        body = UNWRITABLE.sub("\ufffd", whole(_line_hyphens(row, rows.words)))
        markers = tuple(
            (len(text) + len(whole(row[:start])), len(text) + len(whole(row[:end]))) for start, end in line.markers
        )
        words = tuple((len(text) + len(whole(row[:at])), left, right) for at, left, right in line.words)
        end = len(text) + len(body)
        lines.append(
            replace(line, start=len(text), end=end, text=body.strip(), paragraph=starts, markers=markers, words=words)
        )
        text += body
        own = before.top - line.top if before is not None and not starts else 0.0
        before = line
    hidden = _hidden_stretches(rows, lines, text)
    lines = [replace(line, hidden=True) if _is_within(text, line, hidden) else line for line in lines]
    return RawPage(
        text=text,
        lines=tuple(lines),
        images=rows.images,
        engine="pdfium",
        hidden=tuple(hidden),
        scanned=rows.scanned,
        pictured=rows.pictured,
    )


def _hidden_stretches(rows: Rows, lines: list[Line], text: str) -> list[tuple[int, int, str]]:
    """The page's hidden text by its offsets in the page's text."""
    hidden: list[tuple[int, int, str]] = []
    for each in rows.hidden:
        at, row = lines[each.row].start, rows.lines[each.row][0]
        start, end = at + len(whole(row[: each.start])), at + len(whole(row[: each.end]))
        if each.whole:
            start, end = _sentence(text, start, end)
        hidden.append((start, end, each.why))
    return _apart(hidden)


def _apart(stretches: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The stretches in order. Those that overlap are merged, with the reason of the longer."""
    apart: list[tuple[int, int, str]] = []
    for start, end, why in sorted(stretches):
        if apart and start < apart[-1][1]:
            low, high, other = apart[-1]
            apart[-1] = (low, max(high, end), why if end - start > high - low else other)
        else:
            apart.append((start, end, why))
    return apart


def _is_within(text: str, line: Line, hidden: list[tuple[int, int, str]]) -> bool:
    """Whether nothing of a line is left outside its hidden stretches."""
    at = line.start
    for start, end, _ in hidden:
        if start < line.end and end > line.start:
            if text[at : max(at, start)].strip():
                return False
            at = max(at, end)
    return at > line.start and not text[at : line.end].strip()


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch, extended to the whole of each sentence that it touches."""
    ends = [0, *(match.end() for match in _STOP.finditer(text)), len(text)]
    low = max(stop for stop in ends if stop <= start)
    high = min(stop for stop in ends if stop >= end)
    return low, low + len(text[low:high].rstrip())


def _begins_paragraph(before: Line, line: Line, leading: dict[int, float], own: float) -> bool:
    usual = leading.get(round(line.size)) or 1.3 * line.size or 14.0
    gap = before.top - line.top
    if -12 * usual < gap < -0.5 * usual and not line.text[:1].islower():
        return True  # the next cell in a row of a table
    if gap < -2 * usual and before.text[-1:].islower():
        return False  # the paragraph continues at the top of the next column
    runs_on = before.bold and not line.bold and (before.text[-1:] in ".,;" or _goes_on(before, line))
    if abs(before.size - line.size) > 0.6 or (before.bold != line.bold and not runs_on):
        return True
    if usual < gap < 2.6 * line.size and (_goes_on(before, line) or abs(gap - own) < 0.05 * own):
        return False  # a box with wider line spacing than the rest
    return gap > 1.25 * usual or gap < -2 * usual


def _goes_on(before: Line, line: Line) -> bool:
    """Whether a line can only be the continuation of the one before."""
    return line.text[:1].islower() and (before.text[-1:].isalnum() or before.text[-1:] == ",")


def _line_hyphens(line: str, words: frozenset[str]) -> str:
    """A line in which each hyphen at a line's end is marked as only dividing a word or as belonging to it.

    Pdfium joins a word divided at a line's end by U+FFFE. A soft hyphen then marks one that only divides, U+2010 one
    that belongs to the word.
    """
    if "\ufffe" not in line:
        return line
    out = []
    for word in line.split(" "):
        if "\ufffe" in word:
            bare = word.strip(PUNCTUATION).lower()
            whole, hyphened = bare.replace("\ufffe", ""), bare.replace("\ufffe", "-")
            own = hyphened in words or (whole not in words and bare.split("\ufffe")[0] in _PREFIXES)
            word = word.replace("\ufffe", "\u2010" if own else "\xad")
        out.append(word)
    return " ".join(out)
