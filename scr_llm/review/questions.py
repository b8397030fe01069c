"""The open questions as a document to be read and answered in Word."""

from typing import Literal

from scr_llm.records import EvidenceRef, Paper, Paragraph, Part, Sentence
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.review.spreadsheet import cells
from scr_llm.text.flow import readable
from scr_llm.text.words import VALUES


def questions(session: ReviewSession, who: Reviewer) -> Paper:
    """The open themes as a document, case by case, for a colleague who installs nothing.

    Findings, recommendations and facts are left to the review sheet.
    """
    everything = set(session.open_cells(who)) | (set() if who.blind else set(session.disagreements()))
    themes = {key for key in everything if session.proposals[key].kind == "theme"}
    parts, last = [_how_to_answer(len(themes), len(everything) - len(themes))], ""
    for number, cell in enumerate(cells(session, who, themes), 1):
        if cell.label != last:
            last = cell.label
            file = _paragraph(f"File: {cell.document.file}.")
            parts.append(Part(id=f"case-{cell.document.id}", level=1, title=cell.label, paragraphs=(file,)))
        parts.append(_question(number, cell, who))
    settings = session.project.settings
    return Paper(
        title=f"Open questions: {settings.name}",
        status_line=f"OPEN QUESTIONS for {who.name}, {who.role}",
        marking=settings.marking,
        version="0",
        organisation=settings.organisation,
        parts=tuple(parts),
    )


def _how_to_answer(themes: int, others: int) -> Part:
    sentences = [
        f"{themes} questions are open. "
        "Please write your answer and your reason under each question, and send the file back."
    ]
    if others:
        sentences.append(
            f"{others} findings, recommendations and case facts are also open; they are in the review sheet."
        )
    paragraph = Paragraph(sentences=tuple(Sentence(text=text) for text in sentences))
    return Part(id="how", level=1, title="How to answer", paragraphs=(paragraph,))


def _question(number: int, cell: Cell, who: Reviewer) -> Part:
    """One question; a blind reviewer sees what the theme means, and nothing of what others have answered."""
    lines = [_paragraph(f"Definition: {cell.code.definition}")] if cell.code else []
    if cell.code and cell.code.exclude:
        lines.append(_paragraph(f"Does not include: {'; '.join(cell.code.exclude)}."))
    if cell.text:
        lines.append(_paragraph(f"Text: {readable(cell.text)}"))
    if not who.blind:
        lines.append(_paragraph(f"Proposed: {VALUES[cell.value].lower()}. {cell.why}".strip()))
        lines += [_paragraph(f"Look closely: {doubt}.") for doubt in cell.doubts]
        lines += _quotes(cell)
    lines.append(_paragraph("Your answer (present, ruled out, not found or unclear), and why:", "note"))
    return Part(id=f"question-{number}", level=2, title=f"{number}. {cell.title}", paragraphs=tuple(lines))


def _quotes(cell: Cell) -> list[Paragraph]:
    """The evidence of a cell; where there is none, the passages that come closest."""
    refs = [
        EvidenceRef(
            document_id=cell.document.id, case_label=cell.label, theme=cell.key, evidence=e, text=readable(e.quote)
        )
        for e in cell.evidence or cell.nearest
    ]
    return [Paragraph(style="quote", quote=ref) for ref in refs]


def _paragraph(text: str, style: Literal["normal", "note"] = "normal") -> Paragraph:
    return Paragraph(style=style, sentences=(Sentence(text=text),))
