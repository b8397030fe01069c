"""What each format prints, as folded lines that can be compared."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree, html

from paper_checks.html import named
from paper_checks.shared import COUNT, WP, W, fold
from paper_checks.word import style_names, style_of, text_below


@dataclass
class Text:
    """What one format prints, as folded lines: paragraphs, headings, captions and rows with ` | ` between cells."""

    name: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    """Heading above it, and the line."""
    quotes: list[str] = field(default_factory=list)
    tables: list[list[tuple[str, ...]]] = field(default_factory=list)
    heading: str = ""

    def add(self, text: str, *, heading: bool = False, quote: bool = False) -> None:
        text = fold(text)
        if heading:
            self.heading = text
        if quote:
            self.quotes.append(text)
        if text:
            self.lines.append((self.heading, text))

    def row(self, cells: Iterable[str]) -> None:
        row = tuple(fold(cell) for cell in cells)
        self.tables[-1].append(row)
        self.lines.append((self.heading, " | ".join(row)))

    @property
    def whole(self) -> str:
        return "\n".join(line for _, line in self.lines)

    def counts(self, status: str) -> Counter[str]:
        """The lines with a count, but for the status."""
        return Counter(line for _, line in self.lines if COUNT.search(line) and not (status and status in line))


def word_text(path: Path) -> Text:
    """The body of the Word file."""
    return _word_text_of(path.read_bytes())


@lru_cache(4)
def _word_text_of(content: bytes) -> Text:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        document, styles = (
            etree.fromstring(file.read("word/document.xml")),
            etree.fromstring(file.read("word/styles.xml")),
        )
    names, text = style_names(styles), Text("Word")
    for element in _word_blocks(document.find(f"{W}body")):
        if element.tag == f"{W}tbl":
            text.tables.append([])
            for row in element.iter(f"{W}tr"):
                text.row(text_below(cell) for cell in row.iter(f"{W}tc"))
            continue
        style = names.get(style_of(element), "").lower()
        text.add(text_below(element), heading=style.startswith(("heading", "title")), quote="quote" in style)
        for picture in element.iter(f"{WP}docPr"):
            text.add(picture.get("descr") or "")
    return text


def _word_blocks(body: Any) -> Iterator[Any]:
    for element in body:
        if element.tag == f"{W}sdt":
            yield from _word_blocks(element.find(f"{W}sdtContent"))
        elif element.tag in (f"{W}p", f"{W}tbl"):
            yield element


HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = (*HEADINGS, "p", "li", "caption", "figcaption", "dt", "dd", "summary", "div", "blockquote")


def html_text(path: Path) -> Text:
    """The page."""
    return _html_text_of(path.read_bytes())


@lru_cache(4)
def _html_text_of(content: bytes) -> Text:
    page, text = html.document_fromstring(content), Text("HTML")
    drawn = {svg: named(page, svg) for svg in page.iter("svg")}
    for element in page.find("body").iter(*BLOCKS, "table", "tr", "svg", "img"):
        if element.tag == "table":
            text.tables.append([])
        elif element.tag == "tr":
            text.row(cell.text_content() for cell in element.iter("th", "td"))
        elif element.tag == "svg":
            text.add(drawn[element])
        elif element.tag == "img":
            text.add(element.get("alt") or "")
        elif (
            next(element.iterdescendants(*BLOCKS, "table", "svg"), None) is None
            and next(element.iterancestors("tr"), None) is None
        ):
            quote = element.tag == "blockquote" or next(element.iterancestors("blockquote"), None) is not None
            text.add(element.text_content(), heading=element.tag in HEADINGS, quote=quote)
    return text


def markdown_text(path: Path) -> Text:
    """The Markdown file, as it reads once set."""
    return _markdown_text_of(path.read_text("utf-8"))


@lru_cache(4)
def _markdown_text_of(content: str) -> Text:
    text, inside = Text("Markdown"), False
    for line in content.splitlines():
        if line.startswith("|"):
            cells = [unmarked(cell) for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            if not inside:
                text.tables.append([])
            inside = True
            if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
                text.row(cells)
            continue
        inside = False
        lead = re.match(r"\s*(#{1,6} |> ?|[-*+] |\d+[.)] )?", line)
        mark = lead[1] or "" if lead else ""
        if mark[:1].isdigit():
            mark, lead = "", None
        text.add(unmarked(line[lead.end() if lead else 0 :]), heading=mark.startswith("#"), quote=mark.startswith(">"))
    return text


def unmarked(text: str) -> str:
    text = re.sub(r"(?<!\\)<[^>]*(?<!\\)>", "", text)
    text = re.sub(r"!?(?<!\\)\[((?:[^\[\]\\]|\\.)*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"(?<!\\)(\*\*|__|`)", "", text)).strip()
