"""Keeps the one run of a page: starts it, hears what it says, passes on what a person answers, stops it."""

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Protocol

from scr_llm.errors import RefusedError
from scr_llm.records import Database, LogAct, LogEntry
from scr_llm.store import Store
from scr_llm.web.run_process import STOP, Ended, Progress, Question, Said, Task, stopped, work

PATIENCE_SECONDS = 20.0
"""How long a run that was told to stop may take to end. Every document is saved whole or not at all, so after that its
process is killed."""

_KILLED = Ended(
    False,
    "It was ended from outside",
    ("What was finished is saved. Memory may have run out: close other programs, then run again.",),
)


@dataclass(frozen=True)
class RunState:
    """The run as it is now."""

    running: bool = False
    """Whether it is under way."""
    stopping: bool = False
    """Whether it was told to stop."""
    trial: bool = False
    """Whether the model is tried on made-up reviews."""
    coder: str = ""
    """Which coder, in words."""
    started: str = ""
    """When: ISO 8601 with time zone."""
    progress: Progress = field(default_factory=Progress)
    """How far it has got."""
    question: Question | None = None
    """What a person must agree to before it goes on."""
    ended: Ended | None = None
    """How the last run ended; None before the first and while one is under way."""


class Runs(Protocol):
    """The one run of a project, wherever it is kept. `Runner` says what each does."""

    @property
    def state(self) -> RunState:
        """The run as it is now."""

    def start(self, task: Task, coder: str, who: str) -> None:
        """Start a run."""

    def answer(self, text: str, *, yes: bool, who: str) -> None:
        """Answer what it asks."""

    def stop(self, who: str = "") -> None:
        """Stop it."""

    def close(self) -> None:
        """The page ends."""


class Runner:
    """Runs the project's inbox, one run at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._state = RunState()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._keeper: threading.Thread | None = None
        self._who = ""

    @property
    def state(self) -> RunState:
        """The run as it is now."""
        return self._state

    def start(self, task: Task, coder: str, who: str) -> None:
        """Start a run.

        Args:
            task: what to run.
            coder: the coder in words.
            who: who started it.

        Raises:
            RefusedError: one is under way.
        """
        with self._lock:
            if self._state.running:
                raise RefusedError("a run is under way already.", next_step="Wait for its end, or stop it first.")
            ours, theirs = get_context("spawn").Pipe()
            process = get_context("spawn").Process(target=work, args=(theirs, task), daemon=False)
            process.start()
            theirs.close()
            self._process, self._connection, self._who = process, ours, who
            self._state = RunState(running=True, trial=task.trial, coder=coder, started=_now())
            self._keeper = threading.Thread(target=self._keep, args=(process, ours), daemon=True)
            self._keeper.start()

    def answer(self, text: str, *, yes: bool, who: str) -> None:
        """Answer the question that the run asks; the log keeps it.

        Raises:
            RefusedError: it asks nothing, or something else than what was shown.
        """
        with self._lock:
            question = self._state.question
            if question is None or question.text != text or self._connection is None:
                raise RefusedError("this question is no longer asked.", next_step="Look at the page again.")
            # On record before anything can be sent
            self._note("agreed" if yes else "refused", f"{question.text}", who)
            self._state = replace(self._state, question=None)
            self._connection.send(yes)

    def stop(self, who: str = "") -> None:
        """Stop the run, if there is one: what is finished is saved. Returns at once."""
        with self._lock:
            if not self._state.running or self._state.stopping or self._connection is None:
                return
            self._state = replace(self._state, stopping=True, question=None)
            try:
                self._connection.send(STOP)
            except OSError:  # it has just ended
                return
            process = self._process
            if who:
                self._note("stopped", "Stopped trying the model" if self._state.trial else "Stopped the run", who)
        timer = threading.Timer(PATIENCE_SECONDS, lambda: process.kill() if process and process.is_alive() else None)
        timer.daemon = True
        timer.start()

    def close(self) -> None:
        """Stop the run and wait for its end; the page ends."""
        self.stop()
        if self._keeper:
            self._keeper.join(PATIENCE_SECONDS + 5)

    def _keep(self, process: SpawnProcess, connection: Connection) -> None:
        """Hear what the run says, to its end."""
        ended: Ended | None = None
        try:
            while True:
                said: Said = connection.recv()
                if isinstance(said, Ended):
                    ended = said
                    break
                self._heard(said)
        except (EOFError, OSError):
            pass
        process.join()
        connection.close()
        with self._lock:
            ended = ended or (
                stopped(self._state.progress, trial=self._state.trial) if self._state.stopping else _KILLED
            )
            self._state = replace(self._state, running=False, stopping=False, question=None, ended=ended)
            self._note("ran", f"{self._state.coder}: {ended.headline}", self._who)

    def _heard(self, said: Progress | Question) -> None:
        with self._lock:
            if self._state.stopping:
                return
            if isinstance(said, Progress):
                self._state = replace(self._state, progress=said)
            else:
                self._state = replace(self._state, question=said)

    def _note(self, act: LogAct, text: str, who: str) -> None:
        with Store(self._database) as store:
            store.note_act(LogEntry(at=_now(), who=who, act=act, text=text))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
