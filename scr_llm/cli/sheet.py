"""Reviewing by spreadsheet: a sheet that goes out and comes back, or a Word list of open questions."""

from pathlib import Path

import click

from scr_llm.cli.base import FORCE, PROJECT, cli, say, write_out
from scr_llm.errors import UsageError
from scr_llm.text.words import count

_NAME = click.option("--name", required=True, help="Name of the reviewer.")
_ROLE = click.option("--role", required=True, help="Role of the reviewer.")
_BLIND = click.option("--blind", is_flag=True, help="For a second reviewer, who sees nobody else's answers.")


@cli.group()
def sheet() -> None:
    """Review by spreadsheet instead of the page.

    The open questions can also be listed in a Word file.
    """


@sheet.command("write")
@PROJECT
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@_NAME
@_ROLE
@_BLIND
@click.option("--open", "only_open", is_flag=True, help="Only what is still open.")
@click.option("--questions", is_flag=True, help="Write the open questions as a Word file instead.")
@FORCE
def sheet_write(
    folder: Path, out: Path, name: str, role: str, blind: bool, only_open: bool, questions: bool, force: bool
) -> int:
    """Write the review sheet OUT (.xlsx), or with --questions the list of open questions (.docx)."""
    from scr_llm.render import render
    from scr_llm.workspace import Workspace

    ending = ".docx" if questions else ".xlsx"
    if out.suffix != ending:
        raise UsageError(f"{out.name} does not end in {ending}.", next_step=f"Give a file name that ends in {ending}.")
    workspace = Workspace.open(folder)
    with workspace.review(name, role, blind=blind) as review:
        content = render(review.questions(), "docx") if questions else review.sheet(only_open=only_open)
    write_out(out, content, workspace.project, force=force)
    say("It contains passages of the reviews. Handle it as you would the reviews themselves.")
    return 0


@sheet.command("read")
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_NAME
@_ROLE
@_BLIND
@click.option("--yes", is_flag=True, help="Import the decisions without asking.")
def sheet_read(folder: Path, file: Path, name: str, role: str, blind: bool, yes: bool) -> int:
    """Import the decisions of a returned review sheet FILE.

    Shows what would change and asks first. Each row that cannot be imported is named.
    """
    from scr_llm.workspace import Workspace

    with Workspace.open(folder).review(name, role, blind=blind) as review:
        returned = review.read_sheet(file)
        for change in returned.changes:
            click.echo(f"row {change.row}: {change.summary}")
        if returned.changes and not yes:
            decisions, rest = count(len(returned.changes), "decision"), count(returned.blank, "row")
            say(f"{decisions} by {name}, {role}. {rest} without a decision will not change anything.")
            if not click.confirm("Import these decisions?", err=True):
                say("Nothing was imported.")
                return 1
        late = review.import_sheet(returned.changes)
    refused = [*returned.refused, *late]
    for row, why in refused:
        click.echo(f"row {row} refused: {why}")
    say(
        f"Imported: {len(returned.changes) - len(late)}. Refused: {len(refused)}. Without a decision: {returned.blank}."
    )
    return 1 if refused else 0
