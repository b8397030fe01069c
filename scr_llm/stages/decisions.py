"""People's decisions over a coding. The draft stays as it was; what is current is computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from scr_llm.errors import RefusedError
from scr_llm.records import Code, Coding, Decision, Evidence, Item, Reading, ThemeCoding, ThemeValue
from scr_llm.records.coding import Context

CellState = Literal["undecided", "decided", "stale", "disagreed"]
"""Where a cell stands. stale: decided under another meaning of the code, or by a quote that no longer stands there. disagreed: a blind second
reviewer came to another value and nobody has adjudicated."""
Key = tuple[str, str]
"""Document id and what is decided in it."""


@dataclass
class Standing:
    """Everything that people decided on one cell. Lists hold what was not withdrawn, oldest first."""

    first: list[Decision] = field(default_factory=list)
    blind: list[Decision] = field(default_factory=list)
    adjudicated: list[Decision] = field(default_factory=list)

    @property
    def counts(self) -> Decision | None:
        """The decision that counts: the adjudicator's, else the last reviewer's. A blind one never counts by itself."""
        acts = self.adjudicated or self.first
        return acts[-1] if acts else None

    @property
    def second(self) -> Decision | None:
        """A second reviewer's last answer; of several reviewers' one that differs from the first's. Nobody is second to themselves."""
        first = self.first[-1] if self.first else None
        answers = list({d.author: d for d in self.blind if first is None or d.author != first.author}.values())
        differing = [d for d in answers if first and d.value != first.value]
        return next(reversed(differing or answers), None)

    @property
    def disagreed(self) -> bool:
        """Whether the two reviewers differ and nobody has adjudicated."""
        return bool(self.first and not self.adjudicated and self.second and self.second.value != self.first[-1].value)

    def can_be_undone_by(self, author: str) -> bool:
        """Whether the last act of some kind on the cell is this person's."""
        return any(lane and lane[-1].author == author for lane in (self.adjudicated, self.first, self.blind))

    def add(self, decision: Decision) -> None:
        """Take in the next act. A reviewer's new decision reopens what was adjudicated before."""
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
    """Where each cell stands, by all acts in the order they were appended."""
    found: dict[Key, Standing] = {}
    for decision in decisions:
        found.setdefault((decision.document_id, decision.theme), Standing()).add(decision)
    return found


def latest(decisions: Iterable[Decision]) -> dict[Key, Decision]:
    """The decision that counts on each cell."""
    return {key: decision for key, standing in standings(decisions).items() if (decision := standing.counts)}


def state(standing: Standing | None, code_sha256: str) -> CellState:
    """Where a cell stands; `code_sha256` is what its code means now, empty for what is no theme."""
    decision = standing.counts if standing else None
    if standing is None or decision is None:
        return "undecided"
    if standing.disagreed:
        return "disagreed"
    return "stale" if decision.code_sha256 and decision.code_sha256 != code_sha256 else "decided"


def must_be_decided(code: Code, value: ThemeValue) -> bool:
    """Whether a cell is printed or counted: every cell of a core code, and of others all but silence."""
    return code.core or value != "not_mentioned"


def unverified(evidence: Sequence[Evidence], reading: Reading) -> list[Evidence]:
    """Quotes that do not stand in the reading where they are said to."""
    pages = {page.number: page.text for page in reading.pages}
    return [e for e in evidence if pages.get(e.page, "")[e.start : e.end] != e.quote]


def current(coding: Coding, decisions: Sequence[Decision]) -> Coding:
    """The coding under its decisions: themes, findings, recommendations and facts."""
    decided = {theme: d for (document, theme), d in latest(decisions).items() if document == coding.document_id}

    def cell(theme: ThemeCoding) -> ThemeCoding:
        decision = decided.get(theme.theme)
        if decision is None:
            return theme
        return theme.model_copy(
            update={
                "value": decision.value,
                "sub_themes": decision.sub_themes,
                "evidence": decision.evidence,
                "why": decision.reason,
                "basis": theme.basis if decision.value == theme.value else None,
            }
        )

    def items(proposed: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(i for i in proposed if (d := decided.get(i.id)) is None or d.value == "present")

    case = coding.case
    context = decided.get("case:context")
    if context and context.value == "present" and context.text and context.text not in get_args(Context):
        raise RefusedError(
            f"“{context.text[:60]}” is no context that is counted, and was decided as one.",
            next_step="Decide the case's context anew: scr-llm review",
        )
    facts = {name: d for name in ("authority", "pseudonym", "context") if (d := decided.get(f"case:{name}"))}
    if facts:
        silent = {"context": "not stated"}
        values = {
            name: (d.text or getattr(case, name)) if d.value == "present" else silent.get(name)
            for name, d in facts.items()
        }
        evidence = {**case.evidence, **{name: d.evidence for name, d in facts.items()}}
        case = type(case).model_validate(
            {**case.model_dump(), **values, "evidence": {name: found for name, found in evidence.items() if found}}
        )
    return coding.model_copy(
        update={
            "themes": tuple(cell(theme) for theme in coding.themes),
            "findings": items(coding.findings),
            "recommendations": items(coding.recommendations),
            "case": case,
        }
    )


def queue(codings: Mapping[str, Coding], decisions: Sequence[Decision]) -> list[tuple[str, ThemeCoding]]:
    """Undecided cells (document id, theme), the most worth a look first.

    First where coders differ, then what is unclear, then what is proposed on weak grounds, then what is proposed, then denials, then silence.
    A look is worth most where the proposal is likeliest to change: a wrong "present" is counted and a missed one is not seen again.
    """
    decided = latest(decisions)
    cells = [(i, theme) for i, coding in codings.items() for theme in coding.themes if (i, theme.theme) not in decided]
    return sorted(cells, key=lambda cell: (*review_priority(cell[1].value, cell[1].doubts), cell[0], cell[1].theme))


def review_priority(value: ThemeValue, doubts: Sequence[str]) -> tuple[int, int]:
    """How early a person should look at a proposal: smaller is sooner."""
    if any(d.startswith("coders differ") for d in doubts):
        return 0, -len(doubts)
    kind = {"unclear": 1, "present": 2, "explicitly_absent": 3, "not_mentioned": 4}[value]
    return kind, -len(doubts)
