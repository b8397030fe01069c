"""Where every file of the inbox stands, and which cells wait for a decision."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scr_llm.cli.base import JSON, PROJECT, cli
from scr_llm.text.words import in_words

if TYPE_CHECKING:
    from scr_llm.records import Document, ThemeCoding


@cli.command()
@PROJECT
@JSON
@click.option("--queue", "show_queue", is_flag=True, help="List the undecided cells instead, the most doubtful first.")
def status(folder: Path, as_json: bool, show_queue: bool) -> int:
    """List every file of the inbox and its status.

    If a file was not coded, the reason is given.
    """
    from scr_llm.codebook import load_codebook
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
            _print_json("undecided", [_waiting_row(files[i], i, theme) for i, theme in waiting])
        else:
            _print_queue(waiting, files, {c.id: c.label for c in load_codebook(project.codebook_path).codes})
        return 0
    if as_json:
        rows = [{**d.model_dump(mode="json"), "remarks": remarks[d.id]} for d in documents]
        _print_json("documents", rows)
        return 0
    for document in documents:
        _print_document(document, remarks[document.id])
    if not documents:
        click.echo(f"There are no files in {project.inbox}.")
    if (until := project.settings.retain_until) and until < f"{datetime.now():%Y-%m-%d}":
        click.echo(f"This project was to be kept until {until}. To remove its contents: scr-llm erase")
    return 0


def reason_of(document: "Document") -> str:
    """Why a document has its status, and what to do about it."""
    return " ".join(part for part in (document.reason, document.next_step) if part)


def _print_document(document: "Document", remarks: "list[str]") -> None:
    gone = ", its file no longer in the inbox as it was" if document.missing else ""
    pages = f", {document.pages} pages" if document.pages else ""
    reason = f": {reason_of(document)}" if document.reason else ""
    click.echo(f"{document.file}: {in_words(document.status)}{gone}{pages}{reason}")
    for note in document.notes:
        click.echo(f"  check page {note.page}: {'; '.join(note.reasons)}")
    for remark in remarks:
        click.echo(f"  {remark}")


def _waiting_row(file: str, document_id: str, theme: "ThemeCoding") -> dict[str, object]:
    return {
        "document_id": document_id,
        "file": file,
        "theme": theme.theme,
        "value": theme.value,
        "doubts": theme.doubts,
    }


def _print_queue(waiting: "list[tuple[str, ThemeCoding]]", files: dict[str, str], labels: dict[str, str]) -> None:
    for document_id, theme in waiting:
        doubts = f" ({'; '.join(theme.doubts)})" if theme.doubts else ""
        click.echo(f"{files[document_id]} {labels.get(theme.theme, theme.theme)}: {in_words(theme.value)}{doubts}")


def _print_json(name: str, rows: list[dict[str, object]]) -> None:
    click.echo(json.dumps({"schema_version": 1, name: rows}, indent=2, ensure_ascii=False))
