"""The commands: arguments in, exit code out. Heavy things are imported when they are needed."""

from scr_llm.cli import batch, codebook, measure, model, packs, review, show, work
from scr_llm.cli.base import cli, main

__all__ = ["batch", "cli", "codebook", "main", "measure", "model", "packs", "review", "show", "work"]
