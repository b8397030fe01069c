"""What is installed, which model answers, and how well each way of asking it works."""

import platform
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.errors import UsageError
from scr_llm.text.words import count, in_words
from scr_llm.version import __version__

if TYPE_CHECKING:
    from scr_llm.evaluation.strategies import Trial
    from scr_llm.project import Project
    from scr_llm.records import Codebook
    from scr_llm.settings import LlmSettings

_LIBRARIES = ("pydantic", "pypdfium2", "pypdf", "openai", "SQLAlchemy", "python-docx")


@cli.command()
@PROJECT
@click.option(
    "--qualify",
    "to_qualify",
    is_flag=True,
    help="Try each way of asking the model on two made-up reviews, and keep the best in qualified.toml.",
)
@click.option(
    "--yes", is_flag=True, help="With --qualify: do not ask before sending made-up text to an approved remote model."
)
@click.option(
    "--codebook",
    "to_count",
    is_flag=True,
    help="Count what each general rule and each wording finds in the project's reviews.",
)
def doctor(folder: Path, to_qualify: bool, yes: bool, to_count: bool) -> int:
    """Show what is installed and which model answers.

    It also says what would leave this computer.
    """
    from importlib.metadata import version

    from scr_llm.codebook import load_codebook
    from scr_llm.files import data_dir
    from scr_llm.project import load_project

    click.echo(f"scr-llm {__version__}, Python {platform.python_version()}, {platform.system()}")
    click.echo(", ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    try:
        project = load_project(folder)
    except UsageError as error:
        shipped = load_codebook(data_dir() / "prompts" / "codebook.yaml")
        click.echo(f"Shipped codebook {_edition(shipped)}")
        click.echo(f"Project: none in this folder. {error}")
        return 2 if to_qualify or to_count else 0
    if to_count:
        return _count_hits(project)
    if to_qualify:
        return _qualify(project, yes=yes)
    click.echo(f"Project {project.settings.name}: codebook {_edition(load_codebook(project.codebook_path))}")
    _print_record(project)
    _print_model(project)
    return 0


def _edition(book: "Codebook") -> str:
    from scr_llm.codebook import codebook_sha256

    return f"{book.version}: {len(book.codes)} codes, {codebook_sha256(book)[:12]}"


def _print_record(project: "Project") -> None:
    """What people decided, and what was sent."""
    from scr_llm.store import Store

    with Store(project.store_path) as store:
        calls, decisions, broken = store.calls(), len(store.decisions()), store.verify("decisions")
    chain = f"audit chain BROKEN at decision {broken}: it was changed from outside" if broken else "audit chain intact"
    click.echo(f"Human decisions: {decisions}; {chain}.")
    sent = sum(call.bytes_out for call in calls)
    places = ", ".join(sorted({call.endpoint for call in calls})) or "nowhere"
    click.echo(f"Sent to a model so far: {len(calls)} requests, {sent} bytes, to {places}.")


def _print_model(project: "Project") -> None:
    """Which model is set, and what would be sent to it."""
    from scr_llm.models.coders import answers
    from scr_llm.models.consent import stays_here

    llm = project.settings.llm
    if not (llm.base_url or llm.file):
        click.echo("Model: none. The embedded coder is used. Nothing leaves this computer.")
    elif stays_here(llm):
        click.echo(_local_model(llm))
        click.echo(answers(project))
    else:
        click.echo(_remote_model(llm))


def _local_model(llm: "LlmSettings") -> str:
    from scr_llm.llm.endpoint import without_credentials

    place = f"of the file {llm.file}" if llm.file else f"at {without_credentials(llm.base_url)}"
    return f"Model: {llm.model or '(no name set)'} {place}, on this computer. Nothing leaves it."


def _remote_model(llm: "LlmSettings") -> str:
    from scr_llm.llm.endpoint import without_credentials

    where = without_credentials(llm.base_url)
    if llm.approved_by and llm.region:
        return (
            f"Model: {llm.model} at {where} ({llm.region}), approved by {llm.approved_by}. "
            "With --coder llm the text of the reviews is sent there."
        )
    return (
        f"Model: {llm.model} at {where}: refused. "
        "Name region and approved_by in project.toml, beside this base_url, before anything is sent."
    )


def _count_hits(project: "Project") -> int:
    """Print how many sentences each general rule and each wording finds, then the wordings that find none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from scr_llm.codebook import load_codebook
    from scr_llm.stages.code.embedded import passages_of
    from scr_llm.stages.code.hits import rule_hits, wording_hits
    from scr_llm.store import Store
    from scr_llm.text.language import RULES

    book = load_codebook(project.codebook_path)
    with Store(project.store_path) as store:
        coded = [d.id for d in store.documents() if d.status == "coded"]  # a copy or an older issue would count twice
        readings = [reading for name in coded if (reading := store.reading(name))]
    if not readings:
        nothing = "no review is coded in this project, so there is nothing to count."
        raise UsageError(nothing, next_step="Put PDFs into inbox/ and run: scr-llm run")
    texts = [passage.text for reading in readings for _, passage in passages_of(reading)]
    found, rules = wording_hits(book, texts), rule_hits(texts)
    idle = [hit for hit in found if not hit.sentences]
    console = Console(highlight=False)
    if (
        not console.is_terminal
    ):  # a file is searched line by line, so a wording must not be folded as on a narrow screen
        console = Console(highlight=False, width=160)

    def table(title: str, *columns: str) -> Table:
        return Table(*columns, title=title, title_justify="left", box=None)

    general = table("General rules", "general rule", "sentences", "why it is there")
    for rule in RULES:
        general.add_row(rule.name, str(rules[rule.name]), rule.reason)
    used = table("\nThe codebook's wordings", "code", "list", "sentences", "wording")
    for hit in found:
        if hit.sentences:
            used.add_row(hit.part, in_words(hit.kind), str(hit.sentences), Text(hit.wording))
    unused = table("\nFound in no sentence", "code", "list", "wording")
    for hit in idle:
        unused.add_row(hit.part, in_words(hit.kind), Text(hit.wording))
    for each in (general, used, *((unused,) if idle else ())):
        console.print(each)
    say(
        f"{len(idle)} of {len(found)} wordings occur in none of the {count(len(texts), 'sentence')} "
        f"of {count(len(readings), 'review')}. A few reviews use few wordings; the next may use them."
    )
    return 0


def _qualify(project: "Project", *, yes: bool) -> int:
    """Try each way of asking the model, print how each did, and keep the best."""
    from datetime import UTC, datetime

    from scr_llm.evaluation.strategies import as_toml, best_of

    trials = _trials(project, yes=yes)
    best = best_of(trials)
    if best is None:
        say("No way of asking this model worked.")
        return 3
    path = project.root / "qualified.toml"
    path.write_text(as_toml(project.settings.llm.model, best, trials, datetime.now(UTC).date().isoformat()), "utf-8")
    say(f'Best: {best.coder}. Written: {path}. To use it: [llm] strategy = "auto"')
    if best.f1 <= trials[0].f1:
        say(
            "It did no better than the embedded coder on these reviews. They are few, "
            "and the embedded coder learned from some of them."
        )
    return 0


def _trials(project: "Project", *, yes: bool) -> "list[Trial]":
    """Every way of asking tried on the made-up reviews; each is printed as it is done. The rules come first."""
    from scr_llm.evaluation.strategies import Remembered, made_up, qualify
    from scr_llm.llm import without_credentials
    from scr_llm.models.coders import connected
    from scr_llm.models.consent import stays_here
    from scr_llm.models.options import endpoint_of, prompting_of

    llm, endpoint = project.settings.llm, endpoint_of(project)
    approved = bool(llm.approved_by and llm.region)
    if approved and not stays_here(llm) and not yes:
        where = without_credentials(endpoint.base_url)
        question = f"Two made-up reviews, without case text, will be sent to {where}. Continue?"
        click.confirm(question, abort=True, err=True)
    trials: list[Trial] = []
    with connected(project, endpoint, say, memory=Remembered(), remote_allowed=approved) as client:
        click.echo(
            "| coder | recall | precision | F1 | seconds a document | tokens a document |\n|---|---|---|---|---|---|"
        )
        for trial in qualify(project, client, prompting_of(project), made_up()):
            trials.append(trial)
            click.echo(row(trial))
    return trials


def row(t: "Trial") -> str:
    """A trial as a row of a table."""
    if t.failed:
        return f"| {t.coder} | failed: {t.failed.replace('|', '/')} | | | | |"
    seconds, tokens = t.seconds / t.documents, t.tokens / t.documents
    return f"| {t.coder} | {t.recall:.2f} | {t.precision:.2f} | {t.f1:.2f} | {seconds:.1f} | {tokens:,.0f} |"
