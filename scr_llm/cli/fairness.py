"""Whether the proposals depend on words for sex, ethnicity, place or agency."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import JSON, PROJECT, asking, cli
from scr_llm.text.words import count, in_words

if TYPE_CHECKING:
    from scr_llm.records import Fairness
    from scr_llm.workspace import CoderName


@cli.command()
@PROJECT
@click.option(
    "--coder", type=click.Choice(["rules", "llm"]), default="rules", show_default=True, help="Which coder to check."
)
@JSON
@click.option("--yes", is_flag=True, help="Do not ask before sending text to an approved remote model.")
def fairness(folder: Path, coder: "CoderName", as_json: bool, yes: bool) -> int:
    """Mask words for ethnicity, sex, place and agency, code again, and list the cells that change.

    Each kind is masked on its own. Nothing is stored. With a model each review is coded five times.
    """
    from scr_llm.workspace import Workspace

    found = Workspace.open(folder).fairness(coder, consent=asking(yes=yes))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        _print(found)
    return 0


def _print(found: "Fairness") -> None:
    click.echo("| masked | words | cells | flips | no longer present | newly present |\n|---|---|---|---|---|---|")
    for k in found.kinds:
        click.echo(f"| {k.kind} | {k.words} | {k.cells} | {k.flips} | {k.lost} | {k.gained} |")
    for flip in found.flips:
        before, after = in_words(flip.before), in_words(flip.after)
        click.echo(f"\n{flip.kind} masked, {flip.label}, {flip.theme_label}: {before}, then {after}")
        for sentence in flip.sentences:
            click.echo(f"  page {sentence.page}: “{sentence.text}”")
            if sentence.masked != sentence.text:
                click.echo(f"    masked: “{sentence.masked}”")
    click.echo(f"\n{count(found.reviews, 'review')}. {found.meaning}")
