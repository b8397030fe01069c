"""Places in the text of a review."""

from typing import Protocol


class Place(Protocol):
    """A stretch of one page: a quote, or a span."""

    @property
    def page(self) -> int:
        """From 1."""

    @property
    def start(self) -> int:
        """Offset of its first character in the page's text."""

    @property
    def end(self) -> int:
        """Offset just after its last."""


def overlap(one: Place, other: Place) -> bool:
    """Whether two places share a character."""
    return one.page == other.page and one.start < other.end and other.start < one.end
