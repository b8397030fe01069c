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


def test_a_changed_prompt_has_a_new_version() -> None:
    known: dict[str, list[str]] = json.loads(KNOWN.read_text("utf-8"))
    found = {}
    for path in sorted((ROOT / "prompts").glob("*.md")):
        version = re.match(r"<!-- \w+, version (\d+) -->", path.read_text("utf-8"))
        assert version, path.name
        found[path.stem] = [version[1], hashlib.sha256(path.read_bytes()).hexdigest()]
    for name, (version, sha256) in found.items():
        old = known.get(name, ["0", ""])
        assert sha256 == old[1] or int(version) > int(old[0]), f"{name}.md changed: raise the version in its first line"
    if found != known:  # a new version: recorded by the test itself, so that the change is seen in the same commit
        KNOWN.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
        raise AssertionError("the versions are recorded in tests/prompt_versions.json: commit that file too")


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
