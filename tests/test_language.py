"""Every general rule of language catches what it must, and spares what it must."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from served import ROOT, coded_project

from scr_llm.codebook import load_codebook
from scr_llm.records import SectionKind
from scr_llm.stages.code.hits import parts, rule_hits, wording_hits
from scr_llm.stages.code.passage import Passage, stops
from scr_llm.text.language import LABEL, RULES, SAYINGS, Rule
from scr_llm.text.negation import AROUND_A_WORDING

LEARNED_WITH = "699109528510629f"
"""Hash of the names and patterns that the shipped weights were learned with."""


@pytest.mark.parametrize("rule", (*RULES, LABEL, *AROUND_A_WORDING), ids=lambda rule: rule.name)
def test_a_rule_catches_and_spares(rule: Rule) -> None:
    assert rule.reason and rule.catches and rule.spares
    assert not [text for text in rule.catches if not rule.holds(text)], "is to be caught"
    assert not [text for text in rule.spares if rule.holds(text)], "is to be spared"


def test_who_changes_a_rule_learns_anew() -> None:
    told = "\n".join(f"{name}\t{pattern.flags}\t{pattern.pattern}" for name, pattern in SAYINGS.items())
    found = hashlib.sha256(told.encode()).hexdigest()[:16]
    assert found == LEARNED_WITH, "run bench/train.py, then write the new hash here"


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


def test_hits_are_sentences_and_not_occurrences() -> None:
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    texts = ["She had been drinking, and went on drinking.", "He was drinking.", "The teacher rang on the third day."]
    found = {(h.part, h.kind, h.wording): h.sentences for h in wording_hits(book, texts)}
    assert len(found) == sum(len(p.wordings) + len(p.subjects) + len(p.near_misses) for p in parts(book))
    assert found["alcohol_misuse", "wordings", "drinking"] == 2 and found["domestic_abuse", "wordings", "MARAC"] == 0
    assert rule_hits(["Nobody asked.", "Nobody went; nothing was said.", "She went."])["shortcoming"] == 2


@pytest.mark.slow
def test_doctor_counts_rules_and_wordings(tmp_path: Path) -> None:
    def doctor(folder: Path, expect: int) -> "subprocess.CompletedProcess[str]":
        call = [sys.executable, "-m", "scr_llm", "doctor", "--codebook", "--project", str(folder)]
        done = subprocess.run(call, capture_output=True, text=True, timeout=120)
        assert done.returncode == expect, (done.stdout, done.stderr)
        return done

    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    (root / "codebook.yaml").write_text(
        "version: '1'\ntitle: Few\ncodes:\n"
        "  - {id: own, label: Own, definition: A made-up code., core: true, polarity: feature,\n"
        "     wordings: ['Child', '[bold]unheard-of']}\n"
    )
    told = doctor(root, 0)
    assert all(rule.name in told.stdout for rule in RULES)
    rows = [line.split() for line in told.stdout.splitlines()]
    assert any(row[:2] == ["own", "wordings"] and row[3:] == ["Child"] and int(row[2]) > 0 for row in rows)
    assert ["own", "wordings", "[bold]unheard-of"] in rows and "1 of 2 wordings" in told.stderr
    doctor(tmp_path, 2)  # no project
