"""What would be sent to a model, and a mock model to try the workflow with."""

import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, cli, say
from scr_llm.cli.cost import at_most
from scr_llm.errors import UsageError
from scr_llm.text.redaction_figures import redaction_in_words

if TYPE_CHECKING:
    from scr_llm.models.preview import Preview


@cli.command()
@PROJECT
@click.option("--document", "file", help="Only this file of the inbox.")
@click.option("--full", is_flag=True, help="Print the exact text of every request, not only its size.")
def preview(folder: Path, file: str | None, full: bool) -> int:
    """Show what would be sent to the model. Sends nothing.

    It also shows where it would go, and at what cost.
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    shown = workspace.preview(file)
    for document, redaction in shown.redactions.items():
        pairs = "; ".join(f"{placeholder} for {words}" for placeholder, words in redaction.items())
        say(f"{document}: stays here: {pairs}")
    redaction_is = "on" if shown.redacts else "off"
    say(f"To: {_destination(shown)}, asked by {shown.strategy}; redaction {redaction_is}.")
    if shown.redacts:
        say(redaction_in_words())
    for request in shown.requests:
        body = json.dumps(request.body, ensure_ascii=False, indent=1 if full else None)
        if full:
            click.echo(f"--- {request.file} {request.question}\n{body}")
        else:
            click.echo(f"{request.file} {request.question}: {len(body.encode()):,} bytes")
    if shown.looks_again:
        say(
            "A second look follows at each theme that is found: one question, with its sentences as shown above. "
            "The cost below includes it for every theme."
        )
    say(at_most(shown.cost, workspace.project.settings.llm.currency))
    return 0


def _destination(shown: "Preview") -> str:
    """Where the questions would go, whether that is approved, and which model answers."""
    place = shown.place
    approval = f"approved by {place.approved_by}" if place.approved_by else "NOT approved: it will be refused"
    if place.is_file:
        where = ""  # the address names this computer and the file
    elif place.is_local:
        where = " (this computer)"
    else:
        where = f" ({place.region or 'region not named'}, {approval})"
    return f"{shown.address}{where}, model {place.model}"


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
