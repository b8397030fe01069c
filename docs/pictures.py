"""Redraw the pictures of the README and the docs: `make pictures`.

With a folder, every view of the workbench is drawn into it, wide and narrow, light and dark, as printed and at the
width of a telephone, to be looked at: `python docs/pictures.py /tmp/pictures`. Needs Chromium, LibreOffice and
poppler-utils.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench")]
from pages import pdf_of, written  # noqa: E402
from served import ALEX, Served, review_page  # noqa: E402
from views import View, project_to_show, views  # noqa: E402

PICTURES = ROOT / "docs/pictures"
WIDE, NARROW, TELEPHONE = (1280, 800), (800, 1000), (390, 844)
IN_DOCS = {
    ("home", WIDE, "light"),
    ("home", NARROW, "light"),
    ("matrix", WIDE, "light"),
    ("matrix", WIDE, "dark"),
    ("matrix", NARROW, "light"),
    ("cell", WIDE, "light"),
    ("cell", WIDE, "dark"),
    ("cell", NARROW, "light"),
    ("sign-off", WIDE, "light"),
    ("sign-off", NARROW, "light"),
    ("explain", WIDE, "light"),
    ("list", WIDE, "light"),
    ("files", WIDE, "light"),
    ("disagreements", WIDE, "light"),
}
"""Those pictures that explain most."""


def name_of(view: View, size: tuple[int, int], scheme: str) -> str:
    """File name of a picture."""
    return f"{view.name}-{size[0]}{'-dark' if scheme == 'dark' else ''}.png"


def opened(page: Page, served: Served, view: View) -> Page:
    """The view, once its pictures are there."""
    page.goto(served.base + view.path)
    page.wait_for_load_state("load")
    return page


def draw_for_docs(browser: Browser, served: Served, shown: tuple[str, str]) -> None:
    """The pictures of the docs."""
    PICTURES.mkdir(exist_ok=True)
    page = browser.new_page()
    page.goto(served.address)
    by_name = {view.name: view for view in views(shown)}
    for name, size, scheme in sorted(IN_DOCS):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        opened(page, served, by_name[name]).screenshot(path=PICTURES / name_of(by_name[name], size, scheme))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    opened(page, served, by_name["code"]).screenshot(path=PICTURES / "codebook-1280.png")
    preview_a_change(page)
    page.screenshot(path=PICTURES / "codebook-preview-1280.png")
    for drawn in PICTURES.glob("*.png"):
        make_small(drawn)


def make_small(picture: Path) -> None:
    """A page of words needs few colours."""
    with Image.open(picture) as image:
        image.convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            picture, optimize=True
        )


def preview_a_change(page: Page) -> None:
    """From the page of a code to the preview of another definition."""
    page.fill("#definition", "The review finds that what was recorded was missing, late, wrong or not used.")
    page.fill("#wordings", page.input_value("#wordings") + "\n(file|files)")
    page.get_by_role("button", name="Preview the change").click()


def draw_all(browser: Browser, served: Served, shown: tuple[str, str], folder: Path) -> None:
    """Every view, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    page = browser.new_page()
    page.goto(served.address)
    for view in views(shown):
        for size, schemes in ((WIDE, ("light", "dark")), (NARROW, ("light", "dark")), (TELEPHONE, ("light",))):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            for scheme in schemes:
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                opened(page, served, view).screenshot(path=folder / name_of(view, size, scheme))
        if view.name in ("matrix", "matrix-all", "explain", "case-sheet"):
            page.emulate_media(color_scheme="light")
            page.pdf(path=folder / f"{view.name}.pdf", prefer_css_page_size=True)


def first_page(folder: Path) -> None:
    """The first page of the draft on the first eight reviews, as LibreOffice prints it."""
    with pypdfium2.PdfDocument(pdf_of(written(folder, 8) / "briefing.docx")) as pdf:
        pdf[0].render(scale=70 / 72).to_pil().save(ROOT / "docs/briefing-page-1.png", optimize=True)


def main() -> None:
    """Draw all pictures."""
    folder = Path(tempfile.mkdtemp())
    root = folder / "Learning from reviews"
    shown = project_to_show(root)
    with review_page(root, *ALEX) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        if len(sys.argv) > 1:
            draw_all(browser, served, shown, Path(sys.argv[1]))
        else:
            first_page(folder / "paper")
            draw_for_docs(browser, served, shown)
        browser.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
