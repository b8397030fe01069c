"""What is installed, which model answers, and how well each way of asking it works."""

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import JSON, PROJECT, asking, cli, nothing_leaves, say
from scr_llm.errors import UsageError
from scr_llm.text.words import count, in_words
from scr_llm.version import __version__

if TYPE_CHECKING:
    from rich.table import Table

    from scr_llm.audit import RecordSummary
    from scr_llm.evaluation.strategies import Trial
    from scr_llm.records import Codebook
    from scr_llm.settings import EngineSettings
    from scr_llm.workspace import Workspace

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
@JSON
def doctor(folder: Path, to_qualify: bool, yes: bool, to_count: bool, as_json: bool) -> int:
    """Show what is installed and which model answers.

    It also says what would leave this computer.
    """
    from importlib.metadata import version

    from scr_llm.codebook import load_codebook
    from scr_llm.files import data_dir
    from scr_llm.workspace import Workspace

    if as_json:
        if to_qualify or to_count:
            raise UsageError("--json goes with neither --qualify nor --codebook.", next_step="Leave one of them out.")
        click.echo(json.dumps(_as_json(folder), indent=2, ensure_ascii=False))
        return 0
    click.echo(f"scr-llm {__version__}, Python {platform.python_version()}, {platform.system()}")
    click.echo(", ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    try:
        workspace = Workspace.open(folder)
    except UsageError as error:
        shipped = load_codebook(data_dir() / "prompts" / "codebook.yaml")
        click.echo(f"Shipped codebook {_edition(shipped)}")
        click.echo(f"Project: none in this folder. {error}")
        return 2 if to_qualify or to_count else 0
    if to_count:
        return _count_hits(workspace)
    if to_qualify:
        return _qualify(workspace, yes=yes)
    click.echo(f"Project {workspace.project.settings.name}: codebook {_edition(workspace.codebook())}")
    _print_record(workspace.record_summary())
    _print_model(workspace)
    _print_cluster(workspace.project.settings.engine)
    return 0


def _as_json(folder: Path) -> dict[str, object]:
    """What `doctor` prints, for other programs. The keys stay; what does not apply is null."""
    from importlib.metadata import version

    from scr_llm.codebook import codebook_sha256, load_codebook
    from scr_llm.files import data_dir
    from scr_llm.workspace import Workspace

    workspace, problem = None, None
    try:
        workspace = Workspace.open(folder)
    except UsageError as error:
        problem = str(error)
    book = workspace.codebook() if workspace else load_codebook(data_dir() / "prompts" / "codebook.yaml")
    return {
        "schema_version": 1,
        "version": __version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "codebook": {"version": book.version, "codes": len(book.codes), "sha256": codebook_sha256(book)},
        "project": workspace.project.settings.name if workspace else None,
        "problem": problem,
        "record": asdict(workspace.record_summary()) if workspace else None,
        "model": _model_as_json(workspace) if workspace else None,
        "assistant_may_read": workspace.project.settings.mcp.allow if workspace else None,
    }


def _model_as_json(workspace: "Workspace") -> dict[str, object]:
    """Which model is set, whether text may go there, and what its server answers where that is on this computer."""
    model = workspace.model()
    answers = workspace.model_answers() if model.where and model.is_local else None
    return {**asdict(model), "is_allowed": bool(model.where) and model.is_allowed, "answers": answers}


def _edition(book: "Codebook") -> str:
    from scr_llm.codebook import codebook_sha256

    return f"{book.version}: {len(book.codes)} codes, {codebook_sha256(book)[:12]}"


def _print_record(record: "RecordSummary") -> None:
    """What people decided, and what was sent."""
    broken = record.broken_at
    chain = f"audit chain BROKEN at decision {broken}: it was changed from outside" if broken else "audit chain intact"
    click.echo(f"Record: {record.place}.")
    click.echo(f"Human decisions: {record.decisions}; {chain}.")
    places = ", ".join(record.endpoints) or "nowhere"
    click.echo(
        f"Sent to a model or an assistant so far: {record.requests} requests, {record.bytes_sent} bytes, to {places}."
    )


def _print_model(workspace: "Workspace") -> None:
    """Which model is set, and what would be sent to it."""
    model = workspace.model()
    if not model.where:
        click.echo(f"Model: none. The embedded coder is used. {nothing_leaves(workspace.project)}")
    elif model.is_local:
        place = f"of the file {model.where}" if model.is_file else f"at {model.where}"
        click.echo(f"Model: {model.model or '(no name set)'} {place}, on this computer. Nothing leaves it.")
        click.echo(workspace.model_answers())
    elif model.is_allowed:
        click.echo(
            f"Model: {model.model} at {model.where} ({model.region}), approved by {model.approved_by}. "
            "With --coder llm the text of the reviews is sent there."
        )
    else:
        click.echo(
            f"Model: {model.model} at {model.where}: refused. "
            "Name region and approved_by in project.toml, beside this base_url, before anything is sent."
        )


def _print_cluster(engine: "EngineSettings") -> None:
    """Which Ray cluster is set, if one is."""
    if engine.address and engine.region and engine.approved_by:
        where = f"{engine.address} ({engine.region}), approved by {engine.approved_by}"
        click.echo(f"Ray cluster: {where}. With --engine ray the reviews are read there.")
    elif engine.address:
        click.echo(f"Ray cluster: {engine.address}: refused. Name region and approved_by under [engine].")


def _count_hits(workspace: "Workspace") -> int:
    """Print how many sentences each general rule and each wording finds, then the wordings that find none."""
    from rich.text import Text

    from scr_llm.text.language import RULES

    hits = workspace.codebook_hits()
    general = _table("General rules", "general rule", "sentences", "why it is there")
    for rule in RULES:
        general.add_row(rule.name, str(hits.rules[rule.name]), rule.reason)
    used = _table("\nThe codebook's wordings", "code", "list", "sentences", "wording")
    unused = _table("\nFound in no sentence", "code", "list", "wording")
    for hit in hits.wordings:
        if hit.sentences:
            used.add_row(hit.part, in_words(hit.kind), str(hit.sentences), Text(hit.wording))
        else:
            unused.add_row(hit.part, in_words(hit.kind), Text(hit.wording))
    _print_tables(general, used, *((unused,) if unused.row_count else ()))
    say(
        f"{unused.row_count} of {len(hits.wordings)} wordings occur in none of the "
        f"{count(hits.sentences, 'sentence')} of {count(hits.reviews, 'review')}. "
        "A few reviews use few wordings; the next may use them."
    )
    return 0


def _table(title: str, *columns: str) -> "Table":
    from rich.table import Table

    return Table(*columns, title=title, title_justify="left", box=None)


def _print_tables(*tables: "Table") -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        # A file is searched line by line, so a wording must not be folded as on a narrow screen.
        console = Console(highlight=False, width=160)
    for table in tables:
        console.print(table)


def _qualify(workspace: "Workspace", *, yes: bool) -> int:
    """Try each way of asking the model, print how each did, and keep the best."""
    heading = "| coder | recall | precision | F1 | seconds a document | tokens a document |\n|---|---|---|---|---|---|"

    def tried(trial: "Trial") -> None:
        nonlocal heading
        if heading:
            click.echo(heading)
            heading = ""
        click.echo(row(trial))

    found = workspace.qualify(consent=asking(yes=yes), tried=tried)
    if found.best is None:
        say("No way of asking this model worked.")
        return 3
    say(f'Best: {found.best.coder}. Written: {found.path}. To use it: [llm] strategy = "auto"')
    if not found.is_better_than_rules:
        say(
            "It did no better than the embedded coder on these reviews. They are few, "
            "and the embedded coder learned from some of them."
        )
    return 0


def row(t: "Trial") -> str:
    """A trial as a row of a table."""
    if t.failed:
        return f"| {t.coder} | failed: {t.failed.replace('|', '/')} | | | | |"
    seconds, tokens = t.seconds / t.documents, t.tokens / t.documents
    return f"| {t.coder} | {t.recall:.2f} | {t.precision:.2f} | {t.f1:.2f} | {seconds:.1f} | {tokens:,.0f} |"
