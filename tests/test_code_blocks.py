"""Every code block of the README and the docs works: commands parse, settings load, Python runs.

A block without a language holds settings if it parses as TOML, and commands if not. A command line that no check here
knows fails the test, so that nothing is published unchecked.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

from scr_llm.cli import cli
from scr_llm.cli.show import ExportFormat
from scr_llm.project import init_project, load_project
from scr_llm.web.team.people import People
from scr_llm.web.team.settings import read_settings

ROOT = Path(__file__).parent.parent
PAGES = (
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")),
    *sorted((ROOT / "docs").rglob("*.md")),
)
SHELLS = ("sh", "bash", "console", "powershell", "bat")
NO_CODE = ("text", "mermaid")
"""The marks of a block that is not to be run: text, and a diagram that the hosting page draws."""


@dataclass(frozen=True)
class Block:
    """A fenced code block of a page."""

    page: str
    line: int
    """Of its opening fence."""
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def is_toml(text: str) -> bool:
    try:
        return bool(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return False


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in re.finditer(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```$", text, re.M | re.S):
            language = found[2] or ("toml" if is_toml(found[3]) else "sh")
            line = text.count("\n", 0, found.start()) + 1
            yield Block(page.relative_to(ROOT).as_posix(), line, language, found[3])


BLOCKS = tuple(blocks())
COMMANDS = [
    pytest.param(line.strip().removeprefix("$ "), id=f"{block}: {line.strip()[:60]}")
    for block in BLOCKS
    if block.language in SHELLS
    for line in block.text.replace("\\\n", " ").splitlines()
    if line.strip() and not line.strip().startswith("#")
]


def test_every_block_is_of_a_language_that_is_checked() -> None:
    assert len(BLOCKS) > 10 and len(COMMANDS) > 10
    assert not [b for b in BLOCKS if b.language not in (*SHELLS, *NO_CODE, "toml", "yaml", "python")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_block_of_a_page_is_overlooked(page: Path) -> None:
    kinds = [token.type for token in MarkdownIt().parse(page.read_text("utf-8"))]
    assert kinds.count("fence") == len([b for b in BLOCKS if b.page == page.relative_to(ROOT).as_posix()])
    assert "code_block" not in kinds, "a block by indentation alone: put it between fences, so that it is checked"


def parsed(arguments: list[str]) -> click.Command:
    """The command that arguments of `scr-llm` name, once its options and arguments were found to be right.

    Nothing is run, and files need not exist.
    """
    command: click.Command = cli
    context = click.Context(cli, info_name="scr-llm")
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name, found, arguments = command.resolve_command(context, arguments)
        assert found
        command, context = found, click.Context(found, info_name=name, parent=context)
    given, rest, _ = command.make_parser(context).parse_args(list(arguments))
    assert not rest, f"more arguments than it takes: {rest}"
    for parameter in command.params:
        value = given.get(parameter.name or "")
        assert not parameter.required or not (value is None or parameter.value_is_missing(value)), parameter.name
        if isinstance(parameter.type, click.Choice | ExportFormat) and isinstance(value, str) and value.isalpha():
            parameter.type.convert(value, parameter, context)
    return command


def our_command(words: list[str]) -> None:
    parsed(words)


def make_target(words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert all(word in targets or "=" in word for word in words)


def python_command(words: list[str]) -> None:
    """A script of the repository, or a module that is there."""
    if words[0] == "-m":
        assert words[1] in ("venv", "pip", "pytest", "scr_llm"), words
    else:
        assert (ROOT / words[0]).is_file(), words
    pip_command(words[2:]) if words[:2] == ["-m", "pip"] else None


def pip_command(words: list[str]) -> None:
    """An installation with extras that pyproject.toml has."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert words[0] == "install"
    for word in words[1:]:
        if found := re.fullmatch(r"(?:\.|scr-llm)\[([\w,]+)\]", word):
            assert set(found[1].split(",")) <= set(extras), word


def container_command(words: list[str]) -> None:
    """Compose on services of deploy/compose.yaml; what is run in the server's is a command of ours."""
    assert words[:2] in (["compose", "build"], ["compose", "run"], ["compose", "exec"]), words
    service = next((word for word in words[2:] if not word.startswith("-")), None)
    if service is None:
        return
    assert service in YAML(typ="safe").load((ROOT / "deploy/compose.yaml").read_text("utf-8"))["services"], service
    inside = words[words.index(service) + 1 :]
    if service == "reviews":
        parsed(inside if words[1] == "run" else inside[1:])


def system_command(_words: list[str]) -> None:
    """A command of the system, whose words are its own."""


CHECKS: dict[str, Callable[[list[str]], None]] = {
    **dict.fromkeys(("install", "echo", "printf", "chmod", "chown", "openssl", "htpasswd"), system_command),
    "docker": container_command,
    "scr-llm": our_command,
    "make": make_target,
    "python": python_command,
    "py": python_command,
    "pip": pip_command,
}


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_parses(line: str) -> None:
    for part in re.split(r" && ", line):
        words = shlex.split(part.replace("\\", "/"), comments=True)  # Windows writes .venv\Scripts\scr-llm
        program = words[0].rpartition("/")[2]
        assert program in CHECKS, f"nothing checks {program}"
        CHECKS[program](words[1:])


@pytest.mark.parametrize(
    "wrong",
    ["no-such-command", "run --no-such-option", "explain", "status more", "export --format odt", "sheet read --name A"],
)
def test_a_wrong_command_is_seen(wrong: str) -> None:
    with pytest.raises((AssertionError, click.UsageError)):
        parsed(wrong.split())


def load(block: Block, tmp_path: Path) -> object:
    """The settings in a block: of a project, of a server, or of the people of a project."""
    project, kind = init_project(tmp_path / "p"), tomllib.loads(block.text)
    if "people" in kind or "projects" in kind:  # of a shared server
        file = project.root / ("people.toml" if "people" in kind else "serve.toml")
        file.write_text(block.text, "utf-8")
        return People(project) if "people" in kind else read_settings(file)
    (project.root / "model.gguf").write_bytes(b"GGUF")
    (project.root / "project.toml").write_text(f'name = "Reviews"\n{block.text}', "utf-8")
    return load_project(project.root)


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "toml"], ids=str)
def test_settings_load(block: Block, tmp_path: Path) -> None:
    assert load(block, tmp_path)


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language == "yaml"], ids=str)
def test_yaml_parses(block: Block) -> None:
    assert YAML(typ="safe").load(block.text)


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted({b.page for b in BLOCKS if b.language == "python"}))
def test_python_runs(page: str, tmp_path: Path) -> None:
    """The blocks of a page as one script, beside a project `my-reviews` with one review in its inbox."""
    project = init_project(tmp_path / "my-reviews")
    shutil.copy(ROOT / "fixtures/batch-1/corriford-child-1.pdf", project.inbox)
    script = tmp_path / "example.py"
    script.write_text("\n".join(b.text for b in BLOCKS if b.page == page and b.language == "python"), "utf-8")
    done = subprocess.run(
        [sys.executable, script.name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
