"""Rendering: whatever a document says, the files open, hold it as text, and agree. From literals, not from a PDF."""

import csv
import io
import re
import subprocess
import sys
from html.parser import HTMLParser

import docx
import openpyxl
import pytest

from scr_llm.codebook import load_codebook
from scr_llm.files import data_dir
from scr_llm.records import (
    Case,
    CoderIdentity,
    Coding,
    Document,
    DraftChild,
    Evidence,
    Export,
    ExportCodebook,
    ExportDocument,
    ExportProject,
    ExportTheme,
    Item,
    PageNote,
    ThemeCoding,
)
from scr_llm.render import render
from scr_llm.render.export_csv import table_csv
from scr_llm.stages.synthesise import BriefingOptions, CodedReview, evidence_file, synthesise

HOSTILE = [
    "<script>alert(1)</script> & <b>bold</b>",
    '=HYPERLINK("http://x")',
    "a \x00\x07\x0b\x1b control",
    "| pipe | *star* _under_ `tick` [link](http://x) # head",
    "{{ 7*7 }} {% for %}",
    "]]> <w:p/> &amp;",
    "العربية ‮reversed‬ 😀",
]
BOOK = load_codebook(data_dir() / "prompts" / "codebook.yaml")


def paper(text: str) -> tuple[object, list[CodedReview]]:
    evidence = Evidence(quote=text, page=1, start=0, end=len(text), status="exact", section=text)
    coder = CoderIdentity(kind="rules", version="1", codebook_version="1", codebook_sha256="0" * 64)
    coding = Coding(
        document_id="d1",
        reading_sha256="0" * 64,
        coder=coder,
        case=Case(
            authority=text,
            pseudonym=text,
            children=(DraftChild(gender="F", age=text, age_band="1-5"),),
            context="other",
            evidence={},
        ),
        findings=(Item(id="f1", number="1", text=text, page=1, addressee=None, evidence=(evidence,)),),
        recommendations=(Item(id="r1", number=text, text=text, page=1, addressee=text, evidence=(evidence,)),),
        themes=tuple(
            ThemeCoding(theme=c.id, value="present", sub_themes=(), evidence=(evidence,), why=text) for c in BOOK.codes
        ),
        refused=(),
    )
    note = PageNote(page=2, reasons=(text,), unread=True)
    document = Document(id="d1", file=f"{text}.pdf", sha256="0" * 64, bytes=1, pages=3, status="coded", notes=(note,))
    lost = Document(id="d2", file=text, sha256="1" * 64, bytes=1, status="unreadable", reason=text)
    reviews = [CodedReview(document, coding)]
    settings = BriefingOptions(title=text, organisation=text, marking=text, version="0.1", headline_min=1)
    return synthesise(reviews, [document, lost], BOOK, [], settings), reviews


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_document_says_stays_text(text: str) -> None:
    briefing, reviews = paper(text)
    items = [(row, review.coding) for row, review in zip(briefing.cases, reviews, strict=True)]  # type: ignore[attr-defined]
    evidence = evidence_file(briefing)
    word = docx.Document(io.BytesIO(render(evidence, "docx")))
    assert any(paragraph.style.name == "Quote" for paragraph in word.paragraphs)

    seen: set[str] = set()
    tags = HTMLParser()
    tags.handle_starttag = lambda tag, _attrs: seen.add(tag)  # type: ignore[method-assign]
    for each in (briefing, evidence):
        tags.feed(render(each, "html").decode("utf-8", "strict"))
        markdown = render(each, "md").decode("utf-8", "strict")
        assert not re.search(r"(?<!\\)[<\[*`]", markdown.replace("**", ""))
        assert render(each, "docx") == render(each, "docx")
    assert not seen & {"script", "b", "img", "iframe"}
    for row in openpyxl.load_workbook(io.BytesIO(render(briefing, "xlsx", items=items))).worksheets:
        assert all(cell.data_type in ("s", "n", "inlineStr") for line in row.iter_rows() for cell in line)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_csv_cell_is_no_formula(text: str) -> None:
    document = ExportDocument(
        id="d",
        file=text,
        sha256="0",
        pages=1,
        status="coded",
        reason=None,
        label=text,
        case=None,
        findings=(),
        recommendations=(),
        themes={"neglect": ExportTheme(value="not_mentioned", sub_themes=(), evidence=(), decision=None)},
    )
    export = Export(
        project=ExportProject(name="p", organisation=""),
        codebook=ExportCodebook(version="1", sha256="0"),
        coder=None,
        documents=(document,),
    )
    content = table_csv(export).decode("utf-8-sig", "strict")
    assert all(not cell.startswith(("=", "+", "@", "\t")) for row in csv.reader(io.StringIO(content)) for cell in row)


def test_the_paper_says_what_was_not_read() -> None:
    briefing, _ = paper("A plain text.")
    assert "1 of the 2 files in the inbox was coded" in render(briefing, "md").decode()
    text = render(evidence_file(briefing), "md").decode()
    assert "1 of the 2 files in the inbox was coded" in text
    assert "page 2, flagged" in text
    assert "| 2 of 3 | Not recorded | 2 | None | 3 |" in text


def test_help_imports_nothing_heavy() -> None:
    heavy = "openai pypdf pypdfium2 sqlalchemy docx xlsxwriter pydantic rapidfuzz ruamel jinja2 rich"
    code = f"import sys, scr_llm.cli; print([m for m in '{heavy}'.split() if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
