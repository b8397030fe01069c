"""Records of the pages for two reviewers: what they differ on, the second one's seat, and what happens when done."""

from dataclasses import dataclass
from typing import ClassVar

from scr_llm.review.cells import Reviewer
from scr_llm.stages.decisions import Key
from scr_llm.web.shown import Opinion, Shown


@dataclass(frozen=True)
class Disagreement:
    """A cell on which two reviewers differ."""

    key: Key
    label: str
    """Of the review."""
    title: str
    """Of the theme, finding, recommendation or fact."""
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True)
class TwoRaters:
    """How far two reviewers agree."""

    first: str
    second: str
    """Their names."""
    agreed: int
    """Cells on which both decided alike; adjudication does not count."""
    both: int
    """Cells that both decided."""


@dataclass(frozen=True, kw_only=True)
class DisagreementsPage(Shown):
    """Cells on which two reviewers differ, and how often they agree."""

    template: ClassVar[str] = "disagreements.html.j2"
    tab: ClassVar[str] = "/disagreements"
    disagreements: tuple[Disagreement, ...]
    raters: tuple[TwoRaters, ...]


@dataclass(frozen=True)
class Guest:
    """Somebody who was invited."""

    reviewer: Reviewer
    opened: bool
    """Whether the link was used."""
    decided: int
    of: int
    """Cells that they are to decide."""


@dataclass(frozen=True, kw_only=True)
class SecondPage(Shown):
    """Who else reviews, and the form that makes a link for another person."""

    template: ClassVar[str] = "second.html.j2"
    tab: ClassVar[str] = "/second"
    address: str
    """The link that was just made; empty if none was."""
    name: str
    """Whom it is for."""
    guests: tuple[Guest, ...]
    proxied: bool
    """Whether a reverse proxy names people, so that nobody is invited here."""


@dataclass(frozen=True, kw_only=True)
class DonePage(Shown):
    """Where a second reviewer ends."""

    template: ClassVar[str] = "done.html.j2"
    open: int
    """Cells that they have yet to decide."""
    of: int
