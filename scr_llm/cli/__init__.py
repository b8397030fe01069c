"""The commands: arguments in, exit code out. Large modules are imported only when a command needs them."""

from scr_llm.cli import (
    batch,
    brief,
    codebook,
    doctor,
    evaluate,
    fairness,
    governance,
    inclusion,
    mcp,
    move,
    open,
    preview,
    review,
    run,
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
    "fairness",
    "governance",
    "inclusion",
    "main",
    "mcp",
    "move",
    "open",
    "preview",
    "review",
    "run",
    "sheet",
    "show",
    "status",
]
