"""What is wrong with the case sheets: one page on each coded review, in Word and HTML."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from paper_checks.agreement import quoted_pages
from paper_checks.html import html_faults
from paper_checks.shared import fold
from paper_checks.text import Text, html_text, word_text
from paper_checks.word import word_faults

PARTS = (
    "Who and what",
    "Themes",
    "Findings in short",
    "Recommendations in short",
    "State of review",
    "What was not read",
)
DRAFTED = re.compile(r"\[Drafted by a model: .+ \(page \d+\)\]$")


def sheet_faults(outputs: Path, *, summaries: bool = False) -> list[str]:
    """Everything that is wrong with the sheets in outputs/cases, by the export and each other.

    `summaries`: whether a model drafted summaries of them.
    """
    export = json.loads((outputs / "export.json").read_text("utf-8"))
    coded = {document["file"]: document for document in export["documents"] if document["status"] == "coded"}
    found: list[str] = []
    about: list[str] = []
    for path in sorted((outputs / "cases").glob("*.docx")):
        told = [*word_faults(path), *html_faults(path.with_suffix(".html"))]
        word, html = word_text(path), html_text(path.with_suffix(".html"))
        told += _same(word, html)
        file = next((line.partition(": ")[0] for heading, line in word.lines if heading == PARTS[0] != line), "")
        about.append(file)
        if file in coded:
            told += _sheet(word, coded[file], summaries=summaries)
        else:
            told.append(f"it is about {file!r}, which is not coded")
        found += [f"{path.name}: {each}" for each in told]
    if sorted(about) != sorted(coded):
        found.append(f"the sheets are about {sorted(about)}, coded are {sorted(coded)}")
    return found


def _same(word: Text, html: Text) -> Iterator[str]:
    mine, yours = ({line for heading, line in text.lines if heading in PARTS} for text in (word, html))
    for line in sorted(mine ^ yours):
        yield f"in Word or HTML alone: {line[:120]}"


def _sheet(text: Text, document: dict[str, Any], *, summaries: bool) -> Iterator[str]:
    headings = [heading for heading in dict.fromkeys(h for h, _ in text.lines) if heading in PARTS]
    if tuple(headings) != PARTS:
        yield f"its parts are {headings}"
    counted = f"{len(document['findings'])} finding", f"{len(document['recommendations'])} recommendation"
    if not all(each in text.whole for each in counted):
        yield "it does not say how many findings and recommendations there are"
    pages = quoted_pages(document)
    for quote, cited in _quotes(text):
        words = fold(quote.removesuffix("…"))
        where = {page for page, texts in pages.items() if any(words in each for each in texts)}
        if not where & cited:
            yield f"not on the page that it cites, {sorted(cited)}: {quote[:100]}"
    present = sum(theme["value"] == "present" for theme in document["themes"].values())
    themes = next((t for t in text.tables if t[0][0] == "Theme"), [()])
    also = next((line for _, line in text.lines if "Also found: " in line), "")
    named = len(re.findall(r"\(page \d+\)", also.partition("Also found: ")[2].partition(". Ruled out")[0]))
    if len(themes) - 1 + named != present:
        yield f"{len(themes) - 1} themes with a quote and {named} named, but {present} are present"
    drafted = [line for heading, line in text.lines if heading == "Summary, drafted by a model" != line]
    if bool(drafted) != summaries or not all(map(DRAFTED.search, drafted)):
        yield f"a summary of {len(drafted)} sentences, or one without its mark"


def _quotes(text: Text) -> Iterator[tuple[str, set[int]]]:
    """Each quote and the pages that it may be on by its own line."""
    for table in text.tables:
        for row in table[1:]:
            for quote in re.findall(r"“(.*?)”", row[1] if len(row) == 3 else ""):
                first, _, last = row[2].replace(", ", "–").partition("–")
                ends = [int(n) for n in re.findall(r"\d+", f"{first} {last}")]
                yield quote, set(range(min(ends), max(ends) + 1))
    for heading, line in text.lines:
        if heading == "Findings in short" and (found := re.search(r"page (\d+): “(.*)”$", line)):
            yield found[2], {int(found[1])}
