"""The docs as a site: every page is in the navigation, and what is written from the code or repeated is up to date."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from test_readme import slugs

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FROM_THE_TOP = {"contributing.md", "changes.md"}
"""Pages that docs/hooks.py makes of files of the top folder."""


def pages_of(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list | dict):
        for part in nav.values() if isinstance(nav, dict) else nav:
            yield from pages_of(part)


def test_every_page_is_in_the_navigation_once() -> None:
    listed = list(pages_of(YAML(typ="safe").load(ROOT / "mkdocs.yml")["nav"]))
    there = {page.name for page in DOCS.glob("*.md")} | FROM_THE_TOP
    assert there - set(listed) == set(), "give each of these pages its line under nav in mkdocs.yml"
    assert set(listed) - there == set() and len(listed) == len(set(listed))


def test_commands_and_settings_are_as_written(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(DOCS / "reference.py"), str(tmp_path)], check=True, timeout=60)
    for page in ("commands.md", "settings.md"):
        assert (DOCS / page).read_text("utf-8") == (tmp_path / page).read_text("utf-8"), "run `make reference`"


def test_every_environment_variable_is_described() -> None:
    read = {
        name
        for file in (ROOT / "scr_llm").rglob("*.py")
        for name in re.findall(r"\bSCR_LLM_[A-Z_]+\b", file.read_text("utf-8"))
    }
    settings = (DOCS / "settings.md").read_text("utf-8")
    examples = {"SCR_LLM_PASSWORD"}  # of a name that a person chooses
    assert read > examples and [name for name in read - examples if f"`{name}`" not in settings] == []


def test_the_levels_of_the_map_are_those_that_are_enforced() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    drawn = re.search(r"## Rooms\n\n```text\n(.*?)```", (DOCS / "architecture.md").read_text("utf-8"), re.S)
    assert drawn
    assert [set(line.split()) for line in drawn[1].splitlines()] == [
        set(layer.split(" | ")) for layer in contracts[0]["layers"]
    ]


LIMITS: list[tuple[str, str, str]] = re.findall(
    r"^\| .+ \| (.+) \| \[[^]]+\]\(([\w-]+\.md)#?([\w-]*)\) \|$", (DOCS / "limits.md").read_text("utf-8"), re.M
)


@pytest.mark.parametrize("figure, page, part", LIMITS)
def test_a_limit_has_the_figures_of_the_page_that_it_names(figure: str, page: str, part: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    if part:
        heading = next(h for slug, h in slugs(text) if slug == part)
        level = len(heading) - len(heading.lstrip("#"))
        text = re.split(rf"^#{{1,{level}}} ", text.split(f"\n{heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    for number in re.findall(r"\d[\d,.]*\d|\d", figure):
        known = {number, number.removeprefix("0")}  # a kappa of 0.72 is also printed as .72
        assert any(re.search(rf"(?<![\d]){re.escape(k)}(?!\d)", text) for k in known), (
            f"{number} is not in {page}#{part}"
        )
