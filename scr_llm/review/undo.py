"""Taking back a person's last act, whether it is on one cell or on several."""

from collections.abc import Iterable, Mapping

from scr_llm.records import Covered, Decision
from scr_llm.stages.decisions import Key, Standing
from scr_llm.stages.decisions.items import one_by_one


def last_in_force(decisions: Iterable[Decision], author: str) -> Decision | None:
    """A person's last act that was not taken back."""
    own: list[Decision] = []
    for act in decisions:
        if act.author != author:
            continue
        if act.act != "withdrawn":
            own.append(act)
        elif (at := _taken_back(own, act)) is not None:
            del own[at]
    return own[-1] if own else None


def _taken_back(own: list[Decision], withdrawal: Decision) -> int | None:
    """Which act a withdrawal takes back: the last one on the same cells."""
    cells = _cells(withdrawal)
    return next((at for at in range(len(own) - 1, -1, -1) if _cells(own[at]) == cells), None)


def _cells(act: Decision) -> set[Key]:
    return {(each.document_id, each.theme) for each in one_by_one(act)}


def can_be_undone(act: Decision, standings: Mapping[Key, Standing]) -> bool:
    """Whether an act is still the last of its kind on each of its cells."""
    cells = [standings.get(key, Standing()) for key in _cells(act)]
    return all(standing.can_be_undone_by(act.author) for standing in cells)


def withdrawn_cells(act: Decision) -> tuple[Covered, ...]:
    """The cells that a withdrawal of an act names; none where the act is on one cell."""
    return tuple(Covered(theme=cell.theme, value="unclear") for cell in act.covers)
