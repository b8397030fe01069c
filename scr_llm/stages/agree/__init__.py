"""Codings compared, cell by cell: a coder with gold codings, or any two raters."""

from collections import Counter
from collections.abc import Callable, Sequence

from scr_llm.records import Agreement, Confused, ExportDocument, GoldDocument, GoldItem, Item, Raters, Score, Third
from scr_llm.stages.agree import statistics
from scr_llm.stages.agree.statistics import LEAST_UNITS, Ratings


def agree(gold: Sequence[GoldDocument], found: Sequence[ExportDocument], themes: Sequence[str]) -> Agreement:
    """Compare. Documents are paired by file name; a gold document that was not coded counts as found nothing."""
    coded = {d.file: d for d in found if d.status == "coded"}
    pairs = [(g, coded.get(g.file)) for g in gold]
    wrong: list[str] = []

    def cells(theme: str, value: str) -> list[tuple[bool, bool]]:
        out = []
        for g, d in pairs:
            there = theme in g.themes and g.themes[theme].value == value
            said = d is not None and theme in d.themes and d.themes[theme].value == value
            out.append((there, said))
            if there != said and value == "present":
                wrong.append(
                    f"{g.file}: {theme} is {'present and was not found' if there else 'not present and was found'}"
                )
        return out

    present = {theme: cells(theme, "present") for theme in themes}
    by_document = [[present[theme][n] for theme in themes] for n in range(len(pairs))]
    names = [g.file for g, _ in pairs]
    findings, finding_pages = _items(pairs, lambda d: d.findings, lambda d: d.findings, "finding", wrong)
    recommendations, pages = _items(
        pairs, lambda d: d.recommendations, lambda d: d.recommendations, "recommendation", wrong
    )
    return Agreement(
        documents=len(pairs),
        not_coded=tuple(g.file for g, d in pairs if d is None),
        themes={theme: _score(found) for theme, found in present.items()},
        all_themes=_with_intervals(by_document),
        raters=raters(by_document),
        by_theme={theme: raters([[c] for c in found], names, least=LEAST_UNITS) for theme, found in present.items()},
        thirds=_thirds(pairs),
        confused=_confused(pairs),
        absences=_score([c for theme in themes for c in cells(theme, "explicitly_absent")]),
        findings=findings,
        recommendations=recommendations,
        right_page=_counted(finding_pages[0] + pages[0], finding_pages[0] + pages[0], finding_pages[1] + pages[1]),
        quotes_on_gold=_on_gold(pairs),
        facts=_facts(pairs, wrong),
        wrong=tuple(wrong),
    )


def raters(groups: Sequence[Sequence[Ratings]], names: Sequence[str] = (), *, least: int = 0) -> Raters:
    """Two raters' cells, grouped by document. Under `least` cells kappa and its like are refused; `names` of the groups tell where they differ."""
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


def _thirds(pairs: "Pairs") -> tuple[Third, Third, Third]:
    """Marked passages of present cells, by the third of the document's pages in which they stand."""
    gold, both = [0, 0, 0], [0, 0, 0]
    for g, d in pairs:
        for theme, cell in g.themes.items():
            ours = (
                [_bare(e.quote) for e in d.themes[theme].evidence]
                if d and theme in d.themes and d.themes[theme].value == "present"
                else []
            )
            for passage in cell.evidence if cell.value == "present" else ():
                if passage.page is None or d is None or not d.pages:
                    continue
                third = min(2, (passage.page - 1) * 3 // d.pages)
                marked = _bare(passage.quote)
                gold[third] += 1
                both[third] += any(marked in quote or quote in marked for quote in ours if quote and marked)
    first, middle, last = (Third(gold=g, both=b) for g, b in zip(gold, both, strict=True))
    return first, middle, last


Pairs = Sequence[tuple[GoldDocument, ExportDocument | None]]


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
    return "".join(c for c in text.lower() if c.isalnum())


def _items(
    pairs: Pairs,
    of_gold: Callable[[GoldDocument], tuple[GoldItem, ...] | None],
    of_found: Callable[[ExportDocument], tuple[Item, ...]],
    name: str,
    wrong: list[str],
) -> tuple[Score, tuple[int, int]]:
    """Items paired by their letters and digits, and how many of those found stand on gold's page."""
    gold = found = both = right = 0
    for g, d in pairs:
        expected = of_gold(g)
        if expected is None:
            continue
        theirs = {_bare(i.text): i for i in expected}
        ours = {_bare(i.text): i for i in (of_found(d) if d else ())}
        shared = theirs.keys() & ours.keys()
        gold, found, both = gold + len(expected), found + len(of_found(d) if d else ()), both + len(shared)
        right += sum(theirs[k].page in (None, ours[k].page) for k in shared)
        wrong += [f"{g.file}: {name} missed: {theirs[k].text[:80]}" for k in theirs if k not in shared]
        wrong += [f"{g.file}: {name} too many: {ours[k].text[:80]}" for k in ours if k not in shared]
    return _counted(gold, found, both), (both, right)


def _on_gold(pairs: Pairs) -> Score:
    cells = []
    for g, d in pairs:
        for theme, cell in g.themes.items():
            ours = d.themes.get(theme) if d else None
            if cell.value != "present" or not cell.evidence or ours is None or ours.value != "present":
                continue
            passages = [_bare(e.quote) for e in cell.evidence]
            quotes = [_bare(e.quote) for e in ours.evidence]
            cells.append((True, any(p and q and (p in q or q in p) for p in passages for q in quotes)))
    return _score(cells)


def _confused(pairs: Pairs, most: int = 10) -> tuple[Confused, ...]:
    """Where a theme was found that gold does not have, the themes that gold marks on the same passages."""
    counted: Counter[tuple[str, str]] = Counter()
    for g, d in pairs:
        marked = [
            (_bare(e.quote), theme)
            for theme, cell in g.themes.items()
            if cell.value == "present"
            for e in cell.evidence
        ]
        for theme, ours in d.themes.items() if d else ():
            if ours.value != "present" or (theme in g.themes and g.themes[theme].value in ("present", "unclear")):
                continue
            quotes = [quote for e in ours.evidence if (quote := _bare(e.quote))]
            counted.update(
                {
                    (theme, other)
                    for passage, other in marked
                    if passage and any(passage in q or q in passage for q in quotes)
                }
            )
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Confused(found=f, gold=other, times=n) for (f, other), n in ranked[:most])


def _facts(pairs: Pairs, wrong: list[str]) -> dict[str, Score]:
    scores = {}
    for fact in ("authority", "pseudonym", "context", "gender", "age"):
        gold = found = both = 0
        for g, d in pairs:
            expected = _fact(g.case, fact)
            ours = _fact(d.case.model_dump() if d and d.case else None, fact)
            gold, found, both = gold + bool(expected), found + bool(ours), both + (bool(expected) and expected == ours)
            if expected != ours:
                wrong.append(f"{g.file}: {fact} is {expected or 'not stated'}, found {ours or 'not stated'}")
        scores[fact] = _counted(gold, found, both)
    return scores


def _fact(case: dict[str, object] | None, fact: str) -> object:
    """The fact as stated; None where it is not."""
    if not case:
        return None
    if fact in ("gender", "age"):
        children = case.get("children") or ()
        values = [child.get(fact) for child in children if isinstance(child, dict)]  # type: ignore[attr-defined]
        return values if any(v not in (None, "not stated") for v in values) else None
    value = case.get(fact)
    return None if value in (None, "", "not stated") else value
