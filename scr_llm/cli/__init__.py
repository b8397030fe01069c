"""The commands: arguments in, exit code out. Heavy things are imported when they are needed."""

from scr_llm.cli import batch, measure, model, packs, review, show, work
from scr_llm.cli.base import cli, main

__all__ = ["batch", "cli", "main", "measure", "model", "packs", "review", "show", "work"]
