"""Write docs/commands.md and docs/settings.md from the commands and the settings themselves: `make reference`.

With a folder, they are written there. A test checks that the pages in docs/ are up to date.
"""

import inspect
import json
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]
from scr_llm.cli import cli  # noqa: E402
from scr_llm.cli.base import FORMER_NAMES  # noqa: E402
from scr_llm.settings import Settings  # noqa: E402

MADE = "<!-- Written by `make reference`; do not edit. -->"
EXIT_CODES = """
Exit codes: 0 done; 1 done, but some documents were not coded (each is named), or refused, with the reasons; 2 wrong
use; 3 nothing could be done. What a program reads goes to standard output; progress and messages go to standard error.
"""
VARIABLES = {
    "SCR_LLM_BASE_URL": "replaces `[llm] base_url`; an address that is named here has no approval",
    "SCR_LLM_MODEL": "replaces `[llm] model`",
    "OPENAI_API_KEY": "the key of the model's endpoint, unless `[llm] api_key_env` names another variable",
    "RAY_ADDRESS": "replaces `[engine] address`; an address that is named here has no approval",
    "SCR_LLM_STORE_URL": "the PostgreSQL server on which `scr-llm init` puts the record of a new project",
    "SCR_LLM_TRACEBACK": "set to 1, an unexpected error also prints where in the program it happened",
    "HTTPS_PROXY, NO_PROXY": "a proxy on the way to a model; never used for a model on this computer",
    "SSL_CERT_FILE": "your own certificates, for a model's endpoint",
}
"""Environment variables and what they do."""


def row(*cells: str) -> str:
    """A row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def paragraphs(text: str) -> Iterator[str]:
    """A help text in lines of the docs' width."""
    for part in inspect.cleandoc(text).replace("\b\n", "").split("\n\n"):
        yield textwrap.fill(" ".join(part.split()), 120, break_on_hyphens=False, break_long_words=False)
        yield ""


def commands(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """The commands of a group, and those of the groups in it."""
    for name in sorted(group.commands):
        command = group.commands[name]
        inner = click.Context(command, info_name=name, parent=context)
        yield command, inner
        if isinstance(command, click.Group):
            yield from commands(command, inner)


def option_rows(command: click.Command, context: click.Context) -> Iterator[str]:
    """A row for each option."""
    for option in command.params:
        if not isinstance(option, click.Option):
            continue
        shown = option.get_help_record(context)
        if shown is None:
            continue
        names, meaning = shown
        if option.required and "required" not in meaning:
            meaning += " [required]"
        default = option.get_default(context)
        value = option.type.name != "boolean" and isinstance(default, int | float | str) and default != ""
        if value and "efault" not in meaning:
            meaning += f" Default: {default}."
        yield row(f"`{names}`", " ".join(meaning.split()))


def commands_page() -> str:
    """Every command, with every argument and option."""
    lines = ["# Commands", "", MADE, "", *paragraphs(cli.help or ""), *paragraphs(EXIT_CODES)]
    former = ", ".join(f"`{old}` (now `{new}`)" for old, new in sorted(FORMER_NAMES.items()))
    lines += [*paragraphs(f"Each command explains itself with `--help`. Earlier names still work: {former}.")]
    for command, context in commands(cli, click.Context(cli, info_name="scr-llm")):
        lines += [f"## {context.command_path}", ""]
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        lines += [f"`{usage}`", "", *paragraphs(command.help or "")]
        if rows := list(option_rows(command, context)):
            lines += [row("option", "meaning"), "|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def in_words(field: dict[str, Any], records: dict[str, Any]) -> str:
    """What a setting takes, in words."""
    if "anyOf" in field:
        return next(in_words(one | field, records) for one in field.pop("anyOf") if one.get("type") != "null")
    if "enum" in field:
        return "one of " + ", ".join(f"`{json.dumps(value)}`" for value in field["enum"])
    kind = field.get("type", "object")
    if kind == "array":
        return f"list of {in_words(field['items'], records)}"
    if kind == "object":
        inside = field.get("additionalProperties", {})
        name = inside.get("$ref", "").rpartition("/")[2]
        if name:
            return "table: name to " + ", ".join(f"`{key}` (a number)" for key in records[name]["properties"])
        return f"table: name to {in_words(inside, records)}"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}[kind]
    low, above, high = (field.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    bounds = [f"above {above:g}" if above is not None else "", f"from {low:,}" if low is not None else ""]
    return ", ".join(
        [words, " ".join(b for b in (*bounds, f"to {high:,.0f}" if high is not None else "") if b)]
    ).rstrip(", ")


def setting_rows(record: dict[str, Any], records: dict[str, Any]) -> Iterator[str]:
    """A row for each setting of a part of project.toml; its parts are not among them."""
    for name, field in record["properties"].items():
        if "$ref" in field and "enum" not in records[field["$ref"].rpartition("/")[2]]:
            continue
        default = "required" if name in record.get("required", ()) else "none"
        if field.get("default") is not None:
            default = f"`{json.dumps(field['default'], ensure_ascii=False)}`"
        yield row(f"`{name}`", in_words(dict(field), records), default, " ".join(field.get("description", "").split()))


def settings_page() -> str:
    """Every setting of project.toml, and the environment variables."""
    whole = Settings.model_json_schema()
    records = whole["$defs"]
    head = (row("setting", "takes", "default", "meaning"), "|---|---|---|---|")
    lines = ["# Settings", "", MADE, ""]
    lines += paragraphs(
        "What can be set in `project.toml`, in the project folder. What is not there has its default. A mistake is "
        "named with its line."
    )
    lines += ["## At the top", "", *head, *setting_rows(whole, records), ""]
    for name, field in whole["properties"].items():
        record = records.get(field.get("$ref", "").rpartition("/")[2], {})
        if "properties" in record:
            meaning = " ".join(record["description"].split()).partition(": ")[2]
            lines += [
                f"## [{name}]",
                "",
                meaning[:1].upper() + meaning[1:],
                "",
                *head,
                *setting_rows(record, records),
                "",
            ]
    lines += ["## Environment variables", "", row("variable", "meaning"), "|---|---|"]
    lines += [row(", ".join(f"`{v}`" for v in names.split(", ")), meaning) for names, meaning in VARIABLES.items()]
    return "\n".join(lines) + "\n"


PAGES = {"commands.md": commands_page, "settings.md": settings_page}
"""File in docs/ to what writes it."""


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    for file, page in PAGES.items():
        (folder / file).write_text(page(), "utf-8")
