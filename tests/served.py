"""A project and its review page, served by the real command on loopback."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
REVIEWS = ("corriford-child-1", "dunvarrow-young-person-r")


def coded_project(root: Path, names: tuple[str, ...] = REVIEWS) -> Path:
    from scr_llm import pipeline
    from scr_llm.codebook import load_codebook
    from scr_llm.project import init_project
    from scr_llm.stages.code.rules import RulesCoder

    project = init_project(root)
    for name in names:
        path = next(ROOT.glob(f"fixtures/batch-*/{name}.pdf"))
        shutil.copyfile(path, project.inbox / path.name)
    pipeline.run(project, RulesCoder(pipeline.rules_identity(load_codebook(project.codebook_path))))
    return root


@dataclass
class Served:
    address: str
    """With the one-time token."""

    @property
    def base(self) -> str:
        return self.address.split("/?")[0].rstrip("/")


@contextmanager
def review_page(root: Path, *options: str) -> Iterator[Served]:
    """`scr-llm review` over the real socket."""
    command = [sys.executable, "-m", "scr_llm", "review", "--project", str(root), "--port", "0", "--no-browser", *options]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr
        told, found = "", None
        for line in server.stderr:
            told += line
            if found := re.search(r"http://\S+", line):
                break
        assert found, told
        yield Served(found[0])
    finally:
        server.terminate()
        server.wait()
        if server.stderr:
            server.stderr.close()


ALEX = ("--name", "Alex Reader", "--role", "Analyst")
SAM = ("--name", "Sam Second", "--role", "Designated nurse", "--blind")
