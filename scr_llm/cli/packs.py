"""Papers about the work itself."""

from pathlib import Path

import click

from scr_llm.cli.base import FORCE, PROJECT, cli, write_out
from scr_llm.errors import UsageError


@cli.command()
@PROJECT
@click.argument("kind", type=click.Choice(["foi", "atr", "dpia"]))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write: .docx, .html or .md; outputs/KIND.docx if not given.",
)
@FORCE
def pack(folder: Path, kind: str, out: Path | None, force: bool) -> int:
    """A pack from the log, without case text or names: foi (a request for information), atr (a draft transparency record), dpia (a fact sheet)."""
    from scr_llm.packs import pack as make
    from scr_llm.project import load_project
    from scr_llm.render import printed

    project = load_project(folder)
    path = out or project.outputs / f"{kind}.docx"
    if path.suffix not in (".docx", ".html", ".md"):
        raise UsageError(
            f"{path.name} is no .docx, .html or .md file.",
            next_step="Give --out a file name with one of these endings.",
        )
    write_out(path, printed(make(project, kind), path.suffix[1:]), project, force=force)
    return 0
