"""The PDFs of the coded reviews with their quotes highlighted, made one by one in a process of its own."""

from collections.abc import Iterator
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import dataclass

from pebble import ProcessExpired

from scr_llm.errors import ScrError
from scr_llm.project import Project
from scr_llm.render.highlights import highlighted
from scr_llm.render.sources import Source
from scr_llm.reports.sources import SECONDS, own_process, sources


@dataclass(frozen=True)
class Highlighted:
    """A highlighted copy of a review's PDF, or why there is none."""

    name: str
    """File name."""
    content: bytes | None
    """The copy; None where there is none."""
    remark: str
    """Why there is none, or which quotes are not highlighted; empty where all is well."""


def highlighted_files(project: Project) -> Iterator[Highlighted]:
    """Every coded review with its quotes highlighted. The originals are only read."""
    everything = sources(project)
    with own_process(project) as pool:
        for source in everything.sources:
            name = f"{source.stem}-highlighted.pdf"
            try:
                asked = pool.schedule(highlighted, args=(source, everything.codebook), timeout=SECONDS)
                yield Highlighted(name, asked.result(), _not_placed(source))
            except ScrError as error:
                yield Highlighted(name, None, str(error))
            except (OutOfTime, ProcessExpired):
                yield Highlighted(name, None, f"{source.file}: adding highlights took too much time or memory.")
            except Exception as error:  # a hostile file may raise anything; it must not stop the other files
                yield Highlighted(name, None, f"{source.file}: the file is broken ({type(error).__name__}).")


def _not_placed(source: Source) -> str:
    missing = {p.words.page for c in source.coded if c.code for quote in c.quotes for p in quote if not p.boxes}
    if not missing:
        return ""
    pages = ", ".join(map(str, sorted(missing)))
    return f"{source.file}: quotes on page {pages} are not highlighted, because their place there is not known."
