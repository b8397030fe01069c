"""Find the findings and recommendations that a document prints as separate items, each once.

An item is one of these:

- a card, headed by its own name (`Recommendation 4`, `Finding B:`, `Learning:`);
- a row of a table;
- in a section of findings or recommendations: a member of a list (numbers, letters or bullets, also inside a
  paragraph), a numbered paragraph, the text under a smaller heading, or a plain paragraph.

Across the whole document, lists take precedence over numbered paragraphs, those over headings, and those over plain
paragraphs: where a document marks its items, the text beside them is not an item. A recommendation asks somebody to do
something. Action plans repeat recommendations and are not counted, unless nothing else holds them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from scr_llm.records import NumberedItem, Page, PassedOver, Span
from scr_llm.stages.read.blocks import SECTION_KINDS, Block, Kind, blocks_of
from scr_llm.stages.read.kinds import section_kind
from scr_llm.stages.read.marker import Form
from scr_llm.stages.read.tables import Row
from scr_llm.stages.read.wishes import addressee, asks, only_tells
from scr_llm.text.flow import Flow, readable
from scr_llm.text.normalise import normalise
from scr_llm.text.places import overlap

_ENDED = re.compile(r"[.!?][”’\"')\]]*(?:\s*\([^()]*\))?\s*$")
"""The end of a sentence at the end of a text, apart from a remark in brackets after it."""
_LEADS_ON = re.compile(r"(?:[:–—-]|\b(?:as follows|the following)\W{0,4})\s*$")
"""The end of a paragraph that introduces what follows."""
_DANGLING = re.compile(
    r"(?:[;,]\s*(?:and,?\s*)?(?:lastly,?\s*|finally,?\s*)?(?:that)?|[;,]?\s+and(?:\s+that)?|[;,])\s*$"
)
"""The words that link one member of a list in a sentence to the next."""
_LABEL = re.compile(r"[A-Z][\w’' ]{2,50}:\s")
"""The label of a further part of a card: `How it showed: ...`."""
_ASIDE = re.compile(
    r"set aside|put aside|not (?:find|feature|the matter|part)|rule(?:d)? out|done well|good|hindsight", re.I
)
"""Headings among the findings that have no finding under them."""
_FORMS: tuple[Form, ...] = ("whole", "dotted", "letter", "roman", "capital", "named")
_NOTHING = 9


class _Choice(NamedTuple):
    """The blocks of one group that may be items."""

    rank: int
    """1 for lists, 2 for numbered paragraphs, 3 for headings, 4 for plain paragraphs."""
    blocks: tuple[Block, ...]


def items(
    flow: Flow, rows: Sequence[Row] = (), pages: Sequence[Page] = ()
) -> tuple[tuple[NumberedItem, ...], tuple[PassedOver, ...]]:
    """All findings and recommendations in reading order, and what looks like one but is not.

    Args:
        flow: the document's body.
        rows: the rows of its tables.
        pages: its pages, which the rows refer to.
    """
    finder = _Finder(flow, rows, pages)
    finder.find("finding")
    finder.find("recommendation")
    order = sorted(finder.found, key=lambda item: (item.page, item.spans[0].start))
    over = sorted(finder.over, key=lambda each: each[0])
    return tuple(_once(order)), tuple(each for _, each in over)


class _Finder:
    """Finds the items of one document."""

    def __init__(self, flow: Flow, rows: Sequence[Row], pages: Sequence[Page]) -> None:
        self._flow, self._rows, self._pages = flow, rows, pages
        self._blocks = blocks_of(flow)
        self.found: list[NumberedItem] = []
        self.over: list[tuple[int, PassedOver]] = []

    def find(self, kind: Kind) -> None:
        """Find the items of one kind."""
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
            cards = []  # a single card beside a table or list is a sentence that begins with a card's name
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

    def _choices(self, mine: list[Block]) -> list[_Choice]:
        groups = [[b for b in mine if b.group == group and b.section] for group in dict.fromkeys(b.group for b in mine)]
        chosen = [_choose(self._flow, group) for group in groups if group and all(b.style != "card" for b in group)]
        return [choice for choice in chosen if choice.blocks]

    def _elsewhere(self, kind: Kind) -> None:
        """Take the items from a list in the conclusions or the action plan, where no section is headed as theirs."""
        section = "conclusion" if kind == "finding" else "action_plan"
        here = [b for b in self._blocks if b.section and b.section.kind == section and b.style != "card"]
        for _, group in groupby(here, key=lambda b: b.group):
            choice = _choose(self._flow, list(group))
            if choice.rank == 1 and len(choice.blocks) > 1:
                for block in choice.blocks:
                    self._take(kind, block, set(choice.blocks))

    def _take(self, kind: Kind, block: Block, taken: set[Block]) -> None:
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

    def _end(self, block: Block, taken: set[Block]) -> int:
        """Where an item ends: at the next item or section, or at the end of a sentence that other text follows."""
        end = block.end
        following = self._blocks[self._blocks.index(block) + 1 :]
        for nth, more in enumerate(following):
            text = self._flow.text[block.body : end].strip()
            if more in taken or more.style == "card" or more.section is not block.section:
                break
            if block.style == "plain" and not (_leads(text) or _is_title(text.split("\n\n")[0])):
                break
            if block.style == "card" and more.number and more.number.form == "dotted":
                break  # a numbered paragraph of the section, after its last card
            if more.style == "plain" and _ENDED.search(text):
                later = any(b in taken and b.section is block.section for b in following[nth:])
                if not self._belongs(block, readable(self._flow.text[more.start : more.end]), later=later):
                    break
            end = more.end
        return end

    @staticmethod
    def _belongs(block: Block, part: str, *, later: bool) -> bool:
        """Whether a paragraph that follows a complete sentence is still part of an item.

        Args:
            block: the item.
            part: the paragraph.
            later: whether another item follows it in the section.
        """
        if block.inner or (block.style == "card" and block.kind == "finding"):
            return False
        label = _LABEL.match(part)
        if block.style == "card" and (asks(label.group()) if label else asks(part)):
            return True
        return later and not (block.style == "card" and label)

    def _table(self, kind: Kind) -> list[Row]:
        """The rows with text in them; where tables repeat each other's numbers, those of the fullest table."""
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
        here = (row.page, row.spans[0].start)
        before = [section for _, section in self._flow.sections if (section.page, section.start) <= here]
        title = before[-1].title if before else ""
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

    def _pass(self, kind: Kind, block: Block, why: str) -> None:
        text = readable(self._flow.text[block.start : block.end])
        self.over.append(
            (block.start, PassedOver(kind=kind, text=text[:160], page=self._flow.page_at(block.start), why=why))
        )

    def _pass_over(self, kind: Kind, mine: list[Block], taken: set[Block], rows: list[Row]) -> None:
        items_at = [span for item in self.found if item.kind == kind for span in item.spans]
        for block in mine:
            if block in taken or block.style == "plain" or _is_point(block):
                continue
            here = self._flow.spans(block.start, block.end)
            if not any(overlap(span, other) for span in here for other in items_at):
                self._pass(kind, block, "another form than that of the document’s items")
        for row in rows:
            why = "a row of a table; the document prints its items elsewhere"
            over = PassedOver(kind=kind, text=readable(self._words(row.spans))[:160], page=row.page, why=why)
            self.over.append((self._flow.at(row.page, row.spans[0].start), over))


def _is_point(block: Block) -> bool:
    """Whether a block is a bullet or a lettered point, which may belong to an item instead of being one."""
    return block.style == "bullet" or (block.number is not None and block.number.form in ("letter", "roman"))


def _leads(text: str) -> bool:
    return bool(_LEADS_ON.search(text.rstrip()))


def _choose(flow: Flow, blocks: list[Block]) -> _Choice:
    """The blocks that would be the items of a group if there were no other group.

    Letters and bullets under numbers are points of the numbered items.
    """
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


def _unmarked(flow: Flow, blocks: list[Block]) -> _Choice:
    """The items of a group without marks.

    They are the first paragraph under each smaller heading, or every paragraph after one that introduces them. Where
    titles have lines to themselves, the items begin with those.
    """
    sections = {b.section: b for b in reversed(blocks) if b.section}
    if len(sections) > 1 and blocks[0].kind == "finding":
        heads = sorted(sections.values(), key=lambda b: b.start)
        heads = heads[1:] if len(heads) > 2 and heads[0].section and _is_kind(heads[0].section.title) else heads
        return _Choice(3, tuple(b for b in heads if b.section and not _ASIDE.search(b.section.title)))
    introduction = next((n for n, b in enumerate(blocks[:3]) if _leads(flow.text[b.start : b.end])), -1)
    paragraphs = blocks[introduction + 1 :] or blocks
    titles = tuple(b for b in paragraphs if _is_title(flow.text[b.start : b.end].strip()))
    begin_with_titles = titles and titles[0] is paragraphs[0] and len(paragraphs) > 1
    return _Choice(4, titles if begin_with_titles else tuple(paragraphs))


def _is_kind(title: str) -> bool:
    """Whether a heading is that of all the findings or recommendations, with smaller headings under it."""
    return section_kind(title) in SECTION_KINDS


def _is_title(text: str) -> bool:
    return text[:1].isupper() and text[-1:].isalnum() and len(text.split()) <= 15 and "\n" not in text


def _once(found: list[NumberedItem]) -> Iterator[NumberedItem]:
    seen: set[tuple[str, str]] = set()
    for item in found:
        key = (item.kind, normalise(item.text).text.lower())
        if key not in seen:
            seen.add(key)
            yield item
