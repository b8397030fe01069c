"""The seven-minute briefing: one page for a team meeting, with three questions to think about."""

from scr_llm.records import Briefing, Paper, Paragraph, Part, Sentence
from scr_llm.stages.synthesise.english import lower

MOST = 3
"""Themes on the page."""
_ASK = (
    "On {}: where would we see it in our own work this month, and who would notice first?",
    "On {}: what do we do now that would have made a difference in these cases?",
    "On {}: what will we change, and who will check, by when?",
)


def seven_minutes(briefing: Briefing) -> Paper:
    """The page, from the briefing's own numbers and quotes."""
    counts = {t.theme: t for t in briefing.facts.themes}
    heads = [counts[t] for t in briefing.facts.headline[:MOST]]
    ids = tuple(c.document_id for c in briefing.cases)
    n = briefing.facts.reviews

    def said(text: str, documents: tuple[str, ...] = ids) -> Paragraph:
        return Paragraph(sentences=(Sentence(text=text, documents=documents),))

    parts = [
        Part(
            id="why",
            level=1,
            title="Why read this",
            paragraphs=(
                said(
                    f"{n} Serious Case Reviews were read side by side. This page says what they have in common, in seven minutes."
                ),
            ),
        ),
        Part(
            id="found",
            level=1,
            title="What was found",
            paragraphs=tuple(
                Paragraph(
                    style="bullet",
                    sentences=(Sentence(text=f"{t.label}: {t.present} of {t.of} reviews.", documents=t.documents),),
                )
                for t in heads
            )
            or (said("No practice theme was found in more than one review."),),
        ),
    ]
    quotes = []
    for head in heads:
        printed = [
            p
            for part in briefing.parts
            if part.id.startswith(f"theme.{head.theme}")
            for p in part.paragraphs
            if p.quote
        ]
        quotes += sorted(printed, key=lambda p: len(p.quote.text) if p.quote else 0)[:1]
    if quotes:
        parts.append(Part(id="words", level=1, title="In the reviews’ words", paragraphs=tuple(quotes)))
    asked = [form.format(lower(head.label)) for form, head in zip(_ASK, heads, strict=False)]
    asked += [
        "What in these findings is most like the families we work with now?",
        "What will we do differently, and who will check?",
        "Which of our own records would show it?",
    ][: MOST - len(asked)]
    parts.append(
        Part(
            id="questions",
            level=1,
            title="Three questions for your team",
            paragraphs=tuple(Paragraph(style="bullet", sentences=(Sentence(text=q),)) for q in asked[:3]),
        )
    )
    return Paper(
        title="Seven-minute briefing: learning from case reviews",
        status_line=briefing.status_line,
        marking=briefing.marking,
        version=briefing.version,
        organisation=briefing.organisation,
        parts=tuple(parts),
    )
