"""Signing a briefing off: what hinders it, what it rests on, and whether it still is what was signed."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scr_llm import pipeline, results
from scr_llm.desk import Desk, Reviewer
from scr_llm.errors import RefusedError
from scr_llm.project import Project
from scr_llm.records import SignedPaper, SignOff
from scr_llm.render import render
from scr_llm.stages.review import Key, unverified
from scr_llm.store import Store

FORMATS = ("docx", "html", "md", "xlsx", "json")
"""The files that are written when a briefing is signed."""


@dataclass(frozen=True)
class Hindrance:
    """Why a briefing cannot be signed: a cell and what is wrong with it."""

    key: Key
    file: str
    what: str
    """undecided, stale, disagreed, or `quote`."""
    told: str
    """In words."""


def hindrances(desk: Desk) -> list[Hindrance]:
    """Every counted cell that stands in the way."""
    found = []
    readings = {d: desk.reading(d) for d in desk.documents}
    for key in desk.counted():
        state, file = desk.state(key), desk.documents[key[0]].file
        if state != "decided":
            told = {"undecided": "nobody has decided it", "stale": "the code means something else than when it was decided", "disagreed": "two reviewers differ"}
            found.append(Hindrance(key, file, state, told[state]))
        elif (decision := desk.standing(key).counts) and unverified(decision.evidence, readings[key[0]]):
            found.append(Hindrance(key, file, "quote", "a quote no longer stands in the text"))
    return found


def sign_off(project: Project, name: str, role: str) -> tuple[SignOff, list[Path]]:
    """Sign what is decided now. Writes the briefing in every format to outputs/signed-N and keeps its record in the store.

    Raises:
        RefusedError: a counted cell is undecided, stale, disagreed or has a quote that does not verify; the first of them are named.
    """
    if not name.strip() or not role.strip():
        raise RefusedError("a sign-off needs a name and a role.", next_step="Give --name and --role.")
    desk = Desk(project)
    try:
        if not desk.documents:
            raise RefusedError("nothing is coded, so there is nothing to sign.", next_step="Run: scr-llm run")
        if wrong := hindrances(desk):
            kinds = {w.what: sum(x.what == w.what for x in wrong) for w in wrong}
            lines = "".join(f"\n  {w.file}, {desk.proposals[w.key].title}: {w.told}" for w in wrong[:20]) + (f"\n  and {len(wrong) - 20} more" if len(wrong) > 20 else "")
            raise RefusedError(f"{len(wrong)} cells stand in the way ({', '.join(f'{n} {k}' for k, n in kinds.items())}):{lines}\n", next_step="Decide them: scr-llm review")
        return _sign(project, desk, Reviewer(name.strip(), role.strip()))
    finally:
        desk.close()


def _sign(project: Project, desk: Desk, who: Reviewer) -> tuple[SignOff, list[Path]]:
    number = len(desk.store.sign_offs()) + 1
    version, at = f"{number}.0", datetime.now(UTC)
    draft, reviews = results.brief(project)
    day = f"{at.day} {at:%B %Y}"
    line = f"SIGNED OFF by {who.name}, {who.role}, on {day}"
    briefing = draft.model_copy(update={"status": "signed_off", "version": version, "status_line": line})
    house = project.root / "template.docx"
    template = base64.b64encode(house.read_bytes()).decode() if house.is_file() else ""
    paper = SignedPaper(briefing=briefing, codings=tuple(review.coding for review in reviews), template=template)
    folder = project.outputs / f"signed-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    text = paper.model_dump_json()
    count, head = desk.store.head()
    contents = files_of(paper)
    signed = SignOff(
        name=who.name, role=who.role, at=at.isoformat(timespec="seconds"), version=version,
        documents={i: d.sha256 for i, d in desk.documents.items()}, readings={i: desk.reading(i).sha256 for i in desk.documents},
        codebook_version=desk.codebook.version, codebook_sha256=desk.codebook_sha256, decisions=count, decisions_head=head,
        reviewers=tuple(dict.fromkeys(f"{d.author}, {d.role}" for d in desk.store.decisions())),
        paper_sha256=hashlib.sha256(text.encode()).hexdigest(), files={n: hashlib.sha256(c).hexdigest() for n, c in contents.items()},
    )  # fmt: skip
    for name, content in contents.items():
        pipeline.write_atomically(folder / name, content)
    desk.store.save_sign_off(signed, text)
    return signed, [folder / name for name in contents]


def since_signed(desk: Desk) -> list[str]:
    """What changed since the last sign-off, in words; empty where nothing did, or nothing was signed."""
    signed = desk.store.sign_offs()
    if not signed:
        return []
    last, now = signed[-1][0], {i: d.sha256 for i, d in desk.documents.items()}
    told = [f"{desk.documents[i].file} came in" for i in now if i not in last.documents]
    told += [f"{i} is no longer counted" for i in last.documents if i not in now]
    told += [f"{desk.documents[i].file} is another file" for i in now if last.documents.get(i, now[i]) != now[i]]
    if last.codebook_sha256 != desk.codebook_sha256:
        told.append("the codebook's definitions changed")
    count, head = desk.store.head()
    if head != last.decisions_head:
        told.append(f"{count - last.decisions} decisions were made")
    return told


def audit(project: Project) -> list[str]:
    """What is wrong with the record of decisions and sign-offs, in words; empty where all of it holds."""
    with Store(project.store_path) as store:
        told = []
        if broken := store.verify_decisions():
            told.append(f"The chain of decisions breaks at number {broken}: it, or one before it, was changed or removed.")
        if broken := store.verify_sign_offs():
            told.append(f"The chain of sign-offs breaks at number {broken}: it, or its briefing, was changed or removed.")
        codings = {d.id: r for d in store.documents() if (r := store.reading(d.id))}
        for number, decision in enumerate(store.decisions(), 1):
            reading = codings.get(decision.document_id)
            if reading and reading.sha256 == decision.reading_sha256 and unverified(decision.evidence, reading):
                told.append(f"A quote of decision {number} does not stand in the reading that it names.")
        for number, (signed, _) in enumerate(store.sign_offs(), 1):
            told += _files(project.outputs / f"signed-{number}", signed)
        return told


def _files(folder: Path, signed: SignOff) -> list[str]:
    wrong = []
    for name, sha256 in signed.files.items():
        path = folder / name
        if not path.is_file():
            wrong.append(f"{path} is gone; `scr-llm brief --signed` writes it again.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            wrong.append(f"{path} is not the file that was signed.")
    return wrong


def files_of(paper: SignedPaper) -> dict[str, bytes]:
    """The files of a signed briefing, by name; the same bytes whenever they are written."""
    items = list(zip(paper.briefing.cases, paper.codings, strict=True))
    template = base64.b64decode(paper.template) or None
    return {f"briefing.{f}": render(paper.briefing, f, items=items, template=template) for f in FORMATS}


def write_again(project: Project, number: int | None = None) -> list[Path]:
    """Write the files of a signed briefing again; the last one where no number is given.

    Raises:
        RefusedError: there is none of that number; or a file comes out with other bytes than were signed, which names it (nothing is written then).
    """
    with Store(project.store_path) as store:
        signed = store.sign_offs()
    number = len(signed) if number is None else number
    if not 1 <= number <= len(signed):
        raise RefusedError("there is no such signed briefing.", next_step=f"There are {len(signed)}.")
    record, text = signed[number - 1]
    contents = files_of(SignedPaper.model_validate_json(text))
    if other := [name for name, content in contents.items() if hashlib.sha256(content).hexdigest() != record.files.get(name)]:
        raise RefusedError(f"{', '.join(other)} would not be what was signed.", next_step="Another version of scr-llm wrote them; use that one.")
    folder = project.outputs / f"signed-{number}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        pipeline.write_atomically(folder / name, content)
    return [folder / name for name in contents]
