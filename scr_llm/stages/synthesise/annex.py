"""Appendix 2: every quote that a count rests on, theme by theme, so that each number can be followed to its pages."""

from scr_llm.records import Paragraph, Part, Sentence
from scr_llm.stages.synthesise.count import Counted
from scr_llm.stages.synthesise.quotes import groups, quality, reference

MOST = 2
"""Quotes of one review on one theme in the paper; the workbook has all."""


def annex(counted: Counted) -> list[Part]:
    """The appendix; themes that count nowhere are left out."""
    intro = f"For each theme, up to {MOST} quotes of each review that counts. The sheet Evidence of the workbook has all of them."
    parts = [
        Part(
            id="appendix_2",
            level=1,
            title="Appendix 2: the evidence",
            paragraphs=(Paragraph(sentences=(Sentence(text=intro),)),),
        )
    ]
    for code in counted.codebook.codes:
        having = counted.having(code.id)
        if not having:
            continue
        told = counted.counts[code.id]
        paragraphs = [
            Paragraph(
                sentences=(
                    Sentence(text=f"Found in {told.present} of the {told.of} reviews.", documents=told.documents),
                )
            )
        ]
        for review in having:
            cell = review.theme(code.id)
            found = [g for g in groups(cell.evidence if cell else ()) if "good_practice" not in g[0].flags]
            refs = sorted((reference(counted, review, code.id, g) for g in found), key=quality)[:MOST]
            paragraphs += [Paragraph(style="quote", quote=ref) for ref in refs]
        parts.append(Part(id=f"evidence.{code.id}", level=2, title=code.label, paragraphs=tuple(paragraphs)))
    return parts
