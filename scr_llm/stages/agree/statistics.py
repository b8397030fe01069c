"""Agreement of two raters on yes-or-no cells, and how certain each figure is.

The formulas take about five lines each, and name their source. The packages that offer them (krippendorff, irrCAC,
scikit-learn) bring numpy, scipy and pandas, 60 MB and more, which users should not need to install. The tests compare
the results with krippendorff and with published cases.
"""

import math
import random
from collections.abc import Callable, Sequence

Ratings = tuple[bool, bool]
"""What the first and the second rater say about one cell."""

LEAST_UNITS = 30
"""Units below which kappa of a single code is not given: its interval would span most of the scale.

Blackman and Koval 2000."""
_RESAMPLES, _SEED = 2000, 20260101


def raw(cells: Sequence[Ratings]) -> float | None:
    """Share of cells on which both agree; None without cells."""
    return sum(a == b for a, b in cells) / len(cells) if cells else None


def kappa(cells: Sequence[Ratings]) -> float | None:
    """Cohen's kappa (1960): agreement beyond what the raters' own shares of yes would give by chance.

    None without cells, or where chance alone gives full agreement.
    """
    if not cells:
        return None
    n = len(cells)
    first, second = sum(a for a, _ in cells) / n, sum(b for _, b in cells) / n
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (sum(a == b for a, b in cells) / n - chance) / (1 - chance)


def ac1(cells: Sequence[Ratings]) -> float | None:
    """Gwet's AC1 (2008): as kappa, but with chance 2 q (1 - q), where q is the mean share of yes.

    Unlike kappa, it does not collapse where nearly all cells are yes, or nearly all no.
    """
    if not cells:
        return None
    n = len(cells)
    share = sum(a + b for a, b in cells) / (2 * n)
    chance = 2 * share * (1 - share)
    return (sum(a == b for a, b in cells) / n - chance) / (1 - chance)


def alpha(cells: Sequence[Ratings]) -> float | None:
    """Krippendorff's alpha (2004) for two raters, nominal values and no missing ones.

    It is 1 - observed / expected disagreement; None without cells, or where all values are the same.
    """
    if not cells:
        return None
    values = 2 * len(cells)
    yes = sum(a + b for a, b in cells)
    expected = 2 * yes * (values - yes) / (values * (values - 1))
    return None if expected == 0 else 1 - (sum(a != b for a, b in cells) / len(cells)) / expected


def prevalence(cells: Sequence[Ratings]) -> float | None:
    """Prevalence index (Byrt, Bishop and Carlin 1993): |both yes - both no| / cells.

    Near 1, kappa is low however well the raters agree.
    """
    if not cells:
        return None
    both_yes, both_no = sum(a and b for a, b in cells), sum(not (a or b) for a, b in cells)
    return abs(both_yes - both_no) / len(cells)


def bias(cells: Sequence[Ratings]) -> float | None:
    """Bias index (Byrt, Bishop and Carlin 1993): |only the first yes - only the second yes| / cells."""
    if not cells:
        return None
    only_first, only_second = sum(a and not b for a, b in cells), sum(b and not a for a, b in cells)
    return abs(only_first - only_second) / len(cells)


def cells_needed(cells: Sequence[Ratings], target: float = 0.6) -> int | None:
    """Cells needed for the lower end of kappa's 95 % interval to reach a target, if agreement stays the same.

    None where kappa itself is not above the target. By the standard error of Cohen (1960):
    sqrt(p (1 - p) / n) / (1 - chance). It assumes that cells are independent. Those of one document are not quite
    independent, so the figure is a minimum.
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
    """95 % percentile bootstrap interval (Efron 1979) of a figure; None with fewer than two groups.

    Whole groups (documents) are drawn, because the cells of one are not independent. The draws are seeded: the same
    cells give the same interval. None also where too few draws have the figure.
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
    """The share of the first rater's yes to which the second also says yes."""
    seconds = [b for a, b in cells if a]
    return sum(seconds) / len(seconds) if seconds else None


def precision(cells: Sequence[Ratings]) -> float | None:
    """The share of the second rater's yes to which the first also says yes."""
    firsts = [a for a, b in cells if b]
    return sum(firsts) / len(firsts) if firsts else None


def f1(cells: Sequence[Ratings]) -> float | None:
    """Harmonic mean of recall and precision (van Rijsbergen 1979)."""
    total = sum(a + b for a, b in cells)
    return 2 * sum(a and b for a, b in cells) / total if total else None
