"""Agreement of two raters on yes-or-no cells, and how sure a figure is.

Five-line formulas, each with its source. The packages that have them (krippendorff, irrCAC, scikit-learn) bring numpy, scipy and pandas, 60 MB
and more, which a user is not asked for; the tests compare with krippendorff and with published cases.
"""

import math
import random
from collections.abc import Callable, Sequence

Ratings = tuple[bool, bool]
"""One cell as the first and the second rater have it."""

LEAST_UNITS = 30
"""Kappa of a single code is refused under so many units: its interval would span most of the scale (Blackman and Koval 2000)."""
_RESAMPLES, _SEED = 2000, 20260101


def raw(cells: Sequence[Ratings]) -> float | None:
    """Share of cells on which both agree; None without cells."""
    return sum(a == b for a, b in cells) / len(cells) if cells else None


def kappa(cells: Sequence[Ratings]) -> float | None:
    """Cohen's kappa (1960): agreement beyond what the raters' own shares of yes would give by chance; None where chance alone gives all."""
    if not cells:
        return None
    n = len(cells)
    first, second = sum(a for a, _ in cells) / n, sum(b for _, b in cells) / n
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (sum(a == b for a, b in cells) / n - chance) / (1 - chance)


def ac1(cells: Sequence[Ratings]) -> float | None:
    """Gwet's AC1 (2008): as kappa, with chance 2 q (1 - q), q the mean share of yes. Does not collapse where nearly all is yes or no."""
    if not cells:
        return None
    n = len(cells)
    share = sum(a + b for a, b in cells) / (2 * n)
    chance = 2 * share * (1 - share)
    return (sum(a == b for a, b in cells) / n - chance) / (1 - chance)


def alpha(cells: Sequence[Ratings]) -> float | None:
    """Krippendorff's alpha (2004) for two raters, nominal, nothing missing: 1 - observed / expected disagreement; None where all is one value."""
    if not cells:
        return None
    values = 2 * len(cells)
    yes = sum(a + b for a, b in cells)
    expected = 2 * yes * (values - yes) / (values * (values - 1))
    return None if expected == 0 else 1 - (sum(a != b for a, b in cells) / len(cells)) / expected


def prevalence(cells: Sequence[Ratings]) -> float | None:
    """Prevalence index (Byrt, Bishop and Carlin 1993): |both yes - both no| / cells. Near 1, kappa is low whatever the raters do."""
    return abs(sum(a and b for a, b in cells) - sum(not (a or b) for a, b in cells)) / len(cells) if cells else None


def bias(cells: Sequence[Ratings]) -> float | None:
    """Bias index (Byrt, Bishop and Carlin 1993): |only the first yes - only the second yes| / cells."""
    return abs(sum(a and not b for a, b in cells) - sum(b and not a for a, b in cells)) / len(cells) if cells else None


def cells_needed(cells: Sequence[Ratings], target: float = 0.6) -> int | None:
    """Cells from which the lower end of kappa's 95 % interval reaches a target, agreement staying as it is; None where kappa is not above it.

    By the standard error of Cohen (1960): sqrt(p (1 - p) / n) / (1 - chance). It takes cells for independent, which those of one document are
    not quite, so it is the least.
    """
    found, agreed = kappa(cells), raw(cells)
    if found is None or agreed is None or found <= target:
        return None
    if found == 1:
        return 2
    beyond = (1 - agreed) / (1 - found)  # 1 - chance
    return max(2, math.ceil((1.96 * math.sqrt(agreed * (1 - agreed)) / (beyond * (found - target))) ** 2))


def interval(
    groups: Sequence[Sequence[Ratings]], figure: Callable[[Sequence[Ratings]], float | None]
) -> tuple[float, float] | None:
    """95 % percentile bootstrap interval (Efron 1979) of a figure. Whole groups (documents) are drawn, since cells of one are not independent.

    The draws are seeded: the same cells give the same interval. None with fewer than two groups, or where too few draws have the figure.
    """
    if len(groups) < 2:
        return None
    dice = random.Random(_SEED)
    found = sorted(
        value
        for _ in range(_RESAMPLES)
        if (value := figure([c for g in dice.choices(groups, k=len(groups)) for c in g])) is not None
    )
    if len(found) < _RESAMPLES // 2:
        return None
    return found[int(0.025 * len(found))], found[min(len(found) - 1, int(0.975 * len(found)))]


def recall(cells: Sequence[Ratings]) -> float | None:
    """Of the first rater's yes, the share that the second has too."""
    there = [b for a, b in cells if a]
    return sum(there) / len(there) if there else None


def precision(cells: Sequence[Ratings]) -> float | None:
    """Of the second rater's yes, the share that the first has too."""
    said = [a for a, b in cells if b]
    return sum(said) / len(said) if said else None


def f1(cells: Sequence[Ratings]) -> float | None:
    """Harmonic mean of recall and precision (van Rijsbergen 1979)."""
    total = sum(a + b for a, b in cells)
    return 2 * sum(a and b for a, b in cells) / total if total else None
