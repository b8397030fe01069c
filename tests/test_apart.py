"""A hostile file costs bounded time and memory, and only itself."""

import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import psutil
import pytest

from scr_llm.records import Reading
from scr_llm.stages.read.apart import Limits, Wanted, read_apart

GOOD = sorted((Path(__file__).parent.parent / "fixtures/batch-1").glob("*.pdf"))[1]


def pdf(objects: list[bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def bomb(path: Path) -> Path:
    """400 MB of text operators in half a megabyte."""
    text = b"BT /F1 12 Tf 72 700 Td " + b"(Safeguarding children board) Tj " * 12_000_000 + b"ET"
    path.write_bytes(
        pdf(
            [
                b"<< /Type /Catalog /Pages 2 0 R >>",
                b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 "
                b"0 R >> >> >>",
                stream(text),
                b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            ]
        )
    )
    return path


def loop(path: Path) -> Path:
    """A page tree that is its own child."""
    path.write_bytes(
        pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999 >>"])
    )
    return path


@pytest.mark.slow
def test_limits_end_only_the_file_that_passes_them(tmp_path: Path) -> None:
    files = [
        Wanted(bomb(tmp_path / "bomb.pdf"), "a"),
        Wanted(GOOD, "b"),
        Wanted(loop(tmp_path / "loop.pdf"), "c"),
        Wanted(GOOD, "d"),
    ]
    started = time.monotonic()
    bombed, good, looped, again = read_apart(files, Limits(seconds=15, megabytes=400))
    assert time.monotonic() - started < 100
    assert "memory" in str(bombed) or "seconds" in str(bombed)
    assert isinstance(good, Reading) and isinstance(again, Reading)
    assert isinstance(looped, Exception) and str(looped)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills as on Unix")
def test_no_process_stays_behind_a_killed_run(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "scr_llm", "init", "p"], cwd=tmp_path, check=True, capture_output=True)
    bomb(tmp_path / "p/inbox/bomb.pdf")
    run = subprocess.Popen([sys.executable, "-m", "scr_llm", "run"], cwd=tmp_path / "p", stderr=subprocess.DEVNULL)
    children: list[psutil.Process] = []
    waited = time.monotonic() + 20
    while not children and time.monotonic() < waited:
        children = psutil.Process(run.pid).children(recursive=True)
        time.sleep(0.05)
    assert children
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive


def test_a_script_without_a_main_guard_is_told_so_and_blames_no_file(tmp_path: Path) -> None:
    """Each process that reads files runs a script again from its beginning, which one from a pipe does not have."""
    script = (
        "from pathlib import Path\n"
        "from scr_llm.stages.read.apart import Limits, Wanted, read_apart\n"
        f"list(read_apart([Wanted(Path({str(GOOD)!r}), 'one')], Limits(workers=1)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-"], input=script, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert "StopError: the processes that read the files could not start" in done.stderr
    assert '`if __name__ == "__main__":`' in done.stderr
