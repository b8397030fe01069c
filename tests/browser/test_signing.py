"""The paper in a real browser: downloaded, edited, saved by LibreOffice, given back, answered for and signed."""

from pathlib import Path

import pytest
from browsing import accessible, visit
from docx import Document
from playwright.sync_api import Browser, expect
from served import ALEX, coded_project, decide_all, review_page, sign_alone
from test_edited import needs_office, through_libreoffice

from scr_llm.project import load_project
from scr_llm.store import Store

pytestmark = pytest.mark.browser


@needs_office
def test_the_paper_goes_out_to_be_edited_and_comes_back_to_be_signed(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    decide_all(root)
    with review_page(root, *ALEX) as served:
        page, wrong = visit(chromium, served.address)
        page.goto(f"{served.base}/sign-off")
        page.get_by_role("button", name="Write the draft").click()
        expect(page.get_by_role("status", name="About the draft")).to_contain_text("Draft 0.1 is written.")
        accessible(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="Word (The paper)").click()
        mine = tmp_path / "briefing.docx"
        download.value.save_as(mine)

        document = Document(str(mine))
        document.add_paragraph("The board meets on 12 March 2026.")
        document.save(str(mine))
        through_libreoffice(mine)
        page.set_input_files("#edited", str(mine))
        page.wait_for_url("**/sign-off/edited/**")
        expect(page.get_by_role("heading", name="Added (1)")).to_be_visible()
        expect(page.get_by_role("heading", name="Changed")).to_have_count(0)
        accessible(page)
        page.get_by_label("It is mine, because").fill("The day of the board.")
        sign_alone(page)
        page.get_by_role("button", name="Sign as Alex Reader").click()
        expect(page.locator("main")).to_contain_text("The briefing is signed")
        accessible(page)

        with page.expect_download() as download:
            page.get_by_role("link", name="Word (The paper)").click()
        assert download.value.path().read_bytes() == (root / "outputs/signed-1/briefing.docx").read_bytes()
        assert not wrong, wrong
    with Store(load_project(root).database) as store:
        assert [own.reason for own in store.sign_offs()[0][0].own_words] == ["The day of the board."]


def test_what_is_no_word_file_is_said_beside_the_field(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    letter = tmp_path / "letter.docx"
    letter.write_bytes(b"PK\x03\x04")
    with review_page(root, *ALEX) as served:
        page, _ = visit(chromium, served.address, width=390)
        page.goto(f"{served.base}/sign-off")
        accessible(page)
        page.set_input_files("#edited", str(letter))
        expect(page.locator("#came")).to_contain_text("cannot be read as a Word file")
        accessible(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "nothing is wider than a telephone"
