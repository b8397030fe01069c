"""Run a command in a separate process and kill it as if the plug were pulled: at its Nth lasting step, or after a time.

A lasting step is anything that changes the disk: opening a file for writing, renaming, linking or removing one, making
a folder, committing a transaction. The steps are counted from outside, by Python's audit hooks and SQLAlchemy's events,
so that the program carries no hooks for tests.
"""

import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "kills",
        "scr_llm.cli",
        "scr_llm.pipeline",
        "scr_llm.review.sign_off",
        "scr_llm.reports.drafts",
        "scr_llm.review.spreadsheet",
        "scr_llm.web",
        "pebble",
    ]
)
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "shutil.rmtree"}


class _Plug:
    """Pulled at the Nth lasting step within a folder."""

    def __init__(self, at: int, folder: str) -> None:
        self.left, self._folder = at, folder

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(self, event: str, args: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(args[2], int) and bool(args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if (writes or event in _CHANGES) and str(args[0]).startswith(self._folder):
            self.step()


def install(at: int, folder: str) -> None:
    """Kill this process at its Nth lasting step within a folder."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    plug = _Plug(at, folder)
    event.listen(Engine, "commit", lambda _: plug.step())
    sys.addaudithook(plug.hook)


def _run(at: int, folder: str, arguments: list[str]) -> None:
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    from scr_llm.cli import main

    if at:
        install(at, folder)
    sys.argv = ["scr-llm", *arguments]
    main()


def start(arguments: list[str], folder: object = "", at: int = 0) -> ForkServerProcess:
    """Start a command; with `at`, it kills itself at that lasting step within the folder."""
    process = _CONTEXT.Process(target=_run, args=(at, str(folder), [str(a) for a in arguments]))
    process.start()
    return process


def run(arguments: list[str], folder: object = "", at: int = 0) -> int:
    """Run a command to its end. Returns its exit code; -9 where it was killed."""
    process = start(arguments, folder, at)
    process.join(120)
    assert process.exitcode is not None, "it hangs"
    return process.exitcode


if __name__ == "__main__":  # python kills.py N FOLDER ARGUMENTS…: a server that is to be killed at its Nth step
    install(int(sys.argv[1]), sys.argv[2])
    sys.argv = ["scr-llm", *sys.argv[3:]]
    from scr_llm.cli import main

    main()
