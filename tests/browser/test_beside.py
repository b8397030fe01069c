"""Two reviewers in two real browsers, from the link to the adjudication; and two windows of one."""

from pathlib import Path

import pytest
from browsing import accessible, visit
from playwright.sync_api import Browser, expect
from served import ALEX, coded_project, review_page

from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession

pytestmark = pytest.mark.browser


def test_a_second_reviewer_beside_the_first(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    session, who = ReviewSession(load_project(root)), Reviewer("Alex Reader", "Analyst")
    for key in [k for k in session.open_for(who) if k[1] in session.codes]:
        cell = session.cell(*key, who)
        value = "not_mentioned" if cell.value == "unclear" else cell.value
        session.decide(who, *key, value, evidence=cell.evidence if value != "not_mentioned" else ())
    with review_page(root, *ALEX) as served:
        first, wrong = visit(chromium, served.address)
        first.get_by_role("link", name="Second reviewer").click()
        accessible(first)
        first.get_by_label("Name", exact=True).fill("Sam Second")
        first.get_by_label("Role", exact=True).fill("Designated nurse")
        first.get_by_role("button", name="Make a link").click()
        link = first.get_by_label("The link for Sam Second").input_value()
        accessible(first)
        first.goto(f"{served.base}/matrix")

        # the second has a browser of their own, decides everything by one key, and is told what happens now
        second, also_wrong = visit(chromium, link)
        expect(second.get_by_role("banner")).to_contain_text("Sam Second, Designated nurse (blind second reviewer)")
        second.keyboard.press("n")
        second.wait_for_url("**/cell/**")
        for _ in range(200):
            if second.url.endswith("/done"):
                break
            here = second.url
            second.keyboard.press("x")
            second.wait_for_url(lambda url, here=here: url != here)
        expect(second.get_by_role("heading", level=1)).to_contain_text("You have decided all")
        accessible(second)

        # the page that the first left open says so by itself, and shows it when asked
        news = first.get_by_role("status").filter(has_text="decided by others")
        expect(news).to_be_visible(timeout=20_000)
        accessible(first)
        news.get_by_role("link").click()
        expect(first.get_by_role("main")).to_contain_text("Two reviewers differ on")
        first.get_by_role("link", name="Decide between the answers").click()
        accessible(first)
        expect(first.get_by_role("main")).to_contain_text("Sam Second: not found")
        first.get_by_role("main").get_by_role("link").first.click()
        expect(first.get_by_role("main")).to_contain_text("Alex Reader: present")
        accessible(first)
        assert not wrong and not also_wrong
        second.context.close()

        # another window of the same browser: both stay who they are
        first.goto(f"{served.base}/second")
        first.get_by_label("Name", exact=True).fill("Cam Third")
        first.get_by_label("Role", exact=True).fill("Lead")
        first.get_by_label("Everything, as you do").check()
        first.get_by_role("button", name="Make a link").click()
        window = first.context.new_page()
        window.goto(first.get_by_label("The link for Cam Third").input_value())
        expect(window.get_by_role("banner")).to_contain_text("Cam Third, Lead")
        first.goto(f"{served.base}/matrix")
        expect(first.get_by_role("banner")).to_contain_text("Alex Reader, Analyst")
        window.reload()
        expect(window.get_by_role("banner")).to_contain_text("Cam Third, Lead")
        first.context.close()
    session.close()
