"""Read a PDF: every page as text, furniture marked, sections and numbered items found."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from scr_llm.errors import UnreadableError
from scr_llm.records import Page, Reading
from scr_llm.stages.read import scan
from scr_llm.stages.read.inspect import AGREED, BLANKS, Inspection, inspect
from scr_llm.stages.read.items import items
from scr_llm.stages.read.opening import contents
from scr_llm.stages.read.pdf import FEW, RawPage, open_pages
from scr_llm.stages.read.structure import structure
from scr_llm.text.disguise import disguises
from scr_llm.text.flow import Flow, readable, sentences
from scr_llm.text.machine import speaks_to_a_machine

UNSEEN = 0.9
"""Part of a document's letters that cannot be seen from which it is not read at all."""


def read(
    path: Path,
    document_id: str,
    *,
    witness: bool = True,
    look_for_hidden: bool = True,
    megabytes: int | None = None,
    sha256: str = "",
) -> Reading:
    """Read one file.

    Args:
        path: the file.
        document_id: what the reading is of.
        witness: whether a second reader checks every page's text. Slower; without it no page is compared.
        look_for_hidden: whether each page is drawn to find text that cannot be seen. A run always does.
        megabytes: the largest size of a file; a larger one is not read at all.
        sha256: of the bytes that are meant, where they are known.

    Raises:
        FileError: the file holds other bytes than are meant.
        UnreadableError: where no text can be had: empty, not a PDF, too large, encrypted, broken, images only, or next
            to nothing of its text can be seen.
    """
    content = contents(path, megabytes, sha256)
    raw_pages = open_pages(content, look_for_hidden=look_for_hidden)
    if scan.is_installed():
        raw_pages = scan.recognised(content, raw_pages)
    if not any(page.text.strip() for page in raw_pages):
        count = len(raw_pages)
        which = "page 1 is an image" if count == 1 else f"pages 1–{count} are images"
        raise UnreadableError(
            f"{which} without a text layer." if any(p.images for p in raw_pages) else "no page has any text.",
            next_step="Ask for the original file, or install text recognition: pip install scr-llm[ocr].",
        )
    _can_be_seen(raw_pages)
    seen = inspect(content, raw_pages, witness=witness)
    found = structure(raw_pages)
    pages = tuple(
        Page(
            number=index + 1,
            text=page.text,
            marks=marks,
            images=page.images,
            scanned=page.scanned,
            label=seen.labels[index] if seen.labels else None,
            agreement=seen.agreement[index],
            warnings=tuple(_warnings(page, seen, index)),
            engine=page.engine or "none",
        )
        for index, (page, marks) in enumerate(zip(raw_pages, found.marks, strict=True))
    )
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


def _with_orders(pages: tuple[Page, ...], flow: Flow) -> tuple[Page, ...]:
    """The pages, with a warning for each sentence that no coder takes because it gives orders to a program."""
    orders: dict[int, list[str]] = {}
    for sentence in sentences(flow):
        if speaks_to_a_machine(sentence.text):
            order = f"a sentence that gives orders to a program, left out: “{_short(sentence.text)}”"
            orders.setdefault(sentence.page, []).append(order)
    rest = "more sentences that give orders to a program, left out"
    return tuple(
        page.model_copy(update={"warnings": (*page.warnings, *_few(orders.get(page.number, []), rest))})
        for page in pages
    )


def _few(warnings: list[str], rest: str) -> list[str]:
    return warnings if len(warnings) <= 5 else [*warnings[:5], f"{len(warnings) - 5} {rest}"]


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def _can_be_seen(pages: tuple[RawPage, ...]) -> None:
    """Refuse a document of whose text a reader of the printed pages sees next to nothing."""
    why: Counter[str] = Counter()
    letters = 0
    for page in pages:
        letters += _letters(page.text)
        for start, end, reason in page.hidden:
            why[reason.partition(";")[0]] += _letters(page.text[start:end])
    if letters and why.total() > UNSEEN * letters:
        raise UnreadableError(
            f"{why.total() / letters:.0%} of its text cannot be seen on the printed page or is not what is printed there "
            f"({why.most_common(1)[0][0]}).",
            next_step="Print it to PDF again from the original, or on paper and scan it: pip install scr-llm[ocr].",
        )


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _warnings(page: RawPage, seen: Inspection, index: int) -> Iterator[str]:
    """Why a person should look at a page."""
    letters, agreement = len(page.text.strip()), seen.agreement[index]
    if not page.engine:
        yield "neither reader could read this page"
    elif page.engine == "pypdf":
        yield "read by the second reader only"
    elif letters < FEW and page.images:
        yield "an image and almost no text"
    elif not letters:
        yield "no text; check that it is blank"
    if page.scanned:
        yield "its text was recognised from a scan" + ("" if page.engine == "ocr" else " by another program")
    if agreement is not None and agreement < AGREED:
        yield f"the two readers agree on {agreement:.0%} of it only"
    for stretch in seen.stretches[index][:3]:
        yield f"the two readers differ: {stretch}"
    if seen.blanks[index] >= BLANKS:
        yield (
            f"a font of this page calls {seen.blanks[index]} of its characters spaces; "
            "words may be printed that are not in the text"
        )
    if said := readable(seen.noted[index]):
        yield f"an annotation (a note or form field) has text that was not read: “{_short(said)}”"
    strange = sum(1 for character in page.text if character == "\ufffd" or "\ue000" <= character <= "\uf8ff")
    if strange > 0.02 * letters:
        yield "many characters could not be read"
    yield from disguises(page.text)
    hidden = [
        f"text that cannot be seen ({why}), left out: “{_short(readable(page.text[start:end]))}”"
        for start, end, why in page.hidden
    ]
    yield from _few(list(dict.fromkeys(hidden)), "more places with text that cannot be seen, left out")
