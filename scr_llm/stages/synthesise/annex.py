"""Appendix 2: every quote that a count rests on, theme by theme, so that each number can be followed to its pages."""

from scr_llm.records import Code, EvidenceRef, Part
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.english import found_in
from scr_llm.stages.synthesise.quotes import best_of
from scr_llm.stages.synthesise.sentences import paragraph, quotes

MOST = 2
"""Quotes per review and theme in the paper; the workbook has all."""


def annex(tally: ThemeTally) -> list[Part]:
    """The appendix. Themes that were not found in any review are left out."""
    intro = (
        f"This appendix gives up to {MOST} quotes from each review in which a theme was found.",
        "The Evidence sheet of the workbook has all of them.",
    )
    heading = Part(id="appendix_2", level=1, title="Appendix 2: the evidence", paragraphs=(paragraph(" ".join(intro)),))
    return [heading, *(_theme(tally, code) for code in tally.codebook.codes if tally.having(code.id))]


def _theme(tally: ThemeTally, code: Code) -> Part:
    count = tally.counts[code.id]
    paragraphs = [paragraph(found_in(code.label, count.present, count.of), count.documents)]
    for review in tally.having(code.id):
        paragraphs += quotes(_best(tally, review, code))
    return Part(id=f"evidence.{code.id}", level=2, title=code.label, paragraphs=tuple(paragraphs))


def _best(tally: ThemeTally, review: CodedReview, code: Code) -> list[EvidenceRef]:
    return [ref for _, ref in best_of(tally, review, code.id, all_of_them=True)][:MOST]
