"""What is a file of the inbox: new, the same again, not to be opened, or not a review."""

import errno
import hashlib
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scr_llm.files import sha256_of
from scr_llm.records import Document, Reading
from scr_llm.text.typed import is_plain

_REVIEW = re.compile(
    r"serious case review|case review|safeguarding practice review|child practice review|executive summary|independent review|rapid review|recommendation",
    re.I,
)
_AGENDA = re.compile(r"^\s*(?:agenda|minutes of|apologies for absence|any other business)\b", re.I | re.M)
_OPENING = 6_000
"""Characters from the start in which a review says that it is one."""
_DEEPEST = 10
"""Folders within folders that are looked into."""
_IGNORED = re.compile(r"~\$|\._|\.~lock\.|\.(?!.*\.pdf)", re.I)
"""How the names of files begin that other programs lay down for themselves; a hidden file that calls itself a PDF is none."""
_KINDS = {
    stat.S_IFLNK: ("it is a link to another place, which is not followed", "Copy the file itself into the inbox."),
    stat.S_IFIFO: ("it is a pipe, not a file", "Take it out of the inbox."),
    stat.S_IFSOCK: ("it is a socket, not a file", "Take it out of the inbox."),
    stat.S_IFCHR: ("it is a device, not a file", "Take it out of the inbox."),
    stat.S_IFBLK: ("it is a device, not a file", "Take it out of the inbox."),
}
_REFUSED = {
    errno.EACCES: (
        "you may not read it, or another program has it open",
        "Close it there or ask for the right to read it, then run again.",
    ),
    errno.EPERM: (
        "you may not read it, or another program has it open",
        "Close it there or ask for the right to read it, then run again.",
    ),
    errno.EBUSY: ("another program is using it", "Close it there, then run again."),
    errno.ENOENT: ("its file is no longer there", "Put it back, then run again."),
    errno.ENAMETOOLONG: ("its name is too long", "Shorten its name, then run again."),
}


@dataclass(frozen=True)
class Entry:
    """Something that lies in the inbox or in a folder of it."""

    name: str
    """Its path within the inbox, with forward slashes."""
    path: Path
    fault: str = ""
    """Why it cannot be taken as a file, in words; empty where it can."""
    next_step: str = ""
    """What to do about that."""


def entries(inbox: Path) -> Iterator[Entry]:
    """Everything in the inbox and its folders, by name; links are named, never followed.

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
            "Put PDFs into it, or take it out of the inbox.",
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
                hidden = (
                    "it is a hidden file"
                    if path.suffix != ".icloud"
                    else "it stands for a file that was not downloaded (iCloud)"
                )
                yield Entry(
                    name,
                    path,
                    hidden,
                    "Download the file itself." if path.suffix == ".icloud" else "Rename it, without the dot in front.",
                )
            elif kind != stat.S_IFREG:
                yield Entry(name, path, *_KINDS.get(kind, ("it is not a file", "Take it out of the inbox.")))
            else:
                yield Entry(name, path)
        except OSError as error:
            yield Entry(name, path, *refused(error))


def refused(error: OSError) -> tuple[str, str]:
    """Why a file cannot be read, and the next step."""
    return _REFUSED.get(
        error.errno or 0,
        (f"it cannot be read ({error.strerror or type(error).__name__})", "Copy it again, then run again."),
    )


def take_in(entry: Entry, batch: str, day: str = "", *, largest: int = 500_000_000) -> Document:
    """The document of an entry, with status pending; or unreadable, with the reason, where it cannot be opened as a file.

    Args:
        entry: what lies in the inbox.
        batch: name of the batch that it came with.
        day: on which it is taken in, as 2011-03-31.
        largest: bytes of the largest file that is opened.
    """
    name = "".join(
        c
        if is_plain(c)
        else c.encode("utf-8", "backslashreplace").decode()
        if "\ud800" <= c <= "\udfff"
        else f"\\u{ord(c):04x}"
        for c in entry.name
    )
    if entry.fault:
        return _not_opened(name, batch, day, entry.fault, entry.next_step)
    if name != entry.name:
        return _not_opened(name, batch, day, "its name has characters that cannot be printed", "Rename it.")
    try:
        size = entry.path.stat().st_size
        if size > largest:
            fault = f"it has {size / 1e6:,.0f} MB, more than the {largest / 1e6:,.0f} MB that are opened"
            return _not_opened(
                name, batch, day, fault, "Make it smaller, or raise [read] largest_megabytes in project.toml."
            )
        sha256 = sha256_of(entry.path)
    except OSError as error:
        return _not_opened(name, batch, day, *refused(error))
    return Document(
        id=_id(sha256 if size else f"{sha256}\n{name}"), file=name, sha256=sha256, bytes=size, batch=batch, taken_in=day
    )


def _not_opened(name: str, batch: str, day: str, fault: str, next_step: str) -> Document:
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
    is_hash = len(text) == 64 and "\n" not in text
    return f"d{(text if is_hash else hashlib.sha256(text.encode()).hexdigest())[:12]}"


def second_copy(document: Document, first: Document) -> Document:
    """A document as the second copy of the same bytes."""
    return document.model_copy(
        update={
            "id": _id(f"{document.sha256}\n{document.file}"),
            "status": "duplicate",
            "reason": f"the same file as {first.file}, which stands for both.",
            "next_step": "Delete one of them if you like.",
        }
    )


def why_no_review(reading: Reading) -> str | None:
    """Why a document is not taken for a review; None where it is one."""
    text = "\n".join(page.text for page in reading.pages)
    opening = text[:_OPENING]
    if (
        _AGENDA.search(opening)
        and len(reading.pages) <= 4
        and not any(item.kind == "recommendation" for item in reading.items)
    ):
        return "this looks like an agenda or minutes, not a review."
    if not _REVIEW.search(opening):
        return "nothing in its first pages says that it is a review."
    return None
