"""The body of a reading as one text: without furniture, with pages joined, every character traceable to its page."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from scr_llm.records import Reading, Section, SectionKind, Span

NEVER_EVIDENCE: frozenset[SectionKind] = frozenset({"terms_of_reference", "contents", "panel", "process", "glossary"})
"""Sections whose text is never evidence (rule 4 of the method): full of theme words, but saying nothing of the case."""

_SENTENCE_END = re.compile(r"[.!?][”’\"')\]]*\s+(?=[“‘\"'(\[]?[A-Z0-9])|\n{2,}")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|No|nos?|para|paras|pp?|vol|cf|approx|e\.g|i\.e|etc|[A-Z])\.|\.\.)\s*$"
)
_NUMBER_ONLY = re.compile(r"^\s*(?:\(?[a-zA-Z0-9]{1,3}[.)]|\d+(?:\.\d+)+)\s*$")
_LEAD = re.compile(r"\s*(?:(?:\d{1,2}(?:\.\d{1,2})*|R\s?\d{1,3}|\(?[a-z]\))[.):]?\s*(?=[A-Z“‘])|[•●▪‣◦\uf0b7]\s*)")
_CONTINUES = re.compile(r"[a-z,;–—-]\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one page in the flow."""

    start: int
    """Offset in the flow's text."""
    page: int
    """Page number, from 1."""
    offset: int
    """Offset in the page's text."""
    length: int
    """Characters."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the body."""

    start: int
    """Offset in the flow's text."""
    end: int
    """Offset just after it."""
    raw: str
    """Exactly as in the flow, including line ends."""
    text: str
    """As a person reads it: white space collapsed, line-end hyphens resolved."""
    page: int
    """Page on which it begins."""
    section: str
    """Title of its section."""
    section_kind: SectionKind
    """Kind of its section."""
    paragraph: int
    """Number of its paragraph in the flow, from 0."""


@dataclass(frozen=True)
class Flow:
    """Body text of a reading.

    Pages are joined by one newline where a sentence continues and by two where it does not.
    """

    text: str
    """The body."""
    pieces: tuple[Piece, ...]
    """The stretches of pages that it is made of, in order."""
    sections: tuple[tuple[int, Section], ...]
    """Offset in the flow at which each section begins."""

    @classmethod
    def of(cls, reading: Reading) -> "Flow":
        """The body of a reading."""
        parts: list[str] = []
        pieces: list[Piece] = []
        size = 0
        for page in reading.pages:
            before = -1
            for start, end in unmarked(page.text, [(m.start, m.end) for m in page.marks]):
                piece = page.text[start:end]
                lead = len(piece) - len(piece.lstrip())
                piece = piece.strip()
                if not piece:
                    continue
                if parts:
                    joint = _joint(page.text[before : start + lead] if before >= 0 else None, parts[-1])
                    parts.append(joint)
                    size += len(joint)
                before = start + lead + len(piece)
                pieces.append(Piece(size, page.number, start + lead, len(piece)))
                parts.append(piece)
                size += len(piece)
        flow = cls("".join(parts), tuple(pieces), ())
        return cls(flow.text, flow.pieces, tuple((flow.at(s.page, s.start), s) for s in reading.sections))

    def at(self, page: int, offset: int) -> int:
        """Offset in the flow of the first body character at or after a place on a page."""
        for piece in self.pieces:
            if (piece.page, piece.offset + piece.length) > (page, offset):
                return piece.start + (max(0, offset - piece.offset) if piece.page == page else 0)
        return len(self.text)

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The places of a stretch of the flow on the pages.

        One span for each piece that it touches, without white space at the ends.
        """
        found = []
        index = max(0, bisect_right([p.start for p in self.pieces], start) - 1)
        for piece in self.pieces[index:]:
            if piece.start >= end:
                break
            low, high = max(start, piece.start), min(end, piece.start + piece.length)
            while low < high and self.text[low].isspace():
                low += 1
            while high > low and self.text[high - 1].isspace():
                high -= 1
            if low < high:
                shift = piece.offset - piece.start
                found.append(Span(page=piece.page, start=low + shift, end=high + shift))
        return tuple(found)

    def page_at(self, position: int) -> int:
        """The page number of a character of the flow."""
        index = max(0, bisect_right([p.start for p in self.pieces], position) - 1)
        return self.pieces[index].page if self.pieces else 1

    def section_at(self, position: int) -> Section | None:
        """The section of a character of the flow; None before the first section."""
        current = None
        for start, section in self.sections:
            if start > position:
                break
            current = section
        return current


def _joint(between: str | None, last: str) -> str:
    """What separates two pieces in the flow.

    Args:
        between: the text between them on their page; None where a page ends between them.
        last: the first of the two.
    """
    if between is None:
        return "\n" if _CONTINUES.search(last[-3:]) else "\n\n"
    if "\n" in between:
        return "\n\n"
    # only a footnote marker or hidden words inside a line lie between them
    return " " if between[:1].isspace() or between[-1:].isspace() else ""


def unmarked(text: str, marks: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches of a page's text between its marks."""
    position = 0
    for start, end in sorted(marks):
        if start > position:
            yield position, start
        position = max(position, end)
    if position < len(text):
        yield position, len(text)


def readable(text: str) -> str:
    """A text as a person reads it: white space collapsed, dividing hyphens dropped, a word's own hyphens kept."""
    return re.sub(r"\s+", " ", re.sub(r"\xad\s*", "", re.sub(r"\u2010\s*", "-", text))).strip()


def sentences(flow: Flow) -> tuple[Sentence, ...]:
    """The sentences of the body. The end of a paragraph always ends one; a number or bullet before it is left out."""
    found: list[Sentence] = []
    start, paragraph = 0, 0
    bounds = [
        (m.start() + len(m.group().rstrip()), m.end(), "\n\n" in m.group()) for m in _SENTENCE_END.finditer(flow.text)
    ]
    bounds.append((len(flow.text), len(flow.text), True))
    for end, following, ends_paragraph in bounds:
        start += len(lead.group()) if (lead := _LEAD.match(flow.text[start:end])) else 0
        raw = flow.text[start:end]
        if not ends_paragraph and (_ABBREVIATION.search(raw) or _NUMBER_ONLY.match(raw)):
            continue
        if raw.strip():
            section = flow.section_at(start)
            found.append(
                Sentence(
                    start=start,
                    end=end,
                    raw=raw,
                    text=readable(raw),
                    page=flow.page_at(start),
                    section=section.title if section else "",
                    section_kind=section.kind if section else "other",
                    paragraph=paragraph,
                )
            )
        start = following
        paragraph += ends_paragraph
    return tuple(found)
