"""Findings and recommendations that a document prints as items of their own, each once.

An item is a card (headed by its own name: `Recommendation 4`, `Finding B:`, `Learning:`), a row of a table, or, in a section of that
kind, a member of a list (numbers, letters, bullets, also within a paragraph), a numbered paragraph, what stands under a smaller
heading, or a paragraph. Lists count before numbered paragraphs, those before headings, those before mere paragraphs, in the whole
document: where it marks its items, what stands beside them is none. A recommendation asks somebody to do something. Action plans
repeat and are not counted, unless nothing else holds the recommendations.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from scr_llm.records import NumberedItem, Page, PassedOver, Section, SectionKind, Span
from scr_llm.stages.read.furniture import CARD
from scr_llm.stages.read.kinds import section_kind
from scr_llm.stages.read.marker import Form, Marker, Sequences, inner, marker
from scr_llm.stages.read.tables import Row
from scr_llm.stages.read.wishes import addressee, asks, only_tells
from scr_llm.text.flow import Flow, readable
from scr_llm.text.normalise import normalise

Kind = Literal["finding", "recommendation"]
Style = Literal["card", "number", "bullet", "plain"]

_BULLET = re.compile(r"^[•●▪‣◦\-–*\uf0b7\u25cf\u00b7\uf0a7]\s+")
_ENDED = re.compile(r"[.!?][”’\"')\]]*(?:\s*\([^()]*\))?\s*$")
"""The end of a sentence at the end of a text, a remark in brackets behind it left out."""
_LEADS_ON = re.compile(r"(?:[:–—-]|\b(?:as follows|the following)\W{0,4})\s*$")
"""The end of a paragraph that announces what follows."""
_DANGLING = re.compile(
    r"(?:[;,]\s*(?:and,?\s*)?(?:lastly,?\s*|finally,?\s*)?(?:that)?|[;,]?\s+and(?:\s+that)?|[;,])\s*$"
)
"""What leads from one member of a list in a sentence to the next."""
_LABEL = re.compile(r"[A-Z][\w’' ]{2,50}:\s")
"""The lead-in of a card's further part: `How it showed: ...`."""
_ASIDE = re.compile(
    r"set aside|put aside|not (?:find|feature|the matter|part)|rule(?:d)? out|done well|good|hindsight", re.I
)
"""Headings among findings under which none stand."""
_FORMS: tuple[Form, ...] = ("whole", "dotted", "letter", "roman", "capital", "named")
_NOTHING = 9
_SECTION_KINDS: dict[SectionKind, Kind] = {
    "findings": "finding",
    "lessons": "finding",
    "recommendations": "recommendation",
}


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph or the start of an item in the flow."""

    start: int
    end: int
    style: Style
    number: Marker | None
    label: str | None
    """The number as printed."""
    body: int
    """Where its text begins, behind its number."""
    kind: Kind | None
    section: Section | None
    group: int
    """Number of the run of sections of one kind in which it stands."""
    inner: bool = False
    """Whether it begins within a paragraph."""


class _Choice(NamedTuple):
    """The blocks of one group that may be items."""

    rank: int
    """1 for lists, 2 for numbered paragraphs, 3 for headings, 4 for paragraphs."""
    blocks: tuple[_Block, ...]


def items(
    flow: Flow, rows: Sequence[Row] = (), pages: Sequence[Page] = ()
) -> tuple[tuple[NumberedItem, ...], tuple[PassedOver, ...]]:
    """All findings and recommendations in reading order, and what looks like one and is none.

    Args:
        flow: the document's body.
        rows: the rows of its tables.
        pages: its pages, to which the rows belong.
    """
    finder = _Finder(flow, rows, pages)
    finder.find("finding")
    finder.find("recommendation")
    order = sorted(finder.found, key=lambda item: (item.page, item.spans[0].start))
    over = sorted(finder.over, key=lambda each: each[0])
    return tuple(_once(order)), tuple(each for _, each in over)


class _Finder:
    """Looks through one document."""

    def __init__(self, flow: Flow, rows: Sequence[Row], pages: Sequence[Page]) -> None:
        self._flow, self._rows, self._pages = flow, rows, pages
        self._blocks = [_unless_a_title(flow, block) for block in _blocks(flow, _contexts(flow))]
        self.found: list[NumberedItem] = []
        self.over: list[tuple[int, PassedOver]] = []

    def find(self, kind: Kind) -> None:
        """Find the items of a kind."""
        mine = [b for b in self._blocks if b.kind == kind]
        cards = [b for b in mine if b.style == "card"]
        if any(b.label for b in cards):
            cards = [b for b in cards if b.label]
        rows = self._table(kind)
        if rows and self._kind_at(rows[0]) != kind:
            rows, spare = [], rows
        else:
            spare = []
        choices = self._choices(mine)
        best = min((choice.rank for choice in choices), default=_NOTHING)
        if len(cards) == 1 and (rows or best == 1):
            cards = []  # a sentence that begins with the name of one
        if cards:
            rows, choices = [], [c for c in choices if c.rank == 1 and kind == "finding"]
        elif rows or (spare and best > 2):
            rows, choices = rows or spare, []
        else:
            choices = [c for c in choices if c.rank == best]
        taken = {*cards, *(b for choice in choices for b in choice.blocks)}
        for block in sorted(taken, key=lambda b: b.start):
            self._take(kind, block, taken)
        for row in rows:
            self._take_row(kind, row)
        if not any(item.kind == kind for item in self.found):
            self._elsewhere(kind)
        self._pass_over(kind, mine, taken, [] if rows else spare)

    def _choices(self, mine: list[_Block]) -> list[_Choice]:
        groups = [[b for b in mine if b.group == group and b.section] for group in dict.fromkeys(b.group for b in mine)]
        chosen = [_choose(self._flow, group) for group in groups if group and all(b.style != "card" for b in group)]
        return [choice for choice in chosen if choice.blocks]

    def _elsewhere(self, kind: Kind) -> None:
        """Where nothing is headed as findings or recommendations, a list in the conclusions or the action plan holds them."""
        section = "conclusion" if kind == "finding" else "action_plan"
        here = [b for b in self._blocks if b.section and b.section.kind == section and b.style != "card"]
        for _, group in groupby(here, key=lambda b: b.group):
            choice = _choose(self._flow, list(group))
            if choice.rank == 1 and len(choice.blocks) > 1:
                for block in choice.blocks:
                    self._take(kind, block, set(choice.blocks))

    def _take(self, kind: Kind, block: _Block, taken: set[_Block]) -> None:
        end = self._end(block, taken)
        raw = self._flow.text[block.body : end].rstrip()
        if dangling := _DANGLING.search(raw):
            end = block.body + dangling.start()
        text = readable(self._flow.text[block.body : end])
        spans = self._flow.spans(block.body, end)
        if len(text.split()) < 4 or not spans:
            return None
        if kind == "recommendation" and block.style != "card":
            if block.style == "plain" and not asks(text):
                return self._pass(kind, block, "it asks nobody to do anything")
            if block.style != "plain" and only_tells(text):
                return self._pass(kind, block, "it tells what was done and asks nobody to do anything")
        section = block.section.title if block.section else ""
        self.found.append(
            NumberedItem(
                kind=kind,
                number=block.label,
                text=text,
                page=self._flow.page_at(block.start),
                spans=spans,
                section=section,
                addressee=addressee(text, section) if kind == "recommendation" else None,
            )
        )
        return None

    def _end(self, block: _Block, taken: set[_Block]) -> int:
        """Where an item ends: at the next item or section, or at the end of a sentence that something else follows."""
        end = block.end
        following = self._blocks[self._blocks.index(block) + 1 :]
        for nth, more in enumerate(following):
            said = self._flow.text[block.body : end].strip()
            if more in taken or more.style == "card" or more.section is not block.section:
                break
            if block.style == "plain" and not (_leads(said) or _is_title(said.split("\n\n")[0])):
                break
            if block.style == "card" and more.number and more.number.form == "dotted":
                break  # a numbered paragraph of the section, behind its last card
            if more.style == "plain" and _ENDED.search(said):
                later = any(b in taken and b.section is block.section for b in following[nth:])
                if not self._belongs(block, readable(self._flow.text[more.start : more.end]), later=later):
                    break
            end = more.end
        return end

    @staticmethod
    def _belongs(block: _Block, part: str, *, later: bool) -> bool:
        """Whether a paragraph behind a whole sentence is still part of an item.

        Args:
            block: the item.
            part: the paragraph.
            later: whether a further item follows it in the section.
        """
        if block.inner or (block.style == "card" and block.kind == "finding"):
            return False
        label = _LABEL.match(part)
        if block.style == "card" and (asks(label.group()) if label else asks(part)):
            return True
        return later and not (block.style == "card" and label)

    def _table(self, kind: Kind) -> list[Row]:
        """The rows that say something; where tables repeat each other's numbers, those of the fullest."""
        rows = [row for row in self._rows if row.kind == kind and len(self._words(row.spans).split()) > 3]
        tables = {
            number: [row for row in rows if row.table == number] for number in dict.fromkeys(row.table for row in rows)
        }
        kept: list[Row] = []
        for number, own in tables.items():
            numbers = {row.number for row in own if row.number}
            if len(own) < 2:
                continue
            rivals = [t for n, t in tables.items() if n != number and numbers & {r.number for r in t if r.number}]
            if all(len(own) > len(t) for t in rivals):
                kept += own
        return kept

    def _take_row(self, kind: Kind, row: Row) -> None:
        text = readable(self._words(row.spans))
        who = readable(self._words(row.who)) or None
        section = next(
            (
                s
                for s in reversed([s for _, s in self._flow.sections])
                if (s.page, s.start) <= (row.page, row.spans[0].start)
            ),
            None,
        )
        title = section.title if section else ""
        self.found.append(
            NumberedItem(
                kind=kind,
                number=row.number,
                text=text,
                page=row.page,
                section=title,
                spans=row.spans,
                addressee=(who or addressee(text, "")) if kind == "recommendation" else None,
            )
        )

    def _words(self, spans: Iterable[Span]) -> str:
        return "\n".join(self._pages[span.page - 1].text[span.start : span.end] for span in spans)

    def _kind_at(self, row: Row) -> Kind | None:
        at = self._flow.at(row.page, row.spans[0].start)
        return next((b.kind for b in self._blocks if b.start <= at < b.end), None)

    def _pass(self, kind: Kind, block: _Block, why: str) -> None:
        text = readable(self._flow.text[block.start : block.end])
        self.over.append(
            (block.start, PassedOver(kind=kind, text=text[:160], page=self._flow.page_at(block.start), why=why))
        )

    def _pass_over(self, kind: Kind, mine: list[_Block], taken: set[_Block], rows: list[Row]) -> None:
        said = [(span.page, span.start, span.end) for item in self.found if item.kind == kind for span in item.spans]
        for block in mine:
            if block in taken or block.style == "plain" or _is_point(block):
                continue
            here = self._flow.spans(block.start, block.end)
            if not any(s.page == page and s.start < end and start < s.end for s in here for page, start, end in said):
                self._pass(kind, block, "another form than that of the document’s items")
        for row in rows:
            why = "a row of a table; the document prints its items elsewhere"
            over = PassedOver(kind=kind, text=readable(self._words(row.spans))[:160], page=row.page, why=why)
            self.over.append((self._flow.at(row.page, row.spans[0].start), over))


def _is_point(block: _Block) -> bool:
    return block.style == "bullet" or (block.number is not None and block.number.form in ("letter", "roman"))


def _leads(text: str) -> bool:
    return bool(_LEADS_ON.search(text.rstrip()))


def _choose(flow: Flow, blocks: list[_Block]) -> _Choice:
    """The blocks of a group that are its items, were there no other group. Letters and bullets under numbers are points."""
    forms = {form: tuple(b for b in blocks if b.number and b.number.form == form) for form in _FORMS}
    whole = tuple(b for b in blocks if b in {*forms["whole"], *forms["capital"], *forms["named"]})
    points = max(forms["letter"], forms["roman"], key=len)
    bullets = tuple(b for b in blocks if b.style == "bullet")
    dotted = forms["dotted"]
    one_list = sum(b.number is not None and b.number.value == 1 for b in points) == 1 and len(points) >= len(dotted)
    if whole:
        return _Choice(1, whole)
    if len(points) >= max(1, len(bullets)) and (one_list or not dotted):
        return _Choice(1, points)
    if bullets and len(dotted) < 2:
        return _Choice(1, bullets)
    return _Choice(2, dotted) if dotted else _unmarked(flow, blocks)


def _unmarked(flow: Flow, blocks: list[_Block]) -> _Choice:
    """What a group without marks holds: the first paragraph under each smaller heading, or every paragraph behind one that
    announces them. Where titles stand on lines of their own, they begin the items.
    """
    sections = {b.section: b for b in reversed(blocks) if b.section}
    if len(sections) > 1 and blocks[0].kind == "finding":
        heads = sorted(sections.values(), key=lambda b: b.start)
        heads = heads[1:] if len(heads) > 2 and heads[0].section and _is_kind(heads[0].section.title) else heads
        return _Choice(3, tuple(b for b in heads if b.section and not _ASIDE.search(b.section.title)))
    announced = next((n for n, b in enumerate(blocks[:3]) if _leads(flow.text[b.start : b.end])), -1)
    said = blocks[announced + 1 :] or blocks
    titles = tuple(b for b in said if _is_title(flow.text[b.start : b.end].strip()))
    return _Choice(4, titles if titles and titles[0] is said[0] and len(said) > 1 else tuple(said))


def _is_kind(title: str) -> bool:
    """Whether a heading is that of all findings, under which smaller ones stand."""
    return section_kind(title) in _SECTION_KINDS


def _is_title(text: str) -> bool:
    return text[:1].isupper() and text[-1:].isalnum() and len(text.split()) <= 15 and "\n" not in text


def _contexts(flow: Flow) -> dict[Section, tuple[Kind | None, int]]:
    """What each section holds, and the number of its run of sections of one kind."""
    contexts: dict[Section, tuple[Kind | None, int]] = {}
    group, before = 0, None
    for _, section in flow.sections:
        if section.kind != before:
            group, before = group + 1, section.kind
        contexts[section] = (_SECTION_KINDS.get(section.kind), group)
    return contexts


def _blocks(flow: Flow, contexts: dict[Section, tuple[Kind | None, int]]) -> list[_Block]:
    sections = {at for at, _ in flow.sections}
    cut = _inner_starts(flow)
    starts = sorted({0, *(m.end() for m in re.finditer(r"\n+", flow.text)), *sections, *cut})
    blocks: list[_Block] = []
    counts: dict[int, Sequences] = {}
    for start, end in pairwise([*starts, len(flow.text)]):
        line = flow.text[start:end]
        if not line.strip():
            continue
        section = flow.section_at(start)
        kind, group = contexts[section] if section else (None, 0)
        fresh = start == 0 or start in sections or flow.text[:start].endswith("\n\n")
        free = start in cut or (fresh and (start in sections or not _is_unfinished(flow.text[:start])))
        card, bullet = CARD.match(line), _BULLET.match(line)
        if card and _is_card(card, line, fresh):
            kind = "recommendation" if card["kind"].lower() == "recommendation" else "finding"
            body = card.end() if card["number"] or not line[card.end() :].strip() else 0
            blocks.append(_Block(start, end, "card", None, card["number"], start + body, kind, section, group))
        elif number := counts.setdefault(group, Sequences()).accept(marker(line), free=free, fresh=fresh):
            body, inside = start + len(number.printed), start in cut and not fresh
            blocks.append(_Block(start, end, "number", number, number.label, body, kind, section, group, inside))
        elif bullet:
            blocks.append(_Block(start, end, "bullet", None, None, start + bullet.end(), kind, section, group))
        elif fresh and not (blocks and blocks[-1].section is section and _is_alone(flow, blocks[-1])):
            blocks.append(_Block(start, end, "plain", None, None, start, kind, section, group))
        elif blocks:
            blocks[-1] = replace(blocks[-1], end=end)
    return blocks


def _unless_a_title(flow: Flow, block: _Block) -> _Block:
    """A member of a list, or a paragraph where it only names a section that follows."""
    text = readable(flow.text[block.body : block.end].split("\n\n")[0]).lower()
    if block.style not in ("number", "bullet") or not text:
        return block
    names = any(at > block.start and readable(section.title).lower().endswith(text) for at, section in flow.sections)
    return replace(block, style="plain", number=None, label=None) if names else block


def _is_unfinished(text: str) -> bool:
    """Whether a text ends within a sentence, so that a number behind it may belong to that."""
    return bool(text.strip()) and not re.search(r"[.!?;:”’\"')\]–—-]\s*$", text[-12:])


def _is_alone(flow: Flow, block: _Block) -> bool:
    """Whether a number stands alone on its line, so that the text below is its own."""
    return block.style in ("number", "bullet") and not flow.text[block.body : block.end].strip()


def _inner_starts(flow: Flow) -> set[int]:
    """Where members of a list within a paragraph begin, in sections of findings and recommendations."""
    bounds = [*((at, section.kind) for at, section in flow.sections), (len(flow.text), None)]
    return {
        at + offset
        for (at, kind), (following, _) in pairwise(bounds)
        if kind in _SECTION_KINDS
        for offset in inner(flow.text[at:following])
    }


def _is_card(card: re.Match[str], line: str, fresh: bool) -> bool:
    """A card has its stop, stands alone on its line or begins a paragraph; `Recommendation 4 was made because` is a sentence."""
    rest = line[card.end() :].strip()
    return line[:1].isupper() and (bool(card["stop"] or card["colon"]) or not rest or (fresh and rest[:1].isupper()))


def _once(found: list[NumberedItem]) -> Iterator[NumberedItem]:
    seen: set[tuple[str, str]] = set()
    for item in found:
        key = (item.kind, normalise(item.text).text.lower())
        if key not in seen:
            seen.add(key)
            yield item
