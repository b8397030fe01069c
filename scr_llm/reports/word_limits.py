"""How large a Word file may be that somebody gives back: checked before anything in it is unpacked or parsed."""

import io
import zipfile
from pathlib import Path

from scr_llm.errors import UsageError
from scr_llm.files import named_errors, read_file

LARGEST = 50_000_000
"""Most bytes of the file."""
UNPACKED = 200_000_000
"""Most bytes of everything in it, unpacked: pictures, which hardly grow, are most of a real one."""
XML = 40_000_000
"""Most bytes of the words in it, unpacked; a paper on 1,000 reviews has a tenth of that."""
PARTS = 5_000
"""Most files within it."""
PARAGRAPHS = 50_000
"""Most paragraphs, cells of tables among them."""
PARAGRAPH = 50_000
"""Most characters of one paragraph."""
_COPY = "Copy the words into a draft of this project, and give that back."


def read_word(path: Path) -> bytes:
    """The bytes of a Word file, unless it is too large to be one.

    Raises:
        UsageError: it is larger than `LARGEST`.
        FileError: it cannot be read.
    """
    with named_errors(path):
        size = path.stat().st_size
    if size > LARGEST:
        raise too_large(path.name)
    return read_file(path)


def too_large(name: str) -> UsageError:
    """What is said of a file that is too large."""
    return UsageError(
        f"{name} is larger than {LARGEST // 1_000_000} MB.",
        next_step="Make its pictures smaller (in Word: Compress Pictures), save, and try again.",
    )


def check_word(content: bytes, name: str) -> None:
    """Refuse what would fill the memory when it is unpacked. The zip's own list of sizes binds whoever unpacks it.

    Raises:
        UsageError: it is no Word file, or a limit is passed, which is named.
    """
    if len(content) > LARGEST:
        raise too_large(name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise no_word_file(name) from error
    if not any(part.filename == "[Content_Types].xml" for part in inside):
        raise no_word_file(name)
    if len(inside) > PARTS:
        raise UsageError(f"{name} has more than {PARTS:,} files within it.", next_step=_COPY)
    words = sum(part.file_size for part in inside if part.filename.lower().endswith((".xml", ".rels")))
    everything = sum(part.file_size for part in inside)
    if words > XML or everything > UNPACKED:
        held, most = (words, XML) if words > XML else (everything, UNPACKED)
        raise UsageError(
            f"{name} holds {held // 1_000_000:,} MB when it is unpacked; at most {most // 1_000_000} MB are opened.",
            next_step=_COPY,
        )


def check_words(paragraphs: int, longest: int, name: str) -> None:
    """Refuse more words than can be compared with a draft.

    Raises:
        UsageError: there are more than `PARAGRAPHS`, or one has more than `PARAGRAPH` characters.
    """
    if paragraphs > PARAGRAPHS:
        raise UsageError(f"{name} has more than {PARAGRAPHS:,} paragraphs.", next_step=_COPY)
    if longest > PARAGRAPH:
        raise UsageError(f"{name} has a paragraph of more than {PARAGRAPH:,} characters.", next_step=_COPY)


def no_word_file(name: str) -> UsageError:
    """What is said of anything else."""
    return UsageError(f"{name} cannot be read as a Word file.", next_step="Save it as .docx and try again.")
