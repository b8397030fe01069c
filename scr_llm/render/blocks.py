"""A paper as the pieces that it prints, in their order, each with an id that lasts.

An id is made of hashes of the part, of the place in the part, and of the evidence. A place is named by what stands
there (a theme; a row and a column) and counted only among its like, so that a new theme moves no other. The same
evidence means: the same reviews, numbers and quotes behind it, however a template words it.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator

from scr_llm.records import Block, BlockKind, Briefing, EvidenceRef, Paper, Paragraph, Part, Sentence, Table

NUMBERING = re.compile(r"\d+(?:\.\d+)*\.? ")
"""The number in front of a heading. It moves with the parts before it and says nothing about evidence."""
REFERENCE = re.compile(r"\bEvidence \d+\b")
"""A reference to the evidence file. Its number moves with the themes before it."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that no XML file may hold."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def blocks(paper: Paper) -> tuple[Block, ...]:
    """Every piece of the paper that has words, in the order in which Word shows them."""
    return tuple(block for block in all_blocks(paper) if block.text)


def all_blocks(paper: Paper) -> Iterator[Block]:
    """The same with pieces that have no words: each heading, paragraph, figure, caption and cell is one."""
    return _Blocks(paper).all()


def clean(text: str) -> str:
    """A text as a Word file can hold it."""
    return _FORBIDDEN.sub("", text)


def status_text(paper: Paper) -> str:
    """The line below the title."""
    return f"{paper.organisation}. Version {paper.version}. {paper.status_line}."


def paragraph_text(paragraph: Paragraph) -> str:
    """A paragraph's words; a quote with its case and page."""
    if quote := paragraph.quote:
        return f"{quote.case_label}, page {quote.evidence.page}: “{quote.text}”"
    return " ".join(sentence.text for sentence in paragraph.sentences)


def cell_text(text: str) -> str:
    """A cell's words. No cell is empty, for those who hear the table."""
    return text or "None"


class _Blocks:
    """Names the pieces of one paper."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._seen: Counter[tuple[str, str]] = Counter()
        evidence = paper.evidence if isinstance(paper, Briefing) else ()
        behind: dict[str, list[list[object]]] = {}
        for reference in evidence:
            behind.setdefault(f"evidence.{reference.theme}", []).append(_spot(reference))
        self._behind = {ref: json.dumps(spots) for ref, spots in behind.items()}
        self._documents: dict[tuple[str, ...], str] = {}

    def all(self) -> Iterator[Block]:
        paper = self._paper
        yield self._block("title", "", "title", paper.title, paper.title)
        yield self._block("status", "", "status", "", status_text(paper))
        for part in paper.parts:
            yield self._block("heading", part.id, "heading", NUMBERING.sub("", part.title, count=1), part.title)
            yield from self._paragraphs(part)
            if part.figure:
                yield self._block("caption", part.id, "figure", part.figure.alt, part.figure.title)
            for table in part.tables:
                yield from self._table(part, table)

    def _paragraphs(self, part: Part) -> Iterator[Block]:
        for paragraph in part.paragraphs:
            text = paragraph_text(paragraph)
            if quote := paragraph.quote:
                yield self._block("quote", part.id, f"quote {quote.theme}", [*_spot(quote), quote.text], text)
                continue
            refs = " ".join(sentence.ref for sentence in paragraph.sentences)
            kind: BlockKind = "text" if paragraph.style == "normal" else paragraph.style
            behind = f"[{', '.join(map(self._rests_on, paragraph.sentences))}]"
            yield self._named(kind, part.id, f"{kind} {refs}", _hash_of_json(behind), text)

    def _table(self, part: Part, table: Table) -> Iterator[Block]:
        yield self._block("caption", part.id, f"caption {table.caption}", "", table.caption)
        for row in (table.columns, *table.rows):
            for column, text in zip(table.columns, row, strict=True):
                place = f"cell {table.caption}\n{row[0]}\n{column}"
                yield self._block("cell", part.id, place, text, cell_text(text))

    def _rests_on(self, sentence: Sentence) -> str:
        """As JSON: many sentences name the same documents, which may be thousands."""
        numbers = _NUMBER.findall(REFERENCE.sub("", sentence.text))
        if not sentence.documents or not (numbers or sentence.ref):
            return json.dumps(sentence.text)  # it counts nothing: the words themselves are what it says
        documents = self._documents.get(sentence.documents) or json.dumps(sentence.documents)
        self._documents[sentence.documents] = documents
        return f"[{documents}, {json.dumps(numbers)}, {self._behind.get(sentence.ref, '[]')}]"

    def _block(self, kind: BlockKind, part: str, place: str, evidence: object, text: str) -> Block:
        return self._named(kind, part, place, _hash(evidence), text)

    def _named(self, kind: BlockKind, part: str, place: str, evidence: str, text: str) -> Block:
        nth = self._seen[part, place]
        self._seen[part, place] += 1
        name = f"_scr_{_hash(part)}_{_hash([place, nth])}_{evidence}"
        return Block(id=name, kind=kind, part=part, text=" ".join(clean(text).split()))


def _spot(reference: EvidenceRef) -> list[object]:
    """Where a quote stands."""
    return [reference.document_id, reference.evidence.page, reference.evidence.start, reference.evidence.end]


def _hash(value: object) -> str:
    """Eight characters: names of bookmarks have at most 40, and a paper has a few thousand pieces."""
    return _hash_of_json(json.dumps(value))


def _hash_of_json(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
