"""Every true variant is accepted, every altered quote refused. `pytest -s tests/test_oracle.py` prints the table."""

from collections import Counter

import pytest
from oracle import Case, altered, plant, true_variants

from scr_llm.stages.ground import locate


def judge(cases: list[Case]) -> tuple[Counter[str], Counter[str], list[Case], dict[int, tuple[int | None, int | None]]]:
    seen: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    wrong, spans = [], {}
    for text in {case.text for case in cases}:
        own = [case for case in cases if case.text == text]
        for case, found in zip(own, locate(text, [case.quote for case in own]), strict=True):
            seen[case.name] += 1
            good = found["status"] in ("exact", "normalised")
            accepted[case.name] += good
            spans[id(case)] = (found["start"], found["end"])
            if good and found["matched"] != text[found["start"] : found["end"]]:
                wrong.append(case)
    return seen, accepted, wrong, spans


@pytest.mark.parametrize("furniture", [False, True], ids=["plain", "pages"])
def test_every_true_variant_is_accepted(furniture: bool) -> None:
    cases = [case for seed in range(3) for case in true_variants(plant(seed, furniture=furniture))]
    seen, accepted, wrong, spans = judge(cases)
    for name in seen:
        print(f"true   {name:32} {accepted[name]:4} accepted of {seen[name]}")
    assert not wrong and seen == accepted and seen.total() == 900
    assert all(spans[id(case)] == case.span for case in cases if case.span)


def test_no_altered_quote_is_accepted() -> None:
    cases = [
        case
        for seed in range(2)
        for furniture in (False, True)
        for case in altered(plant(seed, furniture=furniture), seed)
    ]
    seen, accepted, _, _ = judge(cases)
    for name in seen:
        print(f"false  {name:32} {accepted[name]:4} accepted of {seen[name]}")
    assert not +accepted, +accepted
    assert seen.total() >= 400
