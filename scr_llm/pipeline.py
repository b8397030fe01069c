"""The stages in order, saving after each. A killed run goes on at the next document; a second run codes only what is new."""

import json
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TypeVar

from scr_llm import __version__
from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.errors import NothingDoneError, ScrError, StopError, UnreadableError, UsageError
from scr_llm.project import Project
from scr_llm.records import (
    Agreement,
    Briefing,
    Codebook,
    CoderIdentity,
    Coding,
    Decision,
    Document,
    DocumentStatus,
    DraftCoding,
    Explanation,
    Export,
    ExportCase,
    ExportChild,
    ExportCodebook,
    ExportDocument,
    ExportProject,
    ExportTheme,
    GoldDocument,
    PageNote,
    Paper,
    Reading,
    Record,
)
from scr_llm.reissue import carry, recode, with_hashes
from scr_llm.stages.agree import agree
from scr_llm.stages.code import Coder
from scr_llm.stages.ground import ground, nearest
from scr_llm.stages.intake import take_in, why_no_review
from scr_llm.stages.read.apart import Limits, read_apart
from scr_llm.stages.review import current, latest
from scr_llm.stages.same import Print, compare
from scr_llm.stages.synthesise import Coded, HouseStyle, as_paper, explained, synthesise
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


Drafted = tuple[Document, Reading, DraftCoding | Exception]


def _code_all(store: Store, documents: Iterable[Document], coder: Coder, codebook: Codebook, at_once: int, stop: Callable[[], None]) -> None:
    """Code documents side by side, saving each as it is done. What goes wrong with one becomes its status and reason.

    Raises:
        StopError: asking was stopped; what was under way is finished or left for the next run.
    """

    def draft(document: Document, reading: Reading) -> Drafted:
        try:
            return document, reading, coder.code(reading, codebook)
        except (ScrError, OSError) as error:
            return document, reading, error

    def pairs() -> Iterator[tuple[Document, Reading]]:
        for document in documents:
            if reading := store.reading(document.id):
                yield document, reading

    with closing(_side_by_side(draft, pairs(), at_once, stop)) as results:
        for document, reading, drafted in results:
            now = store.document(document.id)
            if isinstance(drafted, StopError):
                raise drafted
            if isinstance(drafted, Exception):
                store.save_document(document.model_copy(update={"status": "failed", "reason": f"{drafted} Run again to try it again."}))
            elif now and now.status == "superseded":  # re-issued while it was coded
                store.save_coding(now, drafted, ground(drafted, reading))
            else:
                _keep(store, document.model_copy(update={"status": "coded"}), drafted, with_hashes(ground(drafted, reading), codebook), codebook)


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


def brief(project: Project, *, only: Mapping[str, str] | None = None) -> tuple[Briefing, list[Coded]]:
    """The draft briefing of what is coded now, with the codings it rests on.

    Args:
        project: whose.
        only: a subset: authority, batch, context or age band to the value that a review must have.

    Raises:
        UsageError: no review is in the subset.
    """
    codebook = load_codebook(project.codebook_path)
    settings = project.settings
    with Store(project.store_path) as store:
        documents = present_documents(project, store)
        decisions = store.decisions()
        reviews = [
            Coded(document, current(coding, decisions))
            for document in documents
            if document.status == "coded" and (coding := store.coding(document.id))
        ]
    if only:
        reviews = [r for r in reviews if all(_is(r, what, value) for what, value in only.items())]
        documents = [r.document for r in reviews]
        if not reviews:
            raise UsageError("no coded review is in this subset.", next_step="See what there is: scr-llm export --format csv")
    told = "; ".join(f"{what} {value}" for what, value in (only or {}).items())
    paper = HouseStyle(
        title=settings.title + (f" ({told})" if told else ""), organisation=settings.organisation, marking=settings.marking, version="0.1",
        headline_themes=settings.briefing.headline_themes, headline_min=settings.briefing.headline_min,
        quotes_per_theme=settings.briefing.quotes_per_theme,
        count_recommendation_only=settings.briefing.count_recommendation_only,
    )  # fmt: skip
    briefing = synthesise(reviews, documents, codebook, tuple(latest(decisions).values()), paper)
    if names := settings.briefing.leave_out:
        return without(briefing, names), [Coded(r.document, without(r.coding, names)) for r in reviews]
    return briefing, reviews


_R = TypeVar("_R", bound=Record)


def without(record: _R, names: Sequence[str]) -> _R:
    """A record in which names are replaced by a mark. What it was computed and verified from stays as it is in the store."""
    look = re.compile("|".join(rf"(?<!\w){re.escape(json.dumps(n)[1:-1])}(?!\w)" for n in sorted(names, key=len, reverse=True) if n.strip()), re.I)
    return type(record).model_validate_json(look.sub("[name removed]", record.model_dump_json()))


def _is(review: Coded, what: str, value: str) -> bool:
    """Whether a review is in a subset."""
    case = review.coding.case
    has: dict[str, set[str]] = {"authority": {case.authority or ""}, "batch": {review.document.batch}, "context": {case.context}, "age": {c.age_band for c in case.children}, "taken-in": {review.document.taken_in}}
    return value.casefold() in {v.casefold() for v in has[what]}


def export(project: Project) -> Export:
    """The whole project in the shape that other programs rely on."""
    codebook = load_codebook(project.codebook_path)
    with Store(project.store_path) as store:
        documents = present_documents(project, store)
        decisions = store.decisions()
        codings = {d.id: coding for d in documents if d.status == "coded" and (coding := store.coding(d.id))}
    decided = latest(decisions)
    exported = tuple(_exported(d, current(c, decisions) if (c := codings.get(d.id)) else None, decided) for d in documents)
    return Export(
        project=ExportProject(name=project.settings.name, organisation=project.settings.organisation),
        codebook=ExportCodebook(version=codebook.version, sha256=codebook_sha256(codebook)),
        coder=next((c.coder for c in codings.values()), None), documents=exported,
    )  # fmt: skip


def explain(project: Project, theme: str) -> tuple[Explanation, Paper]:
    """Where a theme's number comes from, as a record and as a paper to print.

    Raises:
        UsageError: the codebook has no such theme; the message names those it has.
    """
    codebook = load_codebook(project.codebook_path)
    code = next((c for c in codebook.codes if c.id == theme), None)
    if code is None:
        raise UsageError(f"the codebook has no theme {theme!r}.", next_step="It has: " + ", ".join(c.id for c in codebook.codes) + ".")
    briefing, reviews = brief(project)
    with Store(project.store_path) as store:
        decided = latest(store.decisions())
        others = [d for d in present_documents(project, store) if d.status != "coded"]
        silent = [r.document.id for r in reviews if not ((cell := r.theme(theme)) and cell.evidence)]
        near = {i: nearest(reading, code) for i in silent if (reading := store.reading(i))}
    told = explained(code, briefing, reviews, decided, others, near, codebook.version)
    return told, as_paper(told, briefing)


def load_gold(folder: Path) -> tuple[GoldDocument, ...]:
    """The gold codings of a folder: JSON files of one document each, or of a whole export.

    Raises:
        UsageError: names the file that is no gold coding; or there is none.
    """
    found: list[GoldDocument] = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else [folder]:
        try:
            data = json.loads(path.read_text("utf-8"))
            if isinstance(data, dict) and ("documents" in data or "themes" in data):
                found += [GoldDocument.model_validate(each) for each in data.get("documents", [data])]
        except (ValueError, OSError) as error:
            raise UsageError(f"{path.name} is no gold coding: {error}", next_step="Write it in the shape of `scr-llm export --format json`.") from error
    if not found:
        raise UsageError(f"there is no gold coding in {folder}.", next_step="Put JSON files there in the shape of `scr-llm export --format json`.")
    return tuple(found)


def evaluate(project: Project, gold: Sequence[GoldDocument], coder: Coder | None = None) -> Agreement:
    """What is coded in a project, or what a coder makes of its stored readings now (nothing is stored), against gold."""
    codebook = load_codebook(project.codebook_path)
    if coder is None:
        documents = export(project).documents
    else:
        fresh = {r.document_id: ground(coder.code(r, codebook), r) for r in readings(project)}
        with Store(project.store_path) as store:
            documents = tuple(_exported(d, fresh.get(d.id) if d.status == "coded" else None, {}) for d in present_documents(project, store))
    agreement = agree(gold, documents, [code.id for code in codebook.codes])
    with Store(project.store_path) as store:
        sent, received = store.tokens([d.id for d in documents if any(d.file == g.file for g in gold)])
    return agreement.model_copy(update={"tokens": sent + received})


def _exported(document: Document, coding: Coding | None, decided: Mapping[tuple[str, str], Decision]) -> ExportDocument:
    """A document with its coding, where it has one, in the shape of the export."""
    return ExportDocument(
        id=document.id, file=document.file, sha256=document.sha256, pages=document.pages, status=document.status, reason=document.reason,
        label=Coded(document, coding).label if coding else document.file, case=_case(coding),
        findings=coding.findings if coding else (), recommendations=coding.recommendations if coding else (),
        themes={
            t.theme: ExportTheme(value=t.value, sub_themes=t.sub_themes, evidence=t.evidence, decision=decided.get((document.id, t.theme)))
            for t in (coding.themes if coding else ())
        },
        unanswered=coding.unanswered if coding else (), notes=coding.notes if coding else (),
    )  # fmt: skip


def _case(coding: Coding | None) -> ExportCase | None:
    if coding is None:
        return None
    case = coding.case
    children = tuple(ExportChild(gender=c.gender, age=c.age, age_band=c.age_band) for c in case.children)
    return ExportCase(authority=case.authority, pseudonym=case.pseudonym, children=children, context=case.context, evidence=case.evidence)


def readings(project: Project) -> Sequence[Reading]:
    """Every reading that is stored, in the order of file names."""
    with Store(project.store_path) as store:
        return [r for d in present_documents(project, store) if (r := store.reading(d.id))]


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file or nothing."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
