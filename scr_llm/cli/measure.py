"""Against gold codings, and quotes against a text."""

from pathlib import Path

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.errors import UsageError


@cli.command()
@PROJECT
@click.option("--gold", "gold_dir", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True, help="Folder of gold codings (JSON).")
@click.option("--coder", type=click.Choice(["rules", "llm"]), help="Code the stored readings anew with this coder, storing nothing.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--yes", is_flag=True, help="Do not ask before text is sent to an approved remote model.")
def evaluate(folder: Path, gold_dir: Path, coder: str | None, as_json: bool, yes: bool) -> int:
    """Compare what is coded with gold codings: precision, recall and F1 for each theme, items, quotes and facts."""
    from scr_llm import pipeline
    from scr_llm.choose import choose_coder
    from scr_llm.project import load_project

    project = load_project(folder)
    gold = pipeline.load_gold(gold_dir)
    chosen = choose_coder(project, coder, yes=yes) if coder else None
    agreement = pipeline.evaluate(project, gold, chosen.coder if chosen else None)
    if as_json:
        click.echo(agreement.model_dump_json(indent=2))
    else:
        scores = [*agreement.themes.items(), ("all themes", agreement.all_themes), ("said not to be", agreement.absences), ("findings", agreement.findings),
                  ("recommendations", agreement.recommendations), ("items on the right page", agreement.right_page),
                  ("cells with a quote on a marked passage", agreement.quotes_on_gold), *((f"fact: {name}", s) for name, s in agreement.facts.items())]  # fmt: skip
        click.echo("| what | in gold | found | right | recall | precision | F1 |\n|---|---|---|---|---|---|---|")
        for name, s in scores:
            figures = " | ".join("none" if v is None else f"{v:.2f}" for v in (s.recall, s.precision, s.f1))
            click.echo(f"| {name} | {s.gold} | {s.found} | {s.both} | {figures} |")
        for line in agreement.wrong:
            say(line)
    for file in agreement.not_coded:
        say(f"{file}: has a gold coding and is not coded here.")
    return 1 if agreement.not_coded else 0


@cli.command()
@click.option("--text", "text_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="A UTF-8 text file.")
@click.option("--quotes", "quotes_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True, help="A JSON list of strings.")
def ground(text_file: Path, quotes_file: Path) -> int:
    """Say of each quote whether it stands in a text, and where. Works with no project."""
    import json

    from scr_llm.stages.ground import locate

    try:
        text = text_file.read_bytes().decode("utf-8")
        quotes = json.loads(quotes_file.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"cannot be read: {error}.", next_step="--text is a UTF-8 text file, --quotes a JSON list of strings.") from error
    if not isinstance(quotes, list) or not all(isinstance(q, str) for q in quotes):
        raise UsageError(f"{quotes_file.name} is not a JSON list of strings.", next_step='Write ["first quote", "second quote"].')
    click.echo(json.dumps(locate(text, quotes), indent=2, ensure_ascii=False))
    return 0
