"""People's decisions over a coding. The draft stays as it was; what is current is computed."""

from collections.abc import Sequence

from scr_llm.records import Coding, Decision, ThemeCoding


def latest(decisions: Sequence[Decision]) -> dict[tuple[str, str], Decision]:
    """The last decision on each cell (document id, theme), in the order they were appended."""
    return {(d.document_id, d.theme): d for d in decisions}


def current(coding: Coding, decisions: Sequence[Decision]) -> Coding:
    """The coding under its decisions."""
    decided = latest(decisions)

    def cell(theme: ThemeCoding) -> ThemeCoding:
        decision = decided.get((coding.document_id, theme.theme))
        if decision is None:
            return theme
        return theme.model_copy(
            update={"value": decision.value, "sub_themes": decision.sub_themes, "evidence": decision.evidence, "why": decision.reason}
        )

    return coding.model_copy(update={"themes": tuple(cell(theme) for theme in coding.themes)})
