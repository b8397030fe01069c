"""The seven-minute briefing: one page for a team meeting, with three questions to think about."""

from collections.abc import Sequence

from scr_llm.records import Briefing, Paper, Paragraph, Part, ThemeCount
from scr_llm.stages.synthesise.english import found_in, lower
from scr_llm.stages.synthesise.sentences import bullet, paragraph

MOST = 3
"""Themes on the page, and questions."""
_ASK = (
    "On {}: where would we see it in our own work this month, and who would notice first?",
    "On {}: what do we do now that would have made a difference in these cases?",
    "On {}: what will we change, and who will check, by when?",
)
"""A question on each theme."""
_ASK_ANYWAY = (
    "What in these findings is most like the families we work with now?",
    "What will we do differently, and who will check?",
    "Which of our own records would show it?",
)
"""Questions that fill up the page where there are fewer themes."""


def seven_minutes(briefing: Briefing) -> Paper:
    """The page, from the briefing's own numbers and quotes."""
    counts = {t.theme: t for t in briefing.facts.themes}
    heads = [counts[t] for t in briefing.facts.headline[:MOST]]
    parts = [_why(briefing), _found(briefing, heads)]
    if quotes := [quote for head in heads for quote in _shortest_quote(briefing, head)]:
        parts.append(Part(id="words", level=1, title="In the reviews’ words", paragraphs=tuple(quotes)))
    parts.append(_questions(heads))
    return Paper(
        title="Seven-minute briefing: learning from case reviews",
        status_line=briefing.status_line,
        marking=briefing.marking,
        version=briefing.version,
        organisation=briefing.organisation,
        parts=tuple(parts),
    )


def _ids(briefing: Briefing) -> tuple[str, ...]:
    return tuple(c.document_id for c in briefing.cases)


def _why(briefing: Briefing) -> Part:
    if briefing.facts.reviews == 1:
        text = "One Serious Case Review was read closely. This page sets out what it found, in seven minutes."
    else:
        text = (
            f"{briefing.facts.reviews} Serious Case Reviews were read side by side. "
            "This page sets out what they have in common, in seven minutes."
        )
    return Part(id="why", level=1, title="Why read this", paragraphs=(paragraph(text, _ids(briefing)),))


def _found(briefing: Briefing, heads: Sequence[ThemeCount]) -> Part:
    bullets = tuple(bullet(found_in(t.label, t.present, t.of), t.documents) for t in heads)
    nothing = paragraph("No practice theme was found often enough to lead this page.", _ids(briefing))
    return Part(id="found", level=1, title="What was found", paragraphs=bullets or (nothing,))


def _shortest_quote(briefing: Briefing, head: ThemeCount) -> list[Paragraph]:
    """The shortest quote that the briefing prints on a theme, or nothing."""
    printed = [
        p for part in briefing.parts if part.id.startswith(f"theme.{head.theme}") for p in part.paragraphs if p.quote
    ]
    return sorted(printed, key=lambda p: len(p.quote.text) if p.quote else 0)[:1]


def _questions(heads: Sequence[ThemeCount]) -> Part:
    asked = [form.format(lower(head.label)) for form, head in zip(_ASK, heads, strict=False)]
    asked += _ASK_ANYWAY[: MOST - len(asked)]
    return Part(
        id="questions", level=1, title="Three questions for your team", paragraphs=tuple(bullet(q) for q in asked)
    )
