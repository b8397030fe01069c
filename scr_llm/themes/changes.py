"""Changing the codebook: one door, which keeps comments and order, refuses what is not valid, and keeps who and why.

The codebook is a file that people also edit by hand. A file that changed since it was opened is never written over.
"""

import difflib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scr_llm.codebook import code_sha256, codebook_text, edited, parsed
from scr_llm.errors import ChangedFileError, UsageError
from scr_llm.files import named_errors, write_atomically
from scr_llm.project import Project
from scr_llm.records import Code, Codebook, CodebookAct, CodebookChange
from scr_llm.stages.decisions import Key, standings, state
from scr_llm.store import Store
from scr_llm.text.typed import LONGEST_REASON, typed

Edit = Callable[[list[Any]], None]
"""Edits the list of codes in place; each code is a mapping with the fields of `Code`."""
FIELDS = (
    *("label", "definition", "include", "exclude", "wordings", "subjects", "near_misses"),
    *("aliases", "question", "note"),
)
"""Fields of a code that a person changes. The id names its decisions, and stays."""


@dataclass(frozen=True)
class Opened:
    """The codebook as it was when somebody opened it."""

    book: Codebook
    sha256: str
    """SHA-256 of the file, hexadecimal."""


def opened(project: Project) -> Opened:
    """The codebook as it is now.

    Raises:
        CodebookError: the file cannot be used.
    """
    path = project.codebook_path
    return Opened(parsed(codebook_text(path), path), _sha256(path))


def changed_code(code_id: str, fields: Mapping[str, Any]) -> Edit:
    """The edit that gives some fields of a code new values. What does not differ keeps its place and its comments.

    Args:
        code_id: id of the code.
        fields: name of a field of `FIELDS` to its new value: a text, or the texts of a list.

    Raises:
        UsageError: a field cannot be changed; or, when it is applied, the codebook has no such code.
    """
    if unknown := fields.keys() - set(FIELDS):
        raise UsageError(f"the field {min(unknown)!r} of a code cannot be changed.", next_step="Edit the file itself.")

    def edit(codes: list[Any]) -> None:
        code = next((c for c in codes if c["id"] == code_id), None)
        if code is None:
            raise UsageError(f"the codebook has no code {code_id!r}.", next_step="Open the codebook again.")
        for name, value in fields.items():
            if isinstance(value, str):
                if value != code.get(name, ""):
                    code[name] = value
            elif list(value) != list(code.get(name) or ()):
                _set_list(code, name, list(value))

    return edit


def _set_list(code: Any, name: str, new: list[str]) -> None:
    """Change only the lines of a list that differ, so that comments beside the others stay."""
    if not code.get(name):
        code[name] = new
        return
    old = code[name]
    steps = difflib.SequenceMatcher(None, list(old), new, autojunk=False).get_opcodes()
    for kind, start, end, from_, to in reversed(steps):
        if kind == "equal":
            continue
        for at in range(end - 1, start - 1, -1):
            del old[at]
        for number, line in enumerate(new[from_:to]):
            old.insert(start + number, line)


def new_code(fields: Mapping[str, Any]) -> Edit:
    """The edit that adds a code at the end."""

    def edit(codes: list[Any]) -> None:
        codes.append({"core": False, "polarity": "shortcoming", **fields})

    return edit


def with_edit(project: Project, edit: Edit) -> Codebook:
    """The codebook as it would be after an edit. Nothing is written.

    Raises:
        CodebookError: the result could not be used.
        UsageError: the edit cannot be made.
    """
    path = project.codebook_path
    return parsed(edited(codebook_text(path), path, edit), path)


def take(
    project: Project,
    edit: Edit,
    *,
    act: CodebookAct,
    reason: str,
    who: str,
    role: str = "",
    seen: str | None = None,
) -> CodebookChange:
    """Write an edit of the codebook into its file, and keep who took it, when and why.

    Args:
        project: the project.
        edit: the edit.
        act: what kind of change it is.
        reason: why, in the person's words.
        who: name of the person.
        role: role of the person.
        seen: hash of the file that the person saw; None if it does not matter.

    Raises:
        ChangedFileError: the file was changed since then. It is as it was.
        CodebookError: the result could not be used. The file is as it was.
        UsageError: the reason or the name is missing, the edit cannot be made, or it changes nothing.
    """
    who = typed(who, "the name of the person who changes the codebook")
    reason = typed(reason, "the reason for the change", longest=LONGEST_REASON)
    path = project.codebook_path

    def make() -> CodebookChange:
        raw = _bytes(path)
        if seen is not None and hashlib.sha256(raw).hexdigest() != seen:
            raise ChangedFileError(
                "the codebook was changed after this page was opened.", next_step="Look at both, then decide again."
            )
        old_text = codebook_text(path)
        new_text = edited(old_text, path, edit)
        old, new = parsed(old_text, path), parsed(new_text, path)
        before, after = differing(old, new)
        if not (before or after):
            raise UsageError("nothing differs from what the codebook says.", next_step="Change something first.")
        ends = new_text.replace("\n", "\r\n") if b"\r\n" in raw else new_text  # as the person's editor writes it
        content = ends.encode()
        made = CodebookChange(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            who=who,
            role=role.strip(),
            act=act,
            reason=reason,
            before=before,
            after=after,
            stale=len(stale_cells(store, old, new)),
            before_sha256=hashlib.sha256(raw).hexdigest(),
            after_sha256=hashlib.sha256(content).hexdigest(),
        )
        write_atomically(path, content)
        return made

    with Store(project.database) as store:
        return store.append_codebook_change(make)


def differing(old: Codebook, new: Codebook) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
    """The codes of each codebook that the other does not have just so."""
    return tuple(c for c in old.codes if c not in new.codes), tuple(c for c in new.codes if c not in old.codes)


def changed_meanings(old: Codebook, new: Codebook) -> tuple[str, ...]:
    """Ids of the codes that are new, are gone, or mean something else; those of the old codebook first."""
    was, now = ({c.id: code_sha256(c) for c in book.codes} for book in (old, new))
    return tuple(i for i in dict.fromkeys((*was, *now)) if was.get(i) != now.get(i))


def stale_cells(store: Store, old: Codebook, new: Codebook) -> list[Key]:
    """The cells that are decided by the old codebook and would not be by the new one."""
    was, now = ({c.id: code_sha256(c) for c in book.codes} for book in (old, new))
    changed = set(changed_meanings(old, new))
    return [
        (document, theme)
        for (document, theme), standing in standings(store.decisions()).items()
        if theme in changed
        and theme in was
        and state(standing, was[theme]) == "decided" != state(standing, now.get(theme, ""))
    ]


def changed_outside(project: Project, changes: Sequence[CodebookChange]) -> bool:
    """Whether the file was changed by hand since the last change on record."""
    return bool(changes) and changes[-1].after_sha256 != _sha256(project.codebook_path)


def _bytes(path: Path) -> bytes:
    with named_errors(path):
        return path.read_bytes()


def _sha256(path: Path) -> str:
    return hashlib.sha256(_bytes(path)).hexdigest()
