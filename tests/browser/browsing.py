"""What tests do in a browser: visit, check with axe, drop files, select words, decide by keys."""

import base64
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from scr_llm.project import load_project
from scr_llm.review.session import ReviewSession


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


def decide_by_keys(page: Page) -> Keys:
    """Decide whatever is open as it is proposed, from the cell or list that the page shows."""
    keys = Keys()
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


def drop(page: Page, files: list[Path]) -> None:
    """Drop files on the page, as from a folder's window."""
    given = [(path.name, base64.b64encode(path.read_bytes()).decode()) for path in files]
    dragged = page.evaluate_handle(
        """given => {
             const dragged = new DataTransfer();
             for (const [name, content] of given) {
               const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
               dragged.items.add(new File([bytes], name, {type: 'application/pdf'}));
             }
             return dragged;
           }""",
        given,
    )
    for event in ("dragover", "drop"):
        page.dispatch_event("#drop", event, {"dataTransfer": dragged})
