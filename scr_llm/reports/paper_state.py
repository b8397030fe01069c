"""The state of a project's paper: a draft, signed, or a draft of the version after a signed one.

Everything that prints or states it takes it from here.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.files import read_file
from scr_llm.project import Project
from scr_llm.records import Draft, SignOff
from scr_llm.settings import BriefingSettings
from scr_llm.store import Chain, Store
from scr_llm.text.words import in_words


@dataclass(frozen=True)
class PaperInputs:
    """Everything that a paper is computed from, by hash. A sign-off records it under the same names."""

    documents: dict[str, str]
    left_out: dict[str, str]
    stored_documents: dict[str, str]
    readings: dict[str, str]
    stored_readings: dict[str, str]
    codings: dict[str, str]
    codebook_version: str
    codebook_sha256: str
    decisions: int
    decisions_head: str
    history: int
    history_head: str
    calls: int
    calls_head: str
    settings_sha256: str


@dataclass(frozen=True)
class PaperState:
    """The state of the paper, given what is coded and decided now."""

    signed: SignOff | None
    """The last sign-off."""
    since: tuple[str, ...] = ()
    """What has changed since, in words; empty while the paper is what was signed."""

    @property
    def is_signed(self) -> bool:
        """Whether the paper is signed and nothing has changed since."""
        return self.signed is not None and not self.since

    @property
    def status(self) -> str:
        """The status on every page of a draft."""
        follows = f" following version {self.signed.version}" if self.signed else ""
        return f"DRAFT{follows} – not signed off"

    def draft_version(self, drafts: Sequence[Draft], now: Draft) -> str:
        """The version of a draft: that of the last draft if it counts and quotes the same, or else the next number.

        Drafts are numbered within the last signed version: 0.1 and 0.2 before any, 1.1 after version 1.0.
        """
        major = self.signed.version.partition(".")[0] if self.signed else "0"
        own = [d for d in drafts if d.version.partition(".")[0] == major and d.version != f"{major}.0"]
        if own and (own[-1].numbers, own[-1].quotes) == (now.numbers, now.quotes):
            return own[-1].version
        return f"{major}.{len({d.version for d in own}) + 1}"

    def closing(self, decided: int, cells: int) -> str:
        """What a command says about the paper at its end."""
        if self.signed and self.is_signed:
            version = self.signed.version
            folder = f"outputs/signed-{version.partition('.')[0]}"
            return f"Version {version} is signed and nothing has changed since: see {folder}."
        draft = f"This is a draft following version {self.signed.version}" if self.signed else "This is a draft"
        if not cells:
            return f"{draft}. No review has been coded yet, so it counts nothing."
        if decided < cells:
            return (
                f"{draft}. A person has decided {decided} of {cells} cells of the matrix; the others are proposals. "
                "To decide them: scr-llm review"
            )
        return f"{draft}. A person has decided every cell of the matrix. To sign it: scr-llm sign-off"


def paper_state(project: Project, store: Store) -> PaperState:
    """The state, computed from the sign-offs and from what a paper would rest on now."""
    signed = store.signatures()
    if not signed:
        return PaperState(None)
    last = signed[-1]
    files = {d.id: d.file for d in store.documents()}
    return PaperState(last, tuple(_changes(last, paper_inputs(project, store), files)))


def fingerprint(project: Project, store: Store) -> str:
    """Changes whenever a paper would rest on something else. Costs little, however many reviews there are."""
    chains: tuple[Chain, ...] = ("history", "decisions", "sign_offs", "calls")
    # The file of the codebook, and not only what its codes mean: a paper prints their labels too.
    codebook = hashlib.sha256(read_file(project.codebook_path)).hexdigest()
    rests_on = ([store.head(chain) for chain in chains], codebook, _settings_sha256(project))
    return hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()


def paper_inputs(project: Project, store: Store) -> PaperInputs:
    """What a paper would rest on now."""
    documents = store.documents()
    counted = [d for d in documents if d.status == "coded"]
    history, codebook = store.history(), load_codebook(project.codebook_path)
    decisions, head = store.head()
    (entries, history_head), (calls, calls_head) = store.head("history"), store.head("calls")
    return PaperInputs(
        documents={d.id: d.sha256 for d in counted},
        left_out={d.id: d.status for d in documents if d.status != "coded"},
        stored_documents={d.id: history.get((d.id, "document"), "") for d in documents},
        readings=store.reading_hashes([d.id for d in counted]),
        stored_readings={d.id: history.get((d.id, "reading"), "") for d in counted},
        codings={d.id: history.get((d.id, "coding"), "") for d in counted},
        codebook_version=codebook.version,
        codebook_sha256=codebook_sha256(codebook),
        decisions=decisions,
        decisions_head=head,
        history=entries,
        history_head=history_head,
        calls=calls,
        calls_head=calls_head,
        settings_sha256=_settings_sha256(project),
    )


_LATER = frozenset(["parts", "asked_by", "asked_on", "author", "contact"])


def _settings_sha256(project: Project) -> str:
    settings, template = project.settings, template_of(project)
    briefing = settings.briefing.model_dump(mode="json")
    # Settings that came later count only once they are used, so that a paper signed before them stays signed.
    unused = BriefingSettings().model_dump(mode="json")
    briefing = {name: v for name, v in briefing.items() if name not in _LATER or v != unused[name]}
    shaping = {
        "title": settings.title,
        "organisation": settings.organisation,
        "marking": settings.marking,
        "briefing": briefing,
        "template": hashlib.sha256(template).hexdigest() if template else "",
    }
    return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()


def template_of(project: Project) -> bytes | None:
    """The board's Word template, if the project has one."""
    path: Path = project.root / "template.docx"
    return read_file(path) if path.is_file() else None


def _changes(last: SignOff, now: PaperInputs, files: Mapping[str, str]) -> Iterator[str]:
    """What has changed since a sign-off, in words."""
    if not last.settings_sha256:  # an older sign-off, which did not record these
        unknown = ("left_out", "settings_sha256", "codings", "stored_readings", "stored_documents")
        last = last.model_copy(update={name: getattr(now, name) for name in unknown})
    yield from _changed_documents(last, now, files)
    if last.codebook_sha256 != now.codebook_sha256:
        yield "the codebook's definitions have changed"
    if last.settings_sha256 != now.settings_sha256:
        yield "the settings or the template of the paper have changed"
    if last.decisions_head != now.decisions_head:
        made = now.decisions - last.decisions
        if made <= 0:
            yield "decisions are missing"
        else:
            yield "1 decision was made" if made == 1 else f"{made} decisions were made"


def _changed_documents(last: SignOff, now: PaperInputs, files: Mapping[str, str]) -> Iterator[str]:
    """Documents that were added or are gone, and those that differ from what was signed."""

    def name(document_id: str) -> str:
        return files.get(document_id, f"document {document_id}")

    for i in sorted(now.documents.keys() - last.documents.keys(), key=name):
        yield f"{name(i)} was added"
    for i in sorted(last.documents.keys() - now.documents.keys(), key=name):
        yield f"{name(i)} is no longer counted"
    for i in sorted(now.left_out.keys() - last.left_out.keys() - last.documents.keys(), key=name):
        yield f"{name(i)} was added but is not counted ({in_words(now.left_out[i])})"
    for i in sorted(last.left_out.keys() & now.left_out.keys(), key=name):
        if last.left_out[i] != now.left_out[i]:
            yield f"{name(i)} is now {in_words(now.left_out[i])}, was {in_words(last.left_out[i])}"
        elif last.stored_documents.get(i) != now.stored_documents.get(i):
            yield f"{name(i)}, which is not counted, has a different name, ruling or reason, or its file is missing"
    for i in sorted(last.documents.keys() & now.documents.keys(), key=name):
        if last.stored_documents.get(i) != now.stored_documents.get(i):
            yield f"{name(i)} has a different name, ruling or note, or its file is no longer where it was"
        if last.codings.get(i) != now.codings.get(i) or last.stored_readings.get(i) != now.stored_readings.get(i):
            yield f"what was read from {name(i)}, or proposed for it, has changed"
