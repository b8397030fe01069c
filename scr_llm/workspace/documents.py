"""The documents of a workspace: what each is, whether it counts, and what waits for a decision in it."""

from typing import TYPE_CHECKING

from scr_llm.workspace.folder import Folder

if TYPE_CHECKING:
    from scr_llm.intake.arrivals import Arrivals
    from scr_llm.records import Document, ThemeCoding


class Documents(Folder):
    """The documents of a workspace."""

    def documents(self) -> "list[Document]":
        """Every file that was ever taken in, sorted by name, each with its status and the reason for it."""
        from scr_llm.intake.inbox import intake, present_documents
        from scr_llm.store import Store

        with Store(self.project.database) as store:
            intake(self.project, store)
            return present_documents(store)

    def remarks(self) -> dict[str, list[str]]:
        """Id of each document to what a person should know about how it was coded, one line each."""
        from scr_llm.stages.code.remarks import remarks_on
        from scr_llm.store import Store

        with Store(self.project.database) as store:
            return {document.id: remarks_on(store.coding(document.id)) for document in store.documents()}

    def queue(self) -> "list[tuple[Document, ThemeCoding]]":
        """The undecided themes of every coded document, the most doubtful first."""
        from scr_llm.stages.decisions import queue
        from scr_llm.store import Store

        coded = {d.id: d for d in self.documents() if d.status == "coded"}
        with Store(self.project.database) as store:
            codings = {i: coding for i in coded if (coding := store.coding(i))}
            return [(coded[i], theme) for i, theme in queue(codings, store.decisions())]

    def arrivals(self) -> "Arrivals":
        """Watch the inbox: `check` says whether new files are whole, `done` that they were taken in."""
        from scr_llm.intake.arrivals import Arrivals

        return Arrivals(self.project)

    def include(self, file: str, reason: str, name: str = "") -> "Document":
        """Let the next run code a file that was left out. The reason stays on record.

        Raises:
            UsageError: there is no such file.
            RefusedError: it cannot be coded, for example because its twin is counted already.
        """
        from scr_llm.intake.inclusion import rule

        return rule(self.project, file, "include", reason, name)

    def exclude(self, file: str, reason: str, name: str = "") -> "Document":
        """Leave out a file that was taken for a review. Its coding is kept; `include` brings it back.

        Raises:
            UsageError: there is no such file.
        """
        from scr_llm.intake.inclusion import rule

        return rule(self.project, file, "exclude", reason, name)
