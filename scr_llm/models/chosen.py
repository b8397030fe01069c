"""Choosing the project's model: its place and its approval are written into project.toml, the rest of which stays."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from scr_llm.errors import UsageError
from scr_llm.files import read_file, write_atomically
from scr_llm.project import Project, load_project
from scr_llm.settings import LlmSettings

PLACE = ("base_url", "model", "file", "region", "approved_by")
"""The settings of [llm] that say which model it is and who approved sending text to it."""
_NAMES = {"base_url": "the address", "file": "the model file"}
_HEADER = re.compile(r"[ \t]*\[[ \t]*llm[ \t]*\][ \t]*(?:#.*)?")
_SECTION = re.compile(r"[ \t]*\[")


def choose_model(project: Project, chosen: Mapping[str, str]) -> Project:
    """Write which model the project uses. Returns the project with its new settings.

    Args:
        project: the project.
        chosen: values by the names of `PLACE`. What is missing or empty is removed; with none, no model is set.

    Raises:
        UsageError: a setting is wrong, or project.toml is written in a way that this cannot change.
        FileError: it cannot be written.
    """
    wanted = {name: chosen[name].strip() for name in PLACE if chosen.get(name, "").strip()}
    path = project.root / "project.toml"
    text = read_file(path).decode("utf-8-sig")
    before = tomllib.loads(text)
    _check(wanted)
    written = _with_model(text, wanted)
    expected = {k: v for k, v in before.get("llm", {}).items() if k not in PLACE} | wanted
    if not _says(written, before | {"llm": expected}):
        raise UsageError(
            f"{path.name} writes its [llm] in a way that the page cannot change.",
            next_step="Change it there, in a text editor.",
        )
    write_atomically(path, written.encode())
    try:
        return load_project(project.root)
    except UsageError:
        write_atomically(path, text.encode())
        raise


def _check(wanted: Mapping[str, str]) -> None:
    """Refuse a wrong setting before it reaches the file; raises UsageError."""
    try:
        LlmSettings.model_validate(wanted)
    except ValidationError as error:
        first = error.errors()[0]
        what = first["msg"].removeprefix("Value error, ")
        raise UsageError(
            f"{_NAMES.get(str(first['loc'][0]), 'the model')}: {what}.", next_step="Correct it."
        ) from error


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    """Whether a text is TOML and holds exactly these settings."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return {k: v for k, v in found.items() if v != {}} == {k: v for k, v in wanted.items() if v != {}}


def _with_model(text: str, wanted: Mapping[str, str]) -> str:
    """The text of project.toml with other settings of the model. Comments and other settings stay."""
    lines = [f"{name} = {_quoted(value)}\n" for name, value in wanted.items()]
    kept: list[str] = []
    within = found = False
    for line in text.splitlines(keepends=True):
        if _SECTION.match(line):
            within = _HEADER.fullmatch(line.rstrip("\r\n")) is not None
        elif within and re.match(rf"[ \t]*(?:{'|'.join(PLACE)})[ \t]*=", line):
            continue
        kept.append(line)
        if within and not found and _SECTION.match(line):
            found = True
            kept += lines
    if wanted and not found:
        kept += ["" if text.endswith("\n") else "\n", "\n[llm]\n", *lines]
    return "".join(kept)


def _quoted(text: str) -> str:
    """A value as TOML."""
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\' or ord(c) == 127 else c for c in text)
    return f'"{escaped}"'
