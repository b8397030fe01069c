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
    from scr_llm.project import load_project
    from scr_llm.render import render
    from scr_llm.review.cells import Reviewer
    from scr_llm.review.questions import questions as questions_of
    from scr_llm.review.session import ReviewSession
    from scr_llm.review.spreadsheet import write as write_sheet
    from scr_llm.text.typed import typed

    ending = ".docx" if questions else ".xlsx"
    if out.suffix != ending:
        raise UsageError(f"{out.name} does not end in {ending}.", next_step=f"Give a file name that ends in {ending}.")
    project = load_project(folder)
    session, reviewer = ReviewSession(project), Reviewer(typed(name, "the name"), typed(role, "the role"), blind)
    if questions:
        content = render(questions_of(session, reviewer), "docx")
    else:
        content = write_sheet(session, reviewer, only_open=only_open)
    session.close()
    write_out(out, content, project, force=force)
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
    from scr_llm.project import load_project
    from scr_llm.review.cells import Reviewer
    from scr_llm.review.returned import import_decisions
    from scr_llm.review.returned import read as read_sheet
    from scr_llm.review.session import ReviewSession
    from scr_llm.review.sheet_file import LARGEST

    session, reviewer = ReviewSession(load_project(folder)), Reviewer(name, role, blind)
    if file.stat().st_size > LARGEST:
        raise UsageError(
            f"{file.name} is larger than {LARGEST // 1_000_000} MB.",
            next_step="Give the xlsx file that scr-llm sheet write made.",
        )
    returned = read_sheet(session, reviewer, file.read_bytes())
    for change in returned.changes:
        click.echo(f"row {change.row}: {change.summary}")
    if returned.changes and not yes:
        decisions, rest = count(len(returned.changes), "decision"), count(returned.blank, "row")
        say(f"{decisions} by {name}, {role}. {rest} without a decision will not change anything.")
        if not click.confirm("Import these decisions?", err=True):
            say("Nothing was imported.")
            return 1
    late = import_decisions(session, reviewer, returned.changes)
    refused = [*returned.refused, *late]
    session.close()
    for row, why in refused:
        click.echo(f"row {row} refused: {why}")
    say(
        f"Imported: {len(returned.changes) - len(late)}. Refused: {len(refused)}. Without a decision: {returned.blank}."
    )
    return 1 if refused else 0
