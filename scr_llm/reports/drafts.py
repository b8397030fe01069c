"""Drafts that people edit.

A new draft never overwrites an edited one, says what changed, and is not written while the paper is signed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scr_llm.errors import BlockedFileError
from scr_llm.files import is_open_elsewhere, sweep, write_atomically
from scr_llm.project import Project
from scr_llm.records import Briefing, Draft, Paper, SignedPaper
from scr_llm.render import render
from scr_llm.render.blocks import blocks
from scr_llm.render.bookmarks import Kept
from scr_llm.reports.briefing import brief
from scr_llm.reports.case_sheets import write_drafts_of_sheets
from scr_llm.reports.current import note_finished, rests_on
from scr_llm.reports.found_words import found_words, is_edited, written_as
from scr_llm.reports.kept_words import with_words
from scr_llm.reports.linking_sentences import with_prose
from scr_llm.reports.paper_state import PaperState, paper_state, template_of
from scr_llm.reports.summaries import Summarise
from scr_llm.stages.synthesise import CodedReview, evidence_file, seven_minutes
from scr_llm.store import Store
from scr_llm.text.flow import readable

BESIDE = ("docx", "html")
"""The formats of the evidence file and the seven-minute briefing, which go with the paper."""


@dataclass
class Written:
    """What happened when a draft was written."""

    briefing: Briefing
    state: PaperState
    paths: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    """Files that a person edited. They stay as they are, and the new draft is written beside them."""
    blocked: list[Path] = field(default_factory=list)
    """Files that another program has open. They stay as they are, and the new draft is written beside them."""
    changes: list[str] = field(default_factory=list)
    """Numbers and quotes that differ from the last signed paper or, before any, from the draft behind an edited file.

    Empty if an earlier run listed the same changes.
    """
    change_file: Path | None = None
    """The file that lists all changes."""
    sheets: list[Path] = field(default_factory=list)
    """The case sheets."""
    refused: list[str] = field(default_factory=list)
    """Sentences of a model that were not printed, each with the reason."""
    words_from: str = ""
    """The edited file whose words the draft keeps; empty where nobody edited one."""
    words_kept: int = 0
    """How many pieces of the draft stand as a person wrote, added or removed them."""
    words_said: list[str] = field(default_factory=list)
    """What a person must look at: where the evidence moved, what has no place any more, what is open in the file."""


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
    summarise: Summarise | None = None,
) -> Written:
    """Write the draft briefing of what is coded and decided now, with its evidence and the seven-minute briefing.

    Nothing is written if the paper is signed and nothing has changed since. A draft whose numbers or quotes differ from
    the last draft is the next version. A file that a person changed since it was written, or that is open in another
    program, is never touched: the new draft is written beside it as briefing-vN. The store records what will be written
    before it is written, so that a draft cut off half-way is not mistaken for an edited one.

    Args:
        project: the project.
        formats: some of docx, html, md, xlsx, json.
        only: a subset of the reviews, as `brief` takes it. Its files have their own names, and it is not a version of
            the whole paper.
        ask: a model that drafts linking sentences from facts; None for templates alone.
        summarise: a model that drafts the summary of a case sheet; None for sheets without one.

    Raises:
        UsageError: no review is in the subset.
        FileError: a file cannot be written.
    """
    with Store(project.database) as store:
        made_from = rests_on(project, store, formats)
    briefing, reviews = brief(project, only=only)
    name = "briefing" + "".join(f"-{_plain(k)}-{_plain(v)}" for k, v in (only or {}).items())
    sweep(project.outputs)
    with Store(project.database) as store:
        state = paper_state(project, store)
        done = Written(briefing, state)
        if state.is_signed and not only:
            return done
        if ask:
            briefing, done.refused = with_prose(briefing, ask)
        drafts = store.drafts(name)
        now = draft_of(name, briefing)
        version = state.draft_version(drafts, now)
        generated = briefing.model_copy(update={"version": version})
        done.briefing, kept = _with_words(project, store, generated, drafts, done)
        files = _files_of(project, name, done.briefing, reviews, formats, kept, whole=not only)
        files = [placed for file in files if (placed := _placed(file, drafts, done))]
        written = {f.path.name: f.sha256 for f in files}
        now = now.model_copy(update={"version": version, "files": written, "printed": blocks(generated)})
        is_new = version not in {d.version for d in drafts}
        if is_new or any(f.sha256 not in written_as(f.path.name, drafts) for f in files):
            store.save_draft(now)
        for file in files:
            _write(file, done, store, now)
        if not only:
            _list_changes(project, store, done, drafts, now)
            _write_sheets(project, store, done, reviews, formats, summarise)
            # A draft beside a file of somebody else's, and one with a model's sentences, is written again by each run.
            if not (done.kept or done.blocked or ask or summarise):
                facts = done.briefing.facts
                note_finished(project, store, made_from, version, facts.cells_decided, facts.cells)
    return done


def _with_words(
    project: Project, store: Store, generated: Briefing, drafts: Sequence[Draft], done: Written
) -> tuple[Briefing, Kept | None]:
    """The draft with the words of the file that a person edited, if somebody did."""
    if not (found := found_words(project, store, drafts)):
        return generated, None
    words = with_words(generated, found.changes)
    done.words_from, done.words_kept, done.words_said = found.source, words.as_written, [*found.said, *words.said]
    return words.briefing, words.kept


def _write_sheets(
    project: Project,
    store: Store,
    done: Written,
    reviews: Sequence[CodedReview],
    formats: tuple[str, ...],
    summarise: Summarise | None,
) -> None:
    """Write the case sheets that go with a draft."""
    made = write_drafts_of_sheets(project, store, done.briefing.version, done.state, reviews, formats, summarise)
    done.sheets += made.paths
    done.kept += made.kept
    done.blocked += made.blocked
    done.refused += made.refused


def _files_of(
    project: Project,
    name: str,
    briefing: Briefing,
    reviews: Sequence[CodedReview],
    formats: tuple[str, ...],
    kept: Kept | None,
    *,
    whole: bool,
) -> list[_File]:
    """The paper with its evidence file and, if it is on all reviews, the seven-minute briefing."""
    template, evidence = template_of(project), name.replace("briefing", "evidence", 1)
    items = [(row, review.coding) for row, review in zip(briefing.cases, reviews, strict=True)]
    files = {
        f"{name}.{form}": render(briefing, form, items=items, template=template, evidence=evidence, kept=kept)
        for form in formats
    }
    beside: dict[str, Paper] = {}
    if briefing.cases:
        beside[evidence] = evidence_file(briefing)
    if briefing.cases and whole:
        beside["seven-minutes"] = seven_minutes(briefing)
    files |= {
        f"{stem}.{form}": render(paper, form, template=template)
        for stem, paper in beside.items()
        for form in BESIDE
        if form in formats
    }
    return [_File(project.outputs / name, content) for name, content in files.items()]


def _placed(file: _File, drafts: Sequence[Draft], done: Written) -> _File | None:
    """The file under a name that may be written to: not one that a person edited, put there or has open.

    None if every name tried is taken.
    """
    beside = _beside(file.path, done)
    for path in (file.path, beside, *(beside.with_stem(f"{beside.stem}-{n}") for n in range(2, 100))):
        if is_open_elsewhere(path):
            done.blocked.append(path)
        elif is_edited(path, drafts):
            done.kept.append(path)
        else:
            return _File(path, file.content)
    return None


def _beside(path: Path, done: Written) -> Path:
    return path.with_name(f"{path.stem}-v{done.briefing.version}{path.suffix}")


def _write(file: _File, done: Written, store: Store, draft: Draft) -> None:
    """Write a file; under the name of its version if another program holds its own name."""
    try:
        write_atomically(file.path, file.content)
    except BlockedFileError:
        # Another program opened the file after `_placed` looked.
        beside = _File(_beside(file.path, done), file.content)
        if beside.path == file.path or beside.path.exists():
            raise
        done.blocked.append(file.path)
        store.save_draft(draft.model_copy(update={"files": {**draft.files, beside.path.name: beside.sha256}}))
        write_atomically(beside.path, beside.content)
        file = beside
    done.paths.append(file.path)


def _list_changes(project: Project, store: Store, done: Written, drafts: Sequence[Draft], now: Draft) -> None:
    """Write to a file what changed since the last signed paper or, before any, since the draft that was edited."""
    before: Draft | None = None
    if signed := store.sign_offs():
        # Both with a person's words, so that words which stand are not listed.
        before = draft_of("briefing", SignedPaper.model_validate_json(signed[-1][1]).briefing)
        now = draft_of("briefing", done.briefing)
    elif done.kept:
        names = {path.name for path in done.kept}
        before = next((d for d in reversed(drafts) if names & d.files.keys()), None)
    if before is None:
        return
    labels = {theme.theme: theme.label for theme in done.briefing.facts.themes}
    changes = what_changed(before, now, labels)
    title = f"What changed from version {before.version} to version {now.version}"
    content = "\n".join((title, "", *changes, "")).encode()
    path = project.outputs / f"changes-since-{before.version}.txt"
    if changes and not (path.is_file() and path.read_bytes() == content):
        write_atomically(path, content)
        done.changes, done.change_file = changes, path


def draft_of(name: str, briefing: Briefing) -> Draft:
    """What a paper counts and quotes, to compare the next one with."""
    quotes = (
        f"{p.quote.case_label}, page {p.quote.evidence.page}: “{readable(p.quote.text)}”"
        for part in (*briefing.parts, *briefing.annex)
        for p in part.paragraphs
        if p.quote
    )
    return Draft(
        name=name,
        version=briefing.version,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={},
        numbers=_numbers(briefing),
        quotes=tuple(dict.fromkeys(quotes)),
    )


def _numbers(briefing: Briefing) -> dict[str, str]:
    """Every number of a paper, and every cell and fact of its cases, by what it is called."""
    facts = briefing.facts
    numbers = {t.label: f"{t.present} of {t.of}" for t in facts.themes}
    numbers |= {
        "Reviews": str(facts.reviews),
        "Children": str(facts.children),
        "Findings": str(facts.findings),
        "Recommendations": str(facts.recommendations),
        "Cells decided": f"{facts.cells_decided} of {facts.cells}",
    }
    for row in briefing.cases:
        case = {
            "context": row.context,
            "gender": row.gender,
            "age": row.age,
            "findings": str(row.findings),
            "recommendations": str(row.recommendations),
        }
        numbers |= {f"{row.label}, {what}": value for what, value in (case | row.themes).items()}
    for part in briefing.parts:
        if part.id.startswith("theme."):
            texts = (s.text for p in part.paragraphs for s in p.sentences)
            counted = " ".join(text for text in texts if any(c.isdigit() for c in text))
            numbers[f"Under “{part.title.lstrip('0123456789. ')}”"] = counted or "no number"
    return numbers


def what_changed(before: Draft, now: Draft, labels: Mapping[str, str], but: str = "") -> list[str]:
    """What differs between two drafts in numbers and quotes, one line each.

    Args:
        before: the earlier one.
        now: the later one.
        labels: of the themes, by id: a draft names a cell by case and theme id, and a person reads the label.
        but: what is passed over.
    """

    def named(what: str) -> str:
        case, comma, theme = what.rpartition(", ")
        return f"{case}{comma}{labels.get(theme, theme)}"

    changes = [
        f"{named(what)}: {now.numbers.get(what, 'no longer there')} (was {before.numbers.get(what, 'not there')})"
        for what in dict.fromkeys([*now.numbers, *before.numbers])
        if what != but and before.numbers.get(what) != now.numbers.get(what)
    ]
    quoted_before, quoted_now = set(before.quotes), set(now.quotes)
    changes += [f"new quote: {q}" for q in now.quotes if q not in quoted_before]
    return changes + [f"quote no longer printed: {q}" for q in before.quotes if q not in quoted_now]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
