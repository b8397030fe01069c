"""Signing off a briefing: what prevents it, what the signature covers, and the files that it produces."""

import base64
import contextlib
import hashlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

from scr_llm.audit import RECORD, record_faults, record_file
from scr_llm.errors import RefusedError, UsageError
from scr_llm.files import make_folder, named_errors, sha256_of, write_atomically
from scr_llm.intake.inbox import intake
from scr_llm.intake.second_reading import check_decided
from scr_llm.project import Project
from scr_llm.records import AnsweredCaution, Deciding, OwnWords, Paper, SignedPaper, SignOff
from scr_llm.render import render
from scr_llm.reports.briefing import Signature, paper, signature_line
from scr_llm.reports.case_sheets import FORMATS as SHEETS
from scr_llm.reports.case_sheets import signed_sheets
from scr_llm.reports.deciding import deciding_so_far
from scr_llm.reports.paper_state import PaperInputs, PaperState, paper_inputs, paper_state, template_of
from scr_llm.reports.word_limits import read_word
from scr_llm.review.as_edited import as_edited
from scr_llm.review.cells import Reviewer
from scr_llm.review.edited_paper import basis_of
from scr_llm.review.in_the_way import SignOffBlocker, blockers
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions.deciding import same_person
from scr_llm.stages.synthesise import evidence_file, seven_minutes
from scr_llm.store import Store
from scr_llm.text.typed import LONGEST_REASON, typed

FORMATS = ("docx", "html", "md", "xlsx", "json")
"""The formats of the briefing that are written when it is signed."""
BESIDE = ("docx", "html")
"""The formats of the evidence file and the seven-minute briefing that go with it."""
Answers = Mapping[str, AnsweredCaution]
"""What the person who signs did about each caution, by the text of the caution."""


def ready(project: Project) -> tuple[str, ...]:
    """Check that the paper can be signed. Returns its cautions, for the person who signs to look at.

    A caution is anything that might tell a reader who a child is.

    Raises:
        RefusedError: something prevents it, and the first reasons are named; the record does not verify; or this
            version is already signed.
    """
    _checked(project)
    return cautions(project)


def _checked(project: Project) -> PaperInputs:
    """What the paper would rest on, once it is found ready for a signature; raises as `ready` does."""
    with Store(project.database) as store:
        intake(project, store)
        finish(project, store)
        check_decided(project, store)
        # The inputs are noted before the checks, so that `_sign` notices whatever changes during the checks.
        inputs = paper_inputs(project, store)
        state = paper_state(project, store)
        if wrong := record_faults(project, store):
            raise RefusedError(
                f"the record does not verify:{_listed(wrong)}\n", next_step="See the full list: scr-llm audit"
            )
    session = ReviewSession(project)
    try:
        if not session.documents:
            raise RefusedError("nothing is coded, so there is nothing to sign.", next_step="Run: scr-llm run")
        found = blockers(session)
    finally:
        session.close()
    if found:
        raise _prevented(found)
    _refuse_if_signed(state)
    return inputs


def _prevented(found: list[SignOffBlocker]) -> RefusedError:
    """The refusal that lists what prevents a signature."""
    kinds = Counter(blocker.what for blocker in found)
    counts = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    lines = _listed([f"{blocker.file}, {blocker.title}: {blocker.message}" for blocker in found])
    thing = "cell" if all(blocker.key for blocker in found) else "thing"
    what = f"{len(found)} {thing}s stand" if len(found) > 1 else f"1 {thing} stands"
    return RefusedError(f"{what} in the way ({counts}):{lines}\n", next_step="Decide them: scr-llm review")


def cautions(project: Project) -> tuple[str, ...]:
    """What might tell a reader of the paper who a child is, one line each."""
    return paper(project, signature=Signature("SIGNED OFF", "0"))[2]


def _refuse_if_signed(state: PaperState) -> None:
    if state.signed and state.is_signed:
        version = state.signed.version
        where = f"Its files are in outputs/signed-{version.partition('.')[0]}"
        raise RefusedError(f"version {version} is already signed, and nothing has changed since.", next_step=where)


def how_decided(project: Project) -> Deciding:
    """How the deciding went, for the person who signs to look at."""
    with Store(project.database) as store:
        return deciding_so_far(project, store)


def asks_why_alone(project: Project, deciding: Deciding, name: str) -> bool:
    """Whether this person needs a reason to sign: two people are asked for, and this one decided most cells."""
    return project.settings.review.two_people and same_person(deciding.most, name)


def why_alone(project: Project, deciding: Deciding, name: str, reason: str) -> str:
    """Why whoever decided most cells signs alone, as it is kept; empty where somebody else signs.

    Raises:
        UsageError: the reason is too long or cannot be printed.
        RefusedError: two people are asked for, and there is no reason.
    """
    if not same_person(deciding.most, name):
        return ""
    if reason.strip():
        return " ".join(typed(reason, "the reason", longest=LONGEST_REASON).split())
    if project.settings.review.two_people:
        cells = sum(person.cells for person in deciding.people)
        raise RefusedError(
            f"{deciding.most} decided most of the {cells} cells, and this project asks for two people.",
            next_step="Let somebody else sign, or say why you sign alone: scr-llm sign-off … --alone REASON",
        )
    return "the settings of this project do not ask for two people"


def sign_off(
    project: Project,
    name: str,
    role: str,
    answers: Answers | None = None,
    alone: str = "",
    *,
    edited: Path | None = None,
    own_words: Sequence[OwnWords] = (),
) -> tuple[SignOff, list[Path]]:
    """Sign what is decided now: write the papers to outputs/signed-N and record the signature, both or neither.

    Args:
        project: the project whose briefing is signed.
        name: of the person who signs.
        role: of the person who signs.
        answers: to the cautions of `ready`. A caution without an answer is recorded as acknowledged by signing.
        alone: why the person who decided most cells signs alone; needed only from that person.
        edited: a draft as a person edited it in Word, which is signed instead of what the program would write.
        own_words: what in it the record does not bear out, with the reasons of the person who signs.

    Raises:
        RefusedError: as for `ready` and `why_alone`; or somebody has signed, decided or taken something in meanwhile;
            or the record does not bear out what the edited paper says.
        UsageError: the edited paper is not a Word file, or not a draft of this project.
    """
    person = Reviewer(typed(name, "the name"), typed(role, "the role"))
    given = _Given(person, answers or {}, alone, edited, tuple(own_words))
    inputs = _checked(project)
    with Store(project.database) as store:
        return _sign(project, store, given, inputs)


@dataclass(frozen=True)
class _Given:
    """What the person who signs gives, as `sign_off` takes it."""

    who: Reviewer
    answers: Answers
    alone: str
    edited: Path | None
    own_words: tuple[OwnWords, ...]


def _listed(lines: list[str], most: int = 20) -> str:
    more = f"\n  and {len(lines) - most} more" if len(lines) > most else ""
    return "".join(f"\n  {line}" for line in lines[:most]) + more


def _sign(project: Project, store: Store, given: _Given, inputs: PaperInputs) -> tuple[SignOff, list[Path]]:
    """Sign a paper that rests on exactly these inputs; refuse if anything has changed since they were checked."""
    # The number is taken before the check. If somebody else signs before this line, the check refuses; if after it,
    # the store refuses a second signature with the same number.
    number = store.head("sign_offs")[0] + 1
    _refuse_if_signed(paper_state(project, store))
    deciding, at = deciding_so_far(project, store), datetime.now(UTC)
    given = replace(given, alone=why_alone(project, deciding, given.who.name, given.alone))
    signed_paper, differences, shown = _paper_to_sign(project, store, given, f"{number}.0", at)
    text, contents = signed_paper.model_dump_json(), files_of(signed_paper)
    signed = SignOff(
        name=given.who.name,
        role=given.who.role,
        at=at.isoformat(timespec="seconds"),
        version=signed_paper.briefing.version,
        **asdict(inputs),
        reviewers=tuple(dict.fromkeys(f"{d.author}, {d.role}" for d in store.decisions())),
        paper_sha256=hashlib.sha256(text.encode()).hexdigest(),
        files={n: hashlib.sha256(c).hexdigest() for n, c in contents.items()},
        cautions=tuple(given.answers.get(c) or _acknowledged(c) for c in shown),
        edited_sha256=hashlib.sha256(base64.b64decode(signed_paper.edited)).hexdigest() if given.edited else "",
        differences=differences,
        own_words=given.own_words,
        alone=given.alone,
        deciding=deciding,
    )
    part, folder = project.outputs / f".signed-{number}.{os.getpid()}.part", _folder(project, number)
    try:
        _write(part, contents, signed.model_dump_json())
        if paper_inputs(project, store) != inputs:
            changed = "something was decided, taken in or changed while the paper was written."
            raise RefusedError(changed, next_step="Sign again.")
        store.save_sign_off(signed, text)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _put_in_place(part, folder, signed)
    return signed, [folder / name for name in contents]


def _paper_to_sign(
    project: Project, store: Store, given: _Given, version: str, at: datetime
) -> tuple[SignedPaper, tuple[str, ...], tuple[str, ...]]:
    """The paper that is signed, how an edited file differs from its draft, and the cautions that a person looks at."""
    line = signature_line(given.who.name, given.who.role, at)
    briefing, reviews, shown = paper(project, signature=Signature(line, version, given.alone))
    signed_paper = SignedPaper(
        briefing=briefing,
        codings=tuple(review.coding for review in reviews),
        template=base64.b64encode(template_of(project) or b"").decode(),
        sheets=signed_sheets(project, store, briefing, reviews),
    )
    if not given.edited:
        return signed_paper, (), shown
    return *_with_edits(project, store, signed_paper, given.edited, given.own_words), shown


def _with_edits(
    project: Project, store: Store, paper: SignedPaper, edited: Path, own_words: tuple[OwnWords, ...]
) -> tuple[SignedPaper, tuple[str, ...]]:
    """The paper with the words of an edited file, and how the file differs from its draft."""
    content = read_word(edited)
    ready = as_edited(content, edited.name, basis_of(project, store, paper.briefing), own_words)
    files = {"edited": base64.b64encode(content).decode(), "word": base64.b64encode(ready.word).decode()}
    return paper.model_copy(update={"briefing": ready.briefing, **files}), ready.differences


def _acknowledged(caution: str) -> AnsweredCaution:
    return AnsweredCaution(text=caution, answer="acknowledged", separately=False)


def _put_in_place(part: Path, folder: Path, signed: SignOff) -> None:
    """Give the written papers their final name."""
    with named_errors(folder):
        try:
            part.rename(folder)
        except OSError:
            if not _holds(folder, signed):  # another command may have put them in place a moment ago
                raise


def _write(folder: Path, contents: Mapping[str, bytes], record: str) -> None:
    make_folder(folder)
    for name, content in contents.items():
        write_atomically(folder / name, content)
    write_atomically(folder / RECORD, record_file(record))


def _folder(project: Project, number: int) -> Path:
    return project.outputs / f"signed-{number}"


def finish(project: Project, store: Store) -> None:
    """Finish sign-offs that were interrupted after they were recorded; remove what earlier interruptions left behind.

    Papers are written to a .part folder, the signature is recorded, and then the folder gets its final name.
    """
    signed = store.signatures()
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
    """Whether a folder holds exactly the files that were signed."""
    with contextlib.suppress(OSError):
        return all(sha256_of(folder / name) == sha256 for name, sha256 in signed.files.items())
    return False


def files_of(paper: SignedPaper) -> dict[str, bytes]:
    """The files of a signed briefing, by name; they are the same bytes each time."""
    items = list(zip(paper.briefing.cases, paper.codings, strict=True))
    template = base64.b64decode(paper.template) or None
    files = {f"briefing.{f}": render(paper.briefing, f, items=items, template=template) for f in FORMATS}
    if paper.word:
        files["briefing.docx"] = base64.b64decode(paper.word)
    beside: dict[str, Paper] = {"seven-minutes": seven_minutes(paper.briefing)}
    if paper.briefing.annex:  # a paper signed before there was an evidence file holds its evidence itself
        beside["evidence"] = evidence_file(paper.briefing)
    files |= {f"{name}.{f}": render(each, f, template=template) for name, each in beside.items() for f in BESIDE}
    return files | {
        f"{name}.{f}": render(sheet, f, template=template) for name, sheet in paper.sheets.items() for f in SHEETS
    }


def write_again(project: Project, number: int | None = None) -> list[Path]:
    """Write the files of a signed briefing again; of the last one if no number is given.

    Raises:
        UsageError: there is no signed version with that number.
        RefusedError: a file, which is named, would differ from the one that was signed; nothing is written.
    """
    with Store(project.database) as store:
        signed, records = store.sign_offs(), store.sign_off_records()
    number = len(signed) if number is None else number
    if not 1 <= number <= len(signed):
        raise UsageError(f"there is no signed version {number}.0.", next_step=f"Signed versions: {len(signed)}.")
    record, text = signed[number - 1]
    contents = {n: c for n, c in files_of(SignedPaper.model_validate_json(text)).items() if n in record.files}
    if other := [n for n in record.files if hashlib.sha256(contents.get(n, b"")).hexdigest() != record.files[n]]:
        raise RefusedError(
            f"{', '.join(other)} would differ from what was signed.",
            next_step="Another version of scr-llm wrote them; use that version.",
        )
    _write(_folder(project, number), contents, records[number - 1])
    return [_folder(project, number) / name for name in contents]
