"""A name that somebody gave for a file, reduced to one that is safe on every system."""

import re
import unicodedata

from scr_llm.text.typed import is_plain

LONGEST = 180
"""Most bytes of a name: with the name of a half-written copy around it, it fits the 255 of every file system."""
_DEVICES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.I)
"""Names that Windows takes for a device, with any ending."""
_IN_THE_WAY = re.compile(r'[<>:"|?*\x00-\x1f]')
"""Characters that no name may have on Windows."""


def safe_file_name(given: str, ending: str = ".pdf") -> str:
    """A file's own name, without any folder, that can be written on Windows, macOS and Linux.

    Args:
        given: the name, which may be anything at all.
        ending: the ending that it gets if it has another; empty to leave it as it is.
    """
    text = unicodedata.normalize("NFC", given.encode("utf-8", "replace").decode())
    own = re.split(r"[/\\]", text)[-1]
    own = _IN_THE_WAY.sub("-", "".join(c for c in own if is_plain(c)))
    # Intake passes over names that begin as other programs' own files do; a leading dash may be read as an option.
    own = " ".join(own.split()).lstrip(".~$-_ ").rstrip(". ")
    stem = own[: -len(ending)] if ending and own.lower().endswith(ending) else own
    kept = own[len(stem) :] or ending
    while len(stem.encode()) + len(kept) > LONGEST:
        stem = stem[:-1]
    stem = stem.rstrip(". ") or "file"
    if _DEVICES.fullmatch(stem.partition(".")[0].strip()):
        stem = f"file {stem}"
    return stem + kept
