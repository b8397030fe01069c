"""Overruling what intake took a file for."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say

if TYPE_CHECKING:
    from scr_llm.records import Document

_NAME = click.option("--name", default="", help="Your name.")
_EFFECTS = {
    "pending": "will be coded by the next run: scr-llm run",
    "coded": "is coded and counts again. Draft the briefing: scr-llm brief",
}
"""Status of the document after the decision to what happens next."""


@cli.command()
@PROJECT
@click.argument("file")
@click.option(
    "--reason",
    required=True,
    help="Why, in your own words. It is kept in the record and in the briefing's note on method.",
)
@_NAME
def include(folder: Path, file: str, reason: str, name: str) -> int:
    """Code a FILE that intake left out. `exclude` is the reverse."""
    from scr_llm.workspace import Workspace

    return _say_effect(Workspace.open(folder).include(file, reason, name))


@cli.command()
@PROJECT
@click.argument("file")
@click.option("--reason", required=True, help="Why, in your own words. It is kept in the record and in the briefing.")
@_NAME
def exclude(folder: Path, file: str, reason: str, name: str) -> int:
    """Leave out a FILE that intake took for a review.

    Its coding and decisions are kept; `include` brings them back.
    """
    from scr_llm.workspace import Workspace

    return _say_effect(Workspace.open(folder).exclude(file, reason, name))


def _say_effect(document: "Document") -> int:
    left_out = "is left out. Draft the briefing without it: scr-llm brief"
    say(f"{document.file} {_EFFECTS.get(document.status, left_out)}")
    return 0
