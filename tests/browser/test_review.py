"""A whole review in a real browser: `make test-browser`. Skips, with the reason, where there is no Chromium.

`.ci/run` installs Debian's and sets SCR_LLM_BROWSER=demanded, which makes a missing browser a failure.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from served import ALEX, SAM, coded_project, decide_all, review_page, sign_alone

from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession

pytestmark = pytest.mark.browser
OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ALEX_READER = Reviewer("Alex Reader", "Analyst")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not found:
        if os.environ.get("SCR_LLM_BROWSER") == "demanded":
            pytest.fail("There is no Chromium on this machine, and SCR_LLM_BROWSER demands one.")
        pytest.skip("SKIPPED: there is no Chromium on this machine (Debian: apt-get install chromium).")
    root = sys.platform == "linux" and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=[*OPTIONS, *(["--no-sandbox"] if root else [])]
        )
        yield browser
        browser.close()


def visit(browser: Browser, address: str, width: int = 1280) -> tuple[Page, list[str]]:
    """A fresh browser at an address, and the list that takes whatever goes wrong in it or leaves for elsewhere."""
    page = browser.new_context(viewport={"width": width, "height": 860}, reduced_motion="reduce").new_page()
    wrong: list[str] = []
    page.on("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(address.split("/?")[0]) else None)
    page.goto(address)
    return page, wrong


def accessible(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert not violations, [(page.url, v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations]


def select(page: Page, words: str) -> None:
    """Select words on the drawn page with the mouse, from the first letter to the last."""
    box = page.evaluate(
        """words => {
             for (const t of document.querySelectorAll('#sheet text')) {
               const at = t.textContent.indexOf(words);
               if (at < 0) continue;
               t.scrollIntoView({block: 'center'});
               const m = t.getScreenCTM();
               const from = t.getStartPositionOfChar(at), to = t.getEndPositionOfChar(at + words.length - 1);
               const height = t.getBBox().height;
               return [from.x * m.a + m.e, (from.y - 0.3 * height) * m.d + m.f, to.x * m.a + m.e];
             }
             return null;
           }""",
        words,
    )
    assert box, f"no line of the drawn page has: {words}"
    page.mouse.move(box[0] + 0.5, box[1])
    page.mouse.down()
    page.mouse.move(box[2] - 0.5, box[1], steps=6)
    page.mouse.up()


@dataclass
class Keys:
    """Keys that somebody pressed who decides everything as it is proposed."""

    themes: int = 0
    """One for each theme."""
    ticks: int = 0
    """To choose a quote, where none shows a theme plainly."""
    turns: int = 0
    """To the next page of a list."""
    lists: int = 0
    """One for each list."""

    @property
    def all(self) -> int:
        return self.themes + self.ticks + self.turns + self.lists


def decide_by_keys(page: Page, start: str) -> Keys:
    """Decide whatever is open as it is proposed."""
    keys = Keys()
    page.goto(start)
    while "/matrix" not in page.url:
        old, is_list = page.url, "/list/" in page.url
        accept = page.locator("button[data-key=a]").count()
        if is_list and not accept:
            page.keyboard.press("]")
            keys.turns += 1
        elif is_list:
            page.keyboard.press("a")
            keys.lists += 1
        else:
            needs_one = page.locator("button[data-key=a][value=present], button[data-key=a][value=explicitly_absent]")
            # No quote shows the theme plainly enough to be ticked: one is chosen.
            if needs_one.count() and not page.locator("input[name=keep]:checked").count():
                page.keyboard.press("1")
                keys.ticks += 1
            page.keyboard.press("a" if accept else "x")
            keys.themes += 1
        page.wait_for_url(lambda url, old=old: url != old)
    return keys


def state(root: Path, document: str, theme: str) -> str:
    session = ReviewSession(load_project(root))
    try:
        return f"{session.value((document, theme))}, {session.state((document, theme))}"
    finally:
        session.close()


def test_a_whole_review(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    session = ReviewSession(load_project(root))
    child = next(d for d in session.documents if session.documents[d].file.startswith("corriford"))
    person = next(d for d in session.documents if d != child)
    present = [c for c in session.codes if session.codes[c].core and session.value((child, c)) == "present"]
    with review_page(root, *ALEX) as first:
        page, wrong = visit(chromium, first.address)
        accessible(page)

        # the next cell, the most doubtful first; reject by one key
        page.keyboard.press("n")
        page.wait_for_url("**/cell/**")
        accessible(page)
        doubtful = session.open_for(ALEX_READER)[0]
        assert page.url.endswith(f"/{doubtful[0]}/{doubtful[1]}")
        page.keyboard.press("n")
        page.wait_for_url("**/" + "/".join(session.open_for(ALEX_READER)[1]))
        page.goto(f"{first.base}/cell/{child}/{present[0]}")
        page.keyboard.press("r")
        page.wait_for_url(lambda url: f"{child}/{present[0]}" not in url)
        assert state(root, child, present[0]) == "not_mentioned, decided"
        page.keyboard.press("z")
        page.wait_for_url(f"**/{child}/{present[0]}*")
        assert state(root, child, present[0]) == "present, undecided"
        page.keyboard.press("r")
        page.wait_for_url(lambda url: f"{child}/{present[0]}" not in url)

        # a theme that was missed, by selecting words on the page
        missed = next(c for c in session.codes if session.value((child, c)) == "not_mentioned")
        page.goto(f"{first.base}/cell/{child}/{missed}?page=1")
        reading = session.reading(child)
        words = max(reading.pages[0].text.split("\n"), key=len).strip()[:40].strip()
        select(page, words)
        page.keyboard.press("q")
        expect(page.locator("#quote")).to_have_value(words)
        page.keyboard.press("p")
        page.wait_for_url(lambda url: f"{child}/{missed}" not in url)
        assert state(root, child, missed) == "present, decided"
        quote = session.store.decisions()[-1].evidence[0]
        assert reading.pages[0].text[quote.start : quote.end] == quote.quote == words

        # words that stand nowhere are refused, and nothing is lost
        page.goto(f"{first.base}/cell/{child}/{missed}")
        page.fill("#quote", "Words that no review has ever contained, in this order.")
        page.click("button[data-key=p]")
        expect(page.locator("main")).to_contain_text("cannot be used as evidence")
        accessible(page)

        # the rest by one key a cell
        before = len(session.store.decisions())
        keys = decide_by_keys(page, f"{first.base}/next")
        session.refresh()
        assert not session.open_for(ALEX_READER)
        assert keys.themes + keys.lists == len(session.store.decisions()) - before, "one key a theme, and one a list"
        assert (keys.turns, keys.lists) == (3, 2), "and one for each further page of a list"
        accessible(page)

        # the second reviewer sees nobody's answers
        with review_page(root, *SAM) as second:
            other, wrong_there = visit(chromium, second.address)
            accessible(other)
            assert {text.split()[0] for text in other.locator("tbody .chip").all_inner_texts()} == {"Open"}
            other.goto(f"{second.base}/cell/{child}/{present[0]}")
            accessible(other)
            for hidden in ("Why:", "Accept", "Alex Reader", "Nearest", "proposed"):
                assert hidden not in other.locator("main").inner_text(), hidden
            assert other.request.get(f"{second.base}/explain/{present[0]}").status == 400
            at = next(t for t in session.store.coding(child).themes if t.theme == present[0]).evidence[0]  # type: ignore[union-attr]
            line = at.quote.split("\n")[0].strip()
            other.goto(f"{second.base}/cell/{child}/{present[0]}?page={at.page}")
            select(other, line)
            other.keyboard.press("q")
            other.keyboard.press("c")
            other.keyboard.type("They say so themselves.")
            other.keyboard.press("Escape")
            other.keyboard.press("p")
            other.wait_for_url(lambda url: f"{child}/{present[0]}" not in url)
            assert not wrong_there
        assert state(root, child, present[0]) == "not_mentioned, disagreed"

        # sign-off is refused; then the disagreement is adjudicated, with a reason
        page.goto(f"{first.base}/sign-off")
        expect(page.locator("main")).to_contain_text("1 disagreement")
        accessible(page)
        page.goto(f"{first.base}/disagreements")
        expect(page.locator("main")).to_contain_text("They say so themselves.")
        accessible(page)
        page.click(f"main a[href$='/cell/{child}/{present[0]}']")
        accessible(page)
        page.keyboard.press("c")
        page.keyboard.type("The quote speaks of this review's own workers.")
        page.keyboard.press("Escape")
        page.fill("#quote", line)
        page.click("button[data-key=p]")
        page.wait_for_url("**/disagreements")
        assert state(root, child, present[0]) == "present, decided"

        # sign
        page.goto(f"{first.base}/sign-off")
        expect(page.locator("main")).to_contain_text("ready to sign")
        sign_alone(page)
        accessible(page)
        page.click("text=Sign as Alex Reader")
        expect(page.locator("main")).to_contain_text("nothing has changed since")
        accessible(page)
        assert (root / "outputs/signed-1/briefing.docx").is_file()

        # where a number comes from, the review's findings, the help
        for view in (
            f"explain/{present[0]}",
            f"list/{person}",
            f"document/{person}/sheet",
            "help",
            "matrix?themes=all",
        ):
            page.goto(f"{first.base}/{view}")
            accessible(page)
        assert not [w for w in wrong if "400" not in w], wrong

    # the codebook changes: the cells of that code are stale, and no others
    book = root / "codebook.yaml"
    text, definition = book.read_text("utf-8"), session.codes[present[0]].definition
    session.close()
    assert definition[:40] in text
    book.write_text(text.replace(definition[:40], definition[:40].upper(), 1), "utf-8")
    with review_page(root, *ALEX) as again:
        page, wrong = visit(chromium, again.address)
        expect(page.locator("main .matrix .stale")).to_have_count(2)
        assert page.locator("main .matrix .undecided").count() == 0
        accessible(page)
        page.goto(f"{again.base}/sign-off")
        expect(page.locator("main")).to_contain_text("changed since")
        page.keyboard.press("n")
        page.wait_for_url(f"**/{child}/{present[0]}*")
        expect(page.locator("main")).to_contain_text("the definition has changed since")
        assert not wrong


def test_narrow_zoomed_and_without_the_script(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    with review_page(root, *ALEX) as served:
        page, wrong = visit(chromium, served.address, width=640)  # 1280 at 200 %
        for view in ("matrix", "next", "sign-off", "help"):
            page.goto(f"{served.base}/{view}")
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), (
                f"{view} is wider than the window"
            )
        # every control can be reached by Tab, and shows that it is
        page.goto(f"{served.base}/next")
        reached = set()
        for _ in range(80):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    "(document.activeElement.dataset.key || document.activeElement.id || document.activeElement.name "
                    "|| '')"
                )
            )
            if "z" in reached:
                break
            outline = page.evaluate(
                "document.activeElement === document.body ? 'body' : "
                "getComputedStyle(document.activeElement).outlineStyle"
            )
            assert outline != "none", page.evaluate("document.activeElement.outerHTML")
        assert {"p", "x", "u", "quote", "reason", "sheet"} <= reached
        assert not wrong
        # without the script a decision can be made all the same
        cookies = page.context.cookies()
        context = chromium.new_context(java_script_enabled=False)
        context.add_cookies(cookies)  # type: ignore[arg-type]
        plain = context.new_page()
        plain.goto(f"{served.base}/next")
        old = plain.url
        plain.click("button[value=not_mentioned]")
        assert plain.url != old and "/cell/" in plain.url


def test_the_cookie_goes_nowhere_else_and_two_pages_live_side_by_side(chromium: Browser, tmp_path: Path) -> None:
    """Cookies know no ports: another program's server on this machine is visited, and must not be given this page's."""
    got: list[str | None] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append(self.headers["Cookie"])
            self.send_response(200)
            self.send_header("Set-Cookie", "scr_llm_review=mine; Path=/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    other = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        with review_page(root, *ALEX) as first, review_page(root, *SAM) as second:
            page = chromium.new_context().new_page()
            for served in (first, second):
                page.goto(served.address)
                expect(page.locator("h1")).to_have_text("Reviews by theme")
            for path in ("/", first.prefix, "/matrix"):
                page.goto(f"http://127.0.0.1:{other.server_port}{path}")
            assert got and set(got) <= {None, "scr_llm_review=mine"}
            page.goto(f"{first.base}/matrix")
            expect(page.locator(".who")).to_contain_text("Alex Reader")
            page.goto(f"{second.base}/matrix")
            expect(page.locator(".who")).to_contain_text("Sam Second")
    finally:
        other.shutdown()
        other.server_close()


@pytest.mark.parametrize("script", [True, False])
def test_a_double_click_is_one_signature_and_one_decision(chromium: Browser, tmp_path: Path, script: bool) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    with review_page(root, *ALEX) as served:
        page = chromium.new_context(java_script_enabled=script).new_page()
        page.goto(served.address)
        page.goto(f"{served.base}/next")
        page.dblclick("button[data-key=x]") if script else page.click("button[data-key=x]")
        page.wait_for_url(lambda _url: True)
        expect(page.locator("main")).not_to_contain_text("Not saved")
        decide_all(root)
        page.goto(f"{served.base}/sign-off")
        sign_alone(page)
        page.dblclick("text=Sign as Alex Reader")
        expect(page.locator("main")).to_contain_text("nothing has changed since")
    session = ReviewSession(load_project(root))
    assert len(session.store.sign_offs()) == 1
    session.close()


def test_a_fault_is_a_page_from_which_the_decision_can_be_sent_again(chromium: Browser, tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    path = load_project(root).store_path
    with review_page(root, *ALEX) as served:
        page, _ = visit(chromium, served.address)
        page.goto(f"{served.base}/next")
        page.fill("#reason", "A thought that took ten minutes.")
        path.rename(root / "away")
        page.click("button[data-key=x]")
        expect(page.locator("h1")).to_have_text("Something went wrong")
        expect(page.locator("textarea")).to_have_value("A thought that took ten minutes.")
        accessible(page)
        (root / "away").rename(path)
        page.click("text=Send it again")
        page.wait_for_url("**/cell/**")
    session = ReviewSession(load_project(root))
    assert [d.reason for d in session.store.decisions()] == ["A thought that took ten minutes."]
    session.close()


def test_axe_finds_nothing_in_the_papers(chromium: Browser, tmp_path: Path) -> None:
    from scr_llm.governance.information_packs import pack
    from scr_llm.render import render
    from scr_llm.reports.drafts import write
    from scr_llm.reports.explain import explain

    project = load_project(coded_project(tmp_path / "p"))
    write(project, ("html",))
    (project.outputs / "explained.html").write_bytes(render(explain(project, "workforce")[1], "html"))
    (project.outputs / "dpia.html").write_bytes(render(pack(project, "dpia"), "html"))
    page = chromium.new_context().new_page()
    for name in ("briefing", "evidence", "seven-minutes", "explained", "dpia"):
        if (project.outputs / f"{name}.html").is_file():
            page.goto((project.outputs / f"{name}.html").as_uri())
            accessible(page)
    page.goto((project.outputs / "briefing.html").as_uri())
    link = page.locator("main p a[href^='evidence.html#']").last
    target = (link.get_attribute("href") or "").removeprefix("evidence.html")
    link.click()
    page.wait_for_url("**/evidence.html#*")
    assert target and page.locator(target.replace(".", r"\.")).count() == 1
    source = page.locator("blockquote a").first.get_attribute("href") or ""
    assert (project.outputs / source.split("#")[0]).resolve().is_file() and "#page=" in source


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
        keys = decide_by_keys(page, f"{served.base}/next")
        assert not wrong
    session = ReviewSession(workspace.project)
    decisions = len(session.store.decisions())
    session.close()
    print(decisions, "decisions,", keys.all, "keys:", keys)
    assert decisions == keys.themes + keys.lists <= 130
    assert keys.all <= 200
