"""Whether a project's record and papers are unchanged.

They are compared with each other, with the files in the inbox, and with what every sign-off recorded.

What this cannot find: somebody who can write to the project's folder can rewrite the whole record consistently after
the last sign-off, or together with every sign-off and signed paper. Only a chain head that was written down elsewhere
can show that; each signed paper and each export has one.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scr_llm.files import sha256_of
from scr_llm.project import Project
from scr_llm.records import Decision, Document, HistoryKind, Reading, SignOff
from scr_llm.stages.decisions import unverified
from scr_llm.stages.decisions.items import one_by_one
from scr_llm.store import Chain, Store

_CHAINS: dict[Chain, str] = {
    "decisions": "decisions",
    "sign_offs": "sign-offs",
    "history": "what was stored",
    "calls": "what was sent to models",
    "codebook_changes": "changes of the codebook",
}
_KINDS: dict[HistoryKind, str] = {
    "document": "the entry for the file",
    "reading": "the text that was read",
    "coding": "what was proposed",
}
RECORD = "sign-off.json"
"""File name of the record of a signature, next to its papers."""


@dataclass(frozen=True)
class RecordSummary:
    """What people decided, and what was sent to a model."""

    decisions: int
    """How many were ever made."""
    broken_at: int | None
    """The number of the first decision that was changed from outside; None if the chain is intact."""
    requests: int
    """Sent to a model."""
    bytes_sent: int
    """Their size together."""
    endpoints: tuple[str, ...]
    """Where they went, sorted."""
    place: str
    """Where the record is kept."""


def summary(project: Project) -> RecordSummary:
    """How much the record holds."""
    with Store(project.database) as store:
        calls, decisions, broken = store.calls(), len(store.decisions()), store.verify("decisions")
        place = store.name
    places = tuple(sorted({call.endpoint for call in calls}))
    return RecordSummary(decisions, broken, len(calls), sum(call.bytes_out for call in calls), places, place)


def record_faults(project: Project, store: Store) -> list[str]:
    """What is wrong with the record itself, in words. Nothing can be signed while anything is."""
    if damage := store.damage():
        return [f"The database file is damaged: {damage}"]
    if unreadable := store.unreadable():
        return [
            *_chains(store),
            *(f"{what} cannot be read: it was changed outside this program." for what in unreadable),
        ]
    signed = store.signatures()
    return [
        *(f"The database's rules are not those that this program made: {name}." for name in store.foreign_rules()),
        *_chains(store),
        *_stored(store),
        *_decisions(store),
        *(fault for s in signed for fault in _contradictions(store, s)),
        *_unknown_folders(project, signed),
    ]


def paper_faults(project: Project, store: Store) -> list[str]:
    """What is wrong with the signed papers and with the files that they are based on."""
    if store.damage() or store.unreadable():
        return []  # the record that the papers are compared with cannot be read
    signed = store.signatures()
    records = store.sign_off_records()
    faults = [fault for number, s in enumerate(signed, 1) for fault in _folder(project, number, s, records[number - 1])]
    documents = {d.id: d for d in store.documents()}
    used = signed[-1].documents if signed else {}
    for i in dict.fromkeys([*used, *(d.id for d in documents.values() if d.status == "coded")]):
        document = documents.get(i)
        if document and (fault := source_fault(project, document)):
            basis = f" Version {signed[-1].version} is based on it." if i in used else ""
            faults.append(f"{document.file}: {fault}{basis}")
    return faults


def audit(project: Project) -> list[str]:
    """Everything that is wrong, in words; empty if nothing is."""
    with Store(project.database) as store:
        return [*record_faults(project, store), *paper_faults(project, store)]


def source_fault(project: Project, document: Document) -> str | None:
    """Why a document's quotes cannot be traced to its file; None if the file is in the inbox and unchanged."""
    path = project.inbox / document.file
    try:
        same = sha256_of(path) == document.sha256
    except OSError:
        return "its file is no longer in the inbox, or cannot be read."
    return None if same else "the file with that name in the inbox is not the one that was read."


def _chains(store: Store) -> Iterator[str]:
    for chain, name in _CHAINS.items():
        if broken := store.verify(chain):
            yield (
                f"The chain of {name} breaks at number {broken}: "
                "that entry, or one before it, was changed, moved or removed."
            )


def _stored(store: Store) -> Iterator[str]:
    """What is stored, compared with the history of what was stored; and each text, compared with its own hash."""
    files = {d.id: d.file for d in store.documents()}
    noted, now = store.history(), store.stored()
    for entry in sorted(noted.keys() | now.keys()):
        i, kind = entry
        if entry not in now:
            yield f"{files.get(i, i)}: {_KINDS[kind]} is gone."
        elif entry not in noted:
            yield f"{files.get(i, i)}: {_KINDS[kind]} was added outside this program."
        elif now[entry] != noted[entry]:
            yield f"{files.get(i, i)}: {_KINDS[kind]} was changed outside this program."
    for i in store.misfiled():
        yield f"{files.get(i, i)}: it is filed under values that differ from its own record."
    for i, file in files.items():
        reading = store.reading(i)
        if reading and _text_sha256(reading) != reading.sha256:
            yield f"{file}: the text that was read does not match its hash."


def _text_sha256(reading: Reading) -> str:
    return hashlib.sha256("\f".join(page.text for page in reading.pages).encode()).hexdigest()


def _decisions(store: Store) -> Iterator[str]:
    by_document = defaultdict[str, list[tuple[int, Decision]]](list)
    for number, decision in enumerate(store.decisions(), 1):
        by_document[decision.document_id].append((number, decision))
    lost: list[int] = []
    for document_id, made in by_document.items():  # so that one text at a time is in memory
        reading = store.reading(document_id)
        for number, decision in made:
            quotes = [e for each in one_by_one(decision) for e in each.evidence]
            if reading and reading.sha256 == decision.reading_sha256 and unverified(quotes, reading):
                lost.append(number)
    yield from (f"A quote of decision {number} is not in the text that it refers to." for number in sorted(lost))


def _contradictions(store: Store, signed: SignOff) -> Iterator[str]:
    """Where today's record does not continue the one that was signed."""
    version = f"Version {signed.version} was signed over"
    if store.hash_at("decisions", signed.decisions) != signed.decisions_head:
        yield (
            f"{version} {signed.decisions} decisions whose chain ends in {signed.decisions_head[:16]}…; "
            "the chain is now a different one."
        )
    if not signed.history_head:
        return  # signed by a version of the program that kept no history
    if store.hash_at("calls", signed.calls) != signed.calls_head:
        yield f"{version} a log of {signed.calls} calls to models; the log is now a different one."
    if store.hash_at("history", signed.history) != signed.history_head:
        yield (
            f"{version} a history of {signed.history} entries that ends in {signed.history_head[:16]}…; "
            "the history is now a different one."
        )
    then = store.history(until=signed.history)
    for i, sha256 in signed.documents.items():
        document = store.document(i)
        if document is None or document.sha256 != sha256:
            yield f"{version} document {i}, which is missing from the record or has changed."
        same_coding = then.get((i, "coding")) == signed.codings.get(i)
        same_reading = then.get((i, "reading")) == signed.stored_readings.get(i)
        if not (same_coding and same_reading):
            yield f"{version} a text or coding of document {i} that differs from the history at that time."


def _unknown_folders(project: Project, signed: Sequence[SignOff]) -> Iterator[str]:
    """Folders that look like signed papers but belong to no signature on record."""
    known = {f"signed-{n}" for n in range(1, len(signed) + 1)}
    for path in sorted(project.outputs.iterdir()):
        if re.match(r"signed[-_ ]*\d", path.name, re.I) and path.name not in known:
            yield (
                f"{path} exists, but the record has no such signature: "
                "either the record is an older copy, or the folder was made by hand."
            )


def _folder(project: Project, number: int, signed: SignOff, record: str) -> Iterator[str]:
    """What is wrong with the folder of one signature."""
    folder = project.outputs / f"signed-{number}"
    if not folder.is_dir():
        yield f"{folder} is gone; `scr-llm brief --signed {number}` writes it again."
        return
    if folder.is_symlink():
        yield f"{folder} is a link to another place; the signed files must be in the folder itself."
    expected = dict(signed.files)
    # Sign-offs from before there was a history have no record next to their papers.
    if signed.history_head or (folder / RECORD).exists():
        expected[RECORD] = hashlib.sha256(record_file(record)).hexdigest()
    for name, sha256 in expected.items():
        path = folder / name
        if not path.is_file():
            yield f"{path} is gone; `scr-llm brief --signed {number}` writes it again."
        elif path.is_symlink() or sha256_of(path) != sha256:
            yield f"{path} is not the file that was signed."
    for path in sorted(folder.iterdir()):
        if path.name not in expected and not path.name.startswith((".DS_Store", "._", ".~lock.", "~$")):
            yield f"{path} was not among the signed files."


def record_file(record: str) -> bytes:
    """The record of a signature as the file next to its papers.

    It is the stored text itself, so that a later version of the program writes the same bytes.
    """
    return f"{record}\n".encode()
