"""What a coder proposed for the cells of a review."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scr_llm.records import Code, Coding, Evidence, SetItem
from scr_llm.review.cells import CellKind, Proposal
from scr_llm.stages.decisions import must_be_decided
from scr_llm.stages.decisions.items import FACTS


def proposals(coding: Coding, codes: Mapping[str, Code]) -> Iterator[tuple[str, Proposal]]:
    """Every cell of a coding: its key and what is proposed. Themes first, then findings, recommendations and facts."""
    for theme in coding.themes:
        if code := codes.get(theme.theme):
            core = must_be_decided(code, theme.value)
            yield theme.theme, Proposal("theme", code.label, theme.value, theme.doubts, core)
    coded = {t.theme for t in coding.themes}
    for code_id, code in codes.items():
        if code_id not in coded:
            yield code_id, Proposal("theme", code.label, "unclear", ("the code is newer than the coding",))
    for finding in coding.findings:
        yield finding.id, Proposal("finding", _numbered("Finding", finding.number), "present", finding.doubts)
    for asked in coding.recommendations:
        yield asked.id, Proposal("recommendation", _numbered("Recommendation", asked.number), "present", asked.doubts)
    for fact in FACTS:
        stated = bool(coding.case.evidence.get(fact))
        yield f"case:{fact}", Proposal("case", f"Case: {fact}", "present" if stated else "not_mentioned")


def added(item: SetItem) -> Proposal:
    """A finding or recommendation that nobody proposed, and that a person added."""
    title = _numbered(item.kind.capitalize(), item.number)
    return Proposal(item.kind, title, "not_mentioned", core=False, added=True)


def _numbered(name: str, number: str | None) -> str:
    return f"{name} {number or ''}".strip()


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
