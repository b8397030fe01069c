"""From an empty folder to coded reviews in a real browser: dropping files, running, what is shown of both."""

from pathlib import Path

import pytest
from browsing import accessible, drop, visit
from playwright.sync_api import Browser, expect
from served import ROOT, workbench

pytestmark = pytest.mark.browser
FILES = [ROOT / f"fixtures/batch-1/{name}.pdf" for name in ("corriford-child-1", "dunvarrow-young-person-r")]


def test_from_an_empty_folder_to_coded_reviews(chromium: Browser, tmp_path: Path) -> None:
    with workbench(tmp_path / "p") as served:
        page, wrong = visit(chromium, served.address)
        accessible(page)
        expect(page.get_by_role("heading", name="Add the reviews")).to_be_visible()

        drop(page, FILES)
        expect(page.get_by_role("heading", name="Read and code 2 files")).to_be_visible(timeout=20_000)
        accessible(page)

        page.get_by_role("button", name="Read and code").click()
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
        accessible(page)
        expect(page.get_by_role("heading", name="Decide what counts")).to_be_visible(timeout=90_000)
        expect(page.get_by_text("2 reviews coded").first).to_be_visible()
        accessible(page)

        page.get_by_role("link", name="Decide the next cell").click()
        page.get_by_label("Name").fill("Alex Reader")
        page.get_by_label("Role").fill("Analyst")
        accessible(page)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("link", name="Decide the next cell").click()
        page.wait_for_url("**/cell/**")

        for name in ("files", "papers", "log", "model", "preview"):
            page.goto(f"{served.base}/{name}")
            accessible(page)
        assert not wrong, wrong


def test_a_file_that_is_no_pdf_is_named_and_the_others_come_in(chromium: Browser, tmp_path: Path) -> None:
    letter = tmp_path / "letter.docx"
    letter.write_bytes(b"PK\x03\x04")
    with workbench(tmp_path / "p") as served:
        page, _ = visit(chromium, served.address, width=390)
        page.set_input_files("#files", [str(letter), str(FILES[0])])
        expect(page.get_by_text("letter.docx is not a PDF.")).to_be_visible()
        expect(page.get_by_text("Added.")).to_be_visible()
        accessible(page)
        page.reload()
        expect(page.get_by_role("heading", name="Read and code 1 file")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "nothing is wider than a telephone"


def test_a_file_copied_into_the_folder_appears_in_the_open_page(chromium: Browser, tmp_path: Path) -> None:
    with workbench(tmp_path / "p") as served:
        page, _ = visit(chromium, served.address)
        (tmp_path / "p/inbox/by hand.pdf").write_bytes(FILES[0].read_bytes())
        expect(page.get_by_role("heading", name="Read and code 1 file")).to_be_visible(timeout=20_000)
