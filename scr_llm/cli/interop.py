"""Taking in what people coded in other programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.text.words import count

if TYPE_CHECKING:
    from scr_llm.review.qdpx_import import Found


@cli.command("import")
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="Name of the rater.")
@click.option("--role", required=True, help="Role of the rater.")
@click.option("--user", default="", help="Whose codings to take, where several people have coded in the file.")
@click.option(
    "--assisted",
    is_flag=True,
    help="Take them although the rater may have seen other codings: as ordinary decisions, which count.",
)
@click.option(
    "--complete",
    is_flag=True,
    help="The rater looked for every theme in every document that they coded in: what is not coded was not found.",
)
@click.option("--yes", is_flag=True, help="Import without asking.")
def import_codings(
    folder: Path, file: Path, name: str, role: str, user: str, assisted: bool, complete: bool, yes: bool
) -> int:
    """Import what a person coded in QualCoder, ATLAS.ti, MAXQDA or NVivo: FILE.qdpx.

    They become the decisions of a blind second reviewer, to be compared with the first. Every quote is looked up in the
    review again; what is not found there is listed and not taken.
    """
    from scr_llm.workspace import Workspace

    listed = 0

    def agree(found: "Found", lines: Sequence[str]) -> bool:
        nonlocal listed
        for line in lines:
            click.echo(line)
        listed = _list(found)
        if yes:
            return True
        say(f"{count(len(lines), 'decision')} by {name}, {role}, from the codings of {found.user}.")
        return click.confirm("Import these decisions?", err=True)

    found, done = Workspace.open(folder).import_codings(
        file, name, role, user=user, assisted=assisted, complete=complete, agree=agree
    )
    _list(found, after=listed)
    say(f"Imported: {len(found.decisions) if done else 0}. As before: {found.same}. Not taken: {len(found.not_taken)}.")
    if done and not assisted:
        say(f'To compare: scr-llm compare "person:{name}" coder')
    return 1 if found.not_taken or (found.decisions and not done) else 0


def _list(found: "Found", *, after: int = 0) -> int:
    """Print what is not taken, except for the first lines; returns how many lines there are."""
    for line in found.not_taken[after:]:
        click.echo(f"not taken: {line}")
    return len(found.not_taken)
