"""The corpus of passages keeps its own rules.

Each passage has one label and occurs once, and every code is written in several hands.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

from scr_llm.codebook import load_codebook
from scr_llm.records import SectionKind

ROOT = Path(__file__).parent.parent
VALUES = {
    "present": "present",
    "recommendation_only": "present",
    "explicitly_absent": "explicitly_absent",
    "good_practice": "not_mentioned",
    "near_miss": "not_mentioned",
    "neighbour": "not_mentioned",
    "background": "not_mentioned",
}
PASSAGES: list[dict[str, Any]] = [
    json.loads(line)
    for path in sorted((ROOT / "fixtures/corpus").glob("hand*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
PARTICULAR = 18
"""The last hand that writes through particulars; the others write the official register, which names what it means."""
CODES = {code.id for code in load_codebook(ROOT / "prompts/codebook.yaml").codes}


def test_each_passage_is_well_formed() -> None:
    for p in PASSAGES:
        assert VALUES[p["kind"]] == p["value"] and p["code"] in CODES and p["section"] in get_args(SectionKind), p["id"]
        assert set(p["also"]) <= CODES - {p["code"]} and 4 <= len(p["text"].split()) <= 60, p["id"]
        assert (p["basis"] in ("explicit", "inferred")) == (p["value"] == "present"), p["id"]
    assert len({p["id"] for p in PASSAGES}) == len(PASSAGES)


def test_no_sentence_is_in_it_twice() -> None:
    assert len({p["text"] for p in PASSAGES}) == len(PASSAGES)
    context = {p[side] for p in PASSAGES for side in ("before", "after") if p[side]}
    assert not [p["id"] for p in PASSAGES if p["text"] in context]


def test_every_code_has_several_hands_and_all_kinds() -> None:
    for code in CODES:
        own = [p for p in PASSAGES if p["code"] == code and p["hand"] <= PARTICULAR]
        assert len({p["hand"] for p in own}) >= 2, code
        kinds = Counter(p["kind"] for p in own)
        assert kinds.keys() == VALUES.keys() and kinds["present"] >= 60, code
        jargon = sum(p["jargon"] for p in own if p["kind"] == "present") / kinds["present"]
        assert jargon <= 0.4, f"{code}: the code's usual words stand in {jargon:.0%} of its present passages"


def test_a_second_reader_agrees_as_the_data_card_says() -> None:
    own = {p["id"]: p["value"] for p in PASSAGES}
    second = [
        json.loads(line) for line in (ROOT / "fixtures/corpus/second-reader.jsonl").read_text("utf-8").splitlines()
    ]
    pairs = [(own[s["id"]], s["value"]) for s in second]
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    first, other = (Counter(values) for values in zip(*pairs, strict=True))
    chance = sum(first[v] * other[v] for v in first) / len(pairs) ** 2
    assert len(pairs) == len({s["id"] for s in second}) == 300
    assert (round(agreed, 2), round((agreed - chance) / (1 - chance), 2)) == (0.97, 0.94)
