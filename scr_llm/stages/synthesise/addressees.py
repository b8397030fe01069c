"""Whom the recommendations ask, each body under one name."""

from collections import Counter
from collections.abc import Sequence

from scr_llm.records import RegisterRow

NOBODY = "No addressee named"
"""What is printed for a recommendation that asks nobody in particular."""


def addressees(rows: Sequence[RegisterRow]) -> list[str]:
    """The addressee of each recommendation.

    A body has one name, whichever way it is written: with or without an article, in capitals or not. The most common
    form is printed.
    """
    written = Counter(r.addressee for r in rows if r.addressee)
    forms: dict[str, str] = {}
    for name, _ in written.most_common():
        bare = name.removeprefix("the ").removeprefix("The ")
        forms.setdefault(_body(name), bare[:1].upper() + bare[1:])
    return [forms[_body(r.addressee)] if r.addressee else NOBODY for r in rows]


def _body(name: str) -> str:
    return name.casefold().removeprefix("the ").replace("’", "'").strip()
