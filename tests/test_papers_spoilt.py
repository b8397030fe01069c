"""The checker of the papers sees each thing that is spoilt in them."""

import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import papers
import pytest
from written_papers import eight_reviews

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def eight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return eight_reviews(tmp_path_factory.mktemp("eight") / "p")


@pytest.fixture
def copy(eight: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(eight, outputs := tmp_path / "p" / "outputs")
    for name in ("codebook.yaml", "project.toml"):
        shutil.copyfile(eight.parent / name, outputs.parent / name)
    (outputs.parent / "inbox").symlink_to(eight.parent / "inbox")
    yield outputs


def replaced(text: str, pattern: str, new: str, times: int = 1) -> str:
    """So often replaced; 0: everywhere."""
    text, done = re.subn(pattern, lambda _: new if "\\" not in new else _.expand(new), text, count=times, flags=re.S)
    assert done, f"nothing to spoil: {pattern}"
    return text


def edit_word(path: Path, part: str, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)


def edit(path: Path, change: Callable[[str], str]) -> None:
    if path.suffix == ".docx":
        edit_word(path, "word/document.xml", change)
    else:
        path.write_text(change(path.read_text("utf-8")), "utf-8")


BODY, RUN = "word/document.xml", "<w:r><w:t>{}</w:t></w:r>"
LINK = '\\g<0><w:hyperlink w:anchor="{}">{}</w:hyperlink>'
VML = '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape{}>{}</v:shape></w:pict></w:r>'
PARAGRAPH = r"</w:pStyle></w:pPr>|<w:pStyle w:val=\"Title\"/></w:pPr>"
WORD = {
    "title": ("docProps/core.xml", r"<dc:title>[^<]*</dc:title>", "<dc:title/>", 1, "no title"),
    "language": ("docProps/core.xml", r"en-GB", "fr-FR", 1, "language in the properties"),
    "style language": ("word/styles.xml", r"en-GB", "en-US", 0, "language en-US"),
    "no language": ("word/styles.xml", r"<w:lang [^>]*/>", "", 0, "no language in the styles"),
    "text language": (BODY, r"<w:r>", '<w:r><w:rPr><w:lang w:val="de-DE"/></w:rPr>', 1, "language de-DE"),
    "skipped level": (BODY, r'w:val="Heading2"', 'w:val="Heading3"', 0, "a level is skipped"),
    "first level": (BODY, r'w:val="Heading1"', 'w:val="Heading2"', 1, "a level is skipped"),
    "header row": (BODY, r"<w:tblHeader/>", "", 1, "table 1 has no marked header row"),
    "header row off": (BODY, r"<w:tblHeader/>", '<w:tblHeader w:val="0"/>', 1, "table 1 has no marked header row"),
    "merged over columns": (BODY, r"<w:tcPr>", '<w:tcPr><w:gridSpan w:val="2"/>', 1, "merged cells"),
    "merged over rows": (BODY, r"<w:tcPr>", "<w:tcPr><w:vMerge/>", 1, "merged cells"),
    "cell missing": (BODY, r"<w:tc>.*?</w:tc>", "", 1, "rows of different length"),
    "empty cell": (BODY, r'(w:val="TableText"/>.*?)<w:t [^>]*>[^<]*</w:t>', "\\1<w:t> </w:t>", 1, "empty cell"),
    "alt text": (BODY, r' descr="[^"]*"', "", 1, "no alt text"),
    "empty alt text": (BODY, r' descr="[^"]*"', ' descr=" "', 1, "no alt text"),
    "picture without numbers": (
        BODY,
        r' descr="Bar chart[^"]*"',
        ' descr="A bar chart"',
        1,
        "neither in its text nor in a table",
    ),
    "old picture": (BODY, PARAGRAPH, "\\g<0>" + VML.format("", ""), 1, "old-style picture"),
    "link without words": (BODY, PARAGRAPH, LINK.format("_top", ""), 1, "a link has no text"),
    "bare address": (
        BODY,
        PARAGRAPH,
        LINK.format("_top", RUN.format("https://example.org/a")),
        1,
        "an address for its text",
    ),
    "lost bookmark": (BODY, PARAGRAPH, LINK.format("nowhere", RUN.format("There")), 1, "bookmark nowhere"),
    "text box": (BODY, PARAGRAPH, "\\g<0>" + VML.format(' alt="A box"', "<v:textbox/>"), 1, "floats"),
    "frame": (BODY, r'<w:pStyle w:val="Title"/>', "\\g<0><w:framePr/>", 1, "floats"),
    "floating picture": (BODY, r"wp:inline", "wp:anchor", 0, "floats"),
}


@pytest.mark.parametrize("rule", WORD)
def test_spoilt_word_is_seen(rule: str, copy: Path) -> None:
    part, pattern, new, times, said = WORD[rule]
    path = copy / "briefing.docx"
    edit_word(path, part, lambda text: replaced(text, pattern, new, times))
    assert any(said in fault for fault in papers.word_faults(path)), papers.word_faults(path)


PAGE = {
    "language": (r'<html lang="en-GB"', "<html", 1, "language is not en-GB"),
    "title": (r"<title>[^<]*", "<title>", 1, "no title"),
    "no h1": (r"(</?)h1\b", "\\1h2", 0, "0 headings of level 1"),
    "two h1": (r"(</?)h2\b", "\\1h1", 2, "2 headings of level 1"),
    "skipped level": (r"(</?)h3\b", "\\1h5", 0, "a level is skipped"),
    "scope": (r'<th scope="col"', "<th", 1, "header cell without scope"),
    "no header cells": (r'(</?)th\b(?: scope="\w+")?', "\\1td", 0, "header cell without scope"),
    "caption": (r"<caption>[^<]*</caption>", "", 1, "table 1 has no caption"),
    "empty cell": (r"<td>[^<]+</td>", "<td></td>", 1, "empty cell"),
    "merged cells": (r"<td>", '<td colspan="2">', 1, "merged cells"),
    "image": (r"</h1>", '</h1><img src="data:,">', 1, "an image has no alt text"),
    "drawing's role": (r'role="img"', "", 1, "no role=img"),
    "drawing's label": (r'(<svg[^>]*) aria-label="[^"]*"', "\\1", 1, "no title or label"),
    "drawing's words": (r"(<text [^>]*>)Silo working", "\\1Solo working", 1, "shows 'Solo working'"),
    "link without words": (r'(<a [^>]*href="#[^>]*>)[^<]*', "\\1", 1, "a link has no text"),
    "bare address": (r'(<a [^>]*href="#[^>]*>)[^<]*', "\\1https://example.org/a", 1, "an address for its text"),
    "repeated id": (r"<p>", '<p id="main">', 1, "the id 'main' stands 2 times"),
    "dangling link": (r"</h1>", '</h1><a href="#nowhere">There</a>', 1, "leads to #nowhere"),
    "lost target": (r'id="main"', "", 1, "leads to #main"),
    "lost file": (
        r"</h1>",
        '</h1><a href="../inbox/none.pdf#page=2">None, page 2</a>',
        1,
        "the file ../inbox/none.pdf",
    ),
    "wrong page": (
        r"</h1>",
        '</h1><a href="briefing.md#page=3">None, page 2</a>',
        1,
        "says page 2 and leads to page=3",
    ),
    "dark on dark": (r"</style>", ".x { color: #444; background: #1f2a44 }</style>", 1, "contrast"),
    "pale": (r"</style>", "h2 { color: rgb(150, 150, 150); }</style>", 1, "contrast"),
    "pale in place": (r"<p>", '<p style="color: #999; background-color: white">', 1, "contrast"),
}


@pytest.mark.parametrize("rule", PAGE)
def test_spoilt_page_is_seen(rule: str, copy: Path) -> None:
    pattern, new, times, said = PAGE[rule]
    path = copy / "briefing.html"
    edit(path, lambda text: replaced(text, pattern, new, times))
    assert any(said in fault for fault in papers.html_faults(path)), papers.html_faults(path)


THREE = ("docx", "html", "md")


def a_count(copy: Path) -> tuple[str, str]:
    """A theme that is found in more than one review, and its count."""
    rows = [row for row in papers.sheets((copy / "briefing.xlsx").read_bytes())[0] if row["Found in"] > 1]
    return rows[0]["Theme"], f"{rows[0]['Found in']} of {rows[0]['Of']}"


@pytest.mark.parametrize("form", THREE)
def test_count_that_differs_in_one_format_is_seen(form: str, copy: Path) -> None:
    theme, count = a_count(copy)
    between = r"(?:<(?!/?text)[^>]*>|[ |\n])+"
    edit(
        copy / f"briefing.{form}",
        lambda text: replaced(text, rf"({re.escape(theme)}{between}){count}", "\\g<1>99 of 8"),
    )
    name = {"docx": "Word", "html": "HTML", "md": "Markdown"}[form]
    told = papers.agreement_faults(copy)
    assert any(fault.startswith(f"{name}: {theme}: 99 of 8") for fault in told), told
    assert any("not as in" in fault and "99 of 8" in fault for fault in told), told


def test_count_that_differs_in_all_papers_is_seen(copy: Path) -> None:
    theme, count = a_count(copy)
    for form in THREE:
        edit(
            copy / f"briefing.{form}",
            lambda text: replaced(text, rf"\b{count.split()[0]}( of (?:the )?8)", "5000\\1", 0),
        )
    told = papers.agreement_faults(copy)
    for name in ("Word", "HTML", "Markdown"):
        assert any(fault == f"{name}: {theme}: {count} is not printed with it" for fault in told), told
        assert any(fault.startswith(f"{name}: {theme}: printed as 5000 of 8") for fault in told), told


def test_drawing_with_another_count_is_seen(copy: Path) -> None:
    edit(copy / "briefing.html", lambda text: replaced(text, r">\d of 8</text>", ">99 of 8</text>"))
    assert "HTML: a drawing shows other counts than its label has" in papers.agreement_faults(copy)


def test_status_that_differs_is_seen(copy: Path) -> None:
    edit(copy / "briefing.md", lambda text: replaced(text, r"DRAFT", "FINAL", 0))
    assert "Markdown: the status line of Word is not printed" in papers.agreement_faults(copy)


def test_numbers_of_the_workbook_that_are_not_the_export_s_are_seen(copy: Path) -> None:
    book = openpyxl.load_workbook(copy / "briefing.xlsx")
    sheet = book["Themes"]
    head, spoilt = [cell.value for cell in sheet[1]], []
    for row, column in enumerate(("Found in", "Of", "Recommendations only", "Decided by a person"), 2):
        sheet.cell(row, head.index(column) + 1).value += 1
        spoilt.append(f"Workbook: {sheet.cell(row, 1).value}: {column} ")
    book.save(copy / "briefing.xlsx")
    told = papers.agreement_faults(copy)
    assert all(any(fault.startswith(each) for fault in told) for each in spoilt), told


def test_theme_missing_from_the_workbook_is_seen(copy: Path) -> None:
    book = openpyxl.load_workbook(copy / "briefing.xlsx")
    book["Themes"].delete_rows(2)
    book.save(copy / "briefing.xlsx")
    assert any("has not the themes of the codebook" in fault for fault in papers.agreement_faults(copy))


SPOILT_EVIDENCE = {
    "a part is gone": (
        "evidence.docx",
        r">Evidence 3\. ",
        ">Evidence 99. ",
        "refers to Evidence 3, which is not there",
    ),
    "another theme": ("evidence.docx", r">Evidence 3\. [^<]*", ">Evidence 3. Weather", "Evidence 3 is not about"),
    "another count": ("evidence.docx", r"\d of the 8 reviews", "99 of the 8 reviews", "has not the count"),
    "no such place": ("evidence.html", r'id="evidence\.\w+"', "", "leads to evidence.html#"),
    "no link": ("briefing.html", r'href="evidence\.html[^"]*"', 'href="#main"', "no number leads to"),
    "another quote": ("evidence.html", r"“[^”]*”", "“Nobody wrote this.”", "in one format only"),
}


@pytest.mark.parametrize("what", SPOILT_EVIDENCE)
def test_a_spoilt_way_to_the_evidence_is_seen(what: str, copy: Path) -> None:
    name, pattern, new, said = SPOILT_EVIDENCE[what]
    edit(copy / name, lambda text: replaced(text, pattern, new, 0))
    assert any(said in fault for fault in papers.evidence_faults(copy)), papers.evidence_faults(copy)


def test_a_missing_evidence_file_is_seen(copy: Path) -> None:
    (copy / "evidence.docx").unlink()
    assert papers.evidence_faults(copy) == ["a number leads to an evidence file that is not there"]


def spoil_export(copy: Path, change: Callable[[dict], None]) -> None:
    export = json.loads((copy / "export.json").read_text("utf-8"))
    change(
        next(
            theme
            for document in export["documents"]
            for theme in document["themes"].values()
            if theme["value"] == "present"
        )
    )
    (copy / "export.json").write_text(json.dumps(export), "utf-8")


def test_export_with_other_values_is_seen(copy: Path) -> None:
    spoil_export(copy, lambda theme: theme.update(value="unclear"))
    assert any("Found in" in fault for fault in papers.agreement_faults(copy))


def test_export_with_recommendations_only_is_seen(copy: Path) -> None:
    def only(theme: dict) -> None:
        for each in theme["evidence"]:
            each["flags"] = ["recommendation"]
        theme["evidence"].append({**theme["evidence"][0], "flags": ["good_practice"]})

    spoil_export(copy, only)
    assert any("Recommendations only" in fault for fault in papers.agreement_faults(copy))


def test_export_with_praise_only_is_not_recommendation_only() -> None:
    assert not papers.recommended_only([{"flags": ["good_practice"]}])
    assert papers.recommended_only([{"flags": ["good_practice"]}, {"flags": ["recommendation"]}])


def a_quote(copy: Path) -> str:
    """Words of a printed quote that need no escape in any format."""
    quotes = (papers.QUOTED.fullmatch(q) for q in papers.word_text(copy / "briefing.docx").quotes)
    return next(q["text"] for q in quotes if q and re.fullmatch(r"[\w ,.]+", q["text"]))


@pytest.mark.parametrize("form", ["html", "md"])
def test_quote_that_differs_is_seen(form: str, copy: Path) -> None:
    quote = a_quote(copy)
    edit(copy / f"briefing.{form}", lambda text: replaced(text, re.escape(quote), f"{quote[:-1]}, we think.", 0))
    told = papers.agreement_faults(copy)
    assert any("quote not as in Word" in fault for fault in told), told


def test_quote_that_no_page_has_is_seen(copy: Path) -> None:
    quote = a_quote(copy)
    for form in THREE:
        edit(copy / f"briefing.{form}", lambda text: replaced(text, re.escape(quote), f"{quote[:-1]}, we think.", 0))
    told = papers.agreement_faults(copy)
    assert told and all(fault.startswith("Word: not on the page that it cites") for fault in told), told


def test_quote_with_another_page_is_seen(copy: Path) -> None:
    for form in THREE:
        edit(
            copy / f"briefing.{form}",
            lambda text: replaced(text, r"\bpage (\d+)((?:</a>)?:)", "page 9\\1\\2", 0) if ", page" in text else text,
        )
    told = papers.agreement_faults(copy)
    assert any(fault.startswith("Word: not on the page that it cites") and ", page 9" in fault for fault in told), told


def test_quote_without_source_is_seen(copy: Path) -> None:
    quote = a_quote(copy)
    edit(
        copy / "briefing.docx",
        lambda text: replaced(text, rf"[^<>]*, page \d+: (</w:t>(?:<(?!w:p\b)[^<]*)*“{re.escape(quote)})", "\\1"),
    )
    assert any("a quote without its source" in fault for fault in papers.agreement_faults(copy))


def test_evidence_of_the_workbook_that_no_page_has_is_seen(copy: Path) -> None:
    book = openpyxl.load_workbook(copy / "briefing.xlsx")
    book["Evidence"].cell(2, 4).value = "Nobody wrote this."
    book.save(copy / "briefing.xlsx")
    assert any("Nobody wrote this." in fault for fault in papers.agreement_faults(copy))
