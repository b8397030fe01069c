"""Redraw the pictures of the README and the docs: `make pictures`.

Needs Chromium, LibreOffice and poppler-utils.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import pypdfium2
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench")]
from pages import pdf_of, written  # noqa: E402
from served import ALEX, coded_project, review_page  # noqa: E402

from scr_llm.project import load_project  # noqa: E402
from scr_llm.review.session import Reviewer, ReviewSession  # noqa: E402

PICTURES = ROOT / "docs/pictures"
ALEX_READER, SAM = Reviewer("Robin Earlier", "Analyst"), Reviewer("Sam Second", "Designated nurse", blind=True)


def half_reviewed(root: Path) -> tuple[str, str]:
    """Decide half of the cells, and let a second reviewer disagree on one. Returns a cell that makes a good picture."""
    session = ReviewSession(load_project(root))
    waiting = [key for key in session.open_cells(ALEX_READER) if key[1] in session.codes]
    shown = next(k for k in waiting if k[1] == "record_keeping" and session.proposals[k].value == "present")
    for key in waiting[::2]:
        cell = session.cell(*key, ALEX_READER)
        if key != shown:
            value = "not_mentioned" if cell.value == "unclear" else cell.value
            session.decide(ALEX_READER, *key, value, evidence=cell.evidence if value != "not_mentioned" else ())
    core = [c.id for c in session.codebook.codes if c.core]
    first = next(k for k in waiting[::2] if k != shown and session.value(k) == "present" and k[1] in core)
    session.decide(SAM, *first, "not_mentioned", reason="The passage speaks of another family.")
    session.close()
    return shown


def first_page(folder: Path) -> None:
    """The first page of the draft on the first eight reviews, as LibreOffice prints it."""
    with pypdfium2.PdfDocument(pdf_of(written(folder, 8) / "briefing.docx")) as pdf:
        pdf[0].render(scale=70 / 72).to_pil().save(ROOT / "docs/briefing-page-1.png", optimize=True)


def main() -> None:
    """Draw all pictures."""
    folder = Path(tempfile.mkdtemp())
    first_page(folder / "paper")
    reviews = tuple(path.stem for path in sorted(ROOT.glob("fixtures/batch-1/*.pdf")))
    root = coded_project(folder / "Learning from reviews", reviews)
    shown = half_reviewed(root)
    PICTURES.mkdir(exist_ok=True)
    with review_page(root, *ALEX) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(served.address)
        for width, height in ((1280, 800), (800, 1000)):
            page.set_viewport_size({"width": width, "height": height})
            for name, address in (
                ("home", "/"),
                ("matrix", "/matrix"),
                ("cell", "/cell/" + "/".join(shown)),
                ("sign-off", "/sign-off"),
                ("explain", "/explain/workforce"),
                ("list", f"/list/{shown[0]}"),
            ):
                page.goto(served.base + address)
                page.wait_for_load_state("networkidle")
                if width == 1280 or name in ("matrix", "cell", "sign-off"):
                    page.screenshot(path=PICTURES / f"{name}-{width}.png")
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(served.base + "/codebook/code/record_keeping")
        page.screenshot(path=PICTURES / "codebook-1280.png")
        page.fill("#definition", "The review finds that what was recorded was missing, late, wrong or not used.")
        page.fill("#wordings", page.input_value("#wordings") + "\n(file|files)")
        page.get_by_role("button", name="Preview the change").click()
        page.screenshot(path=PICTURES / "codebook-preview-1280.png")
        browser.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
