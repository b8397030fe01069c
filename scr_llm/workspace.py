"""A project folder and all that one can do with it. The command line, the page and other programs call this."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scr_llm.errors import ScrError, UsageError
from scr_llm.project import Project, data_dir, init_project, load_project

if TYPE_CHECKING:
    from scr_llm.intake.admission import Progress
    from scr_llm.models.coders import ReadyCoder
    from scr_llm.models.consent import Consent
    from scr_llm.models.preview import Estimate
    from scr_llm.pipeline import Outcome
    from scr_llm.records import Briefing, Coding, Document, Explanation, Export, Paper, SignOff
    from scr_llm.reports.drafts import Written
    from scr_llm.review.cells import MatrixCell
    from scr_llm.review.person import PersonalReview
    from scr_llm.review.sign_off import Answers
    from scr_llm.stages.decisions import Key
    from scr_llm.stages.synthesise import CodedReview

CoderName = Literal["rules", "llm"]
"""Who codes: the embedded coder, or the model that project.toml names."""
DRAFT_FORMATS = ("docx", "html", "md", "xlsx")
"""Formats in which a draft is written where none is asked for."""
SUBSETS = ("authority", "batch", "context", "age", "taken-in")
"""What a subset of the reviews can be chosen by."""


class Workspace:
    """A project folder: its PDFs, what was read and coded, people's decisions, and the papers. Safe to open anywhere, as often as wished.

    Everything that can go wrong is a `ScrError` with the document, the page and the next step in its words.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        """Where the folder is, and its settings."""

    @classmethod
    def create(cls, folder: Path | str, *, name: str | None = None) -> "Workspace":
        """Make a project folder and open it.

        Raises:
            UsageError: there is a project already.
        """
        return cls(init_project(Path(folder), name=name))

    @classmethod
    def open(cls, folder: Path | str) -> "Workspace":
        """Open a project folder.

        Raises:
            UsageError: it is none, or its settings are wrong; names the key and its line.
            StoreError: its database is gone although something was signed from it.
        """
        return cls(load_project(Path(folder)))

    @classmethod
    def demonstration(cls, folder: Path | str) -> "Workspace":
        """Make, or open, a project with the eight made-up reviews that are shipped.

        Raises:
            UsageError: the folder holds something else.
        """
        root = Path(folder)
        is_project = (root / "project.toml").exists()
        if root.exists() and any(root.iterdir()) and not is_project:
            raise UsageError(
                f"{root} is neither empty nor a project folder.", next_step="Give another folder with --out."
            )
        workspace = cls.open(root) if is_project else cls.create(root, name="Demonstration")
        workspace.add(sorted((data_dir() / "fixtures" / "batch-1").glob("*.pdf")))
        return workspace

    def add(self, paths: Iterable[Path | str]) -> list[Path]:
        """Copy files into the inbox, to be taken in by the next run. The same file again changes nothing.

        Raises:
            UsageError: another file of that name is in the inbox already; nothing is written over.
        """
        placed = []
        for path in map(Path, paths):
            target = self.project.inbox / path.name
            if target.exists() and target.read_bytes() != path.read_bytes():
                raise UsageError(
                    f"another file named {path.name} is in the inbox already.",
                    next_step="Rename the new one; if it is a corrected issue, replace the old one yourself.",
                )
            if not target.exists():
                shutil.copyfile(path, target)
            placed.append(target)
        return placed

    def default_coder(self) -> CoderName:
        """Who codes where nobody says: the model, where project.toml names one, else the embedded coder."""
        return "llm" if self.project.settings.llm.is_set else "rules"

    @contextmanager
    def coder(
        self, name: CoderName | None = None, *, consent: "Consent | None" = None, replay: Path | None = None
    ) -> Iterator["ReadyCoder"]:
        """A coder, ready to code until the end of the block.

        Args:
            name: who codes; None for the default.
            consent: who is asked before text goes to a remote model. Without it, nothing is sent to one.
            replay: a file of recorded replies to answer from, for `llm`; nothing is sent.

        Raises:
            UsageError: no model is set, or it is remote and nobody approved it or agreed.
        """
        from scr_llm.models.coders import choose_coder
        from scr_llm.models.consent import Consent

        chosen = choose_coder(
            self.project, name or ("llm" if replay else self.default_coder()), consent or Consent(), replay=replay
        )
        try:
            yield chosen
        finally:
            chosen.close()

    def run(
        self,
        coder: "CoderName | ReadyCoder | None" = None,
        progress: "Progress" = lambda *_: None,
        *,
        consent: "Consent | None" = None,
        afford: "Callable[[Estimate], None]" = lambda _: None,
    ) -> "Outcome":
        """Take in what is new in the inbox, read, code, ground and save. What was coded before is kept.

        Args:
            coder: who codes: a name, one that `coder` made ready, or None for the default.
            progress: called before each document with its file name, its number and how many there are.
            consent: as for `coder`.
            afford: told what the run will cost at most, where it costs anything, before the first question is asked; raises to refuse.

        Raises:
            NothingDoneError: the inbox is empty.
        """
        from scr_llm.models.coders import ReadyCoder
        from scr_llm.models.preview import estimate_of
        from scr_llm.pipeline import run

        if not isinstance(coder, ReadyCoder):
            with self.coder(coder, consent=consent) as ready:
                return self.run(ready, progress, afford=afford)

        def before(ids: Sequence[str]) -> None:
            if cost := estimate_of(self.project, coder, ids):
                afford(cost)

        return run(
            self.project,
            coder.coder,
            progress,
            max_concurrency=coder.max_concurrency,
            stop=coder.stop,
            first=before if coder.costs else None,
        )

    def documents(self) -> "list[Document]":
        """Every file that was ever taken in, in the order of their names, each with where it stands and why."""
        from scr_llm.intake.inbox import intake, present_documents
        from scr_llm.store import Store

        with Store(self.project.store_path) as store:
            intake(self.project, store)
            return present_documents(store)

    def coding(self, document_id: str) -> "Coding | None":
        """A document's coding as it counts now: what was proposed, with people's decisions over it. None where it is not coded."""
        from scr_llm.stages.decisions import current
        from scr_llm.store import Store

        with Store(self.project.store_path) as store:
            coding = store.coding(document_id)
            return current(coding, store.decisions()) if coding else None

    def matrix(self) -> "Mapping[Key, MatrixCell]":
        """Every cell that is counted, by document id and theme: its value, and whether a person has decided it."""
        from scr_llm.review.session import ReviewSession

        session = ReviewSession(self.project)
        try:
            return session.matrix()
        finally:
            session.close()

    def review(self, name: str, role: str, *, blind: bool = False) -> "PersonalReview":
        """A session in which a person decides: `next`, `decide` and `undo`. Close it, or use it in a `with` block.

        Args:
            name: who decides.
            role: in which role.
            blind: as second reviewer, who sees neither the coder's answers nor the first reviewer's.
        """
        from scr_llm.review.cells import Reviewer
        from scr_llm.review.person import PersonalReview
        from scr_llm.text.typed import typed

        return PersonalReview(self.project, Reviewer(typed(name, "the name"), typed(role, "the role"), blind))

    def sign_off(self, name: str, role: str, answers: "Answers | None" = None) -> "tuple[SignOff, list[Path]]":
        """Sign the paper of what is decided now. Returns the record of it and the files.

        Args:
            name: who signs.
            role: in which role.
            answers: to cautions, by their text.

        Raises:
            RefusedError: something that is counted is not decided, or changed; names what.
        """
        from scr_llm.review.sign_off import sign_off

        return sign_off(self.project, name, role, answers)

    def brief(
        self,
        formats: Sequence[str] = DRAFT_FORMATS,
        *,
        only: Mapping[str, str] | None = None,
        prose: bool = False,
        consent: "Consent | None" = None,
    ) -> "Written":
        """Write the draft briefing of what is coded and decided now into outputs/. A file that a person edited stays as it is.

        Args:
            formats: of docx, html, md, xlsx, json.
            only: a subset of the reviews: one of `SUBSETS` to the value that a review must have.
            prose: whether the project's model drafts a linking sentence for each headline theme.
            consent: as for `coder`.

        Raises:
            UsageError: a format or subset is unknown, or no review is in it.
            FileError: a file cannot be written.
        """
        from scr_llm.models.coders import sentences_of
        from scr_llm.models.consent import Consent
        from scr_llm.reports.drafts import write

        known = (*DRAFT_FORMATS, "json")
        if not formats:
            raise UsageError("no format is named.", next_step=f"Choose from {', '.join(known)}.")
        if unknown := [f for f in formats if f not in known]:
            raise UsageError(f"no such format: {', '.join(unknown)}.", next_step=f"Choose from {', '.join(known)}.")
        for what, value in (only or {}).items():
            if what not in SUBSETS or not value:
                raise UsageError(
                    f"{what}={value} is not a subset.", next_step="Write for example --only authority=Northmere."
                )
        ask, close = sentences_of(self.project, consent or Consent()) if prose else (None, lambda: None)
        try:
            return write(self.project, tuple(formats), only=dict(only or {}), ask=ask)
        finally:
            close()

    def briefing(self, *, only: Mapping[str, str] | None = None) -> "tuple[Briefing, list[CodedReview]]":
        """The briefing as a record, and the codings that it rests on. Nothing is written."""
        from scr_llm.reports.briefing import brief

        return brief(self.project, only=only)

    def export(self) -> "Export":
        """Everything that is coded, in the shape that other programs rely on, without the names that no file gives out."""
        from scr_llm.reports.export import export

        return export(self.project)

    def explain(self, theme: str) -> "tuple[Explanation, Paper]":
        """Where a theme's number comes from, as a record and as a paper to print.

        Raises:
            UsageError: the codebook has no such theme; the message names those it has.
        """
        from scr_llm.reports.explain import explain

        return explain(self.project, theme)


__all__ = ["DRAFT_FORMATS", "SUBSETS", "CoderName", "ScrError", "Workspace"]
