"""The processes of a shared server: one starts the others, keeps what outlives them, and replaces those that end.

All workers wait at one listening socket, and the system gives each connection to one of them. A worker ends when the
process that started it does, however that ends.
"""

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from starlette.types import Message, Receive, Scope, Send

from scr_llm.errors import NothingDoneError, ScrError
from scr_llm.files import PRIVATE_UMASK
from scr_llm.project import Project, load_project
from scr_llm.web.server import make_server
from scr_llm.web.team.app import Team
from scr_llm.web.team.keeper import Keeper, reach_keeper, serve_keeper
from scr_llm.web.team.people import People
from scr_llm.web.team.settings import ServerSettings
from scr_llm.web.team.watch import Watch, log

START_SECONDS = 120.0
"""Time limit for a worker to begin to answer."""
STOP_SECONDS = 15.0
"""Time limit for a worker to finish the answers that it has begun."""
REPORT_SECONDS = 1.0
"""Between two times that a worker says that it is there, and gives on what it counted."""
HANGS_SECONDS = 30.0
"""A worker that has not said for so long that it is there answers nobody, and is replaced."""


@dataclass
class _Worker:
    number: int
    process: SpawnProcess
    life: Connection
    """Its other end is the worker's: it says there that it answers, and sees there that this process has ended."""
    answers: bool = False
    seen: float = field(default_factory=time.monotonic)
    """When it last said that it is there."""

    def listen(self) -> None:
        """Take what it has said."""
        with suppress(EOFError, OSError):
            while self.life.poll():
                self.life.recv()
                self.answers, self.seen = True, time.monotonic()

    @property
    def hangs(self) -> bool:
        """Whether it does not answer, although it has not ended."""
        return time.monotonic() - self.seen > (HANGS_SECONDS if self.answers else START_SECONDS)


def projects_of(settings: ServerSettings) -> dict[str, Project]:
    """The projects of a server, and that somebody may use each.

    Raises:
        UsageError: a folder is no project, or its people.toml is missing or wrong.
    """
    found = {name: load_project(Path(folder)) for name, folder in settings.projects.items()}
    for project in found.values():
        People(project)
    return found


class Supervisor:
    """Starts the workers, and keeps as many of them as there should be."""

    def __init__(self, settings: ServerSettings, secret: str, listener: socket.socket) -> None:
        self._settings, self._secret, self._listener = settings, secret, listener
        self._keeper = Keeper(projects_of(settings))
        self._address = ""
        self._stopping = threading.Event()
        self._wake, self._woken = get_context("spawn").Pipe()
        self._workers: list[_Worker] = []

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until Ctrl-C or SIGTERM. `ready` is called once every worker answers.

        Raises:
            NothingDoneError: a worker ended before it could answer.
        """
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._stop)
        self._address = serve_keeper(self._keeper)
        try:
            self._workers = [self._start(number) for number in range(self._settings.workers)]
            told = False
            while not self._stopping.is_set():
                self._look()
                if not told and all(worker.answers for worker in self._workers):
                    told = True
                    ready()
        finally:
            self._end()

    def _stop(self, _signal: int, _frame: object) -> None:
        self._stopping.set()
        self._woken.send(None)

    def _start(self, number: int) -> _Worker:
        ours, theirs = get_context("spawn").Pipe()
        given = (self._settings, self._secret, self._listener, self._address, number, theirs)
        process = get_context("spawn").Process(target=work, args=given, daemon=False)
        process.start()
        theirs.close()
        return _Worker(number, process, ours)

    def _look(self) -> None:
        """Wait until something happens to a worker, and see to it."""
        told = [each for w in self._workers for each in (w.life, w.process.sentinel)]
        wait([self._wake, *told], timeout=HANGS_SECONDS)
        for place, worker in enumerate(self._workers):
            worker.listen()
            is_alive = worker.process.is_alive()
            if self._stopping.is_set() or (is_alive and not worker.hangs):
                continue
            if is_alive:
                log({"event": "worker hangs", "worker": worker.number})
                worker.process.kill()
            worker.process.join()
            worker.life.close()
            if not worker.answers:
                raise NothingDoneError(
                    f"worker {worker.number} ended before it could answer (exit code {worker.process.exitcode}).",
                    next_step="What it wrote above says why.",
                )
            log({"event": "worker ended", "worker": worker.number, "exit": worker.process.exitcode})
            self._keeper.gone(worker.process.pid or 0)
            self._workers[place] = self._start(worker.number)

    def _end(self) -> None:
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(STOP_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._keeper.close()


def work(
    settings: ServerSettings, secret: str, listener: socket.socket, keeper_at: str, number: int, life: Connection
) -> None:
    """Answer requests until SIGTERM. The first function of a worker."""
    os.umask(PRIVATE_UMASK)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the one that started us says so
    keeper = reach_keeper(keeper_at)
    projects = {name: load_project(Path(folder)) for name, folder in settings.projects.items()}
    try:
        team = Team(projects, {name: People(project) for name, project in projects.items()}, keeper)
    except ScrError as error:  # a database that is away: the process that started us ends as well
        print(f"scr-llm: worker {number}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    watch = Watch(
        team.guarded(settings, secret),
        team,
        worker=number,
        secret=secret,
        user_header=settings.user_header,
        connections=lambda: len(server.server_state.connections),
        share=lambda counts: keeper.count(os.getpid(), counts),
    )
    server = make_server(_Reporting(watch, life), behind_proxy=True)
    threading.Thread(target=_follow, args=(life,), daemon=True).start()
    with listener:
        server.run(sockets=[listener])


def _follow(life: Connection) -> None:
    """End when the process that started this one has."""
    with suppress(EOFError, OSError):
        life.recv()
    os.kill(os.getpid(), signal.SIGTERM)


class _Reporting:
    """An app that says that it answers, again and again, and gives on what it counts."""

    def __init__(self, watch: Watch, life: Connection) -> None:
        self._watch, self._life = watch, life

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._watch(scope, receive, send)
            return

        async def saying(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self._life.send("here")

        async with self._every_second():
            await self._watch(scope, receive, saying)

    @asynccontextmanager
    async def _every_second(self) -> AsyncIterator[None]:
        async def again() -> None:
            while True:
                await asyncio.sleep(REPORT_SECONDS)
                with suppress(Exception):  # the process that keeps is gone, and this one is about to be
                    self._life.send("here")
                    await asyncio.to_thread(self._watch.counted)

        task = asyncio.create_task(again())
        try:
            yield
        finally:
            task.cancel()
