"""What lies in the inbox against what is known of it: new, as before, under another name, a second copy, or gone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from scr_llm import __version__
from scr_llm.files import named_errors
from scr_llm.project import Project
from scr_llm.records import Document
from scr_llm.stages.intake import entries, second_copy, take_in
from scr_llm.stages.read import scan
from scr_llm.store import Store


def intake(project: Project, store: Store) -> None:
    """Note everything in the inbox that is not yet known, and whose file is gone. Nothing that was ever taken in is forgotten.

    Raises:
        FileError: the inbox itself cannot be read.
    """
    known = {d.id: d for d in store.documents()}
    batch, day = _batch(project, list(known.values())), datetime.now().date().isoformat()
    with named_errors(project.inbox):
        largest = project.settings.read.largest_megabytes * 1_000_000
        found = [take_in(entry, batch, day, largest=largest) for entry in entries(project.inbox)]
    content = {d.file: d.sha256 for d in found}
    by_hash: dict[str, list[str]] = {}
    by_name: dict[str, list[str]] = {}
    for each in known.values():
        by_hash.setdefault(each.sha256, []).append(each.id)
        by_name.setdefault(each.file, []).append(each.id)
    there: set[str] = set()
    for document in found:
        same_name = [known[i] for i in by_name.get(document.file, ())]
        same_bytes = [known[i] for i in by_hash.get(document.sha256, ())] if document.bytes else []
        if old := next(
            (
                d
                for d in same_name
                if d.file == document.file and (d.id == document.id or d.sha256 == document.sha256 != "")
            ),
            None,
        ):
            document = _again(old, same_name)
        elif moved := next((d for d in same_bytes if d.id not in there and content.get(d.file) != d.sha256), None):
            document = moved.model_copy(update={"file": document.file})
        elif first := next((d for d in same_bytes if d.status != "unreadable"), None):
            document = second_copy(document, first)
        there.add(document.id)
        others = [
            d
            for d in same_name
            if d.file == document.file and d.id != document.id and d.status not in ("coded", "superseded")
        ]
        if document.id not in known and (
            excluded := next((d for d in others if d.ruling and d.ruling.act == "exclude"), None)
        ):
            document = _still_left_out(document, excluded)
        for aside in put_aside(store, others, document):
            known[aside.id] = aside
        document = document.model_copy(update={"missing": False})
        if known.get(document.id) != document:
            known[document.id] = document = store.save_document(document, seen=known.get(document.id))
            by_hash.setdefault(document.sha256, []).append(document.id)
            by_name.setdefault(document.file, []).append(document.id)
    for document in known.values():
        if document.id not in there and not document.missing:
            store.save_document(document.model_copy(update={"missing": True}), seen=document)


def _again(old: Document, same_name: Sequence[Document]) -> Document:
    """A document whose file lies there as before; one that another file of its name had taken the place of waits again."""
    back = old.status == "superseded" and any(d.id != old.id and d.status != "superseded" for d in same_name)
    return old.model_copy(update={"status": "pending", "reason": None, "next_step": ""}) if back else old


def _still_left_out(document: Document, before: Document) -> Document:
    """A new file under the name of one that a person left out: it is left out too, until a person says otherwise."""
    step = f'If it is to be counted: scr-llm include "{document.file}" --reason …'
    why = f"the file of this name before it was {(before.reason or '').strip()}"
    return document.model_copy(
        update={"status": "not_a_review", "reason": why, "next_step": step, "ruling": before.ruling}
    )


def put_aside(store: Store, documents: Iterable[Document], by: Document) -> list[Document]:
    """Close the story of earlier files of a name; they stay in the record. Returns them as they stand then."""
    reason = f"another file took its place in the inbox under the name {by.file}."
    return [
        store.save_document(d.model_copy(update={"status": "superseded", "reason": reason, "next_step": ""}), seen=d)
        for d in documents
    ]


def current_documents(documents: Sequence[Document]) -> list[Document]:
    """The documents without those that were taken out of the inbox uncoded, or whose place another file of the same name took."""
    standing = {d.file for d in documents if d.status != "superseded"}
    return [
        d
        for d in documents
        if (d.status != "superseded" or d.file not in standing) and (d.status == "coded" or not d.missing)
    ]


def _batch(project: Project, known: Sequence[Document]) -> str:
    """The name of the batch that new files belong to; by itself the next number as soon as something of the last was coded."""
    if project.settings.batch != "auto":
        return project.settings.batch
    last = max((int(d.batch) for d in known if d.batch.isdigit()), default=1)
    done = any(d.batch == str(last) and d.status in ("coded", "superseded") for d in known)
    return str(last + 1 if done else last)


def present_documents(store: Store) -> list[Document]:
    """Every document that was ever taken in, in the order of file names."""
    return sorted(store.documents(), key=lambda d: (d.file, d.id))


def reader_of(project: Project) -> str:
    """What decides whether a file can be read, as a document keeps it."""
    settings = project.settings.read
    return f"{__version__}, {settings.seconds:g} s, {settings.megabytes} MB, {settings.largest_megabytes} MB" + (
        ", ocr" if scan.is_installed() else ""
    )
