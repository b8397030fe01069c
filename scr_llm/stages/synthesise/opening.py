"""The parts that open the paper: its purpose, the cases, and the themes they have in common."""

from collections import Counter
from collections.abc import Iterator

from scr_llm.records import Context, DraftChild, Figure, Paragraph, Part, Sentence
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.english import day, found_in, join, lower, of_the
from scr_llm.stages.synthesise.sentences import REVIEWS, cited, note, paragraph, sentence
from scr_llm.text.words import AGES, CONTEXTS, GENDERS, capital, count

MOST_NAMED = 18
"""Words of a list of reviews or authorities that is printed in one sentence."""
_REASONS = 4
"""Reasons for reviews in one sentence."""


def purpose(tally: ThemeTally, number: int) -> Part:
    """Who asked for the paper and when, which reviews it draws on, and what it is for."""
    if not tally.reviews:
        paragraphs = [paragraph("No review has been coded yet, so there is nothing to draw together.")]
    else:
        lines = (_draws_on(tally), _asked(tally), _which(tally), _meant_for(tally))
        sentences = tuple(sentence(line, tally.ids) for line in lines if line)
        paragraphs = [Paragraph(sentences=sentences), *_draft_note(tally)]
    return Part(id="purpose", level=1, title=f"{number}. Purpose", paragraphs=tuple(paragraphs))


def _draws_on(tally: ThemeTally) -> str:
    reviews = tally.facts.reviews
    if reviews == 1:
        return f"This paper sets out the learning from one Serious Case Review, {tally.labels[tally.ids[0]]}."
    return f"This paper draws together the learning from {reviews} Serious Case Reviews."


def _asked(tally: ThemeTally) -> str:
    options = tally.options
    if not options.asked_by:
        return ""
    when = f" on {day(options.asked_on)}" if options.asked_on else ""
    return f"{capital(options.asked_by)} asked for it{when}."


def _which(tally: ThemeTally) -> str:
    """Which reviews they are: by name where they are few, else by authority, else where they are listed."""
    if tally.facts.reviews == 1:
        return ""
    labels = join(list(tally.labels.values()))
    if len(labels.split()) <= MOST_NAMED:
        return f"The reviews are {labels}."
    stated = [review.coding.case.authority or "" for review in tally.reviews]
    authorities = sorted(set(stated))
    if all(stated) and len(authorities) > 1 and len(join(authorities).split()) <= MOST_NAMED:
        return f"They come from {len(authorities)} authorities: {join(authorities)}."
    return "Appendix 1 lists them." if "matrix" in tally.options.parts else "The evidence file lists them."


def _meant_for(tally: ThemeTally) -> str:
    finds = "what the reviews have in common" if tally.facts.reviews > 1 else "what the review found"
    return f"The paper sets out {finds}, so that partners can decide what to look at in their own practice."


def _draft_note(tally: ThemeTally) -> list[Paragraph]:
    """How far the counts of a draft can be trusted; nothing in a paper that is written to be signed."""
    if tally.options.signed:
        return []
    cells, waiting = tally.facts.cells, tally.facts.cells - tally.facts.cells_decided
    if waiting:
        verb = "is" if waiting == 1 else "are"
        texts = [
            "This is a draft: its counts are proposals until a person has decided every cell of the matrix.",
            capital(f"{of_the(waiting, cells, 'cell')} {verb} still to be decided."),
        ]
    else:
        texts = ["This is a draft: a person has decided every cell of the matrix, but nobody has signed the paper yet."]
    texts.append("What to check before it is signed is listed in the evidence file.")
    return [note(" ".join(texts), tally.ids)]


def cases(tally: ThemeTally, number: int) -> Part:
    """Who the reviews concern, why they were held, and what they report about the families."""
    lines = [*_children(tally), *_reasons(tally)]
    about = [sentence(line, tally.ids, REVIEWS) for line in lines]
    last = about[-1].model_copy(update={"text": cited(about[-1].text, tally.codebook, REVIEWS)})
    paragraphs = [Paragraph(sentences=(*about[:-1], last))]
    if factors := _family_factors(tally):
        paragraphs.append(Paragraph(sentences=factors))
    title = f"{number}. The cases" if tally.facts.reviews > 1 else f"{number}. The case"
    return Part(id="cases", level=1, title=title, paragraphs=tuple(paragraphs))


def _children(tally: ThemeTally) -> list[str]:
    """How many children there are, and their genders and ages."""
    children = [child for r in tally.reviews for child in r.coding.case.children]
    if len(children) == 1:
        return [f"The review concerns one child{_one_child(children[0])}."]
    concern = count(tally.facts.reviews, "review concerns", "reviews concern")
    first = f"The {concern} {count(len(children), 'child', 'children')}."
    return [first, *_genders(children), *_ages(children)] if children else [first]


def _one_child(child: DraftChild) -> str:
    """Gender and age of an only child, as a clause."""
    gender = "" if child.gender == "not stated" else f" ({GENDERS[child.gender].lower()})"
    age = f", whose age is given as “{child.age}”" if child.age else ", whose age is not stated"
    return gender + age


def _genders(children: list[DraftChild]) -> list[str]:
    """Counted of the children whose gender is stated."""
    stated = Counter[str](c.gender for c in children if c.gender != "not stated")
    if not stated:
        return ["Gender is not stated for any of them."]
    genders = [
        f"{stated[g]} {'was' if stated[g] == 1 else 'were'} {GENDERS[g].lower()}"
        for g in ("F", "M", "other")
        if stated[g]
    ]
    unknown = len(children) - stated.total()
    if not unknown:
        alike = len(genders) == 1
        return [
            f"{_all(children)} were {genders[0].partition(' were ')[2]}." if alike else f"Of these, {join(genders)}."
        ]
    return [
        f"Of the {count(stated.total(), 'child', 'children')} whose gender is stated, {join(genders)}.",
        f"Gender is not stated for {count(unknown, 'child', 'children')}.",
    ]


def _ages(children: list[DraftChild]) -> list[str]:
    """How many children are in each age band, and whose age fits none or is not stated."""
    banded = Counter[str](c.age_band for c in children if c.age_band != "not stated")
    # “under 13” is an age, but in no band: it is printed as the review words it.
    worded = [c.age for c in children if c.age_band == "not stated" and c.age]
    unknown = len(children) - banded.total() - len(worded)
    lines = []
    if len(banded) == 1 and banded.total() == len(children):
        (years,) = (label for band, label in AGES.items() if banded[band])
        lines.append(f"{_all(children)} were aged {years}.")
    elif banded:
        (first, number), *rest = [(label, banded[b]) for b, label in AGES.items() if banded[b]]
        ages = [f"{first} ({count(number, 'child', 'children')})", *(f"{label} ({n})" for label, n in rest)]
        lines.append(f"Ages in years are {join(ages)}.")
    if worded:
        words = join([f"“{age}”" for age in dict.fromkeys(worded)])
        whose = "of one child is" if len(worded) == 1 else f"of {len(worded)} children is"
        lines.append(f"The age {whose} given only as {words}.")
    if unknown:
        lines.append(f"Age is not stated for {count(unknown, 'child', 'children')}.")
    return lines


def _all(children: list[DraftChild]) -> str:
    return "Both" if len(children) == 2 else "All"


def _reasons(tally: ThemeTally) -> list[str]:
    """Why the reviews were held, the most frequent first."""
    reasons = Counter(r.coding.case.context for r in tally.reviews)
    unstated, other = reasons.pop("not stated", 0), reasons.pop("other", 0)
    ranked = sorted(reasons.items(), key=lambda x: (-x[1], x[0]))
    if tally.facts.reviews == 1 and other:
        return ["The reason for the review is classed as “other”."]
    if tally.facts.reviews == 1:
        lines = [f"The reason for the review was {_reason(context)}." for context, _ in ranked]
        return lines or ["The reason for the review is not stated."]
    several = [f"{_reason(context)} ({n})" for context, n in ranked if n > 1]
    once = [_reason(context) for context, n in ranked if n == 1]
    first, *less = _in_fours(several) or [[]]
    lines = [_listed("The most frequent reason", first, " for the reviews")] if first else []
    lines += [
        _listed("A less frequent reason" if len(some) == 1 else "Less frequent reason", some, "") for some in less
    ]
    # "The other reasons" where some were given before, and "The reasons for the reviews" where each arose once.
    lead = ("The other reason", "") if several else ("The reason", " for the reviews")
    for some in _in_fours(once):
        lines.append(_listed(lead[0], some, f"{lead[1]}, with one review each,"))
        lead = ("Further reason" if len(once) > _REASONS + 1 else "A further reason", "")
    if other:
        lines.append(f"The reason is classed as “other” in {of_the(other, tally.facts.reviews, 'review')}.")
    if unstated:
        lines.append(f"The reason is not stated in {of_the(unstated, tally.facts.reviews, 'review')}.")
    return lines


def _listed(reason: str, listed: list[str], of_what: str) -> str:
    if len(listed) == 1:
        return f"{reason}{of_what.replace(', with one review each,', ', in one review,')} was {listed[0]}."
    return f"{reason}s{of_what} were {join(listed)}."


def _in_fours(reasons: list[str]) -> list[list[str]]:
    return [reasons[at : at + _REASONS] for at in range(0, len(reasons), _REASONS)]


def _reason(context: Context) -> str:
    return "death of unknown cause" if context == "unknown_cause" else lower(CONTEXTS[context])


def _family_factors(tally: ThemeTally) -> tuple[Sentence, ...]:
    """A sentence for each core factor that was found, the most frequent first."""
    factors = [tally.counts[c.id] for c in tally.core if c.polarity == "feature" and tally.counts[c.id].present]
    ranked = sorted(factors, key=lambda t: -t.present)
    return tuple(
        sentence(cited(found_in(t.label, t.present, t.of), tally.codebook, t.theme), t.documents, t.theme)
        for t in ranked
    )


def analysis(tally: ThemeTally, number: int) -> Part:
    """The totals, and the main themes as a chart."""
    facts = tally.facts
    contain = "The review contains" if facts.reviews == 1 else "The reviews contain"
    totals = (
        f"{contain} {count(facts.findings, 'finding or learning point', 'findings and learning points')} and "
        f"{count(facts.recommendations, 'recommendation', 'recommendations')}, as each document numbers or lists them."
    )
    sentences = (
        sentence(cited(totals, tally.codebook, REVIEWS), tally.ids, REVIEWS),
        *(sentence(line, tally.ids) for line in _guide(tally)),
    )
    title = f"{number}. Analysis of common themes" if facts.reviews > 1 else f"{number}. Analysis of themes"
    return Part(
        id="analysis",
        level=1,
        title=title,
        paragraphs=(Paragraph(sentences=sentences),),
        figure=_figure(tally) if facts.reviews > 1 else None,
    )


def _guide(tally: ThemeTally) -> Iterator[str]:
    """What the chart, the parts that follow and the appendix show."""
    printed, heads = tally.options.parts, len(tally.facts.headline)
    if tally.facts.reviews > 1:
        yield "The chart shows in how many reviews each of the main themes was found."
    if not heads:
        yield "No practice theme was found often enough to have a part of its own."
    elif "themes" in printed:
        if tally.facts.reviews == 1:
            yield "Its main practice themes are illustrated below."
        elif heads == 1:
            yield "The practice theme found most often is illustrated below."
        else:
            yield f"The {heads} practice themes found most often are illustrated below."
    if "matrix" in printed:
        reviews = "each review" if tally.facts.reviews > 1 else "the review"
        yield f"Appendix 2 sets {reviews} against the main themes."


def _figure(tally: ThemeTally) -> Figure:
    ranked = sorted((tally.counts[c.id] for c in tally.core), key=lambda t: -t.present)
    return Figure(
        title="Reviews in which each main theme was found",
        bars=tuple((t.label, t.present) for t in ranked),
        of=tally.facts.reviews,
    )
