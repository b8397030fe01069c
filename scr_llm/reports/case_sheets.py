"""The case sheets: one page for each coded review, in outputs/cases."""

import contextlib
import hashlib
import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scr_llm.codebook import code_sha256, load_codebook
from scr_llm.errors import BlockedFileError, UsageError
from scr_llm.files import is_open_elsewhere, make_folder, sha256_of, sweep, write_atomically
from scr_llm.project import Project
from scr_llm.records import Briefing, Codebook, Coding, Decision, Draft, Paper
from scr_llm.render import render
from scr_llm.reports.names import without
from scr_llm.reports.paper_state import PaperState, paper_state, template_of
from scr_llm.reports.summaries import Summarise, summary
from scr_llm.stages.decisions import (
    Key,
    Standing,
    current,
    decided_by_document,
    must_be_decided,
    particular_of,
    standings,
    state,
)
from scr_llm.stages.decisions.items import shown_hashes
from scr_llm.stages.synthesise import (
    BriefingOptions,
    CodedReview,
    ReviewState,
    ThemeTally,
    case_sheet,
    sheet_sources,
)
from scr_llm.store import Store

FORMATS = ("docx", "html")
"""The formats of a sheet."""
FOLDER, NAME = "cases", "cases"
"""Folder in outputs/, and what the sheets are called in the list of drafts."""
_AT_ONCE = 50
"""Files that are made before they are written."""
MOST_NAMED = 6
"""Open themes that are named one by one."""
_FACTS = {"authority": "the authority", "pseudonym": "the child’s name", "context": "the reason for the review"}
"""Facts that are decided one by one, in words."""


@dataclass
class WrittenSheets:
    """What happened when the sheets were written."""

    paths: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    """Files that a person edited or put there; the new sheet is written beside them."""
    blocked: list[Path] = field(default_factory=list)
    """Files that another program has open."""
    removed: list[Path] = field(default_factory=list)
    """Sheets of reviews that are no longer coded, which nobody had edited."""
    refused: list[str] = field(default_factory=list)
    """Sentences of a model that were not printed, each with the reason."""


class CaseSheets:
    """Makes the sheets of one project as it is decided now."""

    def __init__(
        self,
        project: Project,
        store: Store,
        *,
        version: str,
        status: str,
        signed: bool = False,
        document_id: str | None = None,
    ) -> None:
        """Read what all sheets share.

        Args:
            project: the project.
            store: its store.
            version: version of the briefing that the sheets go with.
            status: its status, without how many cells are decided.
            signed: whether the sheets are written to be signed.
            document_id: the one review whose sheet is made; None for any.
        """
        settings = project.settings
        self._store, self._codebook = store, load_codebook(project.codebook_path)
        self._names = settings.briefing.leave_out
        decisions = store.decisions(document_id)
        self._standings, self._decided = standings(decisions), decided_by_document(decisions)
        self._options = BriefingOptions(
            title=settings.title,
            organisation=settings.organisation,
            marking=settings.marking,
            version=version,
            status=status,
            signed=signed,
            count_recommendation_only=settings.briefing.count_recommendation_only,
        )

    def review(self, document_id: str) -> CodedReview | None:
        """A review as it counts now, without the names that are left out; None if it is not coded."""
        document, coding = self._store.document(document_id), self._store.coding(document_id)
        if document is None or coding is None or document.status != "coded":
            return None
        decided = self._decided.get(document_id, {})
        return CodedReview(document, without(current(coding, decided), self._names), particular=particular_of(decided))

    def sheet(self, review: CodedReview, summary: Sequence[str] = ()) -> Paper:
        """The sheet of a coded review. `summary` are checked sentences of a model, each with its mark."""
        coding = self._store.coding(review.document.id)
        decided = review_state(coding or review.coding, self._standings, self._codebook, now=review.coding)
        return without(case_sheet(self._tally(review), decided, summary), self._names)

    def summary(self, review: CodedReview, ask: Summarise) -> tuple[list[str], list[str]]:
        """Sentences that a model drafts on a review, checked and marked, and why others are not printed."""
        sources = tuple(sheet_sources(self._tally(review)))
        printed, refused = summary(review.document.id, sources, self._codebook.codes, ask)
        return printed, [f"{review.label}: {why}" for why in refused]

    def _tally(self, review: CodedReview) -> ThemeTally:
        return ThemeTally([review], [review.document], self._codebook, (), self._options)


def review_state(
    coding: Coding, decided: Mapping[Key, Standing], codebook: Codebook, *, now: Coding | None = None
) -> ReviewState:
    """How far people have decided a review: the cells that the review page counts, and what is open of them.

    Args:
        coding: as proposed, without decisions.
        decided: what people decided on each cell.
        codebook: the present codebook.
        now: with decisions; its findings and recommendations include those that a person added.
    """
    document, hashes = coding.document_id, {c.id: code_sha256(c) for c in codebook.codes} | shown_hashes(coding)
    added = {i.id for i in (*now.findings, *now.recommendations)} if now else set[str]()
    cells = dict.fromkeys((*_counted(coding, decided, codebook), *sorted(added)))
    states = {cell: state(decided.get((document, cell)), hashes.get(cell, "")) for cell in cells}
    open_cells = {cell for cell, now in states.items() if now != "decided"}
    acts = [d for cell in states if (standing := decided.get((document, cell))) and (d := standing.counts)]
    return ReviewState(
        decided=len(states) - len(open_cells),
        of=len(states),
        people=tuple(dict.fromkeys(f"{d.author}, {d.role}" for d in sorted(acts, key=_when))),
        open=tuple(_in_words(coding, codebook, open_cells)),
        themes=frozenset(c.id for c in codebook.codes if states.get(c.id) == "decided"),
    )


def _when(decision: Decision) -> str:
    return decision.at


def _counted(coding: Coding, decided: Mapping[Key, Standing], codebook: Codebook) -> Iterator[str]:
    """The cells of a review that are printed or counted: the rule is that of the review page."""
    proposed = {theme.theme: theme.value for theme in coding.themes}
    for code in codebook.codes:
        standing = decided.get((coding.document_id, code.id))
        # A code that is newer than the coding counts until somebody decides it.
        if must_be_decided(code, proposed.get(code.id, "unclear")) or (standing and standing.counts):
            yield code.id
    yield from (item.id for item in (*coding.findings, *coding.recommendations))
    yield from (f"case:{fact}" for fact in _FACTS)


def _in_words(coding: Coding, codebook: Codebook, cells: set[str]) -> Iterator[str]:
    """Open cells in words: few themes by name, many by number."""
    themes = [code.label for code in codebook.codes if code.id in cells]
    if len(themes) <= MOST_NAMED:
        yield from themes
    else:
        yield f"{len(themes)} themes"
    for name, items in (("finding", coding.findings), ("recommendation", coding.recommendations)):
        if number := sum(item.id in cells for item in items):
            yield f"{number} {name}" + ("s" if number > 1 else "")
    yield from (words for fact, words in _FACTS.items() if f"case:{fact}" in cells)


def sheet_of(project: Project, document_id: str) -> Paper:
    """The sheet of one review as it is coded and decided now. Nothing is written.

    Raises:
        UsageError: the review is not in the project, or not coded.
    """
    with Store(project.database) as store:
        now = paper_state(project, store)
        if now.signed and now.is_signed:
            version, status = now.signed.version, f"FROM THE RECORD behind the signed version {now.signed.version}"
        else:
            last = store.last_draft(NAME)
            version, status = last.version if last else "0.1", now.status
        sheets = CaseSheets(
            project, store, version=version, status=status, signed=now.is_signed, document_id=document_id
        )
        if review := sheets.review(document_id):
            return sheets.sheet(review)
    raise UsageError("this review is not in the project, or is not coded yet.", next_step="Run: scr-llm run")


def signed_sheets(
    project: Project, store: Store, briefing: Briefing, reviews: Sequence[CodedReview]
) -> dict[str, Paper]:
    """The sheets that go with a briefing that is being signed, by file name without ending. No model writes in them."""
    make = CaseSheets(project, store, version=briefing.version, status=briefing.status_line, signed=True)
    names = names_of(reviews)
    return {f"case-{names[review.document.id]}": make.sheet(review) for review in reviews}


def names_of(reviews: Sequence[CodedReview]) -> dict[str, str]:
    """A file name, without ending, for the sheet of each review, by document id: its label in plain letters."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for review in reviews:
        name = re.sub(r"[^a-z0-9]+", "-", review.label.lower()).strip("-")[:60] or review.document.id
        # Two reviews of one label, whichever comes first, are told apart by the id.
        names[review.document.id] = f"{name}-{review.document.id}" if name in taken else name
        taken.add(names[review.document.id])
    return names


def write_drafts_of_sheets(
    project: Project,
    store: Store,
    version: str,
    paper: PaperState,
    reviews: Sequence[CodedReview],
    formats: Sequence[str],
    summarise: Summarise | None = None,
) -> WrittenSheets:
    """Write the sheets of the reviews of a draft. `summarise` asks a model for a summary of each."""
    make = CaseSheets(project, store, version=version, status=paper.status)
    names, done = names_of(reviews), WrittenSheets()

    def sheets() -> Iterator[tuple[str, Paper]]:
        for review in reviews:
            printed, why = make.summary(review, summarise) if summarise else ([], [])
            done.refused += why
            yield names[review.document.id], make.sheet(review, printed)

    write_case_sheets(project, store, sheets(), version, formats, done)
    return done


def write_case_sheets(
    project: Project,
    store: Store,
    sheets: Iterator[tuple[str, Paper]],
    version: str,
    formats: Sequence[str],
    done: WrittenSheets,
) -> None:
    """Write sheets to outputs/cases, as drafts are written: nothing that a person edited or has open is touched.

    However many there are, only a few are held in memory.

    Args:
        project: the project.
        store: notes what is written before it is written.
        sheets: the sheets, each with its file name without ending.
        version: version of the briefing that they go with.
        formats: the formats of the briefing; those that a sheet does not have are passed over.
        done: receives what happened.

    Raises:
        FileError: a file cannot be written.
    """
    folder, names = project.outputs / FOLDER, set[str]()
    forms = [form for form in FORMATS if form in formats]
    ours: dict[str, set[str]] = {}
    for draft in store.drafts(NAME):
        for name, sha256 in draft.files.items():
            ours.setdefault(name, set()).add(sha256)
    sweep(folder)
    placed = _placed(folder, _printed(project, sheets, forms), version, ours, done)
    while some := list(itertools.islice(placed, _AT_ONCE)):
        files = {path.name: hashlib.sha256(content).hexdigest() for path, content in some}
        if any(sha256 not in ours.get(name, ()) for name, sha256 in files.items()):
            at = datetime.now(UTC).isoformat(timespec="seconds")
            store.save_draft(Draft(name=NAME, version=version, at=at, files=files, numbers={}, quotes=()))
        make_folder(folder)
        for path, content in some:
            _write(path, content, done)
        names |= files.keys()
    _remove_stale(folder, forms, names, ours, done)


def _printed(
    project: Project, sheets: Iterator[tuple[str, Paper]], forms: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Each sheet in each format, by file name."""
    template = template_of(project)
    for name, sheet in sheets:
        for form in forms:
            yield f"{name}.{form}", render(sheet, form, template=template)


def _placed(
    folder: Path,
    contents: Iterator[tuple[str, bytes]],
    version: str,
    ours: Mapping[str, set[str]],
    done: WrittenSheets,
) -> Iterator[tuple[Path, bytes]]:
    """Each content under a name that may be written to: its own, or that of its version beside it."""
    for name, content in contents:
        own = folder / name
        beside = own.with_stem(f"{own.stem}-v{version}")
        for path in (own, beside, *(beside.with_stem(f"{beside.stem}-{n}") for n in range(2, 100))):
            if is_open_elsewhere(path):
                done.blocked.append(path)
            elif path.exists() and not _is_ours(path, ours):
                done.kept.append(path)
            else:
                yield path, content
                break


def _is_ours(path: Path, ours: Mapping[str, set[str]]) -> bool:
    """Whether a file is as this program wrote it."""
    return path.is_file() and not path.is_symlink() and sha256_of(path) in ours.get(path.name, ())


def _write(path: Path, content: bytes, done: WrittenSheets) -> None:
    """Write a sheet, unless it is there already. One that another program has just opened stays as it is."""
    if path.is_file() and path.read_bytes() == content:
        done.paths.append(path)
        return
    try:
        write_atomically(path, content)
        done.paths.append(path)
    except BlockedFileError:
        done.blocked.append(path)


def _remove_stale(
    folder: Path, forms: Sequence[str], now: Collection[str], ours: Mapping[str, set[str]], done: WrittenSheets
) -> None:
    """Remove sheets that are no longer written, unless somebody edited them, put them there or has them open."""
    for form in forms:
        for path in sorted(folder.glob(f"*.{form}")):
            if path.name not in now and _is_ours(path, ours) and not is_open_elsewhere(path):
                with contextlib.suppress(OSError):
                    path.unlink()
                    done.removed.append(path)
