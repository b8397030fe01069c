"""What an edited paper is compared with, and how it compares now."""

from pathlib import Path

from scr_llm.project import Project
from scr_llm.records import Briefing
from scr_llm.reports.briefing import Signature, brief, paper
from scr_llm.reports.word_limits import read_word
from scr_llm.review.as_edited import Basis, Looked, look
from scr_llm.store import Store


def basis_of(project: Project, store: Store, signed: Briefing) -> Basis:
    """What an edited paper is compared with; `signed` is the paper as the program would write it, signed."""
    return Basis(
        draft=brief(project)[0],
        signed=signed,
        drafts=store.drafts("briefing"),
        readings={row.document_id: reading for row in signed.cases if (reading := store.reading(row.document_id))},
        signatures=store.signatures(),
        leave_out=project.settings.briefing.leave_out,
    )


def looked_at(project: Project, store: Store, path: Path) -> Looked:
    """An edited file beside the record as it is now.

    Raises:
        UsageError: it is not a Word file, or not one of a draft of this project.
        FileError: it cannot be read.
    """
    signed, _, _ = paper(project, signature=Signature("SIGNED OFF", "0"))
    return look(read_word(path), path.name, basis_of(project, store, signed))
