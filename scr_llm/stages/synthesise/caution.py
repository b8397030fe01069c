"""What might tell a reader who a child is: rare combinations in few cases, and words in printed quotes. For the author, not for the reader."""

import re
from collections import Counter
from collections.abc import Sequence

from scr_llm.records import Paragraph, Part, Sentence
from scr_llm.stages.synthesise.count import Coded

_DATE = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th)? (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?\b"
)
_SIBLINGS = re.compile(
    r"\b(?:twins?|triplets?|one of (?:two|three|four|five|six|seven|eight|nine|ten)|(?:eldest|youngest|middle) (?:child|of)|(?:four|five|six|seven|eight|nine|ten) (?:children|siblings))\b",
    re.I,
)
_PLACE = re.compile(
    r"\b(?:[A-Z][a-z]+ (?:Hospital|School|Academy|Infirmary|Prison|Road|Street|Lane|Park|College|Nursery|Surgery|Clinic|Estate))\b"
)
FEW = 5
"""A group of fewer than this is small."""


def cautions(reviews: Sequence[Coded], printed: Sequence[Part]) -> list[str]:
    """What the author should look at before the paper leaves the partnership, each a line."""
    told = []
    combined = Counter(
        (child.gender, child.age_band, review.coding.case.context)
        for review in reviews
        for child in review.coding.case.children
    )
    rare = sum(1 for n in combined.values() if n == 1)
    if rare:
        told.append(
            f"{rare} {'combination' if rare == 1 else 'combinations'} of gender, age band and context {'occurs' if rare == 1 else 'occur'} once only; "
            "with the authority’s name this may point to one child."
        )
    if len(reviews) < FEW:
        told.append(
            f"The paper rests on {len(reviews)} {'review' if len(reviews) == 1 else 'reviews'} only, fewer than {FEW}: each count can be traced to a family by those who know them."
        )
    for part in printed:
        for paragraph in part.paragraphs:
            if paragraph.quote:
                words = [m for look in (_DATE, _SIBLINGS, _PLACE) for m in look.findall(paragraph.quote.text)]
                if words:
                    told.append(
                        f"{part.title}: {paragraph.quote.case_label}, page {paragraph.quote.evidence.page}: “{'”, “'.join(dict.fromkeys(words))}”."
                    )
    return list(dict.fromkeys(told))


def caution_part(lines: Sequence[str], documents: tuple[str, ...]) -> list[Part]:
    """The list as a part of a draft; nothing where there is nothing. Each is answered when the paper is signed, and no signed paper has them."""
    if not lines:
        return []
    note = Paragraph(
        style="note",
        sentences=(
            Sentence(
                text="For the author: these may tell a reader who a child is. Each is shown again when the paper is signed, and left out of it."
            ),
        ),
    )
    bullets = (Paragraph(style="bullet", sentences=(Sentence(text=line, documents=documents),)) for line in lines)
    return [Part(id="caution", level=1, title="Before this is signed", paragraphs=(note, *bullets))]
