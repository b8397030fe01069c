"""Findings and recommendations that a document prints as items of their own, each once.

The rule for counting: items headed by their own name ("Recommendation 4", "Finding 2", "Lesson 1") wherever they stand; in a document
without such, numbered items in sections of that kind; without numbers, the bullets there; without bullets, the paragraphs there.
Action plans repeat and are not counted, unless nothing else holds the recommendations.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from scr_llm.records import NumberedItem, Section, SectionKind
from scr_llm.stages.read.furniture import CARD
from scr_llm.text.flow import Flow, readable
from scr_llm.text.normalise import normalise

Kind = Literal["finding", "recommendation"]

_NUMBER = re.compile(r"^(?P<number>R\s?\d{1,3}|\d{1,2}(?:\.\d{1,2}){0,3}|\(?[a-z]\)|\(?[ivx]{1,5}\))[.):]?\s*(?=[A-Z“‘\"'(\[])")
_BULLET = re.compile(r"^[•●▪‣◦\-–*\uf0b7\u25cf\u00b7]\s+")
_ADDRESSEE = re.compile(
    r"^(?:That\s+)?(?:[Tt]he\s+)?(?P<who>(?:[A-Z][\w’'&]*|and|of|for|the|in|NHS|with)(?:[ ,]+(?:[A-Z][\w’'&()]*|and|of|for|the|in|NHS))*)\s+(?:should|must|needs? to|to|will|is asked|are asked|ensures?|reviews?|considers?)\b"
)
_LABEL = re.compile(r"[A-Z][\w’' ]{2,50}:\s")
"""The lead-in of a card's further part: `How it showed: ...`."""
_CARD_KINDS: dict[str, Kind] = {"recommendation": "recommendation"}
_SECTION_KINDS: dict[SectionKind, Kind] = {"findings": "finding", "lessons": "finding", "recommendations": "recommendation"}


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or item start in the flow."""

    start: int
    end: int
    style: Literal["card", "number", "point", "bullet", "plain"]
    number: str | None
    body: int
    kind: Kind | None
    section: Section | None


def items(flow: Flow) -> tuple[NumberedItem, ...]:
    """All findings and recommendations, in reading order."""
    blocks = _blocks(flow)
    found: list[NumberedItem] = []
    for kind in ("finding", "recommendation"):
        blocks = _one_form(blocks, kind)
        mine = [b for b in blocks if b.kind == kind]
        for style in ("card", "number", "bullet", "plain"):
            if any(b.style == style for b in mine):
                found += _collect(flow, blocks, kind, style)
                break
    return tuple(sorted(_once(found), key=lambda item: (item.page, item.spans[0].start)))


def _blocks(flow: Flow) -> list[_Block]:
    starts = sorted({0, *(m.end() for m in re.finditer(r"\n+", flow.text)), *(at for at, _ in flow.sections)})
    blocks: list[_Block] = []
    contexts = _contexts(flow)
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else len(flow.text)
        line = flow.text[start:end]
        section = flow.section_at(start)
        context = contexts[section] if section else None
        card, number, bullet = CARD.match(line), _NUMBER.match(line), _BULLET.match(line)
        if card and _is_card(card, line):
            kind = _CARD_KINDS.get(card["kind"].lower(), "finding")
            blocks.append(_Block(start, end, "card", card["number"], start + card.end(), kind, section))
        elif number:
            blocks.append(_Block(start, end, "number", number["number"].strip("()"), start + number.end(), context, section))
        elif bullet:
            blocks.append(_Block(start, end, "bullet", None, start + bullet.end(), context, section))
        elif start == 0 or flow.text[:start].endswith("\n\n") or any(at == start for at, _ in flow.sections):
            blocks.append(_Block(start, end, "plain", None, start, context, section))
        elif blocks:
            last = blocks[-1]
            blocks[-1] = _Block(last.start, end, last.style, last.number, last.body, last.kind, last.section)
    return blocks


def _form(number: str) -> str:
    return "R" if number[0] == "R" else "letter" if not number[0].isdigit() else "dotted" if "." in number else "whole"


def _one_form(blocks: list[_Block], kind: Kind) -> list[_Block]:
    """Where items of a kind are numbered, one form of number counts: (a) is a point within an item, 9.1 among 1, 2, 3 a paragraph."""
    mine = [b for b in blocks if b.kind == kind and b.style == "number"]
    forms = Counter(_form(b.number or "") for b in mine)
    main = max((f for f in forms if f != "letter"), key=lambda f: forms[f], default="letter")
    other: dict[_Block, Literal["point", "plain"]] = {b: "point" if _form(b.number or "") == "letter" else "plain" for b in mine if _form(b.number or "") != main}
    return [replace(b, style=other[b]) if b in other else b for b in blocks]


def _contexts(flow: Flow) -> dict[Section, Kind | None]:
    """What each section holds. A heading of no kind of its own (an agency's name, say) goes on with the one before."""
    contexts: dict[Section, Kind | None] = {}
    before: Kind | None = None
    for _, section in flow.sections:
        before = before if section.kind == "other" else _SECTION_KINDS.get(section.kind)
        contexts[section] = before
    return contexts


def _is_card(card: re.Match[str], line: str) -> bool:
    """A card has its stop or stands alone on its line; `Recommendation 4 was made because` is a sentence."""
    rest = line[card.end() :].strip()
    return line[:1].isupper() and (bool(card["stop"]) or not rest)


def _collect(flow: Flow, blocks: list[_Block], kind: Kind, style: str) -> list[NumberedItem]:
    found = []
    for index, block in enumerate(blocks):
        if block.kind != kind or block.style != style:
            continue
        end = _end(flow, block, blocks[index + 1 :])
        text = readable(flow.text[block.body : end])
        spans = flow.spans(block.body, end)
        if len(text.split()) < 4 or not spans:
            continue
        who = _ADDRESSEE.match(text) if kind == "recommendation" else None
        found.append(
            NumberedItem(
                kind=kind, number=block.number, text=text, page=flow.page_at(block.start), spans=spans,
                section=block.section.title if block.section else "", addressee=who["who"].strip() if who else None,
            )
        )  # fmt: skip
    return found


def _end(flow: Flow, block: _Block, following: list[_Block]) -> int:
    """Where an item ends: at the next item or section, or at a complete sentence that something else follows."""
    end = block.end
    for nth, more in enumerate(following):
        if block.style == "plain" or more.style in ("card", block.style) or more.section is not block.section:
            break
        if block.style == "card" and more.style == "number" and _form(more.number or "") == "dotted":
            break  # a numbered paragraph of the section, behind its last card
        if more.style == "plain" and flow.text[block.body : end].rstrip()[-1:] in ".!?":
            if block.style == "card":
                ended = block.kind == "finding" or bool(_LABEL.match(flow.text[more.start : more.end]))
            else:
                ended = not any(b.style == block.style and b.section is block.section for b in following[nth:])
            if ended:
                break
        end = more.end
    return end


def _once(found: list[NumberedItem]) -> list[NumberedItem]:
    seen: set[tuple[str, str]] = set()
    kept = []
    for item in found:
        key = (item.kind, normalise(item.text).text.lower())
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept
