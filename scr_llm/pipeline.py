"""The stages in order, saving after each. A killed run goes on at the next document; a second run codes only what is new."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain

from scr_llm.carry_forward import carry, recode, with_hashes
from scr_llm.codebook import load_codebook
from scr_llm.errors import NothingDoneError, StopError
from scr_llm.intake.admission import NOT_THE_DOCUMENTS, Progress, admitted, not_coded
from scr_llm.intake.inbox import current_documents, intake, present_documents
from scr_llm.project import Project
from scr_llm.records import (
    Codebook,
    Coding,
    Document,
    DraftCoding,
    Reading,
)
from scr_llm.stages.code import Coder
from scr_llm.stages.code.remarks import remarks_on
from scr_llm.stages.ground import ground
from scr_llm.store import Store


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
    max_concurrency: int = 1,
    stop: Callable[[], None] = lambda: None,
    first: Callable[[Sequence[str]], None] | None = None,
) -> Outcome:
    """Take in what is new, read, code, ground and save. `max_concurrency` documents are coded side by side; memory does not grow with their number.

    `stop` is called when the run is interrupted, so that what is under way ends soon. `first`, where given, is called with the ids of all
    documents that will be coded, after they are read and before the first is coded.

    Raises:
        NothingDoneError: the inbox is empty.
    """
    codebook = load_codebook(project.codebook_path)
    stopped = None
    with Store(project.store_path) as store:
        intake(project, store)
        documents = present_documents(store)
        if not documents:
            raise NothingDoneError(
                f"there is no file in {project.inbox}.", next_step="Drop PDFs in there and run again."
            )
        before = {d.id for d in documents if d.status == "coded"}
        anew = {
            d.file: lines for d in documents if d.status == "coded" and (lines := _recoded(store, d, coder, codebook))
        }
        to_code: Iterable[Document] = admitted(project, store, documents, progress)
        if first:
            to_code = list(to_code)
            first([d.id for d in to_code])
        try:
            _code_all(store, to_code, coder, codebook, max_concurrency, stop)
        except StopError as error:
            stopped = str(error)
        after = present_documents(store)
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
    except NOT_THE_DOCUMENTS:
        raise
    except Exception as error:  # as in `_code_all`: it stays as it was coded, and the other documents go on
        why = not_coded(document, error)
        return [
            f"the codebook changed, and the changed codes could not be proposed again: {why.reason} {why.next_step}"
        ]
    return [f"proposed again, since the codebook changed: {', '.join(changed)}"] if changed else []


def prepare(project: Project, progress: Progress = lambda *_: None) -> list[str]:
    """Take in and read what is new, and code nothing. Returns the ids of the documents that wait to be coded."""
    with Store(project.store_path) as store:
        intake(project, store)
        return [d.id for d in admitted(project, store, present_documents(store), progress)]


Drafted = tuple[Document, tuple[DraftCoding, Coding] | Exception]


def _code_all(
    store: Store,
    documents: Iterable[Document],
    coder: Coder,
    codebook: Codebook,
    max_concurrency: int,
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

    with closing(_side_by_side(draft, pairs(), max_concurrency, stop)) as results:
        for document, done in results:
            try:
                if isinstance(done, Exception):
                    raise done
                _save(store, document, *done, codebook)
            except NOT_THE_DOCUMENTS:
                raise
            except (
                Exception
            ) as error:  # whatever a coder, a reply or a document may bring about: the other documents go on
                store.save_document(not_coded(document, error), seen=document)


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
    max_concurrency: int,
    stop: Callable[[], None],
) -> Generator[Drafted, None, None]:
    """Do work on so many pairs at once, taking the next pair only when there is room; give results as they come."""
    if max_concurrency == 1:
        yield from (work(*pair) for pair in pairs)
        return
    with ThreadPoolExecutor(max_workers=max_concurrency) as pool:
        try:
            under_way: set[Future[Drafted]] = set()
            for pair in chain(pairs, (None,)):
                if pair:
                    under_way.add(pool.submit(work, *pair))
                while under_way and (pair is None or len(under_way) > max_concurrency):
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
        except BaseException:  # an interruption, or whoever takes the results has had enough
            stop()
            pool.shutdown(wait=False, cancel_futures=True)  # leaving the block waits for what is under way
            raise
