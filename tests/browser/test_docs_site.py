"""The docs as a site, opened from disk: it builds, loads nothing from elsewhere, finds words, fits a telephone."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from served import ROOT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_spec("material") is None, reason="mkdocs-material is not installed: make docs"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        check=True,
        timeout=120,
    )
    return folder


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_each_page_opens_from_disk_and_asks_nobody(site: Path, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    pages = sorted(site.glob("*.html"))
    assert len(pages) > 15
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for file in pages:
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{file.name} at {width}"
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_the_search_works_from_disk(site: Path, page: Page) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("textbox", name="Search").fill("adjudication")
    found = page.locator(".md-search-result__link").filter(has_text="The decision between two reviewers")
    expect(found).to_be_visible()
    found.click()
    expect(page).to_have_url(re.compile(r"glossary\.html"))
