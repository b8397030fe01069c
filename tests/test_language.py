"""Every general rule of language catches what it must, and spares what it must."""

import hashlib

import pytest

from scr_llm.records import SectionKind
from scr_llm.stages.code.language import LABEL, RULES, SAYINGS, Rule, stops
from scr_llm.stages.code.passage import Passage

LEARNED_WITH = "699109528510629f"
"""Hash of the names and patterns that the shipped weights were learned with."""


@pytest.mark.parametrize("rule", (*RULES, LABEL), ids=lambda rule: rule.name)
def test_a_rule_catches_and_spares(rule: Rule) -> None:
    assert rule.reason and rule.catches and rule.spares
    assert not [text for text in rule.catches if not rule.holds(text)], "is to be caught"
    assert not [text for text in rule.spares if rule.holds(text)], "is to be spared"


def test_who_changes_a_rule_learns_anew() -> None:
    told = "\n".join(f"{name}\t{pattern.flags}\t{pattern.pattern}" for name, pattern in SAYINGS.items())
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == LEARNED_WITH, "run bench/train.py, then write the new hash here"


@pytest.mark.parametrize(
    ("text", "after", "section", "stopped"),
    [
        ("Were the visits frequent enough?", "", "analysis", "question"),
        ("Research shows that babies are most at risk.", "", "analysis", "policy"),
        ("He had been fined at fifteen.", "The panel attached no weight to it.", "facts", "irrelevant"),
        ("The panel looked for drink.", "It was not a feature of this case.", "analysis", "denial"),
        ("The teacher acted promptly.", "", "analysis", "praise"),
        ("The teacher rang on the third day.", "", "good_practice", "praise"),
        ("The teacher acted promptly, and the referral was lost.", "", "analysis", ""),
        ("How it showed: the visits stopped.", "", "findings", ""),
    ],
)
def test_what_stops_a_sentence(text: str, after: str, section: SectionKind, stopped: str) -> None:
    assert stops(Passage(text, "", after, section)) == stopped
