"""What is coded, for people and for other programs."""

import sys
from pathlib import Path

import click

from scr_llm.cli.base import FORCE, PROJECT, cli, say, write_out
from scr_llm.text.words import in_words


@cli.command()
@PROJECT
@click.option("--format", "form", type=click.Choice(["json", "csv", "xlsx"]), required=True, help="Format.")
@click.option("--out", default="-", show_default=True, help="File to write, or - for standard output.")
@FORCE
def export(folder: Path, form: str, out: str, force: bool) -> int:
    """Give out everything that is coded, for other programs."""
    from scr_llm.render import render, table_csv
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    if form == "xlsx":
        briefing, reviews = workspace.briefing()
        items = [(row, review.coding) for row, review in zip(briefing.cases, reviews, strict=True)]
        content = render(briefing, "xlsx", items=items)
    else:
        exported = workspace.export()
        content = (exported.model_dump_json(indent=2) + "\n").encode() if form == "json" else table_csv(exported)
    if out == "-":
        sys.stdout.buffer.write(content)
    else:
        write_out(Path(out), content, workspace.project, force=force)
    return 0


@cli.command()
@PROJECT
@click.argument("theme")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page to print: a file that ends in .html, .docx or .md.",
)
@FORCE
def explain(folder: Path, theme: str, as_json: bool, out: Path | None, force: bool) -> int:
    """Say where a THEME's number comes from: cases, quotes, pages, who decided, and why not the others."""
    from scr_llm.errors import UsageError
    from scr_llm.render import printed
    from scr_llm.text.flow import readable
    from scr_llm.workspace import Workspace

    if out and out.suffix not in (".html", ".docx", ".md"):
        raise UsageError(
            f"{out.name} is no .html, .docx or .md file.", next_step="Give --out a file name with one of these endings."
        )
    workspace = Workspace.open(folder)
    told, paper = workspace.explain(theme)
    if out:
        write_out(out, printed(paper, out.suffix[1:]), workspace.project, force=force)
        return 0
    if as_json:
        click.echo(told.model_dump_json(indent=2))
        return 0
    click.echo(
        f"{told.label}: {told.present} of {told.of} reviews; {told.decided} of {told.of} cells decided by a person. Codebook {told.codebook_version}.\n{told.definition}"
    )
    for counted, heading in ((True, "Counted:"), (False, "Not counted:")):
        click.echo(f"\n{heading}")
        for cell in (c for c in told.cells if c.counted is counted):
            who = (
                f" Decided by {cell.decision.author}, {cell.decision.role}, on {cell.decision.at[:10]}."
                if cell.decision
                else " Not yet decided by a person."
            )
            click.echo(f"  {cell.label} ({cell.file}): {in_words(cell.value)}. {cell.why}{who}")
            for e in cell.evidence:
                flags = f" [{', '.join(e.flags)}]" if e.flags else ""
                click.echo(f"    page {e.page}: “{readable(e.quote)}”{flags}")
            for e in () if cell.evidence else cell.nearest:
                click.echo(f"    nearest, page {e.page}: “{readable(e.quote)}”")
    for line in told.not_coded:
        click.echo(f"  Not in the number: {line}")
    return 0


@cli.command()
@PROJECT
@click.option(
    "--adopt",
    type=int,
    metavar="NUMBER",
    help="Enter this candidate into the codebook; the next run codes it in every review.",
)
@click.option("--id", "code", default="", help="Id of the new code.")
@click.option("--label", default="", help="Its label.")
@click.option("--definition", default="", help="What it means, in a sentence.")
@click.option("--name", default="", help="Who adopts it.")
def emerging(folder: Path, adopt: int | None, code: str, label: str, definition: str, name: str) -> int:
    """Findings that no code covers, grouped as candidate codes; and what is odd about the codes that there are."""
    from scr_llm.codebook import load_codebook
    from scr_llm.errors import UsageError
    from scr_llm.project import load_project
    from scr_llm.themes import candidates as themes

    project = load_project(folder)
    found, total = themes.candidates(project)
    if adopt is not None:
        if not 1 <= adopt <= len(found):
            raise UsageError(f"there is no candidate {adopt}.", next_step="See them: scr-llm emerging")
        themes.adopt(project, found[adopt - 1], code, label, definition, name)
        say(
            f"{code} is in {project.codebook_path}. Read its wordings there, then: scr-llm run --project {project.root}"
        )
        return 0
    click.echo(f"{sum(len(c.passages) for c in found)} of {total} findings are covered by no code.")
    for number, candidate in enumerate(found, 1):
        click.echo(
            f"\n{number}. {', '.join(candidate.words) or 'nothing shared'} ({len(candidate.passages)} findings in {candidate.reviews} reviews)"
        )
        for passage in candidate.passages:
            click.echo(f"   {passage.label}, page {passage.page}: {passage.text}")
    for line in themes.faults(load_codebook(project.codebook_path)):
        say(f"codebook: {line}")
    return 0
