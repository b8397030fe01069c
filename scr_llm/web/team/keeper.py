"""What belongs to the projects and to no worker: runs, which pages a person was shown, what was counted.

It is kept by the process that starts the workers. They ask it over a socket in a folder that is its owner's alone, with
a key that only they were given.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from multiprocessing.managers import BaseManager

from scr_llm.project import Project
from scr_llm.review.shown_pages import ShownPages
from scr_llm.web.run_process import Task
from scr_llm.web.runner import Runner, RunState
from scr_llm.web.team.counting import Counts
from scr_llm.web.workbench import Kept


class Keeper:
    """What outlives every worker."""

    def __init__(self, projects: Mapping[str, Project]) -> None:
        self._runners = {name: Runner(project.database) for name, project in projects.items()}
        self._shown = {name: ShownPages() for name in projects}
        self._counts: dict[int, Counts] = {}
        self._lock = threading.Lock()

    def run_state(self, project: str) -> RunState:
        """The run of a project as it is now."""
        return self._runners[project].state

    def start(self, project: str, task: Task, coder: str, who: str) -> None:
        """Start the run of a project; raises as `Runner` does."""
        self._runners[project].start(task, coder, who)

    def answer(self, project: str, text: str, yes: bool, who: str) -> None:
        """Answer what the run of a project asks; raises as `Runner` does."""
        self._runners[project].answer(text, yes=yes, who=who)

    def stop(self, project: str, who: str) -> None:
        """Stop the run of a project."""
        self._runners[project].stop(who)

    def show(self, project: str, who: str, document_id: str, page: int) -> None:
        """Note that a person was shown a page."""
        self._shown[project].add(who, document_id, page)

    def shown(self, project: str, who: str, document_id: str) -> frozenset[int]:
        """The pages that a person was shown."""
        return self._shown[project].of(who, document_id)

    def forget(self, project: str, who: str, document_id: str) -> None:
        """Forget them."""
        self._shown[project].forget(who, document_id)

    def count(self, worker: int, counts: Counts) -> list[Counts]:
        """Take what a worker (by its process id) has counted so far. Returns what every worker has, also past ones."""
        with self._lock:
            self._counts[worker] = counts
            return list(self._counts.values())

    def gone(self, worker: int) -> None:
        """A worker has ended: what it counted stays, and its connections are closed."""
        with self._lock:
            if counts := self._counts.get(worker):
                self._counts[worker] = replace(counts, connections=0)

    def close(self) -> None:
        """Stop every run, and wait until it has ended."""
        for runner in self._runners.values():
            runner.stop()
        for runner in self._runners.values():
            runner.close()


class Manager(BaseManager):
    """Reaches the keeper from another process."""


def serve_keeper(keeper: Keeper) -> str:
    """Answer workers in a thread, as long as this process lives. Returns the address."""
    Manager.register("keeper", callable=lambda: keeper)
    server = Manager().get_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return str(server.address)


def reach_keeper(address: str) -> Keeper:
    """The keeper, from a worker: its methods are called in the process that keeps."""
    Manager.register("keeper", exposed=("run_state", "start", "answer", "stop", "show", "shown", "forget", "count"))
    manager = Manager(address)
    manager.connect()
    keeper: Keeper = manager.keeper()  # type: ignore[attr-defined]
    return keeper


def kept_of(keeper: Keeper, project: str) -> Kept:
    """What is kept of one project."""
    return Kept(_KeptRun(keeper, project), _KeptPages(keeper, project))


class _KeptRun:
    """The run of a project, from a worker."""

    def __init__(self, keeper: Keeper, project: str) -> None:
        self._keeper, self._project = keeper, project

    @property
    def state(self) -> RunState:
        return self._keeper.run_state(self._project)

    def start(self, task: Task, coder: str, who: str) -> None:
        self._keeper.start(self._project, task, coder, who)

    def answer(self, text: str, *, yes: bool, who: str) -> None:
        self._keeper.answer(self._project, text, yes, who)

    def stop(self, who: str = "") -> None:
        self._keeper.stop(self._project, who)

    def close(self) -> None:
        """The worker ends. The run goes on."""


class _KeptPages(ShownPages):
    """The pages that people were shown of a project, from a worker."""

    def __init__(self, keeper: Keeper, project: str) -> None:
        self._keeper, self._project = keeper, project

    def add(self, who: str, document_id: str, page: int) -> None:
        self._keeper.show(self._project, who, document_id, page)

    def of(self, who: str, document_id: str) -> frozenset[int]:
        return self._keeper.shown(self._project, who, document_id)

    def forget(self, who: str, document_id: str) -> None:
        self._keeper.forget(self._project, who, document_id)
