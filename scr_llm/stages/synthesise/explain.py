"""Where a number comes from: which reviews count, by which quotes, and why the others do not."""

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
    Sentence,
    ThemeValue,
)
from scr_llm.stages.synthesise.count import CodedReview
from scr_llm.text.flow import readable
from scr_llm.text.words import in_words

_NOT: dict[ThemeValue, str] = {
    "present": "It stands in recommendations only, and the project does not count these.",
    "explicitly_absent": "The review says expressly that it was not so.",
    "unclear": "A person must read the passage.",
    "not_mentioned": "Nothing was found. It does not mean no.",
}


def explained(
    code: Code,
    briefing: Briefing,
    reviews: Sequence[CodedReview],
    decided: Mapping[tuple[str, str], Decision],
    others: Sequence[Document],
    nearest: Mapping[str, tuple[Evidence, ...]],
    codebook_version: str,
) -> Explanation:
    """The explanation of one theme's count, from the briefing that prints it; `nearest` by document where nothing was found."""
    count = next(t for t in briefing.facts.themes if t.theme == code.id)
    rows = {row.document_id: row for row in briefing.cases}
    cells = []
    for review in reviews:
        cell, key = review.theme(code.id), review.document.id
        value: ThemeValue = cell.value if cell else "not_mentioned"
        counts, decision = key in count.documents, decided.get((key, code.id))
        kind = "embedded coder" if review.coding.coder.kind == "rules" else "model"
        proposed = f"The {kind} proposed it: {cell.why.rstrip('.') if cell else ''}."
        why = decision.reason if decision else (proposed if counts else _NOT[value])
        cells.append(
            ExplainedCell(
                document_id=key,
                file=review.document.file,
                label=rows[key].label,
                value=value,
                counted=counts,
                why=why,
                recommendation_only="(R)" in rows[key].themes[code.id] or "R only" in rows[key].themes[code.id],
                evidence=cell.evidence if cell else (),
                decision=decision,
                nearest=nearest.get(key, ()),
            )
        )
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


def _quotes(told: Explanation, cell: ExplainedCell) -> list[Paragraph]:
    """A cell's quotes, each run of those that are set apart by a flag under a line that says so."""
    printed: list[Paragraph] = []
    flags: tuple[str, ...] = ()
    for e in sorted(cell.evidence or cell.nearest, key=lambda e: e.flags):
        if e.flags and e.flags != flags:
            printed.append(Paragraph(sentences=(Sentence(text=f"Marked {', '.join(e.flags).replace('_', ' ')}:"),)))
        flags = e.flags
        ref = EvidenceRef(
            document_id=cell.document_id, case_label=cell.label, theme=told.theme, evidence=e, text=readable(e.quote)
        )
        printed.append(Paragraph(style="quote", quote=ref))
    return printed


def as_paper(told: Explanation, briefing: Briefing) -> Paper:
    """The explanation as a paper that can be printed."""

    def said(text: str, *documents: str) -> Paragraph:
        return Paragraph(sentences=(Sentence(text=text, documents=documents),))

    parts = [
        Part(
            id="number",
            level=1,
            title=f"{told.present} of {told.of} reviews",
            paragraphs=(
                said(told.definition),
                said(f"A person has decided {told.decided} of {told.of} cells. Codebook {told.codebook_version}."),
            ),
        )
    ]
    for counted, heading in ((True, "ThemeTally"), (False, "Not counted")):
        cells = [c for c in told.cells if c.counted is counted]
        parts.append(
            Part(
                id=heading.lower().replace(" ", "-"),
                level=1,
                title=heading,
                paragraphs=() if cells else (said("None."),),
            )
        )
        for cell in cells:
            who = (
                f"Decided by {cell.decision.author}, {cell.decision.role}, on {cell.decision.at[:10]}."
                if cell.decision
                else "Not yet decided by a person."
            )
            alone = " Its evidence stands in recommendations only." if cell.recommendation_only else ""
            near = (
                (said("Nothing was found. The passages that come nearest are:"),)
                if cell.nearest and not cell.evidence
                else ()
            )
            value = f"{in_words(cell.value).capitalize()}. {cell.why.rstrip('. ')}."
            parts.append(
                Part(
                    id=f"review-{cell.document_id}",
                    level=2,
                    title=cell.label,
                    paragraphs=(said(f"{value} {who}{alone}", cell.document_id), *near, *_quotes(told, cell)),
                )
            )
    if told.not_coded:
        listed = tuple(Paragraph(style="bullet", sentences=(Sentence(text=line),)) for line in told.not_coded)
        parts.append(Part(id="not-in-the-number", level=1, title="Not in the number", paragraphs=listed))
    return Paper(
        title=f"Where the number comes from: {told.label}",
        status_line=_status(briefing),
        marking=briefing.marking,
        version=briefing.version,
        organisation=briefing.organisation,
        parts=tuple(parts),
    )


def _status(briefing: Briefing) -> str:
    """What an explanation says of itself: it is never signed, whatever it explains."""
    return (
        briefing.status_line
        if briefing.status == "draft"
        else f"FROM THE RECORD behind the signed version {briefing.version} – this page is not part of it"
    )
