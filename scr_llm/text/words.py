"""What the tool's own ids are called where a person reads them: one state, one name, on the page, in the paper and in messages."""

from typing import Literal

VALUES = {
    "present": "Present",
    "explicitly_absent": "Ruled out",
    "not_mentioned": "Not found",
    "unclear": "Unclear",
}
"""Of a cell. Ruled out: the review says expressly that it was not so. Not found: the review is silent, which never means no."""
MATRIX = VALUES | {"present": "Yes"}
"""Of a cell in the matrix."""
STATUSES = {
    "pending": "waiting",
    "coded": "coded",
    "unreadable": "unreadable",
    "duplicate": "duplicate",
    "superseded": "superseded",
    "not_a_review": "not a review",
    "failed": "failed",
}
"""Of a document."""
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
    """A value, a status or another id within a sentence: "ruled out", "not a review", "good practice"."""
    known = VALUES.get(name)
    return known.lower() if known else STATUSES.get(name, name.replace("_", " "))
