"""The work itself: make a project, run it once, or run it whenever a file arrives."""

import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, asking, cli, nothing_leaves, say
from scr_llm.cli.cost import agree_to_cost, spent
from scr_llm.cli.status import reason_of
from scr_llm.errors import ScrError
from scr_llm.text.words import count, in_words

if TYPE_CHECKING:
    from rich.progress import Progress

    from scr_llm.models.preview import Estimate
    from scr_llm.pipeline import Outcome
    from scr_llm.workspace import CoderName, Workspace


@cli.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("outputs/demo"),
    show_default=True,
    help="Folder for the project.",
)
def demo(out: Path) -> int:
    """Make a project from eight made-up reviews, and run it."""
    import shutil

    from scr_llm.workspace import Workspace

    workspace = Workspace.demonstration(out)
    code = _run(workspace, "rules")
    for path in workspace.project.outputs.glob("briefing.*"):
        shutil.copyfile(path, out / path.name)
    return code


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> int:
    """Make a project folder.

    It holds project.toml, codebook.yaml, inbox/ and outputs/.
    """
    from scr_llm.workspace import Workspace

    project = Workspace.create(folder).project
    say(f"Made {project.root}. Put PDFs into {project.inbox}, then: scr-llm run --project {project.root}")
    return 0


@cli.command()
@PROJECT
@click.option(
    "--coder",
    type=click.Choice(["rules", "llm"]),
    help="How to code the reviews. Default: llm if a model is set, otherwise rules.",
)
@click.option(
    "--yes", is_flag=True, help="Do not ask before sending text to an approved remote model or spending money."
)
@click.option(
    "--replay",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --coder llm: answer from a file of recorded replies. Sends nothing.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where files are read and coded: on this computer, or on a Ray cluster (extra ray).",
)
def run(folder: Path, coder: "CoderName | None", yes: bool, replay: Path | None, engine: str) -> int:
    """Read and code new files, and draft the briefing.

    Every quote is checked against its review, and everything is saved as it is done. A draft that is up to date is not
    written again.
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    if coder is None and not replay and workspace.default_coder() == "rules":
        left = nothing_leaves(workspace.project)
        say(f"No language model is set, so the embedded coder is used. {left}")
    return _run(workspace, coder, yes=yes, replay=replay, engine=engine)


@cli.command()
@PROJECT
@click.option(
    "--every", type=click.FloatRange(min=0.2), default=10.0, show_default=True, help="Seconds between checks."
)
@click.option("--times", type=int, hidden=True, help="Number of checks before it ends; for tests.")
def watch(folder: Path, every: float, times: int | None) -> int:
    """Run whenever files arrive in the inbox.

    Files are taken in once they are complete, and the briefing is drafted again. Press Ctrl-C to stop. This uses the
    embedded coder and sends nothing.
    """
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    say(f"Watching {workspace.project.inbox}. Press Ctrl-C to stop.")
    arrivals = workspace.arrivals()
    for check in itertools.count(1):
        if arrivals.check():
            try:
                _run(workspace, "rules")
                arrivals.done()
            except ScrError as error:  # a full disk or a file in use may be put right before the next check
                say(f"scr-llm: {error}")
        if check == times:
            break
        time.sleep(every)
    return 0


def _run(
    workspace: "Workspace",
    name: "CoderName | None" = None,
    *,
    yes: bool = False,
    replay: Path | None = None,
    engine: str = "local",
) -> int:
    """Run the pipeline with a progress bar, draft the briefing, and say what was done."""
    from scr_llm.reports.draft_words import after_run_in_words

    started = time.monotonic()
    currency = workspace.project.settings.llm.currency
    with workspace.coder(name, consent=asking(yes=yes), replay=replay) as coder, _progress_bar() as bar:
        task = bar.add_task("", total=None)

        def spending() -> str:
            return spent(coder.spend, currency, time.monotonic() - started) if coder.spend else ""

        def progress(file: str, number: int, of: int) -> None:
            description = f"{file} · {spending()}" if coder.spend else file
            bar.update(task, description=description, completed=number - 1, total=of)

        def afford(cost: "Estimate") -> None:
            bar.stop()  # the bar would draw over the question
            agree_to_cost(cost, currency, yes=yes)
            bar.start()

        outcome = workspace.run(coder, progress, consent=asking(yes=yes), afford=afford, engine=engine)
    _say_outcome(workspace, outcome)
    for line in after_run_in_words(workspace.draft_after(outcome), workspace.project.root):
        say(line)
    if coder.spend:
        say(f"Model: {spending()}.")
    if outcome.stopped:
        say(f"Stopped: {outcome.stopped}")
    if not outcome.coded and not outcome.kept:
        return 3
    return 1 if outcome.left_out or outcome.missing else 0


def _progress_bar() -> "Progress":
    """A progress bar on stderr, shown only on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("Reading and coding"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _say_outcome(workspace: "Workspace", outcome: "Outcome") -> None:
    """Say what was coded, and what was not and why."""
    kept = f", {len(outcome.kept)} kept from before" if outcome.kept else ""
    say(f"Coded {count(len(outcome.coded), 'document')}{kept}.")
    _say_coverage(workspace, outcome)
    if outcome.left_out:
        say(f"Not coded: {len(outcome.left_out)}")
    for document in outcome.left_out:
        say(f"  {document.file}: {in_words(document.status)}: {reason_of(document) or 'not yet coded; run again.'}")
    for document in outcome.missing:
        say(
            f"Counted, but no longer in the inbox as it was read: {document.file}. "
            f"Put it back, or leave it out: scr-llm exclude {document.id} --reason …"
        )


def _say_coverage(workspace: "Workspace", outcome: "Outcome") -> None:
    """Say how much was read of each document coded now, with the remarks on it."""
    from scr_llm.stages.synthesise import page_ranges

    new = (*outcome.coded, *(document for document in outcome.kept if document.file in outcome.remarks))
    for document, pages in workspace.pages_read(new):
        lists = (("not read:", pages.unread), ("flagged:", pages.flagged), ("nothing quoted from:", pages.unquoted))
        twice = "" if pages.once is None else f", {pages.pages - len(pages.once)} of them twice"
        details = twice + "".join(f"; {what} {page_ranges(numbers)}" for what, numbers in lists if numbers)
        say(f"  {document.file}: {pages.read} of {pages.pages} pages read{details}")
        for remark in outcome.remarks.get(document.file, ()):
            say(f"    {remark}")
