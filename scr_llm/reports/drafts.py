"""Drafts that people edit: a new one never takes the place of an edited one, says what changed, and is not written where the paper is signed."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scr_llm.errors import BlockedFileError
from scr_llm.files import is_open_elsewhere, sha256_of, sweep, write_atomically
from scr_llm.project import Project
from scr_llm.records import Briefing, Draft, SignedPaper
from scr_llm.render import printed, render
from scr_llm.reports.briefing import brief
from scr_llm.reports.linking_sentences import with_prose
from scr_llm.reports.paper_state import PaperState, paper_state, template_of
from scr_llm.stages.synthesise import Coverage, coverage, seven_minutes
from scr_llm.store import Store
from scr_llm.text.flow import readable

SEVEN_MINUTES = ("docx", "html")
"""Formats of the seven-minute briefing."""


@dataclass
class Written:
    """What writing a draft did."""

    briefing: Briefing
    state: PaperState
    paths: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    """Files that a person edited; they stay as they are, and the new draft lies beside them."""
    blocked: list[Path] = field(default_factory=list)
    """Files that another program has open; they stay as they are, and the new draft lies beside them."""
    changes: list[str] = field(default_factory=list)
    """Numbers and quotes that differ from the last signed paper, or else from the draft that an edited file was made from; nothing where
    they were told before."""
    change_file: Path | None = None
    """Where all of the changes are listed."""
    coverage: dict[str, Coverage] = field(default_factory=dict)
    """File of each review that is counted to which of its pages were read."""
    refused: list[str] = field(default_factory=list)
    """Sentences of a model that were not printed, each with why."""


@dataclass(frozen=True)
class _File:
    """One file of a draft, before it is written."""

    path: Path
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def write(
    project: Project,
    formats: tuple[str, ...],
    *,
    only: dict[str, str] | None = None,
    ask: Callable[[str], str] | None = None,
) -> Written:
    """Write the draft briefing of what is coded and decided now, with the seven-minute briefing beside it.

    Nothing is written where the paper is signed and nothing has changed since. A draft with other numbers or quotes than the last is the next
    version. A file that a person changed since it was written, or that is open in another program, is never touched: the new draft is written
    beside it as briefing-vN. What will be written is noted before it is, so that a draft that was cut off is not taken for an edited one.

    Args:
        project: whose.
        formats: of docx, html, md, xlsx, json.
        only: a subset of the reviews, as `brief` takes it; it has file names of its own and is no version of the whole.
        ask: a model that drafts linking sentences from facts; None for templates alone.

    Raises:
        UsageError: no review is in the subset.
        FileError: a file cannot be written.
    """
    briefing, reviews = brief(project, only=only)
    name = "briefing" + "".join(f"-{_plain(k)}-{_plain(v)}" for k, v in (only or {}).items())
    sweep(project.outputs)
    with Store(project.store_path) as store:
        state = paper_state(project, store)
        if state.is_signed and not only:
            return Written(briefing, state)
        refused: list[str] = []
        if ask:
            briefing, refused = with_prose(briefing, ask)
        drafts = [d for d in store.drafts() if d.name == name]
        now = draft_of(name, briefing)
        version = state.draft_version(drafts, now)
        briefing = briefing.model_copy(update={"version": version})
        covered = {review.document.file: coverage(review) for review in reviews}
        done = Written(briefing, state, refused=refused, coverage=covered)
        items = [(row, review.coding) for row, review in zip(briefing.cases, reviews, strict=True)]
        template = template_of(project)
        files = [
            _File(project.outputs / f"{name}.{f}", render(briefing, f, items=items, template=template)) for f in formats
        ]
        if briefing.cases and not only:
            seven = seven_minutes(briefing)
            forms = [f for f in SEVEN_MINUTES if f in formats]
            files += [
                _File(project.outputs / f"seven-minutes.{f}", printed(seven, f, template=template)) for f in forms
            ]
        new = version not in {d.version for d in drafts}
        files = [placed for file in files if (placed := _placed(file, drafts, done))]
        now = now.model_copy(update={"version": version, "files": {f.path.name: f.sha256 for f in files}})
        if new or any(f.sha256 not in _written_as(f.path.name, drafts) for f in files):
            store.save_draft(now)
        for file in files:
            _write(file, done, store, now)
        if not only:
            _tell_changes(project, store, done, drafts, now)
    return done


def _written_as(name: str, drafts: Sequence[Draft]) -> set[str]:
    """Every content that a file was ever given by this program, by hash."""
    return {d.files[name] for d in drafts if name in d.files}


def _placed(file: _File, drafts: Sequence[Draft], done: Written) -> _File | None:
    """The file where it may be written: beside one that a person edited, put there or has open; None where every name beside it is taken."""
    beside = _beside(file.path, done)
    for path in (file.path, beside, *(beside.with_stem(f"{beside.stem}-{n}") for n in range(2, 100))):
        if is_open_elsewhere(path):
            done.blocked.append(path)
        elif _edited(path, drafts):
            done.kept.append(path)
        else:
            return _File(path, file.content)
    return None


def _beside(path: Path, done: Written) -> Path:
    return path.with_name(f"{path.stem}-v{done.briefing.version}{path.suffix}")


def _write(file: _File, done: Written, store: Store, draft: Draft) -> None:
    """Write a file; under the name of its version where another program holds the first."""
    try:
        write_atomically(file.path, file.content)
    except BlockedFileError:
        beside = _File(_beside(file.path, done), file.content)
        if beside.path == file.path or beside.path.exists():
            raise
        done.blocked.append(file.path)
        store.save_draft(draft.model_copy(update={"files": {**draft.files, beside.path.name: beside.sha256}}))
        write_atomically(beside.path, beside.content)
        file = beside
    done.paths.append(file.path)


def _edited(path: Path, drafts: Sequence[Draft]) -> bool:
    """Whether a file lies there that this program did not write as it is."""
    return path.is_file() and sha256_of(path) not in _written_as(path.name, drafts)


def _tell_changes(project: Project, store: Store, done: Written, drafts: Sequence[Draft], now: Draft) -> None:
    """What is new against the last signed paper, or else against the draft that a person edited; all of it goes to a file."""
    before: Draft | None = None
    if signed := store.sign_offs():
        before = draft_of("briefing", SignedPaper.model_validate_json(signed[-1][1]).briefing)
    elif done.kept:
        names = {path.name for path in done.kept}
        before = next((d for d in reversed(drafts) if names & d.files.keys()), None)
    if before is None:
        return
    changes = _differences(before, now)
    content = "\n".join(
        (f"What changed from version {before.version} to version {now.version}", "", *changes, "")
    ).encode()
    path = project.outputs / f"changes-since-{before.version}.txt"
    if changes and not (path.is_file() and path.read_bytes() == content):
        write_atomically(path, content)
        done.changes, done.change_file = changes, path


def draft_of(name: str, briefing: Briefing) -> Draft:
    """What a paper counts and quotes, to tell the next one from it."""
    numbers = {f"{t.label}": f"{t.present} of {t.of}" for t in briefing.facts.themes}
    numbers |= {
        "Reviews": str(briefing.facts.reviews),
        "Children": str(briefing.facts.children),
        "Findings": str(briefing.facts.findings),
    }
    numbers |= {
        "Recommendations": str(briefing.facts.recommendations),
        "Cells decided": f"{briefing.facts.cells_decided} of {briefing.facts.cells}",
    }
    for row in briefing.cases:
        facts = {
            "context": row.context,
            "gender": row.gender,
            "age": row.age,
            "findings": str(row.findings),
            "recommendations": str(row.recommendations),
        }
        numbers |= {f"{row.label}, {what}": told for what, told in (facts | row.themes).items()}
    for part in briefing.parts:
        if part.id.startswith("theme."):
            counted = " ".join(s.text for p in part.paragraphs for s in p.sentences if any(c.isdigit() for c in s.text))
            numbers[f"Under “{part.title.lstrip('0123456789. ')}”"] = counted or "no number"
    quotes = tuple(
        dict.fromkeys(
            f"{p.quote.case_label}, page {p.quote.evidence.page}: “{readable(p.quote.text)}”"
            for part in briefing.parts
            for p in part.paragraphs
            if p.quote
        )
    )
    return Draft(
        name=name,
        version=briefing.version,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={},
        numbers=numbers,
        quotes=quotes,
    )


def _differences(before: Draft, now: Draft) -> list[str]:
    told = [
        f"{what}: {value} (was {before.numbers.get(what, 'not there')})"
        for what, value in now.numbers.items()
        if before.numbers.get(what) != value
    ]
    told += [
        f"{what}: no longer there (was {value})" for what, value in before.numbers.items() if what not in now.numbers
    ]
    told += [f"new quote: {q}" for q in now.quotes if q not in before.quotes]
    return told + [f"quote no longer printed: {q}" for q in before.quotes if q not in now.quotes]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
