"""What a reviewer sees of a cell, and who the reviewer is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Required, TypedDict, get_args

from scr_llm.records import Code, Covered, Document, Evidence, Refusal, SetItem, ThemeValue
from scr_llm.records.coding import Context
from scr_llm.records.decision import Act
from scr_llm.stages.decisions import CellState, Standing
from scr_llm.stages.decisions.deciding import Proposed

CellKind = Literal["theme", "finding", "recommendation", "case"]
STATED = tuple(c for c in get_args(Context) if c != "not stated")
"""Reasons for holding a review, where the review states one."""


@dataclass(frozen=True)
class Reviewer:
    """The person who decides."""

    name: str
    role: str
    blind: bool = False
    """Whether this is a second reviewer, who sees nobody else's answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Proposed):
    """What the coder proposed for a cell, in short."""

    kind: CellKind
    title: str
    """The theme's label, or for example "Finding 3"."""
    doubts: tuple[str, ...] = ()
    core: bool = True
    """Whether the cell must be decided before the briefing can be signed."""
    added: bool = False
    """Whether nothing was proposed, and a person added the finding or recommendation."""
    recommendation_only: bool = False
    """Whether a theme's only evidence is in recommendations."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell that a reviewer has opened."""

    document: Document
    label: str
    """Of the review: authority and pseudonym, or the file name."""
    key: str
    """Theme id, item id, or for example "case:authority"."""
    kind: CellKind
    title: str
    code: Code | None
    """Of a theme."""
    proposed: ThemeValue
    """By the coder."""
    value: ThemeValue
    """As it counts now."""
    text: str | None
    """Of a finding, recommendation or fact."""
    sub_themes: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    why: str
    doubts: tuple[str, ...]
    state: CellState
    standing: Standing
    seen: int
    """Number of the last decision on the cell."""
    nearest: tuple[Evidence, ...] = ()
    """Where there is no evidence: the passages closest to the theme."""
    refused: tuple[Refusal, ...] = ()
    """Quotes that the coder gave and that are not in the text."""


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """A cell as the matrix shows it."""

    label: str
    """Of the review."""
    title: str
    """Of the theme, finding, recommendation or fact."""
    kind: CellKind
    value: ThemeValue
    """As it counts now."""
    state: CellState
    """Whether people have decided it."""


class Given(TypedDict, total=False):
    """What a person gives with a value; see `Decision`."""

    evidence: Sequence[Evidence]
    sub_themes: Sequence[str]
    text: str | None
    reason: str
    act: Act | None
    item: SetItem | None


class What(TypedDict, total=False):
    """The fields of a `Decision` that say what was decided."""

    act: Required[Act]
    value: Required[ThemeValue]
    text: str | None
    sub_themes: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    reason: str
    item: SetItem | None
    covers: tuple[Covered, ...]
    pages: tuple[int, ...]
