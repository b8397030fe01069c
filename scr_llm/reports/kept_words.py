"""The next draft with a person's words in it.

A piece that a person changed, and whose evidence is the same, stands as they wrote it. Where the evidence moved, their
version and the new one both stand, with a comment that says what moved. What they added stays behind the piece that it
followed; what they removed stays out as long as its evidence is the same. What has no place in the new draft is named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scr_llm.records import Block, Briefing, Paragraph, Part, Sentence, Table
from scr_llm.render.blocks import NUMBERING, REFERENCE, all_blocks
from scr_llm.render.bookmarks import Kept
from scr_llm.reports.edited import Change, Piece, shortened
from scr_llm.reports.rebuilt import Rebuilt


@dataclass(frozen=True)
class KeptWords:
    """A draft that holds a person's words."""

    briefing: Briefing
    """The draft."""
    kept: Kept
    """The bookmarks and comments of its Word file."""
    as_written: int
    """How many pieces stand as the person wrote them, or are left out because the person removed them."""
    said: tuple[str, ...]
    """What a person must look at: where the evidence moved, and what has no place any more; a line each."""


@dataclass
class _Fate:
    """What happens to a piece of the new draft."""

    theirs: str | None = None
    """Words to print instead of the program's."""
    beside: str | None = None
    """Words to print before the program's."""
    comment: str = ""
    """To the author."""
    out: bool = False
    """Whether a person removed it."""
    behind: list[Piece] = field(default_factory=list)
    """What a person added behind it."""


def with_words(now: Briefing, changes: Sequence[Change]) -> KeptWords:
    """The draft `now` with what a person wrote into an earlier one.

    Args:
        now: the draft as the program writes it.
        changes: the edited file beside the draft that it was made from.
    """
    fates = _Fates(tuple(all_blocks(now)), changes)
    writer = _Writer(now, fates)
    briefing = writer.write()
    return KeptWords(briefing, Kept(tuple(writer.out.ids), writer.out.comments), fates.as_written, tuple(fates.said))


def same_pieces(before: Sequence[Block], now: Sequence[Block]) -> dict[str, Block]:
    """Which piece of a paper is which piece of an earlier one, by the id of the earlier one.

    The same id; or else the same evidence, the same words, or the same place in the same part, in this order. A cell or
    a caption says too little to be known by its evidence or words.
    """
    found: dict[str, Block] = {}
    taken: set[str] = set()
    for key in _SAME:
        free: dict[object, list[Block]] = {}
        for block in now:
            if block.id not in taken:
                free.setdefault(key(block), []).append(block)
        for block in before:
            if block.id in found or (block.kind in ("cell", "caption") and key in _BY_WORDS):
                continue
            if others := free.get(key(block)):
                found[block.id] = others.pop(0)
                taken.add(found[block.id].id)
    return found


def _evidence(block: Block) -> object:
    return block.kind, block.rests_on


def _said(block: Block) -> object:
    return block.kind, block.part, block.text


_BY_WORDS = (_evidence, _said)
_SAME: tuple[Callable[[Block], object], ...] = (lambda b: b.id, *_BY_WORDS, lambda b: b.place)


class _Fates:
    """What happens to each piece of the new draft, by its id."""

    def __init__(self, now: Sequence[Block], changes: Sequence[Change]) -> None:
        self._fates: dict[str, _Fate] = {}
        self.said: list[str] = []
        self.as_written = 0
        self._now = same_pieces([c.before for c in changes if c.before], now)
        # what a person puts before everything else is kept behind the status
        anchor = next(block for block in now if block.kind == "status")
        for change in changes:
            anchor = self._settle(change, anchor)

    def of(self, block: Block) -> _Fate:
        return self._fates.get(block.id) or _Fate()

    def _settle(self, change: Change, anchor: Block) -> Block:
        """Note what happens to one piece. Returns the piece behind which an addition that follows would stand."""
        before, piece = change.before, change.now
        if before is None:
            if piece:
                self._add(piece, anchor)
            return anchor
        now = self._now.get(before.id)
        if change.what in ("changed", "removed") and before.kind != "status":
            if now is None:
                self._lost(change, anchor)
            elif piece:
                self._changed(before, piece, now)
            else:
                self._removed(before, now)
        return now or anchor

    def _add(self, piece: Piece, anchor: Block) -> None:
        if piece.cell:
            self.said.append(f"Added to a table, and not taken over: “{shortened(piece.text)}”")
        elif piece.where != "body":
            self.said.append(f"In {piece.where}, and not taken over: “{shortened(piece.text)}”")
        else:
            self._fate(anchor).behind.append(piece)
            self.as_written += 1

    def _lost(self, change: Change, anchor: Block) -> None:
        """A changed piece that the new draft does not have. The person's words stay where they would have stood."""
        before, piece = change.before, change.now
        if before is None or piece is None:
            return
        told = f"The new draft has no “{shortened(before.text)}”, for which you wrote this: “{shortened(piece.text)}”"
        self.said.append(told)
        if not piece.cell and piece.kind not in ("heading", "caption"):
            self._fate(anchor).behind.append(piece)

    def _changed(self, before: Block, piece: Piece, now: Block) -> None:
        fate = self._fate(now)
        theirs = _renumbered(before, piece.text, now)
        if _rests_on_the_same(before, now):
            fate.theirs = theirs
            self.as_written += 1
            return
        moved = f"The evidence moved. Then: “{shortened(before.text)}” Now: “{shortened(now.text)}”"
        if before.text == now.text:
            moved = "The quotes or reviews behind these words are no longer the same."
        if now.kind in ("text", "bullet", "note", "quote"):
            fate.beside, fate.comment = theirs, f"{moved} Your words stand here and the new ones below. Keep one."
        else:
            fate.comment = f"{moved} You had written: “{shortened(theirs)}”"
        self.said.append(f"Both versions stand, because the evidence moved: “{shortened(theirs)}”")

    def _removed(self, before: Block, now: Block) -> None:
        if now.kind == "cell":
            self.said.append(f"Removed from a table, and there again: “{shortened(now.text)}”")
        elif _rests_on_the_same(before, now):
            self._fate(now).out = True
            self.as_written += 1
        else:
            self._fate(now).comment = f"You had removed this. The evidence moved. Then: “{shortened(before.text)}”"
            self.said.append(f"There again, because the evidence moved: “{shortened(now.text)}”")

    def _fate(self, block: Block) -> _Fate:
        return self._fates.setdefault(block.id, _Fate())


def _rests_on_the_same(before: Block, now: Block) -> bool:
    return before.rests_on == now.rests_on


def _renumbered(before: Block, theirs: str, now: Block) -> str:
    """A person's words with the numbers that the part and its evidence have now."""
    then, new = NUMBERING.match(before.text), NUMBERING.match(now.text)
    if now.kind == "heading" and then and new and theirs.startswith(then.group()):
        theirs = new.group() + theirs[then.end() :]
    references = dict(zip(REFERENCE.findall(before.text), REFERENCE.findall(now.text), strict=False))
    return REFERENCE.sub(lambda found: references.get(found.group(), found.group()), theirs)


class _Writer:
    """Writes the draft again, piece by piece, with the person's words."""

    def __init__(self, now: Briefing, fates: _Fates) -> None:
        self._now, self._fates = now, fates
        self._blocks: Iterator[Block] = all_blocks(now)
        self.out = Rebuilt()

    def write(self) -> Briefing:
        title, status = next(self._blocks), next(self._blocks)
        fate = self._fates.of(title)
        self.out.name(title.id, fate.comment)
        self.out.name(status.id)
        self._behind(fate)
        self._behind(self._fates.of(status))
        for part in self._now.parts:
            self._part(part)
        return self._now.model_copy(update={"title": fate.theirs or self._now.title, "parts": tuple(self.out.parts)})

    def _part(self, part: Part) -> None:
        block = next(self._blocks)
        fate = self._fates.of(block)
        # A part whose heading a person removed goes on without one; its paragraphs have fates of their own.
        if fate.out:
            self.out.heading(part, "", "")
        else:
            self.out.heading(part, fate.theirs or part.title, block.id, fate.comment)
        self._behind(fate)
        for paragraph in part.paragraphs:
            self._paragraph(paragraph)
        if part.figure:
            block = next(self._blocks)
            fate = self._fates.of(block)
            self.out.figure(part.figure.model_copy(update={"title": fate.theirs or part.figure.title}), block.id)
            self._behind(fate)
        for table in part.tables:
            self._table(table)

    def _paragraph(self, paragraph: Paragraph) -> None:
        block = next(self._blocks)
        fate = self._fates.of(block)
        if fate.out:
            pass
        elif fate.theirs is not None:
            self.out.paragraph(reworded(paragraph, fate.theirs), block.id)
        elif fate.beside is not None:
            self.out.paragraph(reworded(paragraph, fate.beside), "", fate.comment)
            self.out.paragraph(paragraph, block.id)
        else:
            self.out.paragraph(paragraph, block.id, fate.comment)
        self._behind(fate)

    def _table(self, table: Table) -> None:
        caption = next(self._blocks)
        fate = self._fates.of(caption)
        blocks = [[next(self._blocks) for _ in row] for row in (table.columns, *table.rows)]
        words = [[self._fates.of(b).theirs or b.text for b in row] for row in blocks]
        cells = [(b.id, self._fates.of(b).comment) for row in blocks for b in row]
        changed = {
            "caption": fate.theirs or table.caption,
            "columns": tuple(words[0]),
            "rows": (rows := tuple(map(tuple, words[1:]))),
            # A shade says what its word says, and a person's word may say something else.
            "shades": table.shades if rows == table.rows else (),
        }
        self.out.table(table.model_copy(update=changed), [(caption.id, fate.comment), *cells])
        for block in (caption, *(b for row in blocks for b in row)):
            self._behind(self._fates.of(block))

    def _behind(self, fate: _Fate) -> None:
        for piece in fate.behind:
            self.out.added(piece)


def reworded(paragraph: Paragraph, text: str) -> Paragraph:
    """A paragraph in a person's words, which rests on what it rested on before."""
    documents = tuple(dict.fromkeys(d for s in paragraph.sentences for d in s.documents))
    if paragraph.quote:
        documents = (paragraph.quote.document_id,)
    ref = next((s.ref for s in paragraph.sentences if s.ref), "")
    return Paragraph(style=paragraph.style, sentences=(Sentence(text=text, documents=documents, ref=ref),))
