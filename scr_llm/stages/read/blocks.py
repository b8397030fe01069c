"""Divide the body of a document into the paragraphs and list members that may be items."""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from scr_llm.records import Section, SectionKind
from scr_llm.stages.read.furniture import CARD
from scr_llm.stages.read.marker import Marker, Sequences, inner, marker
from scr_llm.text.flow import Flow, readable

Kind = Literal["finding", "recommendation"]
Style = Literal["card", "number", "bullet", "plain"]

_BULLET = re.compile(r"^[•●▪‣◦\-–*\uf0b7\u25cf\u00b7\uf0a7]\s+")
SECTION_KINDS: dict[SectionKind, Kind] = {
    "findings": "finding",
    "lessons": "finding",
    "recommendations": "recommendation",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of the flow, or the part of it in which an item begins."""

    start: int
    end: int
    style: Style
    number: Marker | None
    label: str | None
    """The number as printed."""
    body: int
    """Where its text begins, after its number."""
    kind: Kind | None
    """Kind of the items of its section, or of the card."""
    section: Section | None
    group: int
    """Number of the run of sections of the same kind that it is in."""
    inner: bool = False
    """Whether it begins within a paragraph."""


def blocks_of(flow: Flow) -> list[Block]:
    """The blocks of a document's body, in reading order."""
    return [_unless_a_title(flow, block) for block in _blocks(flow, _contexts(flow))]


def _contexts(flow: Flow) -> dict[Section, tuple[Kind | None, int]]:
    """For each section, the kind of its items and the number of its run of sections of the same kind."""
    contexts: dict[Section, tuple[Kind | None, int]] = {}
    group, before = 0, None
    for _, section in flow.sections:
        if section.kind != before:
            group, before = group + 1, section.kind
        contexts[section] = (SECTION_KINDS.get(section.kind), group)
    return contexts


def _blocks(flow: Flow, contexts: dict[Section, tuple[Kind | None, int]]) -> list[Block]:
    sections = {at for at, _ in flow.sections}
    cut = _inner_starts(flow)
    starts = sorted({0, *(m.end() for m in re.finditer(r"\n+", flow.text)), *sections, *cut})
    blocks: list[Block] = []
    counts: dict[int, Sequences] = {}
    for start, end in pairwise([*starts, len(flow.text)]):
        line = flow.text[start:end]
        if not line.strip():
            continue
        section = flow.section_at(start)
        kind, group = contexts[section] if section else (None, 0)
        plain = Block(
            start=start,
            end=end,
            style="plain",
            number=None,
            label=None,
            body=start,
            kind=kind,
            section=section,
            group=group,
        )
        fresh = start == 0 or start in sections or flow.text[:start].endswith("\n\n")
        free = start in cut or (fresh and (start in sections or not _is_unfinished(flow.text[:start])))
        card, bullet = CARD.match(line), _BULLET.match(line)
        if card and _is_card(card, line, fresh):
            blocks.append(_card(plain, card, line))
        elif number := counts.setdefault(group, Sequences()).accept(marker(line), free=free, fresh=fresh):
            body, inside = start + len(number.printed), start in cut and not fresh
            blocks.append(replace(plain, style="number", number=number, label=number.label, body=body, inner=inside))
        elif bullet:
            blocks.append(replace(plain, style="bullet", body=start + bullet.end()))
        elif fresh and not (blocks and blocks[-1].section is section and _is_alone(flow, blocks[-1])):
            blocks.append(plain)
        elif blocks:
            blocks[-1] = replace(blocks[-1], end=end)
    return blocks


def _card(plain: Block, card: re.Match[str], line: str) -> Block:
    """The block as a card. A heading that is not numbered is part of the text, unless it is alone on its line."""
    kind: Kind = "recommendation" if card["kind"].lower() == "recommendation" else "finding"
    has_heading = bool(card["number"]) or not line[card.end() :].strip()
    body = plain.start + (card.end() if has_heading else 0)
    return replace(plain, style="card", label=card["number"], body=body, kind=kind)


def _unless_a_title(flow: Flow, block: Block) -> Block:
    """The block; made a plain paragraph where it is a list member that only names a later section."""
    text = readable(flow.text[block.body : block.end].split("\n\n")[0]).lower()
    if block.style not in ("number", "bullet") or not text:
        return block
    names = any(at > block.start and readable(section.title).lower().endswith(text) for at, section in flow.sections)
    return replace(block, style="plain", number=None, label=None) if names else block


def _is_unfinished(text: str) -> bool:
    """Whether a text ends in the middle of a sentence, to which a number after it may belong."""
    return bool(text.strip()) and not re.search(r"[.!?;:”’\"')\]–—-]\s*$", text[-12:])


def _is_alone(flow: Flow, block: Block) -> bool:
    """Whether a number or bullet is alone on its line, so that the text below belongs to it."""
    return block.style in ("number", "bullet") and not flow.text[block.body : block.end].strip()


def _inner_starts(flow: Flow) -> set[int]:
    """Where list members inside a paragraph begin, in sections of findings and recommendations."""
    bounds = [*((at, section.kind) for at, section in flow.sections), (len(flow.text), None)]
    return {
        at + offset
        for (at, kind), (following, _) in pairwise(bounds)
        if kind in SECTION_KINDS
        for offset in inner(flow.text[at:following])
    }


def _is_card(card: re.Match[str], line: str, fresh: bool) -> bool:
    """Whether a match is really a card: it has its stop, is alone on its line or begins a paragraph.

    `Recommendation 4 was made because` is a sentence.
    """
    rest = line[card.end() :].strip()
    return line[:1].isupper() and (bool(card["stop"] or card["colon"]) or not rest or (fresh and rest[:1].isupper()))
