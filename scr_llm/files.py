"""Files on disk: written whole or not at all, for their owner only, and with an error that says what to do next."""

import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scr_llm.errors import BlockedFileError, FileError

PRIVATE_UMASK = 0o077
"""What is made while this program runs is for its owner alone (0600 and 0700), where the system knows such rights."""
_PIECE = 1 << 20
"""Bytes that are held at once while a file is hashed."""
_FORSAKEN_S = 600
"""Seconds after which a half-written file belongs to nobody."""
_NEXT_STEP = {
    errno.ENOSPC: ("the disk is full", "Free some space, then try again."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space, then try again."),
    errno.EROFS: ("the disk may only be read", "Choose a folder that may be written to."),
    errno.EACCES: (
        "permission was refused",
        "Close it in other programs, and check that you may use it and its folder.",
    ),
    errno.EPERM: (
        "permission was refused",
        "Close it in other programs, and check that you may use it and its folder.",
    ),
    errno.EBUSY: ("another program is using it", "Close it there, then try again."),
    errno.ETXTBSY: ("another program is using it", "Close it there, then try again."),
    errno.ENOENT: ("it, or its folder, does not exist", "Check the path; make the folder first."),
    errno.ENOTDIR: (
        "a part of its path is a file, not a folder",
        "Move that file out of the way, or choose another folder.",
    ),
    errno.EISDIR: ("it is a folder, not a file", "Choose another name."),
    errno.EEXIST: ("a file of that name is in the way", "Move it out of the way, then try again."),
    errno.ENAMETOOLONG: (
        "its name is too long",
        "Shorten the name, or move the project nearer to the top of the disk.",
    ),
    errno.EIO: ("the disk reports an error", "Copy the project to another disk, then try again."),
    errno.EMFILE: ("too many files are open", "Close other programs, then try again."),
}


def file_error(error: OSError, path: Path | str | None = None) -> FileError:
    """What an operating system's error means for a person: the file, what is wrong with it, and the next step."""
    what, step = _NEXT_STEP.get(
        error.errno or 0, (error.strerror or str(error) or type(error).__name__, "Check the path, then try again.")
    )
    blocked = error.errno in (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
    where = path or error.filename2 or error.filename or "a file"
    return (BlockedFileError if blocked else FileError)(f"{where}: {what}.", next_step=step)


@contextlib.contextmanager
def named_errors(path: Path | str | None = None) -> Iterator[None]:
    """Turn any error of the operating system into a `FileError` about a path."""
    try:
        yield
    except OSError as error:
        raise file_error(error, path) from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a whole file or nothing, in place of any of that name.

    Raises:
        BlockedFileError: the file is open in another program, or may not be written.
        FileError: it cannot be written for another reason; whatever was there before is still there.
    """
    with named_errors(path):
        part, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(part, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def sweep(folder: Path) -> None:
    """Remove what a write that was killed long ago left half done in a folder."""
    for part in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if part.is_file() and time.time() - part.stat().st_mtime > _FORSAKEN_S:
                part.unlink()


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, for its owner only; one that is there stays as it is.

    Raises:
        FileError: it cannot be made.
    """
    with named_errors(path):
        for folder in (*reversed(path.parents), path):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)


def read_file(path: Path) -> bytes:
    """A whole file.

    Raises:
        FileError: it cannot be read.
    """
    with named_errors(path):
        return path.read_bytes()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal; the file is read in pieces, whatever its size.

    Raises:
        OSError: it cannot be read.
    """
    if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
        raise OSError(errno.EINVAL, "it is not a file", str(path))
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole.update(piece)
    return whole.hexdigest()


def is_open_elsewhere(path: Path) -> bool:
    """Whether Word or LibreOffice has a document open, by the lock file that each lays beside it."""
    name = path.name
    locks = (f"~${name}", f"~${name[1:]}", f"~${name[2:]}", f".~lock.{name}#")
    return any((path.parent / lock).exists() for lock in locks)
