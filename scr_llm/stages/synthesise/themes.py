"""The parts about themes: one for each headline theme, one for the others, one for good practice."""

from collections.abc import Iterator

from scr_llm.records import Code, EvidenceRef, Paragraph, Part, Sentence, SubCode, ThemeCount
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.english import found_in, of_the, recommendations_alone
from scr_llm.stages.synthesise.quote_score import praise_order
from scr_llm.stages.synthesise.quotes import Used, choose, groups, reference
from scr_llm.stages.synthesise.sentences import bullet, paragraph, quotes, sentence

MOST_PRAISED = 6
"""Themes that the part on good practice lists."""


def headline_theme(tally: ThemeTally, code: Code, number: int, used: Used) -> list[Part]:
    """A theme's part, with a part for each of its aspects that was found, and quotes under the smallest of these."""
    paragraphs = [Paragraph(sentences=_lead(tally.counts[code.id], inferred=tally.options.tell_inferred))]
    aspects = [
        _aspect(tally, code, sub, f"{number}.{nth}", used)
        for nth, sub in enumerate(code.sub_codes, 1)
        if _raising(tally, code, sub)
    ]
    if not aspects:
        chosen = choose(tally, code.id, tally.having(code.id), tally.options.quotes_per_theme, used)
        paragraphs += quotes(chosen)
    title = f"{number}. {code.label}"
    return [Part(id=f"theme.{code.id}", level=1, title=title, paragraphs=tuple(paragraphs)), *aspects]


def _lead(count: ThemeCount, *, inferred: bool = False) -> tuple[Sentence, ...]:
    lines = [found_in(count.label, count.present, count.of)]
    if count.recommendation_only:
        lines.append(recommendations_alone(count.recommendation_only))
    if inferred and count.inferred:
        lines.append(f"In {count.inferred} of these, the theme is implied and not stated.")
    return tuple(sentence(line, count.documents, count.theme) for line in lines)


def _raising(tally: ThemeTally, code: Code, sub: SubCode) -> list[CodedReview]:
    """The reviews in which an aspect of a theme was found."""
    return [r for r in tally.having(code.id) if (cell := r.theme(code.id)) and sub.id in cell.sub_themes]


def _aspect(tally: ThemeTally, code: Code, sub: SubCode, number: str, used: Used) -> Part:
    found = _raising(tally, code, sub)
    lead = found_in(sub.label, len(found), tally.facts.reviews)
    ids = tuple(r.document.id for r in found)
    chosen = choose(tally, code.id, found, 2, used, (*sub.wordings, *sub.subjects))
    return Part(
        id=f"theme.{sub.id}",
        level=2,
        title=f"{number} {sub.label}",
        paragraphs=(Paragraph(sentences=(sentence(lead, ids, code.id),)), *quotes(chosen)),
    )


def other_themes(tally: ThemeTally, number: int, used: Used) -> list[Part]:
    """The themes without a part to themselves: a count and a quote each, then those found in one review only."""
    rest = [t for t in tally.facts.themes if t.present and t.theme not in tally.facts.headline]
    if not rest:
        return []
    paragraphs: list[Paragraph] = []
    for theme in sorted((t for t in rest if t.present > 1), key=lambda t: -t.present):
        paragraphs.append(Paragraph(sentences=_lead(theme)))
        paragraphs += quotes(choose(tally, theme.theme, tally.having(theme.theme), 1, used))
    paragraphs += _found_once(tally, [t for t in rest if t.present == 1])
    return [Part(id="others", level=1, title=f"{number}. Other themes in short", paragraphs=tuple(paragraphs))]


def _found_once(tally: ThemeTally, once: list[ThemeCount]) -> list[Paragraph]:
    if not once:
        return []
    if len(once) == 1:
        return [paragraph(found_in(once[0].label, 1, once[0].of), once[0].documents)]
    ids = tuple(dict.fromkeys(d for t in once for d in t.documents))
    lead = f"Each of these themes was found in {of_the(1, tally.facts.reviews, 'review')}:"
    return [paragraph(lead, ids), *(bullet(f"{t.label}.", t.documents) for t in once)]


def good_practice(tally: ThemeTally, number: int) -> list[Part]:
    """What the reviews praise: never counted, and worth printing."""
    found = list(_praise(tally))
    if not found:
        return []
    ids = tuple(dict.fromkeys(review.document.id for review, _, _ in found))
    labels = sorted({code.label for _, code, _ in found}, key=str.lower)[:MOST_PRAISED]
    lead = (
        f"Good practice was found in {of_the(len(ids), tally.facts.reviews, 'review')}. "
        f"Praise is not counted as a failing. It relates to {'this theme' if len(labels) == 1 else 'these themes'}:"
    )
    first: dict[str, EvidenceRef] = {}
    for review, _, quote in sorted(found, key=lambda each: praise_order(each[2].text)):
        first.setdefault(review.document.id, quote)
    printed = sorted(first.values(), key=lambda ref: praise_order(ref.text))[: tally.options.quotes_per_theme]
    return [
        Part(
            id="good_practice",
            level=1,
            title=f"{number}. Good practice",
            paragraphs=(paragraph(lead, ids), *(bullet(f"{label}.", ids) for label in labels), *quotes(printed)),
        )
    ]


def _praise(tally: ThemeTally) -> Iterator[tuple[CodedReview, Code, EvidenceRef]]:
    """Every quote of praise, review by review."""
    for review in tally.reviews:
        for code in tally.codebook.codes:
            cell = review.theme(code.id)
            for group in groups(cell.evidence if cell else ()):
                if "good_practice" in group[0].flags:
                    yield review, code, reference(tally, review, code.id, group)
