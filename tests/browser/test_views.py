"""Every view of the workbench: for axe, at the width of a telephone, at 200 % zoom, dark, by keyboard and on paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import visit
from playwright.sync_api import Browser, Page, expect
from served import ALEX, review_page
from views import View, project_to_show, views

pytestmark = pytest.mark.browser
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
REVIEWS = ("corriford-child-1", "dunvarrow-young-person-r", "northmere-amber")


@dataclass
class Shown:
    """A half-decided project in a browser."""

    page: Page
    base: str
    views: tuple[View, ...]
    wrong: list[str]
    """Errors and warnings of the console, and requests to elsewhere."""

    def open(self, view: View) -> None:
        self.page.goto(self.base + view.path)
        if view.name == "refused":
            self.wrong[:] = [line for line in self.wrong if "status of 4" not in line]

    def each(self) -> Iterator[str]:
        """Open one view after the other, with two that only a form or a link leads to."""
        for view in self.views:
            self.open(view)
            yield view.name
        self.page.goto(f"{self.base}/codebook/candidates")
        self.page.get_by_role("link", name="Make a theme of it").first.click()
        yield "new code"
        self.page.goto(f"{self.base}/codebook/code/record_keeping")
        self.page.fill("#definition", "The review finds that records were wanting.")
        self.page.get_by_role("button", name="Preview the change").click()
        expect(self.page.get_by_role("button", name="Take the change")).to_be_visible()
        yield "preview of a change"


@pytest.fixture(scope="module")
def shown(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    root = tmp_path_factory.mktemp("views") / "p"
    cell = project_to_show(root, REVIEWS)
    with review_page(root, *ALEX) as served:
        page, wrong = visit(chromium, served.address)
        yield Shown(page, served.base, views(cell), wrong)


@pytest.fixture
def page(shown: Shown) -> Page:
    shown.page.set_viewport_size({"width": 1280, "height": 800})
    shown.page.emulate_media(color_scheme="light", media="screen")
    return shown.page


def view(shown: Shown, name: str) -> View:
    return next(view for view in shown.views if view.name == name)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing(shown: Shown, page: Page, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = []
    for name in shown.each():
        for fault in Axe().run(page, options=WCAG).response["violations"]:
            found += [f"{name}: {fault['id']}: {node['html'][:120]}" for node in fault["nodes"]]
    assert not found
    assert not shown.wrong


@pytest.mark.parametrize("width", [390, 640, 320], ids=["telephone", "200 %", "400 %"])
def test_nothing_is_wider_than_the_window(shown: Shown, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 512})
    wide = [n for n in shown.each() if page.evaluate("document.documentElement.scrollWidth > window.innerWidth")]
    assert not wide


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_is_seen_and_in_sight(shown: Shown, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for name in ("home", "matrix", "cell", "list", "sign-off", "code", "help"):
        shown.open(view(shown, name))
        for _ in range(40):
            page.keyboard.press("Tab")
            unseen = page.evaluate(
                """() => {
                     const at = document.activeElement, box = at.getBoundingClientRect();
                     if (at === document.body) return "";
                     const outline = getComputedStyle(at);
                     if (outline.outlineStyle === "none" || parseFloat(outline.outlineWidth) < 2) return "no outline";
                     const x = box.left + Math.min(box.width / 2, 12), y = box.top + Math.min(box.height / 2, 12);
                     const top = document.elementFromPoint(x, y);
                     const own = top && (at.contains(top) || top.contains(at) || at.labels?.[0]?.contains(top));
                     return own ? "" : at.outerHTML.slice(0, 90);
                   }"""
            )
            assert not unseen, (name, unseen)


def test_the_page_follows_the_computer_into_the_dark_and_the_review_stays_white(shown: Shown, page: Page) -> None:
    shown.open(view(shown, "cell"))
    colour = "selector => getComputedStyle(document.querySelector(selector)).backgroundColor"
    light = page.evaluate(colour, "body")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour, "body") != light
    assert page.evaluate(colour, "#sheet") == "rgb(255, 255, 255)"


def test_counts_are_hidden_where_one_decides_and_stay_so(shown: Shown, page: Page) -> None:
    shown.open(view(shown, "matrix"))
    expect(page.locator("tfoot")).to_be_visible()
    page.get_by_label("Hide counts of themes").check()
    expect(page.locator("tfoot")).to_be_hidden()
    shown.open(view(shown, "codebook"))
    expect(page.get_by_role("columnheader", name="Yes, as of now")).to_be_hidden()
    shown.open(view(shown, "help"))
    expect(page.get_by_label("Hide counts of themes")).to_be_checked()
    page.get_by_label("Hide counts of themes").uncheck()
    shown.open(view(shown, "matrix"))
    expect(page.locator("tfoot")).to_be_visible()


@pytest.mark.parametrize("name", ["matrix-all", "explain", "case-sheet"])
def test_it_prints_black_on_white_and_within_the_paper(shown: Shown, page: Page, tmp_path: Path, name: str) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    shown.open(view(shown, name))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".top")).to_be_hidden()
    page.pdf(path=tmp_path / "printed.pdf", prefer_css_page_size=True)
    with pypdfium2.PdfDocument(tmp_path / "printed.pdf") as printed:
        text = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
        if name == "matrix-all":
            assert all(sheet.get_width() > sheet.get_height() for sheet in printed), "the matrix lies across"
    last = page.locator("main :is(td, blockquote)").last.inner_text().split()[-1]
    assert last.strip("”") in text
