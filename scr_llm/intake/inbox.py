"""The inbox compared with what is known of it: files that are new, unchanged, renamed, a second copy, or gone."""

import contextlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from scr_llm.files import named_errors
from scr_llm.project import Project
from scr_llm.records import Document
from scr_llm.stages.intake import entries, second_copy, take_in
from scr_llm.stages.read import scan
from scr_llm.store import Store
from scr_llm.version import __version__


def intake(project: Project, store: Store) -> None:
    """Record every file in the inbox that is not yet known, and every known one that is gone. Nothing is forgotten.

    Raises:
        FileError: the inbox itself cannot be read.
    """
    known = _Known(store.documents())
    batch, day = _batch(project, list(known.documents.values())), datetime.now().date().isoformat()
    with named_errors(project.inbox):
        largest = project.settings.read.largest_megabytes * 1_000_000
        found = [take_in(entry, batch, day, largest=largest) for entry in entries(project.inbox)]
    content = {d.file: d.sha256 for d in found}
    there: set[str] = set()
    for entry in found:
        namesakes = known.of_name(entry.file)
        document = _identified(entry, namesakes, known.of_bytes(entry), there, content)
        there.add(document.id)
        others = [
            d
            for d in namesakes
            if d.file == document.file and d.id != document.id and d.status not in ("coded", "superseded")
        ]
        excluded = next((d for d in others if d.ruling and d.ruling.act == "exclude"), None)
        if excluded and document.id not in known.documents:
            document = _still_left_out(document, excluded)
        for aside in put_aside(store, others, document):
            known.documents[aside.id] = aside
        document, before = document.model_copy(update={"missing": False}), known.documents.get(document.id)
        if before != document:
            known.note(store.save_document(document, seen=before))
    for document in known.documents.values():
        if document.id not in there and not document.missing:
            store.save_document(document.model_copy(update={"missing": True}), seen=document)


def sizes(inbox: Path) -> dict[str, tuple[int, int]]:
    """Size in bytes and modification time in ns of each file that could be taken in.

    A file that disappears or cannot be examined is left to the next look.
    """
    found = {}
    for entry in entries(inbox):
        with contextlib.suppress(OSError):
            state = entry.path.stat(follow_symlinks=False)
            found[entry.name] = (state.st_size, state.st_mtime_ns)
    return found


class _Known:
    """The documents on record, to be looked up by file name and by content."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents: dict[str, Document] = {}
        """By id."""
        self._by_hash: dict[str, list[str]] = {}
        self._by_name: dict[str, list[str]] = {}
        for each in documents:
            self.note(each)

    def note(self, document: Document) -> None:
        self.documents[document.id] = document
        self._by_hash.setdefault(document.sha256, []).append(document.id)
        self._by_name.setdefault(document.file, []).append(document.id)

    def of_name(self, file: str) -> list[Document]:
        """Those that are, or were, under a file name."""
        return [self.documents[i] for i in self._by_name.get(file, ())]

    def of_bytes(self, document: Document) -> list[Document]:
        """Those with the same bytes. Empty files are all alike, so they match nothing."""
        return [self.documents[i] for i in self._by_hash.get(document.sha256, ())] if document.bytes else []


def _identified(
    found: Document,
    namesakes: Sequence[Document],
    same_bytes: Sequence[Document],
    there: set[str],
    content: dict[str, str],
) -> Document:
    """The document that a file in the inbox is: a known one, a known one renamed, a second copy, or a new one."""
    for old in namesakes:
        same = old.id == found.id or old.sha256 == found.sha256 != ""
        if old.file == found.file and same:
            return _again(old, namesakes)
    for old in same_bytes:
        if old.id not in there and content.get(old.file) != old.sha256:  # its own file is no longer there
            return old.model_copy(update={"file": found.file})
    for old in same_bytes:
        if old.status != "unreadable":
            return second_copy(found, old)
    return found


def _again(old: Document, namesakes: Sequence[Document]) -> Document:
    """A document whose file is there as before. It waits to be coded again if another file had replaced it."""
    was_replaced = old.status == "superseded" and any(d.id != old.id and d.status != "superseded" for d in namesakes)
    return old.model_copy(update={"status": "pending", "reason": None, "next_step": ""}) if was_replaced else old


def _still_left_out(document: Document, before: Document) -> Document:
    """A new file with the name of one that a person left out. It is left out too, until a person decides otherwise."""
    step = f'To count it: scr-llm include "{document.file}" --reason …'
    why = f"the earlier file with this name was {(before.reason or '').strip()}"
    return document.model_copy(
        update={"status": "not_a_review", "reason": why, "next_step": step, "ruling": before.ruling}
    )


def put_aside(store: Store, documents: Iterable[Document], by: Document) -> list[Document]:
    """Supersede earlier files of a name; they stay on record. Returns them as they then are."""
    reason = f"another file named {by.file} replaced it in the inbox."
    return [
        store.save_document(d.model_copy(update={"status": "superseded", "reason": reason, "next_step": ""}), seen=d)
        for d in documents
    ]


def current_documents(documents: Sequence[Document]) -> list[Document]:
    """The documents that count today.

    Left out are those removed from the inbox before they were coded, and those replaced by a file of the same name.
    """
    names = {d.file for d in documents if d.status != "superseded"}
    return [d for d in documents if not _is_past(d, names)]


def _is_past(document: Document, names: set[str]) -> bool:
    replaced = document.status == "superseded" and document.file in names
    removed_uncoded = document.missing and document.status != "coded"
    return replaced or removed_uncoded


def _batch(project: Project, known: Sequence[Document]) -> str:
    """The name of the batch that new files belong to.

    Unless the settings name one, batches are numbered, and a new one begins once a file of the last has been coded.
    """
    if project.settings.batch != "auto":
        return project.settings.batch
    last = max((int(d.batch) for d in known if d.batch.isdigit()), default=1)
    done = any(d.batch == str(last) and d.status in ("coded", "superseded") for d in known)
    return str(last + 1 if done else last)


def present_documents(store: Store) -> list[Document]:
    """Every document that was ever taken in, ordered by file name."""
    return sorted(store.documents(), key=lambda d: (d.file, d.id))


def reader_of(project: Project) -> str:
    """Everything that decides whether a file can be read, as stored with a document that could not be."""
    settings = project.settings.read
    ocr = ", ocr" if scan.is_installed() else ""
    return f"{__version__}, {settings.seconds:g} s, {settings.megabytes} MB, {settings.largest_megabytes} MB{ocr}"
