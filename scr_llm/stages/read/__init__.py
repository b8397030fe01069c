"""Read a PDF: every page as text, furniture marked, sections and numbered items found."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from scr_llm.errors import UnreadableError
from scr_llm.records import CrossCheckMode, Page, Reading
from scr_llm.stages.read import scan
from scr_llm.stages.read.inspect import BLANKS, Checked, Inspection, inspect
from scr_llm.stages.read.items import items
from scr_llm.stages.read.layout import RawPage
from scr_llm.stages.read.opening import contents
from scr_llm.stages.read.pdf import FEW, open_pages
from scr_llm.stages.read.structure import Structure, structure
from scr_llm.text.disguise import disguises
from scr_llm.text.flow import Flow, readable, sentences
from scr_llm.text.machine import looks_like_prompt_injection

UNSEEN = 0.9
"""Share of a document's letters (0-1) that may be invisible before the document is refused."""
_FEW = 5
"""Warnings of one sort that are listed for a page; the rest are counted."""


def read(
    path: Path,
    document_id: str,
    *,
    cross_check: CrossCheckMode = "full",
    look_for_hidden: bool = True,
    megabytes: int | None = None,
    sha256: str = "",
) -> Reading:
    """Read one file.

    Args:
        path: the file.
        document_id: id of the document that the file holds.
        cross_check: which pages a second reader checks: all, those that look odd and a sample, or none.
        look_for_hidden: whether each page is drawn to find text that cannot be seen. A run always does this.
        megabytes: the largest file to read; a larger one is refused unread.
        sha256: the expected checksum of the file, where it is known.

    Raises:
        FileError: the file does not have the expected checksum.
        UnreadableError: no text can be extracted: the file is empty, not a PDF, too large, encrypted, broken or holds
            only images, or almost none of its text can be seen.
    """
    content = contents(path, megabytes, sha256)
    raw_pages = open_pages(content, look_for_hidden=look_for_hidden)
    if scan.is_installed():
        raw_pages = scan.recognised(content, raw_pages)
    _refuse_without_text(raw_pages)
    _refuse_if_unseen(raw_pages)
    seen = inspect(content, raw_pages, cross_check=cross_check)
    found = structure(raw_pages)
    pages = _pages(raw_pages, found, seen)
    reading = Reading(
        document_id=document_id,
        file=seen.facts,
        pages=pages,
        sections=found.sections,
        sha256=hashlib.sha256("\f".join(page.text for page in pages).encode()).hexdigest(),
    )
    flow = Flow.of(reading)
    found_items, passed_over = items(flow, found.rows, pages)
    update = {"items": found_items, "passed_over": passed_over, "pages": _with_orders(reading.pages, flow)}
    return reading.model_copy(update=update)


def cross_checked(reading: Reading, found: Mapping[int, Checked]) -> Reading:
    """A reading after some of its pages, by their numbers, were read a second time."""
    pages = list(reading.pages)
    for number, checked in found.items():
        page = pages[number - 1]
        pages[number - 1] = page.model_copy(
            update={
                "agreement": checked.compared.agreement,
                "cross_checked": checked.why,
                "warnings": (*page.warnings, *warnings_of(checked)),
            }
        )
    return reading.model_copy(update={"pages": tuple(pages)})


def warnings_of(checked: Checked) -> Iterator[str]:
    """Why a person should check a page that a second reader read, or could not read."""
    yield from checked.compared.warnings
    if checked.why == "impossible":
        yield "the second reader could not read this page"


def _pages(raw_pages: tuple[RawPage, ...], found: Structure, seen: Inspection) -> tuple[Page, ...]:
    """The pages as records, each with what is known about it."""
    return tuple(
        Page(
            number=index + 1,
            text=page.text,
            marks=marks,
            images=page.images,
            scanned=page.scanned,
            label=seen.labels[index] if seen.labels else None,
            agreement=seen.checked[index].compared.agreement,
            cross_checked=seen.checked[index].why,
            warnings=tuple(_warnings(page, seen, index)),
            engine=page.engine or "none",
        )
        for index, (page, marks) in enumerate(zip(raw_pages, found.marks, strict=True))
    )


def _with_orders(pages: tuple[Page, ...], flow: Flow) -> tuple[Page, ...]:
    """The pages, with a warning for each sentence that is left out because it gives orders to a program."""
    orders: dict[int, list[str]] = {}
    for sentence in sentences(flow):
        if looks_like_prompt_injection(sentence.text):
            order = f"a sentence that gives orders to a program, left out: “{_short(sentence.text)}”"
            orders.setdefault(sentence.page, []).append(order)
    rest = "more sentences that give orders to a program, left out"
    return tuple(
        page.model_copy(update={"warnings": (*page.warnings, *_few(orders.get(page.number, []), rest))})
        for page in pages
    )


def _few(warnings: list[str], rest: str) -> list[str]:
    return warnings if len(warnings) <= _FEW else [*warnings[:_FEW], f"{len(warnings) - _FEW} {rest}"]


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _refuse_without_text(pages: tuple[RawPage, ...]) -> None:
    """Refuse a document that has no text on any page."""
    if any(page.text.strip() for page in pages):
        return
    which = "page 1 is an image" if len(pages) == 1 else f"pages 1–{len(pages)} are images"
    raise UnreadableError(
        f"{which} without a text layer." if any(page.images for page in pages) else "no page has any text.",
        next_step='Ask for the original file, or install text recognition: pip install "scr-llm[ocr]".',
    )


def _refuse_if_unseen(pages: tuple[RawPage, ...]) -> None:
    """Refuse a document when a person reading the printed pages would see almost none of its text."""
    why: Counter[str] = Counter()
    letters = 0
    for page in pages:
        letters += _letters(page.text)
        for start, end, reason in page.hidden:
            why[reason.partition(";")[0]] += _letters(page.text[start:end])
    if letters and why.total() > UNSEEN * letters:
        raise UnreadableError(
            f"{why.total() / letters:.0%} of its text cannot be seen on the printed page, or differs from what is "
            f"printed there ({why.most_common(1)[0][0]}).",
            next_step="Print the original to PDF again; or print it on paper and scan it, "
            'with text recognition installed: pip install "scr-llm[ocr]".',
        )


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _warnings(page: RawPage, seen: Inspection, index: int) -> Iterator[str]:
    """The reasons why a person should check a page."""
    letters = len(page.text.strip())
    if not page.engine:
        yield "neither reader could read this page"
    elif page.engine == "pypdf":
        yield "read by the second reader only"
    elif letters < FEW and page.images:
        yield "an image and almost no text"
    elif not letters:
        yield "no text; check that the page is blank"
    if page.scanned:
        yield "its text was recognised from a scan" + ("" if page.engine == "ocr" else " by another program")
    if page.engine == "pdfium":
        yield from warnings_of(seen.checked[index])
    if seen.blanks[index] >= BLANKS:
        yield (
            f"a font on this page treats {seen.blanks[index]} of its characters as spaces; "
            "some printed words may be missing from the text"
        )
    if note := readable(seen.noted[index]):
        yield f"an annotation (a note or form field) has text that was not read: “{_short(note)}”"
    strange = sum(1 for character in page.text if character == "\ufffd" or "\ue000" <= character <= "\uf8ff")
    if strange > 0.02 * letters:
        yield "many characters could not be read"
    yield from disguises(page.text)
    hidden = [
        f"text that cannot be seen ({why}), left out: “{_short(readable(page.text[start:end]))}”"
        for start, end, why in page.hidden
    ]
    yield from _few(list(dict.fromkeys(hidden)), "more passages of text that cannot be seen, left out")
