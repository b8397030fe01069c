"""Two coders on the same documents: by how much one's kappa is above the other's, and how certain that is."""

import random
from collections.abc import Sequence

from scr_llm.stages.agree import statistics
from scr_llm.stages.agree.statistics import Ratings

RESAMPLES, SEED = 2000, 20260101
Documents = Sequence[Sequence[Ratings]]
"""Cells by document."""


def above(one: Documents, other: Documents) -> str:
    """How far the kappa of one is above the other's.

    With a 95 % bootstrap interval, for which the same documents are drawn for both.
    """
    dice, places = random.Random(SEED), range(len(one))
    found = sorted(_difference(one, other, dice.choices(places, k=len(one))) for _ in range(RESAMPLES))
    low, high = found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES)]
    return f"{signed(_difference(one, other, places))} ({signed(low)} to {signed(high)})"


def signed(figure: float) -> str:
    """Two places with a sign; nothing has none."""
    told = f"{figure:+.2f}"
    return told if float(told) else "0.00"


def _difference(one: Documents, other: Documents, drawn: Sequence[int]) -> float:
    first, second = (statistics.kappa([c for at in drawn for c in own[at]]) or 0 for own in (one, other))
    return first - second
