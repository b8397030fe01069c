"""The parts about themes: one for each headline theme, one for the others, one for good practice."""

from collections.abc import Iterator

from scr_llm.records import Code, EvidenceRef, Paragraph, Part, Sentence, SubCode, Table, ThemeCount
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.english import found_in, of_the, recommendations_alone
from scr_llm.stages.synthesise.quote_score import praise_order
from scr_llm.stages.synthesise.quotes import Used, choose, groups, reference
from scr_llm.stages.synthesise.sentences import bullet, cited, evidence_number, paragraph, quotes, sentence

MOST_PRAISED = 6
"""Themes that the part on good practice lists."""


def headline_themes(tally: ThemeTally, number: int, used: Used) -> list[Part]:
    """A numbered part for each headline theme, with its aspects."""
    parts: list[Part] = []
    for nth, theme in enumerate(tally.facts.headline, number):
        parts += _headline_theme(tally, tally.codes[theme], nth, used)
    return parts


def _headline_theme(tally: ThemeTally, code: Code, number: int, used: Used) -> list[Part]:
    """A theme's part, with a part for each of its aspects that was found, and quotes under the smallest of these."""
    paragraphs = [Paragraph(sentences=_lead(tally, tally.counts[code.id]))]
    found = [sub for sub in code.sub_codes if _raising(tally, code, sub)]
    aspects = [_aspect(tally, code, sub, f"{number}.{nth}", used) for nth, sub in enumerate(found, 1)]
    if not aspects:
        chosen = choose(tally, code.id, tally.having(code.id), tally.options.quotes_per_theme, used)
        paragraphs += quotes(chosen)
    title = f"{number}. {code.label}"
    return [Part(id=f"theme.{code.id}", level=1, title=title, paragraphs=tuple(paragraphs)), *aspects]


def _lead(tally: ThemeTally, count: ThemeCount) -> tuple[Sentence, ...]:
    found = cited(found_in(count.label, count.present, count.of), tally.codebook, count.theme)
    lines = [found]
    if count.recommendation_only:
        lines.append(recommendations_alone(count.recommendation_only, count.present))
    if tally.options.tell_inferred and count.inferred:
        lines.append(f"In {count.inferred} of these, the theme is implied and not stated.")
    return tuple(sentence(line, count.documents, count.theme) for line in lines)


def _raising(tally: ThemeTally, code: Code, sub: SubCode) -> list[CodedReview]:
    """The reviews in which an aspect of a theme was found."""
    return [r for r in tally.having(code.id) if (cell := r.theme(code.id)) and sub.id in cell.sub_themes]


def _aspect(tally: ThemeTally, code: Code, sub: SubCode, number: str, used: Used) -> Part:
    found = _raising(tally, code, sub)
    lead = f"This aspect was found in {of_the(len(found), tally.facts.reviews, 'review')}."
    ids = tuple(r.document.id for r in found)
    chosen = choose(tally, code.id, found, 2, used, (*sub.wordings, *sub.subjects))
    return Part(
        id=f"theme.{sub.id}",
        level=2,
        title=f"{number} {sub.label}",
        paragraphs=(Paragraph(sentences=(sentence(lead, ids, code.id),)), *quotes(chosen)),
    )


def other_themes(tally: ThemeTally, number: int) -> list[Part]:
    """The themes without a part to themselves, the most frequent first: one line each."""
    rest = [t for t in tally.facts.themes if t.present and t.theme not in tally.facts.headline]
    if not rest:
        return []
    ranked = sorted(rest, key=lambda t: -t.present)
    # The split is printed wherever a theme rests on recommendations alone, and no column of noughts elsewhere.
    split = any(t.recommendation_only for t in ranked)
    rows = [
        (
            t.label,
            f"{t.present} of {t.of}",
            *([str(t.recommendation_only)] if split else []),
            f"Evidence {evidence_number(tally.codebook, t.theme)}",
        )
        for t in ranked
    ]
    title = "Other themes" if tally.facts.headline else "Themes"
    table = Table(
        caption=f"{title} by number of reviews",
        columns=("Theme", "Found in", *(["Only in recommendations"] if split else []), "Evidence"),
        rows=tuple(rows),
        landscape=False,
        refs=tuple(f"evidence.{t.theme}" for t in ranked),
    )
    return [Part(id="others", level=1, title=f"{number}. {title}", tables=(table,))]


def good_practice(tally: ThemeTally, title: str) -> list[Part]:
    """What the reviews praise: never counted, and worth printing."""
    found = list(_praise(tally))
    if not found:
        return []
    ids = tuple(dict.fromkeys(review.document.id for review, _, _ in found))
    labels = sorted({code.label for _, code, _ in found}, key=str.lower)[:MOST_PRAISED]
    lead = (
        f"Good practice was found in {of_the(len(ids), tally.facts.reviews, 'review')}. "
        f"It is never counted as a failing. It relates to {'this theme' if len(labels) == 1 else 'these themes'}:"
    )
    first: dict[str, EvidenceRef] = {}
    for review, _, quote in sorted(found, key=lambda each: praise_order(each[2].text)):
        first.setdefault(review.document.id, quote)
    printed = sorted(first.values(), key=lambda ref: praise_order(ref.text))[: tally.options.quotes_per_theme]
    return [
        Part(
            id="good_practice",
            level=1,
            title=title,
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
