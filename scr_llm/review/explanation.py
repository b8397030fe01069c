"""Where a number comes from, a page of reviews at a time, for the browser: as the report, from a session's index."""

from dataclasses import dataclass

from scr_llm.errors import UsageError
from scr_llm.records import Explanation, ThemeCount
from scr_llm.reports.names import without
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import current
from scr_llm.stages.synthesise import CodedReview, explained
from scr_llm.stages.synthesise.count import recommendation_only
from scr_llm.text.case_label import told_apart

ROWS = 15
"""Reviews at a time. Each that is silent on the theme is searched for the nearest passages, which takes a while."""


@dataclass(frozen=True)
class Part:
    """An explanation with some of its reviews."""

    explanation: Explanation
    first: int
    """Number of the first review, from 0."""
    of: int
    """Reviews in all."""


def explained_in_part(session: ReviewSession, theme: str, first: int = 0, rows: int = ROWS) -> Part:
    """Where a theme's number comes from, with the reviews from number `first` on; those that count come first.

    Raises:
        UsageError: the codebook has no such theme.
    """
    code = session.codes.get(theme)
    if code is None:
        raise UsageError(f"the codebook has no theme {theme!r}.", next_step="Go back to the matrix.")
    counted = [i for i in session.documents if _counts(session, i, theme)]
    ids = sorted(session.documents, key=set(session.documents).difference(counted).__contains__)
    first = min(first, max(0, len(ids) - 1)) // rows * rows
    decided = {i: d for i in ids if (d := session.standing((i, theme)).counts)}
    reviews = [
        CodedReview(session.documents[i], current(coding, {theme: decided[i]} if i in decided else {}))
        for i in ids[first : first + rows]
        if (coding := session.store.coding(i))
    ]
    silent = [r.document.id for r in reviews if not ((cell := r.theme(theme)) and cell.evidence)]
    explanation = explained(
        code,
        ThemeCount(
            theme=theme,
            label=code.label,
            present=len(counted),
            of=len(ids),
            recommendation_only=0,
            documents=tuple(counted),
            decided=len(decided),
        ),
        told_apart({i: session.labels[i] for i in session.documents}, session.documents),
        reviews,
        decided,
        [d for d in session.files.values() if d.status != "coded"],
        {i: session.nearest(i, code) for i in silent},
        session.codebook.version,
    )
    return Part(without(explanation, session.project.settings.briefing.leave_out), first, len(ids))


def _counts(session: ReviewSession, document_id: str, theme: str) -> bool:
    """Whether a review counts towards a theme's number, as `ThemeTally` counts it."""
    proposal, decision = session.cells[document_id][theme], session.standing((document_id, theme)).counts
    if (decision or proposal).value != "present":
        return False
    only = recommendation_only(decision.evidence) if decision else proposal.recommendation_only
    return session.project.settings.briefing.count_recommendation_only or not only
