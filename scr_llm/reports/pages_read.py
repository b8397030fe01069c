"""Which pages of a review were read, as it is coded and decided now."""

from collections.abc import Iterable, Iterator

from scr_llm.project import Project
from scr_llm.records import Document
from scr_llm.stages.decisions import current, decided_by_document
from scr_llm.stages.synthesise import CodedReview, Coverage, coverage
from scr_llm.store import Store


def pages_read(project: Project, documents: Iterable[Document]) -> Iterator[tuple[Document, Coverage]]:
    """The pages of each of these documents that is coded."""
    with Store(project.database) as store:
        for document in documents:
            if coding := store.coding(document.id):
                decided = decided_by_document(store.decisions(document.id)).get(document.id, {})
                yield document, coverage(CodedReview(document, current(coding, decided)))
