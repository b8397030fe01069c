"""Where every file of the inbox stands, and which cells wait for a decision."""

import json
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
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(folder)
    if show_queue:
        waiting = workspace.queue()
        if as_json:
            _print_json("undecided", [_waiting_row(document, theme) for document, theme in waiting])
        else:
            _print_queue(waiting, {code.id: code.label for code in workspace.codebook().codes})
        return 0
    documents = workspace.documents()
    remarks = workspace.remarks()
    if as_json:
        rows = [{**d.model_dump(mode="json"), "remarks": remarks[d.id]} for d in documents]
        _print_json("documents", rows)
        return 0
    for document in documents:
        _print_document(document, remarks[document.id])
    if not documents:
        click.echo(f"There are no files in {workspace.project.inbox}.")
    if until := workspace.kept_too_long():
        click.echo(f"This project was to be kept until {until}. To remove its contents: scr-llm erase")
    return 0


def reason_of(document: "Document") -> str:
    """Why a document has its status, and what to do about it."""
    return " ".join(part for part in (document.reason, document.next_step) if part)


def _print_document(document: "Document", remarks: "list[str]") -> None:
    gone = ", its file no longer in the inbox as it was" if document.missing else ""
    once = None if document.read_once is None else len(document.read_once)
    twice = "" if once is None else f" ({document.pages - once} of them read by two readers)"
    pages = f", {document.pages} pages{twice}" if document.pages else ""
    reason = f": {reason_of(document)}" if document.reason else ""
    click.echo(f"{document.file}: {in_words(document.status)}{gone}{pages}{reason}")
    for note in document.notes:
        click.echo(f"  check page {note.page}: {'; '.join(note.reasons)}")
    for remark in remarks:
        click.echo(f"  {remark}")


def _waiting_row(document: "Document", theme: "ThemeCoding") -> dict[str, object]:
    return {
        "document_id": document.id,
        "file": document.file,
        "theme": theme.theme,
        "value": theme.value,
        "doubts": theme.doubts,
    }


def _print_queue(waiting: "list[tuple[Document, ThemeCoding]]", labels: dict[str, str]) -> None:
    for document, theme in waiting:
        doubts = f" ({'; '.join(theme.doubts)})" if theme.doubts else ""
        click.echo(f"{document.file} {labels.get(theme.theme, theme.theme)}: {in_words(theme.value)}{doubts}")


def _print_json(name: str, rows: list[dict[str, object]]) -> None:
    click.echo(json.dumps({"schema_version": 1, name: rows}, indent=2, ensure_ascii=False))
