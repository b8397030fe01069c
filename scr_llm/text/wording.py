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
    return _compiled(tuple(wordings)) if wordings else None


@lru_cache(maxsize=256)
def _compiled(wordings: tuple[str, ...]) -> re.Pattern[str]:
    starts = r"\b"  # once before all alternatives, so that only beginnings of words are tried
    return re.compile(starts + "(?:" + "|".join(f"(?:{pattern(w).removeprefix(starts)})" for w in wordings) + ")", re.I)
