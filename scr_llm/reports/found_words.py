"""Where a person's words are that the next draft is to keep: in an edited draft, or in the paper that was signed."""

import base64
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from scr_llm.errors import UsageError
from scr_llm.files import read_file, sha256_of
from scr_llm.project import Project
from scr_llm.records import Draft, SignedPaper, SignOff
from scr_llm.reports.edited import Change, compared, draft_behind, read_edited
from scr_llm.reports.given_back import kept
from scr_llm.reports.names import REMOVED
from scr_llm.store import Store
from scr_llm.text.names import names_pattern


@dataclass(frozen=True)
class FoundWords:
    """A person's edits of a paper."""

    source: str
    """The file that holds them, in words."""
    changes: tuple[Change, ...]
    """The file beside the draft that it was made from."""
    said: tuple[str, ...] = ()
    """What a person should know about this file or others."""


def written_as(name: str, drafts: Sequence[Draft]) -> set[str]:
    """The hashes of everything that this program ever wrote to a file."""
    return {d.files[name] for d in drafts if name in d.files}


def is_edited(path: Path, drafts: Sequence[Draft]) -> bool:
    """Whether there is a file whose content this program did not write."""
    return path.is_file() and sha256_of(path) not in written_as(path.name, drafts)


def found_words(project: Project, store: Store, drafts: Sequence[Draft]) -> FoundWords | None:
    """The edits that the next draft keeps; None where nobody edited anything.

    They are those of the file whose draft was written last. Its words hold those of the edited files before it. Of
    several edits of one draft it is the one that was saved or given back last.
    """
    signed = store.signatures()
    edited = _edited(project, drafts, signed)
    last = max(edited, key=lambda path: (edited[path], path.stat().st_mtime), default=None)
    if signed and signed[-1].edited_sha256 and drafts and drafts[-1].name == "briefing":
        since = sum(d.at <= signed[-1].at for d in drafts) - 0.5
        if last is None or edited[last] < since:
            paper = SignedPaper.model_validate_json(store.sign_offs()[-1][1])
            return _words_of(
                project, base64.b64decode(paper.edited), f"the signed version {signed[-1].version}", drafts
            )
    if last is None:
        return None
    later = [p.name for p in edited if p != last and p.stat().st_mtime > last.stat().st_mtime]
    said = [
        f"{name} was changed later than {last.name}, but is an older draft: its words are not taken over."
        for name in later
    ]
    said += [
        f"{path.name} is another edit of the same draft as {last.name}: its words are not taken over."
        for path in edited
        if path != last and edited[path] == edited[last]
    ]
    return _words_of(project, read_file(last), last.name, drafts, tuple(said))


def _edited(project: Project, drafts: Sequence[Draft], signed: Sequence[SignOff]) -> dict[Path, float]:
    """The files that people edited and nobody signed, each with the number of the draft that it was made from."""
    used = {s.edited_sha256 for s in signed}
    edited: dict[Path, float] = {}
    for number, draft in enumerate(drafts):
        for path in (project.outputs / file for file in draft.files if file.endswith(".docx")):
            if path.stem.startswith(draft.name) and is_edited(path, drafts) and sha256_of(path) not in used:
                edited[path] = number
    if drafts and drafts[-1].name == "briefing":
        there = {sha256_of(path) for path in edited}
        for path in kept(project, signed):
            with suppress(UsageError):
                if sha256_of(path) not in there and (
                    behind := draft_behind(read_edited(read_file(path), path.name), drafts)
                ):
                    edited[path] = drafts.index(behind)
    return edited


def edits_left_out(project: Project) -> str:
    """The file whose edits a signature without it leaves out; empty where nobody edited anything."""
    with Store(project.database) as store:
        found = found_words(project, store, store.drafts("briefing"))
    different = found and any(
        c.what != "unchanged" for c in found.changes if not (c.before and c.before.kind == "status")
    )
    return found.source if found and different else ""


def _words_of(
    project: Project, content: bytes, source: str, drafts: Sequence[Draft], said: tuple[str, ...] = ()
) -> FoundWords:
    try:
        file = read_edited(content, source)
    except UsageError as error:
        return FoundWords(source, (), (*said, str(error)))
    behind = draft_behind(file, drafts)
    if behind is None:
        unknown = f"{source} has none of the marks of a draft, so its words are not taken over."
        return FoundWords(source, (), (*said, unknown))
    open_things = [
        *(f"A tracked change in {source} is open. {line}" for line in file.tracked),
        *(f"A comment in {source}, which the new draft does not have. {line}" for line in file.comments),
    ]
    changes = tuple(_without_names(project, change) for change in compared(behind.printed, file))
    return FoundWords(source, changes, (*said, *open_things))


def _without_names(project: Project, change: Change) -> Change:
    """A change without the names that the project leaves out, which somebody may have typed."""
    names = names_pattern(project.settings.briefing.leave_out)
    if names is None or change.now is None:
        return change
    return replace(change, now=replace(change.now, text=names.sub(REMOVED, change.now.text)))
