"""Signing a briefing off: what stands in the way, what the signature rests on, and its files."""

import base64
import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from scr_llm.audit import RECORD, record_faults, record_file, source_fault
from scr_llm.errors import RefusedError, UsageError
from scr_llm.files import make_folder, named_errors, write_atomically
from scr_llm.intake.inbox import intake
from scr_llm.project import Project
from scr_llm.records import AnsweredCaution, SignedPaper, SignOff
from scr_llm.render import printed, render
from scr_llm.reports.briefing import Signature, paper
from scr_llm.reports.paper_state import PaperInputs, PaperState, paper_inputs, paper_state, template_of
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key, unverified
from scr_llm.stages.synthesise import seven_minutes
from scr_llm.store import Store
from scr_llm.text.typed import typed

FORMATS = ("docx", "html", "md", "xlsx", "json")
"""The files of the briefing itself that are written when it is signed."""
SEVEN_MINUTES = ("docx", "html")
"""Those of the seven-minute briefing beside it."""
Answers = Mapping[str, AnsweredCaution]
"""What the person who signs did about each caution, by its text."""


@dataclass(frozen=True)
class SignOffBlocker:
    """Why a briefing cannot be signed."""

    file: str
    """The review, by its file."""
    title: str
    """What of it: a cell, or the file itself."""
    what: str
    """undecided, stale, disagreed, quote, source or waiting."""
    told: str
    """In words."""
    key: Key | None = None
    """The cell, where it is one."""


_STATES = {
    "undecided": "nobody has decided it",
    "stale": "the code means something else than when it was decided",
    "disagreed": "two reviewers differ",
}


def blockers(session: ReviewSession) -> list[SignOffBlocker]:
    """Everything that stands in the way: files that wait or changed, and cells that are not decided or rest on a quote that is not there."""
    return [*_files_in_the_way(session), *_cells_in_the_way(session)]


def _files_in_the_way(session: ReviewSession) -> Iterator[SignOffBlocker]:
    for document in session.store.documents():
        if document.status == "pending" and not document.missing:
            yield SignOffBlocker(
                document.file, "The file", "waiting", "it was taken in and is not yet coded: scr-llm run"
            )
        elif document.status == "coded" and (fault := source_fault(session.project, document)):
            yield SignOffBlocker(document.file, "The file", "source", fault)


def _cells_in_the_way(session: ReviewSession) -> Iterator[SignOffBlocker]:
    readings = {d: session.reading(d) for d in session.documents}
    for key in session.counted():
        state, file, title = session.state(key), session.documents[key[0]].file, session.proposals[key].title
        if state != "decided":
            yield SignOffBlocker(file, title, state, _STATES[state], key)
        elif (decision := session.standing(key).counts) and unverified(decision.evidence, readings[key[0]]):
            yield SignOffBlocker(file, title, "quote", "a quote no longer stands in the text", key)


def ready(project: Project) -> tuple[str, ...]:
    """Check that the paper can be signed. Returns its cautions: what might tell a reader who a child is, for the person who signs to look at.

    Raises:
        RefusedError: something stands in the way, the first of which are named; the record does not verify; or this was signed already.
    """
    _checked(project)
    return cautions(project)


def _checked(project: Project) -> PaperInputs:
    """What the paper would rest on, found to be ready for a signature; raises as `ready`."""
    with Store(project.store_path) as store:
        intake(project, store)
        finish(project, store)
        inputs = paper_inputs(
            project, store
        )  # before the checks: whatever changes while they look is then seen by `_sign`
        state = paper_state(project, store)
        if wrong := record_faults(project, store):
            raise RefusedError(
                f"the record does not verify:{_listed(wrong)}\n", next_step="See all of it: scr-llm audit"
            )
    session = ReviewSession(project)
    try:
        if not session.documents:
            raise RefusedError("nothing is coded, so there is nothing to sign.", next_step="Run: scr-llm run")
        hindering = blockers(session)
    finally:
        session.close()
    if hindering:
        kinds = {w.what: sum(x.what == w.what for x in hindering) for w in hindering}
        lines = _listed([f"{w.file}, {w.title}: {w.told}" for w in hindering])
        counts = ", ".join(f"{n} {k}" for k, n in kinds.items())
        thing = "cell" if all(w.key for w in hindering) else "thing"
        what = f"{len(hindering)} {thing}s stand" if len(hindering) > 1 else f"1 {thing} stands"
        raise RefusedError(f"{what} in the way ({counts}):{lines}\n", next_step="Decide them: scr-llm review")
    _refuse_if_signed(state)
    return inputs


def cautions(project: Project) -> tuple[str, ...]:
    """What might tell a reader of the paper who a child is, each a line."""
    return paper(project, signature=Signature("SIGNED OFF", "0"))[2]


def _refuse_if_signed(state: PaperState) -> None:
    if state.signed and state.is_signed:
        version = state.signed.version
        where = f"Its files: outputs/signed-{version.partition('.')[0]}"
        raise RefusedError(f"version {version} is signed and nothing has changed since.", next_step=where)


def sign_off(project: Project, name: str, role: str, answers: Answers | None = None) -> tuple[SignOff, list[Path]]:
    """Sign what is decided now. Writes the papers to outputs/signed-N and keeps the record of the signature; either both or neither.

    Args:
        project: whose briefing.
        name: who signs.
        role: in which role.
        answers: to the cautions of `ready`; one without an answer is recorded as acknowledged with the signature.

    Raises:
        RefusedError: see `ready`; or somebody signed, decided or took something in meanwhile.
    """
    who = Reviewer(typed(name, "the name"), typed(role, "the role"))
    inputs = _checked(project)
    with Store(project.store_path) as store:
        return _sign(project, store, who, answers or {}, inputs)


def _listed(lines: list[str], most: int = 20) -> str:
    more = f"\n  and {len(lines) - most} more" if len(lines) > most else ""
    return "".join(f"\n  {line}" for line in lines[:most]) + more


def _sign(
    project: Project, store: Store, who: Reviewer, answers: Answers, inputs: PaperInputs
) -> tuple[SignOff, list[Path]]:
    """Sign what rests on these inputs, and on nothing else: whatever changed since they were checked makes this refuse."""
    number = (
        len(store.sign_offs()) + 1
    )  # before the check: who signs after this line makes the store refuse, who did so before it the check
    _refuse_if_signed(paper_state(project, store))
    version, at = f"{number}.0", datetime.now(UTC)
    line = f"SIGNED OFF by {who.name}, {who.role}, on {at.day} {at:%B %Y}"
    briefing, reviews, shown = paper(project, signature=Signature(line, version))
    template = base64.b64encode(template_of(project) or b"").decode()
    signed_paper = SignedPaper(briefing=briefing, codings=tuple(review.coding for review in reviews), template=template)
    text, contents = signed_paper.model_dump_json(), files_of(signed_paper)
    signed = SignOff(
        name=who.name,
        role=who.role,
        at=at.isoformat(timespec="seconds"),
        version=version,
        **asdict(inputs),
        reviewers=tuple(dict.fromkeys(f"{d.author}, {d.role}" for d in store.decisions())),
        paper_sha256=hashlib.sha256(text.encode()).hexdigest(),
        files={n: hashlib.sha256(c).hexdigest() for n, c in contents.items()},
        cautions=tuple(
            answers.get(c) or AnsweredCaution(text=c, answer="acknowledged", separately=False) for c in shown
        ),
    )
    part = project.outputs / f".signed-{number}.{os.getpid()}.part"
    try:
        _write(part, contents, signed.model_dump_json())
        if paper_inputs(project, store) != inputs:
            raise RefusedError(
                "something was decided, taken in or changed while the paper was written.", next_step="Sign again."
            )
        store.save_sign_off(signed, text)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    folder = _folder(project, number)
    with named_errors(folder):
        try:
            part.rename(folder)
        except OSError:
            if not _holds(folder, signed):  # another command may have finished it just now
                raise
    return signed, [folder / name for name in contents]


def _write(folder: Path, contents: Mapping[str, bytes], record: str) -> None:
    make_folder(folder)
    for name, content in contents.items():
        write_atomically(folder / name, content)
    write_atomically(folder / RECORD, record_file(record))


def _folder(project: Project, number: int) -> Path:
    return project.outputs / f"signed-{number}"


def finish(project: Project, store: Store) -> None:
    """Finish sign-offs that were cut off between their record and the name of their folder; remove what never got so far."""
    signed = [s for s, _ in store.sign_offs()]
    for part in project.outputs.glob(".signed-*.part"):
        if not (found := re.fullmatch(r"\.signed-(\d{1,6})\.(\d{1,10})\.part", part.name)):
            continue
        number, pid = int(found[1]), int(found[2])
        record = signed[number - 1] if 0 < number <= len(signed) else None
        if record and not _folder(project, number).exists() and _holds(part, record):
            part.rename(_folder(project, number))
        elif record or not psutil.pid_exists(pid):
            shutil.rmtree(part, ignore_errors=True)


def _holds(folder: Path, signed: SignOff) -> bool:
    with contextlib.suppress(OSError):
        return all(
            hashlib.sha256((folder / n).read_bytes()).hexdigest() == sha256 for n, sha256 in signed.files.items()
        )
    return False


def files_of(paper: SignedPaper) -> dict[str, bytes]:
    """The files of a signed briefing, by name; the same bytes whenever they are written."""
    items = list(zip(paper.briefing.cases, paper.codings, strict=True))
    template = base64.b64decode(paper.template) or None
    files = {f"briefing.{f}": render(paper.briefing, f, items=items, template=template) for f in FORMATS}
    seven = seven_minutes(paper.briefing)
    return files | {f"seven-minutes.{f}": printed(seven, f, template=template) for f in SEVEN_MINUTES}


def write_again(project: Project, number: int | None = None) -> list[Path]:
    """Write the files of a signed briefing again; the last one where no number is given.

    Raises:
        UsageError: there is none of that number.
        RefusedError: a file comes out with other bytes than were signed, which names it (nothing is written then).
    """
    with Store(project.store_path) as store:
        signed, records = store.sign_offs(), store.sign_off_records()
    number = len(signed) if number is None else number
    if not 1 <= number <= len(signed):
        raise UsageError(f"there is no signed version {number}.0.", next_step=f"There are {len(signed)}.")
    record, text = signed[number - 1]
    contents = {n: c for n, c in files_of(SignedPaper.model_validate_json(text)).items() if n in record.files}
    if other := [n for n in record.files if hashlib.sha256(contents.get(n, b"")).hexdigest() != record.files[n]]:
        raise RefusedError(
            f"{', '.join(other)} would not be what was signed.",
            next_step="Another version of scr-llm wrote them; use that one.",
        )
    _write(_folder(project, number), contents, records[number - 1])
    return [_folder(project, number) / name for name in contents]


def state_of(session: ReviewSession) -> PaperState:
    """Where the paper of a session's project stands."""
    return paper_state(session.project, session.store)
