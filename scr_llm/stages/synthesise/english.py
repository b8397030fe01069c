"""How the paper puts things."""

from collections.abc import Sequence


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
