"""Opening a cell: what a reviewer is shown of it."""

from collections.abc import Callable

from scr_llm.records import Code, Coding, Evidence
from scr_llm.review.cells import Cell, Reviewer
from scr_llm.review.index import CellIndex
from scr_llm.review.proposals import content
from scr_llm.stages.decisions import Key, Standing


def blind_cell(index: CellIndex, at: Key, coding: Coding, who: Reviewer, seen: int) -> Cell:
    """A cell without the proposal, its evidence and its doubts, and without other people's decisions."""
    proposal = index.proposals[at]
    own = Standing(blind=[d for d in index.standing(at).blind if d.author == who.name])
    decision = own.blind[-1] if own.blind else None
    proposed_text = content(coding, proposal.kind, at[1]).text
    return Cell(
        document=index.documents[at[0]],
        label=index.labels[at[0]],
        key=at[1],
        kind=proposal.kind,
        title=proposal.title,
        code=index.codes.get(at[1]),
        proposed="unclear",
        value=decision.value if decision else "unclear",
        text=(decision.text if decision else None) or proposed_text,
        sub_themes=decision.sub_themes if decision else (),
        evidence=decision.evidence if decision else (),
        why=decision.reason if decision else "",
        doubts=(),
        state="decided" if decision else "undecided",
        standing=own,
        seen=seen,
    )


def full_cell(
    index: CellIndex, at: Key, coding: Coding, seen: int, nearest: Callable[[str, Code], tuple[Evidence, ...]]
) -> Cell:
    """A cell with its proposal, and with the decision that counts in the proposal's place.

    Args:
        index: the project's cells.
        at: the cell.
        coding: its review, as proposed.
        seen: the last decision that this view of it rests on.
        nearest: finds the passages of a review that come closest to a theme, for a theme without evidence.
    """
    proposal, standing, code = index.proposals[at], index.standing(at), index.codes.get(at[1])
    proposed, decision, state = content(coding, proposal.kind, at[1]), standing.counts, index.state(at)
    if decision and decision.shown_sha256 and state == "stale":
        decision = None  # a list was confirmed that showed other words: what is proposed now must be looked at
    evidence = decision.evidence if decision else proposed.evidence
    if standing.disagreed and (pair := standing.pair):  # whoever adjudicates chooses from the quotes of both
        evidence = tuple({(e.page, e.start, e.end): e for answer in pair for e in answer.evidence}.values())
    return Cell(
        document=index.documents[at[0]],
        label=index.labels[at[0]],
        key=at[1],
        kind=proposal.kind,
        title=proposal.title,
        code=code,
        proposed=proposal.value,
        value=decision.value if decision else proposal.value,
        text=(decision.text if decision else None) or proposed.text,
        sub_themes=decision.sub_themes if decision else proposed.sub_themes,
        # Praise last: a quote of good practice does not show that a theme is present.
        evidence=tuple(sorted(evidence, key=lambda e: "good_practice" in e.flags)),
        why=proposed.why,
        doubts=proposal.doubts,
        state=state,
        standing=standing,
        seen=seen,
        nearest=() if evidence or not code else nearest(at[0], code),
        refused=tuple(r for r in coding.refused if r.about == f"theme:{at[1]}"),
    )
