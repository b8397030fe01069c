"""The wording that the sentences of the paper share."""

import re
from collections.abc import Sequence
from datetime import date


def of_the(number: int, of: int, noun: str) -> str:
    """A count with its denominator: "5 of the 8 reviews", "all 8 reviews", "both reviews", "the review"."""
    if number == 0:
        return f"none of the {of} {noun}s" if of > 1 else f"no {noun}"
    if number < of:
        return f"{number} of the {of} {noun}s"
    return {1: f"the {noun}", 2: f"both {noun}s"}.get(of, f"all {of} {noun}s")


def found_in(label: str, number: int, of: int) -> str:
    """The one form for the count of a theme: "Neglect was found in 5 of the 8 reviews."."""
    return f"{label} {'were' if is_plural(label) else 'was'} found in {of_the(number, of, 'review')}."


_AFTER_THE_NOUN = re.compile(r" (?:of|in|on|to|with|for|from|by)\b| [(/]")
"""Where the first noun phrase of a label ends."""
_PLURALS = frozenset(["men", "women", "children", "people"])


def is_plural(label: str) -> bool:
    """Whether a label takes a plural verb: "Workforce failings", "Unseen men (fathers)", "Transitions and handover"."""
    noun = _AFTER_THE_NOUN.split(label.lower())[0]
    last = noun.split()[-1] if noun.split() else ""
    return " and " in noun or last in _PLURALS or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def recommendations_alone(number: int, of: int) -> str:
    """The sentence about reviews in which nothing but recommendations shows a theme."""
    where = "There" if of == 1 else f"In {number} of these" if number < of else "In all of these"
    return f"{where}, the only evidence is in recommendations."


def day(iso: str) -> str:
    """A day in words: "3 June 2026"."""
    at = date.fromisoformat(iso)
    return f"{at.day} {at:%B %Y}"


def lower(label: str) -> str:
    """A label within a sentence."""
    return label[:1].lower() + label[1:]


def join(parts: Sequence[str]) -> str:
    """A list in words."""
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)
