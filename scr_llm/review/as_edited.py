"""The paper as a person edited it, made ready to be signed.

What the person left as it was says what a signed paper says: the notes of a draft go, the status and the marking are
those of the signature. What the person changed or added stays as they wrote it and is compared with the record. The
other formats are made from the words of the Word file.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph

from scr_llm.errors import RefusedError, UsageError
from scr_llm.records import Block, BlockKind, Briefing, Draft, OwnWords, Reading, SignOff
from scr_llm.render.blocks import blocks, clean, status_text
from scr_llm.render.bookmarks import set_bookmark
from scr_llm.render.word import set_properties, write_footer
from scr_llm.render.word_body import same_bytes
from scr_llm.reports.briefing import signature_line
from scr_llm.reports.drafts import draft_of
from scr_llm.reports.edited import Change, EditedFile, Piece, compared, draft_behind, listed, read_edited
from scr_llm.reports.from_word import paper_from_word
from scr_llm.reports.kept_words import same_pieces
from scr_llm.reports.moved import Moved, moved
from scr_llm.review.paper_checks import Doubt, PaperChecks
from scr_llm.text.names import names_pattern

_INNER = str.maketrans("“”", "‘’")
"""Quotation marks within quotation marks."""
_STYLES: dict[BlockKind, str] = {"bullet": "List Bullet", "note": "Note", "quote": "Quote", "caption": "Caption"}


@dataclass(frozen=True)
class AsEdited:
    """A paper that is ready to be signed."""

    briefing: Briefing
    """The words of the Word file, for the other formats."""
    word: bytes
    """The Word file."""
    differences: tuple[str, ...]
    """What was changed, added and removed, one line each."""


@dataclass(frozen=True)
class Basis:
    """What an edited paper is compared with."""

    draft: Briefing
    """The draft as the program would write it now."""
    signed: Briefing
    """The paper as the program would write it, with its signature."""
    drafts: Sequence[Draft]
    """The drafts that were written."""
    signatures: Sequence[SignOff]
    """Every signature on the paper."""
    readings: Mapping[str, Reading]
    """The texts of the reviews, by the id of the document."""
    leave_out: Sequence[str]
    """Names that no paper may hold."""


@dataclass(frozen=True)
class Looked:
    """An edited file beside the record."""

    file: EditedFile
    """What it holds."""
    behind: Draft
    """The draft that it was made from."""
    changes: tuple[Change, ...]
    """The draft's pieces and what became of them."""
    open: tuple[str, ...]
    """Tracked changes and comments that nobody has settled."""
    named: bool
    """Whether it holds a name that this project leaves out."""
    was_signed: SignOff | None
    """Where it is no draft but a signed version: its signature."""
    instead: str
    """What to do then."""
    moved: tuple[Moved, ...]
    """What the record counts or quotes differently since that draft, review by review."""
    doubts: tuple[Doubt, ...]
    """What the record does not bear out."""

    @property
    def is_signed(self) -> str:
        """That it is a signed version and no draft, in a sentence; empty where it is a draft."""
        if (record := self.was_signed) is None:
            return ""
        at = datetime.fromisoformat(record.at)
        return (
            f"This is version {record.version}, which {record.name} signed on {at.day} {at:%B %Y}. "
            "It is not a draft, and cannot be signed again."
        )

    @property
    def differences(self) -> tuple[str, ...]:
        """What was changed, added and removed, one line each."""
        return tuple(listed(self.changes))


def as_edited(content: bytes, name: str, basis: Basis, own_words: Sequence[OwnWords]) -> AsEdited:
    """Make an edited file ready to be signed.

    Args:
        content: the file.
        name: its name.
        basis: what it is compared with.
        own_words: what the person who signs answers for, with the reasons.

    Raises:
        UsageError: the file is not a Word file, or not one of a draft of this project.
        RefusedError: a number, a quotation or a label is not borne out by the record, and the person has given no
            reason; the record has moved since the draft; tracked changes or comments are open; a name is in it.
    """
    seen = look(content, name, basis)
    _refuse(seen, name, own_words)
    signing = _Signing(seen.file, seen.changes, seen.behind, basis.signed)
    signing.write(own_words)
    word = same_bytes(seen.file.document)
    briefing = paper_from_word(basis.signed, read_edited(word, name), signing.known)
    return AsEdited(briefing, word, seen.differences)


def look(content: bytes, name: str, basis: Basis) -> Looked:
    """What an edited file says, and what of it must be settled or answered for before it can be signed.

    Raises:
        UsageError: the file is not a Word file, or not one of a draft of this project.
    """
    file = read_edited(content, name)
    behind = draft_behind(file, basis.drafts)
    if behind is None:
        raise UsageError(f"{name} is not an edited draft of this project.", next_step="Edit outputs/briefing.docx.")
    names = names_pattern(basis.leave_out)
    changes = compared(behind.printed, file)
    was_signed = _signed_version(content, file, basis.signatures)
    return Looked(
        file=file,
        behind=behind,
        changes=changes,
        open=(*(f"tracked change: {line}" for line in file.tracked), *(f"comment: {line}" for line in file.comments)),
        named=bool(names and any(names.search(piece.text) for piece in file.pieces)),
        was_signed=was_signed,
        instead=_instead(basis) if was_signed else "",
        moved=_moved(behind, basis),
        doubts=tuple(_doubts(changes, behind, basis)),
    )


def _refuse(seen: Looked, name: str, own_words: Sequence[OwnWords]) -> None:
    """Words that are not settled cannot be signed, and a signed paper holds no word to its author."""
    if seen.is_signed:
        raise RefusedError(seen.is_signed, document=name, next_step=seen.instead)
    if seen.open:
        raise RefusedError(
            f"{name} has tracked changes or comments:{_lines(seen.open)}\n",
            next_step="Accept or reject each change and delete each comment in Word, save, and sign again.",
        )
    if seen.named:
        raise RefusedError(f"{name} holds a name that this project leaves out.", next_step="Take it out in Word.")
    if seen.moved:
        lines = _lines([f"{one.where}: {one.what}" for one in seen.moved])
        raise RefusedError(
            f"{name} was made from draft {seen.behind.version}, and the record has moved since:{lines}\n",
            next_step="Write the next draft, which keeps your words, and sign that: scr-llm brief",
        )
    _refuse_doubts(seen.doubts, own_words, seen.file)


def _signed_version(content: bytes, file: EditedFile, signatures: Sequence[SignOff]) -> SignOff | None:
    """The signature of the version that a file is: the same bytes, or its mark below the title or on every page."""
    sha256 = hashlib.sha256(content).hexdigest()
    for record in reversed(signatures):
        line = clean(signature_line(record.name, record.role, datetime.fromisoformat(record.at)))
        marks = (f"Version {record.version}. {line}.", line)
        if sha256 in record.files.values() or any(marks[p.where == "header"] in p.text for p in _marked(file)):
            return record
    return None


def _marked(file: EditedFile) -> Iterator[Piece]:
    return (piece for piece in file.pieces if piece.where in ("body", "header"))


def _instead(basis: Basis) -> str:
    """Which draft to edit instead of a signed version."""
    major = basis.signatures[-1].version.partition(".")[0]
    later = [d for d in basis.drafts if d.version.partition(".")[0] == major and d.version != f"{major}.0"]
    last = later[-1] if later else None
    word = next((n for n in last.files if n.startswith("briefing") and n.endswith(".docx")), "") if last else ""
    if last and word:
        return f"Edit draft {last.version} instead: outputs/{word}. Download it, edit that, and give it back."
    return "There is no later draft yet. When something has been decided since, write the draft, and edit that."


def _moved(behind: Draft, basis: Basis) -> tuple[Moved, ...]:
    """What the paper would count or quote differently today."""
    labels = {theme.theme: theme.label for theme in basis.draft.facts.themes}
    # Deciding cells as they were proposed changes no number that the paper prints but this one.
    return moved(behind, draft_of("briefing", basis.draft), labels, but="Cells decided")


def _doubts(changes: Sequence[Change], behind: Draft, basis: Basis) -> list[Doubt]:
    checks = PaperChecks(basis.signed, basis.readings)
    same = same_pieces(behind.printed, blocks(basis.signed))
    found = []
    for change in changes:
        if (
            change.now
            and change.what in ("changed", "added")
            and not (change.before and change.before.kind == "status")
        ):
            before = change.before and (same.get(change.before.id) or change.before)
            found += checks.doubts(change.now.text, before)
    return found


def _refuse_doubts(doubts: Sequence[Doubt], own_words: Sequence[OwnWords], file: EditedFile) -> None:
    for own in own_words:
        if not any(own.text in piece.text for piece in file.pieces):
            raise UsageError(
                f"“{own.text}” does not stand in the paper.", next_step="Give the words as they stand there."
            )
    left = [doubt for doubt in doubts if not any(doubt.answered_by(own) for own in own_words)]
    if left:
        lines = [f"“{doubt.words}”: {doubt.why}. It stands in: “{doubt.text}”" for doubt in left]
        raise RefusedError(
            f"the record does not bear out what the paper says:{_lines(lines)}\n",
            next_step="Mend it in Word, or answer for it: --mine “WORDS=REASON”",
        )


def _lines(lines: Sequence[str], most: int = 20) -> str:
    more = f"\n  and {len(lines) - most} more" if len(lines) > most else ""
    return "".join(f"\n  {line}" for line in lines[:most]) + more


def _tables_differ() -> RefusedError:
    return RefusedError(
        "the tables of the signed paper differ from those of this draft.",
        next_step="Write the next draft, which keeps your words, and sign that: scr-llm brief",
    )


class _Signing:
    """Turns the file of an edited draft into that of the signed paper, in place."""

    def __init__(self, file: EditedFile, changes: Sequence[Change], behind: Draft, signed: Briefing) -> None:
        self._file, self._changes, self._behind, self._signed = file, changes, behind, signed
        self._now = blocks(signed)
        self._same = same_pieces(behind.printed, self._now)
        self._at: dict[str, Any] = {}
        """The paragraph of each piece of the signed paper that stands in the file."""
        used = (mark.get(qn("w:id"), "") for mark in file.document.element.body.iter(qn("w:bookmarkStart")))
        self._numbers = itertools.count(1 + max((int(number) for number in used if number.isdecimal()), default=0))
        self.known: dict[str, Block] = {}
        """Which piece of the signed paper a bookmark of the file means."""

    def write(self, own_words: Sequence[OwnWords]) -> None:
        """Set everything that a signature sets."""
        for change in self._changes:
            if change.before and change.now:
                self._settle(change.before, change.now, change.what)
        self._insert_missing()
        self._note(own_words)
        self._status()
        set_properties(self._file.document, self._signed)

    def _settle(self, before: Block, piece: Piece, what: str) -> None:
        now = self._same.get(before.id)
        if now is None:
            self._take_out(before, piece, what)
            return
        self.known[before.id] = now
        self._at[now.id] = piece.element
        if before.id not in piece.ids:
            set_bookmark(piece.element, next(self._numbers), before.id)
        if now.kind == "status" or (what == "unchanged" and now.text != piece.text):
            _set_text(piece.element, status_text(self._signed) if now.kind == "status" else now.text)

    def _take_out(self, before: Block, piece: Piece, what: str) -> None:
        """Remove what belongs to drafts: a note to the author, or a part with such notes."""
        draft_part = before.part not in {block.part for block in self._now}
        if not draft_part and what == "changed":
            return  # the person's words stand
        if piece.cell and not draft_part:
            raise _tables_differ()
        table = next(piece.element.iterancestors(qn("w:tbl")), None)
        element = piece.element if table is None else table
        if element.getparent() is not None:
            element.getparent().remove(element)

    def _insert_missing(self) -> None:
        """Add what only a signed paper says, each behind what stands before it there."""
        drafted = {block.id for block in self._same.values()}
        last: Any = None
        for block in self._now:
            if block.id in self._at:
                last = self._at[block.id]
            elif block.kind == "status" or block.id not in drafted:
                if block.kind == "cell":
                    raise _tables_differ()
                last = self._insert(block, last)

    def _insert(self, block: Block, behind: Any) -> Any:
        style = f"Heading {self._level(block)}" if block.kind == "heading" else _STYLES.get(block.kind, "Normal")
        added = self._paragraph(block.text, "Subtitle" if block.kind == "status" else style, behind)
        set_bookmark(added, next(self._numbers), block.id)
        self.known[block.id], self._at[block.id] = block, added
        return added

    def _level(self, block: Block) -> int:
        return next(part.level for part in self._signed.parts if part.id == block.part)

    def _paragraph(self, text: str, style: str, behind: Any) -> Any:
        """A new paragraph behind another; at the beginning of the file if that is None."""
        document = self._file.document
        names = {s.name for s in document.styles}
        added = document.add_paragraph(clean(text), style=style if style in names else None)._p
        if behind is None:
            document.element.body.insert(0, added)
            return added
        table = next((a for a in behind.iterancestors(qn("w:tbl"))), None)
        (behind if table is None else table).addnext(added)
        return added

    def _note(self, own_words: Sequence[OwnWords]) -> None:
        """Say in the part on method that the paper was edited, and what in it is not from the record."""
        lines = [
            "The person who signed this paper edited it. "
            "Every number, quotation and case label in the edited words was compared with the record.",
            *(
                f"“{own.text.translate(_INNER)}” is in the words of the person who signed, and not from the record. "
                f"The reason given: {own.reason.rstrip('.')}."
                for own in own_words
            ),
        ]
        method = [self._at[b.id] for b in self._now if b.part == "method" and b.id in self._at]
        last = method[-1] if method else next((p.element for p in reversed(self._file.body) if _stands(p)), None)
        for line in lines:
            last = self._paragraph(line, "Normal", last)

    def _status(self) -> None:
        """Put the signature where the draft said that it is one, and the marking and version on every page."""
        status = next((b.text for b in self._behind.printed if b.kind == "status"), "")
        draft_line = status.partition(f"Version {self._behind.version}. ")[2].removesuffix(".")
        headers = self._set_beside("header", draft_line, lambda p: _set_text(p, self._signed.status_line))
        footers = self._set_beside("footer", f"Version {self._behind.version}", self._footer)
        section = self._file.document.sections[0]
        if not headers:
            section.header.add_paragraph().add_run(clean(self._signed.status_line)).bold = True
        if not footers:
            write_footer(section.footer.add_paragraph(), self._signed)

    def _set_beside(self, where: str, words: str, set_words: Callable[[Any], None]) -> int:
        found = [piece.element for piece in self._file.pieces if piece.where == where and words and words in piece.text]
        for paragraph in found:
            set_words(paragraph)
        return len(found)

    def _footer(self, paragraph: Any) -> None:
        _empty(paragraph)
        write_footer(WordParagraph(paragraph, self._file.document._body), self._signed)


def _stands(piece: Piece) -> bool:
    return piece.element.getparent() is not None


def _empty(paragraph: Any) -> None:
    for child in list(paragraph):
        if child.tag not in (qn("w:pPr"), qn("w:bookmarkStart"), qn("w:bookmarkEnd")):
            paragraph.remove(child)


def _set_text(paragraph: Any, text: str) -> None:
    """Replace the words of a paragraph. They look as its first words did."""
    first = next((run.find(qn("w:rPr")) for run in paragraph.iter(qn("w:r")) if run.find(qn("w:t")) is not None), None)
    _empty(paragraph)
    run = WordParagraph(paragraph, None).add_run(clean(text))  # type: ignore[arg-type]
    if first is not None:
        if run._r.rPr is not None:
            run._r.remove(run._r.rPr)
        run._r.insert(0, first)
