"""Coders: each reads a Reading and proposes a DraftCoding."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from scr_llm.records import Codebook, CoderIdentity, DraftCoding, Reading

if TYPE_CHECKING:
    from scr_llm.stages.code.llm.plan import Asking, Planned, Replies


class Coder(Protocol):
    """Proposes a coding. Its quotes are checked afterwards; nothing it says is taken on trust.

    `code` raises CoderError if the document could not be coded.
    """

    @property
    def identity(self) -> CoderIdentity:
        """The coder, as recorded with the coding."""
        ...

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose findings, recommendations, case facts and one flag for each code of the codebook."""
        ...


Do = Callable[..., Any]
"""Does a piece of work somewhere, and waits for it: called with a function of a module and its arguments."""


def here(work: Callable[..., Any], *given: Any) -> Any:
    """Do a piece of work in this process."""
    return work(*given)


@runtime_checkable
class AskingCoder(Coder, Protocol):
    """A coder that asks a model. What comes before and after the asking is work that any process can do."""

    how: "Asking"
    """How it asks, whichever the document is."""

    def keep_plan(self, document_id: str, packed: bytes) -> None:
        """Take the packed questions about a document that were made elsewhere, until they are asked or shown."""
        ...

    def kept_plan(self, document_id: str) -> "Planned | None":
        """The questions about a document that were made ahead, handed over; None if none were."""
        ...

    def asked(self, planned: "Planned", do: Do) -> "Replies":
        """Ask the questions of a plan. Raises as `code` does."""
        ...
