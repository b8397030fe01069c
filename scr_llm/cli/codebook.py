"""Changing the codebook: new themes from what no theme matches, and merging and splitting codes."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.text.words import count, in_words

if TYPE_CHECKING:
    from scr_llm.themes.candidates import Candidate
    from scr_llm.themes.merge_split import Effect
    from scr_llm.themes.qdc_import import NewThemes

_NAME = click.option("--name", required=True, help="Your name.")
_REASON = click.option("--reason", default="", help="Why. It is kept in the project's record.")
_YES = click.option("--yes", is_flag=True, help="Do not ask.")


@cli.command("suggest-themes")
@PROJECT
@click.option(
    "--adopt",
    type=int,
    metavar="NUMBER",
    help="Add this candidate to the codebook. The next run codes it in every review.",
)
@click.option("--id", "code", default="", help="Id of the new code.")
@click.option("--label", default="", help="Label of the new code.")
@click.option("--definition", default="", help="What the new code means, in one sentence.")
@click.option("--name", default="", help="Your name.")
@_REASON
def suggest_themes(
    folder: Path, adopt: int | None, code: str, label: str, definition: str, name: str, reason: str
) -> int:
    """Suggest themes from findings that match none.

    Similar findings are grouped into candidate themes. Then come findings close to an existing theme, and those that
    tell nothing a theme could be made of. Oddities of the codebook are listed too.
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    project = workspace.project
    if adopt is not None:
        workspace.adopt_theme(adopt, code, label=label, definition=definition, name=name, reason=reason)
        say(
            f"Added {code} to {project.codebook_path}. Read its wordings there, "
            f"then: scr-llm run --project {project.root}"
        )
        return 0
    found = workspace.suggest_themes()
    click.echo(f"{found.unmatched} of {found.findings} findings match no theme.")
    for number, candidate in enumerate(found.groups, 1):
        _print_candidate(number, candidate)
    if found.silent:
        click.echo("\nTell nothing that a theme could be made of:")
        for passage, why in found.silent:
            click.echo(f"   {passage.label}, page {passage.page} ({why}): {passage.text}")
    for line in workspace.codebook_faults():
        say(f"codebook: {line}")
    return 0


def _print_candidate(number: int, candidate: "Candidate") -> None:
    size = f"{count(len(candidate.passages), 'finding')} in {count(candidate.reviews, 'review')}"
    name = f"Close to an existing theme: {candidate.name}" if candidate.near else candidate.name
    click.echo(f"\n{number}. {name} ({size})")
    if candidate.nearest:
        click.echo(f"   The nearest theme is: {candidate.nearest}.")
    if len(candidate.passages) > 1 and candidate.words:
        click.echo(f"   They share: {', '.join(candidate.words)}.")
    for passage in candidate.passages:
        click.echo(f"   {passage.label}, page {passage.page}: {passage.text}")


@cli.group("codebook")
def group() -> None:
    """Merge or split codes, showing the effect on each review first; or add those of another program."""


@group.command("merge")
@PROJECT
@click.argument("one")
@click.argument("other")
@click.option("--id", "new", required=True, help="Id of the merged code.")
@click.option("--label", required=True, help="Label of the merged code.")
@_NAME
@_REASON
@_YES
def merge_command(folder: Path, one: str, other: str, new: str, label: str, name: str, reason: str, yes: bool) -> int:
    """Merge the codes ONE and OTHER."""
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    effects = workspace.merge_effect(one, other, new)
    change = partial(workspace.merge_codes, one, other, new, label=label, name=name, reason=reason)
    return _confirm_and_change(effects, change, yes=yes)


@group.command("split")
@PROJECT
@click.argument("code")
@_NAME
@_REASON
@_YES
def split_command(folder: Path, code: str, name: str, reason: str, yes: bool) -> int:
    """Split CODE: each of its aspects becomes a code."""
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    return _confirm_and_change(
        workspace.split_effect(code), partial(workspace.split_code, code, name=name, reason=reason), yes=yes
    )


@group.command("import")
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--polarity",
    type=click.Choice(["feature", "shortcoming"]),
    help="Of the new themes: present where it is reported (feature), or only where it is criticised (shortcoming).",
)
@_NAME
@_REASON
@_YES
def import_command(
    folder: Path, file: Path, polarity: "Literal['feature', 'shortcoming'] | None", name: str, reason: str, yes: bool
) -> int:
    """Add the codes of FILE.qdc, from another program, that the codebook does not have.

    What the file does not say, such as the wordings, is listed and marked in the codebook, to be completed by a person.
    """
    from scr_llm.workspace import Workspace

    def agree(found: "NewThemes") -> bool:
        for code in found.codes:
            aspects = count(len(code.get("sub_codes", ())), "aspect")
            click.echo(f"new: {code['label']} ({code['id']}), {aspects}: {code['definition']}")
        return yes or click.confirm("Add these themes to the codebook?", err=True)

    workspace = Workspace.open(folder)
    found, done = workspace.import_codebook(
        file, name=name, reason=reason or f"Imported from {file.name}.", polarity=polarity, agree=agree
    )
    for line in found.left:
        click.echo(f"not taken: {line}")
    say(f"Added: {len(found.codes) if done else 0}. Already in the codebook: {len(found.known)}.")
    if done:
        say(f"Complete these in {workspace.project.codebook_path}, then: scr-llm run")
        for line in found.to_complete:
            say(f"  {line}")
    return 1 if found.left or (found.codes and not done) else 0


def _confirm_and_change(effects: "list[Effect]", change: Callable[[], None], *, yes: bool) -> int:
    for effect in effects:
        click.echo(f"{effect.label} ({effect.file}): {_values(effect.before)} -> {_values(effect.after)}")
    for which in ("before", "after"):
        click.echo(f"{which}: {_totals(effects, which)}")
    question = "Change the codebook? The new cells stay open until somebody decides them."
    if not yes and not click.confirm(question, err=True):
        say("Nothing was changed.")
        return 1
    change()
    say("The codebook was changed. Next: scr-llm run")
    return 0


def _values(values: Mapping[str, str]) -> str:
    return "; ".join(f"{code} {in_words(value)}" for code, value in values.items())


def _totals(effects: "list[Effect]", which: str) -> str:
    """In how many reviews each code is present, before or after the change."""
    codes = getattr(effects[0], which) if effects else ()
    totals = {code: sum(getattr(effect, which)[code] == "present" for effect in effects) for code in codes}
    return "; ".join(f"{code} present in {number} of {len(effects)}" for code, number in totals.items())
