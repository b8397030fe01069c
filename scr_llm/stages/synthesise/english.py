"""How the paper puts things."""

from collections.abc import Sequence

from scr_llm.records import AgeBand

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
GENDERS = {"F": "Female", "M": "Male", "other": "Other", "not stated": "Not stated"}
AGES: dict[AgeBand, str] = {
    "<1": "under 1",
    "1-5": "1 to 5",
    "6-10": "6 to 10",
    "11-15": "11 to 15",
    "16-17": "16 to 17",
    "not stated": "not stated",
}


def count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


def also_unstated(fact: str, number: int) -> str:
    """The rest of a sentence: for how many a fact is not stated."""
    return f"; {fact} is not stated for {number}" if number else ""


def lower(label: str) -> str:
    """A label within a sentence."""
    return label[:1].lower() + label[1:]


def join(parts: Sequence[str]) -> str:
    """A list in words."""
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)
