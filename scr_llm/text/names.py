"""Find the names on a list in a text, however they are typed there."""

import re
import unicodedata
from collections.abc import Iterable


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern that finds each name as whole words; None where the list is empty.

    It allows for capitals, line breaks, any kind of apostrophe or hyphen, and accents typed as part of a character or
    as separate marks. A name of one word that begins with a capital must do so in the text as well: May and MAY are the
    name, may is not. Other names are found in any case.
    """
    listed = sorted((n for name in names if (n := " ".join(name.split()))), key=len, reverse=True)
    if not listed:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_name, listed))})(?!\w)", re.I)


def _name(name: str) -> str:
    typed = unicodedata.normalize("NFC", name)
    first, others = typed[0], typed[1:]
    initial = _typed(first)
    if first.isupper() and " " not in name:
        initial = f"(?-i:{initial})"
    return initial + "".join(map(_typed, others))


def _typed(character: str) -> str:
    """A pattern for the ways in which a character of a name may be typed."""
    if character == " ":
        return r"\s+"
    if character in "'’‘ʼ`´":
        return "['’‘ʼ`´]"
    if character in "-‐‑":
        return r"[-‐‑\u00ad]\s*"
    parts = unicodedata.normalize("NFD", character)
    return re.escape(character) if parts == character else f"(?:{re.escape(character)}|{re.escape(parts)})"
