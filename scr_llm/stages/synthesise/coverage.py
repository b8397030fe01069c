"""Which pages of a review were read, and which of those have no quote taken from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scr_llm.records import Evidence
from scr_llm.stages.synthesise.count import CodedReview


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

    @property
    def read(self) -> int:
        """How many were read."""
        return self.pages - len(self.unread)


def coverage(review: CodedReview) -> Coverage:
    """The pages of a coded review."""
    document = review.document
    unread = tuple(note.page for note in document.notes if note.unread)
    quoted = {e.page for e in _everything(review)}
    rest = (page for page in range(1, document.pages + 1) if page not in quoted and page not in unread)
    return Coverage(document.pages, unread, tuple(n.page for n in document.notes if not n.unread), tuple(rest))


def _everything(review: CodedReview) -> Iterator[Evidence]:
    coding = review.coding
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
