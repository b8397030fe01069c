"""What the pages of the codebook show, computed."""

from collections.abc import Iterable, Mapping
from typing import Any

from scr_llm.project import Project
from scr_llm.records import Code, CodebookChange
from scr_llm.review.session import ReviewSession
from scr_llm.text.words import in_words
from scr_llm.themes.candidates import Candidate, faults, suggestions
from scr_llm.themes.changes import FIELDS, changed_outside
from scr_llm.themes.merge_split import Effect
from scr_llm.web.shown_codebook import (
    CandidatesPage,
    ChangeShown,
    CodebookHistoryPage,
    CodebookPage,
    Entry,
    Field,
    Side,
    key_of,
)

LABELS = {
    "label": "Label",
    "definition": "Definition",
    "include": "Belongs to it",
    "exclude": "Does not belong to it",
    "wordings": "Wordings that show it by themselves",
    "subjects": "Words that show it together with a shortcoming",
    "near_misses": "Wordings that look like it and are not",
    "aliases": "Other names",
    "question": "What partners should review, as the paper asks it",
    "note": "Note for people",
}
"""Field of a code to what a person reads."""
_HINTS = {
    "label": "As printed. A new label makes no decision stale.",
    "definition": "What a coder, human or machine, decides by.",
    "wordings": "One a line. word* any ending, (a|b) either, ... up to five words in between.",
}
_LISTS = ("include", "exclude", "wordings", "subjects", "near_misses", "aliases")
MOST_ROWS = 12
"""Lines of a box for a list, at most."""


def form_fields(code: Code, names: Iterable[str] = FIELDS) -> tuple[Field, ...]:
    """The fields of a code as a form shows them."""
    return tuple(
        Field(name, LABELS[name], text := as_text(getattr(code, name)), _HINTS.get(name, ""), _rows(name, text))
        for name in names
    )


def _rows(name: str, text: str) -> int:
    if name in _LISTS:
        return min(MOST_ROWS, max(2, text.count("\n") + 2))
    return 3 if name == "definition" else 1


def as_text(value: str | Iterable[str]) -> str:
    """A field as a form holds it: a list has one entry a line."""
    return " ".join(value.split()) if isinstance(value, str) else "\n".join(" ".join(line.split()) for line in value)


def changed_fields(code: Code, given: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a form that say something else than a code does, as the codebook has them."""
    found: dict[str, Any] = {}
    for name in FIELDS:
        text = given.get(name)
        if text is None:
            continue
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        new = "\n".join(lines) if name in _LISTS else " ".join(lines)
        if new != as_text(getattr(code, name)):
            found[name] = lines if name in _LISTS else new
    return found


def sides(one: Code, other: Mapping[str, str]) -> tuple[Side, ...]:
    """The fields in which what a person wrote differs from a code."""
    return tuple(_side(name, getattr(one, name), new) for name, new in changed_fields(one, other).items())


def _side(name: str, theirs: Any, yours: Any) -> Side:
    if isinstance(yours, str):
        return Side(LABELS[name], as_text(theirs), yours)
    had = as_text(theirs).splitlines()
    only = ("\n".join(line for line in x if line not in y) for x, y in ((had, yours), (yours, had)))
    return Side(LABELS[name], *only)


def codebook(session: ReviewSession, project: Project, *, blind: bool, taken: str = "") -> CodebookPage:
    """All codes; for a blind reviewer without any figure."""
    return CodebookPage(
        title=session.codebook.title,
        version=session.codebook.version,
        note=session.codebook.note,
        entries=tuple(_entry(session, code, blind=blind) for code in session.codebook.codes),
        reviews=len(session.documents),
        faults=() if blind else tuple(faults(session.codebook)),
        taken=taken,
        outside=not blind and changed_outside(project, session.store.codebook_changes()),
    )


def _entry(session: ReviewSession, code: Code, *, blind: bool) -> Entry:
    keys = [] if blind else [(d, code.id) for d in session.documents if (d, code.id) in session.proposals]
    states = [session.state(key) for key in keys]
    present = sum(session.value(key) == "present" for key in keys)
    return Entry(code, present, states.count("decided"), states.count("stale"))


def candidates(project: Project) -> CandidatesPage:
    """Findings that match no theme."""
    found = suggestions(project)
    keys = {at: key_of(c.passages[0]) for at, c in enumerate(found.new)}
    return CandidatesPage(found=found, unmatched=found.unmatched, keys=keys)


def candidate(project: Project, key: str) -> Candidate | None:
    """The candidate that an address names; None if it is none any more."""
    return next((c for c in suggestions(project).new if key_of(c.passages[0]) == key), None)


def history(project: Project, session: ReviewSession) -> CodebookHistoryPage:
    """Every change on record, the latest first."""
    changes = session.store.codebook_changes()
    return CodebookHistoryPage(
        changes=tuple(_change(c) for c in reversed(changes)), outside=changed_outside(project, changes)
    )


def _change(change: CodebookChange) -> ChangeShown:
    before, after = (", ".join(c.label for c in codes) for codes in (change.before, change.after))
    named = after if before in ("", after) else f"{before} → {after or 'removed'}"
    differing: tuple[Side, ...] = ()
    if change.act == "changed" and change.before and change.after:
        new = change.after[0]
        differing = sides(change.before[0], {name: as_text(getattr(new, name)) for name in FIELDS})
    return ChangeShown(change, named, differing)


def effects(found: Iterable[Effect], labels: Mapping[str, str]) -> tuple[str, ...]:
    """What each review shows now and would show, in words."""

    def said(values: Mapping[str, str]) -> str:
        return "; ".join(f"{labels.get(code, code)} {in_words(value)}" for code, value in values.items())

    return tuple(f"{e.label}: {said(e.before)} → {said(e.after)}" for e in found)
