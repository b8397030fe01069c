"""A run in a process of its own, so that the page answers meanwhile: what it does, and what it says to the page.

The page talks to it through a pipe. When the pipe closes, because the page was stopped or killed, the run stops as it
does at Ctrl-C: what is finished is saved.
"""

import _thread
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scr_llm.errors import ScrError, StopError
from scr_llm.files import PRIVATE_UMASK
from scr_llm.text.words import WAYS, capital, count
from scr_llm.web import trouble

if TYPE_CHECKING:
    from scr_llm.evaluation.strategies import Asking, Trial
    from scr_llm.models.coders import ReadyCoder
    from scr_llm.models.consent import Consent
    from scr_llm.models.preview import Estimate
    from scr_llm.pipeline import Outcome
    from scr_llm.records import Document
    from scr_llm.reports.current import Current
    from scr_llm.reports.drafts import Written
    from scr_llm.workspace import CoderName, Workspace

STOP = "stop"
"""What the page says to stop the run. Anything else that it says is an answer: True or False."""
TICK_SECONDS = 0.5
"""Between two looks at how far the run has got."""
_SIGNAL = signal.SIGTERM if sys.platform == "win32" else signal.SIGUSR1
"""Interrupts the run. Not that of Ctrl-C, which a terminal sends to this process too, and which the page answers."""


@dataclass(frozen=True)
class Task:
    """What to run."""

    root: Path
    """The project folder."""
    coder: "CoderName"
    """Which coder."""
    trial: bool = False
    """Try the model on made-up reviews instead."""


@dataclass(frozen=True)
class Progress:
    """How far a run has got."""

    doing: str = "Starting"
    """What is being done, in words."""
    document: int = 0
    """Number of the file that is being read, from 1."""
    of: int = 0
    """Files to be read."""
    coded: int = 0
    """Documents that were coded in this run."""
    pages: int = 0
    """Pages that were read in this run."""
    asked: int = 0
    """Questions that a model was asked."""
    kept: int = 0
    """Questions that were answered from memory."""
    questions: int | None = None
    """Questions to be asked, at most; None where no model is asked."""
    sent: int = 0
    """Tokens sent."""
    received: int = 0
    """Tokens received."""
    money: float | None = None
    """What it has cost; None without a price."""
    found: tuple[str, ...] = ()
    """What a trial has found so far, a sentence for each way of asking."""
    seconds_left: int | None = None
    """How long it will still take, at the pace so far; None while that is not known."""


@dataclass(frozen=True)
class Question:
    """Something that a person must agree to before the run goes on."""

    about: Literal["sending", "cost"]
    """sending: whether text may leave this computer. cost: what it may cost."""
    text: str
    """The question."""


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    good: bool
    """Whether it did what it was to do."""
    headline: str
    """In a few words."""
    lines: tuple[str, ...] = ()
    """What else a person should know, and what to do."""


Said = Progress | Question | Ended
"""What the run says to the page."""


def stopped(progress: Progress, *, trial: bool) -> Ended:
    """How a run or a trial ends that somebody stopped."""
    if not trial:
        return Ended(False, "Stopped", ("What was finished is saved. Run again to go on with the rest.",))
    return Ended(False, "Stopped", (*progress.found, "The best way of asking that was tried to the end is kept."))


def work(connection: Connection, task: Task) -> None:
    """Run, and say at the end how it ended. The first function of the process."""
    os.umask(PRIVATE_UMASK)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(_SIGNAL, _interrupted)
    talk = _Talk(connection)
    try:
        ended = _run(talk, task)
    except KeyboardInterrupt:
        ended = stopped(talk.progress, trial=task.trial)
    except ScrError as error:
        ended = Ended(
            False,
            "It stopped before the end" if isinstance(error, StopError) else "It did not run",
            (capital(str(error)),),
        )
    except Exception as error:  # whatever it is, the page must be able to say so
        trouble.log("RUN", "the inbox", error)
        ended = Ended(False, "Something went wrong", (trouble.in_words(error), "Finished work is saved."))
    talk.end(ended)


def _interrupted(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


class _Talk:
    """The run's side of the pipe."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._lock = connection, threading.Lock()
        self._answers: queue.Queue[bool] = queue.Queue()
        self._over = False
        self.progress = Progress()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, **changes: object) -> None:
        """Say how far the run has got."""
        with self._lock:
            now = replace(self.progress, **changes)  # type: ignore[arg-type]
            if now != self.progress:
                self.progress = now
                self._send(now)

    def ask(self, question: Question) -> bool:
        """Ask the person, and wait for the answer."""
        with self._lock:
            self._send(question)
        while True:
            with contextlib.suppress(queue.Empty):  # in slices, or Windows would not notice the wish to stop
                return self._answers.get(timeout=TICK_SECONDS)

    def end(self, ended: Ended) -> None:
        """Say how the run ended."""
        with self._lock:
            self._over = True
            self._send(ended)

    def _send(self, said: Said) -> None:
        with contextlib.suppress(OSError, ValueError):  # the page is gone, and the run is being stopped for that
            self._connection.send(said)

    def _listen(self) -> None:
        heard: object = STOP
        with contextlib.suppress(EOFError, OSError):
            while (heard := self._connection.recv()) != STOP:
                self._answers.put(bool(heard))
        with self._lock:
            if not self._over:
                _interrupt()


def _interrupt() -> None:
    """Raise KeyboardInterrupt in the main thread, also while it waits."""
    if sys.platform != "win32":
        signal.pthread_kill(threading.main_thread().ident or 0, _SIGNAL)
    else:
        _thread.interrupt_main(_SIGNAL)


def _run(talk: _Talk, task: Task) -> Ended:
    from scr_llm.models.consent import Consent
    from scr_llm.workspace import Workspace

    workspace = Workspace.open(task.root)
    currency = workspace.project.settings.llm.currency
    consent = Consent(
        agree=lambda question: talk.ask(Question("sending", question)), tell=lambda text: talk.tell(doing=text)
    )

    if task.trial:
        return _tried(talk, workspace, consent)

    def reading(file: str, number: int, of: int) -> None:
        talk.tell(doing=f"Reading {file}", document=number, of=of)

    with workspace.coder(task.coder, consent=consent) as coder:
        charged = coder.costs
        coder = replace(coder, costs=coder.spend is not None)  # to know the number of questions, also without a price

        def afford(cost: "Estimate") -> None:
            talk.tell(doing="Asking the model", questions=cost.calls, of=cost.documents, document=cost.documents)
            if charged and cost.calls and not talk.ask(Question("cost", at_most(cost, currency))):
                raise StopError("nothing was sent.", next_step="The files were read and wait to be coded.")

        with _watched(talk, workspace, coder):
            outcome = workspace.run(coder, reading, afford=afford)
    talk.tell(doing="Writing the draft of the paper", seconds_left=None)
    return _ended(outcome, workspace.draft_after(outcome))


def _tried(talk: _Talk, workspace: "Workspace", consent: "Consent") -> Ended:
    """Try each way of asking the model on made-up reviews, and keep the best."""
    talk.tell(doing="Reading two made-up reviews")
    lines: list[str] = []

    def tried(trial: "Trial") -> None:
        lines.append(_of_trial(trial))
        talk.tell(found=tuple(lines))

    def asking(far: "Asking") -> None:
        talk.tell(doing=f"Trying: {WAYS[far.strategy]}", asked=far.asked, questions=far.of)

    found = workspace.qualify(consent=consent, tried=tried, asking=asking)
    if found.best is None:
        return Ended(False, "No way of asking this model worked", tuple(lines))
    if not found.is_better_than_rules:
        lines.append(
            "The model did no better than the embedded coder, which is faster: we advise that one. (It learned from "
            "some of these two reviews.)"
        )
    best, set_way = WAYS[found.best.strategy or ""], workspace.project.settings.llm.strategy
    used = "Runs ask in this way from now on" if set_way == "auto" else f"project.toml sets another: {WAYS[set_way]}"
    return Ended(
        True, f"Best way of asking: {best}. {used if set_way != found.best.strategy else ''}".strip(), tuple(lines)
    )


def _of_trial(trial: "Trial") -> str:
    """What was found in a trial, in words."""
    limits = trial.thresholds
    way = capital(WAYS[trial.strategy]) if trial.strategy else "The embedded coder alone"
    if limits:
        added = "none added" if limits.add > 1 else f"others from {limits.add:g}"
        way += f" (kept from a probability of {limits.keep:g}, {added})"
    if trial.failed:
        return f"{way}: failed. {capital(trial.failed)}"
    wrong = trial.found - trial.both
    return (
        f"{way}: found {trial.both} of the {trial.gold} themes that are there, and {wrong or 'none'} that "
        f"{'is' if wrong == 1 else 'are'} not; {trial.seconds / trial.documents:.0f} s a review."
    )


def at_most(cost: "Estimate", currency: str) -> str:
    """What would be sent and what it would cost, at most."""
    money = f"{cost.money:.2f} {currency}" if cost.money is not None else "no price is set for this model"
    kept = f" ({count(cost.kept, 'more is', 'more are')} answered from memory)" if cost.kept else ""
    return (
        f"At most {count(cost.calls, 'question')} about {count(cost.documents, 'review')}{kept}; "
        f"{cost.prompt_tokens:,} tokens sent and {cost.completion_tokens:,} received; cost: {money}."
    )


@contextmanager
def _watched(talk: _Talk, workspace: "Workspace", coder: "ReadyCoder") -> Iterator[None]:
    """Say again and again how far the run has got, until the end of the block."""
    from scr_llm.store import Store

    over = threading.Event()
    with Store(workspace.project.database) as store:
        before = store.documents()

        def look() -> None:
            pace = _Pace()
            while not over.wait(TICK_SECONDS):
                with contextlib.suppress(ScrError):  # a busy database; the next look will do
                    _look(talk, before, store.documents(), coder, pace)

        watcher = threading.Thread(target=look, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
            with contextlib.suppress(ScrError):
                _look(talk, before, store.documents(), coder, _Pace())


class _Pace:
    """How fast the run goes, from the first thing that was done."""

    def __init__(self) -> None:
        self._started: tuple[float, int] | None = None

    def seconds_left(self, done: int, of: int) -> int | None:
        """Seconds for the rest; None while that is not known."""
        now = time.monotonic()
        if self._started is None or done < self._started[1]:
            self._started = (now, done)
        since, first = self._started
        return round((now - since) / (done - first) * (of - done)) if done > first and of >= done else None


def _look(
    talk: _Talk, before: "Sequence[Document]", now: "Sequence[Document]", coder: "ReadyCoder", pace: _Pace
) -> None:
    earlier = {d.id: d for d in before}
    coded = [d for d in now if d.status == "coded" and (d.id not in earlier or earlier[d.id].status != "coded")]
    pages = sum(d.pages for d in now if d.pages and not (d.id in earlier and earlier[d.id].pages))
    at, spend = talk.progress, coder.spend
    if spend is None:
        talk.tell(coded=len(coded), pages=pages, seconds_left=pace.seconds_left(max(0, at.document - 1), at.of))
        return
    left = pace.seconds_left(spend.asked, at.questions) if at.questions else None
    talk.tell(
        coded=len(coded),
        pages=pages,
        asked=spend.asked,
        kept=spend.kept,
        sent=spend.prompt_tokens,
        received=spend.completion_tokens,
        money=spend.money,
        seconds_left=left,
    )


def _ended(outcome: "Outcome", draft: "Written | Current | None") -> Ended:
    """How a run ended, in words. `draft` is what `Workspace.draft_after` gave."""
    from scr_llm.reports.draft_words import NOT_BY_ITSELF
    from scr_llm.reports.drafts import Written

    lines = []
    if outcome.stopped:
        lines.append(f"It stopped before the end: {outcome.stopped}")
    if outcome.left_out:
        lines.append(f"{count(len(outcome.left_out), 'file')} could not be counted; the reasons are beside the files.")
    if outcome.missing:
        lines.append(f"{count(len(outcome.missing), 'counted file')} can no longer be found in the inbox.")
    if draft is None:
        lines.append(f"{NOT_BY_ITSELF} Write it on the sign-off page.")
    if isinstance(draft, Written):
        version = draft.briefing.version
        for path in draft.kept:
            lines.append(f"{path.name} has somebody’s edits and stays; the new draft is version {version}.")
        for path in draft.blocked:
            lines.append(f"{path.name} is open in another program; the new draft is version {version}.")
    good = bool(outcome.coded or outcome.kept) and not outcome.stopped
    kept = f", {count(len(outcome.kept), 'other')} unchanged" if outcome.kept else ""
    return Ended(good, f"{count(len(outcome.coded), 'review')} coded{kept}", tuple(lines))
