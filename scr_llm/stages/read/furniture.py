"""Find lines that belong to the page rather than the text.

They are running headers and footers, page numbers, footnotes and cover sheets.
"""

import re
from collections import Counter

from scr_llm.records import MarkKind
from scr_llm.stages.read.layout import RawPage
from scr_llm.text.plain import EDGE, PAGE_NUMBER, repeats

CARD = re.compile(
    r"^(?P<kind>recommendation|(?:key )?finding|(?:key )?lesson|(?:key )?learning point|learning|priority)"
    r"(?:\s+(?:no\.?\s*)?"
    r"(?P<number>\d+(?:\.\d+)?[a-z]?|[A-Z](?=[:.)])|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"\b\s*(?P<stop>[:.)–—-]?)|(?P<colon>:))\s*",
    re.I,
)
"""The heading of a finding or recommendation: its own name with a number or letter, or at least a colon."""

Places = dict[tuple[int, int], MarkKind]
"""The kind of each line, by the index of its page and its number there, both from 0."""

_SMALL = 0.93
"""Largest size of a footnote's letters, as a share of the body's."""
_COVER_WORDS = 160
"""Most words that a cover sheet has."""
_FOOTNOTE = re.compile(r"^(?:\d{1,3}|\*|†)\s*\D")


def furniture(pages: tuple[RawPage, ...]) -> Places:
    """Every line of furniture in a document."""
    found = _running(pages)
    body = body_size(pages)
    for index, page in enumerate(pages):
        found |= _footnotes(index, page, body, found)
    return found | _cover(pages, found)


def body_size(pages: tuple[RawPage, ...]) -> float:
    """The font size of most letters, in points; 0 where none is known."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            if not line.hidden:
                sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _running(pages: tuple[RawPage, ...]) -> Places:
    """Lines at the top or bottom of pages that repeat, even if a date or number in them changes."""
    edges: dict[str, set[int]] = {}
    places: list[tuple[int, int, str, bool]] = []
    for index, page in enumerate(pages):
        shown = [n for n, line in enumerate(page.lines) if not line.hidden]
        order = sorted(shown, key=lambda n: -page.lines[n].top) if page.engine == "pdfium" else shown
        for rank, number in enumerate(order):
            upper = rank < EDGE
            if upper or rank >= len(order) - EDGE:
                key = re.sub(r"\d+", "#", page.lines[number].text.lower())
                edges.setdefault(key, set()).add(index)
                places.append((index, number, key, upper))
    needed = repeats(len(pages))
    found: Places = {}
    for index, number, key, upper in places:
        text = pages[index].lines[number].text
        if PAGE_NUMBER.match(text):
            found[index, number] = "page_number"
        elif len(pages) > 1 and len(edges[key]) >= needed and not CARD.match(text):
            found[index, number] = "header" if upper else "footer"
    return found


def _footnotes(index: int, page: RawPage, body: float, known: Places) -> Places:
    """The lines in smaller type at the foot of a page, from the first that begins with a note's number.

    Only on a page with a footnote marker in its text.
    """
    if not any(line.markers for line in page.lines):
        return {}
    foot: list[int] = []
    for number in range(len(page.lines) - 1, -1, -1):
        line = page.lines[number]
        if (index, number) in known or line.hidden:
            continue
        if line.size > _SMALL * body and not line.markers:
            break
        foot.insert(0, number)
    while foot and not _FOOTNOTE.match(page.lines[foot[0]].text):
        foot.pop(0)
    return {(index, number): "footnote" for number in foot}


def _cover(pages: tuple[RawPage, ...], known: Places) -> Places:
    """A first page of few words, before a page with more."""
    if len(pages) < 2:
        return {}
    words = [
        sum(len(line.text.split()) for n, line in enumerate(page.lines) if (index, n) not in known)
        for index, page in enumerate(pages[:2])
    ]
    if not 0 < words[0] <= _COVER_WORDS or words[1] <= words[0]:
        return {}
    long = [line for line in pages[0].lines if len(line.text.split()) > 6 and not line.text.endswith((".", ":"))]
    if len(long) > 4 or any(CARD.match(line.text) for line in pages[0].lines):
        return {}
    return {(0, number): "cover" for number in range(len(pages[0].lines)) if (0, number) not in known}
