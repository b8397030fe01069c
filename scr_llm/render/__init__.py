"""One file for each format: a briefing in, bytes out. The same input gives the same bytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from scr_llm.records import Briefing, CaseRow, Codebook, Coding, Export, Paper
from scr_llm.render.bookmarks import Kept
from scr_llm.render.sources import Sources


@dataclass(frozen=True)
class Printing:
    """What a renderer may need beside the paper."""

    items: Sequence[tuple[CaseRow, Coding]] = ()
    """The codings behind a briefing, for the workbook's list of findings."""
    template: bytes | None = None
    """A Word file with the board's styles."""
    evidence: str = "evidence"
    """Name of the evidence file beside a briefing, without its ending, which the numbers of the HTML file lead to."""
    kept: Kept | None = None
    """Which pieces are a person's words, for the bookmarks and comments of the Word file."""
    stylesheet: str = ""
    """Address of the styles of an HTML file that a server shows; empty where the file holds them itself."""


FORMATS = {
    "docx": "scr_llm.render.word",
    "html": "scr_llm.render.html",
    "md": "scr_llm.render.markdown",
    "xlsx": "scr_llm.render.workbook",
    "json": "scr_llm.render.record",
}
"""Of a paper. Format to the module whose `render(paper, printing)` makes its bytes; it is imported when it is used."""
EXPORTS = {
    "json": "scr_llm.render.export_json",
    "csv": "scr_llm.render.export_csv",
    "xlsx": "scr_llm.render.workbook",
    "qdpx": "scr_llm.render.qdpx",
    "qdc": "scr_llm.render.qdc",
    "ris": "scr_llm.render.ris",
}
"""Of everything that is coded. Format to the module whose `export(everything)` makes its bytes."""
FOLDERS = ("pdf",)
"""Formats of an export that are a folder of files."""


def render(
    paper: Paper,
    form: str,
    *,
    items: Sequence[tuple[CaseRow, Coding]] = (),
    template: bytes | None = None,
    evidence: str = "evidence",
    kept: Kept | None = None,
    stylesheet: str = "",
) -> bytes:
    """A paper in one of `FORMATS`. The other arguments are as in `Printing`."""
    printing = Printing(items, template, evidence, kept, stylesheet)
    return bytes(import_module(FORMATS[form]).render(paper, printing))


@dataclass(frozen=True)
class Everything:
    """What is coded in a project. Each part is made when a format asks for it."""

    export: Callable[[], Export]
    """The record that other programs read."""
    briefing: Callable[[], tuple[Briefing, Sequence[tuple[CaseRow, Coding]]]]
    """The briefing of the whole project, with the coding behind each of its cases."""
    codebook: Callable[[], Codebook]
    """What the themes mean."""
    sources: Callable[[], Sources]
    """Every review with the place of each quote in its file."""


def render_export(everything: Everything, form: str) -> bytes:
    """Everything that is coded, in one of `EXPORTS`."""
    return bytes(import_module(EXPORTS[form]).export(everything))


def not_carried(everything: Everything, form: str) -> str:
    """What an export in this format cannot carry, as a text to be kept beside it; empty where it carries all."""
    told = getattr(import_module(EXPORTS[form]), "not_carried", None)
    return str(told(everything)) if told else ""
