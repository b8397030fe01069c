"""What a model is told: every word of it in prompts/, each file with a version that rises when the file changes."""

import hashlib
import json
import re
from pathlib import Path

from served import ROOT

from scr_llm.llm import prompts
from scr_llm.models.coders import llm_coder
from scr_llm.project import init_project
from scr_llm.reports.linking_sentences import LONGEST
from scr_llm.stages.code.llm import STRATEGIES, PromptingOptions, prompts_used

KNOWN = ROOT / "tests/prompt_versions.json"
"""Name of a prompt to its version and the hash of its file."""


def versions() -> dict[str, list[str]]:
    """As in the file, of the prompts as they are now. A changed prompt whose version did not rise is a failure."""
    known: dict[str, list[str]] = json.loads(KNOWN.read_text("utf-8"))
    found = {}
    for path in sorted((ROOT / "prompts").glob("*.md")):
        stated = re.match(r"<!-- \w+, version (\d+) -->", path.read_text("utf-8"))
        assert stated, path.name
        version, sha256 = stated[1], hashlib.sha256(path.read_bytes()).hexdigest()
        old_version, old_sha256 = known.get(path.stem, ["0", ""])
        risen = int(version) > int(old_version)
        assert sha256 == old_sha256 or risen, f"{path.name} changed: raise the version in its first line"
        found[path.stem] = [version, sha256]
    return found


def test_a_changed_prompt_has_a_new_version() -> None:
    assert versions() == json.loads(KNOWN.read_text("utf-8")), "new versions: record them with make prompts"


def test_a_coding_names_the_prompts_that_it_used_and_no_others(tmp_path: Path) -> None:
    project = init_project(tmp_path / "p")
    texts = prompts.load(project.prompts_dir)
    for name in STRATEGIES:
        for critic in (False, True):
            identity = llm_coder(project, None, PromptingOptions(name, critic=critic), model="m").identity
            used = prompts_used(name, critic=critic)
            assert {part.split()[0] for part in (identity.prompts or "").split(", ")} == used
            assert identity.prompts_sha256 == prompts.sha256({n: t for n, t in texts.items() if n in used})
            assert "link" not in used


def test_the_prompt_and_the_check_agree_on_the_length_of_a_sentence() -> None:
    assert f"at most {LONGEST} words" in prompts.load(ROOT / "prompts")["link"]


if __name__ == "__main__":
    KNOWN.write_text(json.dumps(versions(), indent=1) + "\n", "utf-8")
