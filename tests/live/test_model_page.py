"""A real model file, chosen, tried and used in the workbench, by a browser: `make test-live`.

Skips, with the reason, where the file, the package that serves it, or Chromium is missing.
"""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from chromium import launched
from model_files import model_file
from playwright.sync_api import Browser, Page, expect
from served import ROOT, Served, only_codes, workbench

from scr_llm.project import init_project

pytestmark = pytest.mark.live
FILES = [ROOT / f"fixtures/batch-1/{name}.pdf" for name in ("corriford-child-1", "dunvarrow-young-person-r")]
PATIENCE_MS = 600_000
"""A small computer takes minutes for what a large one does in seconds."""
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The workbench of a project with two themes, on a computer whose Downloads hold the model file."""
    model, home = model_file(), tmp_path / "home"
    (home / "Downloads").mkdir(parents=True)
    (home / "Downloads" / "a-model.gguf").symlink_to(model)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    project = init_project(tmp_path / "p")
    only_codes(project.codebook_path, ("alcohol_misuse", "record_keeping"))
    with (project.root / "project.toml").open("a") as settings:  # the quickest way of asking
        settings.write('\n[llm]\nstrategy = "judge"\n')
    with workbench(project.root, "--name", "Alex Reader", "--role", "Analyst") as page:
        yield page


def servers(page: Served) -> list[psutil.Process]:
    """Processes below the workbench that serve a model file."""
    below = psutil.Process(page.pid).children(recursive=True)
    return [p for p in below if p.is_running() and any(part.endswith("local_server.py") for part in p.cmdline())]


def chosen(chromium: Browser, served: Served) -> Page:
    """The page, after the files were added and the model file was chosen."""
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(served.address)
    page.set_input_files("#files", FILES)
    page.get_by_role("link", name="Use a language model").click(timeout=60_000)
    page.get_by_role("button", name=re.compile(r"Use \S+\.gguf")).click()
    expect(page.get_by_text("project.toml sets how it is asked: single sentences, yes or no.")).to_be_visible()
    return page


def asking(page: Page, served: Served) -> psutil.Process:
    """Start a run and wait until the model is asked; the process that serves it."""
    page.get_by_role("button", name="Read and code").click()
    expect(page.get_by_text(re.compile(r"[1-9]\d* of at most"))).to_be_visible(timeout=PATIENCE_MS)
    (server,) = servers(served)
    return server


def test_a_model_file_is_tried_stopped_and_used_without_a_terminal(chromium: Browser, served: Served) -> None:
    page = chosen(chromium, served)
    page.get_by_role("button", name="Try it on two made-up reviews").click()
    expect(page.get_by_role("heading", name="Trying the model")).to_be_visible()
    expect(page.get_by_text("Trying: one question a theme")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Single sentences, yes or no (kept from").first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("The embedded coder alone: found")).to_be_visible()
    assert servers(served) == []

    server = asking(page, served)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Run again to go on with the rest.")).to_be_visible(timeout=60_000)
    assert not server.is_running()

    page.get_by_role("button", name="Read and code").click()
    expect(page.get_by_text("from memory")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("heading", name="Decide what counts")).to_be_visible(timeout=PATIENCE_MS)
    assert servers(served) == []
    expect(page.get_by_text("Asked on this computer:").first).to_be_visible()
    page.get_by_role("link", name="Decide the next cell").click()
    page.wait_for_url("**/cell/**")


def test_the_server_of_a_model_file_ends_with_the_page(chromium: Browser, served: Served) -> None:
    server = asking(_back(chosen(chromium, served)), served)
    psutil.Process(served.pid).kill()  # as when the computer's task manager ends it
    until = time.monotonic() + 30
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < until:
        time.sleep(0.2)
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def _back(page: Page) -> Page:
    page.get_by_role("link", name="Go on to reading and coding").click()
    return page
