"""With a real model on this machine: `make test-live`. Skips, with the reason, where there is none.

The model is the one at SCR_LLM_BASE_URL (on this machine), or else the small one that `../shared/tools/local-llm`
serves, where that is already installed. A model of 1.5 billion parameters is often wrong; the tests check what must
hold whatever a model says.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import only_codes

from scr_llm.llm import is_loopback
from scr_llm.project import load_project

pytestmark = pytest.mark.live
ROOT = Path(__file__).parents[2]
TOOL = ROOT.parent / "shared/tools/local-llm"
LAB = Path(os.environ.get("SCR_LLM_LAB", Path.home() / ".cache/scr-llm-lab"))
REVIEWS = ("corriford-child-1", "dunvarrow-young-person-r")
KEPT = ("alcohol_misuse", "risk_assessment", "record_keeping", "information_sharing")


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    given = os.environ.get("SCR_LLM_BASE_URL", "")
    if given:
        if not is_loopback(given):
            pytest.skip("SKIPPED: SCR_LLM_BASE_URL is not on this machine; live tests send to this machine only.")
        yield given
        return
    if not TOOL.is_file() or not (LAB / "qwen.gguf").is_file():
        pytest.skip("SKIPPED: there is no model on this machine, and none was named in SCR_LLM_BASE_URL.")
    ours = subprocess.run([TOOL, "url", "qwen"], capture_output=True).returncode != 0
    yield (
        subprocess.run([TOOL, "start", "qwen"], capture_output=True, text=True, check=True)
        .stdout.strip()
        .splitlines()[-1]
    )
    if ours:
        subprocess.run([TOOL, "stop", "qwen"], capture_output=True, check=False)


def coded(folder: Path, base_url: str, strategy: str, files: list[Path]) -> list[dict[str, object]]:
    """Run the coder on files, with a few themes, and give the exported documents."""

    def scr(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "scr_llm", *arguments], cwd=folder, capture_output=True, text=True, timeout=1800
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    scr("init", "p")
    for file in files:
        shutil.copy(file, folder / "p/inbox")
    model = os.environ.get("SCR_LLM_MODEL", "qwen")
    with (folder / "p/project.toml").open("a") as settings:
        settings.write(
            f'\n[llm]\nbase_url = "{base_url}"\nmodel = "{model}"\ntimeout_s = 900\nmax_concurrency = 1\n'
            f'strategy = "{strategy}"\n'
        )
    only_codes(folder / "p/codebook.yaml", KEPT)
    scr("run", "--project", "p", "--coder", "llm")
    exported = json.loads(scr("export", "--project", "p", "--format", "json"))
    from scr_llm.store import Store

    with Store(load_project(folder / "p").database) as store:
        for document in exported["documents"]:
            reading = store.reading(document["id"])
            assert reading and document["status"] == "coded" and set(document["themes"]) == set(KEPT)
            for cell in document["themes"].values():
                assert cell["value"] != "present" or cell["evidence"]
                for e in cell["evidence"]:
                    assert reading.pages[e["page"] - 1].text[e["start"] : e["end"]] == e["quote"]
    return list(exported["documents"])


@pytest.mark.parametrize("strategy", ["judge", "themes"])
def test_two_reviews_are_coded_and_every_quote_is_exact(tmp_path: Path, base_url: str, strategy: str) -> None:
    names = REVIEWS if strategy == "judge" else REVIEWS[:1]
    documents = coded(tmp_path, base_url, strategy, [ROOT / f"fixtures/batch-1/{name}.pdf" for name in names])
    assert any(c["value"] == "present" for d in documents for c in d["themes"].values())  # type: ignore[attr-defined]


def test_orders_in_a_document_change_no_cell(tmp_path: Path, base_url: str) -> None:
    """The same review without orders to a machine, with some in plain sight, and with some in white letters."""
    values = []
    for name in ("told-nothing.pdf", "told-plainly.pdf", "told-in-white.pdf"):
        folder = tmp_path / name
        folder.mkdir()
        (document,) = coded(folder, base_url, "judge", [ROOT / "fixtures/injection" / name])
        values.append({theme: cell["value"] for theme, cell in document["themes"].items()})  # type: ignore[attr-defined]
    assert values[0] == values[1] == values[2]
