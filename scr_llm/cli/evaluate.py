"""Measuring codings against gold codings, other raters and a person's decisions; and quotes against a text."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import FORCE, JSON, PROJECT, asking, cli, say, write_out
from scr_llm.errors import UsageError
from scr_llm.text.words import count

if TYPE_CHECKING:
    from scr_llm.records import Agreement, Raters
    from scr_llm.workspace import CoderName, Workspace


@cli.command()
@PROJECT
@click.option(
    "--gold",
    "gold_dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder of gold codings (JSON).",
)
@click.option(
    "--coder",
    type=click.Choice(["rules", "llm"]),
    help="Code the stored readings again with this coder. Stores nothing.",
)
@JSON
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Also write a page (HTML).")
@click.option("--yes", is_flag=True, help="Do not ask before sending text to an approved remote model.")
@FORCE
def evaluate(
    folder: Path, gold_dir: Path, coder: "CoderName | None", as_json: bool, page: Path | None, yes: bool, force: bool
) -> int:
    """Compare the codings with gold codings.

    Gives precision, recall and F1 for each theme, for findings, recommendations, quotes and facts.
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    project, labels = workspace.project, _labels(workspace)
    agreement = workspace.evaluate(gold_dir, coder, consent=asking(yes=yes))
    if as_json:
        click.echo(agreement.model_dump_json(indent=2))
    else:
        _print_agreement(agreement, labels)
        for line in agreement.wrong:
            say(line)
    if page:
        from scr_llm.render.html import agreement_page

        write_out(page, agreement_page(agreement, labels, project.settings.name), project, force=force)
    for file in agreement.not_coded:
        say(f"{file} has a gold coding but is not coded in this project.")
    return 1 if agreement.not_coded else 0


def _labels(workspace: "Workspace") -> dict[str, str]:
    """Id of each code to its label."""
    return {code.id: code.label for code in workspace.codebook().codes}


def _print_agreement(agreement: "Agreement", labels: dict[str, str]) -> None:
    scores = [
        *((labels.get(theme, theme), score) for theme, score in agreement.themes.items()),
        ("all themes", agreement.all_themes),
        ("ruled out", agreement.absences),
        ("findings", agreement.findings),
        ("recommendations", agreement.recommendations),
        ("items on the right page", agreement.right_page),
        ("cells with a quote on a marked passage", agreement.quotes_on_gold),
        *((f"fact: {name.replace('_', ' ')}", score) for name, score in agreement.facts.items()),
    ]
    click.echo("| what | in gold | found | right | recall | precision | F1 |\n|---|---|---|---|---|---|---|")
    for name, s in scores:
        figures = " | ".join(_figure(getattr(s, f), getattr(s, f"{f}_interval")) for f in ("recall", "precision", "f1"))
        click.echo(f"| {name} | {s.gold} | {s.found} | {s.both} | {figures} |")
    click.echo(f"\nGold and coder as two raters: {_raters(agreement.raters)}")
    thirds = "; ".join(
        f"{name} third {t.both} of {t.gold}"
        for name, t in zip(("first", "middle", "last"), agreement.thirds, strict=True)
    )
    click.echo(f"Marked passages touched by a quote, by third of the document: {thirds}.")
    if agreement.confused:
        pairs = "; ".join(
            f"{labels.get(c.found, c.found)} where gold has {labels.get(c.gold, c.gold)} ({c.times})"
            for c in agreement.confused
        )
        click.echo(f"Most often confused, on the same passage: {pairs}.")
    if agreement.tokens:
        click.echo(f"Model tokens used for these documents: {agreement.tokens:,}.")


def _figure(value: float | None, interval: tuple[float, float] | None = None) -> str:
    if value is None:
        return "none"
    return f"{value:.2f}" + (f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def _raters(r: "Raters") -> str:
    """The agreement of two raters in words, raw agreement first."""
    if r.note:
        return r.note
    text = (
        f"agreed on {r.agreed} of {r.cells} cells ({_figure(r.raw)}); kappa {_figure(r.kappa, r.kappa_interval)}, "
        f"AC1 {_figure(r.ac1)}, Krippendorff's alpha {_figure(r.alpha)}. "
        f"Prevalence {_figure(r.prevalence)} (when near 1, kappa is low whatever the raters do), "
        f"bias {_figure(r.bias)} (how much more often one rater says yes)."
    )
    if r.cells_for_substantial:
        text += (
            f" For the lower bound of kappa to reach .60, at least {r.cells_for_substantial} cells must be coded twice."
        )
    return text


@cli.command()
@PROJECT
@click.argument("first")
@click.argument("second")
@click.option(
    "--assisted",
    is_flag=True,
    help="Include decisions made with the coder's suggestion in view. The result is labelled as assisted.",
)
@JSON
def compare(folder: Path, first: str, second: str, assisted: bool, as_json: bool) -> int:
    """Compare two raters.

    Each is coder, rules, person:NAME, or a file or folder of codings (for example an export made with the previous
    codebook).
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    together, themes = workspace.compare(first, second, assisted=assisted)
    if as_json:
        by_theme = {theme: raters.model_dump() for theme, raters in themes.items()}
        click.echo(json.dumps({"assisted": assisted, "all": together.model_dump(), "themes": by_theme}, indent=2))
        return 0
    marking = " (ASSISTED: made with the coder’s suggestion in view)" if assisted else ""
    one, other = (rater.removeprefix("person:") for rater in (first, second))
    if found := workspace.same_answers(first, second):
        click.echo(f"{one} and {other} gave the same answer on {found[0]} of {count(found[1], 'cell')}.")
    click.echo(f"{one} and {other}, present or not{marking}: {_raters(together)}")
    labels = _labels(workspace)
    for theme, raters in themes.items():
        click.echo(f"  {labels.get(theme, theme)}: {_raters(raters)}")
    return 0


@cli.command()
@PROJECT
def learn(folder: Path) -> int:
    """Learn from people's decisions.

    What is learned is measured against the rules, and used for the themes where it does better.
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    found = workspace.learn()
    labels = _labels(workspace)
    click.echo("| theme | documents | F1 of the rules | F1 of what was learned | used |\n|---|---|---|---|---|")
    for t in found:
        used = "yes" if t.better else "no"
        label = labels.get(t.theme, t.theme)
        click.echo(f"| {label} | {t.documents} | {t.rules_f1:.2f} | {t.learned_f1:.2f} | {used} |")
    say(
        "Each document was coded by a model that had learned from the others. "
        "`scr-llm run` now uses what was learned for the themes marked yes."
    )
    return 0


@cli.command()
@click.option(
    "--text",
    "text_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A UTF-8 text file.",
)
@click.option(
    "--quotes",
    "quotes_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="A JSON list of strings.",
)
def ground(text_file: Path, quotes_file: Path) -> int:
    """Check whether each quote is in a text, and where. Needs no project."""
    from scr_llm.stages.ground import locate

    try:
        text = text_file.read_bytes().decode("utf-8")
        quotes = json.loads(quotes_file.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(
            f"cannot be read: {error}.", next_step="--text is a UTF-8 text file, --quotes a JSON list of strings."
        ) from error
    if not isinstance(quotes, list) or not all(isinstance(q, str) for q in quotes):
        raise UsageError(
            f"{quotes_file.name} is not a JSON list of strings.", next_step='Write ["first quote", "second quote"].'
        )
    click.echo(json.dumps(locate(text, quotes), indent=2, ensure_ascii=False))
    return 0
