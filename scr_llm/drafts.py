"""Drafts that people edit: a new one never takes the place of an edited one, and says what changed against it."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from scr_llm import pipeline, results
from scr_llm.project import Project
from scr_llm.prose import with_prose
from scr_llm.records import Briefing, CaseRow, Coding, Draft
from scr_llm.render import printed, render
from scr_llm.stages.synthesise import seven_minutes
from scr_llm.store import Store
from scr_llm.text.flow import readable


@dataclass
class Written:
    """What writing a draft did."""

    briefing: Briefing
    paths: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    """Files that a person edited; they stay as they are, and the new draft lies beside them."""
    changes: list[str] = field(default_factory=list)
    """Numbers and quotes that differ from the draft that the kept files were made from."""
    refused: list[str] = field(default_factory=list)
    """Sentences of a model that were not printed, each with why."""


def write(project: Project, formats: tuple[str, ...], *, only: dict[str, str] | None = None, ask: Callable[[str], str] | None = None) -> Written:
    """Write the draft briefing of what is coded and decided now, with the seven-minute briefing beside it.

    A draft with other numbers or quotes than the last is the next version. A file that a person changed since it was written is never touched:
    the new draft is written beside it as briefing-vN.

    Args:
        project: whose.
        formats: of docx, html, md, xlsx, json.
        only: a subset of the reviews, as `results.brief` takes it; it has file names of its own and is no version of the whole.
        ask: a model that drafts linking sentences from facts; None for templates alone.

    Raises:
        UsageError: no review is in the subset.
    """
    briefing, reviews = results.brief(project, only=only)
    refused: list[str] = []
    if ask:
        briefing, refused = with_prose(briefing, ask)
    items = [(row, review.coding) for row, review in zip(briefing.cases, reviews, strict=True)]
    name = "briefing" + "".join(f"-{_plain(k)}-{_plain(v)}" for k, v in (only or {}).items())
    with Store(project.store_path) as store:
        drafts = [d for d in store.drafts() if d.name == name]
        now = _draft(name, briefing)
        last = drafts[-1] if drafts else None
        same = last is not None and (last.numbers, last.quotes) == (now.numbers, now.quotes)
        number = len({d.version for d in drafts}) + (0 if same else 1)
        briefing = briefing.model_copy(update={"version": last.version if last and same else f"0.{number}"})
        done = Written(briefing, refused=refused)
        files = {}
        for form in formats:
            files.update(_write(project, done, drafts, name, form, _content(project, briefing, form, items)))
        if briefing.cases and not only:
            seven = seven_minutes(briefing)
            for form in ("docx", "html"):
                if form in formats:
                    _write(project, Written(briefing), drafts, "seven-minutes", form, printed(seven, form, template=_template(project)))
        store.save_draft(now.model_copy(update={"version": briefing.version, "files": files}))
    if done.kept:
        bases = [d for d in drafts if any(k.name in d.files for k in done.kept)]
        done.changes = _differences(bases[-1] if bases else None, now)
    return done


def _write(project: Project, done: Written, drafts: list[Draft], name: str, form: str, content: bytes) -> dict[str, str]:
    """One file; beside an edited one under its version. Returns its name and hash."""
    path = project.outputs / f"{name}.{form}"
    if _edited(path, drafts) and name != "seven-minutes":
        done.kept.append(path)
        path = project.outputs / f"{name}-v{done.briefing.version}.{form}"
        if _edited(path, drafts):
            done.kept.append(path)
            return {}
    pipeline.write_atomically(path, content)
    done.paths.append(path)
    return {path.name: hashlib.sha256(content).hexdigest()}


def _edited(path: Path, drafts: list[Draft]) -> bool:
    """Whether a file lies there that is not as it was last written."""
    if not path.is_file():
        return False
    written = {d.files[path.name] for d in drafts if path.name in d.files}
    return bool(written) and hashlib.sha256(path.read_bytes()).hexdigest() not in written


def _content(project: Project, briefing: Briefing, form: str, items: list[tuple[CaseRow, Coding]]) -> bytes:
    return render(briefing, form, items=items, template=_template(project) if form == "docx" else None)


def _template(project: Project) -> bytes | None:
    path = project.root / "template.docx"
    return path.read_bytes() if path.is_file() else None


def _draft(name: str, briefing: Briefing) -> Draft:
    numbers = {f"{t.label}": f"{t.present} of {t.of}" for t in briefing.facts.themes}
    numbers |= {"Reviews": str(briefing.facts.reviews), "Children": str(briefing.facts.children), "Findings": str(briefing.facts.findings)}
    numbers |= {"Recommendations": str(briefing.facts.recommendations), "Cells decided": f"{briefing.facts.cells_decided} of {briefing.facts.cells}"}
    quotes = tuple(
        dict.fromkeys(f"{p.quote.case_label}, page {p.quote.evidence.page}: “{readable(p.quote.text)}”" for part in briefing.parts for p in part.paragraphs if p.quote)
    )
    return Draft(name=name, version=briefing.version, at=datetime.now(UTC).isoformat(timespec="seconds"), files={}, numbers=numbers, quotes=quotes)


def _differences(before: Draft | None, now: Draft) -> list[str]:
    if before is None:
        return []
    told = [f"{what}: {value} (was {before.numbers.get(what, 'not there')})" for what, value in now.numbers.items() if before.numbers.get(what) != value]
    told += [f"new quote: {q}" for q in now.quotes if q not in before.quotes]
    return told + [f"quote no longer printed: {q}" for q in before.quotes if q not in now.quotes]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "x"
