"""What is coded, for people and for other programs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import FORCE, JSON, PROJECT, cli, say, write_out
from scr_llm.text.words import in_words

if TYPE_CHECKING:
    from scr_llm.records import ExplainedCell, Explanation
    from scr_llm.workspace import Workspace


_WHOLE = ("qdpx",)
"""Formats that hold the reviews themselves."""
_HANDLE = "This holds the reviews themselves. Handle it as you would the originals."


class ExportFormat(click.ParamType[str]):
    """One of the formats of the registry, which is imported only when the command runs."""

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The format itself; fails where there is no such one."""
        from scr_llm.render import EXPORTS, FOLDERS

        if value not in (known := (*EXPORTS, *FOLDERS)):
            self.fail(f"{value!r} is not one of {', '.join(known)}.", param, ctx)
        return value


@cli.command()
@PROJECT
@click.option(
    "--format", "form", type=ExportFormat(), required=True, help="Format: json, csv, xlsx, qdpx, qdc, ris or pdf."
)
@click.option(
    "--out", default="-", show_default=True, help="File to write, or - for standard output; for pdf a folder."
)
@click.option(
    "--no-codings", is_flag=True, help="Of qdpx: without what is coded and decided, for a blind second reviewer."
)
@FORCE
def export(folder: Path, form: str, out: str, no_codings: bool, force: bool) -> int:
    """Export everything that is coded, for other programs.

    What the format cannot carry is written into a text file beside it. The format pdf is a folder of the reviews' PDFs
    with their quotes highlighted.
    """
    from scr_llm.render import FOLDERS
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    if form in FOLDERS:
        return _highlighted(workspace, out, force=force)
    content, rest = workspace.exported_with_rest(form, codings=not no_codings)
    if out == "-":
        sys.stdout.buffer.write(content)
        if rest:
            say(rest)
        return 0
    write_out(Path(out), content, workspace.project, force=force)
    if rest:
        write_out(Path(f"{out}.txt"), rest.encode(), workspace.project, force=force)
    if form in _WHOLE:
        say(_HANDLE)
    return 0


def _highlighted(workspace: "Workspace", out: str, *, force: bool) -> int:
    """Write the highlighted PDFs into a folder. Each that could not be made is named."""
    from scr_llm.errors import NothingDoneError, UsageError
    from scr_llm.files import make_folder

    if out == "-":
        raise UsageError("the format pdf is a folder of files.", next_step="Name the folder: --out FOLDER")
    written = missing = 0
    for copy in workspace.highlighted():
        if copy.content is not None:
            make_folder(Path(out))
            write_out(Path(out) / copy.name, copy.content, workspace.project, force=force)
            written += 1
        else:
            missing += 1
        if copy.remark:
            say(copy.remark)
    if not written:
        raise NothingDoneError("no highlighted file was written.", next_step="Code the reviews first: scr-llm run")
    say(_HANDLE)
    return 1 if missing else 0


@cli.command()
@PROJECT
@click.argument("theme")
@JSON
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page for printing to this file (.html, .docx or .md).",
)
@FORCE
def explain(folder: Path, theme: str, as_json: bool, out: Path | None, force: bool) -> int:
    """Show where a THEME's number comes from. THEME is its id, its label, or a part of one.

    Lists the reviews that are counted, their quotes and pages, who decided, and why the others are not counted.
    """
    from scr_llm.errors import UsageError
    from scr_llm.render import render
    from scr_llm.workspace import Workspace

    if out and out.suffix not in (".html", ".docx", ".md"):
        raise UsageError(
            f"{out.name} does not end in .html, .docx or .md.",
            next_step="Give --out a file name with one of these endings.",
        )
    workspace = Workspace.open(folder)
    explanation, paper = workspace.explain(theme)
    if out:
        write_out(out, render(paper, out.suffix[1:]), workspace.project, force=force)
    elif as_json:
        click.echo(explanation.model_dump_json(indent=2))
    else:
        _print_explanation(explanation)
    return 0


def _print_explanation(explanation: "Explanation") -> None:
    click.echo(
        f"{explanation.label}: {explanation.present} of {explanation.of} reviews; "
        f"{explanation.decided} of {explanation.of} cells decided by a person. "
        f"Codebook {explanation.codebook_version}.\n{explanation.definition}"
    )
    for counted, heading in ((True, "Counted:"), (False, "Not counted:")):
        click.echo(f"\n{heading}")
        for cell in explanation.cells:
            if cell.counted is counted:
                _print_cell(cell)
    for line in explanation.not_coded:
        click.echo(f"  Not included in the number: {line}")


def _print_cell(cell: "ExplainedCell") -> None:
    from scr_llm.text.flow import readable

    who = "Not yet decided by a person."
    if cell.decision:
        who = f"Decided by {cell.decision.author}, {cell.decision.role}, on {cell.decision.at[:10]}."
    click.echo(f"  {cell.label} ({cell.file}): {in_words(cell.value)}. {cell.why} {who}")
    for quote in cell.evidence:
        flags = f" [{', '.join(in_words(flag) for flag in quote.flags)}]" if quote.flags else ""
        click.echo(f"    page {quote.page}: “{readable(quote.quote)}”{flags}")
    if not cell.evidence:
        for quote in cell.nearest:
            click.echo(f"    nearest, page {quote.page}: “{readable(quote.quote)}”")
