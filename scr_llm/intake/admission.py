"""Which of what was read is to be coded: a review, new or re-issued, and neither a copy nor anything else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scr_llm.errors import ScrError, StopError, StoreError, UnreadableError
from scr_llm.intake.inbox import put_aside, reader_of
from scr_llm.project import Project
from scr_llm.records import Document, DocumentStatus, PageNote, Reading
from scr_llm.stages.duplicates import TextFingerprint, compare
from scr_llm.stages.intake import refused, why_no_review
from scr_llm.stages.read.apart import Limits, Wanted, read_apart
from scr_llm.store import Store

Progress = Callable[[str, int, int], None]
"""Called before each document with its file name, its number and the number of documents."""
NOT_THE_DOCUMENTS = (StopError, StoreError)
"""What is no document's fault and ends the run: a wish to stop, and a database that fails."""


def admitted(project: Project, store: Store, documents: Sequence[Document], progress: Progress) -> Iterator[Document]:
    """Read what is not yet coded; give what is to be coded, its reading stored."""
    reader = reader_of(project)
    waiting = [
        d
        for d in documents
        if not d.missing
        and (d.status in ("pending", "failed") or (d.status == "unreadable" and d.bytes and d.read_with != reader))
    ]
    known = [d for d in documents if d.status == "coded" or (d.ruling and d.ruling.act == "exclude")]
    prints = {d.id: TextFingerprint.of(d, r) for d in known if waiting and (r := store.reading(d.id))}
    limits = Limits(**project.settings.read.model_dump(exclude={"largest_megabytes"}))
    files = [Wanted(project.inbox / document.file, document.id, document.sha256) for document in waiting]
    for number, (document, reading) in enumerate(zip(waiting, read_apart(files, limits), strict=True), 1):
        progress(document.file, number, len(waiting))
        if (fit := _admit(store, document, reading, prints, reader)) is not None:
            yield fit


def _admit(
    store: Store, waiting: Document, reading: Reading | Exception, prints: dict[str, TextFingerprint], reader: str
) -> Document | None:
    """A document that was read, its reading stored, if it is to be coded; else None, and why not is its status and reason."""
    document = waiting
    try:
        if isinstance(reading, Exception):
            raise reading
        read = {
            "pages": len(reading.pages),
            "notes": notes(reading),
            "status": "pending",
            "reason": None,
            "next_step": "",
        }
        document = document.model_copy(update=read)
        included = document.ruling is not None and document.ruling.overrules
        if not included and (reason := why_no_review(reading)):
            document = stopped(
                document, "not_a_review", reason, f'If it is one: scr-llm include "{document.file}" --reason …'
            )
            store.save_document(document, seen=waiting)
            return None
        own, ruled = (
            TextFingerprint.of(document, reading),
            document.ruling is not None and document.ruling.act == "include",
        )
        among = {i: p for i, p in prints.items() if p.document.status == "coded"} if ruled else prints
        known = None if included else _known(store, own, reading, among)
        replaced: list[tuple[Document, Document]] = []
        if isinstance(known, Reissued):
            document = document.model_copy(update={"replaces": known.older.id, "batch": known.older.batch})
            replaced = [(known.older, known.older.model_copy(update={"status": "superseded", "reason": known.reason}))]
            del prints[known.older.id]
        elif known:
            document = stopped(
                document, *known, f'If it is a review of its own: scr-llm include "{document.file}" --reason …'
            )
            store.save_document(document, seen=waiting)
            return None
        store.save_reading(reading, [(waiting, document), *replaced])
        same_name = [
            d for d in store.documents() if d.file == document.file and d.id != document.id and d.status != "superseded"
        ]
        put_aside(store, same_name, document)
        for each in same_name:
            prints.pop(each.id, None)
        prints[document.id] = own
        return document
    except UnreadableError as error:
        document = stopped(document, "unreadable", error).model_copy(update={"read_with": reader})
    except OSError as error:
        document = stopped(document, "failed", *refused(error))
    except NOT_THE_DOCUMENTS:
        raise
    except Exception as error:  # whatever a document may bring about: the others go on
        document = not_coded(document, error)
    store.save_document(document, seen=waiting)
    return None


@dataclass(frozen=True)
class Reissued:
    """That a document takes the place of an older one, and why."""

    older: Document
    reason: str


def _known(
    store: Store, own: TextFingerprint, reading: Reading, prints: dict[str, TextFingerprint]
) -> tuple[DocumentStatus, str] | Reissued | None:
    """Status and reason of a document that is an older one over again; or the older one, whose place it takes."""
    relation = compare(own, prints.values())
    if relation is None:
        return None
    older, detail = relation.older, relation.detail
    if older.status != "coded" and older.ruling:  # it is among those compared because a person left it out
        return (
            "not_a_review",
            f"the same review as {older.file} ({detail}), which was left out by a person: “{older.ruling.reason}”",
        )
    if (
        older.file == own.document.file
    ):  # it lies where the older one lay, so it takes its place whatever the two have in common
        return Reissued(older, f"replaced in the inbox by another file of its name. {detail[:1].upper()}{detail[1:]}")
    if relation.kind == "same":
        return "duplicate", f"the same words as {older.file} in another file. It is counted once."
    if relation.kind == "within":
        return "duplicate", f"its text stands within {older.file} ({detail}), which is coded. It is counted once."
    if relation.kind == "contains":
        return "duplicate", f"it holds the whole of {older.file} ({detail}), which is coded. It is counted once."
    before = store.reading(older.id)
    if before and before.file.created and reading.file.created and reading.file.created < before.file.created:
        return "superseded", f"an earlier issue of {older.file}, by its date. {detail}"
    return Reissued(older, f"re-issued as {own.document.file}. {detail}")


def notes(reading: Reading) -> tuple[PageNote, ...]:
    """The pages of a reading that a person should look at."""
    return tuple(
        PageNote(page=page.number, reasons=page.warnings, unread=not page.text.strip())
        for page in reading.pages
        if page.warnings
    )


def stopped(document: Document, status: DocumentStatus, why: str | Exception, next_step: str = "") -> Document:
    """A document that does not go on, with the reason and the next step."""
    reason = str(why)
    if isinstance(why, ScrError):
        reason = f"page {why.page}: {why.message}" if why.page else why.message
        next_step = " ".join(x for x in (why.next_step, next_step) if x)
    return document.model_copy(update={"status": status, "reason": reason, "next_step": next_step})


def not_coded(document: Document, error: Exception) -> Document:
    """A document that could not be coded; what nobody foresaw is named by its kind."""
    if isinstance(error, ScrError):
        return stopped(document, "failed", error, "Run again to try it again.")
    said = "".join(c if c.isprintable() else " " for c in str(error))[
        :200
    ]  # also half a character, which no file can hold
    why = f"coding it went wrong in a way that was not foreseen ({type(error).__name__}{f': {said}' if said else ''})."
    return stopped(
        document,
        "failed",
        why,
        "Run again to try it again; if it goes wrong again, code it by rules or by hand, and report it.",
    )
