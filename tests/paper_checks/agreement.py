"""Where the formats differ from each other, from the workbook or from the export."""

import io
import json
import re
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree, html
from ruamel.yaml import YAML

from paper_checks.html import named
from paper_checks.shared import COUNT, DC, MOST, QUOTED, as_counts, fold
from paper_checks.text import Text, html_text, markdown_text, word_text


def agreement_faults(outputs: Path) -> list[str]:
    """Where the formats differ from each other, from the workbook or from the export."""
    export = json.loads((outputs / "export.json").read_text("utf-8"))
    coded = [document for document in export["documents"] if document["status"] == "coded"]
    themes, evidence = sheets((outputs / "briefing.xlsx").read_bytes())
    word, *others = texts = (
        word_text(outputs / "briefing.docx"),
        html_text(outputs / "briefing.html"),
        markdown_text(outputs / "briefing.md"),
    )
    told: list[list[str]] = [
        list(_drawn_counts(outputs / "briefing.html")),
        list(_theme_numbers(themes, coded, outputs.parent)),
        *(list(_themes_printed(themes, text)) for text in texts),
        *(list(_same_lines(word, other, _status(outputs / "briefing.docx"))) for other in others),
        *(list(_same_quotes(word, other)) for other in others),
        list(_quotes_stand([*word.quotes, *_further_quotes(outputs / "evidence.docx")], evidence, coded)),
    ]
    return [
        line
        for kind in told
        for line in (*kind[:MOST], *([f"... and {len(kind) - MOST} more"] if len(kind) > MOST else []))
    ]


def _drawn_counts(path: Path) -> Iterator[str]:
    """What a drawing shows is what it says to those who do not see it."""
    page = html.document_fromstring(path.read_bytes())
    for svg in page.iter("svg"):
        shown = [count for text in svg.iter("text") for count in COUNT.findall(text.text_content())]
        if shown and shown != COUNT.findall(named(page, svg)):
            yield "HTML: a drawing shows other counts than its label has"


@lru_cache(4)
def sheets(content: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sheets Themes and Evidence of a workbook, each row by its columns' names."""
    book, read = openpyxl.load_workbook(io.BytesIO(content), read_only=True), []
    for name in ("Themes", "Evidence"):
        head, *rows = book[name].iter_rows(values_only=True)
        read.append([dict(zip(head, row, strict=True)) for row in rows])
    return read[0], read[1]


def _status(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        return fold(etree.fromstring(file.read("docProps/core.xml")).findtext(f"{DC}subject") or "")


def _theme_numbers(rows: list[dict[str, Any]], coded: list[dict[str, Any]], project: Path) -> Iterator[str]:
    """The numbers of the sheet, counted again."""
    codes = _codes((project / "codebook.yaml").read_text("utf-8"))
    settings = tomllib.loads((project / "project.toml").read_text("utf-8")).get("briefing", {})
    if [row["Theme"] for row in rows] != [label for _, label in codes]:
        yield "Workbook: the sheet Themes has not the themes of the codebook, in its order"
        return
    for row, (code, _) in zip(rows, codes, strict=True):
        cells = [document["themes"][code] for document in coded if code in document["themes"]]
        having = [cell for cell in cells if cell["value"] == "present"]
        only = [cell for cell in having if recommended_only(cell["evidence"])]
        if not settings.get("count_recommendation_only", True):
            having, only = [cell for cell in having if cell not in only], []
        counted = {
            "Found in": len(having),
            "Of": len(coded),
            "Recommendations only": len(only),
            "Decided by a person": sum(cell["decision"] is not None for cell in cells),
        }
        for column, number in counted.items():
            if row[column] != number:
                yield f"Workbook: {row['Theme']}: {column} {row[column]}; the export has {number}"


@cache
def _codes(codebook: str) -> list[tuple[str, str]]:
    """Id and label of every theme."""
    return [(code["id"], code["label"]) for code in YAML(typ="safe").load(codebook)["codes"]]


def recommended_only(evidence: list[dict[str, Any]]) -> bool:
    telling = [e for e in evidence if "good_practice" not in e["flags"]]
    return bool(telling) and all("recommendation" in e["flags"] for e in telling)


def _themes_printed(rows: list[dict[str, Any]], text: Text) -> Iterator[str]:
    """Each count of the sheet stands with its theme, and no other count where a theme's count is given."""
    told = [(heading.lower(), as_counts(line.lower())) for heading, line in text.lines]
    lines = [(heading, line) for heading, line in told if COUNT.search(line)]
    for row in rows:
        label, count = row["Theme"].lower(), (row["Found in"], row["Of"])
        if not row["Found in"]:
            continue
        if not any(count in _counts(line) and (label in line or label in heading) for heading, line in lines):
            yield f"{text.name}: {row['Theme']}: {count[0]} of {count[1]} is not printed with it"
        longer = [
            other["Theme"].lower()
            for other in rows
            if other["Theme"].lower().endswith(label) and other["Theme"].lower() != label
        ]
        given = re.compile(rf"(?<![\w/-]){re.escape(label)}(?:: | \(| (?:was|were) found in )(\d+) of (?:the )?(\d+)\b")
        for found in (found for _, line in lines for found in given.finditer(line)):
            part = any(found.string[: found.start() + len(label)].endswith(other) for other in longer)
            if not part and int(found[2]) == count[1] and int(found[1]) != count[0]:
                printed, counted = f"{found[1]} of {found[2]}", f"{count[0]} of {count[1]}"
                yield f"{text.name}: {row['Theme']}: printed as {printed}, in the workbook {counted}"
    labels = {row["Theme"]: f"{row['Found in']} of {row['Of']}" for row in rows}
    for head, *body in (table for table in text.tables if table):
        if "Found in" in head:
            at = head.index("Found in")
            for cells in body:
                if cells[0] in labels and len(cells) == len(head) and cells[at] != labels[cells[0]]:
                    yield f"{text.name}: {cells[0]}: {cells[at]} in a table, in the workbook {labels[cells[0]]}"


def _counts(line: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in COUNT.findall(line)]


def _same_lines(word: Text, other: Text, status: str) -> Iterator[str]:
    """Every line with a count, in both."""
    mine, yours = word.counts(status), other.counts(status)
    for line in mine - yours:
        yield f"{other.name}: not as in Word: {line[:120]}"
    for line in yours - mine:
        yield f"Word: not as in {other.name}: {line[:120]}"
    if status and status not in other.whole:
        yield f"{other.name}: the status line of Word is not printed"


def _same_quotes(word: Text, other: Text) -> Iterator[str]:
    mine, yours = Counter(word.quotes), Counter(other.quotes)
    for quote in mine - yours:
        yield f"{other.name}: quote not as in Word: {quote[:120]}"
    for quote in yours - mine:
        yield f"Word: quote not as in {other.name}: {quote[:120]}"


def _further_quotes(path: Path) -> list[str]:
    """Those of the evidence file."""
    return word_text(path).quotes if path.exists() else []


def _quotes_stand(printed: list[str], evidence: list[dict[str, Any]], coded: list[dict[str, Any]]) -> Iterator[str]:
    """The words of each quote stand on the page that it cites, by the export."""
    pages: dict[tuple[str, int], set[str]] = {}
    for document in coded:
        for group in _evidence(document):
            for nth, each in enumerate(group):
                rest = _rest(group, nth)
                for label in (document["label"], f"{document['label']} ({document['file']})"):
                    pages.setdefault((fold(label), each["page"]), set()).update(rest)
    for line in dict.fromkeys(printed):
        found = QUOTED.fullmatch(line)
        if not found:
            yield f"Word: a quote without its source: {line[:120]}"
        elif not _stands(found["text"], pages.get((found["label"], int(found["page"])), set())):
            yield f"Word: not on the page that it cites: {line[:120]}"
    for row in evidence:
        if not _stands(row["Quote"], pages.get((fold(row["Case"]), row["Page"]), set())):
            yield f"Workbook: not on the page that it cites: {row['Case']}, page {row['Page']}: {row['Quote'][:80]}"


def quoted_pages(document: Mapping[str, Any]) -> dict[int, set[str]]:
    """What stands on each page of a review, as far as something rests on it."""
    pages: dict[int, set[str]] = {}
    for group in _evidence(document):
        for nth, each in enumerate(group):
            pages.setdefault(each["page"], set()).update(_rest(group, nth))
    for item in (*document["findings"], *document["recommendations"]):
        # An item from a table may lie there line by line.
        pages.setdefault(item["page"], set()).add(" ".join(words(each["quote"]) for each in item["evidence"]))
    return pages


def _stands(quote: str, texts: set[str]) -> bool:
    quote = fold(quote)
    return bool(quote) and (quote in texts or any(quote in text for text in texts))


def _evidence(document: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
    yield from (theme["evidence"] for theme in document["themes"].values())
    yield from (item["evidence"] for kind in ("findings", "recommendations") for item in document[kind])
    yield from (document["case"] or {"evidence": {}})["evidence"].values()


def _rest(group: list[dict[str, Any]], nth: int) -> list[str]:
    """A piece of evidence alone, and with all that goes on from it."""
    texts = [words(group[nth]["quote"])]
    for each in group[nth + 1 :]:
        if "continued" not in each["flags"]:
            break
        texts.append(f"{texts[-1]} {words(each['quote'])}")
    return texts


def words(quote: str) -> str:
    """White space folded; a dividing hyphen at a line's end is gone, one of the word itself is a hyphen."""
    return fold(re.sub("\u2010\\s*", "-", re.sub("\u00ad\\s*", "", quote)))
