"""Accounting for the work: information packs, and erasing a project."""

from pathlib import Path

import click

from scr_llm.cli.base import FORCE, PROJECT, cli, say, write_out
from scr_llm.errors import UsageError


@cli.command()
@PROJECT
@click.argument("kind", type=click.Choice(["foi", "atr", "dpia"]))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write (.docx, .html or .md). Default: outputs/KIND.docx.",
)
@FORCE
def pack(folder: Path, kind: str, out: Path | None, force: bool) -> int:
    """Write a pack from the log, without case text or names.

    KIND is foi (for a freedom of information request), atr (a draft transparency record) or dpia (a fact sheet).
    """
    from scr_llm.render import render
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    project = workspace.project
    path = out or project.outputs / f"{kind}.docx"
    if path.suffix not in (".docx", ".html", ".md"):
        raise UsageError(
            f"{path.name} does not end in .docx, .html or .md.",
            next_step="Give --out a file name with one of these endings.",
        )
    write_out(path, render(workspace.pack(kind), path.suffix[1:]), project, force=force)
    return 0


@cli.command()
@PROJECT
@click.option("--inbox", is_flag=True, help="Remove the PDFs of the inbox too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(folder: Path, inbox: bool, yes: bool) -> int:
    """Remove all case text and decisions of a project.

    Texts, quotes, decisions, caches, logs and papers are removed. A certificate of hashes, dates and counts stays.
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    project = workspace.project
    if not yes:
        pdfs = ", and its PDFs" if inbox else ""
        question = (
            f"This permanently removes everything that was read, coded, decided and written in {project.root}{pdfs}. "
            "Continue?"
        )
        click.confirm(question, abort=True, err=True)
    certificate, stays = workspace.erase(inbox=inbox)
    say(f"Erased. Certificate: {certificate}")
    say(
        f"Still in {project.root}: {', '.join(stays)}. "
        "Remove any other files that hold case text yourself, such as review sheets."
    )
    return 0
