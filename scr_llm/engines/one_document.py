"""What is done to one document, whatever is done to the others: read it, code it, find its quotes in it.

    read_document                       a file -> Reading
    code_document                       Reading -> Coded, by a coder that asks nobody
    plan_document, finish_document      Reading -> Planned questions; these and the replies to them -> Coded

These are functions of records. Their arguments and results can be sent to another process or computer, and the same
arguments give the same result there. They store nothing, ask nothing and read no settings. `coded` puts them together:
what a coder that asks can do without its model goes to `do`, perhaps another process, so that this one asks and saves.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scr_llm.records import Codebook, CoderIdentity, Coding, DraftCoding, Reading
from scr_llm.stages.code import AskingCoder, Coder, Do, here
from scr_llm.stages.ground import ground
from scr_llm.stages.read import read as read_document
from scr_llm.tracing import span

if TYPE_CHECKING:
    from scr_llm.stages.code.llm.plan import Asking, Planned, Replies

__all__ = ["Coded", "Do", "code_document", "coded", "finish_document", "here", "plan_document", "read_document"]


@dataclass(frozen=True)
class Coded:
    """A document's coding."""

    draft: DraftCoding
    """As the coder proposed it."""
    coding: Coding
    """As grounded: with those quotes that are in the text, and where they are."""


def code_document(coder: Coder, reading: Reading, codebook: Codebook) -> Coded:
    """A document as a coder codes it. Raises as `coder.code` does. The embedded coder can be sent like a record."""
    with span("code", reading.document_id, pages=len(reading.pages)):
        draft = coder.code(reading, codebook)
    with span("ground", reading.document_id) as note:
        coding = ground(draft, reading)
        note(refused=len(coding.refused))
    return Coded(draft, coding)


def plan_document(how: "Asking", reading: Reading, codebook: Codebook) -> "Planned":
    """All questions to a model about a document. Raises as `plan_of` does."""
    from scr_llm.stages.code.llm.plan import planned_of

    return planned_of(how, reading, codebook)


def finish_document(planned: "Planned", identity: CoderIdentity, replies: "Replies") -> Coded:
    """A document as the replies to its questions code it."""
    from scr_llm.stages.code.llm.plan import draft_of

    plan = planned.plan
    draft = draft_of(plan, identity, replies)
    return Coded(draft, ground(draft, plan.reading))


def coded(coder: Coder, reading: Reading, codebook: Codebook, do: Do = here) -> Coded:
    """Code a document and find its quotes in it. Raises as `coder.code` does.

    Args:
        coder: who codes.
        reading: the document.
        codebook: the codes.
        do: does what a coder that asks a model can do without it. Other coders work here.
    """
    if isinstance(coder, AskingCoder):
        with span("code", reading.document_id, pages=len(reading.pages)):
            planned = coder.kept_plan(reading.document_id) or do(plan_document, coder.how, reading, codebook)
            replies = coder.asked(planned, do)
        with span("ground", reading.document_id) as note:
            done: Coded = do(finish_document, planned, coder.identity, replies)
            note(refused=len(done.coding.refused))
        return done
    return code_document(coder, reading, codebook)
