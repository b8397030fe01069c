"""What a record counts and quotes differently since a draft, review by review."""

from collections.abc import Mapping
from dataclasses import dataclass

from scr_llm.records import Draft
from scr_llm.reports.drafts import what_changed
from scr_llm.text.words import capital, count

WHOLE = "The paper as a whole"
"""Where numbers stand that are not those of one review."""
_QUOTES = ("new quote: ", "quote no longer printed: ")
"""How `what_changed` begins a line on a quote."""


@dataclass(frozen=True)
class Moved:
    """What differs about one review, or about the paper as a whole."""

    where: str
    """The label of the review, or `WHOLE`."""
    what: str
    """How much, in words: "2 cells and 1 quote"."""
    lines: tuple[str, ...]
    """Each of them."""


def moved(before: Draft, now: Draft, labels: Mapping[str, str], but: str = "") -> tuple[Moved, ...]:
    """What differs between two drafts, review by review; what is not about one review comes first.

    Takes the arguments of `what_changed`.
    """
    # A review has its context among its numbers, whatever else was found in it.
    cases = {name.removesuffix(_CONTEXT) for d in (now, before) for name in d.numbers if name.endswith(_CONTEXT)}
    found: dict[str, tuple[list[str], list[str]]] = {WHOLE: ([], [])}
    for line in what_changed(before, now, labels, but):
        kind = next((start for start in _QUOTES if line.startswith(start)), "")
        where = _case(line.removeprefix(kind), ", page " if kind else ", ", cases)
        numbers, quotes = found.setdefault(where or WHOLE, ([], []))
        said = line.removeprefix(kind).removeprefix(f"{where}, ") if where else line.removeprefix(kind)
        (quotes if kind else numbers).append(capital(f"{kind}{said}"))
    return tuple(
        Moved(where, _how_much(where, len(numbers), len(quotes)), (*numbers, *quotes))
        for where, (numbers, quotes) in found.items()
        if numbers or quotes
    )


_CONTEXT = ", context"


def _case(line: str, then: str, cases: set[str]) -> str:
    """The label that a line begins with: the longest, as one may begin with another. Empty where there is none."""
    return max((case for case in cases if line.startswith(f"{case}{then}")), key=len, default="")


def _how_much(where: str, numbers: int, quotes: int) -> str:
    thing = "number" if where == WHOLE else "cell or fact"
    things = "numbers" if where == WHOLE else "cells or facts"
    said = [count(numbers, thing, things)] if numbers else []
    return " and ".join([*said, *([count(quotes, "quote")] if quotes else [])])
