"""The sign-off page as its tests use it: opened by somebody, read, and given edited papers."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest
from databases import copy_project
from docx import Document
from served import Served, coded_project, decide_all, review_page

from scr_llm.project import load_project
from scr_llm.records import SignOff
from scr_llm.reports.drafts import write
from scr_llm.store import Store

DEE = ("--name", "Dee Director", "--role", "Director")


@cache
def _decided(base: Path) -> Path:
    root = coded_project(base / "decided", ("corriford-child-1",))
    decide_all(root)
    write(load_project(root), ("docx", "html", "xlsx"))
    return root


def decided(folders: pytest.TempPathFactory, root: Path) -> Path:
    """A project in this folder with every cell decided and a draft written."""
    return copy_project(_decided(folders.getbasetemp()), root)


@contextmanager
def opened(root: Path, *who: str) -> Iterator[tuple[Served, httpx.Client]]:
    with review_page(root, *(who or DEE)) as served, closing(served.browser()) as browser:
        yield served, browser


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def given_back(browser: httpx.Client, content: bytes, token: str = "") -> httpx.Response:
    """Send a file as the page's script does."""
    found = token or re.search(r'data-token="([^"]+)"', browser.get("/sign-off").text)[1]  # type: ignore[index]
    return browser.post("/sign-off/edited", content=content, headers={"x-form-token": found})


def edited(root: Path, added: str = "The board meets on 12 March 2026.", instead: str = "") -> bytes:
    document = Document(str(root / "outputs/briefing.docx"))
    target = next(p for p in document.paragraphs if p.text.startswith("This draft") or len(p.text) > 80)
    if instead:
        target.runs[0].text = instead
        for run in target.runs[1:]:
            run.text = ""
    document.add_paragraph(added)
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def signed(root: Path) -> list[SignOff]:
    with Store(load_project(root).database) as store:
        return [record for record, _ in store.sign_offs()]


def kept(root: Path) -> list[Path]:
    folder = root / "outputs/given-back"
    return sorted(folder.iterdir()) if folder.is_dir() else []


# what stands in the way


def zipped(**parts: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return into.getvalue()


def with_words(content: bytes, change: bytes, by: bytes) -> bytes:
    """A Word file with other bytes in its words."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part, data.replace(change, by, 1) if part.filename == "word/document.xml" else data)
    return into.getvalue()


def word(said: str) -> bytes:
    document, into = Document(), io.BytesIO()
    document.add_paragraph(said)
    document.save(into)
    return into.getvalue()
