"""The briefing of what is coded now, and the codings that it rests on."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.intake.inbox import current_documents, present_documents
from scr_llm.project import Project
from scr_llm.records import Briefing, Codebook, Coding, Deciding, Decision, SignedPaper
from scr_llm.reports.names import without
from scr_llm.reports.paper_state import paper_state
from scr_llm.stages.decisions import current, decided_by_document, latest, particular_of
from scr_llm.stages.decisions.deciding import deciding, proposed_cells
from scr_llm.stages.synthesise import BriefingOptions, CodedReview, cautions, chosen_in, synthesise
from scr_llm.store import Store
from scr_llm.text.words import in_words


@dataclass(frozen=True)
class Signature:
    """What a paper says about its own signature."""

    line: str
    """Printed on every page instead of a draft's status."""
    version: str
    """The version of the signed paper."""
    alone: str = ""
    """Why the person who decided most cells signs alone; empty where that person does not sign."""


def signature_line(name: str, role: str, at: datetime) -> str:
    """What a signed paper says about its signature."""
    return f"SIGNED OFF by {name}, {role}, on {at.day} {at:%B %Y}"


def brief(project: Project, *, only: Mapping[str, str] | None = None) -> tuple[Briefing, list[CodedReview]]:
    """The draft briefing of what is coded now, with the codings it rests on.

    Args:
        project: the project.
        only: for a subset, the value that a review must have for authority, batch, context, age (band) or taken-in.

    Raises:
        UsageError: no review is in the subset.
    """
    briefing, reviews, _ = paper(project, only=only)
    return briefing, reviews


def paper(
    project: Project, *, only: Mapping[str, str] | None = None, signature: Signature | None = None
) -> tuple[Briefing, list[CodedReview], tuple[str, ...]]:
    """The briefing, the codings it rests on, and its cautions. Without a signature the briefing is a draft.

    Raises:
        UsageError: no review is in the subset.
    """
    codebook = load_codebook(project.codebook_path)
    with Store(project.database) as store:
        documents = present_documents(store)
        decisions, (count, head) = store.decisions(), store.head()
        if signature:
            status = signature.line
        elif only:
            status = "DRAFT of a subset – not signed off"
        else:
            state = paper_state(project, store)
            if state.is_signed:
                return *_as_signed(store), ()
            status = state.status
        codings = {d.id: coding for d in documents if d.status == "coded" and (coding := store.coding(d.id))}
        decided, acts = decided_by_document(decisions), defaultdict[str, list[Decision]](list)
        for decision in decisions:
            acts[decision.document_id].append(decision)
        reviews = [
            CodedReview(
                d,
                current(codings[d.id], decided.get(d.id, {})),
                chosen_in(codings[d.id], acts[d.id], codebook),
                particular_of(decided.get(d.id, {})),
            )
            for d in documents
            if d.id in codings
        ]
    if only:
        reviews = [r for r in reviews if all(_is(r, what, value) for what, value in only.items())]
        documents = [r.document for r in reviews]
        if not reviews:
            raise UsageError(
                "no coded review is in this subset.", next_step="List the reviews: scr-llm export --format csv"
            )
    proposed = {r.document.id: codings[r.document.id] for r in reviews}
    record = _record(count, head, _obsolete(proposed, codebook, decisions))
    codes = [code.id for code in codebook.codes]
    people = deciding({i: proposed_cells(coding, codes) for i, coding in proposed.items()}, decisions)
    options = _options(project, only or {}, status, signature, record, people)
    briefing = synthesise(reviews, current_documents(documents), codebook, tuple(latest(decisions).values()), options)
    if names := project.settings.briefing.leave_out:
        briefing = without(briefing, names)
        reviews = [replace(r, coding=without(r.coding, names)) for r in reviews]
    return briefing, reviews, tuple(cautions(reviews, (*briefing.parts, *briefing.annex)))


def _options(
    project: Project, only: Mapping[str, str], status: str, signature: Signature | None, record: str, people: Deciding
) -> BriefingOptions:
    settings = project.settings
    subset = "; ".join(f"{what} {value}" for what, value in only.items())
    return BriefingOptions(
        title=settings.title + (f" ({subset})" if subset else ""),
        organisation=settings.organisation,
        marking=settings.marking,
        version=signature.version if signature else "0.1",
        status=status,
        signed=signature is not None,
        record=record,
        deciding=people,
        alone=signature.alone if signature else "",
        headline_themes=settings.briefing.headline_themes,
        headline_min=settings.briefing.headline_min,
        quotes_per_theme=settings.briefing.quotes_per_theme,
        count_recommendation_only=settings.briefing.count_recommendation_only,
        tell_inferred=settings.briefing.tell_inferred,
        parts=settings.briefing.parts,
        asked_by=settings.briefing.asked_by,
        asked_on=settings.briefing.asked_on,
        author=settings.briefing.author,
        contact=settings.briefing.contact,
    )


def _record(count: int, head: str, obsolete: str) -> str:
    """The sentences about the decisions behind a paper; nothing where nothing is decided."""
    if not count:
        return ""
    decisions = "1 decision" if count == 1 else f"{count} decisions"
    record = f"The record behind this paper holds {decisions}, chained by hash. The last hash of the chain is {head}."
    return f"{record} {obsolete}".strip()


def _obsolete(proposed: Mapping[str, Coding], codebook: Codebook, decisions: Sequence[Decision]) -> str:
    """How many decisions are about codes that have left the codebook, or items that are no longer proposed.

    They are not counted, so the paper states them.
    """
    items = {document: {i.id for i in (*c.findings, *c.recommendations)} for document, c in proposed.items()}
    codes = {code.id for code in codebook.codes}
    cells = [
        (d.document_id, d.theme)
        for d in latest(decisions).values()
        if d.document_id in items and not d.item and not d.theme.startswith("case:")
    ]
    lost = Counter(
        theme if not _ITEM.fullmatch(theme) else "single findings or recommendations"
        for i, theme in cells
        if theme not in codes | items[i]
    )
    if not lost:
        return ""
    named = ", ".join(f"{in_words(what)} ({n})" for what, n in sorted(lost.items()))
    concerned = "1 decision is" if lost.total() == 1 else f"{lost.total()} decisions are"
    return f"{concerned} about themes or items that no longer exist, and not counted here: {named}."


_ITEM = re.compile(r"[fr][0-9a-f]{12}(?:-\d+)?")
"""Ids of findings and recommendations."""


def _as_signed(store: Store) -> tuple[Briefing, list[CodedReview]]:
    """The last signed paper and the codings it rests on."""
    signed = SignedPaper.model_validate_json(store.sign_offs()[-1][1])
    documents = {d.id: d for d in store.documents()}
    pairs = zip(signed.briefing.cases, signed.codings, strict=True)
    return signed.briefing, [CodedReview(documents[row.document_id], coding) for row, coding in pairs]


def _is(review: CodedReview, what: str, value: str) -> bool:
    """Whether a review is in a subset."""
    case = review.coding.case
    has: dict[str, set[str]] = {
        "authority": {case.authority or ""},
        "batch": {review.document.batch},
        "context": {case.context},
        "age": {c.age_band for c in case.children},
        "taken-in": {review.document.taken_in},
    }
    return value.casefold() in {v.casefold() for v in has[what]}
