"""What each general rule and each wording of the codebook finds in a project's reviews."""

from collections.abc import Mapping
from dataclasses import dataclass

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.project import Project
from scr_llm.stages.code.embedded import passages_of
from scr_llm.stages.code.hits import Hits, rule_hits, wording_hits
from scr_llm.store import Store


@dataclass(frozen=True)
class CodebookHits:
    """How many sentences each rule and each wording finds."""

    reviews: int
    """How many were searched."""
    sentences: int
    """How many they have."""
    rules: Mapping[str, int]
    """Name of each general rule to the number of sentences."""
    wordings: tuple[Hits, ...]
    """Every wording, in the codebook's order."""


def codebook_hits(project: Project) -> CodebookHits:
    """Count what each rule and each wording finds in the coded reviews.

    Raises:
        UsageError: no review is coded.
    """
    with Store(project.database) as store:
        coded = [d.id for d in store.documents() if d.status == "coded"]  # a copy or an older issue would count twice
        readings = [reading for name in coded if (reading := store.reading(name))]
    if not readings:
        nothing = "no review is coded in this project, so there is nothing to count."
        raise UsageError(nothing, next_step="Put PDFs into inbox/ and run: scr-llm run")
    texts = [passage.text for reading in readings for _, passage in passages_of(reading)]
    found = wording_hits(load_codebook(project.codebook_path), texts)
    return CodebookHits(len(readings), len(texts), rule_hits(texts), tuple(found))
