"""What might tell a reader who a child is: rare combinations in few cases, and words in printed quotes.

Written for the author, and never part of a signed paper.
"""

import re
from collections import Counter
from collections.abc import Sequence

from scr_llm.records import EvidenceRef, Part
from scr_llm.stages.synthesise.count import CodedReview
from scr_llm.stages.synthesise.sentences import bullet, note
from scr_llm.text.words import count

_DATE = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th)? "
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?\b"
)
_SIBLINGS = re.compile(
    r"\b(?:twins?|triplets?|one of (?:two|three|four|five|six|seven|eight|nine|ten)|"
    r"(?:eldest|youngest|middle) (?:child|of)|(?:four|five|six|seven|eight|nine|ten) (?:children|siblings))\b",
    re.I,
)
_PLACE = re.compile(
    r"\b(?:[A-Z][a-z]+ "
    r"(?:Hospital|School|Academy|Infirmary|Prison|Road|Street|Lane|Park|College|Nursery|Surgery|Clinic|Estate))\b"
)
FEW = 5
"""Reviews below which a paper is small enough to give a family away."""


def cautions(reviews: Sequence[CodedReview], printed: Sequence[Part]) -> list[str]:
    """What the author should check before the paper leaves the partnership, one line each."""
    lines = []
    combined = Counter(
        (child.gender, child.age_band, review.coding.case.context)
        for review in reviews
        for child in review.coding.case.children
    )
    if rare := sum(1 for times in combined.values() if times == 1):
        combinations = count(rare, "combination", "combinations")
        lines.append(
            f"{combinations} of gender, age band and context {'occurs' if rare == 1 else 'occur'} only once. "
            "With the authority’s name, such a combination may identify a child."
        )
    if len(reviews) < FEW:
        lines.append(
            f"The paper rests on only {count(len(reviews), 'review', 'reviews')}, fewer than {FEW}. "
            "People who know the families could trace each count to one of them."
        )
    for part in printed:
        for paragraph in part.paragraphs:
            if paragraph.quote and (words := _telling(paragraph.quote)):
                source = f"{paragraph.quote.case_label}, page {paragraph.quote.evidence.page}"
                lines.append(f"{part.title}: {source}: “{'”, “'.join(words)}”.")
    return list(dict.fromkeys(lines))


def _telling(quote: EvidenceRef) -> list[str]:
    """The dates, siblings and places in a quote, each once."""
    return list(dict.fromkeys(m for pattern in (_DATE, _SIBLINGS, _PLACE) for m in pattern.findall(quote.text)))


def caution_part(lines: Sequence[str], documents: tuple[str, ...]) -> Part:
    """The cautions as a part of a draft's evidence file. Each is answered at sign-off; no signed file has them."""
    lead = note(
        "For the author: these points may tell a reader who a child is. "
        "Each is shown again at sign-off and left out of the signed files."
        if lines
        else "For the author: nothing was found that may tell a reader who a child is."
    )
    every = bullet("", documents)
    (of_all,) = every.sentences  # copied, so that thousands of lines share one list of thousands of documents
    bullets = (every.model_copy(update={"sentences": (of_all.model_copy(update={"text": line}),)}) for line in lines)
    return Part(id="caution", level=1, title="Before this is signed", paragraphs=(lead, *bullets))
