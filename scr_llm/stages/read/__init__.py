"""Read a PDF: every page as text, furniture marked, sections and numbered items found."""

import hashlib
from pathlib import Path

from scr_llm.errors import UnreadableError
from scr_llm.records import Page, Reading
from scr_llm.stages.read.items import items
from scr_llm.stages.read.pdf import RawPage, open_pages
from scr_llm.stages.read.structure import structure
from scr_llm.text.flow import Flow


def read(path: Path, document_id: str) -> Reading:
    """Read one file.

    Raises:
        UnreadableError: where no text can be had: empty, not a PDF, encrypted, broken, or images only.
    """
    raw_pages = open_pages(path)
    if not any(page.text.strip() for page in raw_pages):
        count = len(raw_pages)
        which = "page 1 is an image" if count == 1 else f"pages 1–{count} are images"
        raise UnreadableError(
            f"{which} without a text layer." if any(p.images for p in raw_pages) else "no page has any text.",
            next_step="Scan it again with text recognition, or ask for the original file.",
        )
    found = structure(raw_pages)
    pages = tuple(
        Page(
            number=index + 1, text=page.text, marks=marks, images=page.images, warning=_warning(page),
            engine="pdfium" if page.engine == "pdfium" else "pypdf",
        )
        for index, (page, marks) in enumerate(zip(raw_pages, found.marks, strict=True))
    )  # fmt: skip
    reading = Reading(
        document_id=document_id, pages=pages, sections=found.sections,
        sha256=hashlib.sha256("\f".join(page.text for page in pages).encode()).hexdigest(),
    )  # fmt: skip
    return reading.model_copy(update={"items": items(Flow.of(reading))})


def _warning(page: RawPage) -> str | None:
    if page.engine == "pypdf":
        return "read by the second reader only; check this page"
    if len(page.text.strip()) < 40 and page.images:
        return "an image and almost no text; check this page"
    if not page.text.strip():
        return "no text on this page; check that it is blank"
    strange = sum(1 for character in page.text if character == "\ufffd" or "\ue000" <= character <= "\uf8ff")
    if strange > 0.02 * len(page.text):
        return "many characters could not be read; check this page"
    return None
