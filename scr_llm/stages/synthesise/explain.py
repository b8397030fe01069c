"""Where a number comes from: which reviews count, by which quotes, and why the others do not."""

from collections.abc import Mapping, Sequence

from scr_llm.records import Briefing, Code, Decision, Document, ExplainedCell, Explanation, ThemeValue
from scr_llm.stages.synthesise.count import Coded

_NOT: dict[ThemeValue, str] = {
    "present": "It stands in recommendations only, and the project does not count these.",
    "explicitly_absent": "The review says expressly that it was not so.",
    "unclear": "A person must read the passage.",
    "not_mentioned": "Nothing was found. It does not mean no.",
}


def explained(
    code: Code, briefing: Briefing, reviews: Sequence[Coded], decided: Mapping[tuple[str, str], Decision], others: Sequence[Document]
) -> Explanation:
    """The explanation of one theme's count, from the briefing that prints it."""
    count = next(t for t in briefing.facts.themes if t.theme == code.id)
    rows = {row.document_id: row for row in briefing.cases}
    cells = []
    for review in reviews:
        cell, key = review.theme(code.id), review.document.id
        value: ThemeValue = cell.value if cell else "not_mentioned"
        counts, decision = key in count.documents, decided.get((key, code.id))
        proposed = f"The {review.coding.coder.kind} coder proposed it: {cell.why if cell else ''}"
        why = decision.reason if decision else (proposed if counts else _NOT[value])
        cells.append(
            ExplainedCell(
                document_id=key, file=review.document.file, label=rows[key].label, value=value, counted=counts, why=why,
                recommendation_only="(R)" in rows[key].themes[code.id] or "R only" in rows[key].themes[code.id],
                evidence=cell.evidence if cell else (), decision=decision,
            )
        )  # fmt: skip
    return Explanation(
        theme=code.id, label=code.label, definition=code.definition, present=count.present, of=count.of, decided=count.decided,
        cells=tuple(sorted(cells, key=lambda c: not c.counted)),
        not_coded=tuple(f"{d.file} ({d.status.replace('_', ' ')}): {d.reason or 'not yet coded'}" for d in others),
    )  # fmt: skip
