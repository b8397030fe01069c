"""What would be sent to a model, and a mock model to try the workflow with."""

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.cli.cost import at_most
from scr_llm.errors import UsageError

if TYPE_CHECKING:
    from scr_llm.llm import Endpoint
    from scr_llm.settings import LlmSettings
    from scr_llm.stages.code.llm import LlmCoder
    from scr_llm.store import Store


@cli.command()
@PROJECT
@click.option("--document", "file", help="Only this file of the inbox.")
@click.option("--full", is_flag=True, help="Print the exact text of every request, not only its size.")
def preview(folder: Path, file: str | None, full: bool) -> int:
    """Show what would be sent to the model. Sends nothing.

    It also shows where it would go, and at what cost.
    """
    from scr_llm.llm.question import EndpointCapabilities
    from scr_llm.models.coders import llm_coder
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
            raise UsageError(f"no document {file} is waiting to be coded.", next_step="List them: scr-llm status")
        _say_redactions(store, coder, ids)
    redaction = "on" if llm.redact else "off"
    say(f"To: {_destination(llm, endpoint)}, asked by {coder.identity.strategy}; redaction {redaction}.")
    for document, question, is_kept in open_questions(project, coder, endpoint, ids):
        if is_kept:
            continue
        request = EndpointCapabilities().body(question, question.messages, endpoint)
        body = json.dumps(request, ensure_ascii=False, indent=1 if full else None)
        if full:
            click.echo(f"--- {document.file} {question.name}\n{body}")
        else:
            click.echo(f"{document.file} {question.name}: {len(body.encode()):,} bytes")
    if llm.critic and ids:
        say(
            "A second look follows at each theme that is found: one question, with its sentences as shown above. "
            "The cost below includes it for every theme."
        )
    say(at_most(estimate(project, coder, endpoint, spend_of(llm).price, ids), llm.currency))
    return 0


def _say_redactions(store: "Store", coder: "LlmCoder", ids: list[str]) -> None:
    """Say which words of each document stay here, and what is sent in their place."""
    for document_id in ids:
        redaction = coder.redacted(store.reading(document_id))
        if not redaction:
            continue
        document = store.document(document_id)
        pairs = "; ".join(f"{placeholder} for {words}" for placeholder, words in redaction.items())
        say(f"{document.file if document else document_id}: stays here: {pairs}")


def _destination(llm: "LlmSettings", endpoint: "Endpoint") -> str:
    """Where the questions would go, whether that is approved, and which model answers."""
    from scr_llm.models.consent import stays_here

    approval = f"approved by {llm.approved_by}" if llm.approved_by else "NOT approved: it will be refused"
    if llm.file:
        where = ""  # the endpoint's own words name this computer and the file
    elif stays_here(llm):
        where = " (this computer)"
    else:
        where = f" ({llm.region or 'region not named'}, {approval})"
    return f"{endpoint.place}{where}, model {endpoint.model}"


@cli.command("fake-model")
@click.option("--port", type=int, default=8111, show_default=True, help="Port on this computer.")
@click.option(
    "--script",
    default="answers",
    show_default=True,
    help="Comma-separated behaviours, used in turn and then again from the first.",
)
def fake_model(port: int, script: str) -> int:
    """Serve a mock model, to try the workflow.

    It runs on this computer, looks for words and understands nothing.
    """
    from scr_llm.llm.fake import BEHAVIOURS, MODEL, FakeServer

    names = [name.strip() for name in script.split(",")]
    if unknown := [name for name in names if name not in BEHAVIOURS]:
        raise UsageError(f"no such behaviour: {', '.join(unknown)}.", next_step=f"Choose from {', '.join(BEHAVIOURS)}.")
    with FakeServer([BEHAVIOURS[name] for name in names], port=port, repeat=True, remember=False) as server:
        say(f'In project.toml: [llm] base_url = "{server.base_url}", model = "{MODEL}". Press Ctrl-C to stop it.')
        while True:
            threading.Event().wait(3600)
