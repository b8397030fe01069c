"""What a coder proposed for the cells of a review."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scr_llm.records import Code, Coding, Evidence
from scr_llm.review.cells import FACTS, CellKind, Proposal
from scr_llm.stages.decisions import PARTICULAR, must_be_decided


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
    yield PARTICULAR, Proposal("case", "The particular finding", "not_mentioned", core=False)


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
    """The words of one proposal. Empty for a theme that is newer than the coding."""
    if kind == "theme":
        theme = next((t for t in coding.themes if t.theme == key), None)
        return Content(None, theme.evidence, theme.sub_themes, theme.why) if theme else Content()
    if key == PARTICULAR:
        return Content()
    if kind == "case":
        fact = key.removeprefix("case:")
        return Content(getattr(coding.case, fact), coding.case.evidence.get(fact, ()))
    item = next(i for i in (*coding.findings, *coding.recommendations) if i.id == key)
    return Content(item.text, item.evidence)
