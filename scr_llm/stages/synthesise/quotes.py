"""Which quotes the paper prints: those that score best (`quote_score`), spread over the cases."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scr_llm.records import Decision, Evidence, EvidenceRef, Item, ThemeCoding
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.coverage import page_ranges
from scr_llm.stages.synthesise.quote_score import (
    LENGTH,
    PRINTED_FROM,
    SPREAD,
    UNKNOWN_STRENGTH,
    Candidate,
    barred,
    label_of,
    score,
    strengths,
)
from scr_llm.text.flow import readable
from scr_llm.text.wording import compile_wordings

Used = set[tuple[str, int, int, int]]
"""Quotes already printed: document, page, first and last offset."""
_FIRST_SENTENCE = re.compile(r".+?[.!?](?=\s+[A-Z“‘]|$)|.+", re.S)
Scored = tuple[float, EvidenceRef]
"""A quote with its score."""


def reference(tally: ThemeTally, review: CodedReview, theme: str | None, group: Sequence[Evidence]) -> EvidenceRef:
    """A quote, its pieces joined, with its source. The label of an item before it is left out of text and place."""
    first = group[0]
    label = label_of(first.quote)
    if label:
        first = first.model_copy(update={"quote": first.quote[label:], "start": first.start + label})
    return EvidenceRef(
        document_id=review.document.id,
        case_label=tally.labels[review.document.id],
        theme=theme,
        evidence=first,
        text=" ".join(readable(piece.quote) for piece in (first, *group[1:])),
    )


def choose(
    tally: ThemeTally, theme: str, reviews: Sequence[CodedReview], limit: int, used: Used, words: Sequence[str] = ()
) -> list[EvidenceRef]:
    """Up to `limit` quotes on a theme, the best first, one from each case before a second from any.

    A quote that is barred, that scores below what is worth printing, or that overlaps one already printed is left out,
    so there may be fewer, or none.

    Args:
        tally: the counts of the paper.
        theme: code id.
        reviews: where to take quotes from.
        limit: how many quotes at most.
        used: quotes already printed, which are not chosen again; the chosen ones are added.
        words: where given, only quotes that have one of these words.
    """
    wanted = compile_wordings(words)
    left = [
        (points, ref)
        for review in reviews
        for points, ref in best_of(tally, review, theme)
        if points >= PRINTED_FROM and (not wanted or wanted.search(ref.text))
    ]
    chosen: list[EvidenceRef] = []
    while len(chosen) < limit and (left := [each for each in left if not _is_used(each[1], used)]):
        # The order of the paper decides between equals, since `max` keeps the first.
        ref = max(left, key=lambda each: _after_others(each, chosen, used))[1]
        chosen.append(ref)
        used.add(_place(ref))
    return chosen


def _after_others(scored: Scored, chosen: Sequence[EvidenceRef], used: Used) -> tuple[int, float]:
    """How soon a quote is chosen, given those chosen for its theme and those printed in the paper."""
    points, ref = scored
    of_case = sum(document == ref.document_id for document, *_ in used)
    return -sum(c.document_id == ref.document_id for c in chosen), points - SPREAD * of_case


def _place(ref: EvidenceRef) -> tuple[str, int, int, int]:
    return ref.document_id, ref.evidence.page, ref.evidence.start, ref.evidence.end


def _is_used(ref: EvidenceRef, used: Used) -> bool:
    """Whether any of a quote is printed already."""
    document, page, start, end = _place(ref)
    return any(d == document and p == page and s < end and start < e for d, p, s, e in used)


def best_of(tally: ThemeTally, review: CodedReview, theme: str, *, all_of_them: bool = False) -> list[Scored]:
    """The quotes of a cell with their scores, the best first, without praise and without those that are barred.

    With `all_of_them`, those that are barred stand behind the others.
    """
    cell = review.theme(theme)
    found = [(barred(c), score(c), ref) for ref, c in _candidates(tally, review, theme, cell)] if cell else []
    kept = [(points, ref) for bar, points, ref in found if not bar]
    others = [(points, ref) for bar, points, ref in found if bar] if all_of_them else []
    return [*sorted(kept, key=_best_first), *sorted(others, key=_best_first)]


def _best_first(scored: Scored) -> float:
    """The sorting is stable: of equals, the one that stands first in the review comes first."""
    return -scored[0]


def _candidates(
    tally: ThemeTally, review: CodedReview, theme: str, cell: ThemeCoding
) -> Iterator[tuple[EvidenceRef, Candidate]]:
    proposed, decided = strengths(cell), tally.is_decided(review, theme)
    others = [strengths(t) for t in review.coding.themes if t.theme != theme and tally.is_present(t)]
    picked = decided and theme in review.chosen
    for group in counted_groups(cell):
        ref, place = reference(tally, review, theme, group), (group[0].page, group[0].start)
        yield (
            ref,
            Candidate(
                text=ref.text,
                evidence=ref.evidence,
                strength=proposed.get(place, UNKNOWN_STRENGTH),
                decided=decided,
                picked=picked and place in proposed,
                # What the coder did not propose is a person's, but only a coder that gives strengths says what it did.
                typed=decided and bool(proposed) and place not in proposed,
                elsewhere=any(other.get(place, 0.0) > proposed[place] for other in others)
                if place in proposed
                else False,
                polarity=tally.codes[theme].polarity,
            ),
        )


def groups(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Evidence by quote: a piece that continues over a page break belongs to the piece before it."""
    groups: list[list[Evidence]] = []
    for each in evidence:
        if "continued" in each.flags and groups:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def counted_groups(cell: ThemeCoding | None) -> list[list[Evidence]]:
    """The quotes of a cell, without praise, which never counts."""
    return [group for group in groups(cell.evidence if cell else ()) if "good_practice" not in group[0].flags]


def particular(tally: ThemeTally, review: CodedReview) -> str:
    """What a person chose or wrote; or the finding that scores best, or else a theme's best quote, headlines first."""
    if review.particular:
        return particular_chosen(review.particular)
    present = [theme for theme in tally.codes if tally.is_present(review.theme(theme))]
    shown = [
        c for theme in present if (cell := review.theme(theme)) for _, c in _candidates(tally, review, theme, cell)
    ]
    findings = [c for item in review.coding.findings for c in _in_finding(item, shown) if not barred(c)]
    best = max(findings, key=score, default=None)
    if best is not None and score(best) >= 0:
        return _with_page(best.text, best.evidence)
    for theme in sorted(present, key=lambda theme: theme not in tally.facts.headline):
        if quotes := best_of(tally, review, theme, all_of_them=True):
            return _with_page(quotes[0][1].text, quotes[0][1].evidence)
    return "Not found"


def particular_chosen(chosen: Decision) -> str:
    """A particular finding that a person decided, marked as theirs."""
    pages = page_ranges(sorted({e.page for e in chosen.evidence}))
    at = f"page {pages}" if pages.isdigit() else f"pages {pages}"
    if chosen.text:
        return f"{chosen.text} (in the reviewer’s words{f'; {at}' if chosen.evidence else ''})"
    quotes = " … ".join(" ".join(readable(piece.quote) for piece in group) for group in groups(chosen.evidence))
    return f"“{quotes}” ({at}; chosen by the reviewer)"


def _in_finding(item: Item, shown: Sequence[Candidate]) -> Iterator[Candidate]:
    """What may be printed of a finding: the whole where it is short enough, else its sentences that show a theme.

    The whole is as strong as the strongest of these. Where there are none, the first sentence stands for it.
    """
    inside = [
        c
        for c in shown
        if any(e.page == c.evidence.page and e.start <= c.evidence.start < e.end for e in item.evidence)
    ]
    whole, first = item.text[label_of(item.text) :], item.evidence[0]
    if len(whole.split()) <= LENGTH[1]:
        yield Candidate(text=whole, evidence=first, strength=max((c.strength for c in inside), default=0.0))
    elif inside:
        yield from (replace(c, decided=False, picked=False, typed=False, elsewhere=False) for c in inside)
    elif found := _FIRST_SENTENCE.match(whole):
        yield Candidate(text=found[0], evidence=first, strength=0.0)


def _with_page(text: str, evidence: Evidence) -> str:
    return f"“{text}” (page {evidence.page})"
