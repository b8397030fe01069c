"""Made-up reviews of about five pages, each different, drawn from the sentences of fixtures/corpus.

The first lines, the headings and the numbering are those of a review; the sentences are drawn by a seed, so that the
same number gives the same review on any machine.
"""

import json
import random
from functools import cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import cm
from reportlab.platypus import Paragraph, SimpleDocTemplate
from reportlab.platypus.flowables import Flowable

CORPUS = Path(__file__).parent.parent / "fixtures" / "corpus"
SECTIONS = (("The facts", "facts", 22), ("Analysis", "analysis", 22), ("Findings", "findings", 10), ("Lessons", "", 6))
"""Heading, kind of the corpus's passages, and passages of a section."""
RECOMMENDATIONS = 5
AGES = ("seven months", "two years", "six years", "eleven years", "15 years")


@cache
def _passages(section: str) -> list[str]:
    """All passages of the corpus that belong in a section, each with the sentences around it."""
    found = []
    for path in sorted(CORPUS.glob("hand*.jsonl")):
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            if not section or row["section"] == section:
                found.append(" ".join(filter(None, (row["before"], row["text"], row["after"]))))
    return found


def draw(path: Path, number: int) -> None:
    """Draw the review of a number as a PDF."""
    chance, style = random.Random(number), getSampleStyleSheet()
    body = ParagraphStyle("Body", style["BodyText"], fontSize=11, leading=15)
    name = f"Child {chr(65 + number % 26)}{number}"
    story: list[Flowable] = [
        Paragraph(f"Serious Case Review: {name}. Executive Summary", style["Title"]),
        Paragraph("1. Introduction", style["Heading1"]),
        Paragraph(
            f"The Board of Anyshire {number} commissioned this review into the death of {name}, who was aged "
            f"{chance.choice(AGES)}. The Panel met {chance.randint(3, 9)} times.",
            body,
        ),
    ]
    for at, (heading, section, passages) in enumerate(SECTIONS, 2):
        story.append(Paragraph(f"{at}. {heading}", style["Heading1"]))
        chosen = chance.sample(_passages(section), passages)
        for n in range(0, passages, 2):
            numbered = f"{at}.{n // 2 + 1} " if section == "findings" else ""
            story.append(Paragraph(numbered + _escaped(" ".join(chosen[n : n + 2])), body))
    story.append(Paragraph(f"{len(SECTIONS) + 2}. Recommendations", style["Heading1"]))
    for n, text in enumerate(chance.sample(_passages("recommendations"), RECOMMENDATIONS), 1):
        story.append(Paragraph(f"{n}. {_escaped(text)}", body))
    SimpleDocTemplate(str(path), pagesize=A4, leftMargin=2 * cm, rightMargin=2 * cm, invariant=1).build(story)


def inbox(folder: Path, count: int) -> None:
    """Draw so many reviews into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        draw(folder / f"review-{number:04}.pdf", number)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
