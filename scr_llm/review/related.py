"""From a theme to the findings and recommendations that speak of it, and back: they share words of the review."""

from scr_llm.records import Coding
from scr_llm.text.places import overlap


def related(coding: Coding, key: str) -> tuple[str, ...]:
    """The keys of the cells whose quotes overlap those of a cell: items of a theme, or themes of an item.

    Args:
        coding: a review as it counts now.
        key: of a theme, finding or recommendation.
    """
    items = {item.id: item.evidence for item in (*coding.findings, *coding.recommendations)}
    themes = {theme.theme: theme.evidence for theme in coding.themes}
    own, others = (items.get(key, ()), themes) if key in items else (themes.get(key, ()), items)
    return tuple(
        other for other, evidence in others.items() if any(overlap(quote, e) for quote in own for e in evidence)
    )
