"""What the pages for signing show, computed from the session. The records are in `shown_signing`."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scr_llm.project import Project
from scr_llm.records import SignOff
from scr_llm.reports.edited import Change
from scr_llm.reports.given_back import kept
from scr_llm.reports.word_limits import LARGEST
from scr_llm.review import sign_off as signing
from scr_llm.review.as_edited import Looked
from scr_llm.review.cells import Reviewer
from scr_llm.review.in_the_way import Blocked, BlockedCells, SignOffBlocker, in_the_way
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.items import LIST
from scr_llm.stages.synthesise.people import deciding_in_words
from scr_llm.text.case_label import told_apart
from scr_llm.text.words import capital, count
from scr_llm.web import form, frame
from scr_llm.web.home_view import FORMATS, day_and_time, papers
from scr_llm.web.shown_signing import (
    Caution,
    Download,
    EditedPage,
    Format,
    InTheWay,
    Kept,
    Reworded,
    SignForm,
    SignOffPage,
    Thing,
    Unsupported,
    Version,
)
from scr_llm.workspace import Workspace

Typed = Callable[[str], str]
"""What was filled into a field of the form, by its name; empty where nothing was."""
LINES = 60
"""Files and reviews that one page lists of those that stand in the way."""
_TITLES = {"briefing": "The paper", "evidence": "The evidence", "seven-minutes": "Seven minutes"}
"""Papers by the beginning of their file's name."""
_THINGS = {
    "undecided": ("theme undecided", "themes undecided"),
    "stale": ("definition changed since it was decided", "definitions changed since they were decided"),
    "disagreed": ("disagreement", "disagreements"),
    "quote": ("quote that is no longer in the text", "quotes that are no longer in the text"),
}
"""What one thing in the way is called, and several."""


def nothing_typed(_name: str) -> str:
    """What is filled in where nothing was refused."""
    return ""


@dataclass(frozen=True)
class Asked:
    """What brought a person to the page."""

    trouble: str = ""
    """Why something was refused."""
    typed: Typed = nothing_typed
    """What they had filled in then."""
    said: tuple[str, ...] = ()
    """What there is to say about a draft that was just written."""
    first: int = 0
    """Number of the first line of what stands in the way, from 0."""


Cautions = Callable[[], tuple[str, ...] | None]
"""Asks for what might tell a reader of the paper who a child is; None while the paper is still being made."""


def sign_off(
    workspace: Workspace, session: ReviewSession, who: Reviewer, asked: Asked, cautions: Cautions
) -> SignOffPage:
    """Whether the briefing can be signed now, and what was signed before."""
    project = workspace.project
    state, blocked = session.paper_state(), in_the_way(session)
    ready = bool(session.documents) and not blocked.number and not state.is_signed
    lines = len(blocked.files) + len(blocked.reviews)
    first = min(asked.first, max(0, lines - 1)) // LINES * LINES
    signed = session.store.signatures()
    found = cautions() if ready else None
    return SignOffPage(
        trouble=asked.trouble,
        said=asked.said,
        coded=len(session.documents),
        deciding=deciding_in_words(session.deciding()),
        in_the_way=tuple(_in_the_way(session, blocked, first)),
        first=first,
        most=LINES,
        of=lines,
        blocked=blocked.number,
        since=state.since,
        is_signed=state.is_signed,
        form=None if found is None else _form(project, session, who, "/sign-off", asked.typed, found),
        prepares=ready and found is None,
        leaves_out=workspace.edits_left_out() if ready else "",
        drafts=_downloads(project, ""),
        kept=tuple(_kept(path) for path in kept(project, signed)),
        largest=LARGEST // 1_000_000,
        signed=tuple(
            Version(number, record, _moment(record), _downloads(project, f"signed-{number}/"))
            for number, record in reversed(list(enumerate(signed, 1)))
        ),
    )


def _moment(record: SignOff) -> str:
    return day_and_time(datetime.fromisoformat(record.at).astimezone())


def _form(
    project: Project,
    session: ReviewSession,
    who: Reviewer,
    action: str,
    typed: Typed,
    cautions: tuple[str, ...],
    unsupported: tuple[Unsupported, ...] = (),
) -> SignForm:
    names = [(form.name_of(text), text) for text in cautions]
    return SignForm(
        action=action,
        signing=to_sign(session),
        cautions=tuple(Caution(name, text, typed(f"answer-{name}"), typed(f"note-{name}")) for name, text in names),
        alone=signing.asks_why_alone(project, session.deciding(), who.name),
        why_alone=typed("alone"),
        unsupported=unsupported,
    )


def to_sign(session: ReviewSession) -> str:
    """What a signature would cover, as the form states it: the number of the sign-off and the last decision."""
    return f"{session.store.head('sign_offs')[0] + 1}:{session.store.head()[1]}"


def _in_the_way(session: ReviewSession, blocked: Blocked, first: int) -> Iterator[InTheWay]:
    """One line for each file that stands in the way, then one for each review: those that a page shows."""
    names = told_apart({i: session.labels[i] for i in session.documents}, session.documents)
    lines: list[SignOffBlocker | tuple[BlockedCells, ...]] = [*blocked.files, *blocked.reviews]
    for line in lines[first : first + LINES]:
        if isinstance(line, SignOffBlocker):
            waits = line.what == "waiting"
            thing = Thing("it is not read and coded yet", "/#run") if waits else Thing(line.message, "")
            yield InTheWay(line.file, (thing,))
        else:
            yield InTheWay(names[line[0].first[0]], tuple(map(_thing, line)))


def _thing(cells: BlockedCells) -> Thing:
    """What stands in the way of one review, of one kind; it leads to the first of the cells."""
    if cells.what == "list":
        words = f"the list not confirmed ({count(cells.cells, 'item')} open)"
        return Thing(words, frame.cell_path((cells.first[0], LIST)))
    return Thing(count(cells.cells, *_THINGS[cells.what]), frame.cell_path(cells.first))


def _downloads(project: Project, folder: str) -> tuple[Download, ...]:
    """The papers of one folder of outputs/: those that people send first, the case sheets by their names."""
    found: dict[tuple[str, str], list[Format]] = {}
    for paper in papers(project):
        if not paper.path.startswith(folder) or (not folder and paper.signed):
            continue
        within, _, name = paper.path.removeprefix(folder).rpartition("/")
        stem, _, ending = name.rpartition(".")
        # A signed version has the case sheets beside the paper.
        sheet = within == "cases" or (folder and stem.startswith("case-"))
        title = next((title for start, title in _TITLES.items() if stem.startswith(start)), "")
        if title and stem not in _TITLES:
            title = f"{title} ({stem})"
        if sheet or (title and not within):
            key = ("", stem.removeprefix("case-")) if sheet else (title, "")
            found.setdefault(key, []).append(Format(FORMATS[f".{ending}"], paper.path))
    order = list(FORMATS.values())
    return tuple(
        Download(title, sheet, tuple(sorted(formats, key=lambda f: order.index(f.name))))
        for (title, sheet), formats in sorted(found.items(), key=lambda item: (item[0][1], _place(item[0][0])))
    )


def _place(title: str) -> tuple[int, str]:
    known = list(_TITLES.values())
    return next((n for n, start in enumerate(known) if title.startswith(start)), len(known)), title


def _kept(path: Path) -> Kept:
    return Kept(path.name, day_and_time(datetime.fromtimestamp(path.stat().st_mtime)))


def edited(
    project: Project,
    session: ReviewSession,
    who: Reviewer,
    name: str,
    looked: Looked,
    asked: Asked,
    cautions: Cautions,
) -> EditedPage:
    """An edited paper beside its draft and the record."""
    blocked, state = in_the_way(session).number, session.paper_state()
    must = _must(looked)
    ready = not (blocked or must or looked.moved or looked.is_signed or state.is_signed)
    doubtful, found = unsupported(looked, asked.typed), cautions() if ready else None
    action = f"/sign-off/edited/{name}"
    differ = [c for c in looked.changes if c.what != "unchanged" and not (c.before and c.before.kind == "status")]
    return EditedPage(
        name=name,
        trouble=asked.trouble,
        draft=looked.behind.version,
        must=must,
        is_signed=looked.is_signed,
        instead=looked.instead,
        moved=looked.moved,
        unsupported=doubtful,
        changed=tuple(Reworded(c.before.text, c.now.text) for c in differ if c.before and c.now),
        added=tuple(_texts(differ, "added")),
        removed=tuple(_texts(differ, "removed")),
        blocked=blocked,
        form=None if found is None else _form(project, session, who, action, asked.typed, found, doubtful),
        prepares=ready and found is None,
    )


def _must(looked: Looked) -> tuple[str, ...]:
    named = ["It holds a name that this project leaves out."] if looked.named else []
    return (*named, *map(capital, looked.open))


def _texts(changes: Sequence[Change], what: str) -> Iterator[str]:
    for change in changes:
        piece = change.now or change.before
        if change.what == what and piece:
            yield piece.text


def unsupported(looked: Looked, typed: Typed) -> tuple[Unsupported, ...]:
    """What the record does not support, once for the same words, with the reasons that were filled in."""
    times = Counter(doubt.words for doubt in looked.doubts)
    found = []
    for words in times:
        same = [doubt for doubt in looked.doubts if doubt.words == words]
        name = form.name_of(words)
        where = tuple(dict.fromkeys(doubt.text for doubt in same))
        why = "; ".join(dict.fromkeys(doubt.why for doubt in same))
        found.append(Unsupported(name, words, why, where, typed(f"mine-{name}")))
    return tuple(found)
