"""Whether the numbers of the paper lead to the evidence file, and what they lead to is there."""

import re
from collections.abc import Iterator
from pathlib import Path

from lxml import html

from paper_checks.html import html_faults
from paper_checks.shared import as_counts
from paper_checks.text import html_text, word_text
from paper_checks.word import word_faults

REFERENCE = re.compile(r"\bEvidence (\d+)\b")


def evidence_faults(outputs: Path) -> list[str]:
    """What is wrong with the evidence file, or with the way to it."""
    word, page = outputs / "evidence.docx", outputs / "evidence.html"
    paper = word_text(outputs / "briefing.docx")
    if not word.exists() or not page.exists():
        return ["a number leads to an evidence file that is not there"] if REFERENCE.search(paper.whole) else []
    return [
        *(f"Evidence, {fault}" for fault in (*word_faults(word), *html_faults(page))),
        *_references(outputs),
        *_links(outputs / "briefing.html", page),
        *_same_words(word, page),
    ]


def _references(outputs: Path) -> Iterator[str]:
    """Each "Evidence 4" of the paper has a part, and the part of a theme has the count that the paper gives."""
    paper, evidence = word_text(outputs / "briefing.docx"), word_text(outputs / "evidence.docx")
    parts: dict[str, list[str]] = {}
    for heading, line in evidence.lines:
        if found := REFERENCE.match(heading):
            parts.setdefault(found[1], [heading]).append(line)
    for _, line in paper.lines:
        for number in REFERENCE.findall(line):
            if number not in parts:
                yield f"the paper refers to Evidence {number}, which is not there"
                continue
        found = re.fullmatch(r"(?P<label>.+) \| (?P<count>\d+ of \d+) \|(?: \d+ \|)? Evidence (?P<number>\d+)", line)
        if found and found["number"] in parts:
            heading, *lines = parts[found["number"]]
            if not heading.endswith(f". {found['label']}"):
                yield f"Evidence {found['number']} is not about {found['label']}"
            if not any(found["count"] in as_counts(each).replace("of the ", "of ") for each in lines):
                yield f"Evidence {found['number']} has not the count {found['count']} of {found['label']}"


def _links(paper: Path, evidence: Path) -> Iterator[str]:
    page, target = (html.document_fromstring(path.read_bytes()) for path in (paper, evidence))
    ids = {element.get("id") for element in target.iter() if isinstance(element.tag, str)}
    led = [link.get("href") for link in page.iter("a") if (link.get("href") or "").startswith(evidence.name)]
    if not led and REFERENCE.search(page.text_content()):
        yield "HTML: no number leads to the evidence file"
    for address in led:
        if address.partition("#")[2] not in ids:
            yield f"HTML: a number leads to {address}, which is not there"


def _same_words(word: Path, page: Path) -> Iterator[str]:
    mine, yours = word_text(word), html_text(page)
    for quote in {*mine.quotes} ^ {*yours.quotes}:
        yield f"Evidence: a quote stands in one format only: {quote[:100]}"
