"""A run on this computer beside the same run on Ray: time, processor time, memory, bytes kept for each document.

    python bench/engine.py                           60 five-page reviews, two workers, no model, best of two
    python bench/engine.py --documents 600           what is the same for every run weighs less
    python bench/engine.py --model --seconds 0.2     with a mock model, which answers after so many seconds

Each run is a process of its own. Its processor time counts every process that it starts, Ray's included, and is taken
from the system's own counters while they run, since Ray's are not its children any more when they end. Both runs must
export the same bytes. The reviews are those of bench/drawn.py.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import drawn
import psutil

ROOT = Path(__file__).parent.parent
LOOK_S = 0.2
"""Seconds between two looks at the processes of a run."""


@dataclass
class Taken:
    """What a run took."""

    wall: float = 0.0
    """Seconds."""
    cpu: dict[tuple[int, float], float] = field(default_factory=dict)
    """Process and its start to its seconds of processor time, as last seen."""
    memory: int = 0
    """Most memory of all its processes in MB; what they share is counted once for each."""
    first: float = 0.0
    """Seconds until the first document was saved."""

    @property
    def processor(self) -> float:
        return sum(self.cpu.values())


def took(command: list[str], database: Path) -> Taken:
    """Run a command to its end."""
    taken, started = Taken(), time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    own = psutil.Process(process.pid)
    while process.poll() is None:
        memory = 0
        with contextlib.suppress(psutil.Error):
            for each in (own, *own.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    times, memory = each.cpu_times(), memory + each.memory_info().rss
                    taken.cpu[each.pid, each.create_time()] = times.user + times.system
        taken.memory = max(taken.memory, memory // 1_000_000)
        if not taken.first and coded(database):
            taken.first = time.perf_counter() - started
        time.sleep(LOOK_S)
    taken.wall = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{command} failed: {process.stderr.read() if process.stderr else ''}")
    return taken


def coded(database: Path) -> int:
    import sqlite3

    if not database.exists():
        return 0
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("select count(*) from codings").fetchone()[0])
    return 0


def scr(*args: str, stdout: int = subprocess.DEVNULL) -> bytes:
    done = subprocess.run([sys.executable, "-m", "scr_llm", *args], cwd=ROOT, check=True, stdout=stdout, stderr=-3)
    return done.stdout or b""


def settings(text: str, workers: int, address: str) -> str:
    """The settings of a project, with so many workers, and with a model where there is an address."""
    text = text.replace("workers = 2 ", f"workers = {workers} ", 1)
    model = f'\n[llm]\nbase_url = "{address}"\nmodel = "fake-model"\nmax_concurrency = 10\nstrategy = "whole"\n'
    return text + (f"{model}context_tokens = 32768\n" if address else "")


def measured(work: Path, given: argparse.Namespace, address: str) -> None:
    inbox = work / "in"
    drawn.inbox(inbox, given.documents)
    exports, sizes, best = {}, 0, dict.fromkeys(("local", "ray"), (float("inf"),) * 2)
    for n, engine in enumerate(("local", "ray") * given.rounds):
        root = work / f"{n}" / "p"
        scr("init", str(root))
        shutil.copytree(inbox, root / "inbox", dirs_exist_ok=True)
        (root / "project.toml").write_text(settings((root / "project.toml").read_text(), given.workers, address))
        coder = "llm" if address else "rules"
        command = [sys.executable, "-m", "scr_llm", "run", "--engine", engine, "--coder", coder, "--project", str(root)]
        taken = took(command, root / "scr_llm.sqlite")
        print(
            f"{engine}: {taken.wall:.1f} s, of which {taken.first:.1f} s to the first saved document; "
            f"processor {taken.processor:.1f} s; memory {taken.memory} MB at most",
            flush=True,
        )
        best[engine] = (min(best[engine][0], taken.wall), min(best[engine][1], taken.processor))
        exports[engine] = scr("export", "--project", str(root), "--format", "json", "--out", "-", stdout=-1)
        sizes = sum(file.stat().st_size for file in root.glob("scr_llm.sqlite*"))
    for engine, (wall, processor) in best.items():
        print(f"best of {given.rounds}, {engine}: {wall:.1f} s, processor {processor:.1f} s")
    pdfs = sum(file.stat().st_size for file in inbox.iterdir())
    print(f"the same export: {'yes' if exports['local'] == exports['ray'] else 'NO'}, {len(exports['ray']):,} bytes")
    print(f"kept for each document {sizes // given.documents:,} bytes; its PDF {pdfs // given.documents:,} bytes")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=60)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--model", action="store_true", help="ask a mock model")
    options.add_argument("--seconds", type=float, default=0.2, help="after which it answers")
    given = options.parse_args()
    server = None
    try:
        address = ""
        if given.model:
            serve = [sys.executable, str(Path(__file__).with_name("asking_server.py")), str(given.seconds)]
            server = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
            assert server.stdout
            address = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as work:
            measured(Path(work), given, address)
    finally:
        if server:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
