"""A paper as its record, in JSON."""

from scr_llm.records import Paper
from scr_llm.render import Printing


def render(paper: Paper, _printing: Printing) -> bytes:
    """The whole file, UTF-8."""
    return (paper.model_dump_json(indent=2) + "\n").encode()
