"""Chromium for tests, which skip, with the reason, where there is none.

`.ci/run` installs Debian's and sets SCR_LLM_BROWSER=demanded, which makes a missing browser a failure.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser until the end of the block."""
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
