"""Putting files into the inbox: whole or not at all, and never over a different one."""

import threading
from collections.abc import Iterable
from pathlib import Path

from scr_llm.errors import UsageError
from scr_llm.files import copy_atomically, named_errors, put_new, sha256_of
from scr_llm.project import Project
from scr_llm.text.file_names import safe_file_name

MOST_FILES = 2_000
"""Most files that the inbox takes from the page: twice what the program was measured with."""
PDF_MARK, PDF_WITHIN = b"%PDF-", 1024
"""What a PDF has near its beginning, and within how many bytes (as its readers accept it)."""
_PLACING = threading.Lock()
"""Held from the look for a file of the same name to the move, so that of two at once neither is overwritten."""


def add(project: Project, paths: Iterable[Path]) -> list[Path]:
    """Copy files into the inbox. A file that is there already changes nothing.

    Raises:
        UsageError: a different file with that name is in the inbox; nothing is overwritten.
        FileError: a file cannot be read or copied; the inbox holds no part of it.
    """
    placed = []
    for path in paths:
        target = project.inbox / path.name
        if _is_new(path, target):
            copy_atomically(path, target, project.outputs)
        placed.append(target)
    return placed


def take(project: Project, part: Path, name: str) -> tuple[Path, bool]:
    """Move a complete file into the inbox, under a name that somebody gave. Returns the file, and whether it is new.

    Args:
        project: the project.
        part: the file, on the project's disk. If it is refused, or there already, it stays where it is.
        name: any text; it is reduced to a safe name without folders.

    Raises:
        UsageError: it is not a PDF, the inbox is full, or a different file with that name is there.
        FileError: it cannot be read or moved.
    """
    target = project.inbox / safe_file_name(name)
    with named_errors(part), part.open("rb") as file:
        opening = file.read(PDF_WITHIN)
    if not opening:
        raise UsageError(f"{target.name} is empty.", next_step="Copy or download it again.")
    if PDF_MARK not in opening:
        raise UsageError(
            f"{safe_file_name(name, '')} is not a PDF.",
            next_step="Open it in the program that made it, save it as PDF, and add that.",
        )
    with _PLACING:
        if not _is_new(part, target):
            return target, False
        with named_errors(target):
            if sum(1 for _ in project.inbox.iterdir()) >= MOST_FILES:
                raise UsageError(
                    f"there are {MOST_FILES:,} files in the inbox already.",
                    next_step="Make another project for the others.",
                )
            is_placed = put_new(part, target)
    return (target, True) if is_placed else take(project, part, name)


def _is_new(path: Path, target: Path) -> bool:
    """Whether a file has yet to be put into the inbox; raises UsageError if a different one is there."""
    with named_errors(path):
        there = target.exists()
        if there and sha256_of(target) != sha256_of(path):
            raise UsageError(
                f"a different file named {target.name} is in the inbox already.",
                next_step="Rename the new file. If it is a corrected issue, replace the old one yourself.",
            )
    return not there
