"""What a case is called, wherever a person reads it."""

from collections import Counter
from collections.abc import Mapping

from scr_llm.records import Case, Document


def case_label(case: Case, document: Document) -> str:
    """Authority and pseudonym, for example "Northmere ‘Amber’"; the file name where the review states neither.

    An authority alone does not identify a case, so the pseudonym follows it. A pseudonym of one word is put in
    quotation marks: without them, "Northmere Amber" reads like the name of a place.
    """
    name = case.pseudonym
    if name and " " not in name and not name[0].isdigit():
        name = f"‘{name}’"
    return " ".join(part for part in (case.authority, name) if part) or document.file


def told_apart(labels: Mapping[str, str], documents: Mapping[str, Document]) -> dict[str, str]:
    """Labels by document id; two reviews with the same authority and pseudonym are told apart by their files."""
    number = Counter(labels.values())
    return {i: label if number[label] == 1 else f"{label} ({documents[i].file})" for i, label in labels.items()}
