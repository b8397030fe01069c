"""Which quotes the paper prints."""

import re
from collections.abc import Sequence

from scr_llm.records import Evidence, EvidenceRef, ThemeCoding
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.text.flow import readable
from scr_llm.text.wording import compile_wordings

BEST_LENGTH = (6, 40)
"""The best length of a quote, in words (rule 8 of the method: 40 at most)."""
_CONCLUDES = re.compile(r"finding|lesson|learn|analysis|issue|theme|conclusion", re.I)
"""Headings of sections that state what was found, rather than what happened."""
Used = set[tuple[str, int, int]]
"""Quotes already printed: document, page, offset."""


def reference(tally: ThemeTally, review: CodedReview, theme: str | None, group: Sequence[Evidence]) -> EvidenceRef:
    """A quote, its pieces joined, with its source."""
    return EvidenceRef(
        document_id=review.document.id,
        case_label=tally.labels[review.document.id],
        theme=theme,
        evidence=group[0],
        text=" ".join(readable(piece.quote) for piece in group),
    )


def choose(
    tally: ThemeTally, theme: str, reviews: Sequence[CodedReview], limit: int, used: Used, words: Sequence[str] = ()
) -> list[EvidenceRef]:
    """Up to `limit` quotes on a theme, one from each case before a second from any.

    Args:
        tally: the counts of the paper.
        theme: code id.
        reviews: where to take quotes from.
        limit: how many quotes at most.
        used: quotes already printed, which are not chosen again; the chosen ones are added.
        words: where given, only quotes that have one of these words.
    """
    wanted = compile_wordings(words)
    queues: list[list[EvidenceRef]] = []
    for review in reviews:
        refs = [reference(tally, review, theme, group) for group in counted_groups(review.theme(theme))]
        queues.append(sorted((ref for ref in refs if not wanted or wanted.search(ref.text)), key=quality))
    chosen: list[EvidenceRef] = []
    # Each round takes one quote from each review, until the limit is reached or no review has a quote left.
    while len(chosen) < limit and any(queues):
        for queue in queues:
            if len(chosen) < limit and (ref := _next_unused(queue, used)):
                chosen.append(ref)
    return chosen


def _next_unused(queue: list[EvidenceRef], used: Used) -> EvidenceRef | None:
    """Take the first quote of a queue that is not yet printed, and note it as printed."""
    while queue:
        ref = queue.pop(0)
        key = (ref.document_id, ref.evidence.page, ref.evidence.start)
        if key not in used:
            used.add(key)
            return ref
    return None


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


def quality(ref: EvidenceRef) -> tuple[int, int, int, int, int]:
    """Sort key, best first.

    Best is a quote that is not a recommendation, is of a good length, comes from a section that states what was found,
    and stands early in the document.
    """
    words = len(ref.text.split())
    return (
        int("recommendation" in ref.evidence.flags),
        int(not BEST_LENGTH[0] <= words <= BEST_LENGTH[1]),
        int(not _CONCLUDES.search(ref.evidence.section)),
        ref.evidence.page,
        ref.evidence.start,
    )
