"""People's decisions to include or leave out a file.

They are kept on record and printed in the paper's note on method. Each can be undone by the opposite decision.
"""

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
    """Decide that a file is coded after all, or that it is left out. Returns its document after the decision.

    A file that was coded before is counted again with its coding and decisions; any other is coded by the next run.

    Raises:
        UsageError: there is no such file, no reason is given, it cannot be read, or it is already so.
    """
    reason = typed(reason, "the reason", longest=LONGEST_REASON)
    name = typed(name, "the name") if name else ""
    with Store(project.database) as store:
        intake(project, store)
        document = _named(project, store, file)
        return store.change_document(document.id, lambda stored: _ruled(store, stored or document, act, reason, name))


def _ruled(store: Store, document: Document, act: Literal["include", "exclude"], reason: str, name: str) -> Document:
    """A document after a ruling; raises UsageError if the ruling makes no sense."""
    ruled_out = document.ruling if document.ruling and document.ruling.act == "exclude" else None
    if act == "exclude":
        if ruled_out:
            raise UsageError(f"{document.file} is already left out.", next_step="To undo that: scr-llm include")
        undone = None
    else:
        _refuse_inclusion(store, document)
        undone = ruled_out
        if not undone:
            _refuse_second_copy(store, document)
    before, why = (undone.before, undone.reason_before) if undone else (document.status, document.reason)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    ruling = Ruling(act=act, reason=reason, at=at, name=name, before=before, reason_before=why)
    after: dict[str, object] = {"ruling": ruling, "next_step": ""}
    if act == "exclude":
        after |= {"status": "not_a_review", "reason": f"left out by a person: “{ruling.reason}”"}
    elif undone and undone.before not in ("coded", "pending", "failed"):
        # It was not going to be coded when it was left out, so undoing that brings back the earlier status.
        after |= {"status": undone.before, "reason": undone.reason_before}
    else:
        after |= {"status": "coded" if store.coding(document.id) else "pending", "reason": None}
    return document.model_copy(update=after)


def _refuse_inclusion(store: Store, document: Document) -> None:
    """Refuse to include what is not left out, cannot be read, or was replaced by a document that counts."""
    if document.status in ("coded", "pending"):
        raise UsageError(f"{document.file} is not left out.", next_step="You do not need to do anything.")
    if document.status == "unreadable":
        raise UsageError(f"{document.file} cannot be read: {document.reason}", next_step=document.next_step)
    later = next((d for d in store.documents() if d.replaces == document.id and d.status == "coded"), None)
    if later:
        raise UsageError(
            f"{later.file} replaced {document.file} and is counted.",
            next_step=f"To count the earlier one, leave the later one out first: "
            f'scr-llm exclude "{later.file}" --reason …',
        )


def _refuse_second_copy(store: Store, document: Document) -> None:
    for other in store.documents():
        same_bytes = other.sha256 == document.sha256 != ""
        if other.id != document.id and same_bytes and other.status == "coded":
            raise UsageError(
                f"{document.file} is the same file as {other.file}, byte for byte, and that one is counted.",
                next_step="The same file is never counted twice.",
            )


def _named(project: Project, store: Store, file: str) -> Document:
    """The document of a file, which is given by its name in the inbox, by its path or by its id."""
    documents = store.documents()
    path = Path(file)
    names = {file, path.as_posix()}
    inbox = project.inbox.resolve()
    if path.resolve().is_relative_to(inbox):
        names.add(path.resolve().relative_to(inbox).as_posix())
    found = [d for d in current_documents(documents) if d.file in names or d.id == file]
    if not found:
        known = ", ".join(sorted({d.file for d in documents})[:20])
        raise UsageError(
            f"there is no file {file} in {project.inbox}.",
            next_step=f"Its files are: {known}." if known else "It is empty.",
        )
    if len(found) > 1:  # a file that was replaced in the inbox, and the one that replaced it
        listed = "; ".join(f"{d.id} ({in_words(d.status)}{', its file gone' if d.missing else ''})" for d in found)
        raise UsageError(
            f"{file} names {len(found)} documents: {listed}.",
            next_step="Give the id in front of the bracket instead of the file name.",
        )
    return found[0]
