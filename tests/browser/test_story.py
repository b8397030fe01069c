"""The whole work in the browser, from an empty folder to a second signature, with every key and click counted."""

import re
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import pytest
from browsing import decide_by_keys, drop, select, visit
from docx import Document
from playwright.sync_api import Browser, Locator, Page, expect
from served import ROOT, workbench
from test_edited import needs_office, through_libreoffice

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EIGHT = sorted((ROOT / "fixtures/batch-1").glob("*.pdf"))
FOUR = sorted((ROOT / "fixtures/batch-2").glob("*.pdf"))
SENTENCE = "The board meets on 12 March 2026."
BLIND = 3
"""Cells that the second reviewer decides here. Somebody who works decides them all."""


@dataclass
class Effort:
    """What people did with their hands, all of them together."""

    keys: int = 0
    """Keys that command something."""
    clicks: int = 0
    """Buttons, links and fields that were clicked, words that were selected, files that were dropped or chosen."""
    typed: int = 0
    """Letters of names and reasons."""
    decisions: int = 0
    """Cells and lists decided, and disagreements settled."""

    def since(self, before: "Effort") -> "Effort":
        return Effort(*(now - then for now, then in zip(astuple(self), astuple(before), strict=True)))

    def minutes(self) -> float:
        """By the keystroke-level model, as docs/review.md explains it."""
        key, think, point, home, answer = 0.28, 1.35, 1.1, 0.4, 0.11
        seconds = self.keys * (think + key + answer) + self.clicks * (think + home + point + key + answer)
        return (seconds + self.typed * key) / 60

    def is_within(self, limit: "Effort") -> bool:
        return all(made <= most for made, most in zip(astuple(self), astuple(limit), strict=True))


EIGHT_TAKE = Effort(keys=155, clicks=28, typed=137, decisions=125)
"""What was measured for eight reviews up to the signature. With more than this, the work has become longer."""
FOUR_TAKE = Effort(keys=74, clicks=16, typed=21, decisions=61)
"""The same for four more."""


class Hand:
    """One person at one page, whose keys and clicks are counted."""

    def __init__(self, page: Page, wrong: list[str], effort: Effort) -> None:
        self.page, self.wrong, self.effort = page, wrong, effort

    def beside(self, browser: Browser, address: str) -> "Hand":
        """Another person in a browser of their own."""
        return Hand(*visit(browser, address), self.effort)

    def press(self, key: str) -> None:
        self.effort.keys += 1
        self.page.keyboard.press(key)

    def click(self, what: Locator) -> None:
        self.effort.clicks += 1
        what.click()

    def link(self, name: str, to: str) -> None:
        """A link, which may have a number in brackets after its name, and the page that it leads to."""
        self.click(self.page.get_by_role("link", name=re.compile(rf"^{re.escape(name)}( \(\d+\))?$")).first)
        self.page.wait_for_url(f"**{to}")

    def button(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def write(self, label: str, text: str) -> None:
        self.effort.typed += len(text)
        field = self.page.get_by_label(label, exact=True).first
        self.click(field)
        field.fill(text)

    def decide(self) -> None:
        """Whatever is open, as it is proposed."""
        keys = decide_by_keys(self.page)
        self.effort.keys += keys.all
        self.effort.decisions += keys.themes + keys.lists

    def answer(self, key: str) -> None:
        """The cell that is shown."""
        old = self.page.url
        self.press(key)
        self.effort.decisions += 1
        self.page.wait_for_url(lambda url: url != old)


def add_and_run(alex: Hand, files: list[Path]) -> None:
    drop(alex.page, files)
    alex.effort.clicks += 1
    heading = alex.page.get_by_role("heading", name=f"Read and code {len(files)} files")
    expect(heading).to_be_visible(timeout=30_000)
    alex.button("Read and code")
    expect(alex.page.get_by_role("heading", name="Decide what counts")).to_be_visible(timeout=120_000)


def invite(alex: Hand, name: str, role: str, everything: bool = False) -> str:
    """The link for another person."""
    alex.link("Second reviewer", "/second")
    alex.write("Name", name)
    alex.write("Role", role)
    if everything:
        alex.click(alex.page.get_by_label("Everything, as you do"))
    alex.button("Make a link")
    return alex.page.get_by_label(f"The link for {name}").input_value()


def a_blind_second_reviewer(sam: Hand) -> None:
    """Some cells: one quoted from the page, the others not found."""
    sam.press("n")
    sam.page.wait_for_url("**/cell/**")
    lines = sam.page.locator("#sheet text").all_text_contents()
    select(sam.page, max(lines, key=len).strip()[:40].strip())
    sam.effort.clicks += 1
    sam.press("q")
    sam.answer("p")
    for _ in range(BLIND - 1):
        sam.answer("x")


def settle(alex: Hand) -> int:
    """Adjudicate whatever two reviewers see differently; how many cells that was."""
    alex.link("Disagreements", "/disagreements")
    open_cells = alex.page.locator("main article h2 a")
    settled = 0
    while open_cells.count():
        alex.click(open_cells.first)
        alex.page.wait_for_url("**/cell/**")
        alex.press("c")
        alex.page.keyboard.type("We read it again together.")
        alex.effort.typed += 26
        alex.press("Escape")
        alex.answer("x")
        alex.page.wait_for_url("**/disagreements")
        settled += 1
    return settled


def draft(alex: Hand, to: Path) -> Path:
    """Write the draft and download it in Word."""
    alex.link("Sign-off", "/sign-off")
    alex.button("Write the draft")
    expect(alex.page.get_by_role("status", name="About the draft")).to_contain_text("is written")
    drafts = alex.page.get_by_role("region", name="The draft, to download and edit")
    with alex.page.expect_download() as download:
        alex.click(drafts.get_by_role("link", name="Word (The paper)"))
    download.value.save_as(to)
    return to


def give_back(alex: Hand, paper: Path) -> None:
    alex.page.set_input_files("#edited", str(paper))
    alex.effort.clicks += 1
    alex.page.wait_for_url("**/sign-off/edited/**", timeout=60_000)


def edited(paper: Path) -> Path:
    """A sentence that nobody can compute, added by one program and saved by another."""
    document = Document(str(paper))
    document.add_paragraph(SENTENCE)
    document.save(str(paper))
    through_libreoffice(paper)
    return paper


def sign(dee: Hand, number: int) -> None:
    """Sign the paper that was given back last, and look whether the version holds every decision."""
    dee.link("Sign-off", "/sign-off")
    dee.click(dee.page.get_by_role("link", name="Given back on").first)
    dee.page.wait_for_url("**/sign-off/edited/**")
    expect(dee.page.get_by_role("heading", name="Not supported by the record (1)")).to_be_visible()
    dee.write("It is mine, because:", "The day of the board.")
    dee.button("Sign as Dee Director")
    expect(dee.page.locator("main")).to_contain_text("The briefing is signed, and nothing has changed since.")
    version = dee.page.locator("#signed article, #signed section").filter(has_text=f"Version {number}.0")
    expect(version).to_contain_text(f"{dee.effort.decisions} decisions, as edited")


def the_change_shows(person: Hand) -> None:
    """In a matrix that was open before the new batch came in."""
    news = person.page.get_by_role("status").filter(has_text="4 reviews were added")
    expect(news).to_be_visible(timeout=30_000)
    person.click(news.get_by_role("link"))
    expect(person.page.locator("main tbody tr")).to_have_count(len(EIGHT + FOUR))


def first_round(chromium: Browser, alex: Hand, folder: Path) -> tuple[Hand, Hand]:
    """Eight reviews, from the files to the signature; the second reviewer and the one who signs."""
    add_and_run(alex, EIGHT)
    alex.link("Decide the next cell", "/who")
    alex.write("Name", "Alex Reader")
    alex.write("Role", "Analyst")
    alex.button("Go on")
    alex.link("Decide the next cell", "/cell/**")
    alex.decide()

    sam = alex.beside(chromium, invite(alex, "Sam Second", "Designated nurse"))
    a_blind_second_reviewer(sam)
    assert 0 < settle(alex) <= BLIND

    give_back(alex, edited(draft(alex, folder / "briefing.docx")))
    dee = alex.beside(chromium, invite(alex, "Dee Director", "Director", everything=True))
    sign(dee, 1)
    return sam, dee


def second_round(alex: Hand, sam: Hand, dee: Hand, folder: Path) -> None:
    """Four more reviews. The paper keeps the sentence that a person wrote into the first."""
    for person in (sam, dee):
        person.link("Matrix", "/matrix")
    alex.link("Home", "/")
    expect(alex.page.get_by_role("heading", name="Send the paper")).to_be_visible()
    add_and_run(alex, FOUR)
    for person in (sam, dee):
        the_change_shows(person)
    alex.link("Decide the next cell", "/cell/**")
    alex.decide()
    paper = draft(alex, folder / "next.docx")
    assert SENTENCE in [paragraph.text for paragraph in Document(str(paper)).paragraphs]
    give_back(alex, paper)
    sign(dee, 2)


@needs_office
def test_the_whole_work_without_a_terminal(chromium: Browser, tmp_path: Path) -> None:
    with workbench(tmp_path / "p") as served:
        alex = Hand(*visit(chromium, served.address), Effort())
        sam, dee = first_round(chromium, alex, tmp_path)
        first = replace(alex.effort)
        second_round(alex, sam, dee, tmp_path)
        second = alex.effort.since(first)
        for person in (alex, sam, dee):
            assert not person.wrong, person.wrong
    print(f"eight reviews: {first}; four more: {second}")
    assert first.is_within(EIGHT_TAKE), first
    assert second.is_within(FOUR_TAKE), second


def test_the_minutes_in_the_docs_are_those_of_the_keystroke_model() -> None:
    text = (ROOT / "docs/review.md").read_text("utf-8")
    for effort, reviews in ((Effort(keys=402), 8), (Effort(keys=144), 8), (EIGHT_TAKE, 8), (FOUR_TAKE, 4)):
        counts = f"| {effort.keys} | {effort.clicks} | {effort.typed} |"
        assert f"{counts} {effort.minutes():.1f} | {effort.minutes() / reviews:.1f} |" in text, (
            counts,
            effort.minutes(),
        )
