"""A real model file, served by the real package: `make test-live`. Skips, with the reason, where either is missing.

The file is the one that SCR_LLM_MODEL_FILE names, or else one that `../shared/tools/local-llm` has already fetched,
smallest first.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from model_files import model_file
from served import only_codes

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[2]
KEPT = ("alcohol_misuse", "record_keeping")


@pytest.fixture
def model() -> Path:
    return model_file()


def servers() -> list[int]:
    """Ids of the processes that serve a model file."""
    return [
        p.pid
        for p in psutil.process_iter(["cmdline"])
        if any(part.endswith("local_server.py") for part in p.info["cmdline"] or ())
    ]


def test_a_review_is_coded_by_a_model_file_and_nothing_is_left_running(tmp_path: Path, model: Path) -> None:
    def scr(*arguments: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "scr_llm", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=900
        )
        assert done.returncode == 0, done.stderr
        return done

    before = servers()
    scr("init", "p")
    shutil.copy(ROOT / "fixtures/batch-1/corriford-child-1.pdf", tmp_path / "p/inbox")
    with (tmp_path / "p/project.toml").open("a") as settings:
        settings.write(f'\n[llm]\nfile = "{model.as_posix()}"\nstrategy = "judge"\n')
    only_codes(tmp_path / "p/codebook.yaml", KEPT)
    assert f"It answers and serves: {model.stem}" in scr("doctor", "--project", "p").stdout
    assert "Model: " in scr("run", "--project", "p").stderr
    exported = json.loads(scr("export", "--project", "p", "--format", "json").stdout)
    (document,) = exported["documents"]
    assert document["status"] == "coded" and set(document["themes"]) == set(KEPT) and not document["unanswered"]
    assert exported["coder"]["model"] == model.stem and f"file {model.name}, SHA-256 " in exported["coder"]["endpoint"]
    assert servers() == before
