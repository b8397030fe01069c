"""What the page keeps for the work around deciding: the run, the look at the folder, how many may come at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from scr_llm.errors import RefusedError
from scr_llm.project import Project
from scr_llm.records import LogAct, LogEntry
from scr_llm.review.cells import Reviewer
from scr_llm.review.shown_pages import ShownPages
from scr_llm.settings import LlmSettings
from scr_llm.store import Store
from scr_llm.web.inbox_watch import InboxWatch
from scr_llm.web.runner import Runs

NOBODY = Reviewer("", "")
"""Whoever sits at this computer and has not yet given a name."""
ADDING_AT_ONCE = 4
"""Files that come in at the same time, at most; the page itself sends one after another."""
FOLLOWERS = 24
"""Windows that follow the work live at the same time, at most. The others are up to date when they are loaded."""


@dataclass(frozen=True)
class CoderOption:
    """A coder that a person can choose."""

    name: str
    """As the run knows it: rules or llm."""
    title: str
    """In a few words."""
    words: str
    """What it is, and what leaves this computer."""
    leaves: bool
    """Whether text leaves this computer."""


@dataclass(frozen=True)
class Kept:
    """What belongs to a project, and not to the process that answers: several may."""

    runner: Runs
    """Its run."""
    shown_pages: ShownPages
    """What people were shown of its reviews."""


class Workbench:
    """Everything around deciding that lives as long as the page."""

    def __init__(self, runner: Runs) -> None:
        self.runner, self.inbox = runner, InboxWatch()
        self._adding, self._following = threading.Semaphore(ADDING_AT_ONCE), threading.Semaphore(FOLLOWERS)

    def close(self) -> None:
        """Stop the run, and wait until it has ended."""
        self.runner.close()

    @contextmanager
    def place_to_add(self) -> Iterator[None]:
        """A place for one file to come in.

        Raises:
            RefusedError: as many as may are coming in already.
        """
        with _place(self._adding, "several files are coming in already."):
            yield

    @contextmanager
    def place_to_follow(self) -> Iterator[None]:
        """A place for one window to follow the work.

        Raises:
            RefusedError: as many as may do so already.
        """
        with _place(self._following, "many windows follow the work already."):
            yield

    def stamp(self, project: Project, store: Store) -> str:
        """Changes whenever the first page would look different, apart from the figures of a run, which it follows."""
        copying, run = self.inbox.look(project, store), self.runner.state
        counted = "" if run.running else "-".join(str(store.head(c)[0]) for c in ("history", "decisions", "sign_offs"))
        return f"{counted} {copying} {run.running} {run.stopping} {run.question is not None} {run.started}"


def note(store: Store, act: LogAct, text: str, who: str) -> None:
    """Enter into the log what a person did."""
    store.note_act(LogEntry(at=datetime.now(UTC).isoformat(timespec="seconds"), who=who, act=act, text=text))


@contextmanager
def _place(places: threading.Semaphore, full: str) -> Iterator[None]:
    if not places.acquire(blocking=False):
        raise RefusedError(full, next_step="Wait a moment, then try again.")
    try:
        yield
    finally:
        places.release()


def coder_options(project: Project) -> tuple[CoderOption, ...]:
    """The coders that this project can use, the default last."""
    from scr_llm.models.train import own_coder

    own = own_coder(project) is not None
    here = "It needs no model and no network. Nothing leaves this computer."
    rules = CoderOption(
        "rules",
        "The project’s own coder" if own else "The embedded coder",
        f"Trained on this project’s decisions. {here}" if own else here,
        leaves=False,
    )
    llm = project.settings.llm
    return (rules, model_option(llm)) if llm.is_set else (rules,)


def model_option(llm: LlmSettings) -> CoderOption:
    """The project's model as a coder to choose."""
    from scr_llm.llm import without_credentials
    from scr_llm.models.consent import stays_here

    if llm.file:
        words = f"The file {llm.file} is loaded for the run and closed after it. Nothing leaves this computer."
        return CoderOption("llm", f"Model file {llm.model}", words, leaves=False)
    where = without_credentials(llm.base_url)
    if stays_here(llm):
        return CoderOption(
            "llm", f"Model {llm.model}", f"At {where}, on this computer. Nothing leaves it.", leaves=False
        )
    approved = llm.region and llm.approved_by
    by = f"in {llm.region}, approved by {llm.approved_by}" if approved else "not approved: it will be refused"
    words = f"The text of the reviews is sent to {where} ({by}). You are asked before, and see the cost."
    return CoderOption("llm", f"Model {llm.model}", words, leaves=True)
