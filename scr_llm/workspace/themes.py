"""What a workspace does with its codebook: candidates for new themes, and merging and splitting codes."""

from typing import TYPE_CHECKING

from scr_llm.errors import UsageError
from scr_llm.workspace.folder import Folder

if TYPE_CHECKING:
    from scr_llm.records import Codebook
    from scr_llm.themes.candidates import Suggestions
    from scr_llm.themes.merge_split import Effect


class Themes(Folder):
    """A workspace's codebook."""

    def codebook(self) -> "Codebook":
        """The project's codebook.

        Raises:
            UsageError: it cannot be read, or is not a codebook; names the line.
        """
        from scr_llm.codebook import load_codebook

        return load_codebook(self.project.codebook_path)

    def codebook_faults(self) -> list[str]:
        """What is odd in the codebook: labels that join two things, near-duplicates, definitions too short to apply."""
        from scr_llm.themes.candidates import faults

        return faults(self.codebook())

    def suggest_themes(self) -> "Suggestions":
        """Findings that match no theme: grouped as candidates for new ones, close to a theme, or telling nothing."""
        from scr_llm.themes.candidates import suggestions

        return suggestions(self.project)

    def adopt_theme(self, number: int, code: str, *, label: str, definition: str, name: str, reason: str = "") -> None:
        """Add a candidate to the codebook. The next run codes it in every review.

        Args:
            number: of the candidate in `suggest_themes`, from 1.
            code: id of the new code.
            label: label of the new code.
            definition: what it means, in one sentence.
            name: of the person who adopts it.
            reason: why; kept in the record.

        Raises:
            UsageError: there is no such candidate, the id is taken or not allowed, or an argument is empty.
        """
        from scr_llm.themes.candidates import adopt

        found = self.suggest_themes().groups
        if not 1 <= number <= len(found):
            raise UsageError(f"there is no candidate {number}.", next_step="List them: scr-llm suggest-themes")
        adopt(self.project, found[number - 1], code, label, definition, name, reason)

    def merge_effect(self, one: str, other: str, new: str) -> "list[Effect]":
        """What each review would show after a merge of two codes. Nothing is changed."""
        from scr_llm.themes.merge_split import merge_effect

        return merge_effect(self.project, one, other, new)

    def merge_codes(self, one: str, other: str, new: str, *, label: str, name: str, reason: str = "") -> None:
        """Merge two codes into a new one. Its cells are open in every review until somebody decides them.

        Args:
            one: id of the first code.
            other: id of the second code.
            new: id of the merged code.
            label: label of the merged code.
            name: of the person who merges them.
            reason: why; kept in the record.

        Raises:
            UsageError: the codebook has no such code, or the new id is taken.
        """
        from scr_llm.themes.merge_split import merge

        merge(self.project, one, other, new, label, name, reason)

    def split_effect(self, code: str) -> "list[Effect]":
        """What each review would show after a split of a code. Nothing is changed."""
        from scr_llm.themes.merge_split import split_effect

        return split_effect(self.project, code)

    def split_code(self, code: str, *, name: str, reason: str = "") -> None:
        """Split a code: each of its aspects becomes a code, whose cells are open in every review.

        Args:
            code: id of the code.
            name: of the person who splits it.
            reason: why; kept in the record.

        Raises:
            UsageError: the codebook has no such code, it has no aspects, or a new id is taken.
        """
        from scr_llm.themes.merge_split import split

        split(self.project, code, name, reason)
