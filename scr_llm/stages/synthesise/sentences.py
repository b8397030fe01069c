"""Sentences, paragraphs and bullets of the paper, each with the documents that it rests on."""

from collections.abc import Sequence

from scr_llm.records import Codebook, EvidenceRef, Paragraph, Sentence

REVIEWS, RECOMMENDED = "reviews", "recommended"
"""What else than a theme has a numbered part in the evidence file."""


def evidence_number(codebook: Codebook, name: str) -> int:
    """The number of a part of the evidence file.

    It follows the codebook, so that a part keeps its number when the next batch adds a theme.
    """
    return [REVIEWS, RECOMMENDED, *(code.id for code in codebook.codes)].index(name) + 1


def cited(text: str, codebook: Codebook, name: str) -> str:
    """A sentence that says where its evidence is: "… in 5 of the 8 reviews (Evidence 4)."."""
    return f"{text.removesuffix('.')} (Evidence {evidence_number(codebook, name)})."


def sentence(text: str, documents: Sequence[str] = (), evidence: str = "") -> Sentence:
    """A sentence. With a theme (or another part of the evidence file), its number leads there."""
    return Sentence(text=text, documents=tuple(documents), ref=f"evidence.{evidence}" if evidence else "")


def paragraph(text: str, documents: Sequence[str] = (), evidence: str = "") -> Paragraph:
    """A paragraph of one sentence."""
    return Paragraph(sentences=(sentence(text, documents, evidence),))


def bullet(text: str, documents: Sequence[str] = (), evidence: str = "") -> Paragraph:
    """A bullet of one sentence."""
    return Paragraph(style="bullet", sentences=(sentence(text, documents, evidence),))


def note(text: str, documents: Sequence[str] = ()) -> Paragraph:
    """A caution to the reader."""
    return Paragraph(style="note", sentences=(sentence(text, documents),))


def quotes(references: Sequence[EvidenceRef]) -> list[Paragraph]:
    """Quotes, each with its source."""
    return [Paragraph(style="quote", quote=reference) for reference in references]
