"""Prompts: files with `$slots`, filled strictly and hashed."""

import hashlib
import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from string import Template

from scr_llm.errors import UsageError
from scr_llm.files import data_dir

OPEN, CLOSE = "<<<DOCUMENT", "DOCUMENT>>>"
"""The lines before and after document text in a prompt."""

_VERSION = re.compile(r"\A<!-- (\w+), version (\d+) -->\n")


def load(folder: Path) -> dict[str, str]:
    """Every `*.md` of the folder: name without suffix to text, without its version line.

    Raises UsageError if there is none, one is not UTF-8, or one does not begin with a line of name and version.
    """
    return {name: _VERSION.sub("", text).strip("\n") for name, text in _files(folder).items()}


@cache
def shipped(name: str) -> str:
    """A prompt of the program itself: what is said to any model about the form of its reply."""
    return load(data_dir() / "prompts")[name]


def versions(folder: Path, names: Container[str]) -> str:
    """Names and versions of some of a folder's prompts, as recorded with a coding: `case 2, judge 1`."""
    used = {name: text for name, text in _files(folder).items() if name in names}
    return ", ".join(f"{name} {_VERSION.match(text)[2]}" for name, text in used.items())  # type: ignore[index]


def _files(folder: Path) -> dict[str, str]:
    try:
        prompts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The prompts in {folder} cannot be read: {error}.") from error
    if not prompts:
        raise UsageError(f"There are no prompts (*.md) in {folder}.")
    for name, text in prompts.items():
        if not (found := _VERSION.match(text)) or found[1] != name:
            raise UsageError(
                f"The prompt {name}.md does not state its version.",
                next_step=f"Make its first line: <!-- {name}, version 1 -->",
            )
    return prompts


def fill(template: str, **slots: str) -> str:
    """The template with its slots filled. Values go in unchanged; a `$` in them has no meaning.

    Raises UsageError for a slot without a value, a value without a slot, and a lone `$` (write `$$`).
    """
    parsed = Template(template)
    if not parsed.is_valid():
        raise UsageError("A prompt has a lone $.", next_step="Write $$ for a dollar sign.")
    named = set(parsed.get_identifiers())
    if missing := sorted(named - set(slots)):
        raise UsageError(f"A prompt has unknown slots: {', '.join(missing)}.", next_step="Remove them.")
    if unused := sorted(set(slots) - named):
        raise UsageError(f"A prompt lacks the slots {', '.join(unused)}.", next_step="Add them.")
    return parsed.substitute(slots)


def inert(text: str) -> str:
    """Document text that cannot close a fence: three or more angle brackets become single quotes."""
    return re.sub(r">{3,}", lambda m: "›" * len(m[0]), re.sub(r"<{3,}", lambda m: "‹" * len(m[0]), text))


def fence(document: str) -> str:
    """Document text between delimiters that it cannot close."""
    return f"{OPEN}\n{inert(document)}\n{CLOSE}"


def sha256(prompts: Mapping[str, str]) -> str:
    """Hash over all names and texts, in any order."""
    digest = hashlib.sha256()
    for name in sorted(prompts):
        for part in (name, prompts[name]):
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
