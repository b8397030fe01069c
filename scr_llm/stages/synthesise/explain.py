"""Where a number comes from, worked out: which reviews count, by which quotes, and why the others do not."""

from collections.abc import Mapping, Sequence

from scr_llm.records import (
    Briefing,
    Code,
    Decision,
    Document,
    Evidence,
    EvidenceRef,
    ExplainedCell,
    Explanation,
    Paper,
    Paragraph,
    Part,
    ThemeCount,
    ThemeValue,
)
from scr_llm.stages.synthesise.count import CodedReview, recommendation_only
from scr_llm.stages.synthesise.sentences import bullet, paragraph, quotes
from scr_llm.text.flow import readable
from scr_llm.text.words import in_words

_WHY_NOT: dict[ThemeValue, str] = {
    "present": "It was found only in recommendations, which this project does not count.",
    "explicitly_absent": "The review says expressly that this was not so.",
    "unclear": "A person must read the passage.",
    "not_mentioned": "Nothing was found, which does not mean no.",
}
"""Why a cell of this value does not count."""


def explained(
    code: Code,
    count: ThemeCount,
    labels: Mapping[str, str],
    reviews: Sequence[CodedReview],
    decided: Mapping[str, Decision],
    others: Sequence[Document],
    nearest: Mapping[str, tuple[Evidence, ...]],
    codebook_version: str,
) -> Explanation:
    """The explanation of one theme's count.

    Args:
        code: the theme.
        count: its count, as the briefing prints it.
        labels: what each review is called, by document.
        reviews: the coded reviews that are explained: all that it rests on, or some of them.
        decided: the decision that counts on the theme, by document.
        others: documents that are not coded.
        nearest: the nearest passages, by document, where nothing was found.
        codebook_version: printed with the count.
    """
    counted, cells = frozenset(count.documents), []
    for review in reviews:
        key = review.document.id
        decision, near = decided.get(key), nearest.get(key, ())
        cells.append(_cell(review, labels[key], code, key in counted, decision, near))
    return Explanation(
        theme=code.id,
        label=code.label,
        definition=code.definition,
        present=count.present,
        of=count.of,
        decided=count.decided,
        codebook_version=codebook_version,
        cells=tuple(sorted(cells, key=lambda c: not c.counted)),
        not_coded=tuple(f"{d.file} ({in_words(d.status)}): {d.reason or 'not yet coded'}" for d in others),
    )


def _cell(
    review: CodedReview,
    label: str,
    code: Code,
    counted: bool,
    decision: Decision | None,
    nearest: tuple[Evidence, ...],
) -> ExplainedCell:
    """One review and why it counts or not: a person's reason comes before the coder's."""
    cell = review.theme(code.id)
    value: ThemeValue = cell.value if cell else "not_mentioned"
    if decision:
        why = decision.reason
    elif counted:
        coder = "embedded coder" if review.coding.coder.kind == "rules" else "model"
        why = f"The {coder} proposed it: {cell.why.rstrip('.') if cell else ''}."
    else:
        why = _WHY_NOT[value]
    return ExplainedCell(
        document_id=review.document.id,
        file=review.document.file,
        label=label,
        value=value,
        counted=counted,
        why=why,
        recommendation_only=value == "present" and cell is not None and recommendation_only(cell.evidence),
        evidence=cell.evidence if cell else (),
        decision=decision,
        nearest=nearest,
    )


def as_paper(explanation: Explanation, briefing: Briefing) -> Paper:
    """The explanation as a paper that can be printed."""
    decided = f"A person has decided {explanation.decided} of {explanation.of} cells."
    number = Part(
        id="number",
        level=1,
        title=f"{explanation.present} of {explanation.of} reviews",
        paragraphs=(
            paragraph(explanation.definition),
            paragraph(f"{decided} Codebook {explanation.codebook_version}."),
        ),
    )
    parts = [
        number,
        *_reviews(explanation, "Counted", counted=True),
        *_reviews(explanation, "Not counted", counted=False),
    ]
    if explanation.not_coded:
        listed = tuple(bullet(line) for line in explanation.not_coded)
        parts.append(Part(id="not-in-the-number", level=1, title="Not in the number", paragraphs=listed))
    return Paper(
        title=f"Where the number comes from: {explanation.label}",
        status_line=_status(briefing),
        marking=briefing.marking,
        version=briefing.version,
        organisation=briefing.organisation,
        parts=tuple(parts),
    )


def _reviews(explanation: Explanation, heading: str, *, counted: bool) -> list[Part]:
    """The reviews that count, or those that do not, under one heading."""
    cells = [c for c in explanation.cells if c.counted is counted]
    none = () if cells else (paragraph("None."),)
    return [
        Part(id=heading.lower().replace(" ", "-"), level=1, title=heading, paragraphs=none),
        *(_review(explanation.theme, cell) for cell in cells),
    ]


def _review(theme: str, cell: ExplainedCell) -> Part:
    lines = [f"{in_words(cell.value).capitalize()}.", f"{cell.why.rstrip('. ')}."]
    if cell.decision:
        lines.append(f"Decided by {cell.decision.author}, {cell.decision.role}, on {cell.decision.at[:10]}.")
    else:
        lines.append("Not yet decided by a person.")
    if cell.recommendation_only:
        lines.append("Its only evidence is in recommendations.")
    paragraphs = [paragraph(" ".join(lines), (cell.document_id,))]
    if cell.nearest and not cell.evidence:
        paragraphs.append(paragraph("The nearest passages are:"))
    return Part(
        id=f"review-{cell.document_id}",
        level=2,
        title=cell.label,
        paragraphs=(*paragraphs, *_quotes(theme, cell)),
    )


def _quotes(theme: str, cell: ExplainedCell) -> list[Paragraph]:
    """A cell's quotes. Those with a flag, such as recommendation, stand together under a line that names it."""
    printed: list[Paragraph] = []
    flags: tuple[str, ...] = ()
    for e in sorted(cell.evidence or cell.nearest, key=lambda e: e.flags):
        if e.flags and e.flags != flags:
            printed.append(paragraph(f"Marked as {', '.join(map(in_words, e.flags))}:"))
        flags = e.flags
        ref = EvidenceRef(
            document_id=cell.document_id, case_label=cell.label, theme=theme, evidence=e, text=readable(e.quote)
        )
        printed += quotes([ref])
    return printed


def _status(briefing: Briefing) -> str:
    """What an explanation says about itself: it is never signed, even where it explains a signed paper."""
    if briefing.status == "draft":
        return briefing.status_line
    return f"FROM THE RECORD behind the signed version {briefing.version} – this page is not part of it"
