"""How the deciding went, computed from the decisions and from what was proposed."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from scr_llm.records import Coding, Decider, Deciding, Decision, Evidence, ThemeValue
from scr_llm.stages.decisions import Key, Standing, standings

LONGEST_PAUSE = 600
"""Seconds between two decisions of a person beyond which the person is taken to have done something else."""


@dataclass(frozen=True)
class _Proposed:
    value: ThemeValue
    text: str | None = None
    evidence: tuple[Evidence, ...] = ()


def deciding(codings: Mapping[str, Coding], decisions: Sequence[Decision], codes: Collection[str]) -> Deciding:
    """How people decided the cells of some reviews.

    Args:
        codings: what was proposed, by document id. Decisions on other documents are left out.
        decisions: all acts, in the order in which they were appended.
        codes: ids of the codebook's codes.
    """
    decisions = [d for d in decisions if d.document_id in codings]
    made = [d for d in decisions if d.act in ("decided", "blind", "adjudicated")]
    standing = standings(decisions)
    counting = {
        key: (decision, proposed)
        for key, s in standing.items()
        if (decision := s.counts) and (proposed := _proposal(codings[key[0]], decision, codes))
    }
    by_people = [(d, p) for d, p in counting.values() if d.act != "carried"]
    kept = [(d, p) for d, p in by_people if d.value == p.value]
    listed = [d for d, _ in by_people if d.shown_sha256]
    times = sorted(d.at for d in made)
    return Deciding(
        people=_people(made, [d for d, _ in counting.values()]),
        most=_most([d for d, _ in counting.values()]),
        decisions=len(made),
        taken_back=sum(d.act == "withdrawn" for d in decisions),
        carried=sum(d.act == "carried" for d in decisions),
        first=times[0] if times else "",
        last=times[-1] if times else "",
        seconds=round(_second(times[-1]) - _second(times[0]), 3) if times else 0.0,
        days=len({at[:10] for at in times}),
        median_seconds=_pace(made),
        cells=len(by_people),
        accepted=sum(_same_words(d, p) for d, p in kept),
        lists=len({(d.document_id, d.author, d.at) for d in listed}),
        listed=len(listed),
        quotes=sum(len(p.evidence) for _, p in kept),
        unticked=sum(len(_places(p.evidence) - _places(d.evidence)) for d, p in kept),
        **_second_opinions(standing),
    )


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are spaced and capitalised."""
    return _known_as(one) == _known_as(other)


def _known_as(name: str) -> str:
    return " ".join(name.split()).casefold()


def _people(made: Sequence[Decision], counting: Sequence[Decision]) -> tuple[Decider, ...]:
    decided = Counter((d.author, d.role) for d in made)
    cells = Counter((d.author, d.role) for d in counting)
    found = (
        Decider(name=name, role=role, decisions=decided[name, role], cells=cells[name, role])
        for name, role in {**decided, **cells}
    )
    return tuple(sorted(found, key=lambda d: (-d.cells, -d.decisions, d.name, d.role)))


def _most(counting: Sequence[Decision]) -> str:
    """Who decided more cells than anybody else, in whatever roles."""
    by_person = Counter(_known_as(d.author) for d in counting).most_common(2)
    if not by_person or (len(by_person) == 2 and by_person[0][1] == by_person[1][1]):
        return ""
    return next(d.author for d in counting if _known_as(d.author) == by_person[0][0])


def _second(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _pace(made: Sequence[Decision]) -> float | None:
    """Seconds from one decision of a person to the next, at the median."""
    times = defaultdict[str, list[float]](list)
    for decision in made:
        times[_known_as(decision.author)].append(_second(decision.at))
    gaps = [b - a for own in times.values() for a, b in itertools.pairwise(sorted(own)) if b - a <= LONGEST_PAUSE]
    return round(median(gaps), 3) if gaps else None


def _second_opinions(standing: Mapping[Key, Standing]) -> dict[str, int]:
    both = [(s.first[-1], second) for s in standing.values() if s.first and (second := s.second)]
    return {
        "double_coded": len(both),
        "agreed": sum(first.value == second.value for first, second in both),
        "blind_only": sum(bool(s.blind) and not s.first for s in standing.values()),
    }


def _proposal(coding: Coding, decision: Decision, codes: Collection[str]) -> _Proposed | None:
    """What was proposed for a cell; None for one that no longer exists, such as that of a code that was deleted."""
    key = decision.theme
    if key in codes:
        # A code that is newer than the coding was proposed as unclear, without a quote.
        theme = next((t for t in coding.themes if t.theme == key), None)
        return _Proposed(theme.value, None, theme.evidence) if theme else _Proposed("unclear")
    if key.startswith("case:"):
        fact = key.removeprefix("case:")
        evidence = coding.case.evidence.get(fact, ())
        words = str(getattr(coding.case, fact, None) or "") or None
        return _Proposed("present" if evidence else "not_mentioned", words, evidence)
    items = (*coding.findings, *coding.recommendations)
    # Of a finding or recommendation that a person added, nothing was proposed.
    added = _Proposed("not_mentioned") if decision.item else None
    return next((_Proposed("present", item.text, item.evidence) for item in items if item.id == key), added)


def _same_words(decision: Decision, proposed: _Proposed) -> bool:
    return not decision.text or decision.text == proposed.text


def _places(evidence: Sequence[Evidence]) -> set[tuple[int, int, int]]:
    return {(e.page, e.start, e.end) for e in evidence}
