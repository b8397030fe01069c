"""The evidence file: what the numbers of the paper rest on, and how the paper was made, in full."""

from collections.abc import Sequence

from scr_llm.records import Briefing, Code, EvidenceRef, Part, RegisterRow
from scr_llm.stages.synthesise.change import Change
from scr_llm.stages.synthesise.closing import key, method, not_read
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.english import found_in
from scr_llm.stages.synthesise.quotes import best_of
from scr_llm.stages.synthesise.recommended import recommended_in_full
from scr_llm.stages.synthesise.sentences import RECOMMENDED, REVIEWS, evidence_number, paragraph, quotes
from scr_llm.stages.synthesise.shaded import asked, together
from scr_llm.stages.synthesise.tables import Matrix
from scr_llm.stages.synthesise.themes import good_practice

MOST = 2
"""Quotes per review and theme in the evidence file; the workbook has all."""


def annex(tally: ThemeTally, matrix: Matrix, register: Sequence[RegisterRow]) -> list[Part]:
    """The parts of the evidence file. Themes that were not found in any review have none."""
    intro = (
        "This file goes with the briefing paper.",
        "A reference in the paper such as “Evidence 4” is to the part of this file with that number.",
        f"Each theme has up to {MOST} quotes from each review in which it was found.",
        "The workbook has all of them, and the register of recommendations.",
    )
    parts = [
        Part(id="evidence", level=1, title="What this file holds", paragraphs=(paragraph(" ".join(intro)),)),
        Part(id="evidence.themes", level=1, title="The themes", tables=(matrix.themes(),)),
        Part(
            id=f"evidence.{REVIEWS}", level=1, title=_title(tally, REVIEWS, "The reviews"), tables=(matrix.details(),)
        ),
        recommended_in_full(tally, register, _title(tally, RECOMMENDED, "The recommendations")),
        *(_theme(tally, code) for code in tally.codebook.codes if tally.having(code.id)),
        *([] if "good_practice" in tally.options.parts else good_practice(tally, "Good practice")),
        *Change(tally, register).in_full(),
        method(tally),
        not_read(tally, "What was not read", matrix.pages()),
        # Landscape pages are the last, so that no page before them is left half empty.
        *([] if "matrix" in tally.options.parts else [_matrix(matrix)]),
        *together(tally),
        *asked(tally, register),
    ]
    return [*parts, *key(tally, parts)]


def evidence_file(briefing: Briefing) -> Briefing:
    """The evidence file of a paper, as a paper."""
    return briefing.model_copy(update={"title": f"Evidence for: {briefing.title}", "parts": briefing.annex})


def _title(tally: ThemeTally, name: str, title: str) -> str:
    return f"Evidence {evidence_number(tally.codebook, name)}. {title}"


def _matrix(matrix: Matrix) -> Part:
    """The matrix, where the paper does not print it."""
    return Part(id="evidence.matrix", level=1, title="The themes in each review", tables=tuple(matrix.matrix()))


def _theme(tally: ThemeTally, code: Code) -> Part:
    count = tally.counts[code.id]
    paragraphs = [paragraph(found_in(code.label, count.present, count.of), count.documents)]
    for review in tally.having(code.id):
        paragraphs += quotes(_best(tally, review, code))
    title = _title(tally, code.id, code.label)
    return Part(id=f"evidence.{code.id}", level=1, title=title, paragraphs=tuple(paragraphs))


def _best(tally: ThemeTally, review: CodedReview, code: Code) -> list[EvidenceRef]:
    return [ref for _, ref in best_of(tally, review, code.id, all_of_them=True)][:MOST]
