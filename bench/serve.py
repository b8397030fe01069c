"""Whether 20 people who decide at once on 1,000 reviews lose anything, and how soon two workers answer them.

    python bench/serve.py

The project is that of bench/review.py: 1,000 reviews and 4,000 decisions. `scr-llm serve` shows it with two workers,
over real sockets. Twenty people, whom the proxy's header names, each open cells in an order of their own, look at the
page for some seconds, decide as proposed, and so on; a few of them want the same cells on purpose. Counted are the
decisions that were answered as stored and those that somebody was told of a conflict; then the record must hold exactly
those that were stored, in a chain that is intact. Prints milliseconds from sending a request until the page that it
leads to has arrived.

    python bench/serve.py --on FOLDER

uses a copy of a project that `bench/review.py --make FOLDER` made. With `--postgresql`, its record is first moved to a
PostgreSQL server that is started for it (which does not wait for the disk, as in the tests).
"""

import argparse
import html
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psutil
from review import large_project, print_times

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import databases
from served_team import TeamServer, allow, record_of, team_server

from scr_llm.audit import record_faults
from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.workspace import Workspace

PEOPLE = tuple(f"person-{number:02}" for number in range(20))
ROUNDS = 20
"""Decisions of each person."""
PAUSE = 4.0
"""Seconds in which a person looks at a cell, on average."""
RIVALS = 4
"""People who decide on the same cells, at the same pace."""
LIMIT = 250
"""Milliseconds that an answer may take, at the 95th percentile."""
Times = dict[str, list[float]]


class Person:
    """Somebody with a browser who decides."""

    def __init__(self, served: TeamServer, name: str, cells: list[tuple[str, str]], pause: float) -> None:
        self.name, self.cells, self.pause, self.random = name, cells, pause, random.Random(name)
        self.times: Times = defaultdict(list)
        self.said = Counter[str]()
        self.client = httpx.Client(
            base_url=f"{served.address}/p/p",
            headers=served.headers(name),
            follow_redirects=True,
            timeout=120,
            limits=httpx.Limits(keepalive_expiry=30),  # as deploy/nginx.conf
        )

    def work(self) -> None:
        """Decide on every cell of one's own, one after the other."""
        time.sleep(self.random.uniform(0, self.pause))
        for document, key in self.cells:
            page = self.timed("open a cell", f"/cell/{document}/{key}")
            self.timed("picture of its page", f"/page/{document}/1.png")
            time.sleep(self.random.expovariate(1 / self.pause) if self.pause else 0)
            self.decide(page)

    def decide(self, page: httpx.Response) -> None:
        """Accept what is proposed, as one key sends it; the page of the next cell comes back."""
        found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        keep = [html.unescape(k) for k in re.findall(r'name="keep" value="([^"]*)" checked', page.text)]
        button = re.search(r'name="value" value="(\w+)" data-key="[ax]"', page.text)
        assert button
        answer = self.timed("decide", str(page.url), {**found, "value": button[1], "keep": keep, "reason": self.name})
        self.said["conflict" if answer.status_code == 409 else "stored"] += 1

    def timed(self, what: str, path: str, data: dict[str, object] | None = None) -> httpx.Response:
        """One action, timed until its last page has come."""
        started = time.perf_counter()
        answer = self.client.post(path, data=data) if data else self.client.get(path)
        self.times[what].append(1000 * (time.perf_counter() - started))
        return answer if answer.status_code == 409 else answer.raise_for_status()


def shares(root: Path, rounds: int) -> list[list[tuple[str, str]]]:
    """Open cells for each person: different ones, but the same for the last `RIVALS`."""
    session = ReviewSession(load_project(root))
    themes = [key for key in session.open_for(Reviewer("Nobody", "Reviewer")) if key[1] in session.codes]
    session.close()
    random.Random(1).shuffle(themes)
    alone = [themes[number * rounds : (number + 1) * rounds] for number in range(len(PEOPLE) - RIVALS + 1)]
    assert len(alone[-1]) == rounds, "there are too few open cells"
    return alone[:-1] + [alone[-1]] * RIVALS


@contextmanager
def watched() -> Iterator[dict[str, float]]:
    """The load of this machine, noted every second."""
    over, loads, found = threading.Event(), list[float](), dict[str, float]()

    def look() -> None:
        while not over.wait(1):
            loads.append(os.getloadavg()[0])

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
        found |= {"least": min(loads, default=0), "most": max(loads, default=0)}


def measured(root: Path, rounds: int, pause: float, workers: int) -> tuple[list[Person], str]:
    """What twenty people saw, and lines about the server and the machine."""
    allow(root, "".join(f'[people.{name}]\nroles = ["reviewer"]\n' for name in PEOPLE))
    mine = shares(root, rounds)
    with team_server(root, "--workers", str(workers)) as served:
        people = [Person(served, name, cells, pause) for name, cells in zip(PEOPLE, mine, strict=True)]
        for _ in range(4 * workers):  # so that each worker has its index before the clock starts
            httpx.get(f"{served.address}/p/p/matrix", headers=served.headers(PEOPLE[0]), timeout=120).raise_for_status()
        family = psutil.Process(served.pid).children(recursive=True)
        before, started = sum(sum(p.cpu_times()[:2]) for p in family), time.perf_counter()
        with watched() as load:
            threads = [threading.Thread(target=person.work) for person in people]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        wall, used = time.perf_counter() - started, sum(sum(p.cpu_times()[:2]) for p in family) - before
        memory = sum(p.memory_info().rss for p in family) / 1_000_000
        answered = Counter(re.search(r'"worker": (\d+)', line)[1] for line in served.lines)  # type: ignore[index]
    asked = sum(len(own) for person in people for own in person.times.values())
    return people, (
        f"{asked} actions in {wall:.0f} s, {asked / wall:.1f} a second; the workers and their drawing processes used "
        f"{used:.1f} s of processor and hold {memory:.0f} MB. Load of the machine {load['least']:.1f} to "
        f"{load['most']:.1f} on {os.cpu_count()} cores. Answers by worker: {dict(sorted(answered.items()))}."
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--on", type=Path, help="a project that bench/review.py --make made; a copy of it is used")
    asked.add_argument("--postgresql", action="store_true", help="with the record in PostgreSQL")
    asked.add_argument("--rounds", type=int, default=ROUNDS, help="decisions of each person")
    asked.add_argument("--pause", type=float, default=PAUSE, help="seconds in which a person looks at a cell")
    asked.add_argument("--workers", type=int, default=2)
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp())
    with ExitStack() as ended:
        ended.callback(shutil.rmtree, folder)
        root = Path(shutil.copytree(given.on, folder / "p")) if given.on else large_project(folder / "p")
        if given.postgresql:
            database = databases.Server()
            ended.callback(database.close)
            Workspace.open(root).move(database.url)
        with record_of(root) as store:
            before = store.head()[0]
        people, about = measured(root, given.rounds, given.pause, given.workers)
        said = sum((person.said for person in people), Counter[str]())
        with record_of(root) as store:
            new, faults = store.decisions(after=before), record_faults(load_project(root), store)
    times: Times = defaultdict(list)
    for person in people:
        for what, own in person.times.items():
            times[what] += own
    print_times(times, LIMIT)
    print(about)
    print(
        f"Stored by what people were told: {said['stored']}; in the record: {len(new)}; conflicts: {said['conflict']}."
    )
    cells = Counter((d.document_id, d.theme) for d in new)
    print(
        f"Decided cells: {len(cells)}, at most {max(cells.values())} times. Faults of the record: {faults or 'none'}."
    )
    by_person = Counter(d.author for d in new)
    assert said.total() == len(PEOPLE) * given.rounds, "somebody could not go on"
    assert len(new) == said["stored"] and not faults, "something was lost"
    assert all(by_person[person.name] == person.said["stored"] for person in people)


if __name__ == "__main__":
    main()
