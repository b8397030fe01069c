"""Coders: each reads a Reading and proposes a DraftCoding."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from scr_llm.records import Codebook, CoderIdentity, DraftCoding, Reading

if TYPE_CHECKING:
    from scr_llm.stages.code.llm.plan import Asking, Plan, Replies


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


@runtime_checkable
class AskingCoder(Coder, Protocol):
    """A coder that asks a model. What comes before and after the asking is work that any process can do."""

    @property
    def how(self) -> "Asking":
        """How it asks, without whom: all that is needed to make its questions elsewhere."""
        ...

    def planned_elsewhere(self, document_id: str, sealed: bytes) -> None:
        """Take the questions about a document that were made elsewhere, for when they are asked."""
        ...

    def planned(self, reading: Reading, codebook: Codebook, do: Callable[..., Any]) -> "Plan":
        """All questions about a document. `do` is called with a function and its arguments, and does the work."""
        ...

    def asked(self, plan: "Plan", do: Callable[..., Any]) -> "Replies":
        """Ask the questions of a plan. Raises as `code` does."""
        ...
