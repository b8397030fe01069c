"""People's decisions over a coding. The draft stays as it was; what is current is computed."""

from collections.abc import Mapping, Sequence

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


def queue(codings: Mapping[str, Coding], decisions: Sequence[Decision]) -> list[tuple[str, ThemeCoding]]:
    """Undecided cells (document id, theme), the most worth a look first.

    First where coders differ, then what is unclear, then what is proposed on weak grounds, then what is proposed, then denials, then silence.
    A look is worth most where the proposal is likeliest to change: a wrong "present" is counted and a missed one is not seen again.
    """
    decided = latest(decisions)
    cells = [(i, theme) for i, coding in codings.items() for theme in coding.themes if (i, theme.theme) not in decided]
    return sorted(cells, key=lambda cell: (*_rank(cell[1]), cell[0], cell[1].theme))


def _rank(theme: ThemeCoding) -> tuple[int, int]:
    if any(d.startswith("coders differ") for d in theme.doubts):
        return 0, -len(theme.doubts)
    kind = {"unclear": 1, "present": 2, "explicitly_absent": 3, "not_mentioned": 4}[theme.value]
    return kind, -len(theme.doubts)
