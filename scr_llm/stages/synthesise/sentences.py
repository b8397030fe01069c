"""Sentences, paragraphs and bullets of the paper, each with the documents that it rests on."""

from collections.abc import Sequence

from scr_llm.records import EvidenceRef, Paragraph, Sentence


def sentence(text: str, documents: Sequence[str] = (), theme: str = "") -> Sentence:
    """A sentence. With a theme, its number leads to that theme's evidence in Appendix 2."""
    return Sentence(text=text, documents=tuple(documents), ref=f"evidence.{theme}" if theme else "")


def paragraph(text: str, documents: Sequence[str] = ()) -> Paragraph:
    """A paragraph of one sentence."""
    return Paragraph(sentences=(sentence(text, documents),))


def bullet(text: str, documents: Sequence[str] = (), theme: str = "") -> Paragraph:
    """A bullet of one sentence."""
    return Paragraph(style="bullet", sentences=(sentence(text, documents, theme),))


def note(text: str, documents: Sequence[str] = ()) -> Paragraph:
    """A caution to the reader."""
    return Paragraph(style="note", sentences=(sentence(text, documents),))


def quotes(references: Sequence[EvidenceRef]) -> list[Paragraph]:
    """Quotes, each with its source."""
    return [Paragraph(style="quote", quote=reference) for reference in references]
