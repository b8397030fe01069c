"""Duplicates, corrected re-issues, summaries within a report and new reviews are told apart."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

ROOT = Path(__file__).parent.parent
BODY = [
    f"{n}. In the {name} the panel found that the {agency} had not shared its {thing} with the others, and that the "
    f"{other} was late."
    for n, (name, agency, thing, other) in enumerate(
        [
            (a, b, c, d)
            for a in ("first year", "second year", "third year")
            for b, c in (("hospital", "notes"), ("school", "concerns"), ("police", "reports"))
            for d in ("assessment", "referral")
        ],
        1,
    )
]


def write(path: Path, paragraphs: list[str], before: list[str] = []) -> None:  # noqa: B006
    style = getSampleStyleSheet()["BodyText"]
    story = [Paragraph(t, style) for t in before] + ([PageBreak()] if before else [])
    story += [
        Paragraph("Serious Case Review: Executive Summary, Child Z", getSampleStyleSheet()["Heading1"]),
        *(Paragraph(t, style) for t in paragraphs),
    ]
    SimpleDocTemplate(str(path), title="t").build(story)


def statuses(folder: Path) -> dict[str, tuple[str, str]]:
    subprocess.run([sys.executable, "-m", "scr_llm", "run"], cwd=folder, capture_output=True, timeout=120)
    given = subprocess.run(
        [sys.executable, "-m", "scr_llm", "status", "--json"], cwd=folder, capture_output=True, text=True, check=True
    )
    return {d["file"]: (d["status"], d["reason"] or "") for d in json.loads(given.stdout)["documents"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    subprocess.run([sys.executable, "-m", "scr_llm", "init", "p"], cwd=tmp_path, check=True, capture_output=True)
    write(tmp_path / "p/inbox/a.pdf", BODY)
    assert statuses(tmp_path / "p")["a.pdf"][0] == "coded"
    return tmp_path / "p"


@pytest.mark.slow
def test_the_same_words_in_another_file(folder: Path) -> None:
    write(folder / "inbox/b.pdf", [f"{text} " for text in BODY])
    found = statuses(folder)
    assert (
        found["b.pdf"][0] == "duplicate" and "same words as a.pdf" in found["b.pdf"][1] and found["a.pdf"][0] == "coded"
    )


@pytest.mark.slow
def test_a_corrected_re_issue_takes_its_place_and_shows_what_changed(folder: Path) -> None:
    write(folder / "inbox/b.pdf", [*BODY[:3], BODY[3].replace("had not shared", "had shared"), *BODY[4:]])
    found = statuses(folder)
    assert found["b.pdf"][0] == "coded" and found["a.pdf"][0] == "superseded"
    assert (
        "1 passage differs" in found["a.pdf"][1]
        and "had not shared" in found["a.pdf"][1]
        and "had shared" in found["a.pdf"][1]
    )
    assert statuses(folder) == found


@pytest.mark.slow
def test_a_summary_within_the_full_report(folder: Path) -> None:
    more = [
        f"Chapter {n} tells at length what was done in week {n} by each of the workers concerned, and why they did "
        "it so."
        for n in range(60)
    ]
    write(folder / "inbox/full.pdf", BODY, before=["Serious Case Review: overview report", *more])
    found = statuses(folder)
    assert (
        found["full.pdf"][0] == "duplicate"
        and "whole of a.pdf" in found["full.pdf"][1]
        and "page" in found["full.pdf"][1]
    )


@pytest.mark.slow
def test_another_review_is_new(folder: Path) -> None:
    shutil.copy(ROOT / "fixtures/batch-1/corriford-child-1.pdf", folder / "inbox")
    assert statuses(folder)["corriford-child-1.pdf"][0] == "coded"
