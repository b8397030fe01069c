"""What a person sees of a cell, and who decides it."""

from dataclasses import dataclass
from typing import Literal, get_args

from scr_llm.records import Code, Document, Evidence, Refusal, ThemeValue
from scr_llm.records.coding import Context
from scr_llm.stages.decisions import Standing, State

Kind = Literal["theme", "finding", "recommendation", "case"]
FACTS = ("authority", "pseudonym", "context")
"""Case facts that a person decides by themselves."""
STATED = tuple(c for c in get_args(Context) if c != "not stated")
"""Why a review may have been held, where it says so."""


@dataclass(frozen=True)
class Reviewer:
    """Who decides."""

    name: str
    role: str
    blind: bool = False
    """Whether as second reviewer, who sees nobody's answers."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What stands in a cell before anybody decided, in short."""

    kind: Kind
    title: str
    """What it is, in words."""
    value: ThemeValue
    doubts: tuple[str, ...] = ()
    core: bool = True


@dataclass(frozen=True)
class Cell:
    """A cell opened for a person."""

    document: Document
    label: str
    key: str
    kind: Kind
    title: str
    code: Code | None
    proposed: ThemeValue
    value: ThemeValue
    text: str | None
    """Of a finding, recommendation or fact."""
    sub_themes: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    why: str
    doubts: tuple[str, ...]
    state: State
    standing: Standing
    seen: int
    """Number of the last decision on the cell."""
    nearest: tuple[Evidence, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class MatrixCell:
    """A cell as the matrix shows it."""

    label: str
    """Of the review."""
    title: str
    """Of the theme, finding, recommendation or fact."""
    kind: Kind
    value: ThemeValue
    """As it counts now."""
    state: State
    """Whether people decided it."""
