"""From a theme to the findings and recommendations that speak of it, and back: they share words of the review."""

from collections.abc import Sequence

from scr_llm.records import Coding, Evidence


def related(coding: Coding, key: str) -> tuple[str, ...]:
    """The keys of the cells whose quotes overlap those of a cell: items of a theme, or themes of an item.

    Args:
        coding: a review as it counts now.
        key: of a theme, finding or recommendation.
    """
    items = {item.id: item.evidence for item in (*coding.findings, *coding.recommendations)}
    themes = {theme.theme: theme.evidence for theme in coding.themes}
    own, others = (items.get(key, ()), themes) if key in items else (themes.get(key, ()), items)
    return tuple(other for other, evidence in others.items() if _share_words(own, evidence))


def _share_words(one: Sequence[Evidence], other: Sequence[Evidence]) -> bool:
    return any(a.page == b.page and a.start < b.end and b.start < a.end for a in one for b in other)
