"""The model: what it is, what would be sent to it, and what it costs."""

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm import __version__
from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.errors import UsageError
from scr_llm.text.words import in_words

if TYPE_CHECKING:
    from scr_llm.evaluation.strategies import Trial
    from scr_llm.llm import Spend
    from scr_llm.models.preview import Estimate
    from scr_llm.project import Project


def spent(spend: "Spend", currency: str, seconds: float) -> str:
    """What was asked so far, in words."""
    money = f", {spend.money:.4f} {currency}" if spend.money is not None else ""
    rate = f" ({spend.asked / seconds:.1f} a second)" if seconds > 1 and spend.asked else ""
    kept = f", {spend.kept} answered from memory" if spend.kept else ""
    return f"{spend.asked} requests{rate}{kept}, {spend.prompt_tokens:,} tokens sent, {spend.completion_tokens:,} received{money}"


def told(estimate: "Estimate", currency: str) -> str:
    """An estimate in words."""
    money = f", {estimate.money:.2f} {currency}" if estimate.money is not None else " (no price is set)"
    kept = f" ({estimate.kept} more are answered from memory)" if estimate.kept else ""
    return (
        f"At most: {estimate.documents} documents, {estimate.calls} questions{kept}, {estimate.prompt_tokens:,} tokens sent, "
        f"{estimate.completion_tokens:,} received{money}."
    )


def agree_to_cost(cost: "Estimate", currency: str, *, yes: bool) -> None:
    """Say what a run will cost at most, and ask, unless `yes`."""
    say(told(cost, currency))
    if cost.calls and not yes:
        click.confirm("Continue?", abort=True, err=True)


@cli.command()
@PROJECT
@click.option(
    "--qualify",
    "to_qualify",
    is_flag=True,
    help="Try each way of asking the model on two made-up reviews, and keep the best in qualified.toml.",
)
@click.option(
    "--yes", is_flag=True, help="With --qualify: do not ask before made-up text is sent to an approved remote model."
)
@click.option(
    "--codebook",
    "to_count",
    is_flag=True,
    help="Count what each general rule and each wording finds in the project's reviews.",
)
def doctor(folder: Path, to_qualify: bool, yes: bool, to_count: bool) -> int:
    """Say what is installed, which model answers, and what would leave this computer."""
    import platform
    from importlib.metadata import version

    from scr_llm.codebook import codebook_sha256, load_codebook
    from scr_llm.project import data_dir, load_project

    click.echo(f"scr-llm {__version__}, Python {platform.python_version()}, {platform.system()}")
    click.echo(
        ", ".join(
            f"{name} {version(name)}"
            for name in ("pydantic", "pypdfium2", "pypdf", "openai", "SQLAlchemy", "python-docx")
        )
    )
    try:
        project = load_project(folder)
    except UsageError as error:
        book = load_codebook(data_dir() / "prompts" / "codebook.yaml")
        click.echo(f"Shipped codebook {book.version}: {len(book.codes)} codes, {codebook_sha256(book)[:12]}")
        click.echo(f"Project: none here. {error}")
        return 2 if to_qualify or to_count else 0
    if to_count:
        return _count_hits(project)
    if to_qualify:
        return _qualify(project, yes=yes)
    book = load_codebook(project.codebook_path)
    click.echo(
        f"Project {project.settings.name}: codebook {book.version}, {len(book.codes)} codes, {codebook_sha256(book)[:12]}"
    )
    from scr_llm.store import Store

    with Store(project.store_path) as store:
        calls, decisions, broken = store.calls(), len(store.decisions()), store.verify("decisions")
    click.echo(
        f"Decisions of people: {decisions}"
        + (
            f"; the chain is BROKEN at decision {broken}: it was changed from outside."
            if broken
            else ", their chain whole."
        )
    )
    sent = sum(call.bytes_out for call in calls)
    places = ", ".join(sorted({call.endpoint for call in calls})) or "nowhere"
    click.echo(f"Sent to a model so far: {len(calls)} requests, {sent} bytes, to {places}.")
    llm = project.settings.llm
    if not (llm.base_url or llm.file):
        click.echo("Model: none. The embedded coder is used. Nothing leaves this computer.")
        return 0
    from scr_llm.llm.endpoint import without_credentials
    from scr_llm.models.coders import answers
    from scr_llm.models.consent import stays_here

    where = without_credentials(llm.base_url)
    if stays_here(llm):
        click.echo(
            f"Model: {llm.model or '(no name set)'} {'of the file ' + llm.file if llm.file else 'at ' + where}, on this computer. Nothing leaves it."
        )
        click.echo(answers(project))
    elif llm.approved_by and llm.region:
        click.echo(
            f"Model: {llm.model} at {where} ({llm.region}), approved by {llm.approved_by}. With --coder llm the text of the reviews is sent there."
        )
    else:
        click.echo(
            f"Model: {llm.model} at {where}: refused. project.toml must name region and approved_by, beside this base_url, before anything is sent."
        )
    return 0


def _count_hits(project: "Project") -> int:
    """Two tables of what is found, and one of what is not."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from scr_llm.codebook import load_codebook
    from scr_llm.stages.code.embedded import passages_of
    from scr_llm.stages.code.hits import rule_hits, wording_hits
    from scr_llm.stages.code.language import RULES
    from scr_llm.store import Store

    book = load_codebook(project.codebook_path)
    with Store(project.store_path) as store:
        coded = [d.id for d in store.documents() if d.status == "coded"]  # a copy or an older issue would count twice
        readings = [reading for name in coded if (reading := store.reading(name))]
    if not readings:
        nothing = "no review is coded here, so there is nothing to count in."
        raise UsageError(nothing, next_step="Put PDFs into inbox/ and run scr-llm run.")
    texts = [passage.text for reading in readings for _, passage in passages_of(reading)]
    found, rules = wording_hits(book, texts), rule_hits(texts)
    terminal = Console(highlight=False)
    # A file is searched line by line, so a wording is not folded there as on a narrow screen.
    console = terminal if terminal.is_terminal else Console(highlight=False, width=160)
    table = Table("general rule", "sentences", "why it is there", title="General rules", title_justify="left", box=None)
    for rule in RULES:
        table.add_row(rule.name, str(rules[rule.name]), rule.reason)
    console.print(table)
    columns = ("code", "list", "sentences", "wording")
    table = Table(*columns, title="\nThe codebook's wordings", title_justify="left", box=None)
    for hit in (h for h in found if h.sentences):
        table.add_row(hit.part, in_words(hit.kind), str(hit.sentences), Text(hit.wording))
    console.print(table)
    idle = [h for h in found if not h.sentences]
    table = Table("code", "list", "wording", title="\nFound in no sentence", title_justify="left", box=None)
    for hit in idle:
        table.add_row(hit.part, in_words(hit.kind), Text(hit.wording))
    if idle:
        console.print(table)
    say(
        f"{len(idle)} of {len(found)} wordings are found in none of {len(texts)} sentences of {len(readings)} reviews. "
        "Few reviews hold few wordings: the next may hold them."
    )
    return 0


def _qualify(project: "Project", *, yes: bool) -> int:
    from datetime import UTC, datetime

    from scr_llm.evaluation.strategies import Remembered, as_toml, best_of, made_up, qualify
    from scr_llm.llm import Client, without_credentials
    from scr_llm.models.call_log import CallLog
    from scr_llm.models.coders import answering
    from scr_llm.models.consent import stays_here
    from scr_llm.models.options import endpoint_of, prompting_of, spend_of

    llm, endpoint = project.settings.llm, endpoint_of(project)
    approved = bool(llm.approved_by and llm.region)
    if not stays_here(llm) and approved and not yes:
        click.confirm(
            f"Two made-up reviews, no case text, will be sent to {without_credentials(endpoint.base_url)}. Go on?",
            abort=True,
            err=True,
        )
    trials: list[Trial] = []
    with ExitStack() as stack:
        endpoint = stack.enter_context(answering(project, endpoint, say))
        call_log = CallLog(project, endpoint)
        stack.callback(call_log.close)
        client = Client(
            endpoint,
            remote_allowed=approved,
            max_concurrency=llm.max_concurrency,
            on_send=call_log.note,
            memory=Remembered(),
            spend=spend_of(llm),
        )
        stack.callback(client.close)
        click.echo(
            "| coder | recall | precision | F1 | seconds a document | tokens a document |\n|---|---|---|---|---|---|"
        )
        for t in qualify(project, client, prompting_of(project), made_up()):
            trials.append(t)
            click.echo(row(t))
    best = best_of(trials)
    if best is None:
        say("No way of asking this model worked.")
        return 3
    (project.root / "qualified.toml").write_text(
        as_toml(llm.model, best, trials, datetime.now(UTC).date().isoformat()), "utf-8"
    )
    say(f'Best: {best.coder}. Written to {project.root / "qualified.toml"}; [llm] strategy = "auto" uses it.')
    if best.f1 <= trials[0].f1:
        say(
            "It did not do better than the embedded coder on these reviews; they are few, and the embedded coder learned from some of them."
        )
    return 0


def row(t: "Trial") -> str:
    """A trial as a row of a table."""
    if t.failed:
        return f"| {t.coder} | failed: {t.failed.replace('|', '/')} | | | | |"
    return f"| {t.coder} | {t.recall:.2f} | {t.precision:.2f} | {t.f1:.2f} | {t.seconds / t.documents:.1f} | {t.tokens / t.documents:,.0f} |"


@cli.command()
@PROJECT
@click.option("--document", "file", help="Only this file of the inbox.")
@click.option("--full", is_flag=True, help="The exact text of every request, not only what would be sent where.")
def outgoing(folder: Path, file: str | None, full: bool) -> int:
    """Show what would be sent to the model, where to, and at what cost. Sends nothing."""
    import json

    from scr_llm.llm.question import EndpointCapabilities
    from scr_llm.models.coders import llm_coder
    from scr_llm.models.consent import stays_here
    from scr_llm.models.options import endpoint_of, prompting_of, spend_of
    from scr_llm.models.preview import estimate, open_questions
    from scr_llm.pipeline import prepare
    from scr_llm.project import load_project
    from scr_llm.store import Store

    project = load_project(folder)
    llm, endpoint = project.settings.llm, endpoint_of(project)
    coder = llm_coder(project, None, prompting_of(project))
    prepare(project)
    with Store(project.store_path) as store:
        ids = [d.id for d in store.documents() if d.status in ("pending", "failed") and file in (None, d.file)]
        if file and not ids:
            raise UsageError(f"no document {file} waits to be coded.", next_step="See scr-llm status.")
        for name in ids:
            if redaction := coder.redacted(store.reading(name)):
                document = store.document(name)
                say(
                    f"{document.file if document else name}: stays here: "
                    + "; ".join(f"{stand_in} for {words}" for stand_in, words in redaction.items())
                )
    where = (
        "this computer"
        if stays_here(llm)
        else f"{llm.region or 'region not named'}, {'approved by ' + llm.approved_by if llm.approved_by else 'NOT approved: it will be refused'}"
    )
    say(
        f"To: {endpoint.place}{'' if llm.file else f' ({where})'}, model {endpoint.model}, asked by {coder.identity.strategy}; redaction {'on' if llm.redact else 'off'}."
    )
    for document, question, is_kept in open_questions(project, coder, endpoint, ids):
        if is_kept:
            continue
        body = json.dumps(
            EndpointCapabilities().body(question, question.messages, endpoint),
            ensure_ascii=False,
            indent=1 if full else None,
        )
        click.echo(
            f"{document.file} {question.name}: {len(body.encode()):,} bytes"
            if not full
            else f"--- {document.file} {question.name}\n{body}"
        )
    if llm.critic and ids:
        say(
            "A second look follows at each theme that is found: one question, with its sentences as they are shown above. It is counted here for every theme."
        )
    say(told(estimate(project, coder, endpoint, spend_of(llm).price, ids), llm.currency))
    return 0


@cli.command("fake-model")
@click.option("--port", type=int, default=8111, show_default=True, help="Port on this computer.")
@click.option(
    "--script",
    default="answers",
    show_default=True,
    help="Behaviours in turn, parted by commas, then again from the first.",
)
def fake_model(port: int, script: str) -> int:
    """Serve a make-believe model on this computer, to try the way through: it looks for words and knows nothing."""
    from scr_llm.llm.fake import BEHAVIOURS, MODEL, FakeServer

    names = [name.strip() for name in script.split(",")]
    if unknown := [name for name in names if name not in BEHAVIOURS]:
        raise UsageError(f"no such behaviour: {', '.join(unknown)}.", next_step=f"Choose from {', '.join(BEHAVIOURS)}.")
    with FakeServer([BEHAVIOURS[name] for name in names], port=port, repeat=True, remember=False) as server:
        say(f'In project.toml: [llm] base_url = "{server.base_url}", model = "{MODEL}". Stop it with Ctrl-C.')
        while True:
            threading.Event().wait(3600)
