"""Edited papers that people gave back: kept beside the drafts, never over one, until one is signed or taken back.

Each is named by its content, so that no name comes from whoever sends it, and the same file is kept once.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scr_llm.errors import UsageError
from scr_llm.files import make_folder, named_errors, sha256_of, write_atomically
from scr_llm.project import Project
from scr_llm.records import Draft, SignOff
from scr_llm.reports.edited import draft_behind, read_edited
from scr_llm.reports.word_limits import read_word

FOLDER = "given-back"
"""Within outputs/."""
MOST = 50
"""Most papers that are kept at the same time."""
_NAME = re.compile(r"briefing-[0-9a-f]{12}\.docx")
_CALLED = "The file"
"""What a paper is called where its own name is not known."""


def keep(project: Project, part: Path, drafts: Sequence[Draft]) -> Path:
    """Keep a copy of a paper that somebody gave back.

    Args:
        project: the project.
        part: the file as it came in. It stays where it is.
        drafts: the drafts of the project's briefing.

    Raises:
        UsageError: it is no Word file, too large, no draft of this project, or too many are kept already.
        FileError: it cannot be read or written.
    """
    content = read_word(part)
    if draft_behind(read_edited(content, _CALLED), drafts) is None:
        raise UsageError(
            "The file is not an edited draft of this project.",
            next_step="Download the draft here, edit that, and give it back. A new document has none of its marks.",
        )
    path = project.outputs / FOLDER / f"briefing-{hashlib.sha256(content).hexdigest()[:12]}.docx"
    if not path.exists():
        if sum(1 for _ in kept(project)) >= MOST:
            raise UsageError(f"{MOST} edited papers are kept already.", next_step="Take some of them back first.")
        make_folder(path.parent)
        write_atomically(path, content)
    return path


def kept(project: Project, signed: Sequence[SignOff] = ()) -> Iterator[Path]:
    """The papers that were given back and not signed yet, in the order of their names. Links are passed over."""
    folder, used = project.outputs / FOLDER, {s.edited_sha256 for s in signed}
    if not folder.is_dir() or folder.is_symlink():
        return
    for path in sorted(folder.iterdir()):
        if _NAME.fullmatch(path.name) and path.is_file() and not path.is_symlink() and sha256_of(path) not in used:
            yield path


def taken_back(project: Project, name: str) -> None:
    """Remove a paper that was given back. One that is not there changes nothing."""
    for path in kept(project):
        if path.name == name:
            with named_errors(path):
                path.unlink(missing_ok=True)
