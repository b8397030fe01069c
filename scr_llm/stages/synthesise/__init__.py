"""From codings to the draft briefing: counts computed, quotes chosen, each sentence with the documents it rests on."""

from collections.abc import Sequence

from scr_llm.records import Briefing, Codebook, Decision, Document
from scr_llm.stages.synthesise.count import Coded, Counted, Paper
from scr_llm.stages.synthesise.explain import explained
from scr_llm.stages.synthesise.paper import Writer

__all__ = ["Coded", "Paper", "explained", "synthesise"]


def synthesise(
    reviews: Sequence[Coded], files: Sequence[Document], codebook: Codebook, decisions: Sequence[Decision], paper: Paper
) -> Briefing:
    """Write the draft. Deterministic: the same input gives the same record."""
    return Writer(Counted(reviews, files, codebook, decisions, paper)).briefing()
