"""Which quotes the paper prints."""

import re
from collections.abc import Sequence

from scr_llm.records import Evidence, EvidenceRef
from scr_llm.stages.synthesise.count import Coded, Counted
from scr_llm.text.flow import readable
from scr_llm.text.wording import compile_wordings

BEST_LENGTH = (6, 40)
"""A quote is best between these lengths, in words (rule 8 of the method: 40 at most)."""


_CONCLUDES = re.compile(r"finding|lesson|learn|analysis|issue|theme|conclusion", re.I)
"""Headings of parts that say what was found, not what happened."""
Used = set[tuple[str, int, int]]
"""Quotes printed already: document, page, offset."""


def reference(counted: Counted, review: Coded, theme: str | None, group: Sequence[Evidence]) -> EvidenceRef:
    """A quote, its parts joined, with its source."""
    return EvidenceRef(
        document_id=review.document.id,
        case_label=counted.labels[review.document.id],
        theme=theme,
        evidence=group[0],
        text=" ".join(readable(part.quote) for part in group),
    )


def choose(
    counted: Counted, theme: str, reviews: Sequence[Coded], limit: int, used: Used, words: Sequence[str] = ()
) -> list[EvidenceRef]:
    """Up to `limit` quotes on a theme, one a case before a second from any; those with one of `words`, where given."""
    wanted = compile_wordings(words)
    queues: list[list[EvidenceRef]] = []
    for review in reviews:
        cell = review.theme(theme)
        told = [g for g in groups(cell.evidence if cell else ()) if "good_practice" not in g[0].flags]
        refs = [reference(counted, review, theme, group) for group in told]
        queues.append(sorted((ref for ref in refs if not wanted or wanted.search(ref.text)), key=quality))
    chosen: list[EvidenceRef] = []
    while len(chosen) < limit and any(queues):
        for queue in queues:
            while queue:
                ref = queue.pop(0)
                key = (ref.document_id, ref.evidence.page, ref.evidence.start)
                if key not in used:
                    used.add(key)
                    chosen.append(ref)
                    break
            if len(chosen) == limit:
                break
    return chosen


def groups(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Evidence that goes on over a page belongs to the entry before it."""
    groups: list[list[Evidence]] = []
    for each in evidence:
        if "continued" in each.flags and groups:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def quality(ref: EvidenceRef) -> tuple[int, int, int, int, int]:
    """Best first: not from a recommendation, of good length, from a part that says what was found, early in the document."""
    words = len(ref.text.split())
    return (
        int("recommendation" in ref.evidence.flags),
        int(not BEST_LENGTH[0] <= words <= BEST_LENGTH[1]),
        int(not _CONCLUDES.search(ref.evidence.section)),
        ref.evidence.page,
        ref.evidence.start,
    )
