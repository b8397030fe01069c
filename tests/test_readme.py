"""What the README and docs tell people to type works."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from scr_llm.cli import cli
from scr_llm.cli.base import FORMER_NAMES

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", *(p.relative_to(ROOT).as_posix() for p in (ROOT / "docs").rglob("*.md")))


def slugs(text: str) -> list[tuple[str, str]]:
    """Each heading of a page, and its anchor on GitHub and in the site."""
    headings = [line for line in re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S).splitlines() if line[:1] == "#"]
    plain = [re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lstrip("#").strip().lower() for heading in headings]
    return [(re.sub(r"[^\w -]", "", words).replace(" ", "-"), h) for words, h in zip(plain, headings, strict=True)]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for call in re.findall(r"scr-llm ([a-z][^\n`|]*)", text):
        words = re.split(r"\s+", call.strip().rstrip(".,;:)"))
        command: click.Command = cli
        while words and isinstance(command, click.Group) and words[0] in command.commands:
            command = command.commands[words.pop(0)]
        if command is cli:
            assert words[0] in ("writes", "wrote", "is", "to", "opens"), f"{page}: scr-llm {call}"
            continue
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        for option in re.findall(r"(?<!\S)--[a-z-]+", re.split(r"\s{2,}", call)[0]):
            assert option in known, f"{page}: {call}"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_and_picture_is_there(page: str) -> None:
    for target, part in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", (ROOT / page).read_text("utf-8")):
        if "://" not in target:
            file = (ROOT / page).parent / target if target else ROOT / page
            assert file.exists(), f"{page}: {target}"
            assert not part or part in [slug for slug, _ in slugs(file.read_text("utf-8"))], f"{page}: {target}#{part}"


def test_every_command_has_its_line_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert not [name for name in cli.commands if f"scr-llm {name}" not in text]


@pytest.mark.parametrize("former", FORMER_NAMES)
def test_former_names_of_commands_work_and_are_not_listed(former: str) -> None:
    present = FORMER_NAMES[former]
    results = [CliRunner().invoke(cli, [name, "--help"]) for name in (former, present)]
    assert results[0].exit_code == 0 and results[0].output == results[1].output
    assert f"Usage: cli {present} " in results[0].output
    assert former not in cli.commands and present in cli.commands
    wrong = CliRunner().invoke(cli, [former, "--no-such-option"])
    assert wrong.exit_code == 2 and present in wrong.output


def test_each_command_answers_to_help() -> None:
    done = subprocess.run([sys.executable, "-m", "scr_llm", "--help"], capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in cli.commands)


@pytest.mark.parametrize("page", ("docs/architecture.md", "docs/extending.md", "CONTRIBUTING.md"))
def test_every_file_and_folder_of_the_code_that_is_named_is_there(page: str) -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", (ROOT / page).read_text("utf-8"))
    made = ("dist/", "build/")  # by `make release` and `make docs`
    assert (
        named
        and [
            n for n in named if not n.startswith(made) and not ((ROOT / n).exists() or (ROOT / "scr_llm" / n).exists())
        ]
        == []
    )
