"""Which of the files that were read are to be coded: reviews, new or re-issued, that are not copies."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scr_llm.errors import ScrError, StopError, StoreError, UnreadableError
from scr_llm.intake.inbox import put_aside, reader_of
from scr_llm.intake.known_texts import KnownTexts
from scr_llm.project import Project
from scr_llm.records import Document, DocumentStatus, PageNote, Reading
from scr_llm.stages.duplicates import Relation
from scr_llm.stages.intake import refused, why_no_review
from scr_llm.stages.read.apart import Limits, Wanted, read_apart
from scr_llm.store import Store
from scr_llm.tracing import span

Progress = Callable[[str, int, int], None]
"""Called before each document with its file name, its number and the number of documents."""
Read = Callable[[Sequence[Wanted]], Iterator[Reading | Exception]]
"""Reads files, in order; see `read_apart`."""
NOT_THE_DOCUMENTS = (StopError, StoreError)
"""Errors that are no document's fault and end the run: a wish to stop, and a database that fails."""
_INCLUDE = 'If it is a review: scr-llm include "{file}" --reason …'
_INCLUDE_AS_SEPARATE = 'If it is a separate review: scr-llm include "{file}" --reason …'


def admitted(
    project: Project,
    store: Store,
    documents: Sequence[Document],
    progress: Progress,
    read: Read | None = None,
) -> Iterator[Document]:
    """Read what is not yet coded. Yields each document that is to be coded, after storing its reading.

    `read` reads files, in order; None for processes that end with the reading.
    """
    reader = reader_of(project)
    waiting = [d for d in documents if _is_to_be_read(d, reader)]
    counted = [d for d in documents if d.status == "coded" or (d.ruling and d.ruling.act == "exclude")]
    known = KnownTexts(store, counted if waiting else ())
    files = [Wanted(project.inbox / document.file, document.id, document.sha256) for document in waiting]
    readings = iter(read(files) if read else read_apart(files, limits_of(project)))
    for number, document in enumerate(waiting, 1):
        with span("read", document.id, bytes=document.bytes) as note:
            reading = next(readings)
            note(pages=len(reading.pages) if isinstance(reading, Reading) else 0)
        progress(document.file, number, len(waiting))
        if (fit := _admit(store, document, reading, known, reader)) is not None:
            yield fit


def limits_of(project: Project) -> Limits:
    """The most that reading one file of a project may cost."""
    return Limits(**project.settings.read.model_dump(exclude={"largest_megabytes"}))


def _is_to_be_read(document: Document, reader: str) -> bool:
    """Whether a document has yet to be read. An unreadable one is tried again only when the reader has changed."""
    if document.missing:
        return False
    another_reader = document.status == "unreadable" and document.bytes > 0 and document.read_with != reader
    return document.status in ("pending", "failed") or another_reader


def _admit(
    store: Store, waiting: Document, reading: Reading | Exception, known: KnownTexts, reader: str
) -> Document | None:
    """Store a reading, and return its document if it is to be coded.

    Otherwise save the document with a status and a reason that say why not, and return None.
    """
    document = waiting
    try:
        if isinstance(reading, Exception):
            raise reading
        document = _recognised(_as_read(waiting, reading), reading)
        if document.status == "pending":
            document = _compared_and_stored(store, waiting, document, reading, known)
        if document.status == "pending":
            return document
    except UnreadableError as error:
        document = stopped(document, "unreadable", error).model_copy(update={"read_with": reader})
    except OSError as error:
        document = stopped(document, "failed", *refused(error))
    except NOT_THE_DOCUMENTS:
        raise
    except Exception as error:  # one document must not stop the others, whatever is wrong with it
        document = not_coded(document, error)
    store.save_document(document, seen=waiting)
    return None


def _as_read(document: Document, reading: Reading) -> Document:
    read = {"pages": len(reading.pages), "notes": notes(reading), "read_once": read_once(reading), "quoted_once": ()}
    return document.model_copy(update={**read, "status": "pending", "reason": None, "next_step": ""})


@dataclass(frozen=True)
class Reissued:
    """An older document that a new one replaces, and why."""

    older: Document
    reason: str

    @property
    def superseded(self) -> Document:
        """The older document as it is after the replacement."""
        return self.older.model_copy(update={"status": "superseded", "reason": self.reason})


def _recognised(document: Document, reading: Reading) -> Document:
    """A document, stopped if it is not a review. A person's ruling that it is one overrides this check."""
    if document.ruling is not None and document.ruling.overrules:
        return document
    if reason := why_no_review(reading):
        return stopped(document, "not_a_review", reason, _INCLUDE.format(file=document.file))
    return document


def _compared_and_stored(
    store: Store, waiting: Document, document: Document, reading: Reading, known: KnownTexts
) -> Document:
    """Compare a review with those that are known and, unless it repeats one, store its reading."""
    own = known.fingerprint(document, reading)
    relation = known.repeated(own, _may_be_repeated(document))
    verdict = _verdict(store, document, reading, relation) if relation else None
    replaced: list[tuple[Document, Document]] = []
    if isinstance(verdict, Reissued):
        document = document.model_copy(update={"replaces": verdict.older.id, "batch": verdict.older.batch})
        replaced = [(verdict.older, verdict.superseded)]
        known.forget(verdict.older.id)
    elif verdict:
        status, reason = verdict
        return stopped(document, status, reason, _INCLUDE_AS_SEPARATE.format(file=document.file))
    store.save_reading(reading, [(waiting, document), *replaced], own.stored)
    for document_id in _put_namesakes_aside(store, document):
        known.forget(document_id)
    known.add(own.text.document)
    return document


def _may_be_repeated(document: Document) -> Callable[[Document], bool]:
    """Which of the known documents a review may repeat."""
    ruling = document.ruling
    if ruling is not None and ruling.overrules:
        return lambda _: False  # a person has included it, whatever it repeats
    if ruling is not None and ruling.act == "include":
        return lambda older: older.status == "coded"  # what was left out is no obstacle
    return lambda _: True


def _put_namesakes_aside(store: Store, document: Document) -> list[str]:
    """Supersede earlier documents of the same file name. Returns their ids."""
    namesakes = [d for d in store.documents_of_file(document.file) if d.id != document.id and d.status != "superseded"]
    put_aside(store, namesakes, document)
    return [d.id for d in namesakes]


def _verdict(
    store: Store, document: Document, reading: Reading, relation: Relation
) -> tuple[DocumentStatus, str] | Reissued:
    """What a document is that repeats an older one: its status and reason, or the older issue that it replaces."""
    older, detail = relation.older, relation.detail
    if older.status != "coded" and older.ruling:  # it is compared only because a person left it out
        why = f"the same review as {older.file} ({detail}), which was left out by a person: “{older.ruling.reason}”"
        return "not_a_review", why
    if older.file == document.file:  # in the same place in the inbox, so it replaces the older one in any case
        return Reissued(older, f"replaced in the inbox by another file of its name. {detail[:1].upper()}{detail[1:]}")
    if relation.kind == "same":
        return "duplicate", f"the same words as {older.file}, in another file. It is counted once."
    if relation.kind == "within":
        return "duplicate", f"its text is part of {older.file} ({detail}), which is coded. It is counted once."
    if relation.kind == "contains":
        return "duplicate", f"it contains the whole of {older.file} ({detail}), which is coded. It is counted once."
    before = store.reading(older.id)
    if before and before.file.created and reading.file.created and reading.file.created < before.file.created:
        return "superseded", f"an earlier issue of {older.file}, by its date. {detail}"
    return Reissued(older, f"re-issued as {document.file}. {detail}")


def notes(reading: Reading) -> tuple[PageNote, ...]:
    """The pages of a reading that a person should look at."""
    return tuple(
        PageNote(page=page.number, reasons=page.warnings, unread=not page.text.strip())
        for page in reading.pages
        if page.warnings
    )


def read_once(reading: Reading) -> tuple[int, ...]:
    """The pages of a reading that no second reader has read."""
    return tuple(page.number for page in reading.pages if page.cross_checked in ("no", "impossible"))


def stopped(document: Document, status: DocumentStatus, why: str | Exception, next_step: str = "") -> Document:
    """A document that is not coded, with the reason and the next step."""
    reason = str(why)
    if isinstance(why, ScrError):
        reason = f"page {why.page}: {why.message}" if why.page else why.message
        next_step = " ".join(x for x in (why.next_step, next_step) if x)
    return document.model_copy(update={"status": status, "reason": reason, "next_step": next_step})


def not_coded(document: Document, error: Exception) -> Document:
    """A document that could not be coded. An error that the program did not foresee is named by its type."""
    if isinstance(error, ScrError):
        return stopped(document, "failed", error, "Run again to retry it.")
    # A message may hold half a surrogate pair, which cannot be written to a file; it is not printable either.
    detail = "".join(c if c.isprintable() else " " for c in str(error))[:200]
    kind = f"{type(error).__name__}: {detail}" if detail else type(error).__name__
    return stopped(
        document,
        "failed",
        f"an unexpected error occurred while it was coded ({kind}).",
        "Run again to retry it; if it fails again, code it by rules or by hand, and report the error.",
    )
