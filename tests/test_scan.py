"""Scans: with the extra installed, their text is recognised on this machine and marked; otherwise skipped."""

from pathlib import Path

import pytest
from rapidfuzz.distance import Levenshtein

from scr_llm.stages.read import read
from scr_llm.stages.read.scan import is_installed

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(not is_installed(), reason="the extra `ocr` is not installed")


def test_a_scan_is_recognised_and_says_so() -> None:
    reading = read(ROOT / "fixtures/awkward/scan.pdf", "d")
    assert all(
        page.scanned and page.engine == "ocr" and any("recognised from a scan" in w for w in page.warnings)
        for page in reading.pages
    )
    for page in reading.pages:
        assert (
            Levenshtein.distance(" ".join(page.text.split()), f"Executive summary, page {page.number}: a made-up scan.")
            <= 2
        )
