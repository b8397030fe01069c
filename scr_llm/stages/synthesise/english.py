"""The wording that the sentences of the paper share."""

from collections.abc import Sequence


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 child", "3 children"."""
    return f"{number} {one if number == 1 else many}"


def of_the(number: int, of: int, noun: str) -> str:
    """A count with its denominator: "5 of the 8 reviews"; "1 of 1 review"."""
    return f"{number} of 1 {noun}" if of == 1 else f"{number} of the {of} {noun}s"


def found_in(label: str, number: int, of: int) -> str:
    """The one form for the count of a theme: "Neglect was found in 5 of the 8 reviews."."""
    return f"{label} was found in {of_the(number, of, 'review')}."


def recommendations_alone(number: int) -> str:
    """The sentence about reviews in which nothing but recommendations shows a theme."""
    return f"In {number} of these, the only evidence is in recommendations."


def lower(label: str) -> str:
    """A label within a sentence."""
    return label[:1].lower() + label[1:]


def join(parts: Sequence[str]) -> str:
    """A list in words."""
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)
