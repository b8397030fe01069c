"""A paper as its record, in JSON."""

from pydantic_core import to_json

from scr_llm.records import Paper
from scr_llm.render import Printing


def render(paper: Paper, _printing: Printing) -> bytes:
    """The whole file, UTF-8."""
    return to_json(paper, indent=2) + b"\n"
