"""From codings to the draft briefing: counts computed, quotes chosen, and each sentence tied to its documents."""

from collections.abc import Sequence

from scr_llm.records import Briefing, Codebook, Decision, Document
from scr_llm.stages.synthesise.annex import evidence_file
from scr_llm.stages.synthesise.case_sheet import ReviewState, SheetSource, case_sheet, sheet_sources
from scr_llm.stages.synthesise.caution import cautions
from scr_llm.stages.synthesise.count import BriefingOptions, CodedReview, ThemeTally
from scr_llm.stages.synthesise.coverage import Coverage, coverage, page_ranges
from scr_llm.stages.synthesise.explain import as_paper, explained
from scr_llm.stages.synthesise.offered import OfferedQuote, chosen_in, offered
from scr_llm.stages.synthesise.paper import Writer
from scr_llm.stages.synthesise.seven import seven_minutes

__all__ = [
    "BriefingOptions",
    "CodedReview",
    "Coverage",
    "OfferedQuote",
    "ReviewState",
    "SheetSource",
    "ThemeTally",
    "as_paper",
    "case_sheet",
    "cautions",
    "chosen_in",
    "coverage",
    "evidence_file",
    "explained",
    "offered",
    "page_ranges",
    "seven_minutes",
    "sheet_sources",
    "synthesise",
]


def synthesise(
    reviews: Sequence[CodedReview],
    files: Sequence[Document],
    codebook: Codebook,
    decisions: Sequence[Decision],
    options: BriefingOptions,
) -> Briefing:
    """Write the paper. Deterministic: the same input gives the same record."""
    return Writer(ThemeTally(reviews, files, codebook, decisions, options)).briefing()
