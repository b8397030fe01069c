"""The first four stages in order, read, code, ground and save; review, synthesise and render come after.

People decide in `review/`; `Workspace.brief` and `review/sign_off.py` write the papers.

A run that was killed resumes at the next document; a second run codes only what is new.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain

from scr_llm.carry_forward import carry, hashes_of, outdated, recode, with_hashes
from scr_llm.codebook import load_codebook
from scr_llm.engines import Engine, Local
from scr_llm.engines.one_document import Coded
from scr_llm.errors import NothingDoneError, StopError
from scr_llm.intake.admission import NOT_THE_DOCUMENTS, Progress, admitted, limits_of, not_coded
from scr_llm.intake.inbox import current_documents, intake, present_documents
from scr_llm.intake.second_reading import check_quoted
from scr_llm.project import Project
from scr_llm.records import Codebook, Document, Reading
from scr_llm.stages.code import AskingCoder, Coder
from scr_llm.stages.code.remarks import remarks_on
from scr_llm.stages.read.apart import Processes
from scr_llm.stages.synthesise.coverage import quoted_once
from scr_llm.store import Store
from scr_llm.tracing import span

_IN_PREPARATION = 3
"""Documents for each process that are under way beside those that a model is asked about."""


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    coded: tuple[Document, ...]
    """Coded in this run."""
    kept: tuple[Document, ...]
    """Coded in an earlier run, and unchanged."""
    left_out: tuple[Document, ...]
    """Not coded, each with its reason."""
    stopped: str | None = None
    """Why the run ended early; None if it did not."""
    missing: tuple[Document, ...] = ()
    """Counted, although their files are no longer in the inbox."""
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """File name to what a person should know about how it was coded."""


def run(
    project: Project,
    coder: Coder,
    progress: Progress = lambda *_: None,
    *,
    max_concurrency: int = 1,
    stop: Callable[[], None] = lambda: None,
    first: Callable[[Sequence[str]], None] | None = None,
    engine: Engine | None = None,
) -> Outcome:
    """Take in what is new, read it, code it, ground it and save it.

    Args:
        project: the project to run.
        coder: who proposes the codings.
        progress: called before each document is read.
        max_concurrency: documents that are coded at the same time. However many files there are, only the texts and
            codings of these are in memory; of each other file a short entry is.
        stop: called when the run is interrupted, so that work in progress ends soon.
        first: called with the ids of all documents that will be coded, after they are read and before any is coded.
        engine: reads files and does what needs no model; None for processes on this computer that end with the run.
            Stopped where the run ends early.

    Raises:
        NothingDoneError: the inbox is empty.
    """
    if engine is None:
        with closing(Processes(limits_of(project))) as own:
            local = Local(own)
            return run(project, coder, progress, max_concurrency=max_concurrency, stop=stop, first=first, engine=local)
    codebook = load_codebook(project.codebook_path)
    stopped = None
    with Store(project.database) as store, _stopped_early(engine), span("run") as note:
        intake(project, store)
        documents = present_documents(store)
        if not documents:
            raise NothingDoneError(
                f"there is no file in {project.inbox}.", next_step="Put PDF files into it and run again."
            )
        before = {d.id for d in documents if d.status == "coded"}
        hashes = hashes_of(codebook)
        changed = outdated(store, hashes)
        recoded = {d.file: _recoded(store, d, coder, codebook, hashes) for d in documents if _again(d, changed)}
        to_code: Iterable[Document] = admitted(project, store, documents, progress, engine.read)
        if first:
            to_code = list(to_code)
            first([d.id for d in to_code])
        try:
            _code_all(store, to_code, _Work(coder, codebook, max_concurrency, engine, stop))
            check_quoted(project, store, present_documents(store), engine.processes)
        except StopError as error:
            stopped = str(error)
        outcome = _outcome(store, before, recoded, stopped)
        note(coded=len(outcome.coded), kept=len(outcome.kept), left_out=len(outcome.left_out))
        return outcome


def _outcome(store: Store, before: set[str], recoded: Mapping[str, Sequence[str]], stopped: str | None) -> Outcome:
    """What a run did.

    Args:
        store: with the documents as they are now.
        before: ids of the documents that were coded before the run.
        recoded: file name of each of these to what a person should know about codes that were proposed again.
        stopped: why the run ended early.
    """
    after = present_documents(store)
    coded = [d for d in after if d.status == "coded"]
    remarks = {d.file: remarks_on(store.coding(d.id)) for d in coded if d.id not in before} | dict(recoded)
    return Outcome(
        coded=tuple(d for d in coded if d.id not in before),
        kept=tuple(d for d in coded if d.id in before),
        left_out=tuple(d for d in current_documents(after) if d.status != "coded"),
        stopped=stopped,
        remarks={file: lines for file, lines in remarks.items() if lines},
        missing=tuple(d for d in coded if d.missing),
    )


def _again(document: Document, changed: set[str]) -> bool:
    return document.status == "coded" and document.id in changed


def _recoded(
    store: Store, document: Document, coder: Coder, codebook: Codebook, hashes: Mapping[str, str]
) -> list[str]:
    """Propose again the codes whose meaning has changed. Returns what a person should know about it."""
    try:
        changed = recode(store, document, coder, codebook, hashes)
    except NOT_THE_DOCUMENTS:
        raise
    except Exception as error:  # the document keeps its coding, and the other documents go on
        failed = not_coded(document, error)
        why = f"{failed.reason} {failed.next_step}"
        return [f"the codebook changed, and the changed codes could not be proposed again: {why}"]
    return [f"proposed again, since the codebook changed: {', '.join(changed)}"] if changed else []


def prepare(project: Project, progress: Progress = lambda *_: None) -> list[str]:
    """Take in and read what is new, without coding it. Returns the ids of the documents that are ready to be coded."""
    with Store(project.database) as store:
        intake(project, store)
        return [d.id for d in admitted(project, store, present_documents(store), progress)]


@contextmanager
def _stopped_early(engine: Engine) -> Iterator[None]:
    """Let an engine give up its work where a block ends by an error, so that nobody waits for it."""
    try:
        yield
    except BaseException:
        engine.stop()
        raise


Drafted = tuple[Document, Coded | Exception]
"""A document with its coding, or with the error that prevented it."""


@dataclass(frozen=True)
class _Work:
    """How documents are coded."""

    coder: Coder
    codebook: Codebook
    max_concurrency: int
    """Documents that a coder asks about at the same time."""
    engine: Engine
    """Does what needs no model."""
    stop: Callable[[], None]
    """Ends the asking."""

    @property
    def at_once(self) -> int:
        """Documents under way: those that are asked about, and with a coder that asks, those about to be or finished.

        Without the others a model would wait for the engine whenever it is busy reading.
        """
        asks = isinstance(self.coder, AskingCoder) and self.max_concurrency > 1
        return self.max_concurrency + (_IN_PREPARATION * self.engine.workers if asks else 0)

    def draft(self, document: Document, reading: Reading) -> Drafted:
        try:
            return document, self.engine.coded(self.coder, reading, self.codebook)
        except Exception as error:
            return document, error


def _code_all(store: Store, documents: Iterable[Document], work: _Work) -> None:
    """Code documents at the same time, saving each when it is done. A failure becomes the document's status and reason.

    Raises:
        StopError: the run was stopped; work in progress is finished or left for the next run.
    """

    def pairs() -> Iterator[tuple[Document, Reading]]:
        for document in documents:
            now, reading = store.document(document.id), store.reading(document.id)
            # Another command may have left the document out, or coded it, since it was read.
            if now and reading and now.status == "pending":
                yield now, reading

    with closing(_side_by_side(pairs(), work)) as results:
        for document, done in results:
            try:
                if isinstance(done, Exception):
                    raise done
                _save(store, document, done, work.codebook)
            except NOT_THE_DOCUMENTS:
                raise
            except Exception as error:  # one document must not stop the others, whatever went wrong
                store.save_document(not_coded(document, error), seen=document)


def _save(store: Store, document: Document, done: Coded, codebook: Codebook) -> None:
    """Save a coding, whatever has become of its document since.

    If the document is a re-issue, save with it the decisions on the earlier issue that still hold.
    """
    coding = with_hashes(done.coding, hashes_of(codebook))
    carried, left = carry(store, document, coding, codebook)
    if carried or left:
        note = (
            f"It replaces an earlier issue: {len(carried)} decisions were carried over, "
            f"{left} must be made again because their passages changed."
        )
        coding = coding.model_copy(update={"notes": (*coding.notes, note)})
    now = document.model_copy(update={"status": "coded", "quoted_once": quoted_once(document, coding)})
    store.save_coding(now, done.draft, coding, seen=document, decisions=carried)


def _side_by_side(pairs: Iterator[tuple[Document, Reading]], work: _Work) -> Generator[Drafted, None, None]:
    """Work on several pairs at once, taking the next only when there is room. Yields results as they finish."""
    if work.at_once == 1:
        yield from (work.draft(*pair) for pair in pairs)
        return
    with ThreadPoolExecutor(max_workers=work.at_once) as pool:
        try:
            under_way: set[Future[Drafted]] = set()
            for pair in chain(pairs, (None,)):
                if pair:
                    under_way.add(pool.submit(work.draft, *pair))
                while under_way and (pair is None or len(under_way) > work.at_once):
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
        except BaseException:  # an interruption, or the caller takes no more results
            work.stop()
            work.engine.stop()
            pool.shutdown(wait=False, cancel_futures=True)  # leaving the block waits for work in progress
            raise
