"""The audit of a project: whether anybody changed the record, the signed papers or the files from outside."""

from dataclasses import dataclass

from scr_llm.audit import audit as faults_of
from scr_llm.project import Project
from scr_llm.records import SignOff
from scr_llm.reports.paper_state import PaperState, paper_state
from scr_llm.review.sign_off import finish
from scr_llm.store import Store


@dataclass(frozen=True)
class AuditReport:
    """The record compared with what every sign-off recorded, with the signed papers and with the inbox."""

    decisions: int
    """How many were ever made."""
    head: str
    """The hash in which their chain ends."""
    faults: tuple[str, ...]
    """What is wrong, in words; empty if nothing is."""
    signed_alone: tuple[SignOff, ...]
    """Sign-offs by the person who had decided most of the cells."""
    state: PaperState | None
    """The state of the paper; None if there are faults."""


def audit(project: Project) -> AuditReport:
    """Check the record for changes made from outside."""
    with Store(project.database) as store:
        is_readable = not (store.damage() or store.unreadable())
        if is_readable:
            finish(project, store)  # a sign-off that was interrupted would look like a fault
        faults = faults_of(project)
        decisions, head = store.head()
        state = paper_state(project, store) if is_readable and not faults else None
        alone = [signed for signed in store.signatures() if signed.alone] if is_readable else []
    return AuditReport(decisions, head, tuple(faults), tuple(alone), state)
