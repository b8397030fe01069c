"""Codings compared cell by cell: a coder with gold codings, or any two raters."""

from collections import Counter
from collections.abc import Callable, Sequence

from scr_llm.records import (
    Agreement,
    Confused,
    ExportDocument,
    ExportTheme,
    GoldDocument,
    GoldItem,
    GoldTheme,
    Item,
    Raters,
    Score,
    ThemeValue,
    Third,
)
from scr_llm.stages.agree import statistics
from scr_llm.stages.agree.statistics import LEAST_UNITS, Ratings

Pairs = Sequence[tuple[GoldDocument, ExportDocument | None]]
"""Each gold document with the coded one of the same file name, if there is one."""


def agree(gold: Sequence[GoldDocument], found: Sequence[ExportDocument], themes: Sequence[str]) -> Agreement:
    """Compare codings with gold. Documents are paired by file name.

    A gold document that was not coded counts as one in which nothing was found.
    """
    coded = {d.file: d for d in found if d.status == "coded"}
    pairs = [(g, coded.get(g.file)) for g in gold]
    present = {theme: _cells(pairs, theme, "present") for theme in themes}
    absent = [cell for theme in themes for cell in _cells(pairs, theme, "explicitly_absent")]
    wrong = [line for theme in themes for line in _wrong_themes(pairs, theme, present[theme])]
    by_document = [[present[theme][n] for theme in themes] for n in range(len(pairs))]
    names = [g.file for g, _ in pairs]
    findings, on_page = _items(pairs, lambda d: d.findings, lambda d: d.findings, "finding", wrong)
    recommendations, also_on_page = _items(
        pairs, lambda d: d.recommendations, lambda d: d.recommendations, "recommendation", wrong
    )
    shared = on_page[0] + also_on_page[0]
    return Agreement(
        documents=len(pairs),
        not_coded=tuple(g.file for g, d in pairs if d is None),
        themes={theme: _score(found) for theme, found in present.items()},
        all_themes=_with_intervals(by_document),
        raters=raters(by_document),
        by_theme={theme: raters([[c] for c in found], names, least=LEAST_UNITS) for theme, found in present.items()},
        thirds=_thirds(pairs),
        confused=_confused(pairs),
        absences=_score(absent),
        findings=findings,
        recommendations=recommendations,
        right_page=_counted(shared, shared, on_page[1] + also_on_page[1]),
        quotes_on_gold=_on_gold(pairs),
        facts=_facts(pairs, wrong),
        wrong=tuple(wrong),
    )


def _cells(pairs: Pairs, theme: str, value: ThemeValue) -> list[Ratings]:
    """Whether gold, and whether the coding, gives a theme this value: one cell for each document."""
    return [(_is(g.themes.get(theme), value), d is not None and _is(d.themes.get(theme), value)) for g, d in pairs]


def _is(cell: GoldTheme | ExportTheme | None, value: ThemeValue) -> bool:
    return cell is not None and cell.value == value


def _wrong_themes(pairs: Pairs, theme: str, cells: Sequence[Ratings]) -> list[str]:
    """The documents in which a theme was missed or found too often, in words."""
    lines = []
    for (g, _), (expected, found) in zip(pairs, cells, strict=True):
        if expected and not found:
            lines.append(f"{g.file}: {theme} is present and was not found")
        if found and not expected:
            lines.append(f"{g.file}: {theme} is not present and was found")
    return lines


def raters(groups: Sequence[Sequence[Ratings]], names: Sequence[str] = (), *, least: int = 0) -> Raters:
    """How far two raters agree.

    Args:
        groups: their cells, grouped by document.
        names: of the groups, to say where the raters differ.
        least: the number of cells below which kappa and similar figures are not given.
    """
    cells = [c for g in groups for c in g]
    agreed = sum(a == b for a, b in cells)
    if len(cells) < least or not cells:
        differ = [name for name, group in zip(names, groups, strict=False) if any(a != b for a, b in group)]
        note = f"agreed on {agreed} of {len(cells)}" + (f"; disagreed on: {', '.join(differ)}" if differ else "")
        return Raters(
            cells=len(cells),
            agreed=agreed,
            raw=statistics.raw(cells),
            kappa=None,
            kappa_interval=None,
            ac1=None,
            alpha=None,
            note=note,
        )
    return Raters(
        cells=len(cells),
        agreed=agreed,
        raw=statistics.raw(cells),
        kappa=statistics.kappa(cells),
        kappa_interval=statistics.interval(groups, statistics.kappa),
        ac1=statistics.ac1(cells),
        alpha=statistics.alpha(cells),
        prevalence=statistics.prevalence(cells),
        bias=statistics.bias(cells),
        cells_for_substantial=statistics.cells_needed(cells),
    )


def _with_intervals(groups: Sequence[Sequence[Ratings]]) -> Score:
    return _score([c for g in groups for c in g]).model_copy(
        update={
            f"{name}_interval": statistics.interval(groups, getattr(statistics, name))
            for name in ("recall", "precision", "f1")
        }
    )


def _thirds(pairs: Pairs) -> tuple[Third, Third, Third]:
    """Passages that gold marks for themes that are present, by the third of the document's pages that they are in."""
    gold, both = [0, 0, 0], [0, 0, 0]
    for g, d in pairs:
        if d is None or not d.pages:
            continue
        for theme, cell in g.themes.items():
            if cell.value != "present":
                continue
            ours = d.themes.get(theme)
            quotes = [_bare(e.quote) for e in ours.evidence] if ours and ours.value == "present" else []
            for passage in cell.evidence:
                if passage.page is None:
                    continue
                third = min(2, (passage.page - 1) * 3 // d.pages)
                gold[third] += 1
                both[third] += _quoted(_bare(passage.quote), quotes)
    first, middle, last = (Third(gold=g, both=b) for g, b in zip(gold, both, strict=True))
    return first, middle, last


def _quoted(passage: str, quotes: Sequence[str]) -> bool:
    """Whether a passage is within one of the quotes, or one of them within it, by letters and digits only."""
    return any(passage in quote or quote in passage for quote in quotes if passage and quote)


def _counted(gold: int, found: int, both: int) -> Score:
    return Score(
        gold=gold,
        found=found,
        both=both,
        recall=both / gold if gold else None,
        precision=both / found if found else None,
        f1=2 * both / (gold + found) if gold + found else None,
    )


def _score(cells: Sequence[tuple[bool, bool]]) -> Score:
    return _counted(sum(g for g, _ in cells), sum(f for _, f in cells), sum(g and f for g, f in cells))


def _bare(text: str) -> str:
    """Letters and digits only, so that spacing and punctuation make no difference."""
    return "".join(c for c in text.lower() if c.isalnum())


def _items(
    pairs: Pairs,
    of_gold: Callable[[GoldDocument], tuple[GoldItem, ...] | None],
    of_found: Callable[[ExportDocument], tuple[Item, ...]],
    name: str,
    wrong: list[str],
) -> tuple[Score, tuple[int, int]]:
    """Items paired by their letters and digits; and the number of pairs, and of those found on gold's page."""
    gold = found = both = right_page = 0
    for g, d in pairs:
        expected = of_gold(g)
        if expected is None:
            continue
        items = of_found(d) if d else ()
        theirs = {_bare(i.text): i for i in expected}
        ours = {_bare(i.text): i for i in items}
        shared = theirs.keys() & ours.keys()
        gold += len(expected)
        found += len(items)
        both += len(shared)
        right_page += sum(theirs[k].page in (None, ours[k].page) for k in shared)
        wrong += [f"{g.file}: {name} missed: {theirs[k].text[:80]}" for k in theirs if k not in shared]
        wrong += [f"{g.file}: {name} too many: {ours[k].text[:80]}" for k in ours if k not in shared]
    return _counted(gold, found, both), (both, right_page)


def _on_gold(pairs: Pairs) -> Score:
    """Of the cells that are present in both, those in which a quote meets a passage that gold marks."""
    cells = []
    for g, d in pairs:
        for theme, cell in g.themes.items():
            ours = d.themes.get(theme) if d else None
            if cell.value != "present" or not cell.evidence or ours is None or ours.value != "present":
                continue
            quotes = [_bare(e.quote) for e in ours.evidence]
            cells.append((True, any(_quoted(_bare(e.quote), quotes) for e in cell.evidence)))
    return _score(cells)


def _confused(pairs: Pairs, most: int = 10) -> tuple[Confused, ...]:
    """Where a theme was found that gold does not have: the themes that gold marks on the same passages."""
    counted: Counter[tuple[str, str]] = Counter()
    for g, d in pairs:
        marked = [
            (_bare(e.quote), theme)
            for theme, cell in g.themes.items()
            if cell.value == "present"
            for e in cell.evidence
        ]
        for theme, ours in d.themes.items() if d else ():
            in_gold = theme in g.themes and g.themes[theme].value in ("present", "unclear")
            if ours.value != "present" or in_gold:
                continue
            quotes = [_bare(e.quote) for e in ours.evidence]
            # A set: a pair of themes counts once for each document.
            counted.update({(theme, other) for passage, other in marked if _quoted(passage, quotes)})
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Confused(found=f, gold=other, times=n) for (f, other), n in ranked[:most])


def _facts(pairs: Pairs, wrong: list[str]) -> dict[str, Score]:
    scores = {}
    for fact in ("authority", "pseudonym", "context", "gender", "age"):
        gold = found = both = 0
        for g, d in pairs:
            expected = _fact(g.case, fact)
            ours = _fact(d.case.model_dump() if d and d.case else None, fact)
            gold += bool(expected)
            found += bool(ours)
            both += bool(expected) and expected == ours
            if expected != ours:
                wrong.append(f"{g.file}: {fact} is {expected or 'not stated'}, found {ours or 'not stated'}")
        scores[fact] = _counted(gold, found, both)
    return scores


def _fact(case: dict[str, object] | None, fact: str) -> object:
    """A case fact as stated; None if it is not stated."""
    if not case:
        return None
    if fact in ("gender", "age"):
        children = case.get("children") or ()
        values = [child.get(fact) for child in children if isinstance(child, dict)]  # type: ignore[attr-defined]
        return values if any(v not in (None, "not stated") for v in values) else None
    value = case.get(fact)
    return None if value in (None, "", "not stated") else value
