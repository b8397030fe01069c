"""What a project gives out: the briefing, the export, where a number comes from, and how it compares with gold."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.errors import UsageError
from scr_llm.intake import current_documents
from scr_llm.paper_state import paper_state
from scr_llm.pipeline import present_documents
from scr_llm.project import Project
from scr_llm.records import (
    Agreement,
    Briefing,
    Codebook,
    Coding,
    Decision,
    Document,
    Explanation,
    Export,
    ExportCase,
    ExportChild,
    ExportCodebook,
    ExportDocument,
    ExportProject,
    ExportRecord,
    ExportSigned,
    ExportTheme,
    GoldDocument,
    Paper,
    Reading,
    Record,
    SignedPaper,
)
from scr_llm.stages.agree import agree
from scr_llm.stages.code import Coder
from scr_llm.stages.ground import ground, nearest
from scr_llm.stages.review import current, latest
from scr_llm.stages.synthesise import Coded, HouseStyle, as_paper, cautions, explained, synthesise
from scr_llm.store import Store
from scr_llm.text.names import names_pattern

_R = TypeVar("_R", bound=Record)


@dataclass(frozen=True)
class Signature:
    """What a paper that is written to be signed says of it."""

    line: str
    """Printed on every page in the place of a draft's status."""
    version: str
    """Of the signed paper."""


def brief(project: Project, *, only: Mapping[str, str] | None = None) -> tuple[Briefing, list[Coded]]:
    """The draft briefing of what is coded now, with the codings it rests on.

    Args:
        project: whose.
        only: a subset: authority, batch, context or age band to the value that a review must have.

    Raises:
        UsageError: no review is in the subset.
    """
    briefing, reviews, _ = paper(project, only=only)
    return briefing, reviews


def paper(
    project: Project, *, only: Mapping[str, str] | None = None, signature: Signature | None = None
) -> tuple[Briefing, list[Coded], tuple[str, ...]]:
    """The briefing as a draft, or with a signature as it is signed; the codings it rests on; and its cautions.

    Raises:
        UsageError: no review is in the subset.
    """
    codebook = load_codebook(project.codebook_path)
    settings = project.settings
    with Store(project.store_path) as store:
        documents = present_documents(project, store)
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
        reviews = [
            Coded(document, current(coding, decisions))
            for document in documents
            if document.status == "coded" and (coding := store.coding(document.id))
        ]
    if only:
        reviews = [r for r in reviews if all(_is(r, what, value) for what, value in only.items())]
        documents = [r.document for r in reviews]
        if not reviews:
            raise UsageError(
                "no coded review is in this subset.", next_step="See what there is: scr-llm export --format csv"
            )
    told = "; ".join(f"{what} {value}" for what, value in (only or {}).items())
    style = HouseStyle(
        title=settings.title + (f" ({told})" if told else ""),
        organisation=settings.organisation,
        marking=settings.marking,
        version=signature.version if signature else "0.1",
        status=status,
        signed=signature is not None,
        record=_behind(count, head, _no_longer_asked(reviews, codebook, decisions)),
        headline_themes=settings.briefing.headline_themes,
        headline_min=settings.briefing.headline_min,
        quotes_per_theme=settings.briefing.quotes_per_theme,
        count_recommendation_only=settings.briefing.count_recommendation_only,
        tell_inferred=settings.briefing.tell_inferred,
    )
    briefing = synthesise(reviews, current_documents(documents), codebook, tuple(latest(decisions).values()), style)
    if names := settings.briefing.leave_out:
        briefing, reviews = without(briefing, names), [Coded(r.document, without(r.coding, names)) for r in reviews]
    return briefing, reviews, tuple(cautions(reviews, briefing.parts))


def _behind(count: int, head: str, lost: str) -> str:
    """The sentences about the decisions behind a paper; nothing where nothing is decided."""
    if not count:
        return ""
    record = f"The record behind this paper holds {count} {'decision' if count == 1 else 'decisions'}, chained by hash; the chain ends in {head}."
    return f"{record} {lost}".strip()


def _no_longer_asked(reviews: Sequence[Coded], codebook: Codebook, decisions: Sequence[Decision]) -> str:
    """What people decided about codes that have left the codebook, or items that are no longer proposed: no gap without a word."""
    items = {r.document.id: {i.id for i in (*r.coding.findings, *r.coding.recommendations)} for r in reviews}
    codes = {code.id for code in codebook.codes}
    cells = [
        (d.document_id, d.theme)
        for d in latest(decisions).values()
        if d.act != "withdrawn" and d.document_id in items and not d.theme.startswith("case:")
    ]
    lost = Counter(
        theme if not _ITEM.fullmatch(theme) else "single findings or recommendations"
        for i, theme in cells
        if theme not in codes | items[i]
    )
    if not lost:
        return ""
    named = ", ".join(f"{what.replace('_', ' ')} ({n})" for what, n in sorted(lost.items()))
    were = "1 decision is" if lost.total() == 1 else f"{lost.total()} decisions are"
    return f"{were} about what the codebook or the reading no longer has, and not counted here: {named}."


_ITEM = re.compile(r"[fr][0-9a-f]{12}(?:-\d+)?")
"""Ids of findings and recommendations."""


def _as_signed(store: Store) -> tuple[Briefing, list[Coded]]:
    """The last signed paper and the codings that it rests on."""
    signed = SignedPaper.model_validate_json(store.sign_offs()[-1][1])
    documents = {d.id: d for d in store.documents()}
    pairs = zip(signed.briefing.cases, signed.codings, strict=True)
    return signed.briefing, [Coded(documents[row.document_id], coding) for row, coding in pairs]


def without(record: _R, names: Sequence[str]) -> _R:
    """A record in which names are replaced by a mark. What it was computed and verified from stays as it is in the store."""
    pattern = names_pattern(names)
    masked: _R = _masked(record, pattern) if pattern else record
    return masked


_IDENTIFIERS = frozenset(
    ["id", "document_id", "theme", "themes", "sub_themes", "documents", "ref", "headline", "repeats", "sha256"]
)
"""Fields that hold ids of things, alone or several, or records by their ids."""


def _masked(value: Any, names: re.Pattern[str]) -> Any:
    """A value with the names in its texts replaced; ids, and words from a fixed list, stay."""
    if isinstance(value, Record):
        free = (n for n, field in type(value).model_fields.items() if not _of_fixed_words(field.annotation))
        held = {n: getattr(value, n) for n in free}
        return value.model_copy(
            update={n: _masked(v, names) for n, v in held.items() if n not in _IDENTIFIERS or not _are_ids(v)}
        )
    if isinstance(value, str):
        return names.sub("[name removed]", value)
    if isinstance(value, tuple):
        return tuple(_masked(v, names) for v in value)
    return {k: _masked(v, names) for k, v in value.items()} if isinstance(value, dict) else value


def _are_ids(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(v, str) for v in value))


def _of_fixed_words(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(map(_of_fixed_words, get_args(annotation)))


def _is(review: Coded, what: str, value: str) -> bool:
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


def export(project: Project) -> Export:
    """The whole project in the shape that other programs rely on, without the names that no file gives out."""
    return without(_whole(project), project.settings.briefing.leave_out)


def _whole(project: Project) -> Export:
    codebook = load_codebook(project.codebook_path)
    with Store(project.store_path) as store:
        documents = present_documents(project, store)
        decisions, (count, head), signed = store.decisions(), store.head(), [s for s, _ in store.sign_offs()]
        codings = {d.id: coding for d in documents if d.status == "coded" and (coding := store.coding(d.id))}
    decided = latest(decisions)
    exported = tuple(
        _exported(d, current(c, decisions) if (c := codings.get(d.id)) else None, decided) for d in documents
    )
    return Export(
        project=ExportProject(name=project.settings.name, organisation=project.settings.organisation),
        codebook=ExportCodebook(version=codebook.version, sha256=codebook_sha256(codebook)),
        coder=next((c.coder for c in codings.values()), None),
        documents=exported,
        record=ExportRecord(
            decisions=count,
            decisions_head=head,
            signed=tuple(
                ExportSigned(version=s.version, at=s.at, paper_sha256=s.paper_sha256, decisions_head=s.decisions_head)
                for s in signed
            ),
        ),
    )


def explain(project: Project, theme: str) -> tuple[Explanation, Paper]:
    """Where a theme's number comes from, as a record and as a paper to print.

    Raises:
        UsageError: the codebook has no such theme; the message names those it has.
    """
    codebook = load_codebook(project.codebook_path)
    code = next((c for c in codebook.codes if c.id == theme), None)
    if code is None:
        raise UsageError(
            f"the codebook has no theme {theme!r}.",
            next_step="It has: " + ", ".join(c.id for c in codebook.codes) + ".",
        )
    briefing, reviews = brief(project)
    with Store(project.store_path) as store:
        decided = latest(store.decisions())
        others = [d for d in present_documents(project, store) if d.status != "coded"]
        silent = [r.document.id for r in reviews if not ((cell := r.theme(theme)) and cell.evidence)]
        near = {i: nearest(reading, code) for i in silent if (reading := store.reading(i))}
    told = without(
        explained(code, briefing, reviews, decided, others, near, codebook.version), project.settings.briefing.leave_out
    )
    return told, as_paper(told, briefing)


def load_gold(folder: Path) -> tuple[GoldDocument, ...]:
    """The gold codings of a folder: JSON files of one document each, or of a whole export.

    Raises:
        UsageError: names the file that is no gold coding; or there is none.
    """
    found: list[GoldDocument] = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else [folder]:
        try:
            data = json.loads(path.read_text("utf-8"))
            if isinstance(data, dict) and ("documents" in data or "themes" in data):
                found += [GoldDocument.model_validate(each) for each in data.get("documents", [data])]
        except (ValueError, OSError) as error:
            raise UsageError(
                f"{path.name} is no gold coding: {error}",
                next_step="Write it in the shape of `scr-llm export --format json`.",
            ) from error
    if not found:
        raise UsageError(
            f"there is no gold coding in {folder}.",
            next_step="Put JSON files there in the shape of `scr-llm export --format json`.",
        )
    return tuple(found)


def evaluate(project: Project, gold: Sequence[GoldDocument], coder: Coder | None = None) -> Agreement:
    """What is coded in a project, or what a coder makes of its stored readings now (nothing is stored), against gold."""
    codebook = load_codebook(project.codebook_path)
    if coder is None:
        documents = _whole(project).documents
    else:
        fresh = {r.document_id: ground(coder.code(r, codebook), r) for r in readings(project)}
        with Store(project.store_path) as store:
            documents = tuple(
                _exported(d, fresh.get(d.id) if d.status == "coded" else None, {})
                for d in present_documents(project, store)
            )
    agreement = agree(gold, documents, [code.id for code in codebook.codes])
    with Store(project.store_path) as store:
        sent, received = store.tokens([d.id for d in documents if any(d.file == g.file for g in gold)])
    return agreement.model_copy(update={"tokens": sent + received})


def _exported(document: Document, coding: Coding | None, decided: Mapping[tuple[str, str], Decision]) -> ExportDocument:
    """A document with its coding, where it has one, in the shape of the export."""
    return ExportDocument(
        id=document.id,
        file=document.file,
        sha256=document.sha256,
        pages=document.pages,
        status=document.status,
        reason=" ".join(x for x in (document.reason, document.next_step) if x) or None,
        label=Coded(document, coding).label if coding else document.file,
        case=_case(coding),
        findings=coding.findings if coding else (),
        recommendations=coding.recommendations if coding else (),
        themes={
            t.theme: ExportTheme(
                value=t.value,
                sub_themes=t.sub_themes,
                evidence=t.evidence,
                decision=decided.get((document.id, t.theme)),
            )
            for t in (coding.themes if coding else ())
        },
        unanswered=coding.unanswered if coding else (),
        notes=coding.notes if coding else (),
    )


def _case(coding: Coding | None) -> ExportCase | None:
    if coding is None:
        return None
    case = coding.case
    children = tuple(ExportChild(gender=c.gender, age=c.age, age_band=c.age_band) for c in case.children)
    return ExportCase(
        authority=case.authority,
        pseudonym=case.pseudonym,
        children=children,
        context=case.context,
        evidence=case.evidence,
    )


def readings(project: Project) -> Sequence[Reading]:
    """Every reading that is stored, in the order of file names."""
    with Store(project.store_path) as store:
        return [r for d in present_documents(project, store) if (r := store.reading(d.id))]
