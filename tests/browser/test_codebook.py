"""A code is opened, its definition changed, previewed and taken; its cells are stale and are decided again."""

from pathlib import Path

import pytest
from browsing import accessible, visit
from playwright.sync_api import Browser, expect
from served import ALEX, coded_project, decide_all, review_page

pytestmark = pytest.mark.browser


def test_a_definition_is_changed_in_the_page(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("stavering-baby-v", "quenby-young-person-l"))
    decide_all(root)
    with review_page(root, *ALEX) as served:
        page, wrong = visit(chromium, served.address)
        page.get_by_role("link", name="Codebook").click()
        accessible(page)
        page.get_by_role("link", name="Poor record keeping").first.click()
        accessible(page)
        page.get_by_label("Definition").fill("The review finds that records were wanting.")
        page.get_by_role("button", name="Preview the change").click()
        expect(page.get_by_text("2 decided cells must be decided again")).to_be_visible()
        accessible(page)
        page.get_by_label("Why this change is made").fill("The board asked for it.")
        page.get_by_role("button", name="Take the change").click()
        expect(page.get_by_text("2 to decide again")).to_be_visible()
        page.goto(f"{served.base}/matrix?themes=all")
        expect(page.locator(".matrix .chip.stale")).to_have_count(2)
        page.get_by_role("link", name="Next cell", exact=True).click()
        expect(page.get_by_role("heading", name="Poor record keeping").first).to_be_visible()
        for path in ("/codebook/history", "/codebook/candidates", "/explain?theme=misuse"):
            page.goto(served.base + path)
            accessible(page)
        page.set_viewport_size({"width": 390, "height": 800})
        for path in ("/codebook", "/codebook/code/record_keeping", "/codebook/candidates", "/codebook/history"):
            page.goto(served.base + path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert not wrong
