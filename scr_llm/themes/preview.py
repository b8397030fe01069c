"""What a change of the codebook would do, case by case, before it is taken; and what each wording finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from scr_llm.codebook import load_codebook
from scr_llm.project import Project
from scr_llm.records import Code, Codebook, Database, Document, DraftTheme, SubCode, ThemeValue
from scr_llm.stages.code.embedded import EmbeddedCoder, Judged, embedded_identity
from scr_llm.stages.code.hits import KINDS, Kind
from scr_llm.stages.decisions import latest
from scr_llm.store import Store
from scr_llm.text.case_label import case_label
from scr_llm.text.flow import readable
from scr_llm.text.wording import compile_wordings
from scr_llm.themes.changes import changed_meanings, opened, stale_cells

MOST_REVIEWS = 24
"""Reviews that a preview looks at in one go: about eight are read in a second."""
SHOWN = 5
"""Sentences that are shown for one wording, at most."""


@dataclass(frozen=True)
class Found:
    """A sentence of a review."""

    page: int
    text: str
    label: str = ""
    """Of the review."""
    document_id: str = ""
    """Of the review."""


@dataclass(frozen=True)
class CellPreview:
    """A cell that would be proposed differently."""

    document_id: str
    label: str
    """Of the review."""
    theme: str
    title: str
    """Label of the theme."""
    before: ThemeValue | None
    """As it is proposed by today's codebook; None if that has no such code."""
    after: ThemeValue
    """As it would be proposed."""
    gained: tuple[Found, ...]
    """Sentences that would be quoted and are not."""
    lost: tuple[Found, ...]
    """Sentences that are quoted and would not be."""
    decided: ThemeValue | None
    """What people decided on it; None if nobody has."""


@dataclass(frozen=True)
class Preview:
    """What a change of the codebook would do."""

    changed: tuple[str, ...]
    """Labels of the codes that would be new, gone, or mean something else."""
    cells: tuple[CellPreview, ...]
    """Of the codes that the new codebook has, in the reviews that were looked at."""
    first: int
    """Number of the first review that was looked at, from 0, in the order of their files."""
    looked_at: int
    """Reviews that were looked at, from there."""
    reviews: int
    """Reviews of the project."""
    stale: int
    """Decided cells that would have to be decided again."""
    gone: int
    """Decided cells of codes that would be gone; their decisions stay on record."""
    learned: tuple[str, ...]
    """Labels of changed codes that the embedded coder has learned: it reads their wordings, but no definition."""


@dataclass(frozen=True)
class WordingFound:
    """One wording of a code, with what it finds."""

    part: str
    """Id of the code or aspect."""
    kind: Kind
    """The codebook's list it is in."""
    wording: str
    sentences: int
    """How many sentences have it, whatever else they say."""
    shown: tuple[Found, ...]
    """The first of them."""


def preview(project: Project, new: Codebook, first: int = 0) -> Preview:
    """Which cells the embedded coder would propose differently by another codebook, and which decisions would lapse.

    Cells are those of `MOST_REVIEWS` reviews, decisions those of all. Nothing is written, no model is asked.

    Args:
        project: the project.
        new: the other codebook.
        first: number of the first review to look at, from 0.
    """
    old = opened(project).book
    changed = changed_meanings(old, new)
    was, now = ({c.id: c for c in book.codes} for book in (old, new))
    before, after = EmbeddedCoder(embedded_identity(old)), EmbeddedCoder(embedded_identity(new))
    with Store(project.database) as store:
        reviews = _reviews(store)
        decided = latest(store.decisions())
        lapsed = stale_cells(store, old, new)
        gone = len(lapsed) - sum(theme in now for _, theme in lapsed)
        first = min(first, max(0, len(reviews) - 1)) // MOST_REVIEWS * MOST_REVIEWS
        some = _labelled(store, reviews[first : first + MOST_REVIEWS])
    cells = []
    for document, label in some if changed else ():
        judged = _judged(project.database, document.id, document.sha256)
        for i in (i for i in changed if i in now):
            one = before.proposed(was[i], judged) if i in was else None
            other = after.proposed(now[i], judged)
            decision = decided.get((document.id, i))
            cells += _cell(document.id, label, now[i], one, other, decision.value if decision else None)
    return Preview(
        changed=tuple((now.get(i) or was[i]).label for i in changed),
        cells=tuple(cells),
        first=first,
        looked_at=len(some),
        reviews=len(reviews),
        stale=len(lapsed) - gone,
        gone=gone,
        learned=tuple(now[i].label for i in changed if i in now and i in was and after.knows(now[i])),
    )


def wordings_found(project: Project, code: Code) -> tuple[list[WordingFound], int]:
    """Every wording of a code and its aspects with what it finds, and the number of reviews that were looked at."""
    with Store(project.database) as store:
        reviews = _labelled(store, _reviews(store)[:MOST_REVIEWS])
    sentences = [
        Found(j.sentence.page, j.sentence.text, label, document.id)
        for document, label in reviews
        for j in _judged(project.database, document.id, document.sha256)
    ]
    found = []
    parts: tuple[Code | SubCode, ...] = (code, *code.sub_codes)
    for part in parts:
        for kind in KINDS:
            wordings: tuple[str, ...] = getattr(part, kind)
            together = compile_wordings(wordings)
            # Few sentences match any of a list, and one search for all of them is quick.
            held = [s for s in sentences if together.search(s.text)] if together else []
            for wording in wordings:
                alone = compile_wordings((wording,))
                own = [s for s in held if alone and alone.search(s.text)]
                found.append(WordingFound(part.id, kind, wording, len(own), tuple(own[:SHOWN])))
    return found, len(reviews)


def _cell(
    document_id: str,
    label: str,
    code: Code,
    one: DraftTheme | None,
    other: DraftTheme,
    decided: ThemeValue | None,
) -> list[CellPreview]:
    """The cell, if it would be proposed with another value or by other sentences."""
    had, has = _quoted(one), _quoted(other)
    before = one.value if one else None
    if (before or "not_mentioned") == other.value and had == has:
        return []
    gained, lost = (tuple(f for f in x if f not in y) for x, y in ((has, had), (had, has)))
    return [CellPreview(document_id, label, code.id, code.label, before, other.value, gained, lost, decided)]


def _quoted(draft: DraftTheme | None) -> tuple[Found, ...]:
    return tuple(Found(q.page or 1, readable(q.text)) for q in draft.quotes) if draft else ()


def _reviews(store: Store) -> list[Document]:
    """Each coded review, in the order of their files."""
    return sorted((d for d in store.documents() if d.status == "coded"), key=lambda d: (d.file, d.id))


def _labelled(store: Store, reviews: Sequence[Document]) -> list[tuple[Document, str]]:
    return [(d, case_label(coding.case, d)) for d in reviews if (coding := store.coding(d.id))]


@lru_cache(maxsize=2 * MOST_REVIEWS)  # a person looks at one change after another; judging takes nearly all the time
def _judged(database: Database, document_id: str, _sha256: str) -> list[Judged]:
    """A review's sentences, scored."""
    with Store(database) as store:
        reading = store.reading(document_id)
    if reading is None:
        return []
    # What a sentence scores does not depend on the codebook, so the coder's identity does not matter here.
    return _scorer().judge(reading)


@lru_cache(maxsize=1)
def _scorer() -> EmbeddedCoder:
    from scr_llm.files import data_dir

    return EmbeddedCoder(embedded_identity(load_codebook(data_dir() / "prompts" / "codebook.yaml")))
