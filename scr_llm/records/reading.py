"""The text of a document, page by page, with its structure."""

from typing import Literal

from scr_llm.records.base import Record

MarkKind = Literal["header", "footer", "page_number", "contents", "heading", "cover", "footnote", "hidden"]
"""Text on a page that is never evidence, by what it is."""

SectionKind = Literal[
    "introduction",
    "terms_of_reference",
    "process",
    "facts",
    "analysis",
    "findings",
    "lessons",
    "good_practice",
    "recommendations",
    "action_plan",
    "conclusion",
    "contents",
    "panel",
    "glossary",
    "other",
]
"""What a section is for; `other` where its heading does not tell."""


class Span(Record):
    """Part of one page's text."""

    page: int
    """Page number, from 1, as in the file."""
    start: int
    """Offset of the first character (code point) in that page's text."""
    end: int
    """Offset just behind the last character."""


class Mark(Record):
    """A part of a page that is never evidence."""

    kind: MarkKind
    """What it is."""
    start: int
    """Offset of the first character in the page's text."""
    end: int
    """Offset just behind the last character."""


class Page(Record):
    """One page as text."""

    number: int
    """From 1, as in the file."""
    text: str
    """Text in reading order; lines end in a newline, paragraphs in two; a hyphen at a line's end is U+00AD where it
    only divides a word and U+2010 where the word itself has one."""
    marks: tuple[Mark, ...] = ()
    """Furniture and headings, in order, not overlapping."""
    images: int = 0
    """Number of images drawn on the page; counted only where it has almost no text."""
    engine: Literal["pdfium", "pypdf", "ocr", "none"] = "pdfium"
    """What gave the text; none where nothing could."""
    label: str | None = None
    """The page's printed number where the file gives it another than its place, `iv` say."""
    scanned: bool = False
    """Whether a machine recognised the text from an image."""
    agreement: float | None = None
    """How far the two readers agree on the page's letters, 0 to 1; None where it was not compared."""
    warnings: tuple[str, ...] = ()
    """Why a person should look at this page, where they should."""


class FileFacts(Record):
    """What a file says of itself. Nothing in it is evidence."""

    title: str | None = None
    """Title in its properties."""
    author: str | None = None
    """Author in its properties."""
    producer: str | None = None
    """The program that wrote it."""
    created: str | None = None
    """When, as the file puts it."""
    encrypted: bool = False
    """Whether it is encrypted with an empty password, which any reader opens."""
    outline: tuple[str, ...] = ()
    """Titles of its bookmarks, in order."""


class Section(Record):
    """A stretch of the document under one heading."""

    kind: SectionKind
    """What it is for."""
    title: str
    """The heading as printed, white space collapsed; empty for what stands before the first heading."""
    page: int
    """Page of the heading."""
    start: int
    """Offset of the heading in that page's text."""


class NumberedItem(Record):
    """A finding or recommendation that the document prints as an item of its own."""

    kind: Literal["finding", "recommendation"]
    """Which of the two."""
    number: str | None
    """The number as printed, without its punctuation; None for a bullet or an unnumbered paragraph."""
    text: str
    """The item's text, white space collapsed, without its number."""
    page: int
    """Page on which it begins."""
    section: str
    """Title of the section it stands in."""
    addressee: str | None = None
    """Who is to act, as printed; None where the item names nobody."""
    spans: tuple[Span, ...]
    """Where the text stands: one span a page, or more where a table's cells stand beside it."""


class PassedOver(Record):
    """What looks like a finding or recommendation of the document and was not taken for one."""

    kind: Literal["finding", "recommendation"]
    """Which of the two it looks like."""
    text: str
    """Its beginning, white space collapsed."""
    page: int
    """Page on which it begins."""
    why: str
    """Why it was not taken."""


class Reading(Record):
    """A document read: the only text that later stages see."""

    document_id: str
    """The document that was read."""
    sha256: str
    """SHA-256 of the pages' texts joined by form feeds, UTF-8."""
    file: FileFacts = FileFacts()
    """What the file says of itself."""
    pages: tuple[Page, ...]
    """Every page of the file, also the empty ones."""
    sections: tuple[Section, ...] = ()
    """In reading order."""
    items: tuple[NumberedItem, ...] = ()
    """Findings and recommendations, in reading order, each once."""
    passed_over: tuple[PassedOver, ...] = ()
    """What looks like one of them and was not taken, in reading order."""
