"""What a coder proposed for the cells of a review."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scr_llm.records import Code, Coding, Evidence, Item, SetItem, ThemeCoding
from scr_llm.review.cells import CellKind, Proposal
from scr_llm.stages.decisions import must_be_decided
from scr_llm.stages.decisions.deciding import Proposed, proposed_cells
from scr_llm.stages.decisions.items import FACTS
from scr_llm.stages.synthesise.count import recommendation_only


def proposals(coding: Coding, codes: Mapping[str, Code]) -> Iterator[tuple[str, Proposal]]:
    """Every cell of a coding: its key and what is proposed. Themes first, then findings, recommendations and facts."""
    cells, themes = proposed_cells(coding, codes), {t.theme: t for t in coding.themes}
    for code in codes.values():
        yield code.id, _theme(cells[code.id], code, themes.get(code.id))
    kinds: tuple[tuple[CellKind, tuple[Item, ...]], ...] = (
        ("finding", coding.findings),
        ("recommendation", coding.recommendations),
    )
    for kind, items in kinds:
        for item in items:
            title = _numbered(kind, item.number)
            yield item.id, _proposal(cells[item.id], kind=kind, title=title, doubts=item.doubts)
    for fact in FACTS:
        yield f"case:{fact}", _proposal(cells[f"case:{fact}"], kind="case", title=f"Case: {fact}")


def added(item: SetItem) -> Proposal:
    """A finding or recommendation that nobody proposed, and that a person added."""
    return Proposal(
        value="not_mentioned", kind=item.kind, title=_numbered(item.kind, item.number), core=False, added=True
    )


def _numbered(kind: CellKind, number: str | None) -> str:
    return f"{kind.capitalize()} {number or ''}".strip()


def _theme(cell: Proposed, code: Code, theme: ThemeCoding | None) -> Proposal:
    if theme is None:
        return _proposal(cell, kind="theme", title=code.label, doubts=("the code is newer than the coding",))
    return _proposal(
        cell,
        kind="theme",
        title=code.label,
        doubts=theme.doubts,
        core=must_be_decided(code, theme.value),
        recommendation_only=recommendation_only(theme.evidence),
    )


def _proposal(cell: Proposed, **more: Any) -> Proposal:
    return Proposal(value=cell.value, text=cell.text, places=cell.places, **more)


@dataclass(frozen=True)
class Content:
    """The words that a proposal consists of or rests on."""

    text: str | None = None
    """Of a finding, recommendation or fact."""
    evidence: tuple[Evidence, ...] = ()
    sub_themes: tuple[str, ...] = ()
    why: str = ""


def content(coding: Coding, kind: CellKind, key: str) -> Content:
    """The words of one proposal. Empty for a theme that is newer than the coding, and for what a person added."""
    if kind == "theme":
        theme = next((t for t in coding.themes if t.theme == key), None)
        return Content(None, theme.evidence, theme.sub_themes, theme.why) if theme else Content()
    if kind == "case":
        fact = key.removeprefix("case:")
        return Content(getattr(coding.case, fact), coding.case.evidence.get(fact, ()))
    items = (i for i in (*coding.findings, *coding.recommendations) if i.id == key)
    return next((Content(item.text, item.evidence) for item in items), Content())
