"""People's decisions on a coding. The draft never changes; the current coding is computed from it and the decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from scr_llm.errors import RefusedError
from scr_llm.records import Case, Code, Coding, Decision, Evidence, Reading, ThemeCoding, ThemeValue
from scr_llm.records.coding import Context
from scr_llm.stages.decisions.items import FACTS, as_decided, one_by_one

CellState = Literal["undecided", "decided", "stale", "disagreed"]
"""Whether a cell is decided, and whether that decision still holds.

stale: the meaning of the code, or what a confirmed list shows, has changed since. disagreed: a blind second reviewer
chose another value, and nobody has adjudicated."""
Key = tuple[str, str]
"""A cell: the id of its document, and that of the theme, item or fact."""


@dataclass
class Standing:
    """Everything that people have decided on one cell. The lists hold what was not withdrawn, oldest first."""

    first: list[Decision] = field(default_factory=list)
    blind: list[Decision] = field(default_factory=list)
    adjudicated: list[Decision] = field(default_factory=list)

    @property
    def counts(self) -> Decision | None:
        """The decision that counts: the adjudicator's, or else the last reviewer's. A blind one alone never counts."""
        acts = self.adjudicated or self.first
        return acts[-1] if acts else None

    @property
    def second(self) -> Decision | None:
        """A second reviewer's last answer. If there are several reviewers, one who differs from the first reviewer.

        A person's own blind answer does not count as a second opinion on their decision.
        """
        first = self.first[-1] if self.first else None
        answers = list({d.author: d for d in self.blind if first is None or d.author != first.author}.values())
        differing = [d for d in answers if first and d.value != first.value]
        return next(reversed(differing or answers), None)

    @property
    def pair(self) -> tuple[Decision, Decision] | None:
        """The first and the second reviewer's last answers; None unless both have decided."""
        return (self.first[-1], second) if self.first and (second := self.second) else None

    @property
    def disagreed(self) -> bool:
        """Whether two reviewers differ and nobody has adjudicated."""
        return not self.adjudicated and (pair := self.pair) is not None and pair[0].value != pair[1].value

    def can_be_undone_by(self, author: str) -> bool:
        """Whether this person made the last decision of some kind (first, blind or adjudicated) on the cell."""
        return any(lane and lane[-1].author == author for lane in (self.adjudicated, self.first, self.blind))

    def add(self, decision: Decision) -> None:
        """Add the next act. A reviewer's new decision reopens a cell that was adjudicated before."""
        if decision.act == "withdrawn":
            for lane in (self.adjudicated, self.first, self.blind):
                if lane and lane[-1].author == decision.author:
                    lane.pop()
                    return
        elif decision.act == "adjudicated":
            self.adjudicated.append(decision)
        elif decision.act == "blind":
            self.blind.append(decision)
        else:
            self.adjudicated.clear()
            self.first.append(decision)


def standings(decisions: Iterable[Decision]) -> dict[Key, Standing]:
    """What has been decided on each cell, from all acts in the order in which they were appended."""
    found: dict[Key, Standing] = {}
    for act in decisions:
        for decision in one_by_one(act):
            found.setdefault((decision.document_id, decision.theme), Standing()).add(decision)
    return found


def latest(decisions: Iterable[Decision]) -> dict[Key, Decision]:
    """The decision that counts on each cell."""
    return {key: decision for key, standing in standings(decisions).items() if (decision := standing.counts)}


def decided_by_document(decisions: Iterable[Decision]) -> dict[str, dict[str, Decision]]:
    """The decisions that count, by document and then by theme, item or fact."""
    found: dict[str, dict[str, Decision]] = {}
    for (document, theme), decision in latest(decisions).items():
        found.setdefault(document, {})[theme] = decision
    return found


def state(standing: Standing | None, now: str) -> CellState:
    """The state of a cell. `now` is the hash of what its code means now, or of what a list shows of it now."""
    decision = standing.counts if standing else None
    if standing is None or decision is None:
        return "undecided"
    if standing.disagreed:
        return "disagreed"
    then = decision.code_sha256 or decision.shown_sha256
    return "stale" if then and then != now else "decided"


def must_be_decided(code: Code, value: ThemeValue) -> bool:
    """Whether a cell is printed or counted: every cell of a core code, and those of other codes unless not found."""
    return code.core or value != "not_mentioned"


def unverified(evidence: Sequence[Evidence], reading: Reading) -> list[Evidence]:
    """The quotes that are not in the reading at the place they give."""
    pages = {page.number: page.text for page in reading.pages}
    return [e for e in evidence if pages.get(e.page, "")[e.start : e.end] != e.quote]


def current(coding: Coding, decided: Mapping[str, Decision]) -> Coding:
    """The coding with people's decisions applied to its themes, findings, recommendations and facts.

    Args:
        coding: as it was proposed.
        decided: the decisions that count on this document, by theme, item or fact; see `decided_by_document`.
    """
    return coding.model_copy(
        update={
            "themes": tuple(_decided_theme(theme, decided.get(theme.theme)) for theme in coding.themes),
            "findings": as_decided(coding.findings, decided, "finding"),
            "recommendations": as_decided(coding.recommendations, decided, "recommendation"),
            "case": _decided_case(coding.case, decided),
        }
    )


def _decided_theme(theme: ThemeCoding, decision: Decision | None) -> ThemeCoding:
    if decision is None:
        return theme
    return theme.model_copy(
        update={
            "value": decision.value,
            "sub_themes": decision.sub_themes,
            "evidence": decision.evidence,
            "why": decision.reason,
            # Stated or inferred was the coder's view of its own proposal, so it lapses with another value.
            "basis": theme.basis if decision.value == theme.value else None,
        }
    )


def _decided_case(case: Case, decided: Mapping[str, Decision]) -> Case:
    """The case facts, with people's decisions on them.

    Raises:
        RefusedError: a context was decided that is not among those that are counted.
    """
    facts = {name: d for name in FACTS if (d := decided.get(f"case:{name}"))}
    if not facts:
        return case
    context = facts.get("context")
    if context and context.value == "present" and context.text and context.text not in get_args(Context):
        raise RefusedError(
            f"“{context.text[:60]}” is not one of the contexts that are counted, but was decided as the context.",
            next_step="Decide the context of the case again: scr-llm review",
        )
    not_stated = {"context": "not stated"}  # of the other facts: None
    values = {
        name: (d.text or getattr(case, name)) if d.value == "present" else not_stated.get(name)
        for name, d in facts.items()
    }
    evidence = {**case.evidence, **{name: d.evidence for name, d in facts.items()}}
    stated = {name: found for name, found in evidence.items() if found}
    return type(case).model_validate({**case.model_dump(), **values, "evidence": stated})


def queue(codings: Mapping[str, Coding], decisions: Sequence[Decision]) -> list[tuple[str, ThemeCoding]]:
    """Undecided cells (document id, theme), those that most need a look first.

    First come cells on which coders differ, then unclear ones, then those proposed as present, as ruled out, and as
    not found; within each, the more doubts the earlier. A look is most useful where the proposal is most likely to
    change: a wrong "present" would be counted.
    """
    decided = latest(decisions)
    cells = [(i, theme) for i, coding in codings.items() for theme in coding.themes if (i, theme.theme) not in decided]
    return sorted(cells, key=lambda cell: (*review_priority(cell[1].value, cell[1].doubts), cell[0], cell[1].theme))


def review_priority(value: ThemeValue, doubts: Sequence[str]) -> tuple[int, int]:
    """How early a person should look at a proposal; smaller is earlier."""
    if any(d.startswith("coders differ") for d in doubts):
        return 0, -len(doubts)
    kind = {"unclear": 1, "present": 2, "explicitly_absent": 3, "not_mentioned": 4}[value]
    return kind, -len(doubts)
