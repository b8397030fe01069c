"""Have a second reader read the pages that are quoted. They are known only after the coding."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scr_llm.errors import UnreadableError
from scr_llm.intake.admission import limits_of, notes, read_once
from scr_llm.project import Project
from scr_llm.records import Document
from scr_llm.stages.read import cross_checked
from scr_llm.stages.read.apart import Processes, ToCheck, check_apart
from scr_llm.stages.read.inspect import IMPOSSIBLE, Checked
from scr_llm.store import Store


def check_quoted(
    project: Project, store: Store, documents: Sequence[Document], processes: Processes | None = None
) -> None:
    """Have a second reader read the pages of some documents that their codings quote, unless the settings say not to.

    A page on which the readers differ is flagged like any other. The reading is done in `processes`.
    """
    pages = {d.id: set(d.quoted_once) for d in documents if d.status == "coded" and d.quoted_once}
    _check(project, store, pages, processes)


def check_decided(project: Project, store: Store) -> None:
    """Have a second reader read every page that a coding or a person quotes, before a paper is signed."""
    pages = {d.id: set(d.quoted_once) for d in store.documents() if d.status == "coded" and d.read_once}
    for decision in store.decisions() if pages else ():
        if decision.document_id in pages:
            pages[decision.document_id] |= {each.page for each in decision.evidence}
    _check(project, store, pages)


def _check(project: Project, store: Store, pages: Mapping[str, set[int]], processes: Processes | None = None) -> None:
    """Check pages of documents, by their ids, and store what is found."""
    if project.settings.read.cross_check == "off":
        return
    due: list[tuple[Document, list[int]]] = []
    for document_id, numbers in pages.items():
        if (document := store.document(document_id)) is None:
            continue
        if unread := _unchecked(store, document, numbers):
            due.append((document, sorted(unread)))
        elif document.quoted_once:  # pages that have no second text, such as scans
            store.save_document(document.model_copy(update={"quoted_once": ()}), seen=document)
    checked = check_apart(_asked(project, store, due), len(due), limits_of(project), processes)
    for (document, pages_due), found in zip(due, checked, strict=True):
        if isinstance(found, UnreadableError):  # the second reader was stopped by a limit, or failed
            found = dict.fromkeys(pages_due, IMPOSSIBLE)
        if not isinstance(found, Exception):
            _store(store, document, found)


def _unchecked(store: Store, document: Document, numbers: set[int]) -> set[int]:
    """Those of some pages that no second reader has tried to read. Not every document's text is read for it."""
    unread = numbers & set(document.read_once or ())
    reading = store.reading(document.id) if unread else None
    return {n for n in unread if reading.pages[n - 1].cross_checked == "no"} if reading else set()


def _asked(project: Project, store: Store, due: Iterable[tuple[Document, list[int]]]) -> Iterator[ToCheck]:
    for document, numbers in due:
        reading = store.reading(document.id)
        texts = {number: reading.pages[number - 1].text for number in numbers} if reading else {}
        yield ToCheck(project.inbox / document.file, document.sha256, texts)


def _store(store: Store, document: Document, found: Mapping[int, Checked]) -> None:
    reading = store.reading(document.id)
    if reading is None:
        return
    now = cross_checked(reading, found)
    update = {"notes": notes(now), "read_once": read_once(now), "quoted_once": ()}
    store.save_reading(now, [(document, document.model_copy(update=update))])
