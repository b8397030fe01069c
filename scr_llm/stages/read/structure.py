"""Find the furniture, headings and sections of a document from its lines."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from scr_llm.records import Mark, Section, SectionKind
from scr_llm.stages.read.furniture import CARD, Places, body_size, furniture
from scr_llm.stages.read.kinds import NUMBERING, section_kind
from scr_llm.stages.read.layout import Line, RawPage
from scr_llm.stages.read.tables import Row, header, rows

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d{1,3}\s*$")
_CONTENTS = re.compile(r"^(?:table of )?contents$", re.I)


@dataclass(frozen=True)
class Structure:
    """The structure of a document."""

    marks: tuple[tuple[Mark, ...], ...]
    """One tuple per page."""
    sections: tuple[Section, ...]
    """In reading order."""
    rows: tuple[Row, ...]
    """The rows of its tables of findings or recommendations, in reading order."""


@dataclass(slots=True)
class _Heading:
    """A heading of one or more lines, as far as it has been read."""

    page: int
    """Index of its page, from 0."""
    line: Line
    """Its last line."""
    title: str
    bare: bool = True
    """Whether no text follows before the next heading."""

    def is_continued_by(self, line: Line, page: int, previous: Line | None) -> bool:
        """Whether a line is a further line of this heading."""
        return (
            self.page == page
            and self.line is previous
            and self.line.size == line.size
            and self.line.bold == line.bold
            and not line.paragraph
        )


def structure(pages: tuple[RawPage, ...]) -> Structure:
    """Find the furniture, sections and tables of a document."""
    places = furniture(pages) | _contents(pages)
    body = body_size(pages)
    headings: list[_Heading] = []
    marks = [_page_marks(index, page, places, body, headings) for index, page in enumerate(pages)]
    heads = [_Head(section_kind(each.title), each.line.size, each.bare) for each in headings]
    kinds = _inherited(heads, headings[0].title if headings else "")
    sections = tuple(
        Section(kind=kind, title=heading.title, page=heading.page + 1, start=heading.line.start)
        for kind, heading in zip(kinds, headings, strict=True)
    )
    return Structure(tuple(marks), sections, rows(pages, places))


def _page_marks(index: int, page: RawPage, places: Places, body: float, headings: list[_Heading]) -> tuple[Mark, ...]:
    """The marks of one page. Its headings are added to those of the pages before."""
    marks: list[Mark] = []
    previous: Line | None = None
    runs = _runs(page)
    for number, line in enumerate(page.lines):
        if line.hidden:
            continue
        kind = places.get((index, number))
        if kind is None and _is_heading(line, body) and not _is_text(runs[number]):
            kind = "heading"
            if header(line):
                pass  # the heading of a table does not begin a section
            elif headings and headings[-1].is_continued_by(line, index, previous):
                headings[-1].line, headings[-1].title = line, f"{headings[-1].title} {line.text}"
            else:
                headings.append(_Heading(index, line, line.text))
        elif kind is None and headings:
            headings[-1].bare = False
        if kind:
            marks.append(Mark(kind=kind, start=line.start, end=line.end))
        else:
            marks += [Mark(kind="footnote", start=start, end=end) for start, end in line.markers]
        previous = line
    return _with_hidden(marks, page)


def _runs(page: RawPage) -> list[str]:
    """For each line, the text of all lines of its size in the same paragraph."""
    runs: list[list[str]] = []
    before: Line | None = None
    for line in page.lines:
        if before is None or line.paragraph or line.size != before.size:
            runs.append([])
        runs[-1].append(line.text)
        before = line
    return [" ".join(run) for run in runs for _ in run]


def _is_text(run: str) -> bool:
    """Whether a paragraph that looks like a heading is text: it ends like a sentence, is long, or is a named item."""
    return bool(CARD.match(run)) or run[-1] in ".;," or len(run.split()) > 40


def _with_hidden(marks: list[Mark], page: RawPage) -> tuple[Mark, ...]:
    hidden = [
        Mark(kind="hidden", start=start, end=end)
        for start, end, _ in page.hidden
        if not any(mark.start < end and start < mark.end for mark in marks)
    ]
    return tuple(sorted([*marks, *hidden], key=lambda mark: mark.start))


def _contents(pages: tuple[RawPage, ...]) -> Places:
    """Lines of a contents list.

    They are lines with dot leaders anywhere and, after a heading `Contents`, lines that end in a page number or occur
    again on a later page.
    """
    found: Places = {}
    last_seen = {_bare(line.text): index for index, page in enumerate(pages) for line in page.lines}
    for index, page in enumerate(pages):
        inside, strange = False, 0
        for number, line in enumerate(page.lines):
            if _CONTENTS.match(line.text):
                inside, strange = True, 0
                found[index, number] = "contents"
            elif _LEADERS.search(line.text):
                found[index, number] = "contents"
            elif inside:
                again = len(line.text) > 4 and last_seen[_bare(line.text)] > index
                entry = again or bool(re.search(r"\s\d{1,3}$", line.text))
                strange = 0 if entry else strange + 1
                inside = strange < 3 and len(line.text.split()) < 16
                if entry:
                    found[index, number] = "contents"
    return found


def _bare(text: str) -> str:
    return NUMBERING.sub("", text).lower().strip()


_WHOLE: frozenset[SectionKind] = frozenset({"recommendations", "terms_of_reference", "action_plan"})
"""Kinds that apply to everything under their heading, whatever the smaller headings inside are called."""


class _Head(NamedTuple):
    """A heading."""

    kind: SectionKind
    size: float
    bare: bool
    """Whether the next heading follows immediately."""


def _inherited(heads: list[_Head], title: str) -> list[SectionKind]:
    """The kinds of all headings.

    A heading that does not show its kind takes that of the larger heading above it, or of a heading of the same size
    that has no text under it. The document's title, the first and largest, passes its kind to nothing.
    """
    if len(heads) > 2 and len(title.split()) > 4 and heads[0].size > max(head.size for head in heads[1:]):
        heads = [_Head("introduction", heads[1].size, False), *heads[1:]]
    kinds: list[SectionKind] = []
    above: list[_Head] = []
    for head in heads:
        while above and above[-1].size <= head.size:
            last = above.pop()
            if last.size == head.size and last.bare and head.kind == "other" and last.kind != "other":
                head = head._replace(kind=last.kind, bare=True)  # so that the next heading of this size takes it too
        if above and (head.kind == "other" or above[-1].kind in _WHOLE):
            head = head._replace(kind=above[-1].kind)
        above.append(head)
        kinds.append(head.kind)
    return kinds


def _is_heading(line: Line, body: float) -> bool:
    text = line.text
    if not 3 <= len(text) <= 110 or len(text.split()) > 16 or text[-1] in ".;," or not re.search(r"[A-Za-z]{3}", text):
        return False
    if text[0] in "•▪●–-" or text[:1].islower():
        return False
    large = line.size > body * 1.08
    plain = NUMBERING.sub("", text)
    known = len(plain.split()) <= 8 and section_kind(text) != "other" and line.size >= body
    return (large and line.paragraph) or (line.bold and line.paragraph) or (known and line.paragraph and body == 0.0)
