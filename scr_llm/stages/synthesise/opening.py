"""The parts that open the paper: its purpose, the cases, and the themes they have in common."""

from collections import Counter

from scr_llm.records import DraftChild, Figure, Paragraph, Part, Sentence, Table
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.english import count, found_in, join, lower, of_the
from scr_llm.stages.synthesise.sentences import bullet, note, paragraph, sentence
from scr_llm.text.words import AGES, CONTEXTS, GENDERS


def purpose(tally: ThemeTally) -> Part:
    """What the paper is for."""
    if not tally.reviews:
        paragraphs = [paragraph("No review has been coded yet, so there is nothing to draw together.")]
    else:
        text = (
            "This paper draws together the learning from "
            f"{count(tally.facts.reviews, 'Serious Case Review', 'Serious Case Reviews')}. "
            "It sets out what they have in common, so that partners can decide what to look at in their own practice."
        )
        paragraphs = [paragraph(text, tally.ids), *_draft_note(tally)]
    return Part(id="purpose", level=1, title="1. Purpose", paragraphs=tuple(paragraphs))


def _draft_note(tally: ThemeTally) -> list[Paragraph]:
    """How far the counts of a draft can be trusted; nothing in a paper that is written to be signed."""
    if tally.options.signed:
        return []
    cells, waiting = tally.facts.cells, tally.facts.cells - tally.facts.cells_decided
    if waiting:
        text = (
            "This is a draft. Every count is a proposal until a person has decided every cell of the matrix. "
            f"{of_the(waiting, cells, 'cell')} {'is' if waiting == 1 else 'are'} still to be decided."
        )
    else:
        text = (
            f"This is a draft. A person has decided each of the {cells} cells of the matrix. "
            "The paper has not been signed off."
        )
    return [note(text, tally.ids)]


def cases(tally: ThemeTally) -> Part:
    """Who the reviews concern, why they were held, and what they report about the families."""
    facts = tally.facts
    concern = f"The {count(facts.reviews, 'review concerns', 'reviews concern')}"
    lines = [f"{concern} {count(facts.children, 'child', 'children')}.", *_genders(tally), *_ages(tally)]
    paragraphs = [Paragraph(sentences=tuple(sentence(line, tally.ids) for line in lines)), *_contexts(tally)]
    if factors := _family_factors(tally):
        paragraphs.append(Paragraph(sentences=factors))
    return Part(id="cases", level=1, title="2. The cases", paragraphs=tuple(paragraphs))


def _genders(tally: ThemeTally) -> list[str]:
    """Counted of the children whose gender is stated."""
    children = [child for r in tally.reviews for child in r.coding.case.children]
    stated = Counter[str](c.gender for c in children if c.gender != "not stated")
    if not stated:
        return ["Gender is not stated for any of them."]
    genders = [
        f"{stated[g]} {'was' if stated[g] == 1 else 'were'} {GENDERS[g].lower()}"
        for g in ("F", "M", "other")
        if stated[g]
    ]
    whose = count(stated.total(), "child", "children")
    return [f"Of the {whose} whose gender is stated, {join(genders)}.", *_not_stated("Gender", children, stated)]


def _ages(tally: ThemeTally) -> list[str]:
    """How many children are in each age band."""
    children = [child for r in tally.reviews for child in r.coding.case.children]
    stated = Counter[str](c.age_band for c in children if c.age_band != "not stated")
    if not stated:
        return ["No age is stated."]
    bands = [(label, stated[band]) for band, label in AGES.items() if stated[band]]
    (first, number), *rest = bands
    ages = [f"{first} ({count(number, 'child', 'children')})", *(f"{label} ({n})" for label, n in rest)]
    return [f"By age in years: {join(ages)}.", *_not_stated("Age", children, stated)]


def _not_stated(fact: str, children: list[DraftChild], stated: Counter[str]) -> list[str]:
    unknown = len(children) - stated.total()
    return [f"{fact} is not stated for {count(unknown, 'child', 'children')}."] if unknown else []


def _contexts(tally: ThemeTally) -> list[Paragraph]:
    """Why the reviews were held, the most frequent first."""
    contexts = Counter(r.coding.case.context for r in tally.reviews)
    ranked = sorted(contexts.items(), key=lambda x: (-x[1], x[0]))
    bullets = [bullet(f"{CONTEXTS[c]}: {count(n, 'review', 'reviews')}.", tally.ids) for c, n in ranked]
    return [paragraph("The reviews were held for these reasons:", tally.ids), *bullets]


def _family_factors(tally: ThemeTally) -> tuple[Sentence, ...]:
    """A sentence for each core factor that was found, the most frequent first."""
    factors = [tally.counts[c.id] for c in tally.core if c.polarity == "feature" and tally.counts[c.id].present]
    ranked = sorted(factors, key=lambda t: -t.present)
    lines = [found_in(t.label, t.present, t.of) for t in ranked]
    if lines:
        lines[0] = f"Among the family factors, {lower(lines[0])}"
    return tuple(sentence(line, t.documents, t.theme) for line, t in zip(lines, ranked, strict=True))


def analysis(tally: ThemeTally) -> Part:
    """The totals, the headline themes, and every theme that was found as a chart and a table."""
    facts = tally.facts
    totals = (
        f"The reviews contain {count(facts.findings, 'finding or learning point', 'findings and learning points')} and "
        f"{count(facts.recommendations, 'recommendation', 'recommendations')}, "
        "counted as each document numbers or lists them."
    )
    rows = tuple(
        (t.label, f"{t.present} of {t.of}", f"{t.recommendation_only}", f"{t.decided} of {t.of}")
        for t in facts.themes
        if t.present
    )
    table = Table(
        caption="Themes by number of reviews",
        columns=("Theme", "Found in", "Of these, from recommendations only", "Decided by a person"),
        rows=rows,
        landscape=False,
    )
    return Part(
        id="analysis",
        level=1,
        title="3. Analysis of common themes",
        paragraphs=(Paragraph(sentences=(sentence(totals, tally.ids), *_headlines(tally))),),
        figure=_figure(tally) if rows else None,
        tables=(table,) if rows else (),
    )


def _headlines(tally: ThemeTally) -> tuple[Sentence, ...]:
    heads = [tally.counts[theme] for theme in tally.facts.headline]
    if not heads:
        return (
            sentence("No practice theme was found often enough to lead the paper.", tally.ids),
            sentence("Appendix 1 shows every review against every core theme."),
        )
    return (
        sentence("These practice themes were found most often.", tally.ids),
        *(sentence(found_in(t.label, t.present, t.of), t.documents, t.theme) for t in heads),
        sentence("Each is illustrated below. Appendix 1 shows every review against every core theme."),
    )


def _figure(tally: ThemeTally) -> Figure:
    ranked = sorted((tally.counts[c.id] for c in tally.core), key=lambda t: -t.present)
    return Figure(
        title="Reviews in which each main theme was found",
        bars=tuple((t.label, t.present) for t in ranked),
        of=tally.facts.reviews,
    )
