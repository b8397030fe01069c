"""The text of a document, page by page, with its structure."""

from typing import Literal

from scr_llm.records.base import Record

MarkKind = Literal["header", "footer", "page_number", "contents", "heading", "cover", "footnote", "hidden"]
"""Kinds of text on a page that are never evidence."""

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
"""What a section is for; `other` where its heading does not say."""


CrossCheckMode = Literal["full", "cues", "off"]
"""Which pages a second reader reads: every page; those that look odd, a sample of the others, and afterwards every page
that is quoted; or none."""

CrossChecked = Literal["all", "cue", "sample", "quoted", "no", "impossible"]
"""Why a second reader read a page: because it reads all, because something looked odd, as part of the sample, or
because the page is quoted. no: it did not. impossible: there is no second text to compare."""


class Span(Record):
    """Part of one page's text."""

    page: int
    """Page number, from 1, as in the file."""
    start: int
    """Offset of the first character (code point) in that page's text."""
    end: int
    """Offset just after the last character."""


class Mark(Record):
    """A part of a page that is never evidence."""

    kind: MarkKind
    """What it is."""
    start: int
    """Offset of the first character in the page's text."""
    end: int
    """Offset just after the last character."""


class Page(Record):
    """One page as text."""

    number: int
    """From 1, as in the file."""
    text: str
    """Text in reading order. Lines end in one newline, paragraphs in two. A hyphen at the end of a line is U+00AD where
    it only divides a word, and U+2010 where it belongs to the word."""
    marks: tuple[Mark, ...] = ()
    """Furniture and headings, in order, not overlapping."""
    images: int = 0
    """Number of images drawn on the page; counted only where it has almost no text."""
    engine: Literal["pdfium", "pypdf", "ocr", "none"] = "pdfium"
    """What extracted the text; none where nothing could."""
    label: str | None = None
    """The page's label in the file, such as `iv`, where it differs from `number`."""
    scanned: bool = False
    """Whether the text was recognised from an image."""
    agreement: float | None = None
    """How far the two readers agree on the page's letters, 0 to 1; None where they were not compared."""
    cross_checked: CrossChecked | None = None
    """Why a second reader read this page too, or that it did not; None in a reading from before this was recorded."""
    warnings: tuple[str, ...] = ()
    """Why a person should check this page; empty where nobody need."""


class FileFacts(Record):
    """What a file says about itself. None of it is evidence."""

    title: str | None = None
    """Title in its properties."""
    author: str | None = None
    """Author in its properties."""
    producer: str | None = None
    """The program that wrote it."""
    created: str | None = None
    """When, in the file's own format."""
    encrypted: bool = False
    """Whether it is encrypted with an empty password, so that any program can open it."""
    outline: tuple[str, ...] = ()
    """Titles of its bookmarks, in order."""


class Section(Record):
    """A stretch of the document under one heading."""

    kind: SectionKind
    """What it is for."""
    title: str
    """The heading as printed, white space collapsed; empty for the text before the first heading."""
    page: int
    """Page of the heading."""
    start: int
    """Offset of the heading in that page's text."""


class NumberedItem(Record):
    """A finding or recommendation that the document prints as a separate item."""

    kind: Literal["finding", "recommendation"]
    """Which of the two."""
    number: str | None
    """The number as printed, without its punctuation; None for a bullet or an unnumbered paragraph."""
    text: str
    """The item's text, white space collapsed, without its number."""
    page: int
    """Page on which it begins."""
    section: str
    """Title of the section it is in."""
    addressee: str | None = None
    """Who must act, as printed; None where the item names nobody."""
    spans: tuple[Span, ...]
    """Where the text is: one span per page, or more where cells of a table interrupt it."""


class PassedOver(Record):
    """Text that looks like a finding or recommendation but was not counted as one."""

    kind: Literal["finding", "recommendation"]
    """Which of the two it looks like."""
    text: str
    """Its beginning, white space collapsed."""
    page: int
    """Page on which it begins."""
    why: str
    """Why it was not counted."""


class Reading(Record):
    """The text of a document: all that later stages see of it."""

    document_id: str
    """The document that was read."""
    sha256: str
    """SHA-256 of the pages' texts joined by form feeds, UTF-8."""
    file: FileFacts = FileFacts()
    """What the file says about itself."""
    pages: tuple[Page, ...]
    """Every page of the file, including empty ones."""
    sections: tuple[Section, ...] = ()
    """In reading order."""
    items: tuple[NumberedItem, ...] = ()
    """Findings and recommendations, in reading order, each once."""
    passed_over: tuple[PassedOver, ...] = ()
    """What looks like one of them but was not counted, in reading order."""
