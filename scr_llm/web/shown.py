"""What each page shows: one record for each page, which its template calls `p`.

A template may use the fields of its page's record, the fields of `Frame`, and nothing else (a test checks both).
"""

from dataclasses import dataclass
from typing import ClassVar

from scr_llm.records import Decision, Explanation, Paper, ThemeValue
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.stages.decisions import CellState, Key
from scr_llm.web.pdf_page import PdfPage
from scr_llm.web.rights import Right


@dataclass(frozen=True)
class Progress:
    """How far the person has got."""

    open: int
    """Cells that wait for this person."""
    of: int
    """Cells in all."""
    minutes: int | None
    """Minutes left at the person's pace; None if the pace is not known."""
    disagreed: int
    """Cells on which two reviewers differ."""


@dataclass(frozen=True)
class Link:
    """A link of the navigation, at the top of every page."""

    text: str
    path: str
    """Below the page's own address, such as `/matrix`."""
    here: bool = False
    """Whether this is the page that is open."""
    key: str = ""
    """The key that follows it; empty if there is none."""


@dataclass(frozen=True)
class Frame:
    """What stands around every page."""

    name: str
    """Of the project."""
    who: Reviewer
    """Who looks."""
    base: str
    """The path above all pages, such as `/x7Kq`; empty for the root."""
    csrf: str
    """The token that every form sends back."""
    links: tuple[Link, ...]
    """The navigation."""
    progress: Progress
    news: str
    """The mark of what the page shows; see `review.news`."""
    fault: str
    """Why the codebook cannot be used as its file is now; empty if it can."""
    may: frozenset[Right]
    """What the person may do here; what they may not is not offered."""
    is_shared: bool
    """Whether this is a shared server, whose first page lists the projects."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What one page shows."""

    template: ClassVar[str]
    """The file in `templates/`."""
    tab: ClassVar[str] = ""
    """The path of the navigation's link to this page; empty if none leads to it."""
    at: Key | None = None
    """The cell that is open, after which the next one comes."""
    revisits: bool = False
    """Whether the person goes through decided cells again."""


@dataclass(frozen=True)
class Chip:
    """A cell at a glance: its link in the matrix."""

    key: Key
    value: str
    """In words."""
    state: CellState
    mark: str
    """A sign for the state, so that nobody needs to see its colour; empty while the cell is undecided."""


@dataclass(frozen=True)
class Column:
    """A theme of the matrix."""

    id: str
    label: str
    present: int
    """In how many reviews it is present now."""


@dataclass(frozen=True)
class Row:
    """A review in the matrix."""

    id: str
    label: str
    file: str
    chips: tuple[Chip, ...]
    """One for each column."""
    items: int
    """Findings, recommendations and case facts; 0 where they are not counted."""
    open: int
    """How many of them are undecided."""


@dataclass(frozen=True)
class Choice:
    """A choice from a list."""

    value: str
    text: str


@dataclass(frozen=True, kw_only=True)
class MatrixPage(Shown):
    """Reviews by themes, with each cell's state."""

    template: ClassVar[str] = "matrix.html.j2"
    tab: ClassVar[str] = "/matrix"
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    """The reviews on this page of the matrix."""
    first: int
    """The number of the first review on this page, from 0."""
    most: int
    """How many reviews one page shows."""
    of: int
    """Reviews in all."""
    everything: bool
    """Whether all themes are shown, or only the main ones."""
    more: int
    """Themes that are not among the main ones."""
    order: str
    """The order of work."""
    orders: tuple[Choice, ...]
    """Those that there are."""
    decided: bool
    """Whether there are decided cells to go through again."""


@dataclass(frozen=True)
class Opinion:
    """What one of two reviewers decided."""

    reviewer: str
    """First or second."""
    decision: Decision


@dataclass(frozen=True)
class Answer:
    """A button that decides the cell."""

    value: ThemeValue
    key: str
    """The key that presses it."""
    text: str
    style: str = ""
    """Accept or reject, for those that answer a proposal."""


@dataclass(frozen=True)
class Quote:
    """A quote with a box to tick."""

    text: str
    places: str
    """Where its pieces are, as the form gives them."""
    page: int
    """Where it begins."""
    section: str
    """Heading above it; empty where there is none."""
    flags: tuple[str, ...]
    ticked: bool
    key: str
    """The number that ticks or unticks it; empty from the tenth on."""


@dataclass(frozen=True)
class Quotes:
    """The quotes of a cell, numbered together in this order."""

    strong: tuple[Quote, ...] = ()
    """In sight: those that are ticked or, where none is, the first."""
    others: tuple[Quote, ...] = ()
    """Weaker ones and those that a person unticked; folded."""
    nearest: tuple[Quote, ...] = ()
    """Where the cell has none: the passages closest to the theme."""


@dataclass(frozen=True)
class Related:
    """Another cell that rests on the same words."""

    key: Key
    title: str


@dataclass(frozen=True)
class Filled:
    """What a person filled in before something was refused, so that nothing is lost."""

    trouble: str = ""
    """Why it was refused; empty where nothing was."""
    reason: str = ""
    quote: str = ""
    text: str | None = None
    kept: tuple[str, ...] | None = None
    """Places of the quotes that were ticked."""


@dataclass(frozen=True, kw_only=True)
class CellPage(Shown):
    """One cell: the review on the left, and what is to be decided on the right."""

    template: ClassVar[str] = "cell.html.j2"
    cell: Cell
    meaning: str
    """Hash of the definition that is shown; empty where there is none."""
    pdf: PdfPage
    quotes: Quotes
    related: tuple[Related, ...]
    """Findings and recommendations that speak of the theme, or themes that the item speaks of; none while blind."""
    filled: Filled
    undone: bool
    """Whether the person has just taken back their decision on this cell."""
    adjudicates: bool
    """Whether deciding settles a disagreement, which needs a reason."""
    answers: tuple[Answer, ...]
    contexts: tuple[Choice, ...]
    """Reasons for holding a review."""
    opinions: tuple[Opinion, ...]
    """What each reviewer decided, where two did; empty for a blind reviewer."""
    history: tuple[Decision, ...]
    """All decisions on the cell, the earliest first; empty for a blind reviewer."""


@dataclass(frozen=True, kw_only=True)
class CaseSheetPage(Shown):
    """The review on one page."""

    template: ClassVar[str] = "case_sheet.html.j2"
    document: str
    sheet: Paper


@dataclass(frozen=True, kw_only=True)
class ExplainPage(Shown):
    """Where a theme's number comes from."""

    template: ClassVar[str] = "explain.html.j2"
    explanation: Explanation
    """With some of its reviews."""
    first: int
    """The number of the first of them, from 0."""
    most: int
    """How many one page shows."""
    of: int
    """Reviews in all."""


@dataclass(frozen=True)
class KeyHelp:
    """What a key does."""

    key: str
    does: str


@dataclass(frozen=True, kw_only=True)
class HelpPage(Shown):
    """Keys, and what counts."""

    template: ClassVar[str] = "help.html.j2"
    tab: ClassVar[str] = "/help"
    keys: tuple[KeyHelp, ...]
    list_keys: tuple[KeyHelp, ...]
    """On the page of a list."""


@dataclass(frozen=True)
class Typed:
    """What the person typed into a field."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RefusedPage(Shown):
    """Why something was not saved."""

    template: ClassVar[str] = "refused.html.j2"
    message: str
    back: str
    """The path of the page to go back to."""
    wrote: tuple[Typed, ...]
    """What the person typed, to copy."""


@dataclass(frozen=True, kw_only=True)
class TroublePage(Shown):
    """What went wrong on this computer."""

    template: ClassVar[str] = "trouble.html.j2"
    message: str
    again: str
    """The address to try again."""
    post: bool
    """Whether a form was sent."""
    fields: tuple[tuple[str, str], ...]
    """Names and texts of its fields, to send again."""
    wrote: tuple[Typed, ...]
    """What the person typed, to copy."""


@dataclass(frozen=True, kw_only=True)
class ProjectsPage(Shown):
    """The first page of a shared server."""

    template: ClassVar[str] = "projects.html.j2"
    projects: tuple["ProjectLine", ...]
    """Those that the person may see."""


@dataclass(frozen=True)
class ProjectLine:
    """A project on the first page of a shared server."""

    name: str
    """As its settings call it."""
    path: str
    """Of its pages."""
    roles: str
    """What the person does in it."""
