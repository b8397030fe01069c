"""How soon the review page answers five people at once, with 1,000 reviews and 4,000 decisions, over real sockets.

    python bench/review.py

The reviews are those of the fixtures, each under many names with bytes, an id and a file of its own; every twelfth
decision is a second reviewer's, made blind. Five people, whom a proxy names to `scr-llm serve` with one worker, do all
that the page offers, each half a second after the last answer on average, which is sooner than a person can read it.
Prints milliseconds for each action, from sending it until the page that it leads to has arrived: the median, the 95th
percentile and the longest; what the server used of its processor; and how much memory it holds.

    python bench/review.py --make FOLDER

only makes the project.
"""

import argparse
import hashlib
import html
import random
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
from served import ROOT, coded_project
from served_team import TeamServer, allow, team_server

from scr_llm.project import load_project
from scr_llm.records import Decision
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.store import Store

REVIEWS, DECISIONS = 1000, 4000
PEOPLE = ("alex", "bo", "cam", "dee", "sam")
SECOND = "sam"
"""Who reviews blind."""
ROUNDS = 12
PAUSE = 0.5
"""Seconds between two actions of a person, on average."""
LIMIT = 150
"""Milliseconds that an action may take, at the 95th percentile."""
NAMES = tuple(sorted(p.stem for p in ROOT.glob("fixtures/batch-[12]/*.pdf")))


def large_project(root: Path, reviews: int = REVIEWS, decisions: int = DECISIONS) -> Path:
    """Make a project of so many reviews and decisions."""
    coded_project(root, NAMES)
    rights = 'roles = ["analyst", "signer"]\n'
    allow(root, "".join(f"[people.{name}]\n{rights}blind = {str(name == SECOND).lower()}\n" for name in PEOPLE))
    _grow(root, reviews)
    _decide(root, decisions)
    return root


def _grow(root: Path, count: int) -> None:
    """Copy the reviews of a project under further names, until there are `count`."""
    project = load_project(root)
    with Store(project.database) as store:
        own = [d for d in store.documents() if d.status == "coded"]
        for number in range(len(own), count):
            document = own[number % len(own)]
            reading, coding, draft = store.reading(document.id), store.coding(document.id), store.draft(document.id)
            assert reading and coding and draft
            name = f"copy-{number:04d}.pdf"
            content = (project.inbox / document.file).read_bytes() + f"\n% {number}\n".encode()
            (project.inbox / name).write_bytes(content)
            sha256 = hashlib.sha256(content).hexdigest()
            new = {"id": sha256[:16], "file": name, "sha256": sha256, "bytes": len(content)}
            case = coding.case.model_copy(update={"pseudonym": f"Child {number}"})
            store.save_document(document.model_copy(update=new))
            store.save_reading(reading.model_copy(update={"document_id": new["id"]}))
            store.save_coding(
                document.model_copy(update=new),
                draft.model_copy(update={"document_id": new["id"]}),
                coding.model_copy(update={"document_id": new["id"], "case": case}),
            )


def _decide(root: Path, count: int) -> None:
    """Decide so many themes as they are proposed, half a minute apart. Every twelfth by the second reviewer,
    who finds nothing on a third of them."""
    session, start = ReviewSession(load_project(root)), datetime(2026, 3, 2, 9, tzinfo=UTC)
    people = [Reviewer(name, "Reviewer", blind=name == SECOND) for name in PEOPLE]
    themes = [key for key, proposal in session.proposals.items() if proposal.kind == "theme" and proposal.core]
    random.Random(1).shuffle(themes)
    made: list[tuple[Decision, int | None]] = []
    while len(made) < count:
        number = len(made)
        key = themes[number // 12 * 11 + number % 12 if number % 12 < 11 else number // 12 * 11]
        who = people[-1] if number % 12 == 11 else people[number % 4]
        cell = session.cell(*key, people[0])
        value = "not_mentioned" if cell.value == "unclear" or number % 36 == 35 else cell.value
        quotes = cell.evidence if value != "not_mentioned" else ()
        decision = session.checked(who, *key, value, evidence=quotes)
        at = (start + timedelta(seconds=30 * number)).isoformat(timespec="milliseconds")
        made.append((decision.model_copy(update={"at": at}), None))
    session.decide_together(made)
    session.close()


class Person:
    """Somebody with a browser, and how long each of their actions took."""

    def __init__(self, served: TeamServer, name: str, cells: list[tuple[str, str]], codes: list[str]) -> None:
        self.name, self.blind, self.base = name, name == SECOND, f"{served.address}/p/p"
        self.cells, self.codes, self.random = cells, codes, random.Random(name)
        self.times: dict[str, list[float]] = defaultdict(list)
        self.client = httpx.Client(headers=served.headers(name), follow_redirects=True, timeout=120)

    def work(self, rounds: int) -> None:
        """Do everything that a person does, so many times."""
        for _ in range(rounds):
            document, key = self.random.choice(self.cells)
            page = self.timed("open a cell", f"/cell/{document}/{key}")
            self.timed("picture of its page", f"/page/{document}/1.png")
            for _ in range(3):
                self.decide(self.timed("next cell", f"/next?document={document}&key={key}"))
            self.timed("matrix", f"/matrix?from={60 * self.random.randrange(16)}")
            if not self.blind:  # who reviews blind is refused these
                self.timed("a review's list", f"/document/{document}")
                self.timed("first page", "/")
                self.timed("list of files", "/files")
                self.timed("case sheet", f"/document/{document}/sheet")
                self.timed("disagreements", "/disagreements")
                self.timed("explain a number", f"/explain/{self.random.choice(self.codes)}")
                self.timed("what prevents signing", "/sign-off")
                self.undo(page)

    def timed(self, what: str, path: str, data: dict[str, object] | None = None) -> httpx.Response:
        """One action, timed until its last page has come."""
        time.sleep(self.random.expovariate(1 / PAUSE))
        started = time.perf_counter()
        url = path if path.startswith("http") else self.base + path
        answer = self.client.post(url, data=data) if data else self.client.get(url)
        self.times[what].append(1000 * (time.perf_counter() - started))
        # Somebody else may have decided the cell meanwhile, which a page says.
        return answer if answer.status_code == 409 else answer.raise_for_status()

    def decide(self, page: httpx.Response) -> None:
        """Accept what is proposed, as one key sends it; the page of the next cell comes back."""
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        keep = [html.unescape(k) for k in re.findall(r'name="keep" value="([^"]*)" checked', page.text)]
        button = re.search(r'name="value" value="(\w+)" data-key="[ax]"', page.text)
        assert button
        self.timed("decide, and see the next cell", str(page.url), {**fields, "value": button[1], "keep": keep})

    def undo(self, page: httpx.Response) -> None:
        """Take the last decision back. `page` is any that has a form."""
        csrf = re.search(r'name="csrf" value="([^"]*)"', page.text)
        assert csrf
        self.timed("undo", "/undo", {"csrf": csrf[1]})


def measured(root: Path, rounds: int) -> tuple[dict[str, list[float]], str]:
    """Milliseconds of each action, and a line about the server."""
    session = ReviewSession(load_project(root))
    cells, codes = [key for key, p in session.proposals.items() if p.kind == "theme"], list(session.codes)
    session.close()
    started = time.perf_counter()
    with team_server(root, "--workers", "1") as served:
        people = [Person(served, name, cells, codes) for name in PEOPLE]
        people[0].client.get(people[0].base + "/matrix").raise_for_status()
        opened = time.perf_counter() - started
        server = max(psutil.Process(served.pid).children(), key=lambda process: process.memory_info().rss)
        used, started = sum(server.cpu_times()[:2]), time.perf_counter()
        threads = [threading.Thread(target=person.work, args=(rounds,)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        used, wall = sum(server.cpu_times()[:2]) - used, time.perf_counter() - started
        memory = server.memory_info().rss / 1_000_000
    times: dict[str, list[float]] = defaultdict(list)
    for person in people:
        for what, own in person.times.items():
            times[what] += own
    asked = sum(map(len, times.values()))
    return times, (
        f"First page {opened:.1f} s after the start. {asked} actions in {wall:.0f} s; the server used {used:.1f} s of "
        f"its processor ({1000 * used / asked:.0f} ms an action) and holds {memory:.0f} MB."
    )


def print_times(times: Mapping[str, Sequence[float]], limit: float) -> None:
    """A line for each action: how long it took, in milliseconds, and whether one in twenty took longer than allowed."""
    print(f"{'':32}{'median':>9}{'95th':>9}{'longest':>9}{'asked':>8}")
    for what, own in times.items():
        late = sorted(own)[int(0.95 * (len(own) - 1))]
        flag = "  over the limit" if late > limit else ""
        print(f"{what:32}{statistics.median(own):6.0f} ms{late:6.0f} ms{max(own):6.0f} ms{len(own):8}{flag}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--make", type=Path, help="only make the project, in this folder")
    asked.add_argument("--on", type=Path, help="a project that --make made; a copy of it is used")
    asked.add_argument("--rounds", type=int, default=ROUNDS, help="how often each person does everything")
    given = asked.parse_args()
    if given.make:
        large_project(given.make)
        return
    folder = Path(tempfile.mkdtemp())
    try:
        root = Path(shutil.copytree(given.on, folder / "p")) if given.on else large_project(folder / "p")
        times, server = measured(root, given.rounds)
    finally:
        shutil.rmtree(folder)
    print_times(times, LIMIT)
    print(server)


if __name__ == "__main__":
    main()
