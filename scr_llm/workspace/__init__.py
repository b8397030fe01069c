"""A project folder and everything that can be done with it.

Other programs call this, and so do the command line and the review page. The job itself is here, from a PDF to a
signed paper; what belongs to it less often is in the files beside this one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scr_llm.errors import ScrError, UsageError
from scr_llm.files import data_dir
from scr_llm.project import init_project, load_project
from scr_llm.workspace.accounting import Accounting
from scr_llm.workspace.documents import Documents
from scr_llm.workspace.exchange import Exchange
from scr_llm.workspace.measuring import Measuring
from scr_llm.workspace.models import CoderName
from scr_llm.workspace.themes import Themes

if TYPE_CHECKING:
    from scr_llm.intake.admission import Progress
    from scr_llm.models.coders import ReadyCoder
    from scr_llm.models.consent import Consent
    from scr_llm.models.preview import Estimate
    from scr_llm.pipeline import Outcome
    from scr_llm.records import Briefing, Coding, Deciding, Document, Explanation, OwnWords, Paper, SignOff
    from scr_llm.reports.current import Current
    from scr_llm.reports.drafts import Written
    from scr_llm.review.cells import MatrixCell
    from scr_llm.review.person import PersonalReview
    from scr_llm.review.sign_off import Answers
    from scr_llm.stages.decisions import Key
    from scr_llm.stages.synthesise import CodedReview, Coverage

DRAFT_FORMATS = ("docx", "html", "md", "xlsx")
"""Formats in which a draft is written by default."""
SUBSETS = ("authority", "batch", "context", "age", "taken-in")
"""What a subset of the reviews can be selected by."""


class Workspace(Documents, Measuring, Themes, Exchange, Accounting):
    """A project folder: its PDFs, what was read and coded, people's decisions, and the papers.

    It can safely be opened several times at once. Whatever needs the record raises StoreError where its database cannot
    be used, or is gone although a paper was signed from it. Every expected failure is a `ScrError` whose message names
    the document, the page and the next step.
    """

    @classmethod
    def create(cls, folder: Path | str, *, name: str | None = None) -> "Workspace":
        """Make a project folder and open it.

        Raises:
            UsageError: the folder already holds a project.
        """
        workspace = cls(init_project(Path(folder), name=name))
        workspace.launchers()
        return workspace

    @classmethod
    def open(cls, folder: Path | str) -> "Workspace":
        """Open a project folder.

        Raises:
            UsageError: it is not a project folder, or its settings are wrong; names the key and its line.
        """
        return cls(load_project(Path(folder)))

    @classmethod
    def demonstration(cls, folder: Path | str) -> "Workspace":
        """Make or open a project with the eight made-up reviews that come with the package.

        Raises:
            UsageError: the folder holds something else.
        """
        root = Path(folder)
        is_project = (root / "project.toml").exists()
        if root.exists() and any(root.iterdir()) and not is_project:
            raise UsageError(
                f"{root} is neither empty nor a project folder.", next_step="Choose another folder with --out."
            )
        workspace = cls.open(root) if is_project else cls.create(root, name="Demonstration")
        workspace.add(sorted((data_dir() / "fixtures" / "batch-1").glob("*.pdf")))
        return workspace

    def launchers(self) -> None:
        """Write the files that open the workbench by a double click. What is there and right stays.

        Raises:
            FileError: one cannot be written.
        """
        from scr_llm.launchers import write_launchers

        write_launchers(self.project.root)

    def add(self, paths: Iterable[Path | str]) -> list[Path]:
        """Copy files into the inbox, for the next run. A file that is there already changes nothing.

        Raises:
            UsageError: a different file with that name is in the inbox; nothing is overwritten.
            FileError: a file cannot be read or copied; the inbox holds no part of it.
        """
        from scr_llm.intake.receiving import add

        return add(self.project, map(Path, paths))

    def take(self, part: Path, name: str) -> tuple[Path, bool]:
        """Move a complete file into the inbox under a name that somebody gave.

        Returns the file, and whether it is new.

        Args:
            part: the file, on the project's disk. If it is refused, or there already, it stays where it is.
            name: any text; it is reduced to a safe name without folders.

        Raises:
            UsageError: it is not a PDF, the inbox is full, or a different file with that name is there.
            FileError: it cannot be read or moved.
        """
        from scr_llm.intake.receiving import take

        return take(self.project, part, name)

    def run(
        self,
        coder: "CoderName | ReadyCoder | None" = None,
        progress: "Progress" = lambda *_: None,
        *,
        consent: "Consent | None" = None,
        afford: "Callable[[Estimate], None]" = lambda _: None,
        engine: str = "local",
    ) -> "Outcome":
        """Take in new files of the inbox, read, code, ground and save them. Earlier codings are kept.

        Args:
            coder: a name, a coder that `coder` prepared, or None for the default.
            progress: called before each document with its file name, its number and the number of documents.
            consent: as for `coder`.
            afford: called with the most that the run can cost, if it costs anything, before the first question is
                asked; raises to refuse.
            engine: `local`, or `ray` for the cluster that project.toml names, or else a Ray on this computer.

        Raises:
            NothingDoneError: the inbox is empty.
            UsageError: there is no such engine, Ray is not installed, or nobody approved reading on its cluster.
        """
        from scr_llm.models.coders import ReadyCoder, engine_of
        from scr_llm.models.consent import Consent
        from scr_llm.models.preview import estimate_of
        from scr_llm.pipeline import run
        from scr_llm.tracing import traced

        if not isinstance(coder, ReadyCoder):
            with self.coder(coder, consent=consent) as ready:
                return self.run(ready, progress, consent=consent, afford=afford, engine=engine)

        def before(ids: Sequence[str]) -> None:
            if cost := estimate_of(self.project, coder, ids):
                afford(cost)

        with (
            traced(self.project.settings.otel.endpoint),
            engine_of(self.project, engine, coder, consent or Consent()) as working,
        ):
            return run(
                self.project,
                coder.coder,
                progress,
                max_concurrency=coder.max_concurrency,
                stop=coder.stop,
                first=before if coder.costs else None,
                engine=working,
            )

    def coding(self, document_id: str) -> "Coding | None":
        """A document's coding as it counts now: the proposals, overlaid with people's decisions.

        None if it is not coded.
        """
        from scr_llm.stages.decisions import current, decided_by_document
        from scr_llm.store import Store

        with Store(self.project.database) as store:
            coding = store.coding(document_id)
            decided = decided_by_document(store.decisions(document_id)).get(document_id, {})
            return current(coding, decided) if coding else None

    def matrix(self) -> "Mapping[Key, MatrixCell]":
        """Every counted cell, by document id and theme: its value, and whether a person has decided it."""
        from scr_llm.review.session import ReviewSession

        session = ReviewSession(self.project)
        try:
            return session.matrix()
        finally:
            session.close()

    def review(self, name: str, role: str, *, blind: bool = False) -> "PersonalReview":
        """Open a session in which a person decides: `next`, `decide` and `undo`.

        Close it, or use it in a `with` block.

        Args:
            name: name of the reviewer.
            role: role of the reviewer.
            blind: review as second reviewer, who sees neither the coder's answers nor the first reviewer's.
        """
        from scr_llm.review.cells import Reviewer
        from scr_llm.review.person import PersonalReview
        from scr_llm.text.typed import typed

        return PersonalReview(self.project, Reviewer(typed(name, "the name"), typed(role, "the role"), blind))

    def ready_to_sign(self) -> tuple[str, ...]:
        """Check that the paper can be signed. Returns its cautions: what might tell a reader who a child is.

        Raises:
            RefusedError: something prevents it, and the first reasons are named.
        """
        from scr_llm.review.sign_off import ready

        return ready(self.project)

    def deciding(self) -> "Deciding":
        """How the deciding went: who decided how many cells, over how long."""
        from scr_llm.review.sign_off import how_decided

        return how_decided(self.project)

    def why_alone(self, name: str, reason: str) -> str:
        """Why the person who decided most cells signs alone, as it is kept; empty if somebody else signs.

        Raises:
            RefusedError: the project asks for two people, and there is no reason.
        """
        from scr_llm.review.sign_off import why_alone

        return why_alone(self.project, self.deciding(), name, reason)

    def sign_off(
        self,
        name: str,
        role: str,
        answers: "Answers | None" = None,
        *,
        alone: str = "",
        edited: Path | None = None,
        own_words: "Sequence[OwnWords]" = (),
    ) -> "tuple[SignOff, list[Path]]":
        """Sign the paper of what is decided now. Returns the record of the sign-off and the files.

        Args:
            name: name of the signatory.
            role: role of the signatory.
            answers: answers to cautions, by the text of the caution.
            alone: why the signatory signs alone; needed from the person who decided most cells.
            edited: a draft as a person edited it in Word, to be signed instead of what the program would write.
            own_words: what in it the record does not bear out, with the signatory's reasons.

        Raises:
            RefusedError: something that is counted is not decided or has changed, which is named; or an edited paper
                says what the record does not bear out; or the person who decided most cells gave no reason for
                signing alone.
        """
        from scr_llm.review.sign_off import sign_off

        return sign_off(self.project, name, role, answers, alone, edited=edited, own_words=own_words)

    def edits_left_out(self) -> str:
        """The file whose edits a signature without it leaves out; empty where nobody edited a draft."""
        from scr_llm.reports.found_words import edits_left_out

        return edits_left_out(self.project)

    def write_signed(self, number: int | None = None) -> list[Path]:
        """Write the files of a signed paper again, byte for byte; the last one without a number.

        Raises:
            UsageError: there is no such signed paper.
        """
        from scr_llm.review.sign_off import write_again

        return write_again(self.project, number)

    def brief(
        self,
        formats: Sequence[str] = DRAFT_FORMATS,
        *,
        only: Mapping[str, str] | None = None,
        prose: bool = False,
        summaries: bool = False,
        consent: "Consent | None" = None,
    ) -> "Written":
        """Write the draft briefing of what is coded and decided now into outputs/.

        A file that a person edited is not overwritten.

        Args:
            formats: any of docx, html, md, xlsx, json.
            only: a subset of the reviews: names from `SUBSETS` to the value that a review must have.
            prose: let the project's model draft a linking sentence for each headline theme.
            summaries: let it draft a summary of five sentences for each case sheet.
            consent: as for `coder`.

        Raises:
            UsageError: a format or subset is unknown, or no review is in the subset.
            FileError: a file cannot be written.
        """
        from scr_llm.models.coders import sentences_of
        from scr_llm.models.consent import Consent
        from scr_llm.render import FORMATS
        from scr_llm.reports.drafts import write

        _check_formats(formats, tuple(FORMATS))
        _check_subset(only or {})
        writer = sentences_of(self.project, consent or Consent()) if prose or summaries else None
        try:
            return write(
                self.project,
                tuple(formats),
                only=dict(only or {}),
                ask=writer.link if writer and prose else None,
                summarise=writer.summarise if writer and summaries else None,
            )
        finally:
            if writer:
                writer.close()

    def draft_after(self, outcome: "Outcome") -> "Written | Current | None":
        """Do what a run does about the draft: write it, unless it is up to date.

        None where it is not, and is not written: the reviews are more than `[briefing] drafted_up_to`.

        Raises:
            FileError: a file cannot be written.
        """
        if not (outcome.coded or outcome.remarks) and (current := self.current_draft()):
            return current
        many = len(outcome.coded) + len(outcome.kept) > self.project.settings.briefing.drafted_up_to
        return None if many else self.brief()

    def pages_read(self, documents: "Iterable[Document]") -> "Iterator[tuple[Document, Coverage]]":
        """Which pages of each of these documents were read, and which of them are quoted; of those that are coded."""
        from scr_llm.reports.pages_read import pages_read

        return pages_read(self.project, documents)

    def current_draft(self) -> "Current | None":
        """What `brief` would find, if it has nothing to write: neither what the draft rests on nor its files changed.

        None if the draft must be written.
        """
        from scr_llm.reports.current import current

        return current(self.project, DRAFT_FORMATS)

    def briefing(self, *, only: Mapping[str, str] | None = None) -> "tuple[Briefing, list[CodedReview]]":
        """The briefing as a record, and the codings behind it. Nothing is written."""
        from scr_llm.reports.briefing import brief

        return brief(self.project, only=only)

    def case_sheet(self, document_id: str) -> "Paper":
        """The page on one review, as it is coded and decided now. Nothing is written.

        Raises:
            UsageError: the review is not in the project, or not coded.
        """
        from scr_llm.reports.case_sheets import sheet_of

        return sheet_of(self.project, document_id)

    def explain(self, theme: str) -> "tuple[Explanation, Paper]":
        """Where a theme's number comes from, as a record and as a paper for printing.

        Raises:
            UsageError: the codebook has no such theme; the message lists its themes.
        """
        from scr_llm.reports.explain import explain

        return explain(self.project, theme)


def _check_formats(formats: Sequence[str], known: Sequence[str]) -> None:
    if not formats:
        raise UsageError("no format was given.", next_step=f"Choose from {', '.join(known)}.")
    if unknown := [form for form in formats if form not in known]:
        raise UsageError(f"no such format: {', '.join(unknown)}.", next_step=f"Choose from {', '.join(known)}.")


def _check_subset(only: Mapping[str, str]) -> None:
    for what, value in only.items():
        if what not in SUBSETS or not value:
            raise UsageError(
                f"{what}={value} is not a subset.", next_step="Give for example --only authority=Northmere."
            )


__all__ = ["DRAFT_FORMATS", "SUBSETS", "CoderName", "ScrError", "Workspace"]
