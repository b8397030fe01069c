"""The paper as a signature would print it now: made in a process of its own, and kept while nothing changes.

With a thousand reviews it takes a quarter of a minute, in which the page answers everybody else.
"""

import threading
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as OutOfTime
from typing import Any

from pebble import ProcessExpired, ProcessFuture

from scr_llm.errors import ScrError
from scr_llm.project import Project
from scr_llm.records import Briefing
from scr_llm.render import render
from scr_llm.reports.briefing import Signature, paper
from scr_llm.reports.paper_state import fingerprint
from scr_llm.review.session import ReviewSession
from scr_llm.stages.synthesise import evidence_file, seven_minutes
from scr_llm.store import Store
from scr_llm.web.own_pool import OwnPool

STYLES = "paper.css"
"""The stylesheet of a paper that is shown: the page's own policy allows it only as a file."""
PAPERS = {"briefing.html": lambda made: made, "evidence.html": evidence_file, "seven-minutes.html": seven_minutes}
"""The papers that can be shown, and how each is made of the briefing."""
MEGABYTES = 8000
"""Memory limit of the process."""
_NOT_SIGNED = "NOT SIGNED YET – this is what a signature would print"
_CAUTIONS = "cautions"


class UnsignedPaper:
    """What there is to know of the unsigned paper. A running page has one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = OwnPool(1, MEGABYTES)
        self._state = ""
        self._asked: dict[str, ProcessFuture[Any]] = {}

    def close(self) -> None:
        """End the process."""
        self._pool.end()

    def begin(self, session: ReviewSession) -> None:
        """Begin to make it, so that whoever asks for it need not wait."""
        self._future(session, _CAUTIONS)

    def cautions(self, session: ReviewSession, seconds: float | None = None) -> tuple[str, ...] | None:
        """What might tell a reader of the paper who a child is; None if that is not known after so many seconds.

        Raises:
            ScrError: the paper cannot be made.
        """
        try:
            return tuple(self._result(session, _CAUTIONS, seconds))
        except OutOfTime:
            return None

    def shown(self, session: ReviewSession, name: str) -> str:
        """One of `PAPERS` as HTML; waits until it is made. Raises as `cautions` does."""
        return str(self._result(session, name, None))

    def _result(self, session: ReviewSession, what: str, seconds: float | None) -> Any:
        while True:
            future = self._future(session, what)
            try:
                return future.result(timeout=seconds)
            except CancelledError:  # somebody who asked later found that something had changed
                continue
            except ProcessExpired as error:
                self._forget(what, future)
                raise ScrError(
                    f"the paper could not be put together (the process ended with {error.exitcode}).",
                    next_step="Memory may have run out: close other programs, then try again.",
                ) from error
            except Exception as error:
                if not (isinstance(error, OutOfTime) and not future.done()):
                    self._forget(what, future)  # the next who asks tries again
                raise

    def _forget(self, what: str, future: ProcessFuture[Any]) -> None:
        with self._lock:
            if self._asked.get(what) is future:
                del self._asked[what]

    def _future(self, session: ReviewSession, what: str) -> ProcessFuture[Any]:
        state = fingerprint(session.project, session.store)
        with self._lock:
            if state != self._state:
                for future in self._asked.values():
                    future.cancel()
                self._state, self._asked = state, {}
            if what not in self._asked:
                self._asked[what] = self._pool.running().schedule(_made, args=(session.project, state, what))
            return self._asked[what]


def unsigned(project: Project) -> tuple[Briefing, tuple[str, ...]]:
    """The paper as a signature would print it now, and its cautions."""
    with Store(project.database) as store:
        version = f"{store.head('sign_offs')[0] + 1}.0"
    briefing, _, cautions = paper(project, signature=Signature(_NOT_SIGNED, version))
    return briefing, cautions


def shown(briefing: Briefing, name: str) -> str:
    """One of `PAPERS` as HTML."""
    return render(PAPERS[name](briefing), "html", stylesheet=STYLES).decode()


_LAST: dict[str, tuple[Briefing, tuple[str, ...]]] = {}
"""In the process: the paper that was made last, by what it rests on."""


def _made(project: Project, state: str, what: str) -> str | tuple[str, ...]:
    """Runs in the process."""
    if state not in _LAST:
        _LAST.clear()
        _LAST[state] = unsigned(project)
    briefing, cautions = _LAST[state]
    return cautions if what == _CAUTIONS else shown(briefing, what)
