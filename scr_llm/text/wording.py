"""Turn the notation for wordings in a codebook into regular expressions.

- `assess*` matches any ending;
- `(lack of|no)` matches either;
- `...` matches up to five words in between;
- a space matches any white space, or a hyphen at a line's end.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

_TOKEN = re.compile(r"\s*\.\.\.\s*|[(|)]\*?|\?|\*|\s+|[^\s()|*?]+")
_GAP = r"(?:[^\w.;:]+[\w’'-]+){0,5}?[^\w.;:]+"


def pattern(wording: str) -> str:
    """One wording as a regular expression.

    Raises:
        ValueError: brackets do not match, or the wording is empty; the message says what to write instead.
    """
    if not wording.strip(" .*"):
        raise ValueError("is empty; write a phrase or delete the line")
    depth, parts = 0, [r"\b"]
    for token in _TOKEN.findall(wording.strip()):
        if token.strip() == "...":
            parts.append(_GAP)
        elif token.startswith("("):
            depth += 1
            parts.append("(?:")
        elif token.startswith(")"):
            depth -= 1
            if depth < 0:
                raise ValueError("has a closing bracket without an opening one; write (one|other)")
            parts.append(")" + (r"\w*" if token.endswith("*") else ""))
        elif token == "|":
            parts.append("|")
        elif token == "?":
            parts.append("?")
        elif token == "*":
            parts.append(r"[\w’'-]*")
        elif token.isspace():
            parts.append(r"[\s-]+" if not parts[-1].startswith("|") else "")
        else:
            parts.append(re.sub("['’]", "['’]", re.escape(token)))  # either apostrophe finds both
    if depth:
        raise ValueError("has an opening bracket without a closing one; write (one|other)")
    joined = "".join(parts)
    # an optional group ends in its own space, so that the words after it need none
    joined = joined.replace(r"[\s-]+)?", r"[\s-]+)?").replace(_GAP + r"[\s-]+", _GAP)
    if joined.endswith(_GAP):
        joined = joined[: -len(_GAP)]
    return joined + (r"" if wording.rstrip().endswith("*") else r"\b")


def compile_wordings(wordings: Sequence[str]) -> re.Pattern[str] | None:
    """All wordings as one expression that ignores case; None if there are none."""
    return _compiled(tuple(wordings), re.I) if wordings else None


def compile_folded(wordings: Sequence[str]) -> re.Pattern[str] | None:
    """All wordings as one expression for a `folded` text, in which it finds what `compile_wordings` finds.

    It is several times as fast, since it can tell by their first letter which wordings to try. None if there are none.
    """
    return _compiled(tuple(map(folded, wordings)), re.NOFLAG) if wordings else None


def folded(text: str) -> str:
    """A text in which no letter differs from another by its case alone, as long as it was.

    Two Latin letters that `re.IGNORECASE` takes for one are one letter in it.
    """
    return (text if text.isascii() else text.translate(_ALSO_ALIKE)).lower()


_ALSO_ALIKE = str.maketrans("İıſ", "iis")
"""Letters that `re.IGNORECASE` takes for an ASCII one, and `str.lower` does not."""


@lru_cache(maxsize=512)
def _compiled(wordings: tuple[str, ...], flags: re.RegexFlag) -> re.Pattern[str]:
    starts = r"\b"  # once before all alternatives, so that only beginnings of words are tried
    alternatives = "|".join(f"(?:{pattern(w).removeprefix(starts)})" for w in wordings)
    return re.compile(f"{starts}(?:{alternatives})", flags)
