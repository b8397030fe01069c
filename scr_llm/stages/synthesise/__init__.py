"""From codings to the draft briefing: counts computed, quotes chosen, each sentence with the documents it rests on."""

from collections.abc import Sequence

from scr_llm.records import Briefing, Codebook, Decision, Document
from scr_llm.stages.synthesise.caution import cautions
from scr_llm.stages.synthesise.count import Coded, Counted, HouseStyle
from scr_llm.stages.synthesise.explain import as_paper, explained
from scr_llm.stages.synthesise.paper import Writer
from scr_llm.stages.synthesise.seven import seven_minutes

__all__ = ["Coded", "HouseStyle", "as_paper", "cautions", "explained", "seven_minutes", "synthesise"]


def synthesise(
    reviews: Sequence[Coded],
    files: Sequence[Document],
    codebook: Codebook,
    decisions: Sequence[Decision],
    paper: HouseStyle,
) -> Briefing:
    """Write the paper. Deterministic: the same input gives the same record."""
    return Writer(Counted(reviews, files, codebook, decisions, paper)).briefing()
