"""How long asking takes beside the bare openai client, and whether memory grows with the number of documents.

    python bench/asking.py            60 documents, 0.2 s latency, 10 at once: the time of `scr-llm run` against that of
                                      the client alone, in the same run
    python bench/asking.py --many     1,000 documents, no latency: memory of the run at 100 and at 1,000

A mock server on this machine answers, in its own process. Everything counts: reading, asking, storing, drafting.
"""

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
SERVER = """
import sys, time
sys.path.insert(0, {root!r})
from scr_llm.llm.fake import FakeServer, after, answers
with FakeServer(after({latency}, answers), remember=False) as server:
    print(server.base_url, flush=True)
    time.sleep(36000)
"""


def made(folder: Path, count: int) -> None:
    """So many different short reviews."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        page = Canvas(str(folder / f"review-{n:04}.pdf"), pagesize=A4, pageCompression=1)
        for number in (1, 2):
            page.setFont("Helvetica", 11)
            for line in range(36):
                word = f"alpha{n:04}x{number}{line}"
                page.drawString(
                    70,
                    760 - 18 * line,
                    [f"Serious Case Review, Child {n}", "1. Findings"][line]
                    if number == 1 and line < 2
                    else f"The agencies met about the child and wrote {word} and drinking down, note {line}.",
                )
            page.showPage()
        page.save()


def project(base_url: str, count: int, max_concurrency: int, strategy: str) -> Path:
    root = Path(tempfile.mkdtemp()) / "p"
    subprocess.run([sys.executable, "-m", "scr_llm", "init", str(root)], check=True, capture_output=True, cwd=ROOT)
    made(root / "inbox", count)
    with (root / "project.toml").open("a") as settings:
        settings.write(
            f'\n[llm]\nbase_url = "{base_url}"\nmodel = "fake-model"\nmax_concurrency = {max_concurrency}\n'
            f'strategy = "{strategy}"\ncontext_tokens = 32768\n'
        )
    return root


def bare(base_url: str, bodies: list[dict[str, object]], max_concurrency: int) -> float:
    """The client alone: the same requests, so many at once."""
    from openai import AsyncOpenAI

    async def all_of_them() -> None:
        client = AsyncOpenAI(base_url=base_url, api_key="x", max_retries=0)
        turn = asyncio.Semaphore(max_concurrency)

        async def one(body: dict[str, object]) -> None:
            async with turn:
                await client.chat.completions.create(**body)  # type: ignore[call-overload]

        await asyncio.gather(*(one(body) for body in bodies))

    started = time.perf_counter()
    asyncio.run(all_of_them())
    return time.perf_counter() - started


def run(root: Path) -> tuple[float, int, list[int]]:
    """Wall time, peak memory in MB, and the memory of the main process once a second."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "scr_llm", "run", "--yes", "--project", str(root)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    seen: list[int] = []
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            seen.append(watched.memory_info().rss // 1_000_000)
        except psutil.Error:
            break
        time.sleep(0.5)
    process.wait()
    return time.perf_counter() - started, max(seen, default=0), seen


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--many", action="store_true")
    options.add_argument("--documents", type=int, default=0)
    options.add_argument("--strategy", default="themes")
    given = options.parse_args()
    latency = 0.0 if given.many else 0.2
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER.format(root=str(ROOT), latency=latency)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        base_url = server.stdout.readline().strip()
        if given.many:
            for count in (100, given.documents or 1000):
                root = project(base_url, count, 10, "whole")
                seconds, peak, seen = run(root)
                quarter = [max(seen[len(seen) * q // 4 : len(seen) * (q + 1) // 4], default=0) for q in range(4)]
                print(
                    f"{count} documents: {seconds:.0f} s, peak {peak} MB; by quarter of the run {quarter}", flush=True
                )
                shutil.rmtree(root.parent)
            return
        root = project(base_url, given.documents or 60, 10, given.strategy)
        shown = subprocess.run(
            [sys.executable, "-m", "scr_llm", "preview", "--full", "--project", str(root)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        bodies = [json.loads(part.partition("\n")[2]) for part in ("\n" + shown).split("\n--- ")[1:]]
        again = project(base_url, given.documents or 60, 10, given.strategy)  # nothing read beforehand
        alone = bare(base_url, bodies, 10)
        ours, peak, _ = run(again)
        alone_again = bare(base_url, bodies, 10)
        floor = min(alone, alone_again)
        print(
            f"{given.strategy}: {len(bodies)} questions; bare client {alone:.1f} and {alone_again:.1f} s; scr-llm "
            f"run {ours:.1f} s, peak {peak} MB; ratio {ours / floor:.2f}"
        )
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
