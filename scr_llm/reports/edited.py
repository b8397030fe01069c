"""A paper that a person edited in Word or LibreOffice, read back: what is unchanged, changed, added and removed."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from docx import Document as open_document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from rapidfuzz import fuzz

from scr_llm.errors import UsageError
from scr_llm.records import Block, BlockKind, Draft
from scr_llm.reports.word_limits import check_word, check_words, no_word_file

_WITH_WORDS = ("header", "footer", "footnotes", "endnotes")
"""Parts of a Word file that print words beside the body."""
_KINDS: dict[str, BlockKind] = {"title": "title", "subtitle": "status", "caption": "caption", "note": "note"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_GONE = (qn("w:del"), qn("w:moveFrom"))
_ALIKE = 50
"""Least rapidfuzz ratio (0-100) at which a paragraph counts as another one reworded."""
_TRACKED = {qn("w:ins"): "added", qn("w:moveTo"): "moved here", qn("w:del"): "deleted", qn("w:moveFrom"): "moved away"}


@dataclass(frozen=True)
class Piece:
    """A paragraph of the file that has words."""

    text: str
    """Its words: tracked insertions are in it, tracked deletions are not."""
    kind: BlockKind
    """As its style and place say."""
    level: int
    """Of a heading, from 1; 0 for others."""
    ids: tuple[str, ...]
    """The bookmarks of ours in it."""
    cell: tuple[int, int, int] | None
    """Table, row and column, from 0, where it stands in a table."""
    where: str
    """body, or header, footer, footnotes, endnotes."""
    element: Any = field(compare=False, repr=False)
    """The paragraph in `EditedFile.document`."""


@dataclass(frozen=True)
class EditedFile:
    """What the file holds."""

    document: WordDocument = field(repr=False)
    """The file."""
    pieces: tuple[Piece, ...]
    """Its paragraphs, those of the body first."""
    tables: tuple[tuple[tuple[str, ...], ...], ...]
    """The words of each table's cells, row by row."""
    tracked: tuple[str, ...]
    """Tracked changes that nobody has accepted or rejected, in words."""
    comments: tuple[str, ...]
    """Comments, each with who made it."""

    @property
    def body(self) -> tuple[Piece, ...]:
        """The paragraphs of the body."""
        return tuple(piece for piece in self.pieces if piece.where == "body")


@dataclass(frozen=True)
class Change:
    """A piece of the draft and what became of it."""

    before: Block | None
    """What the program wrote; None for what the person added."""
    now: Piece | None
    """What stands in the file; None for what the person removed."""

    @property
    def what(self) -> str:
        """unchanged, changed, added or removed."""
        if self.before is None:
            return "added"
        if self.now is None:
            return "removed"
        return "unchanged" if self.before.text == self.now.text else "changed"


def read_edited(content: bytes, name: str = "the file") -> EditedFile:
    """Read a Word file.

    Raises:
        UsageError: it cannot be read as one, or is larger than `word_limits` allow.
    """
    check_word(content, name)
    try:
        document = open_document(io.BytesIO(content))
        pieces = tuple(_pieces(document))
        check_words(len(pieces), max((len(piece.text) for piece in pieces), default=0), name)
        return EditedFile(
            document=document,
            pieces=pieces,
            tables=tuple(_grid(table) for table in _tables(document.element.body)),
            tracked=tuple(_tracked(document)),
            comments=tuple(_comments(document)),
        )
    except UsageError:
        raise
    except Exception as error:  # a broken file can make the reader raise anything
        raise no_word_file(name) from error


def draft_behind(file: EditedFile, drafts: Sequence[Draft]) -> Draft | None:
    """The draft that a file was made from: the one with most of its pieces in it, the last of several."""
    held = {(name, piece.text) for piece in file.body for name in piece.ids}
    names = {name for name, _ in held}

    def likeness(draft: Draft) -> tuple[int, int]:
        return len({b.id for b in draft.printed} & names), len({(b.id, b.text) for b in draft.printed} & held)

    best = max(reversed(drafts), key=likeness, default=None)
    return best if best and likeness(best)[0] else None


def compared(printed: Sequence[Block], file: EditedFile) -> tuple[Change, ...]:
    """The file beside the draft that it was made from, in the order of the file.

    A piece is known by its bookmark. One whose bookmark is gone is known by its words, or by its place between two
    that are known. What was removed stands behind the last piece before it that is still there.
    """
    known = _by_bookmark(printed, file.body)
    known |= _by_words_and_place(printed, file.body, known)
    blocks = {n: printed[b] for n, b in known.items()}
    changes = [Change(blocks.get(n), piece) for n, piece in enumerate(file.body)]
    changes += [Change(None, piece) for piece in file.pieces if piece.where in ("footnotes", "endnotes")]
    left = set(range(len(printed))) - set(known.values())
    for b in sorted(left):
        before = printed[b - 1] if b else None
        at = next((i for i, c in enumerate(changes) if before is not None and c.before is before), -1)
        changes.insert(at + 1, Change(printed[b], None))
    return tuple(changes)


def listed(changes: Sequence[Change]) -> list[str]:
    """What differs from the draft, a line each."""
    lines = []
    for change in changes:
        before, now = change.before, change.now
        if before and now and before.text != now.text and before.kind != "status":
            lines.append(f"changed: “{shortened(before.text)}” to “{shortened(now.text)}”")
        elif now and not before:
            lines.append(f"added: “{shortened(now.text)}”")
        elif before and not now:
            lines.append(f"removed: “{shortened(before.text)}”")
    return lines


def shortened(text: str, most: int = 200) -> str:
    """A text that fits a line or two."""
    return text if len(text) <= most else text[: most - 1].rpartition(" ")[0] + " …"


def _by_bookmark(printed: Sequence[Block], pieces: Sequence[Piece]) -> dict[int, int]:
    """Number of a piece to number of its block. Where a person copied a paragraph, the first is the one."""
    places = {block.id: n for n, block in enumerate(printed)}
    known: dict[int, int] = {}
    for n, piece in enumerate(pieces):
        b = next((places.pop(name) for name in piece.ids if name in places), None)
        if b is not None:
            known[n] = b
    return known


def _by_words_and_place(printed: Sequence[Block], pieces: Sequence[Piece], known: dict[int, int]) -> dict[int, int]:
    """The same for pieces without a bookmark of ours."""
    taken = set(known.values())
    before = [str(n) if n in taken else block.text for n, block in enumerate(printed)]
    after = [str(known[n]) if n in known else piece.text for n, piece in enumerate(pieces)]
    found: dict[int, int] = {}
    for what, b1, b2, n1, n2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        blocks = [b for b in range(b1, b2) if b not in taken]
        free = [n for n in range(n1, n2) if n not in known]
        if what == "equal" or (what == "replace" and len(blocks) == len(free)):
            found |= dict(zip(free, blocks, strict=True))
        elif what == "replace":
            found |= _alike(printed, pieces, blocks, free)
    return found


def _alike(
    printed: Sequence[Block], pieces: Sequence[Piece], blocks: Sequence[int], free: Sequence[int]
) -> dict[int, int]:
    """Where there are more of one than of the other: those that are most alike, if they have half their words."""
    found: dict[int, int] = {}
    pairs = ((fuzz.token_sort_ratio(printed[b].text, pieces[n].text), -b, -n) for b in blocks for n in free)
    for alike, b, n in sorted(pairs, reverse=True):
        if alike >= _ALIKE and -n not in found and -b not in found.values():
            found[-n] = -b
    return found


def _pieces(document: WordDocument) -> Iterator[Piece]:
    names = {style.style_id: (style.name or "").lower() for style in document.styles}
    body = document.element.body
    cells = _cells(_tables(body))
    waiting: tuple[str, ...] = ()
    for paragraph in _paragraphs(body):
        # The bookmark of an empty paragraph is that of the words which were pushed down below it.
        ids = waiting + tuple(_ids(paragraph))
        text = _text(paragraph)
        waiting = () if text else ids
        if text:
            cell = cells.get(paragraph)
            kind, level = _kind(paragraph, names)
            yield Piece(text, "cell" if cell else kind, level, ids, cell, "body", paragraph)
    for where, root in beside(document):
        for paragraph in _paragraphs(root):
            if text := _text(paragraph):
                yield Piece(text, "text", 0, (), None, where, paragraph)


def _paragraphs(root: Any) -> Iterator[Any]:
    return (p for p in root.iter(qn("w:p")) if next(p.iterancestors(_FALLBACK), None) is None)


def beside(document: WordDocument) -> Iterator[tuple[str, Any]]:
    """What is printed beside the body, part by part."""
    for relation in document.part.rels.values():
        where = relation.reltype.rpartition("/")[2]
        if where in _WITH_WORDS and not relation.is_external:
            part = relation.target_part
            yield where, part.element if hasattr(part, "element") else parse_xml(part.blob)


def _ids(paragraph: Any) -> Iterator[str]:
    for start in paragraph.iter(qn("w:bookmarkStart")):
        if (name := start.get(qn("w:name"), "")).startswith("_scr_"):
            yield name


def _text(paragraph: Any) -> str:
    """The words of a paragraph that are printed, without those of a text box in it."""
    said = []
    for element in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")):
        around = list(element.iterancestors(qn("w:p"), _FALLBACK, qn("w:tabs"), *_GONE))
        if around[0] is not paragraph or any(a.tag == _FALLBACK for a in around):
            continue
        hyphen = "-" if element.tag == qn("w:noBreakHyphen") else " "
        said.append(element.text or "" if element.tag == qn("w:t") else hyphen)
    return " ".join("".join(said).split())


def _kind(paragraph: Any, names: dict[str, str]) -> tuple[BlockKind, int]:
    """What a paragraph is by its style, and its level if it is a heading."""
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    name = names.get(style.get(qn("w:val")), "") if style is not None else ""
    if heading := re.fullmatch(r"heading (\d)", name):
        return "heading", int(heading[1])
    if name in _KINDS:
        return _KINDS[name], 0
    if "quot" in name:
        return "quote", 0
    listed = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None or name.startswith("list")
    return ("bullet" if listed else "text"), 0


def _tables(body: Any) -> list[Any]:
    """The tables of the body; one within another is part of its cell."""
    return [t for t in body.iter(qn("w:tbl")) if next(t.iterancestors(qn("w:tbl"), _FALLBACK), None) is None]


def _cells(tables: Sequence[Any]) -> dict[Any, tuple[int, int, int]]:
    """Where each paragraph stands that is in a table."""
    return {
        paragraph: (t, r, c)
        for t, table in enumerate(tables)
        for r, row in enumerate(_own(table, "w:tr", "w:tbl"))
        for c, cell in enumerate(_own(row, "w:tc", "w:tr"))
        for paragraph in cell.iter(qn("w:p"))
    }


def _own(element: Any, tag: str, holder: str) -> list[Any]:
    """The rows of a table, or the cells of a row, without those of a table within."""
    return [e for e in element.iter(qn(tag)) if next(e.iterancestors(qn(holder))) is element]


def _grid(table: Any) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(" ".join(t for p in _paragraphs(cell) if (t := _text(p))) for cell in _own(row, "w:tc", "w:tr"))
        for row in _own(table, "w:tr", "w:tbl")
    )


def _tracked(document: WordDocument) -> Iterator[str]:
    for root in (document.element.body, *(root for _, root in beside(document))):
        for change in root.iter(*_TRACKED):
            said = "".join(t.text or "" for t in change.iter(qn("w:t"), qn("w:delText"))).strip()
            if said:
                yield f"{change.get(qn('w:author')) or 'Somebody'}: {_TRACKED[change.tag]} “{shortened(said)}”"


def _comments(document: WordDocument) -> Iterator[str]:
    # `document.comments` makes an empty part where there is none, which would change the file
    if any(relation.reltype.endswith("/comments") for relation in document.part.rels.values()):
        for comment in document.comments:
            yield f"{comment.author or 'Somebody'}: {' '.join(comment.text.split())}"
