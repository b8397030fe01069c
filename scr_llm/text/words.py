"""The words that a person reads for the tool's internal ids.

One state has one name: on the review page, in the paper and in messages.
"""

from typing import Literal

VALUES = {
    "present": "Present",
    "explicitly_absent": "Ruled out",
    "not_mentioned": "Not found",
    "unclear": "Unclear",
}
"""Values of a cell. Ruled out: the review says expressly that it was not so. Not found: the review is silent, which
never means no."""
MATRIX = VALUES | {"present": "Yes"}
"""Values of a cell as the matrix shows them: whoever reads a matrix asks of each cell whether the theme was found."""
STATUSES = {
    "pending": "waiting",
    "coded": "coded",
    "unreadable": "unreadable",
    "duplicate": "duplicate",
    "superseded": "superseded",
    "not_a_review": "not a review",
    "failed": "failed",
}
"""States of a document."""
CONTEXTS = {
    "sexual_abuse": "Sexual abuse",
    "physical_assault": "Physical assault",
    "co_sleeping": "Death while co-sleeping",
    "natural_causes": "Death by natural causes",
    "unknown_cause": "Cause of death unknown",
    "neglect": "Neglect",
    "suicide": "Suicide",
    "ingestion": "Ingestion of a drug or poison",
    "other": "Other",
    "not stated": "Not stated",
}
"""Why a review was held."""
WAYS = {
    "whole": "all themes in one question",
    "themes": "one question a theme",
    "judge": "single sentences, yes or no",
}
"""Ways of asking a model."""
GENDERS = {"F": "Female", "M": "Male", "other": "Other", "not stated": "Not stated"}
AGES: dict[Literal["<1", "1-5", "6-10", "11-15", "16-17", "not stated"], str] = {
    "<1": "under 1",
    "1-5": "1 to 5",
    "6-10": "6 to 10",
    "11-15": "11 to 15",
    "16-17": "16 to 17",
    "not stated": "not stated",
}
"""Bands of ages, in years."""


def in_words(name: str) -> str:
    """A value, a state or another id, as it reads in a sentence: "ruled out", "not a review", "good practice"."""
    known = VALUES.get(name)
    return known.lower() if known else STATUSES.get(name, name.replace("_", " "))


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 child", "3 children"; "2 reviews", where the plural only adds an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def lower(text: str) -> str:
    """A title as it reads within a sentence."""
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """A sentence with a capital letter."""
    return text[:1].upper() + text[1:]
