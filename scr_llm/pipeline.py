"""The stages in order, saving after each. A killed run goes on at the next document; a second run codes only what is new."""

import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from scr_llm import __version__
from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.errors import NothingDoneError, ScrError, StopError, UnreadableError
from scr_llm.project import Project
from scr_llm.records import (
    Codebook,
    CoderIdentity,
    Coding,
    Document,
    DocumentStatus,
    DraftCoding,
    PageNote,
    Reading,
)
from scr_llm.reissue import carry, recode, with_hashes
from scr_llm.stages.code import Coder
from scr_llm.stages.ground import ground
from scr_llm.stages.intake import take_in, why_no_review
from scr_llm.stages.read.apart import Limits, read_apart
from scr_llm.stages.same import Print, compare
from scr_llm.store import Store

Progress = Callable[[str, int, int], None]
"""Called before each document with its file name, its number and the number of documents."""


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    coded: tuple[Document, ...]
    """Coded in this run."""
    kept: tuple[Document, ...]
    """Coded in an earlier run, untouched."""
    left_out: tuple[Document, ...]
    """Not coded, each with its reason."""
    stopped: str | None = None
    """Why the run ended before all was asked."""
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """File to what a person should know of how it was coded."""


def run(
    project: Project, coder: Coder, progress: Progress = lambda *_: None, *, at_once: int = 1, stop: Callable[[], None] = lambda: None,
    first: Callable[[Sequence[str]], None] | None = None,
) -> Outcome:  # fmt: skip
    """Take in what is new, read, code, ground and save. `at_once` documents are coded side by side; memory does not grow with their number.

    `stop` is called when the run is interrupted, so that what is under way ends soon. `first`, where given, is called with the ids of all
    documents that will be coded, after they are read and before the first is coded.

    Raises:
        NothingDoneError: the inbox is empty.
    """
    codebook = load_codebook(project.codebook_path)
    stopped = None
    with Store(project.store_path) as store:
        intake(project, store)
        documents = present_documents(project, store)
        if not documents:
            raise NothingDoneError(f"there is no file in {project.inbox}.", next_step="Drop PDFs in there and run again.")
        before = {d.id for d in documents if d.status == "coded"}
        anew = {d.file: changed for d in documents if d.status == "coded" and (changed := recode(store, d, coder, codebook))}
        admitted: Iterable[Document] = _admitted(project, store, documents, progress)
        if first:
            admitted = list(admitted)
            first([d.id for d in admitted])
        try:
            _code_all(store, admitted, coder, codebook, at_once, stop)
        except StopError as error:
            stopped = str(error)
        after = present_documents(project, store)
        remarks = {d.file: lines for d in after if d.status == "coded" and d.id not in before and (lines := remarks_on(store.coding(d.id)))}
        remarks |= {file: [f"proposed anew, since the codebook changed: {', '.join(changed)}"] for file, changed in anew.items()}
    coded = [d for d in after if d.status == "coded"]
    return Outcome(
        coded=tuple(d for d in coded if d.id not in before), kept=tuple(d for d in coded if d.id in before),
        left_out=tuple(d for d in after if d.status != "coded"), stopped=stopped, remarks=remarks,
    )  # fmt: skip


def remarks_on(coding: Coding | None) -> list[str]:
    """What a person should know of how a document was coded: questions without a usable reply, and notes."""
    if coding is None:
        return []
    left = coding.unanswered
    told = f"{len(left)} question{'s' if len(left) > 1 else ''} without a usable reply: {', '.join(f'{u.question} ({u.state})' for u in left)}"
    return [*([told] if left else []), *coding.notes]


def prepare(project: Project, progress: Progress = lambda *_: None) -> list[str]:
    """Take in and read what is new, and code nothing. Returns the ids of the documents that wait to be coded."""
    with Store(project.store_path) as store:
        intake(project, store)
        return [d.id for d in _admitted(project, store, present_documents(project, store), progress)]


def _admitted(project: Project, store: Store, documents: Sequence[Document], progress: Progress) -> Iterator[Document]:
    """Read what is not yet coded; give what is to be coded, its reading stored."""
    waiting = [d for d in documents if d.status in ("pending", "failed")]
    prints = {d.id: Print.of(d, r) for d in documents if waiting and d.status == "coded" and (r := store.reading(d.id))}
    limits = Limits(**project.settings.read.model_dump())
    files = [(project.inbox / document.file, document.id) for document in waiting]
    for number, (document, reading) in enumerate(zip(waiting, read_apart(files, limits), strict=True), 1):
        progress(document.file, number, len(waiting))
        if (fit := _admit(store, document, reading, prints)) is not None:
            yield fit


Drafted = tuple[Document, tuple[DraftCoding, Coding] | Exception]

_NOT_THE_DOCUMENTS = (StopError, SQLAlchemyError, sqlite3.Error)
"""What is no document's fault and ends the run: a wish to stop, and a database that fails."""


def _code_all(store: Store, documents: Iterable[Document], coder: Coder, codebook: Codebook, at_once: int, stop: Callable[[], None]) -> None:
    """Code documents side by side, saving each as it is done. Whatever goes wrong with one becomes its status and reason.

    Raises:
        StopError: asking was stopped; what was under way is finished or left for the next run.
    """

    def draft(document: Document, reading: Reading) -> Drafted:
        try:
            drafted = coder.code(reading, codebook)
            return document, (drafted, ground(drafted, reading))
        except Exception as error:
            return document, error

    def pairs() -> Iterator[tuple[Document, Reading]]:
        for document in documents:
            if reading := store.reading(document.id):
                yield document, reading

    with closing(_side_by_side(draft, pairs(), at_once, stop)) as results:
        for document, done in results:
            try:
                if isinstance(done, Exception):
                    raise done
                _save(store, document, *done, codebook)
            except _NOT_THE_DOCUMENTS:
                raise
            except Exception as error:  # whatever a coder, a reply or a document may bring about: the other documents go on
                store.save_document(document.model_copy(update={"status": "failed", "reason": _why(error)}))


def _why(error: Exception) -> str:
    """Why a document was not coded, and the next step; what nobody foresaw is named by its kind."""
    if isinstance(error, ScrError):
        return f"{error} Run again to try it again."
    said = "".join(c if c.isprintable() else " " for c in str(error))[:200]  # also half a character, which no file can hold
    return (
        f"Coding it went wrong in a way that was not foreseen ({type(error).__name__}{f': {said}' if said else ''}). "
        "Run again to try it again; if it goes wrong again, code this document by rules or by hand, and report it."
    )


def _save(store: Store, document: Document, drafted: DraftCoding, coding: Coding, codebook: Codebook) -> None:
    now = store.document(document.id)
    if now and now.status == "superseded":  # re-issued while it was coded
        store.save_coding(now, drafted, coding)
    else:
        _keep(store, document.model_copy(update={"status": "coded"}), drafted, with_hashes(coding, codebook), codebook)


def _keep(store: Store, document: Document, drafted: DraftCoding, coding: Coding, codebook: Codebook) -> None:
    """Save a coding; where it is of a re-issue, with the decisions of the earlier one that still stand."""
    store.save_coding(document, drafted, coding)
    carried, left = carry(store, document, codebook)
    if carried or left:
        note = f"It takes the place of an earlier issue: {carried} decisions were carried to it, {left} must be made again because their passages changed."
        store.save_coding(document, drafted, coding.model_copy(update={"notes": (*coding.notes, note)}))


def _side_by_side(work: Callable[[Document, Reading], Drafted], pairs: Iterator[tuple[Document, Reading]], at_once: int, stop: Callable[[], None]) -> Generator[Drafted, None, None]:
    """Do work on so many pairs at once, taking the next pair only when there is room; give results as they come."""
    if at_once == 1:
        yield from (work(*pair) for pair in pairs)
        return
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        try:
            under_way: set[Future[Drafted]] = set()
            for pair in chain(pairs, (None,)):
                if pair:
                    under_way.add(pool.submit(work, *pair))
                while under_way and (pair is None or len(under_way) > at_once):
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
        except BaseException:  # an interruption, or whoever takes the results has had enough
            stop()
            pool.shutdown(wait=False, cancel_futures=True)  # leaving the block waits for what is under way
            raise


def intake(project: Project, store: Store) -> None:
    """Note every file of the inbox that is not yet known."""
    known = store.documents()
    batch, day = _batch(project, known), datetime.now().date().isoformat()
    for path in sorted(p for p in project.inbox.iterdir() if p.is_file() and not p.name.startswith((".", "~$"))):
        document = take_in(path, known, batch, day)
        same = any(d.id == document.id or (d.file, d.sha256) == (document.file, document.sha256) for d in known)
        if not same:
            if moved := next((d for d in known if d.file == document.file), None):
                store.save_document(
                    moved.model_copy(update={"status": "superseded", "reason": f"{document.file} was replaced by another version in the inbox."})
                )
            store.save_document(document)
            known = store.documents()


def _batch(project: Project, known: Sequence[Document]) -> str:
    """The name of the batch that new files belong to; by itself the next number as soon as something of the last was coded."""
    if project.settings.batch != "auto":
        return project.settings.batch
    last = max((int(d.batch) for d in known if d.batch.isdigit()), default=1)
    done = any(d.batch == str(last) and d.status in ("coded", "superseded") for d in known)
    return str(last + 1 if done else last)


def present_documents(project: Project, store: Store) -> list[Document]:
    """Every document that was ever taken in, in the order of file names."""
    return sorted(store.documents(), key=lambda d: (d.file, d.id))


def _admit(store: Store, document: Document, reading: Reading | Exception, prints: dict[str, Print]) -> Document | None:
    """A document that was read, its reading stored, if it is to be coded; else None, and why not is its status and reason."""
    try:
        if isinstance(reading, Exception):
            raise reading
        document = document.model_copy(update={"pages": len(reading.pages), "notes": notes(reading), "reason": None})
        if reason := why_no_review(reading):
            store.save_document(document.model_copy(update={"status": "not_a_review", "reason": reason}))
            return None
        own = Print.of(document, reading)
        known = _known(store, own, reading, prints)
        if isinstance(known, Document):
            document = document.model_copy(update={"replaces": known.id, "batch": known.batch})
        elif known:
            status, text = known
            store.save_document(document.model_copy(update={"status": status, "reason": text}))
            return None
        store.save_reading(reading)
        prints[document.id] = own
        return document
    except UnreadableError as error:
        store.save_document(document.model_copy(update={"status": "unreadable", "reason": str(error)}))
    except (ScrError, OSError) as error:
        store.save_document(document.model_copy(update={"status": "failed", "reason": f"{error} Run again to try it again."}))
    return None


def _known(store: Store, own: Print, reading: Reading, prints: dict[str, Print]) -> tuple[DocumentStatus, str] | Document | None:
    """Status and reason of a document that is an older one over again; or the older one, whose place a re-issue takes."""
    relation = compare(own, prints.values())
    if relation is None:
        return None
    older, detail = relation.older, relation.detail
    if relation.kind == "same":
        return "duplicate", f"the same words as {older.file} in another file. It is counted once."
    if relation.kind == "within":
        return "duplicate", f"its text stands within {older.file} ({detail}), which is coded. It is counted once."
    if relation.kind == "contains":
        return "duplicate", f"it holds the whole of {older.file} ({detail}), which is coded. It is counted once; to code this one instead, begin a project without that file."
    before = store.reading(older.id)
    if before and before.file.created and reading.file.created and reading.file.created < before.file.created:
        return "superseded", f"an earlier issue of {older.file}, by its date. {detail}"
    store.save_document(older.model_copy(update={"status": "superseded", "reason": f"re-issued as {own.document.file}. {detail}"}))
    del prints[older.id]
    return older


def notes(reading: Reading) -> tuple[PageNote, ...]:
    """The pages of a reading that a person should look at."""
    return tuple(
        PageNote(page=page.number, reasons=page.warnings, unread=not page.text.strip()) for page in reading.pages if page.warnings
    )


def rules_identity(codebook: Codebook) -> CoderIdentity:
    """The embedded coder, as recorded."""
    return CoderIdentity(
        kind="rules", version=__version__, codebook_version=codebook.version, codebook_sha256=codebook_sha256(codebook)
    )


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file or nothing."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
