"""The draft briefing, written again."""

from pathlib import Path

import click

from scr_llm.cli.base import PROJECT, asking, cli, say


@cli.command()
@PROJECT
@click.option("--format", "formats", default="docx,html,md,xlsx", show_default=True, help="Comma-separated formats.")
@click.option(
    "--signed",
    type=int,
    help="Write a signed briefing instead, by its number: the files that were signed, byte for byte.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="WHAT=VALUE",
    help="A subset of the reviews: authority, batch, context, age (band) or taken-in (day). May be repeated.",
)
@click.option(
    "--prose",
    is_flag=True,
    help="Let the model of project.toml draft a linking sentence for each headline theme. "
    "Each sentence is checked against the figures and marked.",
)
@click.option(
    "--summaries",
    is_flag=True,
    help="Let the model of project.toml draft a summary of five sentences for each case sheet. "
    "Each sentence is checked against the passages that it rests on, and marked.",
)
@click.option("--yes", is_flag=True, help="Do not ask before sending facts and quotes to an approved remote model.")
def brief(
    folder: Path, formats: str, signed: int | None, only: tuple[str, ...], prose: bool, summaries: bool, yes: bool
) -> int:
    """Write the draft briefing again.

    It is made from the present codings and decisions.
    """
    from scr_llm.reports.draft_words import written_in_words
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    if signed is not None:
        for path in workspace.write_signed(signed):
            say(f"Written: {path}")
        return 0
    pairs = (part.partition("=") for part in only)
    wanted = [part.strip() for part in formats.split(",") if part.strip()]
    subset = {what: value for what, _, value in pairs}
    draft = workspace.brief(wanted, only=subset, prose=prose, summaries=summaries, consent=asking(yes=yes))
    for line in written_in_words(draft):
        say(line)
    if draft.state.is_signed and not draft.paths:
        say(draft.state.closing(0, 0) + " Nothing was written.")
    return 0
