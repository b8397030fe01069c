"""Furniture, headings and sections of a document, found from its lines."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from scr_llm.records import Mark, Section, SectionKind
from scr_llm.stages.read.furniture import CARD, Places, body_size, furniture
from scr_llm.stages.read.kinds import NUMBERING, section_kind
from scr_llm.stages.read.pdf import Line, RawPage
from scr_llm.stages.read.tables import Row, header, rows

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d{1,3}\s*$")
_CONTENTS = re.compile(r"^(?:table of )?contents$", re.I)


@dataclass(frozen=True)
class Structure:
    """What was found."""

    marks: tuple[tuple[Mark, ...], ...]
    """A tuple a page."""
    sections: tuple[Section, ...]
    """In reading order."""
    rows: tuple[Row, ...]
    """Of its tables of findings or recommendations, in reading order."""


def structure(pages: tuple[RawPage, ...]) -> Structure:
    """Find furniture and sections."""
    places = furniture(pages) | _contents(pages)
    body = body_size(pages)
    marks: list[list[Mark]] = [[] for _ in pages]
    found: list[tuple[int, Line, str]] = []
    bare: list[bool] = []
    for index, page in enumerate(pages):
        previous: Line | None = None
        runs = _runs(page)
        for number, line in enumerate(page.lines):
            if line.hidden:
                continue
            kind = places.get((index, number))
            if kind is None and _is_heading(line, body) and not _is_text(runs[number]):
                kind = "heading"
                joins = (
                    previous is not None
                    and found
                    and found[-1][0] == index
                    and found[-1][1] is previous
                    and previous.size == line.size
                    and previous.bold == line.bold
                    and not line.paragraph
                )
                if header(line):
                    pass  # of a table, which begins no section
                elif joins:
                    found[-1] = (index, line, f"{found[-1][2]} {line.text}")
                else:
                    found.append((index, line, line.text))
                    bare.append(True)
            elif kind is None and bare:
                bare[-1] = False
            if kind:
                marks[index].append(Mark(kind=kind, start=line.start, end=line.end))
            else:
                marks[index] += [Mark(kind="footnote", start=start, end=end) for start, end in line.markers]
            previous = line
        marks[index] = _with_hidden(marks[index], page)
    heads = [_Head(section_kind(title), line.size, none) for (_, line, title), none in zip(found, bare, strict=True)]
    kinds = _inherited(heads, found[0][2] if found else "")
    sections = tuple(
        Section(kind=kind, title=title, page=index + 1, start=line.start)
        for kind, (index, line, title) in zip(kinds, found, strict=True)
    )
    return Structure(tuple(map(tuple, marks)), sections, rows(pages, places))


def _runs(page: RawPage) -> list[str]:
    """For each line the text of all lines of its size that make one paragraph with it."""
    runs: list[list[str]] = []
    before: Line | None = None
    for line in page.lines:
        if before is None or line.paragraph or line.size != before.size:
            runs.append([])
        runs[-1].append(line.text)
        before = line
    return [" ".join(run) for run in runs for _ in run]


def _is_text(run: str) -> bool:
    """Whether a paragraph in a heading's look is none: it says something to its end, or is an item with its name."""
    return bool(CARD.match(run)) or run[-1] in ".;," or len(run.split()) > 40


def _with_hidden(marks: list[Mark], page: RawPage) -> list[Mark]:
    hidden = [
        Mark(kind="hidden", start=start, end=end)
        for start, end, _ in page.hidden
        if not any(mark.start < end and start < mark.end for mark in marks)
    ]
    return sorted([*marks, *hidden], key=lambda mark: mark.start)


def _contents(pages: tuple[RawPage, ...]) -> Places:
    """Lines with leaders anywhere; behind a heading `Contents`, those that end in a page's number or stand again on a later page."""
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
"""Kinds that hold for everything under their heading, whatever the smaller headings within are called."""


class _Head(NamedTuple):
    """A heading."""

    kind: SectionKind
    size: float
    bare: bool
    """Whether the next heading follows at once."""


def _inherited(heads: list[_Head], title: str) -> list[SectionKind]:
    """The kinds of all headings. One that does not tell its kind has that of the larger one above it, or of one as large
    that has no text of its own. The document's title, the first and largest, is above nothing, whatever it announces.
    """
    if len(heads) > 2 and len(title.split()) > 4 and heads[0].size > max(head.size for head in heads[1:]):
        heads = [_Head("introduction", heads[1].size, False), *heads[1:]]
    kinds: list[SectionKind] = []
    above: list[_Head] = []
    for head in heads:
        while above and above[-1].size <= head.size:
            last = above.pop()
            if last.size == head.size and last.bare and head.kind == "other" and last.kind != "other":
                head = head._replace(kind=last.kind, bare=True)  # and so for the next as large
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
