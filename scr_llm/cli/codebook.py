"""Merging and splitting codes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.text.words import in_words

if TYPE_CHECKING:
    from scr_llm.themes.merge_split import Effect

_NAME = click.option("--name", required=True, help="Who decides so.")
_YES = click.option("--yes", is_flag=True, help="Do not ask.")


@cli.group("codebook")
def group() -> None:
    """Merge or split codes; what it does to each case is shown before it is done."""


@group.command("merge")
@PROJECT
@click.argument("one")
@click.argument("other")
@click.option("--id", "new", required=True, help="Id of the merged code.")
@click.option("--label", required=True, help="Its label.")
@_NAME
@_YES
def merge_command(folder: Path, one: str, other: str, new: str, label: str, name: str, yes: bool) -> int:
    """Make the codes ONE and OTHER one code."""
    from scr_llm.project import load_project
    from scr_llm.themes import merge_split as recast

    project = load_project(folder)
    return _taken(
        recast.merge_effect(project, one, other, new), lambda: recast.merge(project, one, other, new, label, name), yes
    )


@group.command("split")
@PROJECT
@click.argument("code")
@_NAME
@_YES
def split_command(folder: Path, code: str, name: str, yes: bool) -> int:
    """Make each aspect of CODE a code of its own."""
    from scr_llm.project import load_project
    from scr_llm.themes import merge_split as recast

    project = load_project(folder)
    return _taken(recast.split_effect(project, code), lambda: recast.split(project, code, name), yes)


def _taken(effects: "list[Effect]", do: Callable[[], None], yes: bool) -> int:
    for e in effects:
        was, now = ("; ".join(f"{k} {in_words(v)}" for k, v in values.items()) for values in (e.before, e.after))
        click.echo(f"{e.label} ({e.file}): {was} -> {now}")
    for which in ("before", "after"):
        counts = {
            k: sum(getattr(e, which)[k] == "present" for e in effects) for e in effects[:1] for k in getattr(e, which)
        }
        click.echo(f"{which}: " + "; ".join(f"{k} present in {n} of {len(effects)}" for k, n in counts.items()))
    if not yes and not click.confirm(
        "Change the codebook so? The new cells are open until somebody decides them.", err=True
    ):
        say("Nothing was changed.")
        return 1
    do()
    say("The codebook is changed. Now: scr-llm run")
    return 0
