"""Check what people type (names, roles, reasons, titles) before it is stored or printed."""

import unicodedata

from scr_llm.errors import UsageError

LONGEST_NAME = 200
"""Most characters in a name or a role."""
LONGEST_REASON = 4000
"""Most characters in a reason, a comment or a title."""
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufffe\uffff")
"""Characters that change the direction of the text after them, separate lines, or are not characters at all."""


def is_plain(text: str) -> bool:
    """Whether a text can safely be printed anywhere.

    It must have no control characters, no half characters and nothing that changes its direction.
    """
    return not any(unicodedata.category(character) in ("Cc", "Cs") or character in _TURNING for character in text)


def plain(text: str) -> str:
    """A text of one or more lines, without the characters that cannot be printed everywhere."""
    return "".join(c for c in text if c in "\n\t" or is_plain(c))


def typed(text: str, what: str, *, longest: int = LONGEST_NAME) -> str:
    """A typed text as it is stored, without white space around it.

    Args:
        text: the text as typed.
        what: what it is, with its article: `a name`.
        longest: the most characters that it may have.

    Raises:
        UsageError: it is empty, too long, or cannot be printed.
    """
    bare = text.strip()
    if not bare:
        raise UsageError(f"{what} is missing.", next_step="Type it.")
    if len(bare) > longest:
        raise UsageError(f"{what} is longer than {longest} characters.", next_step="Shorten it.")
    # a name must fit on one line; a reason may have several
    checked = bare if longest == LONGEST_NAME else bare.replace("\n", " ").replace("\t", " ")
    if not is_plain(checked):
        raise UsageError(f"{what} has characters that cannot be printed.", next_step="Type it again.")
    return bare
