"""How the deciding went, computed from the decisions and from what was proposed."""

import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import TypeVar

from scr_llm.records import Coding, Decider, Deciding, Decision, Evidence, ThemeValue
from scr_llm.stages.decisions import standings
from scr_llm.stages.decisions.items import FACTS, PARTICULAR

LONGEST_PAUSE = 600
"""Seconds between two decisions of a person beyond which the person is taken to have done something else."""


_T = TypeVar("_T")
_Who = tuple[str, str]
"""Name and role of a person."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedReview:
    """How people decided the cells of one review."""

    made: Counter[_Who]
    """How many decisions each person made, by name and role."""
    counting: Counter[_Who]
    """How many cells count by a person's decision."""
    times: Mapping[str, tuple[str, ...]]
    """When each person decided, by the name that they are known as."""
    sums: Mapping[str, int]
    """Figures of `Deciding` that are those of all reviews added up."""
    twice: Mapping[tuple[str, str], tuple[int, int]]
    """How far two people agree; see `agreement`."""


def deciding(proposed: Mapping[str, Mapping[str, Proposed]], decisions: Sequence[Decision]) -> Deciding:
    """How people decided the cells of some reviews.

    Args:
        proposed: what was proposed, by document id and cell. Decisions on other documents are left out.
        decisions: all acts, in the order in which they were appended.
    """
    acts: dict[str, list[Decision]] = {i: [] for i in proposed}
    for decision in decisions:
        if decision.document_id in acts:
            acts[decision.document_id].append(decision)
    return deciding_together(decided_review(proposed[i], own) for i, own in acts.items())


def decided_review(proposed: Mapping[str, Proposed], acts: Sequence[Decision]) -> DecidedReview:
    """How people decided the cells of one review: what was proposed by cell, and all acts on it in their order."""
    made = [d for d in acts if d.act in _DECIDES]
    standing = {key[1]: own for key, own in standings(acts).items()}
    # A cell that no longer exists, such as that of a code that was deleted, is left out.
    counting = [
        (decision, cell)
        for key, own in standing.items()
        # Of a finding or recommendation that a person added, nothing was proposed.
        if (decision := own.counts) and (cell := proposed.get(key) or (_NOTHING if decision.item else None))
    ]
    by_people = [(d, p) for d, p in counting if d.act != "carried"]
    kept = [(d, p) for d, p in by_people if d.value == p.value]
    listed = [d for d, _ in by_people if d.shown_sha256]
    times = defaultdict[str, tuple[str, ...]](tuple)
    for decision in made:
        times[_known_as(decision.author)] += (decision.at,)
    now = [own for key, own in standing.items() if key in proposed]
    return DecidedReview(
        made=Counter((d.author, d.role) for d in made),
        counting=Counter((d.author, d.role) for d, _ in counting),
        times=times,
        sums={
            "decisions": len(made),
            "taken_back": sum(d.act == "withdrawn" for d in acts),
            "carried": sum(d.act == "carried" for d in acts),
            "cells": len(by_people),
            "accepted": sum(_same_words(d, p) for d, p in kept),
            "lists": len({(d.author, d.at) for d in listed}),
            "listed": len(listed),
            "quotes": sum(len(p.places) for _, p in kept),
            "unticked": sum(len(set(p.places) - set(_places(d.evidence))) for d, p in kept),
            "blind_only": sum(bool(own.blind) and not own.first for own in now),
        },
        twice=agreement(pair for own in now if (pair := own.pair)),
    )


_DECIDES = ("decided", "blind", "adjudicated")
"""Acts that decide a cell."""


def deciding_together(reviews: Iterable[DecidedReview]) -> Deciding:
    """How people decided the cells of some reviews, from how they decided those of each."""
    made, counting, sums = Counter[_Who](), Counter[_Who](), Counter[str]()
    times, both = defaultdict[str, list[str]](list), [0, 0]
    for review in reviews:
        if not review.times and not review.counting and not any(review.sums.values()):
            continue
        _add(made, review.made)
        _add(counting, review.counting)
        _add(sums, review.sums)
        for who, own in review.times.items():
            times[who].extend(own)
        for same, of in review.twice.values():
            both[0] += same
            both[1] += of
    at = sorted(itertools.chain.from_iterable(times.values()))
    return Deciding(
        people=_people(made, counting),
        most=_most(counting),
        first=at[0] if at else "",
        last=at[-1] if at else "",
        seconds=round(_second(at[-1]) - _second(at[0]), 3) if at else 0.0,
        days=len({moment[:10] for moment in at}),
        median_seconds=_pace(times.values()),
        agreed=both[0],
        double_coded=both[1],
        **sums,
    )


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are spaced and capitalised."""
    return _known_as(one) == _known_as(other)


def _known_as(name: str) -> str:
    return " ".join(name.split()).casefold()


def _add(total: Counter[_T], own: Mapping[_T, int]) -> None:
    """Add figures up."""
    for what, number in own.items():
        total[what] += number


def _people(made: Counter[_Who], counting: Counter[_Who]) -> tuple[Decider, ...]:
    found = (
        Decider(name=name, role=role, decisions=made[name, role], cells=counting[name, role])
        for name, role in {**made, **counting}
    )
    return tuple(sorted(found, key=lambda d: (-d.cells, -d.decisions, d.name, d.role)))


def _most(counting: Counter[_Who]) -> str:
    """Who decided more cells than anybody else, in whatever roles."""
    by_person = Counter[str]()
    for (name, _), cells in counting.items():
        by_person[_known_as(name)] += cells
    first = by_person.most_common(2)
    if not first or (len(first) == 2 and first[0][1] == first[1][1]):
        return ""
    return next(name for name, _ in counting if _known_as(name) == first[0][0])


def _second(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def _pace(times: Iterable[Sequence[str]]) -> float | None:
    """Seconds from one decision of a person to the next, at the median."""
    seconds = (sorted(map(_second, own)) for own in times)
    gaps = [b - a for own in seconds for a, b in itertools.pairwise(own) if b - a <= LONGEST_PAUSE]
    return round(median(gaps), 3) if gaps else None


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
    found[PARTICULAR] = _NOTHING
    return found


def fingerprint(text: str) -> str:
    """A short hash of a text, by which it is compared; empty for none."""
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def _same_words(decision: Decision, proposed: Proposed) -> bool:
    return not decision.text or fingerprint(decision.text) == proposed.text


def _places(evidence: Sequence[Evidence]) -> tuple[Place, ...]:
    return tuple((e.page, e.start, e.end) for e in evidence)
