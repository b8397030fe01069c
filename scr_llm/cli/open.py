"""The workbench: the whole work on one page in the browser."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import cli, say
from scr_llm.cli.serving import NO_BROWSER, PORT, serve_page
from scr_llm.errors import ScrError, UsageError

if TYPE_CHECKING:
    from scr_llm.workspace import Workspace


@cli.command("open")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path), default=Path())
@PORT
@NO_BROWSER
@click.option("--name", help="Your name; the page asks for it if it is not given.")
@click.option("--role", help="Your role; the page asks for it if it is not given.")
@click.option("--new", is_flag=True, help="Make a project in DIR without asking, if there is none.")
def open_(folder: Path, port: int, no_browser: bool, name: str | None, role: str | None, new: bool) -> int:
    """Do the whole work on a page in your browser: add files, read, decide, sign, send.

    DIR is the project folder, by default the current folder. The page is served on this computer only and loads
    nothing from the internet. A project folder also has a file “Open the workbench” for a double click.
    """
    from scr_llm.review.cells import Reviewer
    from scr_llm.text.typed import typed

    if bool(name) != bool(role):
        raise UsageError(
            "a name needs a role, and a role a name.", next_step="Give both --name and --role, or neither."
        )
    reviewer = Reviewer(typed(name, "the name"), typed(role, "the role")) if name and role else None
    workspace = _workspace(folder, new=new)
    return serve_page(workspace.project, reviewer, port=port, no_browser=no_browser, what="Workbench", first="/")


def _workspace(folder: Path, *, new: bool) -> "Workspace":
    """The project in a folder. Where there is none it is made: after a question, or unasked where nothing is there."""
    from scr_llm.workspace import Workspace

    if (folder / "project.toml").exists():
        workspace = Workspace.open(folder)
        try:
            workspace.launchers()
        except ScrError as error:  # it can be opened all the same
            say(f"scr-llm: the files for a double click were not written: {error}")
        return workspace
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", next_step="Name a folder.")
    where = folder.resolve()
    holds_something = folder.is_dir() and any(folder.iterdir())
    if sys.stdin.isatty() and not new:
        click.confirm(f"There is no project in {where} yet. Make one?", default=True, abort=True, err=True)
    elif holds_something and not new:
        raise UsageError(
            f"{where} holds other files and no project.", next_step="To make a project there all the same: --new"
        )
    workspace = Workspace.create(folder)
    say(f"Made a project in {where}.")
    return workspace
