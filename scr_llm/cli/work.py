"""The job itself: make a project, run it, see where it stands, write the paper."""

import contextlib
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import PROJECT, asking, cli, say
from scr_llm.cli.model import agree_to_cost, spent
from scr_llm.errors import ScrError
from scr_llm.text.words import in_words

if TYPE_CHECKING:
    from scr_llm.models.preview import Estimate
    from scr_llm.pipeline import Outcome
    from scr_llm.project import Project
    from scr_llm.records import Document
    from scr_llm.reports.drafts import Written
    from scr_llm.workspace import CoderName, Workspace


@cli.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("outputs/demo"), show_default=True, help="Folder to make."
)
def demo(out: Path) -> int:
    """Make a project from eight made-up reviews and run the whole job in it."""
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
    """Make a project folder: project.toml, inbox/, outputs/, codebook.yaml."""
    from scr_llm.workspace import Workspace

    project = Workspace.create(folder).project
    say(f"Made {project.root}. Drop PDFs into {project.inbox}, then: scr-llm run --project {project.root}")
    return 0


@cli.command()
@PROJECT
@click.option("--coder", type=click.Choice(["rules", "llm"]), help="Who codes; llm where a model is set, else rules.")
@click.option(
    "--yes", is_flag=True, help="Do not ask before text is sent to a remote model that is approved, or money is spent."
)
@click.option(
    "--replay",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --coder llm: answer from a file of recorded replies; nothing is sent.",
)
def run(folder: Path, coder: "CoderName | None", yes: bool, replay: Path | None) -> int:
    """Take in what is new, read, code, ground, save, and draft the briefing."""
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    if coder is None and not replay and workspace.default_coder() == "rules":
        say("No language model is set: the embedded coder is used. Nothing leaves this computer.")
    return _run(workspace, coder, yes=yes, replay=replay)


def _run(
    workspace: "Workspace", name: "CoderName | None" = None, *, yes: bool = False, replay: Path | None = None
) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("Reading and coding"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    started = time.monotonic()
    currency = workspace.project.settings.llm.currency
    with (
        workspace.coder(name, consent=asking(yes=yes), replay=replay) as coder,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("", total=None)

        def asked() -> str:
            return spent(coder.spend, currency, time.monotonic() - started) if coder.spend else ""

        def progress(file: str, number: int, of: int) -> None:
            description = f"{file} · {asked()}" if coder.spend else file
            bar.update(task, description=description, completed=number - 1, total=of)

        def afford(cost: "Estimate") -> None:
            bar.stop()
            agree_to_cost(cost, currency, yes=yes)
            bar.start()

        outcome = workspace.run(coder, progress, afford=afford)
    _close(outcome, _drafted(workspace.brief()))
    if coder.spend:
        say(f"Model: {asked()}.")
    if outcome.stopped:
        say(f"Stopped: {outcome.stopped}")
    if not outcome.coded and not outcome.kept:
        return 3
    return 1 if outcome.left_out or outcome.missing else 0


def _close(outcome: "Outcome", done: "Written") -> None:
    """The closing summary."""
    from scr_llm.stages.synthesise import page_ranges

    briefing = done.briefing
    kept = f", {len(outcome.kept)} kept from before" if outcome.kept else ""
    say(f"Coded {len(outcome.coded)} {'document' if len(outcome.coded) == 1 else 'documents'}{kept}.")
    new = {document.file for document in outcome.coded} | set(outcome.remarks)
    for file, of in done.coverage.items():
        if file in new:
            parts = (("not read:", of.unread), ("flagged:", of.flagged), ("nothing quoted from:", of.unquoted))
            more = "".join(f"; {what} {page_ranges(pages)}" for what, pages in parts if pages)
            say(f"  {file}: {of.read} of {of.pages} pages read{more}")
            for line in outcome.remarks.get(file, ()):
                say(f"    {line}")
    if outcome.left_out:
        say(f"Not coded: {len(outcome.left_out)}")
        for document in outcome.left_out:
            say(f"  {document.file}: {in_words(document.status)}: {_why(document) or 'not yet coded; run again.'}")
    for document in outcome.missing:
        say(
            f"Counted, and no longer in the inbox as it was read: {document.file}. Put it back, or leave it out: scr-llm exclude {document.id} --reason …"
        )
    for path in done.paths:
        say(f"Written: {path}")
    say(done.state.closing(briefing.facts.cells_decided, briefing.facts.cells))


def _why(document: "Document") -> str:
    """Why a document stands where it does, and what to do about it."""
    return " ".join(x for x in (document.reason, document.next_step) if x)


@cli.command()
@PROJECT
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--queue", "show_queue", is_flag=True, help="The undecided cells instead, the most worth a look first.")
def status(folder: Path, as_json: bool, show_queue: bool) -> int:
    """Every file of the inbox and where it stands, with the reason where it stopped."""
    import json

    from scr_llm.intake.inbox import intake, present_documents
    from scr_llm.project import load_project
    from scr_llm.stages.code.remarks import remarks_on
    from scr_llm.stages.decisions import queue
    from scr_llm.store import Store

    project = load_project(folder)
    with Store(project.store_path) as store:
        intake(project, store)
        documents = present_documents(store)
        codings = {d.id: coding for d in documents if (coding := store.coding(d.id))}
        remarks = {d.id: remarks_on(codings.get(d.id)) for d in documents}
        waiting = queue({d.id: codings[d.id] for d in documents if d.status == "coded"}, store.decisions())
    if show_queue:
        files = {d.id: d.file for d in documents}
        if as_json:
            rows = [
                {"document_id": i, "file": files[i], "theme": t.theme, "value": t.value, "doubts": t.doubts}
                for i, t in waiting
            ]
            click.echo(json.dumps({"schema_version": 1, "undecided": rows}, indent=2, ensure_ascii=False))
            return 0
        for i, theme in waiting:
            click.echo(
                f"{files[i]} {theme.theme}: {in_words(theme.value)}"
                + (f" ({'; '.join(theme.doubts)})" if theme.doubts else "")
            )
        return 0
    if as_json:
        rows = [{**d.model_dump(mode="json"), "remarks": remarks[d.id]} for d in documents]
        click.echo(json.dumps({"schema_version": 1, "documents": rows}, indent=2, ensure_ascii=False))
        return 0
    for document in documents:
        gone = ", its file no longer in the inbox as it was" if document.missing else ""
        click.echo(
            f"{document.file}: {in_words(document.status)}{gone}"
            + (f", {document.pages} pages" if document.pages else "")
            + (f": {_why(document)}" if document.reason else "")
        )
        for note in document.notes:
            click.echo(f"  check page {note.page}: {'; '.join(note.reasons)}")
        for line in remarks[document.id]:
            click.echo(f"  {line}")
    if not documents:
        click.echo(f"No file in {project.inbox}.")
    if (until := project.settings.retain_until) and until < f"{datetime.now():%Y-%m-%d}":
        click.echo(f"This project was to be kept until {until}. To remove what it holds: scr-llm forget")
    return 0


@cli.command()
@PROJECT
@click.option("--format", "formats", default="docx,html,md,xlsx", show_default=True, help="Formats, parted by commas.")
@click.option(
    "--signed", type=int, help="A signed briefing instead, by its number: the files that were signed, byte for byte."
)
@click.option(
    "--only",
    multiple=True,
    metavar="WHAT=VALUE",
    help="A subset: authority, batch, context, age (band) or taken-in (day); may be given more than once.",
)
@click.option(
    "--prose",
    is_flag=True,
    help="Let the model of project.toml draft a linking sentence for each headline theme; each is checked against the figures, and marked.",
)
@click.option(
    "--yes", is_flag=True, help="Do not ask before facts and quotes are sent to a remote model that is approved."
)
def brief(folder: Path, formats: str, signed: int | None, only: tuple[str, ...], prose: bool, yes: bool) -> int:
    """Write the draft briefing again from what is coded and decided now."""
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    if signed is not None:
        from scr_llm.review.sign_off import write_again

        for path in write_again(workspace.project, signed):
            say(f"Written: {path}")
        return 0
    pairs = (part.partition("=") for part in only)
    wanted = [part.strip() for part in formats.split(",") if part.strip()]
    subset = {what: value for what, _, value in pairs}
    done = _drafted(workspace.brief(wanted, only=subset, prose=prose, consent=asking(yes=yes)))
    for path in done.paths:
        say(f"Written: {path}")
    if done.state.is_signed and not done.paths:
        say(done.state.closing(0, 0) + " Nothing was written.")
    return 0


_CHANGES_PRINTED = 10
"""Lines of what changed that are printed; all of them go to a file."""


def _drafted(done: "Written") -> "Written":
    """Say what became of a draft."""
    for line in done.refused:
        say(line)
    version = done.briefing.version
    for path in done.kept:
        say(f"Left as it is, since somebody edited it: {path}. The new draft is version {version}, beside it.")
    for path in done.blocked:
        say(
            f"Left as it is, since it is open in another program: {path}. The new draft is version {version}, beside it."
        )
    if done.changes:
        say(
            f"{len(done.changes)} {'thing' if len(done.changes) == 1 else 'things'} changed (all of them: {done.change_file}):"
        )
    shown = done.changes if len(done.changes) < _CHANGES_PRINTED else done.changes[: _CHANGES_PRINTED - 2]
    for line in shown:
        say(f"  {line}")
    if len(shown) < len(done.changes):
        say(f"  and {len(done.changes) - len(shown)} more")
    return done


@cli.command()
@PROJECT
@click.option("--every", type=click.FloatRange(min=0.2), default=10.0, show_default=True, help="Seconds between looks.")
@click.option("--times", type=int, hidden=True, help="Looks before it ends; for tests.")
def watch(folder: Path, every: float, times: int | None) -> int:
    """Take in files as they are dropped, once they are complete, and redraft. Ctrl-C ends it. Uses the embedded coder; nothing is sent."""
    import itertools

    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    inbox = workspace.project.inbox
    say(f"Watching {inbox}; Ctrl-C ends it.")
    seen: dict[str, tuple[int, int]] = {}
    done: dict[str, tuple[int, int]] = {}
    for look in itertools.count(1):
        now = _sizes(inbox)
        complete = {name: state for name, state in now.items() if seen.get(name) == state}
        if now and complete == now and now != done:
            try:
                _run(workspace, "rules")
                done = now
            except ScrError as error:  # a full disk, a file in use: the next check may find it mended
                say(f"scr-llm: {error}")
        seen = now
        if look == times:
            return 0
        time.sleep(every)
    return 0


def _sizes(inbox: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file that could be taken in; one that goes away or cannot be looked at is left to the next check."""
    from scr_llm.stages.intake import entries

    found = {}
    for entry in entries(inbox):
        with contextlib.suppress(OSError):
            state = entry.path.stat(follow_symlinks=False)
            found[entry.name] = (state.st_size, state.st_mtime_ns)
    return found


@cli.command()
@PROJECT
@click.argument("file")
@click.option(
    "--reason", required=True, help="Why, in your words; it is kept in the record and in the paper's note on method."
)
@click.option("--name", default="", help="Who decides so.")
def include(folder: Path, file: str, reason: str, name: str) -> int:
    """Have FILE of the inbox coded although it was taken for something else. `exclude` is the reverse."""
    from scr_llm.intake.inclusion import rule

    return _ruled(folder, lambda project: rule(project, file, "include", reason, name))


@cli.command()
@PROJECT
@click.argument("file")
@click.option("--reason", required=True, help="Why, in your words; it is kept in the record and in the paper.")
@click.option("--name", default="", help="Who decides so.")
def exclude(folder: Path, file: str, reason: str, name: str) -> int:
    """Leave FILE of the inbox out although it was taken for a review. Its coding and decisions are kept; `include` brings them back."""
    from scr_llm.intake.inclusion import rule

    return _ruled(folder, lambda project: rule(project, file, "exclude", reason, name))


def _ruled(folder: Path, do: "Callable[[Project], Document]") -> int:
    from scr_llm.project import load_project

    document = do(load_project(folder))
    told = {
        "pending": "will be coded by the next run: scr-llm run",
        "coded": "is coded and counts again; draft the paper: scr-llm brief",
    }
    say(f"{document.file} {told.get(document.status, 'is left out; draft the paper without it: scr-llm brief')}")
    return 0


@cli.command()
@PROJECT
@click.option("--inbox", is_flag=True, help="Remove the PDFs of the inbox too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(folder: Path, inbox: bool, yes: bool) -> int:
    """Remove all texts, quotes, decisions, caches, logs and papers of a project. A certificate of hashes, dates and counts stays."""
    from scr_llm.governance.erase import forget as remove
    from scr_llm.project import load_project

    project = load_project(folder)
    if not yes:
        click.confirm(
            f"Everything that was read, coded, decided and written in {project.root} will be gone for good{', with its PDFs' if inbox else ''}. Go on?",
            abort=True,
            err=True,
        )
    say(f"Forgotten. Certificate: {remove(project, inbox=inbox)}")
    stays = sorted(p.name for p in project.root.iterdir() if p.name not in ("inbox", "outputs") or any(p.iterdir()))
    say(f"What stays in {project.root}: {', '.join(stays)}. Remove what else holds case text, a review sheet say.")
    return 0
