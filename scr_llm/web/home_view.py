"""What the first page shows: where the work stands, and the one next thing to do."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from urllib.parse import urlencode

from scr_llm.intake.inbox import current_documents
from scr_llm.llm import is_loopback
from scr_llm.llm.endpoint import THIS_COMPUTER
from scr_llm.project import Project
from scr_llm.records import Document
from scr_llm.reports.given_back import FOLDER as GIVEN_BACK
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.store import Store
from scr_llm.text.words import STATUSES, capital, count, in_words
from scr_llm.web.runner import RunState
from scr_llm.web.shown_work import Batch, FileLine, FilesPage, Happened, PaperFile, PapersPage, Sent, Standing, Step

FILES_SHOWN = 60
"""Files on one page of their list."""
COUNTED = ("coded", "pending")
"""States of the files that are counted, or wait for that."""
LEFT_OUT_SHOWN = 8
"""Files with a reason that the first page names; the list of files has all."""
PAPERS_SHOWN = 4
"""Papers that the first page offers; their own page has all."""
LOG_READ = 1000
"""Entries of the log that are read, the latest ones."""
LOG_SHOWN = 8
"""Entries of the log that the first page shows; its own page has more."""


def home(project: Project, session: ReviewSession, who: Reviewer, run: RunState, copying: int) -> Standing:
    """Where the work stands."""
    store = session.store
    documents = current_documents(list(session.files.values()))
    not_counted = [d for d in documents if d.status not in COUNTED]
    waiting = sum(d.status == "pending" for d in documents)
    coded = sum(d.status == "coded" for d in documents)
    left, of = session.left(who)
    disagreed = len(session.disagreements())
    decided = bool(coded) and not left and not disagreed
    state = session.paper_state() if decided or store.head("sign_offs")[0] else None
    written = papers(project)
    steps = _steps(len(documents), waiting, coded, left, of, disagreed, bool(state and state.is_signed), run)
    return Standing(
        steps=steps,
        now=next((step.name for step in steps if step.state == "now"), ""),
        files=len(documents),
        batches=_batches(documents),
        left_out=tuple(map(file_line, not_counted[:LEFT_OUT_SHOWN])),
        not_counted=len(not_counted),
        waiting=waiting,
        coded=coded,
        copying=copying,
        open=left,
        of=of,
        disagreed=disagreed,
        sent=_sent(store),
        papers=tuple(p for p in written if _is_main(p))[:PAPERS_SHOWN],
        log=log(store, LOG_SHOWN),
        since=state.since if state else (),
        signed=state.signed.version if state and state.signed else "",
    )


def _sent(store: Store) -> tuple[Sent, ...]:
    """What was sent to models: to other computers first."""
    found = []
    for recorded, requests, size in store.sent():
        place = recorded.partition(", SHA-256 ")[0]
        stays = place.startswith(THIS_COMPUTER) or is_loopback(place)
        where = place.removeprefix(THIS_COMPUTER).strip(", ").replace("file ", "model file ", 1) if stays else place
        found.append(Sent(where, requests, size_in_words(size), stays))
    return tuple(sorted(found, key=lambda sent: sent.stays))


def _steps(
    files: int, waiting: int, coded: int, left: int, of: int, disagreed: int, signed: bool, run: RunState
) -> tuple[Step, ...]:
    """The steps. The first that is not done is the next thing to do."""
    reading = f"{count(coded, 'review')} coded" + (f", {waiting} waiting" if waiting else "")
    deciding = f"{of - left} of {of} decided" if of else "nothing to decide yet"
    if of and disagreed and not left:
        deciding = f"{count(disagreed, 'disagreement')} to settle"
    decided, reads = bool(coded) and not left and not disagreed, run.running and not run.trial
    done = (
        ("Add", bool(files), count(files, "file") if files else "no files yet", "/files"),
        ("Read", bool(coded) and not waiting and not reads, "under way" if reads else reading, "/#run"),
        ("Decide", decided, deciding, "/disagreements" if disagreed and not left else "/matrix"),
        ("Sign", signed, "signed" if signed else "not signed", "/sign-off"),
        ("Send", False, "the papers are ready" if signed else "after signing", "/papers"),
    )
    first = next((name for name, is_done, _, _ in done if not is_done), "Send")
    return tuple(
        Step(name, "done" if is_done else "now" if name == first else "later", words, path)
        for name, is_done, words, path in done
    )


def files(session: ReviewSession, state: str, words: str, first: int) -> FilesPage:
    """A page of the files: those in a state, with some words in their name or in what their review is called.

    Args:
        session: the project's cells.
        state: a status of documents; empty for all.
        words: words, all of which must be there, in any case; empty for none.
        first: number of the first file on the page, from 0.
    """
    documents = current_documents(list(session.files.values()))
    number = Counter[str](d.status for d in documents)
    wanted, labels = words.casefold().split(), session.labels

    def is_asked_for(document: Document) -> bool:
        text = f"{document.file} {labels.get(document.id, '')}".casefold()
        return state in ("", document.status) and all(word in text for word in wanted)

    found = list(filter(is_asked_for, documents))
    first = min(first, max(0, len(found) - 1)) // FILES_SHOWN * FILES_SHOWN
    return FilesPage(
        files=tuple(file_line(d, labels.get(d.id, "")) for d in found[first : first + FILES_SHOWN]),
        first=first,
        most=FILES_SHOWN,
        of=len(found),
        all=len(documents),
        states=tuple((status, words, number[status]) for status, words in STATUSES.items() if number[status]),
        state=state,
        words=words,
        query=urlencode({"state": state, "words": words}),
    )


def file_line(document: Document, label: str = "") -> FileLine:
    """A file as a person reads it. The next step names no command where the page has a button for it."""
    step = document.next_step if "scr-llm " not in document.next_step else ""
    reason = document.reason or ""
    reason = capital(reason) + ("" if not reason or reason.endswith((".", "”")) else ".")
    if document.missing and document.status == "coded":
        reason = f"{reason} Its file is no longer in the inbox as it was read. Put it back.".strip()
    return FileLine(
        id=document.id,
        file=document.file,
        label=label if document.status == "coded" else "",
        pages=document.pages,
        batch=document.batch,
        status=in_words(document.status),
        reason=f"{reason} {step}".strip(),
        counted=document.status in COUNTED,
        may_count=document.status in ("not_a_review", "duplicate", "superseded"),
        check=len(document.notes),
        twice=None if document.read_once is None else document.pages - len(document.read_once),
    )


def _batches(documents: Iterable[Document]) -> tuple[Batch, ...]:
    found: dict[str, list[Document]] = {}
    for document in documents:
        found.setdefault(document.batch, []).append(document)
    return tuple(
        Batch(name, len(group), sum(d.status == "coded" for d in group), min(d.taken_in for d in group))
        for name, group in sorted(found.items(), key=lambda item: (min(d.taken_in for d in item[1]), item[0]))
    )


FORMATS = {".docx": "Word", ".html": "for a browser", ".md": "plain text", ".xlsx": "workbook", ".json": "record"}
"""Endings of the papers, with what they are."""


def papers(project: Project) -> list[PaperFile]:
    """Every paper that can be downloaded: drafts and signed ones, the latest first."""
    found: list[tuple[float, PaperFile]] = []
    for path in _paper_paths(project.outputs):
        state = path.stat()
        name = path.relative_to(project.outputs).as_posix()
        when = day_and_time(datetime.fromtimestamp(state.st_mtime))
        found.append((state.st_mtime, PaperFile(name, size_in_words(state.st_size), when, name.startswith("signed-"))))
    return [paper for _, paper in sorted(found, key=_order)]


def papers_page(project: Project) -> PapersPage:
    """Every paper, signed ones apart from drafts."""
    found = papers(project)
    return PapersPage(signed=tuple(p for p in found if p.signed), drafts=tuple(p for p in found if not p.signed))


_KINDS = ("briefing", "evidence", "seven-minutes")
"""Papers by the beginning of their names, in the order in which they are listed."""


def _order(item: tuple[float, PaperFile]) -> tuple[bool, int, int, str]:
    """Signed ones first, then those of the last minute, then by what they are."""
    at, paper = item
    name = paper.path.rpartition("/")[2]
    kind = next((number for number, start in enumerate(_KINDS) if name.startswith(start)), len(_KINDS))
    return not paper.signed, -int(at // 60), kind, paper.path


def _is_main(paper: PaperFile) -> bool:
    """Whether a paper is one of those that people send: in Word, and not a case sheet."""
    return paper.path.endswith(".docx") and paper.path.rpartition("/")[2].startswith(_KINDS)


def _paper_paths(outputs: Path) -> Sequence[Path]:
    """Files of outputs/, of its folders and of those of signed papers. Links are passed over."""
    folders = [
        outputs,
        outputs / "cases",
        outputs / GIVEN_BACK,
        *outputs.glob("signed-*"),
        *outputs.glob("signed-*/cases"),
    ]
    return [
        path
        for folder in folders
        if folder.is_dir() and not folder.is_symlink()
        for path in folder.iterdir()
        if path.suffix in FORMATS and path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~"))
    ]


_BEFORE = {"agreed": "Agreed: ", "refused": "Not agreed: "}
"""What goes before the text of a log entry: what was answered to it."""


def log(store: Store, last: int) -> tuple[Happened, ...]:
    """What people started or allowed, the latest first. Files that somebody added one after another are one line."""
    entries = store.log(LOG_READ)
    found: list[Happened] = []
    for (act, who), group in groupby(entries, key=lambda e: (e.act, e.who)):
        together = list(group)
        at = day_and_time(datetime.fromisoformat(together[0].at).astimezone())
        if act == "added" and len(together) > 1:
            found.append(Happened(at, who, f"Added {count(len(together), 'file')}"))
        else:
            found += [
                Happened(day_and_time(datetime.fromisoformat(e.at).astimezone()), who, _BEFORE.get(act, "") + e.text)
                for e in together
            ]
    return tuple(found[:last])


def day_and_time(at: datetime) -> str:
    """A moment as a person reads it."""
    return f"{at.day} {at:%b %Y, %H:%M}"


def size_in_words(size: int) -> str:
    """A size in bytes as a person reads it."""
    if size < 1000:
        return count(size, "byte")
    if size < 1_000_000:
        return f"{size / 1000:,.0f} KB"
    return f"{size / 1e6:,.1f} MB" if size < 1e9 else f"{size / 1e9:,.1f} GB"
