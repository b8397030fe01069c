"""With scripts switched off in the browser: files are added and an edited paper is given back as plain forms."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser, Page, expect
from served import ALEX, ROOT, coded_project, decide_all, review_page, sign_alone, workbench

from scr_llm.project import load_project
from scr_llm.reports.drafts import write

pytestmark = pytest.mark.browser
FILES = [str(ROOT / f"fixtures/batch-1/{name}.pdf") for name in ("corriford-child-1", "dunvarrow-young-person-r")]


@contextmanager
def plain(browser: Browser, address: str, width: int = 1280) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 860})
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


def test_files_are_added_as_a_form(chromium: Browser, tmp_path: Path) -> None:
    letter = tmp_path / "letter.docx"
    letter.write_bytes(b"PK\x03\x04")
    with workbench(tmp_path / "p") as served, plain(chromium, served.address) as page:
        expect(page.get_by_text("or drop them anywhere")).to_be_hidden()
        page.set_input_files("#files", FILES)
        page.get_by_role("button", name="Add them").click()
        expect(page.get_by_role("heading", name="Read and code 2 files")).to_be_visible(timeout=20_000)
        page.set_input_files("#files", [str(letter), FILES[0]])
        page.get_by_role("button", name="Add them").click()
        said = page.get_by_role("alert")
        expect(said).to_contain_text("letter.docx is not a PDF.")
        expect(said).to_contain_text("It is in the inbox already.")
        page.get_by_role("link", name="Where the work stands").first.click()
        page.get_by_role("button", name="Add them").click()
        expect(page.get_by_role("alert")).to_contain_text("Choose one or more files first.")
    assert {p.name for p in (tmp_path / "p/inbox").iterdir()} == {Path(f).name for f in FILES}


def test_an_edited_paper_is_given_back_and_signed_as_a_form(chromium: Browser, tmp_path: Path) -> None:
    root, mine, letter = coded_project(tmp_path / "p", ("corriford-child-1",)), tmp_path / "m.docx", tmp_path / "l.docx"
    decide_all(root)
    write(load_project(root), ("docx",))
    document = Document(str(root / "outputs/briefing.docx"))
    document.add_paragraph("Words of my own.")
    document.save(str(mine))
    letter.write_bytes(b"PK\x03\x04")
    with review_page(root, *ALEX) as served, plain(chromium, served.address) as page:
        page.goto(f"{served.base}/sign-off")
        page.set_input_files("#edited", str(letter))
        page.get_by_role("button", name="Give it back").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be read as a Word file")
        page.get_by_role("link", name="Go back").click()
        page.set_input_files("#edited", str(mine))
        page.get_by_role("button", name="Give it back").click()
        page.wait_for_url("**/sign-off/edited/**")
        expect(page.get_by_role("heading", name="Added (1)")).to_be_visible()
        sign_alone(page)
        page.get_by_role("button", name="Sign as Alex Reader").click()
        expect(page.locator("main")).to_contain_text("The briefing is signed")
