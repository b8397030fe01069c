"""Coders: each reads a Reading and proposes a DraftCoding."""

from typing import Protocol

from scr_llm.records import Codebook, CoderIdentity, DraftCoding, Reading


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
