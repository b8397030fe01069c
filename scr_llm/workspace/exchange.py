"""What a workspace gives to other programs."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scr_llm.errors import UsageError
from scr_llm.workspace.folder import Folder

if TYPE_CHECKING:
    from scr_llm.records import Briefing, CaseRow, Codebook, Coding, Export
    from scr_llm.render.sources import Sources
    from scr_llm.reports.highlighted import Highlighted
    from scr_llm.review.qdpx_import import Found
    from scr_llm.themes.qdc_import import NewThemes


class Exchange(Folder):
    """Exchanging what a workspace holds with other programs."""

    def export(self) -> "Export":
        """Everything that is coded, in the format that other programs rely on.

        Names that must not leave the project are left out.
        """
        from scr_llm.reports.export import export

        return export(self.project)

    def exported(self, form: str) -> bytes:
        """The same as a file: json, csv, xlsx, qdpx, qdc (the codebook) or ris.

        Raises:
            UsageError: there is no such format.
        """
        return self.exported_with_rest(form)[0]

    def exported_with_rest(self, form: str, *, codings: bool = True) -> tuple[bytes, str]:
        """The same, and what the file cannot carry, as a text to be kept beside it; empty where it carries all.

        Args:
            form: as for `exported`.
            codings: False for a qdpx file in which a second reviewer codes without seeing what is coded here.

        Raises:
            UsageError: there is no such format.
        """
        from dataclasses import replace
        from functools import cache

        from scr_llm.codebook import load_codebook
        from scr_llm.render import EXPORTS, Everything, not_carried, render_export
        from scr_llm.reports.briefing import brief
        from scr_llm.reports.names import without
        from scr_llm.reports.sources import sources

        if form not in EXPORTS:
            raise UsageError(f"there is no format {form}.", next_step=f"Choose from {', '.join(EXPORTS)}.")

        def briefing() -> "tuple[Briefing, list[tuple[CaseRow, Coding]]]":
            made, reviews = brief(self.project)
            return made, [(row, review.coding) for row, review in zip(made.cases, reviews, strict=True)]

        def codebook() -> "Codebook":
            return without(load_codebook(self.project.codebook_path), self.project.settings.briefing.leave_out)

        def placed() -> "Sources":
            found = sources(self.project)
            bare = tuple(replace(source, coded=(), case=None) for source in found.sources)
            return found if codings else replace(found, sources=bare, bare=True)

        if not codings and form != "qdpx":
            raise UsageError("only qdpx can be written without codings.", next_step="Give --format qdpx.")
        everything = Everything(self.export, briefing, codebook, cache(placed))
        return render_export(everything, form), not_carried(everything, form)

    def highlighted(self) -> "Iterator[Highlighted]":
        """The PDF of each coded review with its quotes highlighted, one after the other. The originals stay."""
        from scr_llm.reports.highlighted import highlighted_files

        return highlighted_files(self.project)

    def import_codings(
        self,
        file: Path,
        name: str,
        role: str,
        *,
        user: str = "",
        assisted: bool = False,
        complete: bool = False,
        agree: "Callable[[Found, Sequence[str]], bool]" = lambda *_: True,
    ) -> "tuple[Found, bool]":
        """Import a person's codings from QualCoder, ATLAS.ti, MAXQDA or NVivo (QDPX) as that person's decisions.

        Every quote is looked up in the review again. Returns what was found, and whether it was imported.

        Args:
            file: the QDPX file.
            name: name of the rater.
            role: role of the rater.
            user: whose codings to take, where several people have coded in the file.
            assisted: take them although the rater may have seen other codings: as ordinary decisions. Without it
                they are those of a blind second reviewer, which never count alone.
            complete: the rater looked for every theme of the file in every document that they coded in; what they did
                not code there, they did not find.
            agree: called with what was found, and each decision in one line, before anything is imported; False to
                leave it.

        Raises:
            UsageError: it is not a QDPX file or not a safe one, several people have coded in it, or others' codings
                are in it and `assisted` is not given.
        """
        from scr_llm.review.qdpx_import import read_codings, summary, take_codings
        from scr_llm.review.session import ReviewSession
        from scr_llm.text.typed import typed

        name, role = typed(name, "the name"), typed(role, "the role")
        session = ReviewSession(self.project)
        try:
            found = read_codings(session, file, name=name, role=role, user=user, assisted=assisted, complete=complete)
            if not found.decisions or not agree(found, summary(session, found)):
                return found, False
            found.not_taken += take_codings(session, found)
            return found, True
        finally:
            session.close()

    def import_codebook(
        self,
        file: Path,
        *,
        name: str,
        reason: str,
        polarity: "Literal['feature', 'shortcoming'] | None" = None,
        agree: "Callable[[NewThemes], bool]" = lambda _: True,
    ) -> "tuple[NewThemes, bool]":
        """Add the codes of a QDC file to the codebook, where it does not have them. What it has stays as it is.

        Returns what is new, and whether it was added. What the file does not say is marked in the note of each theme.

        Args:
            file: the QDC file.
            name: of the person who adds them.
            reason: why; kept in the record.
            polarity: of the new themes for which the file does not say it.
            agree: called with what is new before anything is changed; False to leave the codebook.

        Raises:
            UsageError: it is not a QDC file or not a safe one.
            CodebookError: the result could not be used.
        """
        from scr_llm.themes.changes import take
        from scr_llm.themes.qdc_import import adding, new_themes

        found = new_themes(self.project, file, polarity)
        if not found.codes or not agree(found):
            return found, False
        take(self.project, adding(found), act="added", reason=reason, who=name)
        return found, True
