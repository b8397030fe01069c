"""Whether a project's record and papers are what they were: compared with each other, with the files, and with what every sign-off recorded.

What this cannot find: somebody who may write to the project's folder can rewrite the whole record, consistently, after the last sign-off, or
together with every sign-off and signed paper. Only a head of the chain that was written down elsewhere, as each signed paper and export has it,
contradicts that.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence

from scr_llm.files import sha256_of
from scr_llm.project import Project
from scr_llm.records import Document, HistoryKind, SignOff
from scr_llm.stages.decisions import unverified
from scr_llm.store import Chain, Store

_CHAINS: dict[Chain, str] = {
    "decisions": "decisions",
    "sign_offs": "sign-offs",
    "history": "what was stored",
    "calls": "what was sent to models",
}
_KINDS: dict[HistoryKind, str] = {
    "document": "where the file stands",
    "reading": "the text that was read",
    "coding": "what was proposed",
}
RECORD = "sign-off.json"
"""The record of a signature, beside its papers."""


def record_faults(project: Project, store: Store) -> list[str]:
    """What is wrong with the record itself, in words; while there is anything, nothing can be signed."""
    if damage := store.damage():
        return [f"The database file is damaged: {damage}"]
    if unreadable := store.unreadable():
        return [*_chains(store), *(f"{what} cannot be read: it was changed from outside." for what in unreadable)]
    signed = [s for s, _ in store.sign_offs()]
    return [
        *(f"The database has a rule more, or less, than this program made: {name}." for name in store.foreign_rules()),
        *_chains(store),
        *_stored(store),
        *_decisions(store),
        *(fault for s in signed for fault in _contradictions(store, s)),
        *_unknown_folders(project, signed),
    ]


def paper_faults(project: Project, store: Store) -> list[str]:
    """What is wrong with the signed papers and with the files that they rest on."""
    if store.damage() or store.unreadable():
        return []  # what the papers are compared with cannot be read
    signed = [s for s, _ in store.sign_offs()]
    records = store.sign_off_records()
    told = [fault for number, s in enumerate(signed, 1) for fault in _folder(project, number, s, records[number - 1])]
    documents = {d.id: d for d in store.documents()}
    rested = signed[-1].documents if signed else {}
    for i in dict.fromkeys([*rested, *(d.id for d in documents.values() if d.status == "coded")]):
        if (document := documents.get(i)) and (fault := source_fault(project, document)):
            told.append(
                f"{document.file}: {fault}" + (f" Version {signed[-1].version} rests on it." if i in rested else "")
            )
    return told


def audit(project: Project) -> list[str]:
    """Everything that is wrong, in words; empty where all of it holds."""
    with Store(project.store_path) as store:
        return [*record_faults(project, store), *paper_faults(project, store)]


def source_fault(project: Project, document: Document) -> str | None:
    """Why a document's quotes cannot be followed to its file; None where the file is in the inbox as it was read."""
    path = project.inbox / document.file
    try:
        same = sha256_of(path) == document.sha256
    except OSError:
        return "its file is no longer in the inbox, or cannot be read."
    return None if same else "the file of that name in the inbox is not the one that was read."


def _chains(store: Store) -> Iterator[str]:
    for chain, name in _CHAINS.items():
        if broken := store.verify(chain):
            yield f"The chain of {name} breaks at number {broken}: it, or one before it, was changed, moved or removed."


def _stored(store: Store) -> Iterator[str]:
    """What is stored against the history of what was stored, and each text against its own hash."""
    files = {d.id: d.file for d in store.documents()}
    noted, now = store.history(), store.stored()
    for i, kind in sorted(noted.keys() | now.keys()):
        if now.get((i, kind)) != noted.get((i, kind)):
            what = (
                "is gone"
                if (i, kind) not in now
                else "was put in from outside"
                if (i, kind) not in noted
                else "was changed from outside"
            )
            yield f"{files.get(i, i)}: {_KINDS[kind]} {what}."
    for i in store.misfiled():
        yield f"{files.get(i, i)}: it is looked up by something else than its record says."
    for i in files:
        reading = store.reading(i)
        if (
            reading
            and hashlib.sha256("\f".join(page.text for page in reading.pages).encode()).hexdigest() != reading.sha256
        ):
            yield f"{files[i]}: the text that was read is not the one that its hash names."


def _decisions(store: Store) -> Iterator[str]:
    readings = {d.id: r for d in store.documents() if (r := store.reading(d.id))}
    for number, decision in enumerate(store.decisions(), 1):
        reading = readings.get(decision.document_id)
        if reading and reading.sha256 == decision.reading_sha256 and unverified(decision.evidence, reading):
            yield f"A quote of decision {number} does not stand in the text that it names."


def _contradictions(store: Store, signed: SignOff) -> Iterator[str]:
    """Where today's record is not a continuation of the one that was signed."""
    version = f"Version {signed.version} was signed over"
    if store.hash_at("decisions", signed.decisions) != signed.decisions_head:
        yield f"{version} {signed.decisions} decisions whose chain ends in {signed.decisions_head[:16]}…; the chain now is another."
    if not signed.history_head:
        return  # signed before there was a history
    if store.hash_at("calls", signed.calls) != signed.calls_head:
        yield f"{version} a log of {signed.calls} calls to models; the log now is another."
    if store.hash_at("history", signed.history) != signed.history_head:
        yield f"{version} a history of {signed.history} entries that ends in {signed.history_head[:16]}…; the history now is another."
    then = store.history(until=signed.history)
    for i, sha256 in signed.documents.items():
        document = store.document(i)
        if document is None or document.sha256 != sha256:
            yield f"{version} document {i}, which the record no longer has as it was."
        if then.get((i, "coding")) != signed.codings.get(i) or then.get((i, "reading")) != signed.stored_readings.get(
            i
        ):
            yield f"{version} another text or coding of document {i} than the history has for that time."


def _unknown_folders(project: Project, signed: Sequence[SignOff]) -> Iterator[str]:
    known = {f"signed-{n}" for n in range(1, len(signed) + 1)}
    for path in sorted(project.outputs.iterdir()):
        if re.match(r"signed[-_ ]*\d", path.name, re.I) and path.name not in known:
            yield f"{path} is there, and the record knows no such signature: the record is an older one, or the folder was made by hand."


def _folder(project: Project, number: int, signed: SignOff, record: str) -> Iterator[str]:
    folder = project.outputs / f"signed-{number}"
    if not folder.is_dir():
        yield f"{folder} is gone; `scr-llm brief --signed {number}` writes it again."
        return
    if folder.is_symlink():
        yield f"{folder} is a link to another place; the signed files are to lie here."
    expected = dict(signed.files)
    if (
        signed.history_head or (folder / RECORD).exists()
    ):  # sign-offs of before there was a history laid no record beside their papers
        expected[RECORD] = hashlib.sha256(record_file(record)).hexdigest()
    for name, sha256 in expected.items():
        path = folder / name
        if not path.is_file():
            yield f"{path} is gone; `scr-llm brief --signed {number}` writes it again."
        elif path.is_symlink() or sha256_of(path) != sha256:
            yield f"{path} is not the file that was signed."
    for path in sorted(folder.iterdir()):
        if path.name not in expected and not path.name.startswith((".DS_Store", "._", ".~lock.", "~$")):
            yield f"{path} was not part of what was signed."


def record_file(record: str) -> bytes:
    """The record of a signature, as it is stored, as the file beside its papers: a later version of the program writes the same."""
    return f"{record}\n".encode()
