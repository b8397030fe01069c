"""What a file in the inbox is: new, a second copy, one that cannot be opened, or not a review."""

import errno
import hashlib
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scr_llm.files import sha256_of
from scr_llm.records import Document, Reading
from scr_llm.text.typed import is_plain

_REVIEW = re.compile(
    r"serious case review|case review|safeguarding practice review|child practice review|executive summary"
    r"|independent review|rapid review|recommendation",
    re.I,
)
_AGENDA = re.compile(r"^\s*(?:agenda|minutes of|apologies for absence|any other business)\b", re.I | re.M)
_OPENING = 6_000
"""Number of characters from the start within which a review says that it is one."""
_DEEPEST = 10
"""How many levels of folders are searched."""
_IGNORED = re.compile(r"~\$|\._|\.~lock\.|\.(?!.*\.pdf)", re.I)
"""Names of files that other programs make for their own use. A hidden file that is called a PDF is not one of these."""
_KINDS = {
    stat.S_IFLNK: ("it is a link to another place, which is not followed", "Copy the file itself into the inbox."),
    stat.S_IFIFO: ("it is a pipe, not a file", "Remove it from the inbox."),
    stat.S_IFSOCK: ("it is a socket, not a file", "Remove it from the inbox."),
    stat.S_IFCHR: ("it is a device, not a file", "Remove it from the inbox."),
    stat.S_IFBLK: ("it is a device, not a file", "Remove it from the inbox."),
}
_REFUSED = {
    errno.EACCES: (
        "you may not read it, or another program has it open",
        "Close it in the other program or ask for permission to read it, then run again.",
    ),
    errno.EPERM: (
        "you may not read it, or another program has it open",
        "Close it in the other program or ask for permission to read it, then run again.",
    ),
    errno.EBUSY: ("another program is using it", "Close it in that program, then run again."),
    errno.ENOENT: ("its file is no longer there", "Put it back, then run again."),
    errno.ENAMETOOLONG: ("its name is too long", "Shorten its name, then run again."),
}


@dataclass(frozen=True)
class Entry:
    """Something in the inbox or in one of its folders."""

    name: str
    """Its path within the inbox, with forward slashes."""
    path: Path
    fault: str = ""
    """Why it cannot be opened as a file, in words; empty if it can."""
    next_step: str = ""
    """What to do about it."""


def entries(inbox: Path) -> Iterator[Entry]:
    """Everything in the inbox and its folders, ordered by name. Links are listed but never followed.

    Raises:
        OSError: the inbox itself cannot be read.
    """
    yield from _entries(inbox, inbox, 0)


def _entries(folder: Path, inbox: Path, depth: int) -> Iterator[Entry]:
    found = sorted(p for p in folder.iterdir() if not _IGNORED.match(p.name))
    if depth and not found:
        yield Entry(
            folder.relative_to(inbox).as_posix(),
            folder,
            "it is an empty folder",
            "Put PDF files into it, or remove it from the inbox.",
        )
    for path in found:
        name = path.relative_to(inbox).as_posix()
        try:
            kind = stat.S_IFMT(path.lstat().st_mode)
            if kind == stat.S_IFDIR and depth < _DEEPEST:
                yield from _entries(path, inbox, depth + 1)
            elif kind == stat.S_IFDIR:
                yield Entry(name, path, "it is a folder too deep within others", "Move its files up.")
            elif path.name.startswith("."):
                yield _hidden(name, path)
            elif kind != stat.S_IFREG:
                yield Entry(name, path, *_KINDS.get(kind, ("it is not a file", "Remove it from the inbox.")))
            else:
                yield Entry(name, path)
        except OSError as error:
            yield Entry(name, path, *refused(error))


def _hidden(name: str, path: Path) -> Entry:
    if path.suffix == ".icloud":
        fault = "it stands for a file that was not downloaded (iCloud)"
        return Entry(name, path, fault, "Download the file itself.")
    return Entry(name, path, "it is a hidden file", "Rename it, without the dot in front.")


def refused(error: OSError) -> tuple[str, str]:
    """Why a file cannot be read, and the next step."""
    return _REFUSED.get(
        error.errno or 0,
        (f"it cannot be read ({error.strerror or type(error).__name__})", "Copy it again, then run again."),
    )


def take_in(entry: Entry, batch: str, day: str = "", *, largest: int = 500_000_000) -> Document:
    """The document of an entry: pending, or unreadable with the reason if it cannot be opened as a file.

    Args:
        entry: the file or folder in the inbox.
        batch: name of the batch that it belongs to.
        day: the date on which it is taken in, for example 2011-03-31.
        largest: size in bytes of the largest file that is opened.
    """
    name = "".join(map(_printable, entry.name))
    if entry.fault:
        return _not_opened(name, batch, day, entry.fault, entry.next_step)
    if name != entry.name:
        return _not_opened(name, batch, day, "its name has characters that cannot be printed", "Rename it.")
    try:
        size = entry.path.stat().st_size
        if size > largest:
            fault = f"it has {size / 1e6:,.0f} MB, more than the {largest / 1e6:,.0f} MB that are opened"
            step = "Make it smaller, or raise [read] largest_megabytes in project.toml."
            return _not_opened(name, batch, day, fault, step)
        sha256 = sha256_of(entry.path)
    except OSError as error:
        return _not_opened(name, batch, day, *refused(error))
    # Empty files all have the same bytes, so their names keep them apart.
    document_id = _id(sha256 if size else f"{sha256}\n{name}")
    return Document(id=document_id, file=name, sha256=sha256, bytes=size, batch=batch, taken_in=day)


def _printable(character: str) -> str:
    """A character of a file name, escaped if it cannot be printed."""
    if is_plain(character):
        return character
    if "\ud800" <= character <= "\udfff":  # a byte that is not UTF-8, as Python gives it in a file name
        return character.encode("utf-8", "backslashreplace").decode()
    return f"\\u{ord(character):04x}"


def _not_opened(name: str, batch: str, day: str, fault: str, next_step: str) -> Document:
    """A document without content.

    Its id comes from its fault and name, so the words of a fault must not change: known files would become new ones.
    """
    return Document(
        id=_id(f"{fault}\n{name}"),
        file=name,
        sha256="",
        bytes=0,
        batch=batch,
        taken_in=day,
        status="unreadable",
        reason=f"{fault}.",
        next_step=next_step,
    )


def _id(text: str) -> str:
    """A document's id, from the hash of its bytes or of another text."""
    is_hash = len(text) == 64 and "\n" not in text
    return f"d{(text if is_hash else hashlib.sha256(text.encode()).hexdigest())[:12]}"


def second_copy(document: Document, first: Document) -> Document:
    """A document as the second copy of the same bytes."""
    return document.model_copy(
        update={
            "id": _id(f"{document.sha256}\n{document.file}"),
            "status": "duplicate",
            "reason": f"the same file as {first.file}, which is used instead.",
            "next_step": "You may delete one of them.",
        }
    )


def _is_agenda(reading: Reading) -> str | None:
    recommends = any(item.kind == "recommendation" for item in reading.items)
    if _AGENDA.search(_opening(reading)) and len(reading.pages) <= 4 and not recommends:
        return "it looks like an agenda or minutes, not a review."
    return None


def _does_not_say_so(reading: Reading) -> str | None:
    return None if _REVIEW.search(_opening(reading)) else "nothing on its first pages says that it is a review."


def _opening(reading: Reading) -> str:
    return "\n".join(page.text for page in reading.pages)[:_OPENING]


CHECKS: list[Callable[[Reading], str | None]] = [_is_agenda, _does_not_say_so]
"""Each says why a document does not appear to be a review, or None. A person may overrule the first reason given."""


def why_no_review(reading: Reading) -> str | None:
    """Why a document does not appear to be a review; None if it does."""
    return next((reason for check in CHECKS if (reason := check(reading))), None)
