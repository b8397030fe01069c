"""How the deciding went, computed from the decisions and from what was proposed."""

import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from scr_llm.records import Coding, Decider, Deciding, Decision, Evidence, ThemeValue
from scr_llm.stages.decisions import Key, Standing, standings
from scr_llm.stages.decisions.items import FACTS

LONGEST_PAUSE = 600
"""Seconds between two decisions of a person beyond which the person is taken to have done something else."""


Place = tuple[int, int, int]
"""Page, start and end of a quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What was proposed for a cell, as far as decisions are compared with it."""

    value: ThemeValue
    text: str = ""
    """Fingerprint of its text; see `fingerprint`."""
    places: tuple[Place, ...] = ()
    """Where its quotes are."""


_NOTHING = Proposed(value="not_mentioned")


def deciding(proposed: Mapping[str, Mapping[str, Proposed]], decisions: Sequence[Decision]) -> Deciding:
    """How people decided the cells of some reviews.

    Args:
        proposed: what was proposed, by document id and cell. Decisions on other documents are left out.
        decisions: all acts, in the order in which they were appended.
    """
    decisions = [d for d in decisions if d.document_id in proposed]
    made = [d for d in decisions if d.act in ("decided", "blind", "adjudicated")]
    standing = standings(decisions)
    # A cell that no longer exists, such as that of a code that was deleted, is left out.
    counting = {
        key: (decision, cell)
        for key, s in standing.items()
        # Of a finding or recommendation that a person added, nothing was proposed.
        if (decision := s.counts) and (cell := proposed[key[0]].get(key[1]) or (_NOTHING if decision.item else None))
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
        quotes=sum(len(p.places) for _, p in kept),
        unticked=sum(len(set(p.places) - set(_places(d.evidence))) for d, p in kept),
        **_second_opinions(standing, proposed),
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


def _second_opinions(
    standing: Mapping[Key, Standing], proposed: Mapping[str, Mapping[str, Proposed]]
) -> dict[str, int]:
    now = {key: s for key, s in standing.items() if key[1] in proposed[key[0]]}
    twice = agreement(pair for s in now.values() if (pair := s.pair))
    return {
        "double_coded": sum(both for _, both in twice.values()),
        "agreed": sum(same for same, _ in twice.values()),
        "blind_only": sum(bool(s.blind) and not s.first for s in now.values()),
    }


def agreement(pairs: Iterable[tuple[Decision, Decision]]) -> dict[tuple[str, str], tuple[int, int]]:
    """How far first and second reviewers agree before any adjudication: the same value on how many of how many cells.

    Everything that says how far two people agree takes it from here: the page, the paper, the packs and `compare`.

    Args:
        pairs: for each cell that two people decided, the first and the second reviewer's last answer.

    Returns:
        The names of the first and the second reviewer, to the two numbers.
    """
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for first, second in pairs:
        same, both = found.get((first.author, second.author), (0, 0))
        found[first.author, second.author] = same + (first.value == second.value), both + 1
    return dict(sorted(found.items()))


def proposed_cells(coding: Coding, codes: Iterable[str]) -> dict[str, Proposed]:
    """What a coding proposes: themes of the codebook, findings, recommendations and facts, in this order.

    A code that is newer than the coding is proposed as unclear, without a quote.
    """
    themes = {t.theme: Proposed(value=t.value, places=_places(t.evidence)) for t in coding.themes}
    found = {code: themes.get(code) or Proposed(value="unclear") for code in codes}
    for item in (*coding.findings, *coding.recommendations):
        found[item.id] = Proposed(value="present", text=fingerprint(item.text), places=_places(item.evidence))
    for fact in FACTS:
        evidence = coding.case.evidence.get(fact, ())
        text = fingerprint(str(getattr(coding.case, fact) or ""))
        value: ThemeValue = "present" if evidence else "not_mentioned"
        found[f"case:{fact}"] = Proposed(value=value, text=text, places=_places(evidence))
    return found


def fingerprint(text: str) -> str:
    """A short hash of a text, by which it is compared; empty for none."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def _same_words(decision: Decision, proposed: Proposed) -> bool:
    return not decision.text or fingerprint(decision.text) == proposed.text


def _places(evidence: Sequence[Evidence]) -> tuple[Place, ...]:
    return tuple((e.page, e.start, e.end) for e in evidence)
