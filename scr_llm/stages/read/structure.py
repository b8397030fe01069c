"""Furniture, headings and sections of a document, found from its lines."""

import re
from dataclasses import dataclass

from scr_llm.records import Mark, Section, SectionKind
from scr_llm.stages.read.furniture import CARD, Places, body_size, furniture
from scr_llm.stages.read.pdf import Line, RawPage

_LEADERS = re.compile(r"(?:\.\s?){4,}\s*\d{1,3}\s*$")
_CONTENTS = re.compile(r"^(?:table of )?contents$", re.I)
_NUMBERING = re.compile(r"^(?:(?:section|part|chapter)\s+)?(?:\d+(?:\.\d+)*\.?|[A-Z][.)]|[ivx]+[.)])\s*", re.I)
_KINDS: tuple[tuple[SectionKind, str], ...] = (
    ("contents", r"contents"),
    ("action_plan", r"action plan|implementation plan|progress on action|action already taken|what we will do"),
    ("terms_of_reference", r"terms of reference|purpose of|scope of|key lines of enquiry|questions (?:for|asked|to be)|aims of|the questions"),
    ("good_practice", r"good practice|positive practice|effective practice|strengths|what (?:went|worked) well"),
    ("recommendations", r"recommendation|recommended actions|what (?:we|the (?:panel|board|review|reviewer|author)s?) recommends?|priorities for (?:action|change)"),
    ("lessons", r"lessons?\b|learning|what we learned|priorities for learning"),
    ("findings", r"findings?\b|key issues|issues and themes|key themes|emerging themes"),
    ("conclusion", r"conclusion|concluding|summary of conclusions"),
    ("panel", r"panel|membership|independent (?:chair|author|overview)|contributors|agencies (?:involved|represented|contributing)"),
    ("glossary", r"glossary|abbreviations|acronyms|key to"),
    ("analysis", r"analysis|how (?:the )?(?:agencies|services|professionals) worked|key (?:practice )?episodes?|evaluation|appraisal|critique|themes|episode|what the review found"),
    ("facts", r"facts|summary of (?:events|the case|agency|involvement)|chronology|narrative|background|circumstances|the (?:child|family|case|events)|story|day in the life|who was|history|agency involvement|what happened"),
    ("process", r"process|methodology|how the review|conduct of|parallel|family involvement|the review$|method"),
    ("introduction", r"introduction|foreword|preface|executive summary|rationale|reason|why this"),
)  # fmt: skip


@dataclass(frozen=True)
class Structure:
    """What was found."""

    marks: tuple[tuple[Mark, ...], ...]
    """A tuple a page."""
    sections: tuple[Section, ...]
    """In reading order."""


def structure(pages: tuple[RawPage, ...]) -> Structure:
    """Find furniture and sections."""
    places = furniture(pages) | _contents(pages)
    body = body_size(pages)
    marks: list[list[Mark]] = [[] for _ in pages]
    found: list[tuple[int, Line, str]] = []
    for index, page in enumerate(pages):
        previous: Line | None = None
        for number, line in enumerate(page.lines):
            if line.hidden:
                continue
            kind = places.get((index, number))
            if kind is None and _is_heading(line, body) and not CARD.match(line.text):
                kind = "heading"
                joins = (
                    previous is not None and found and found[-1][0] == index and found[-1][1] is previous
                    and previous.size == line.size and previous.bold == line.bold and not line.paragraph
                )  # fmt: skip
                if joins:
                    found[-1] = (index, line, f"{found[-1][2]} {line.text}")
                else:
                    found.append((index, line, line.text))
            if kind:
                marks[index].append(Mark(kind=kind, start=line.start, end=line.end))
            else:
                marks[index] += [Mark(kind="footnote", start=start, end=end) for start, end in line.markers]
            previous = line
        marks[index] = _with_hidden(marks[index], page)
    kinds = _inherited([(section_kind(title), line.size) for _, line, title in found])
    sections = tuple(
        Section(kind=kind, title=title, page=index + 1, start=line.start)
        for kind, (index, line, title) in zip(kinds, found, strict=True)
    )
    return Structure(tuple(map(tuple, marks)), sections)


def _with_hidden(marks: list[Mark], page: RawPage) -> list[Mark]:
    hidden = [
        Mark(kind="hidden", start=start, end=end) for start, end, _ in page.hidden
        if not any(mark.start < end and start < mark.end for mark in marks)
    ]  # fmt: skip
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
    return _NUMBERING.sub("", text).lower().strip()


_WHOLE: frozenset[SectionKind] = frozenset({"recommendations", "terms_of_reference", "action_plan"})
"""Kinds that hold for everything under their heading, whatever the smaller headings within are called."""


def _inherited(own: list[tuple[SectionKind, float]]) -> list[SectionKind]:
    """A smaller heading that does not tell its kind has that of the larger one above it."""
    kinds: list[SectionKind] = []
    above: list[tuple[SectionKind, float]] = []
    for kind, size in own:
        while above and above[-1][1] <= size:
            above.pop()
        if above and (kind == "other" or above[-1][0] in _WHOLE):
            kind = above[-1][0]
        above.append((kind, size))
        kinds.append(kind)
    return kinds


def section_kind(title: str) -> SectionKind:
    """What a section is for, from its heading."""
    plain = _NUMBERING.sub("", title).lower()
    for kind, pattern in _KINDS:
        if re.search(pattern, plain):
            return kind
    return "other"


def _is_heading(line: Line, body: float) -> bool:
    text = line.text
    if not 3 <= len(text) <= 110 or len(text.split()) > 16 or text[-1] in ".;," or not re.search(r"[A-Za-z]{3}", text):
        return False
    if text[0] in "•▪●–-" or text[:1].islower():
        return False
    large = line.size > body * 1.08
    plain = _NUMBERING.sub("", text)
    known = len(plain.split()) <= 8 and section_kind(text) != "other" and line.size >= body
    return (large and line.paragraph) or (line.bold and line.paragraph) or (known and line.paragraph and body == 0.0)
