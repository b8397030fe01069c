"""Each awkward file gets its own clear line; the other documents are coded."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scr_llm.stages.read.scan import is_installed

ROOT = Path(__file__).parent.parent
SAYS = {
    "encrypted.pdf": ("unreadable", "encrypted with a password"),
    "empty.pdf": ("unreadable", "empty (0 bytes)"),
    "truncated.pdf": ("unreadable", "broken"),
    "scan.pdf": ("unreadable", "pages 1–2 are images"),
    "renamed-duplicate.pdf": ("duplicate", "vellingham-child-v.pdf"),
    "review.docx": ("unreadable", "not a PDF but a Word document"),
    "agenda.pdf": ("not a review", "agenda"),
}


if is_installed():  # with the extra a scan is read
    del SAYS["scan.pdf"]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("awkward")
    subprocess.run([sys.executable, "-m", "scr_llm", "init", "p"], cwd=folder, check=True, capture_output=True)
    for name in SAYS:
        shutil.copy(ROOT / "fixtures/awkward" / name, folder / "p/inbox")
    original = ROOT / "fixtures/batch-1/vellingham-child-v.pdf"
    shutil.copy(original, folder / "p/inbox" / original.name)
    ran = subprocess.run(
        [sys.executable, "-m", "scr_llm", "run"], cwd=folder / "p", capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 1, ran.stderr
    assert "Coded 1 document." in ran.stderr and "Traceback" not in ran.stderr
    return ran.stderr


@pytest.mark.parametrize("name", SAYS)
def test_each_has_its_line(said: str, name: str) -> None:
    status, reason = SAYS[name]
    pair = {name, "vellingham-child-v.pdf"} if status == "duplicate" else {name}
    lines = [
        line for line in said.splitlines() if any(line.strip().startswith(n) for n in pair) and "pages read" not in line
    ]
    assert len(lines) == 1
    assert status in lines[0] and (reason in lines[0] or status == "duplicate")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_that_cannot_be_written(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "scr_llm", "init", "p"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "p/inbox" / os.fsdecode(b"bad\xff.pdf")).write_bytes(b"%PDF-1.4")
    ran = subprocess.run(
        [sys.executable, "-m", "scr_llm", "run"], cwd=tmp_path / "p", capture_output=True, text=True, timeout=120
    )
    assert "Rename it" in ran.stderr and "Traceback" not in ran.stderr
