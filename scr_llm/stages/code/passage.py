"""A sentence where it stands: what a coder judges."""

from typing import NamedTuple


class Passage(NamedTuple):
    """A sentence where it stands."""

    text: str
    before: str = ""
    """The sentence before it in its paragraph; empty where there is none."""
    after: str = ""
    """The sentence after it."""
    section: str = "other"
    """Kind of the section."""
