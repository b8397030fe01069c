"""What asking a model costs beside the bare openai client: time, processor time, memory, requests under way.

    python bench/asking.py                             60 five-page reviews, `whole`, 10 at once, three rounds
    python bench/asking.py --strategy themes           the same, one question a theme; also judge
    python bench/asking.py --documents 600 --alone     memory of a long run: the run with the model only, once
    python bench/asking.py --documents 220 --at-once 200 --seconds 60 --alone --fast-reading
                                                       requests under way: a slow model, so that reading can keep up

In each round: the bare client (asynchronous, the same requests, so many at once); then a run without a model, which
reads, codes and stores; then a run with the model, which does all that and asks. No paper is drafted. Each is a process
of its own, and its processor time counts the processes that it starts. A mock model in another process answers after
0.2 seconds. The reviews are different ones (bench/drawn.py), and nothing is read or kept beforehand.

"Beyond that" is what the model adds to a run, in bare clients: making questions, asking, logging what is sent, keeping
and checking replies.
"""

import argparse
import asyncio
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import drawn
import psutil

ROOT = Path(__file__).parent.parent
RUN = """
import sys
from pathlib import Path
from scr_llm.workspace import Workspace
if __name__ == "__main__":
    Workspace.open(Path(sys.argv[1])).run(sys.argv[2])
"""
LOOK_S = 0.1
"""Seconds between two looks at a run's memory."""


@dataclass
class Taken:
    """What one process took."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of processor time, with the processes that it started."""
    memory: list[int]
    """Its own memory in MB, again and again."""
    everything: int = 0
    """Most memory in MB, with the processes that it started."""


def took(command: list[str]) -> Taken:
    """Run a command to its end. Raises where it fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    taken = Taken(0, 0, [])
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            own = watched.memory_info().rss
            children = sum(child.memory_info().rss for child in watched.children(recursive=True))
        except psutil.Error:
            continue
        taken.memory.append(own // 1_000_000)
        taken.everything = max(taken.everything, (own + children) // 1_000_000)
        time.sleep(LOOK_S)
    taken.wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = process.stderr.read().decode() if process.stderr else ""
    if process.returncode:
        raise SystemExit(f"{command} failed: {said}")
    return taken


def bare(base_url: str, bodies: Path, at_once: int) -> None:
    """The client alone: the same requests, so many at once."""
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    async def all_of_them() -> None:
        limits = __import__("httpx2").Limits(max_connections=at_once, max_keepalive_connections=at_once)
        client = AsyncOpenAI(
            base_url=base_url, api_key="x", max_retries=0, http_client=DefaultAsyncHttpxClient(limits=limits)
        )
        turn = asyncio.Semaphore(at_once)

        async def one(body: dict[str, object]) -> None:
            async with turn:
                await client.chat.completions.create(**body)  # type: ignore[call-overload]

        await asyncio.gather(*(one(body) for body in json.loads(bodies.read_text("utf-8"))))

    asyncio.run(all_of_them())


def project(root: Path, inbox: Path, base_url: str, given: argparse.Namespace) -> Path:
    """A new project with these reviews, in which nothing was read."""
    subprocess.run([sys.executable, "-m", "scr_llm", "init", str(root)], check=True, capture_output=True, cwd=ROOT)
    shutil.copytree(inbox, root / "inbox", dirs_exist_ok=True)
    path = root / "project.toml"
    text = path.read_text("utf-8") + (
        f'\n[llm]\nbase_url = "{base_url}"\nmodel = "fake-model"\nmax_concurrency = {given.at_once}\n'
        f'strategy = "{given.strategy}"\ncontext_tokens = 32768\ntimeout_s = 600\n'
    )
    if given.fast_reading:
        text = re.sub(r"(?m)^cross_check = .*", "cross_check = false", text)
    path.write_text(text, "utf-8")
    return root


def asked(base_url: str, path: str) -> str:
    with urllib.request.urlopen(f"{base_url}/{path}") as answer:
        return str(answer.read().decode())


def best(rounds: list[Taken]) -> tuple[float, float]:
    """The least wall and processor time of all rounds: what a busy machine adds is left out."""
    return min(t.wall for t in rounds), min(t.cpu for t in rounds)


def measured(work: Path, base_url: str, given: argparse.Namespace) -> None:
    inbox, bodies = work / "inbox", work / "bodies.json"
    drawn.inbox(inbox, given.documents)
    once = str(given.at_once)
    rounds: dict[str, list[Taken]] = {"bare client": [], "run without a model": [], "run with the model": []}
    in_flight = 0

    def run(coder: str) -> Taken:
        root = project(work / "project", inbox, base_url, given)
        taken = took([sys.executable, "-c", RUN, str(root), coder])
        shutil.rmtree(root)
        return taken

    if given.alone:
        taken = run("llm")
        what = (
            f"{given.strategy}, {given.documents} reviews, {given.at_once} at once, replies after {given.seconds:g} s"
        )
        print(f"{what}: {taken.wall:.0f} s, processor {taken.cpu:.0f} s\n  {memory(taken)}")
        print(f"  requests under way at most {asked(base_url, 'most')}")
        return
    # The first run is not counted: from it the server learns the questions, and the bare client what to ask.
    run("llm")
    bodies.write_text(asked(base_url, "bodies"), "utf-8")
    for n in range(given.rounds):
        alone = took([sys.executable, __file__, "--bare", str(bodies), base_url, "--at-once", once])
        rounds["bare client"].append(alone)
        rounds["run without a model"].append(run("rules"))
        asked(base_url, "most")
        rounds["run with the model"].append(run("llm"))
        in_flight = max(in_flight, int(asked(base_url, "most")))
        for name, taken in rounds.items():
            print(f"round {n + 1}, {name}: {taken[-1].wall:.1f} s, processor {taken[-1].cpu:.1f} s", flush=True)
    say(given, len(json.loads(bodies.read_text("utf-8"))), rounds, in_flight)


def memory(taken: Taken) -> str:
    size = len(taken.memory)
    quarters = [max(taken.memory[size * q // 4 : size * (q + 1) // 4 + 1]) for q in range(4)]
    return f"memory by quarter of the run {quarters} MB, with the reading processes {taken.everything} MB at most"


def say(given: argparse.Namespace, questions: int, rounds: dict[str, list[Taken]], in_flight: int) -> None:
    (wall, cpu), (without_wall, without_cpu), (with_wall, with_cpu) = map(best, rounds.values())
    lines = (
        f"{given.strategy}, {given.documents} reviews, {questions} questions, {given.at_once} at once, best of "
        f"{given.rounds}:",
        f"bare client {wall:.1f} s, processor {cpu:.1f} s",
        f"run without a model {without_wall:.1f} s, processor {without_cpu:.1f} s",
        f"run with the model {with_wall:.1f} s, processor {with_cpu:.1f} s",
        f"beyond that {(with_wall - without_wall) / wall:.2f} and {(with_cpu - without_cpu) / cpu:.2f} bare clients; "
        f"in all {with_wall / wall:.2f} and {with_cpu / cpu:.2f}",
        f"wall {with_wall / max(wall, without_wall):.2f} times the longer of the two",
        memory(rounds["run with the model"][-1]),
        f"requests under way at most {in_flight}",
    )
    print("\n  ".join(lines))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=60)
    options.add_argument("--strategy", default="whole")
    options.add_argument("--at-once", type=int, default=10)
    options.add_argument("--seconds", type=float, default=0.2)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--fast-reading", action="store_true", help="Without a second reader.")
    options.add_argument("--alone", action="store_true", help="Only the run with the model, once.")
    options.add_argument("--bare", nargs=2, metavar=("BODIES", "URL"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.bare:
        bare(given.bare[1], Path(given.bare[0]), given.at_once)
        return
    serve = [sys.executable, str(Path(__file__).with_name("asking_server.py")), str(given.seconds)]
    server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        with tempfile.TemporaryDirectory() as work:
            measured(Path(work), server.stdout.readline().strip(), given)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
