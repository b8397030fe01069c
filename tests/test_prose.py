"""Sentences that a model drafts: only what the facts support is printed, and it is marked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from served import coded_project

from scr_llm.llm.fake import Answer, FakeServer
from scr_llm.reports.linking_sentences import MARK, Facts, wrong_with

FACTS = Facts(
    theme="workforce",
    label="Workforce failings",
    present=6,
    of=8,
    quotes=("The community midwife had received no supervision for eleven months, and nobody had noticed.",),
    others=("Silo working", "Neglect"),
)


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        (
            "Workforce failings were found in 6 of the 8 reviews, "
            "and one midwife “had received no supervision for eleven months”.",
            None,
        ),
        ("Supervision and staffing come up again and again in these reviews.", None),
        ("Workforce failings were found in 7 of the 8 reviews.", "not computed"),
        ("Workforce failings were found in seven reviews that were read.", "not computed"),
        ("Workforce failings were found in 6 reviews of the batch.", "denominator"),
        ("Workforce failings were found in most of the reviews here.", "compares"),
        ("Workforce failings were found in 75% of the reviews here.", "not computed"),
        ("Poor staffing led to harm in these reviews of cases.", "compares"),
        ("One worker said “I was never supervised at all” in these reviews.", "quotes words that no printed quote has"),
        ("Silo working and staffing go together in these reviews.", "another theme"),
        ("In these reviews staffing was worst at the Riverside Hospital ward.", "not in the facts"),
        ("Staffing.", "one sentence"),
        ("Staffing was poor there. Supervision was poor as well.", "one sentence"),
    ],
)
def test_a_sentence_is_checked_against_the_facts(sentence: str, why: str | None) -> None:
    found = wrong_with(sentence, FACTS)
    assert found is None if why is None else found and why in found, found


@pytest.mark.slow
def test_a_model_drafts_and_what_fails_is_left_out(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    replies = iter(
        (
            "Supervision and staffing come up again and again in these reviews.",
            "This was found in 99 of the 100 reviews.",
        )
    )

    def drafts(_request: dict[str, object]) -> Answer:
        text = json.dumps({"sentence": next(replies, "This was found in 99 of the 100 reviews.")})
        body = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "fake",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
        }
        return Answer(body=json.dumps(body).encode())

    with FakeServer(drafts) as server:
        with (root / "project.toml").open("a") as settings:
            settings.write(f'\n[llm]\nbase_url = "{server.base_url}"\nmodel = "fake"\n')
        done = subprocess.run(
            [sys.executable, "-m", "scr_llm", "brief", "--prose", "--project", str(root)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "was not printed, because it has a number that was not computed" in done.stderr
        assert any("<<<" in json.dumps(r) for r in server.requests), "the facts are fenced"
    text = (root / "outputs/briefing.md").read_text("utf-8")
    assert text.count(MARK[1:-1]) == 1 and "99 of" not in text
