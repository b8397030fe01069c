"""The stages in order, saving after each. A killed run goes on at the next document; a second run codes only what is new."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain

from scr_llm import __version__
from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.errors import NothingDoneError, ScrError, StopError, StoreError, UnreadableError
from scr_llm.intake import current_documents, intake, put_aside
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
from scr_llm.stages.intake import refused, why_no_review
from scr_llm.stages.read import scan
from scr_llm.stages.read.apart import Limits, Wanted, read_apart
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
    missing: tuple[Document, ...] = ()
    """Counted, although their files are no longer in the inbox as they were read."""
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """File to what a person should know of how it was coded."""


def run(
    project: Project,
    coder: Coder,
    progress: Progress = lambda *_: None,
    *,
    at_once: int = 1,
    stop: Callable[[], None] = lambda: None,
    first: Callable[[Sequence[str]], None] | None = None,
) -> Outcome:
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
            raise NothingDoneError(
                f"there is no file in {project.inbox}.", next_step="Drop PDFs in there and run again."
            )
        before = {d.id for d in documents if d.status == "coded"}
        anew = {
            d.file: lines for d in documents if d.status == "coded" and (lines := _recoded(store, d, coder, codebook))
        }
        admitted: Iterable[Document] = _admitted(project, store, documents, progress)
        if first:
            admitted = list(admitted)
            first([d.id for d in admitted])
        try:
            _code_all(store, admitted, coder, codebook, at_once, stop)
        except StopError as error:
            stopped = str(error)
        after = present_documents(project, store)
        remarks = {
            d.file: lines
            for d in after
            if d.status == "coded" and d.id not in before and (lines := remarks_on(store.coding(d.id)))
        }
        remarks |= anew
    coded = [d for d in after if d.status == "coded"]
    return Outcome(
        coded=tuple(d for d in coded if d.id not in before),
        kept=tuple(d for d in coded if d.id in before),
        left_out=tuple(d for d in current_documents(after) if d.status != "coded"),
        stopped=stopped,
        remarks=remarks,
        missing=tuple(d for d in coded if d.missing),
    )


def _recoded(store: Store, document: Document, coder: Coder, codebook: Codebook) -> list[str]:
    """Propose again what means something else since a document was coded. Returns what a person should know of it."""
    try:
        changed = recode(store, document, coder, codebook)
    except _NOT_THE_DOCUMENTS:
        raise
    except Exception as error:  # as in `_code_all`: it stays as it was coded, and the other documents go on
        why = _not_coded(document, error)
        return [
            f"the codebook changed, and the changed codes could not be proposed again: {why.reason} {why.next_step}"
        ]
    return [f"proposed again, since the codebook changed: {', '.join(changed)}"] if changed else []


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
    reader = reader_of(project)
    waiting = [
        d
        for d in documents
        if not d.missing
        and (d.status in ("pending", "failed") or (d.status == "unreadable" and d.bytes and d.read_with != reader))
    ]
    known = [d for d in documents if d.status == "coded" or (d.ruling and d.ruling.act == "exclude")]
    prints = {d.id: Print.of(d, r) for d in known if waiting and (r := store.reading(d.id))}
    limits = Limits(**project.settings.read.model_dump(exclude={"largest_megabytes"}))
    files = [Wanted(project.inbox / document.file, document.id, document.sha256) for document in waiting]
    for number, (document, reading) in enumerate(zip(waiting, read_apart(files, limits), strict=True), 1):
        progress(document.file, number, len(waiting))
        if (fit := _admit(store, document, reading, prints, reader)) is not None:
            yield fit


Drafted = tuple[Document, tuple[DraftCoding, Coding] | Exception]

_NOT_THE_DOCUMENTS = (StopError, StoreError)
"""What is no document's fault and ends the run: a wish to stop, and a database that fails."""


def _code_all(
    store: Store,
    documents: Iterable[Document],
    coder: Coder,
    codebook: Codebook,
    at_once: int,
    stop: Callable[[], None],
) -> None:
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
            now, reading = store.document(document.id), store.reading(document.id)
            if (
                now and reading and now.status == "pending"
            ):  # another command may have left it out or coded it meanwhile
                yield now, reading

    with closing(_side_by_side(draft, pairs(), at_once, stop)) as results:
        for document, done in results:
            try:
                if isinstance(done, Exception):
                    raise done
                _save(store, document, *done, codebook)
            except _NOT_THE_DOCUMENTS:
                raise
            except (
                Exception
            ) as error:  # whatever a coder, a reply or a document may bring about: the other documents go on
                store.save_document(_not_coded(document, error), seen=document)


def _not_coded(document: Document, error: Exception) -> Document:
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


def _save(store: Store, document: Document, drafted: DraftCoding, coding: Coding, codebook: Codebook) -> None:
    """Save a coding, whatever became of its document meanwhile; where it is of a re-issue, with the decisions of the earlier one that still stand."""
    coding = with_hashes(coding, codebook)
    carried, left = carry(store, document, coding, codebook)
    if carried or left:
        note = f"It takes the place of an earlier issue: {len(carried)} decisions were carried to it, {left} must be made again because their passages changed."
        coding = coding.model_copy(update={"notes": (*coding.notes, note)})
    store.save_coding(
        document.model_copy(update={"status": "coded"}), drafted, coding, seen=document, decisions=carried
    )


def _side_by_side(
    work: Callable[[Document, Reading], Drafted],
    pairs: Iterator[tuple[Document, Reading]],
    at_once: int,
    stop: Callable[[], None],
) -> Generator[Drafted, None, None]:
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


def present_documents(project: Project, store: Store) -> list[Document]:
    """Every document that was ever taken in, in the order of file names."""
    return sorted(store.documents(), key=lambda d: (d.file, d.id))


def reader_of(project: Project) -> str:
    """What decides whether a file can be read, as a document keeps it."""
    settings = project.settings.read
    return f"{__version__}, {settings.seconds:g} s, {settings.megabytes} MB, {settings.largest_megabytes} MB" + (
        ", ocr" if scan.is_installed() else ""
    )


def _admit(
    store: Store, waiting: Document, reading: Reading | Exception, prints: dict[str, Print], reader: str
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
        own, ruled = Print.of(document, reading), document.ruling is not None and document.ruling.act == "include"
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
    except _NOT_THE_DOCUMENTS:
        raise
    except Exception as error:  # as in `_code_all`
        document = _not_coded(document, error)
    store.save_document(document, seen=waiting)
    return None


@dataclass(frozen=True)
class Reissued:
    """That a document takes the place of an older one, and why."""

    older: Document
    reason: str


def stopped(document: Document, status: DocumentStatus, why: str | Exception, next_step: str = "") -> Document:
    """A document that does not go on, with the reason and the next step."""
    reason = str(why)
    if isinstance(why, ScrError):
        reason = f"page {why.page}: {why.message}" if why.page else why.message
        next_step = " ".join(x for x in (why.next_step, next_step) if x)
    return document.model_copy(update={"status": status, "reason": reason, "next_step": next_step})


def _known(
    store: Store, own: Print, reading: Reading, prints: dict[str, Print]
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


def rules_identity(codebook: Codebook) -> CoderIdentity:
    """The embedded coder, as recorded."""
    return CoderIdentity(
        kind="rules", version=__version__, codebook_version=codebook.version, codebook_sha256=codebook_sha256(codebook)
    )
