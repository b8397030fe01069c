"""Batches of questions: written, sent and collected; or taken to another machine and back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import FORCE, PROJECT, asking, cli, say, write_out

if TYPE_CHECKING:
    from scr_llm.models.batches import CollectedBatch, KeptReplies, Settled

_PROBLEMS_PRINTED = 20


@cli.group()
def batch() -> None:
    """Ask a model by batch.

    This is cheaper and slower at hosted endpoints, and lets another machine answer. Afterwards `scr-llm run` codes
    from the replies.
    """


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(path_type=Path))
@FORCE
def write(folder: Path, file: Path, force: bool) -> int:
    """Write the open questions to FILE (JSON lines). Sends nothing. FILE contains case text."""
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    written = workspace.write_batch()
    write_out(file, written.content, workspace.project, force=force)
    say(
        f"{written.questions} questions. The file contains case text. "
        "When you have the results: scr-llm batch read RESULTS"
    )
    return 0


@batch.command()
@PROJECT
@click.option("--yes", is_flag=True, help="Do not ask before sending text to an approved remote model.")
@click.option("--sent-as", metavar="ID", help="An interrupted batch did arrive: its id at the endpoint.")
@click.option("--not-sent", is_flag=True, help="An interrupted batch did not arrive: its questions may be sent again.")
def send(folder: Path, yes: bool, sent_as: str | None, not_sent: bool) -> int:
    """Send the open questions to the model's endpoint as one batch."""
    from scr_llm.workspace import Workspace

    sent = Workspace.open(folder).send_batch(
        consent=asking(yes=yes), sent_as=sent_as, not_sent=not_sent, settled=_say_settled
    )
    if sent is None:
        say("There is nothing else to send. Fetch the replies with: scr-llm batch collect")
        return 0
    say(
        f"Sent: {sent.questions} questions, {sent.bytes:,} bytes, as batch {sent.id}. "
        "Fetch the replies with: scr-llm batch collect"
    )
    return 0


@batch.command()
@PROJECT
def collect(folder: Path) -> int:
    """Fetch the results of finished batches, and keep every usable reply."""
    from scr_llm.models.batches import Settled
    from scr_llm.workspace import Workspace

    code = 0
    for found in Workspace.open(folder).collect_batches():
        if isinstance(found, Settled):
            _say_settled(found)
            is_complete = not found.unknown
        else:
            _say_collected(found)
            is_complete = found.is_complete
        code = code if is_complete else 1
    return code


@batch.command()
@PROJECT
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read(folder: Path, file: Path) -> int:
    """Take in results made elsewhere.

    FILE holds JSON lines, as hosted batches and vLLM's batch runner write them.
    """
    from scr_llm.workspace import Workspace

    replies = Workspace.open(folder).read_batch(file.read_text("utf-8", errors="replace"))
    _say_kept(replies)
    return 1 if replies.problems else 0


@batch.command()
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("results", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--model", required=True, help="What vLLM serves: a folder with a model, or a name that it can fetch.")
@click.option("--engines", type=click.IntRange(min=1), default=1, show_default=True, help="Copies of the model.")
@click.option("--gpus", type=click.IntRange(min=1), default=1, show_default=True, help="GPUs for each copy.")
@click.option("--context", type=click.IntRange(min=1024), help="Tokens that the model reads at once.")
@click.option("--address", default="", envvar="RAY_ADDRESS", help="Address of a Ray cluster. Default: this computer.")
def answer(
    questions: Path, results: Path, model: str, engines: int, gpus: int, context: int | None, address: str
) -> int:
    """Answer a batch with vLLM on Ray (where the GPUs are).

    QUESTIONS is a file of `batch write`. The answers are added to RESULTS, which `batch read` takes. No project is
    needed, and nothing is sent anywhere but to the cluster that you name. On one computer, vLLM's own runner does the
    same: vllm run-batch.
    """
    from scr_llm.engines.on_vllm import answer as answer_batch

    settings = {"tensor_parallel_size": gpus} | ({"max_model_len": context} if context else {})
    answered = answer_batch(questions, results, model, address=address, engines=engines, settings=settings)
    say(f"{answered} results added to {results}. On the project's computer: scr-llm batch read {results.name}")
    return 0


def _say_settled(settled: "Settled") -> None:
    """Say what became of a batch whose sending was interrupted."""
    if settled.unknown:
        say(
            f"The batch of {settled.at} was interrupted while it was being sent, "
            f"and it is not known whether it arrived: {settled.unknown}"
        )
        say("  Check on the endpoint's own page, then: scr-llm batch send --sent-as ID, or --not-sent.")
    elif settled.by_person:
        say(f"Noted: the batch of {settled.at} {f'is {settled.arrived_as}' if settled.arrived_as else 'was not sent'}.")
    elif settled.arrived_as:
        say(f"The interrupted batch of {settled.at} did arrive, as {settled.arrived_as}. It is not sent again.")
    else:
        say(f"The interrupted batch of {settled.at} did not arrive.")


def _say_collected(found: "CollectedBatch") -> None:
    """Say what came of one batch."""
    if found.problem:
        say(f"Batch {found.id} cannot be fetched: {found.problem}")
        if not found.elsewhere:
            say("  Try again later. If the batch is gone, scr-llm run asks its questions one by one.")
        return
    if found.replies is None:
        say(f"Batch {found.id} is under way ({found.done} of {found.of} done). Collect it later.")
        return
    _say_kept(found.replies)
    if not found.is_complete:
        say(f"Batch {found.id} ended as {found.state}. The next run or batch asks what is missing.")


def _say_kept(replies: "KeptReplies") -> None:
    earlier = f", {replies.before} were kept before" if replies.before else ""
    rest = f", {replies.missing} questions without a usable reply; the next run asks them." if replies.missing else "."
    say(f"{replies.kept} replies kept{earlier}{rest}")
    for problem in replies.problems[:_PROBLEMS_PRINTED]:
        say(f"  {problem}")
    if len(replies.problems) > _PROBLEMS_PRINTED:
        say(f"  and {len(replies.problems) - _PROBLEMS_PRINTED} more")
