"""The commands: arguments in, exit code out. Heavy things are imported when they are needed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm import __version__
from scr_llm.errors import NothingDoneError, ScrError, UsageError

if TYPE_CHECKING:

    from scr_llm.pipeline import Outcome
    from scr_llm.project import Project
    from scr_llm.records import Briefing

PROJECT = click.option(
    "--project", "folder", type=click.Path(path_type=Path), default=Path(), help="Project folder; the current one if not given."
)
FORMATS = ("docx", "html", "md", "xlsx")


def say(message: str) -> None:
    """A message for the person, to stderr."""
    click.echo(message, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="scr-llm")
def cli() -> None:
    """Learn across Serious Case Reviews: PDFs in, grounded codings and a draft briefing out.

    Nothing leaves this computer unless project.toml names a remote model and who approved it.
    """


@cli.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("outputs/demo"), show_default=True, help="Folder to make.")
def demo(out: Path) -> int:
    """Make a project from eight made-up reviews and run the whole job in it."""
    import shutil

    from scr_llm.project import data_dir, init_project, load_project

    if out.exists() and any(out.iterdir()) and not (out / "project.toml").exists():
        raise UsageError(f"{out} is not empty and no project folder.", next_step="Give another folder with --out.")
    project = load_project(out) if (out / "project.toml").exists() else init_project(out, name="Demonstration")
    for path in sorted((data_dir() / "fixtures" / "batch-1").glob("*.pdf")):
        shutil.copyfile(path, project.inbox / path.name)
    code = _run(project, "rules")
    for path in project.outputs.glob("briefing.*"):
        shutil.copyfile(path, out / path.name)
    return code


@cli.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def init(folder: Path) -> int:
    """Make a project folder: project.toml, inbox/, outputs/, codebook.yaml."""
    from scr_llm.project import init_project

    project = init_project(folder)
    say(f"Made {project.root}. Drop PDFs into {project.inbox}, then: scr-llm run --project {project.root}")
    return 0


@cli.command()
@PROJECT
@click.option("--coder", type=click.Choice(["rules", "llm"]), help="Who codes; llm where a model is set, else rules.")
@click.option("--yes", is_flag=True, help="Do not ask before text is sent to a remote model that is approved.")
def run(folder: Path, coder: str | None, yes: bool) -> int:
    """Take in what is new, read, code, ground, save, and draft the briefing."""
    from scr_llm.project import load_project

    project = load_project(folder)
    chosen = coder or ("llm" if project.settings.llm.base_url and project.settings.llm.model else "rules")
    if coder is None and chosen == "rules":
        say("No language model is set: the embedded rules coder is used. Nothing leaves this computer.")
    return _run(project, chosen, yes=yes)


def _run(project: "Project", coder: str, *, yes: bool = False) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from scr_llm import pipeline
    from scr_llm.choose import choose_coder

    console = Console(stderr=True)
    columns = (TextColumn("Reading and coding"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def progress(file: str, number: int, of: int) -> None:
            bar.update(task, description=file, completed=number - 1, total=of)

        outcome = pipeline.run(project, choose_coder(project, coder, yes=yes), progress)
    briefing, written = _brief(project, FORMATS)
    _close(outcome, briefing, written)
    if not outcome.coded and not outcome.kept:
        return 3
    return 1 if outcome.left_out else 0


def _close(outcome: "Outcome", briefing: "Briefing", written: list[Path]) -> None:
    """The closing summary."""
    kept = f", {len(outcome.kept)} kept from before" if outcome.kept else ""
    say(f"Coded {len(outcome.coded)} {'document' if len(outcome.coded) == 1 else 'documents'}{kept}.")
    read = {row[0]: row[1:] for part in briefing.parts if part.id == "not_read" for table in part.tables for row in table.rows}
    new = {document.file for document in outcome.coded}
    for case in briefing.cases:
        if case.file in new:
            of, *rest = read[case.label]
            told = "".join(f"; {what} {which}" for what, which in zip(("not read:", "check:", "nothing quoted from:"), rest, strict=True) if which != "None")
            say(f"  {case.file}: {of} pages read{told}")
    if outcome.left_out:
        say(f"Not coded: {len(outcome.left_out)}")
        for document in outcome.left_out:
            say(f"  {document.file}: {document.status.replace('_', ' ')}: {document.reason or 'not yet coded; run again.'}")
    for path in written:
        say(f"Written: {path}")
    say("This is a draft: no cell counts until a person has decided it.")


@cli.command()
@PROJECT
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(folder: Path, as_json: bool) -> int:
    """Every file of the inbox and where it stands, with the reason where it stopped."""
    import json

    from scr_llm.pipeline import intake, present_documents
    from scr_llm.project import load_project
    from scr_llm.store import Store

    project = load_project(folder)
    with Store(project.store_path) as store:
        intake(project, store)
        documents = present_documents(project, store)
    if as_json:
        rows = [d.model_dump(mode="json") for d in documents]
        click.echo(json.dumps({"schema_version": 1, "documents": rows}, indent=2, ensure_ascii=False))
        return 0
    for document in documents:
        click.echo(f"{document.file}: {document.status.replace('_', ' ')}" + (f", {document.pages} pages" if document.pages else "") + (f": {document.reason}" if document.reason else ""))
        for note in document.notes:
            click.echo(f"  check page {note.page}: {'; '.join(note.reasons)}")
    if not documents:
        click.echo(f"No file in {project.inbox}.")
    return 0


@cli.command()
@PROJECT
@click.option("--format", "formats", default="docx,html,md,xlsx", show_default=True, help="Formats, parted by commas.")
def brief(folder: Path, formats: str) -> int:
    """Write the draft briefing again from what is coded and decided now."""
    from scr_llm.project import load_project

    wanted = tuple(part.strip() for part in formats.split(",") if part.strip())
    if unknown := [part for part in wanted if part not in (*FORMATS, "json")]:
        raise UsageError(f"no such format: {', '.join(unknown)}.", next_step=f"Choose from {', '.join(FORMATS)} and json.")
    for path in _brief(load_project(folder), wanted)[1]:
        say(f"Written: {path}")
    return 0


def _brief(project: "Project", formats: tuple[str, ...]) -> "tuple[Briefing, list[Path]]":
    from scr_llm import pipeline
    from scr_llm.render import render

    briefing, reviews = pipeline.brief(project)
    items = [(row, review.coding) for row, review in zip(briefing.cases, reviews, strict=True)]
    written = []
    for name in formats:
        path = project.outputs / f"briefing.{name}"
        pipeline.write_atomically(path, render(briefing, name, items=items))
        written.append(path)
    return briefing, written


@cli.command()
@PROJECT
@click.option("--format", "form", type=click.Choice(["json", "csv", "xlsx"]), required=True, help="Format.")
@click.option("--out", default="-", show_default=True, help="File to write, or - for standard output.")
def export(folder: Path, form: str, out: str) -> int:
    """Give out everything that is coded, for other programs."""
    from scr_llm import pipeline
    from scr_llm.project import load_project
    from scr_llm.render import render, table_csv

    project = load_project(folder)
    if form == "xlsx":
        briefing, reviews = pipeline.brief(project)
        items = [(row, review.coding) for row, review in zip(briefing.cases, reviews, strict=True)]
        content = render(briefing, "xlsx", items=items)
    else:
        exported = pipeline.export(project)
        content = (exported.model_dump_json(indent=2) + "\n").encode() if form == "json" else table_csv(exported)
    if out == "-":
        sys.stdout.buffer.write(content)
    else:
        pipeline.write_atomically(Path(out), content)
        say(f"Written: {out}")
    return 0


@cli.command()
@PROJECT
@click.argument("theme")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def explain(folder: Path, theme: str, as_json: bool) -> int:
    """Say where a THEME's number comes from: cases, quotes, pages, who decided, and why not the others."""
    from scr_llm import pipeline
    from scr_llm.project import load_project
    from scr_llm.text.flow import readable

    told = pipeline.explain(load_project(folder), theme)
    if as_json:
        click.echo(told.model_dump_json(indent=2))
        return 0
    click.echo(f"{told.label}: {told.present} of {told.of} reviews; {told.decided} of {told.of} cells decided by a person.\n{told.definition}")
    for counted, heading in ((True, "Counted:"), (False, "Not counted:")):
        click.echo(f"\n{heading}")
        for cell in (c for c in told.cells if c.counted is counted):
            who = f" Decided by {cell.decision.author}." if cell.decision else " Not yet decided by a person."
            click.echo(f"  {cell.label} ({cell.file}): {cell.value.replace('_', ' ')}. {cell.why}{who}")
            for e in cell.evidence:
                flags = f" [{', '.join(e.flags)}]" if e.flags else ""
                click.echo(f"    page {e.page}: “{readable(e.quote)}”{flags}")
    for line in told.not_coded:
        click.echo(f"  Not in the number: {line}")
    return 0


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
    agreement = pipeline.evaluate(project, gold, choose_coder(project, coder, yes=yes) if coder else None)
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


@cli.command()
@PROJECT
def doctor(folder: Path) -> int:
    """Say what is installed, which model answers, and what would leave this computer."""
    import platform
    from importlib.metadata import version

    from scr_llm.codebook import codebook_sha256, load_codebook
    from scr_llm.project import data_dir, load_project

    click.echo(f"scr-llm {__version__}, Python {platform.python_version()}, {platform.system()}")
    click.echo(", ".join(f"{name} {version(name)}" for name in ("pydantic", "pypdfium2", "pypdf", "openai", "SQLAlchemy", "python-docx")))
    try:
        project = load_project(folder)
    except UsageError as error:
        book = load_codebook(data_dir() / "prompts" / "codebook.yaml")
        click.echo(f"Shipped codebook {book.version}: {len(book.codes)} codes, {codebook_sha256(book)[:12]}")
        click.echo(f"Project: none here. {error}")
        return 0
    book = load_codebook(project.codebook_path)
    click.echo(f"Project {project.settings.name}: codebook {book.version}, {len(book.codes)} codes, {codebook_sha256(book)[:12]}")
    from scr_llm.store import Store

    with Store(project.store_path) as store:
        calls, decisions, broken = store.calls(), len(store.decisions()), store.verify_decisions()
    click.echo(f"Decisions of people: {decisions}" + (f"; the chain is BROKEN at decision {broken}: it was changed from outside." if broken else ", their chain whole."))
    sent = sum(call["bytes_out"] for call in calls)
    places = ", ".join(sorted({call["endpoint"] for call in calls})) or "nowhere"
    click.echo(f"Sent to a model so far: {len(calls)} requests, {sent} bytes, to {places}.")
    llm = project.settings.llm
    if not llm.base_url:
        click.echo("Model: none. The rules coder is used. Nothing leaves this computer.")
        return 0
    from scr_llm.llm import is_loopback
    from scr_llm.llm.client import without_credentials

    where = without_credentials(llm.base_url)
    if is_loopback(llm.base_url):
        click.echo(f"Model: {llm.model or '(no name set)'} at {where}, on this computer. Nothing leaves it.")
        from scr_llm.choose import answers

        click.echo(answers(llm.base_url, llm.model, llm.api_key_env))
    elif llm.approved_by and llm.region:
        click.echo(f"Model: {llm.model} at {where} ({llm.region}), approved by {llm.approved_by}. With --coder llm the text of the reviews is sent there.")
    else:
        click.echo(f"Model: {llm.model} at {where}: refused. project.toml must name region and approved_by before anything is sent.")
    return 0


def main() -> None:
    """Run the command line; every expected error is one line and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        say("Stopped. What was finished is saved; run again to go on.")
        sys.exit(3)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (ScrError, NothingDoneError) as error:
        say(f"scr-llm: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        say("Stopped. What was finished is saved; run again to go on.")
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
