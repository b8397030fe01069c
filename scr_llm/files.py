"""Files on disk: written completely or not at all, for their owner only. Errors say what to do next."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from scr_llm.errors import BlockedFileError, FileError

PRIVATE_UMASK = 0o077
"""Makes new files and folders accessible to their owner alone (0600 and 0700), where the system has such rights."""
_PIECE = 1 << 20
"""Bytes held in memory at once while a file is hashed or copied."""
_ABANDONED_S = 600
"""Seconds after which no running command can still be writing a half-written file."""
_NO_PERMISSION = ("permission was refused", "Close it in other programs, and check that you may use it and its folder.")
_IN_USE = ("another program is using it", "Close it there, then try again.")
_NEXT_STEP = {
    errno.ENOSPC: ("the disk is full", "Free some space, then try again."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space, then try again."),
    errno.EROFS: ("the disk is read-only", "Choose a folder that you can write to."),
    errno.EACCES: _NO_PERMISSION,
    errno.EPERM: _NO_PERMISSION,
    errno.EBUSY: _IN_USE,
    errno.ETXTBSY: _IN_USE,
    errno.ENOENT: ("it, or its folder, does not exist", "Check the path. Create the folder first."),
    errno.ENOTDIR: (
        "part of its path is a file, not a folder",
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
"""What an error of the operating system means, and the next step."""


def file_error(error: OSError, path: Path | str | None = None) -> FileError:
    """An operating system's error in plain words: the file, what is wrong with it, and the next step."""
    unknown = (error.strerror or str(error) or type(error).__name__, "Check the path, then try again.")
    what, step = _NEXT_STEP.get(error.errno or 0, unknown)
    blocked = error.errno in (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
    where = path or error.filename2 or error.filename or "a file"
    kind = BlockedFileError if blocked else FileError
    return kind(f"{where}: {what}.", next_step=step)


@contextlib.contextmanager
def named_errors(path: Path | str | None = None) -> Iterator[None]:
    """Turn any error of the operating system into a `FileError` that names a path."""
    try:
        yield
    except OSError as error:
        raise file_error(error, path) from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file completely or not at all, replacing any file of that name.

    Raises:
        BlockedFileError: the file is open in another program, or there is no permission to write it.
        FileError: it cannot be written for another reason. What was there before is unchanged.
    """
    with _replacing(path, path.parent) as file:
        file.write(content)


def copy_atomically(source: Path, target: Path, through: Path) -> None:
    """Copy a file completely or not at all, in pieces, so that its size does not matter.

    Args:
        source: what is copied.
        target: where to; a file of that name is replaced.
        through: a folder of the same disk for the copy while it is incomplete, in which nobody takes it for a file.

    Raises:
        FileError: one of them cannot be read or written. What was there before is unchanged.
    """
    with named_errors(source), source.open("rb") as whole, _replacing(target, through) as file:
        shutil.copyfileobj(whole, file, _PIECE)


@contextlib.contextmanager
def _replacing(path: Path, folder: Path) -> Iterator[BinaryIO]:
    """A new file in a folder that takes the place of `path` once it is complete, and is removed if it never is."""
    with named_errors(path):
        part, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=folder)
        try:
            with os.fdopen(part, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def put_new(part: Path, path: Path) -> bool:
    """Give a file its final name, unless another process has put one there meanwhile; whether it did.

    Where it did not, the file stays as it was.
    """
    try:
        os.link(part, path)  # unlike a rename, this never replaces a file that is there
    except FileExistsError:
        return False
    except OSError:  # the file system has no hard links
        if path.exists():
            return False
        part.replace(path)
        return True
    part.unlink()
    return True


def sweep(folder: Path) -> None:
    """Remove half-written files that a killed command left in a folder long ago."""
    for part in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if part.is_file() and time.time() - part.stat().st_mtime > _ABANDONED_S:
                part.unlink()


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, for its owner only. A folder that exists is left unchanged.

    Raises:
        FileError: it cannot be made.
    """
    with named_errors(path):
        for folder in (*reversed(path.parents), path):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, exist_ok=True)


def read_file(path: Path) -> bytes:
    """The content of a file.

    Raises:
        FileError: it cannot be read.
    """
    with named_errors(path):
        return path.read_bytes()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal. The file is read in pieces, so that its size does not matter.

    Raises:
        OSError: it cannot be read.
    """
    if path.exists() and not path.is_file():  # reading a pipe would wait for ever
        raise OSError(errno.EINVAL, "it is not a file", str(path))
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            whole.update(piece)
    return whole.hexdigest()


def is_open_elsewhere(path: Path) -> bool:
    """Whether Word or LibreOffice has a document open: each puts a lock file beside it."""
    name = path.name
    locks = (f"~${name}", f"~${name[1:]}", f"~${name[2:]}", f".~lock.{name}#")
    return any((path.parent / lock).exists() for lock in locks)


def data_dir() -> Path:
    """Folder of the shipped prompts and fixtures: the checkout, or the installed package."""
    package = Path(__file__).resolve().parent
    return package / "_data" if (package / "_data").is_dir() else package.parent
