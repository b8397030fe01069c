"""What people type – names, roles, reasons, titles – checked before it is kept or printed anywhere."""

import unicodedata

from scr_llm.errors import UsageError

LONGEST_NAME = 200
"""Characters of a name or a role."""
LONGEST_REASON = 4000
"""Characters of a reason, a comment or a title."""
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufffe\uffff")
"""Characters that turn the direction of what follows, part lines, or are none."""


def is_plain(text: str) -> bool:
    """Whether a text can be printed anywhere as it is: no control characters, no halves of characters, nothing that turns its direction."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") or character in _TURNING for character in text)


def plain(text: str) -> str:
    """A text of several lines without the characters that cannot be printed anywhere."""
    return "".join(c for c in text if c in "\n\t" or is_plain(c))


def typed(text: str, what: str, *, longest: int = LONGEST_NAME) -> str:
    """A text as it is kept, without space around it.

    Args:
        text: as it was typed.
        what: what it is, with its article: `a name`.
        longest: characters that it may have.

    Raises:
        UsageError: it is empty, too long, or cannot be printed.
    """
    bare = text.strip()
    if not bare:
        raise UsageError(f"{what} is missing.", next_step="Type it.")
    if len(bare) > longest:
        raise UsageError(f"{what} is longer than {longest} characters.", next_step="Shorten it.")
    lines = (
        bare if longest == LONGEST_NAME else bare.replace("\n", " ").replace("\t", " ")
    )  # a name stands on one line; a reason may have several
    if not is_plain(lines):
        raise UsageError(f"{what} has characters that cannot be printed.", next_step="Type it again.")
    return bare
