"""People's decisions about which files are coded at all: kept in the record, printed in the paper's note on method, undone by the reverse."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from scr_llm.errors import UsageError
from scr_llm.intake.inbox import current_documents, intake
from scr_llm.project import Project
from scr_llm.records import Document, Ruling
from scr_llm.store import Store
from scr_llm.text.typed import LONGEST_REASON, typed
from scr_llm.text.words import in_words


def rule(project: Project, file: str, act: Literal["include", "exclude"], reason: str, name: str = "") -> Document:
    """Decide that a file is coded although it was taken for something else, or that it is left out. Returns it as it stands then.

    A file that was coded before is counted again with its coding and decisions; another is coded by the next run.

    Raises:
        UsageError: there is no such file, no reason, it cannot be read, or it stands so already.
    """
    reason, name = typed(reason, "the reason", longest=LONGEST_REASON), typed(name, "the name") if name else ""
    with Store(project.store_path) as store:
        intake(project, store)
        document = _named(project, store, file)
        return store.change_document(document.id, lambda stored: _ruled(store, stored or document, act, reason, name))


def _ruled(store: Store, document: Document, act: Literal["include", "exclude"], reason: str, name: str) -> Document:
    """A document as it stands after a ruling; raises UsageError where that makes no sense."""
    if act == "include" and document.status in ("coded", "pending"):
        raise UsageError(f"{document.file} is not left out.", next_step="Nothing needs to be done.")
    if act == "include" and document.status == "unreadable":
        raise UsageError(f"{document.file} cannot be read: {document.reason}", next_step=document.next_step)
    if act == "include" and (
        by := next((d for d in store.documents() if d.replaces == document.id and d.status == "coded"), None)
    ):
        raise UsageError(
            f"{by.file} took the place of {document.file} and is counted.",
            next_step=f'To count the earlier one, leave that out first: scr-llm exclude "{by.file}" --reason …',
        )
    if act == "exclude" and document.ruling and document.ruling.act == "exclude":
        raise UsageError(f"{document.file} is left out already.", next_step="To undo that: scr-llm include")
    undone = document.ruling if act == "include" and document.ruling and document.ruling.act == "exclude" else None
    if act == "include" and not undone:
        _refuse_second_copy(store, document)
    before, why = (undone.before, undone.reason_before) if undone else (document.status, document.reason)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    ruling = Ruling(act=act, reason=reason, at=at, name=name, before=before, reason_before=why)
    after: dict[str, object] = {"ruling": ruling, "next_step": ""}
    if act == "exclude":
        after |= {"status": "not_a_review", "reason": f"left out by a person: “{ruling.reason}”"}
    elif undone and undone.before not in (
        "coded",
        "pending",
        "failed",
    ):  # what was left out stands again where it stood
        after |= {"status": undone.before, "reason": undone.reason_before}
    else:
        after |= {"status": "coded" if store.coding(document.id) else "pending", "reason": None}
    return document.model_copy(update=after)


def _refuse_second_copy(store: Store, document: Document) -> None:
    twin = next(
        (
            d
            for d in store.documents()
            if d.id != document.id and d.sha256 == document.sha256 != "" and d.status == "coded"
        ),
        None,
    )
    if twin:
        raise UsageError(
            f"{document.file} is byte for byte {twin.file}, which is counted.",
            next_step="The same file is never counted twice.",
        )


def _named(project: Project, store: Store, file: str) -> Document:
    """The document of a file, given by its name in the inbox or by its path."""
    documents = store.documents()
    path = Path(file)
    names = {file, path.as_posix()}
    if path.resolve().is_relative_to(project.inbox.resolve()):
        names.add(path.resolve().relative_to(project.inbox.resolve()).as_posix())
    found = [d for d in current_documents(documents) if d.file in names or d.id == file]
    if not found:
        known = ", ".join(sorted({d.file for d in documents})[:20])
        raise UsageError(
            f"there is no file {file} in {project.inbox}.",
            next_step=f"There are: {known}." if known else "It is empty.",
        )
    if len(found) > 1:  # one that was replaced in the inbox, and what took its place
        told = "; ".join(f"{d.id} ({in_words(d.status)}{', its file gone' if d.missing else ''})" for d in found)
        raise UsageError(
            f"{file} names {len(found)} documents: {told}.",
            next_step="Give the one that you mean by what stands before the bracket.",
        )
    return found[0]
