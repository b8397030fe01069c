"""The people behind a paper, in sentences: how the deciding went, and who signed alone."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from scr_llm.records import Decider, Deciding
from scr_llm.stages.synthesise.english import of_the
from scr_llm.text.words import capital, count

MOST_NAMED = 6
"""People who get a sentence of their own; the others are counted together."""


def deciding_in_words(deciding: Deciding, *, named: bool = True) -> tuple[str, ...]:
    """How the deciding went: sentences that say, and do not judge. Nothing before anybody has decided.

    Args:
        deciding: the numbers.
        named: name people and their roles; if not, roles alone.
    """
    if not (deciding.decisions or deciding.carried):
        return ()
    decided = count(_cells(deciding), "cell", "cells")
    return (
        f"People decided {decided} (themes, findings, recommendations and case facts).",
        *(_by_person(deciding) if named else _by_role(deciding)),
        *_when(deciding),
        *_changed(deciding),
        *_second_opinions(deciding),
    )


def deciding_in_short(deciding: Deciding, *, signed: bool, alone: bool) -> tuple[str, ...]:
    """How many people decided how much, in one sentence; nothing before any cell is decided.

    Args:
        deciding: the numbers.
        signed: whether the paper is written to be signed.
        alone: whether the person who decided most cells is the one who signs.
    """
    people = len({person.name for person in deciding.people if person.cells})
    if not people:
        return ()
    cells = count(_cells(deciding), "cell", "cells")
    who = count(people, "person", "people")
    did = f"{who} decided" if signed else f"So far, {who} {'has' if people == 1 else 'have'} decided"
    told = f"{did} {cells}, counting findings, recommendations and case facts"
    return (f"{told}; whoever signed decided most of them." if alone else f"{told}.",)


def signed_alone(reason: str) -> tuple[str, ...]:
    """That the person who decided most cells is the one who signs, and why."""
    if not reason:
        return ()
    return ("Whoever signed this paper also decided most of the cells.", f"The reason given: “{reason.rstrip('.')}”.")


def _cells(deciding: Deciding) -> int:
    return sum(person.cells for person in deciding.people)


def _by_person(deciding: Deciding) -> Iterator[str]:
    everybody, cells = deciding.people, _cells(deciding)
    shown = everybody if len(everybody) == MOST_NAMED + 1 else everybody[:MOST_NAMED]
    for person in shown:
        yield f"{person.name}, {person.role}, {_decided(person.cells, person.decisions, cells)}."
    if rest := everybody[len(shown) :]:
        yield f"{len(rest)} others {_decided(sum(p.cells for p in rest), sum(p.decisions for p in rest), cells)}."


def _by_role(deciding: Deciding) -> Iterator[str]:
    roles = defaultdict[str, list[Decider]](list)
    for person in deciding.people:
        roles[person.role].append(person)
    for role, people in sorted(roles.items()):
        decided = _decided(sum(p.cells for p in people), sum(p.decisions for p in people), _cells(deciding))
        yield f"In the role {role}, {count(len(people), 'person', 'people')} {decided}."


def _decided(cells: int, decisions: int, of: int) -> str:
    if cells and cells == of:
        return "decided it" if of == 1 else f"decided all {of}"
    if cells:
        return f"decided {cells} of the {of}"
    return f"made {count(decisions, 'decision', 'decisions')}, none of which is counted"


def _when(deciding: Deciding) -> Iterator[str]:
    if deciding.decisions:
        first, last = _day(deciding.first), _day(deciding.last)
        made = count(deciding.decisions, "decision was", "decisions were")
        if first != last:
            yield f"{made} made on {count(deciding.days, 'day', 'days')} from {first} to {last}."
        elif deciding.decisions == 1:
            yield f"{made} made, on {first}."
        else:
            yield f"{made} made within {_time(deciding.seconds)} on {first}."
    if deciding.taken_back:
        yield f"{count(deciding.taken_back, 'decision was', 'decisions were')} taken back."
    if deciding.carried:
        carried = count(deciding.carried, "decision was", "decisions were")
        yield f"{carried} carried over from an earlier issue of the same review."
    if deciding.median_seconds is not None:
        yield (
            f"At the median, a person’s next decision was recorded {_time(deciding.median_seconds)} after the last. "
            "Pauses of more than ten minutes are left out."
        )


def _changed(deciding: Deciding) -> Iterator[str]:
    if deciding.cells:
        accepted = capital(of_the(deciding.accepted, deciding.cells, "cell"))
        were = "was" if 1 in (deciding.accepted, deciding.cells) else "were"
        yield f"{accepted} {were} decided as proposed, in value and in words."
    if deciding.listed:
        lists = count(deciding.lists, "list", "lists")
        listed = capital(of_the(deciding.listed, deciding.cells, "cell"))
        were = "was" if 1 in (deciding.listed, deciding.cells) else "were"
        yield (
            f"{listed} {were} confirmed as part of {lists} of findings, recommendations and case facts, "
            "each after its pages were shown."
        )
    if deciding.quotes:
        unticked = of_the(deciding.unticked, deciding.quotes, "proposed quote")
        were = "was" if 1 in (deciding.unticked, deciding.quotes) else "were"
        yield f"Where the proposed value was kept, {unticked} {were} unticked."


def _second_opinions(deciding: Deciding) -> Iterator[str]:
    if deciding.double_coded:
        of = deciding.double_coded
        agreed = "they agreed" if of == 1 and deciding.agreed else f"the two agreed on {deciding.agreed} of {of}"
        yield f"A second person decided {count(of, 'cell', 'cells')} blind; {agreed}, before any adjudication."
    if deciding.blind_only:
        yield (
            f"{count(deciding.blind_only, 'cell was', 'cells were')} decided by a blind second reviewer only "
            f"and {'does' if deciding.blind_only == 1 else 'do'} not count yet."
        )
    if not deciding.double_coded and not deciding.blind_only:
        yield "No cell was decided by a second person."


def _day(at: str) -> str:
    day = datetime.fromisoformat(at)
    return f"{day.day} {day:%B %Y}"


def _time(seconds: float) -> str:
    """A length of time in the unit that reads well, never more exact than it needs to be."""
    if seconds < 0.1:
        return "less than 0.1 seconds"
    if seconds < 10:
        printed = f"{seconds:.1f}".removesuffix(".0")
        return "1 second" if printed == "1" else f"{printed} seconds"
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
