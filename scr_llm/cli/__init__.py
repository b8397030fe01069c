"""The commands: arguments in, exit code out. Large modules are imported only when a command needs them."""

from scr_llm.cli import (
    batch,
    brief,
    codebook,
    doctor,
    evaluate,
    governance,
    inclusion,
    interop,
    move,
    open,
    preview,
    review,
    run,
    serve,
    sheet,
    show,
    status,
)
from scr_llm.cli.base import cli, main

__all__ = [
    "batch",
    "brief",
    "cli",
    "codebook",
    "doctor",
    "evaluate",
    "governance",
    "inclusion",
    "interop",
    "main",
    "move",
    "open",
    "preview",
    "review",
    "run",
    "serve",
    "sheet",
    "show",
    "status",
]
