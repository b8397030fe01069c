"""Which pages of a review were read, and which of those have no quote taken from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scr_llm.records import Coding, Document, Evidence
from scr_llm.stages.synthesise.count import CodedReview
from scr_llm.stages.synthesise.english import of_the
from scr_llm.text.words import count


@dataclass(frozen=True)
class Coverage:
    """The pages of one review, by their numbers from 1."""

    pages: int
    """How many there are."""
    unread: tuple[int, ...]
    """Without readable text."""
    flagged: tuple[int, ...]
    """Read, but a person should look at them."""
    unquoted: tuple[int, ...]
    """Read, but nothing was quoted from them."""
    once: tuple[int, ...] | None
    """Not read by a second reader; None where this was not recorded."""
    quoted_once: tuple[int, ...] = ()
    """Those of them that are quoted."""

    @property
    def twice(self) -> str:
        """How many were read by two readers, in words."""
        return "Not recorded" if self.once is None else f"{self.pages - len(self.once)} of {self.pages}"

    @property
    def read(self) -> int:
        """How many were read."""
        return self.pages - len(self.unread)


def coverage(review: CodedReview) -> Coverage:
    """The pages of a coded review."""
    document = review.document
    unread = tuple(note.page for note in document.notes if note.unread)
    quoted = quoted_pages(review.coding)
    rest = (page for page in range(1, document.pages + 1) if page not in quoted and page not in unread)
    flagged = tuple(note.page for note in document.notes if not note.unread)
    return Coverage(
        document.pages, unread, flagged, tuple(rest), document.read_once, quoted_once(document, review.coding)
    )


def read_twice(covered: Sequence[Coverage]) -> str:
    """How many pages of some reviews two readers have read, as a sentence."""
    pages, once = sum(of.pages for of in covered), sum(len(of.once or ()) for of in covered)
    quoted = sum(len(of.quoted_once) for of in covered)
    if once == pages:
        return "No page was read by a second program to check its text."
    told = f"A second program read {of_the(pages - once, pages, 'page')} to check their text"
    if not once:
        return f"{told}."
    if not quoted:
        return f"{told}, among them every page that is quoted."
    return f"{told}; it did not read {count(quoted, 'page that is', 'pages that are')} quoted."


def quoted_pages(coding: Coding) -> set[int]:
    """The pages that a coding quotes."""
    return {each.page for each in _everything(coding)}


def quoted_once(document: Document, coding: Coding) -> tuple[int, ...]:
    """The pages of a document that its coding quotes, and that no second reader has read."""
    return tuple(sorted(quoted_pages(coding) & set(document.read_once or ())))


def _everything(coding: Coding) -> Iterator[Evidence]:
    for theme in coding.themes:
        yield from theme.evidence
    for item in (*coding.findings, *coding.recommendations):
        yield from item.evidence
    for found in coding.case.evidence.values():
        yield from found


def page_ranges(pages: Sequence[int]) -> str:
    """Page numbers in words, consecutive pages as a range."""
    parts: list[list[int]] = []
    for page in pages:
        if parts and page == parts[-1][1] + 1:
            parts[-1][1] = page
        else:
            parts.append([page, page])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in parts) or "None"
