"""Findings, recommendations and facts as lists: put right, confirmed, and how many keys eight reviews need."""

from pathlib import Path

import pytest
from browsing import accessible, decide_by_keys, select, visit
from playwright.sync_api import Browser, expect
from served import ALEX, coded_project, review_page

from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession

pytestmark = pytest.mark.browser
ALEX_READER = Reviewer("Alex Reader", "Analyst")


def test_a_list_is_paged_through_put_right_and_confirmed(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    session = ReviewSession(load_project(root))
    (child,) = session.documents
    with review_page(root, *ALEX) as served:
        page, wrong = visit(chromium, served.address)
        page.goto(f"{served.base}/list/{child}")
        expect(page.locator(".decide")).to_contain_text("First look at page 2")
        assert not page.locator("button[data-key=a]").count(), "not before its pages were shown"
        accessible(page)

        # the arrows move through the items; an item on another page brings that page
        page.keyboard.press("ArrowDown")
        before = page.locator("input[name=item]:checked").get_attribute("value")
        page.keyboard.press("ArrowDown")
        assert page.locator("input[name=item]:checked").get_attribute("value") != before
        assert page.locator("#sheet rect.mark").count()
        page.locator("label", has_text="Recommendation 4").click()
        page.wait_for_url("**page=2&item=r*")
        expect(page.locator("button[data-key=a]")).to_contain_text("23 items")

        # split before words that are selected on the page; undone as one
        select(page, "whether there are children at home")
        page.keyboard.press("s")
        expect(page.locator(".rows")).to_contain_text("Recommendations: 15")
        session.refresh()
        assert [len(d.covers) for d in session.store.decisions()] == [2]
        accessible(page)
        page.keyboard.press("z")
        page.wait_for_url("**/cell/**")
        page.goto(f"{served.base}/list/{child}?page=2")
        expect(page.locator(".rows")).to_contain_text("Recommendations: 14")

        # words that are not there are refused beside the field, and kept
        page.locator("summary", has_text="Put the chosen item right").click()
        page.fill("#quote", "The tortoise was not consulted.")
        page.locator("button[data-key=f]").click()
        expect(page.locator("[role=alert]")).to_contain_text("cannot be used as evidence")
        expect(page.locator("#quote")).to_have_value("The tortoise was not consulted.")
        accessible(page)

        # one is removed, another added from the page, and the rest confirmed by one key
        page.goto(f"{served.base}/list/{child}?page=1")
        page.locator("label", has_text="Finding 3.6").click()
        page.keyboard.press("x")
        expect(page.locator(".item.gone")).to_have_count(1)
        select(page, "Father was regularly intoxicated in the evenings")
        page.keyboard.press("f")
        expect(page.locator(".rows")).to_contain_text("Findings: 6")
        accessible(page)
        page.keyboard.press("a")
        page.wait_for_url(lambda url: f"/list/{child}" not in url)
        session.refresh()
        last = session.store.decisions()[-1]
        assert (last.theme, last.pages, len(last.covers)) == ("list:items", (1, 2), 22)
        assert not [key for key in session.open_cells(ALEX_READER) if key[1] not in session.codes]
        page.keyboard.press("z")
        page.wait_for_url(f"**/list/{child}?undone")
        expect(page.locator(".listing [role=status]")).to_contain_text("You took back")
        expect(page.locator(".decide")).to_contain_text("First look at page")
        assert not [w for w in wrong if "400" not in w], wrong
    session.close()


@pytest.mark.slow
def test_eight_reviews_need_few_decisions_and_keys(chromium: Browser, tmp_path: Path) -> None:
    from scr_llm import Workspace

    workspace = Workspace.demonstration(tmp_path / "p")
    workspace.run("rules")
    with review_page(tmp_path / "p", *ALEX) as served:
        page, wrong = visit(chromium, served.address)
        page.goto(f"{served.base}/next")
        keys = decide_by_keys(page)
        assert not wrong
    session = ReviewSession(workspace.project)
    decisions = len(session.store.decisions())
    session.close()
    print(decisions, "decisions,", keys.all, "keys:", keys)
    assert decisions == keys.themes + keys.lists <= 130
    assert keys.all <= 200
