"""Deciding a cell: the evidence in sight, one key for each step, and nothing typed is lost."""

from pathlib import Path

import pytest
from browsing import accessible, select, state, visit
from playwright.sync_api import Browser, Page, expect
from served import ALEX, coded_project, review_page

from scr_llm.project import load_project
from scr_llm.review.session import ReviewSession

pytestmark = pytest.mark.browser
IN_SIGHT = """() => ['.quotes li', '.decide', '#sheet rect'].map(name => {
  const box = document.querySelector(name).getBoundingClientRect();
  return box.top >= 0 && box.bottom <= window.innerHeight ? '' : name + ' ' + box.top + ' ' + box.bottom;
}).filter(Boolean)"""


def of_value(root: Path, value: str) -> list[tuple[str, str]]:
    session = ReviewSession(load_project(root))
    try:
        return [key for key, p in session.proposals.items() if p.kind == "theme" and p.value == value]
    finally:
        session.close()


def ready(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#sheet img").evaluate("image => image.decode()")


def test_the_strongest_quote_its_place_and_the_buttons_are_in_sight(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    with review_page(root, *ALEX) as served:
        page, wrong = visit(chromium, served.address)
        for width, height in ((1280, 800), (1366, 650)):
            page.set_viewport_size({"width": width, "height": height})
            for document, theme in of_value(root, "present"):
                ready(page, f"{served.base}/cell/{document}/{theme}")
                assert not page.evaluate(IN_SIGHT), (width, height, theme)
        accessible(page)
    assert not wrong


def test_numbers_tick_quotes_and_what_is_refused_loses_nothing(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    document, theme = of_value(root, "present")[0]
    missing_in, missing = of_value(root, "not_mentioned")[0]
    with review_page(root, *ALEX) as served:
        page, wrong = visit(chromium, served.address)
        page.goto(f"{served.base}/cell/{document}/{theme}")
        boxes = page.locator("input[name=keep]")
        ticked = boxes.evaluate_all("all => all.map(box => box.checked)")
        assert ticked[0]
        page.keyboard.press("1")
        expect(boxes.first).not_to_be_checked()

        # the definition is folded, and opens by a key for this and later cells
        expect(page.locator("#definition p").first).to_be_hidden()
        page.keyboard.press("d")
        expect(page.locator("#definition p").first).to_be_visible()

        # turning a page keeps what was filled in
        page.fill("#reason", "Not about this family.")
        page.keyboard.press("Escape")
        page.keyboard.press("]") if page.locator("a[data-key=']']").count() else page.keyboard.press("[")
        page.wait_for_url("**page=*")
        expect(page.locator("#reason")).to_have_value("Not about this family.")
        expect(boxes.first).not_to_be_checked()
        expect(page.locator("#definition p").first).to_be_visible()

        # present without a quote is refused beside the field, and the comment and the ticks stay
        page.goto(f"{served.base}/cell/{missing_in}/{missing}")
        page.fill("#reason", "I am sure that it was there.")
        page.fill("#quote", "Words that no review has ever contained, in this order.")
        page.click("button[data-key=p]")
        expect(page.locator("#trouble")).to_contain_text("cannot be used as evidence")
        expect(page.locator("#reason")).to_have_value("I am sure that it was there.")
        expect(page.locator("#quote")).to_have_value("Words that no review has ever contained, in this order.")
        accessible(page)
        assert state(root, missing_in, missing) == "not_mentioned, undecided"

        # undo goes back to the cell and says what it did
        page.goto(f"{served.base}/cell/{document}/{theme}")
        page.keyboard.press("r")
        page.wait_for_url(lambda url: f"{document}/{theme}" not in url)
        page.keyboard.press("z")
        page.wait_for_url(f"**/{document}/{theme}?undone")
        expect(page.locator(".good")).to_contain_text("You took back your last decision")
    assert not [line for line in wrong if "400" not in line]


def test_a_quote_may_go_on_over_a_page(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    session = ReviewSession(load_project(root))
    document = next(d for d in session.documents if session.documents[d].file.startswith("corriford"))
    theme = next(c for d, c in of_value(root, "not_mentioned") if d == document)
    first, second = (page.text.rstrip("\n").split("\n") for page in session.reading(document).pages[:2])
    last = next(line for line in first if line.startswith("child attends"))
    following = next(line for line in second if line.startswith("4 That"))
    with review_page(root, *ALEX) as served:
        page, _ = visit(chromium, served.address)
        ready(page, f"{served.base}/cell/{document}/{theme}?page=1")
        select(page, last)
        page.keyboard.press("q")
        page.keyboard.press("]")
        page.wait_for_url("**page=2")
        select(page, following)
        page.keyboard.press("q")
        expect(page.locator("#quote")).to_have_value(f"{last} {following}")
        expect(page.locator("#quote_page")).to_have_value("1")
    found = session.quote(document, theme, f"{last} {following}", 1)
    assert [piece.page for piece in found] == [1, 2]
    session.close()
