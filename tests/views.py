"""Every view of the workbench, over a project in which each has something to show."""

from dataclasses import dataclass
from pathlib import Path

from served import ROOT, coded_project

from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession

ROBIN, SAM = Reviewer("Robin Earlier", "Analyst"), Reviewer("Sam Second", "Designated nurse", blind=True)
REVIEWS = tuple(path.stem for path in sorted(ROOT.glob("fixtures/batch-1/*.pdf")))


@dataclass(frozen=True)
class View:
    """A page of the workbench."""

    name: str
    path: str
    """Address below the page's own."""


def half_reviewed(root: Path) -> tuple[str, str]:
    """Decide half of the cells, and let a second reviewer disagree on one. Returns a cell that makes a good picture."""
    session = ReviewSession(load_project(root))
    waiting = [key for key in session.open_cells(ROBIN) if key[1] in session.codes]
    shown = next(k for k in waiting if k[1] == "record_keeping" and session.proposals[k].value == "present")
    for key in waiting[::2]:
        cell = session.cell(*key, ROBIN)
        if key != shown:
            value = "not_mentioned" if cell.value == "unclear" else cell.value
            session.decide(ROBIN, *key, value, evidence=cell.evidence if value != "not_mentioned" else ())
    core = [c.id for c in session.codebook.codes if c.core]
    first = next(k for k in waiting[::2] if k != shown and session.value(k) == "present" and k[1] in core)
    session.decide(SAM, *first, "not_mentioned", reason="The passage speaks of another family.")
    session.close()
    return shown


def project_to_show(root: Path, reviews: tuple[str, ...] = REVIEWS) -> tuple[str, str]:
    """A project that is half decided, with a file that waits and one that is no review. Returns a cell to show."""
    coded_project(root, reviews)
    shown = half_reviewed(root)
    waits = next(ROOT.glob("fixtures/batch-2/*.pdf"))
    (root / "inbox" / waits.name).write_bytes(waits.read_bytes())
    (root / "inbox/minutes of the panel.pdf").write_bytes(b"%PDF-1.4 nothing")
    return shown


def views(shown: tuple[str, str]) -> tuple[View, ...]:
    """Every view that has an address; `shown` is the cell whose page is opened."""
    document, key = shown
    return (
        View("home", "/"),
        View("files", "/files"),
        View("papers", "/papers"),
        View("log", "/log"),
        View("model", "/model"),
        View("preview", "/preview"),
        View("who", "/who"),
        View("matrix", "/matrix"),
        View("matrix-all", "/matrix?themes=all"),
        View("cell", f"/cell/{document}/{key}"),
        View("list", f"/list/{document}"),
        View("case-sheet", f"/document/{document}/sheet"),
        View("disagreements", "/disagreements"),
        View("explain", "/explain/workforce"),
        View("which", "/explain?theme=health"),
        View("codebook", "/codebook"),
        View("code", "/codebook/code/record_keeping"),
        View("candidates", "/codebook/candidates"),
        View("history", "/codebook/history"),
        View("sign-off", "/sign-off"),
        View("second", "/second"),
        View("done", "/done"),
        View("help", "/help"),
        View("refused", "/cell/nothing/here"),
    )
