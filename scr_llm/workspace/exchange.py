"""What a workspace gives to other programs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scr_llm.errors import UsageError
from scr_llm.workspace.folder import Folder

if TYPE_CHECKING:
    from scr_llm.records import Briefing, CaseRow, Coding, Export
    from scr_llm.reports.highlighted import Highlighted


class Exchange(Folder):
    """Exchanging what a workspace holds with other programs."""

    def export(self) -> "Export":
        """Everything that is coded, in the format that other programs rely on.

        Names that must not leave the project are left out.
        """
        from scr_llm.reports.export import export

        return export(self.project)

    def exported(self, form: str) -> bytes:
        """The same as a file: json, csv, xlsx or qdpx.

        Raises:
            UsageError: there is no such format.
        """
        return self.exported_with_rest(form)[0]

    def exported_with_rest(self, form: str) -> tuple[bytes, str]:
        """The same, and what the file cannot carry, as a text to be kept beside it; empty where it carries all.

        Raises:
            UsageError: there is no such format.
        """
        from functools import cache

        from scr_llm.render import EXPORTS, Everything, not_carried, render_export
        from scr_llm.reports.briefing import brief
        from scr_llm.reports.sources import sources

        if form not in EXPORTS:
            raise UsageError(f"there is no format {form}.", next_step=f"Choose from {', '.join(EXPORTS)}.")

        def briefing() -> "tuple[Briefing, list[tuple[CaseRow, Coding]]]":
            made, reviews = brief(self.project)
            return made, [(row, review.coding) for row, review in zip(made.cases, reviews, strict=True)]

        everything = Everything(self.export, briefing, cache(lambda: sources(self.project)))
        return render_export(everything, form), not_carried(everything, form)

    def highlighted(self) -> "Iterator[Highlighted]":
        """The PDF of each coded review with its quotes highlighted, one after the other. The originals stay."""
        from scr_llm.reports.highlighted import highlighted_files

        return highlighted_files(self.project)
