"""The whole project in the format that other programs rely on."""

from collections.abc import Mapping

from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.intake.inbox import present_documents
from scr_llm.project import Project
from scr_llm.records import (
    Coding,
    Decision,
    Document,
    Export,
    ExportCase,
    ExportChild,
    ExportCodebook,
    ExportDocument,
    ExportProject,
    ExportRecord,
    ExportSigned,
    ExportTheme,
)
from scr_llm.reports.names import without
from scr_llm.stages.decisions import current, decided_by_document
from scr_llm.stages.synthesise import CodedReview
from scr_llm.store import Store


def export(project: Project) -> Export:
    """The whole project in the format that other programs rely on, without the names that no file may have."""
    return without(whole(project), project.settings.briefing.leave_out)


def whole(project: Project) -> Export:
    """As `export`, but with every name."""
    codebook = load_codebook(project.codebook_path)
    with Store(project.database) as store:
        documents = present_documents(store)
        decisions, (count, head), signed = store.decisions(), store.head(), store.signatures()
        codings = {d.id: coding for d in documents if d.status == "coded" and (coding := store.coding(d.id))}
    decided = decided_by_document(decisions)
    documents_out = tuple(_as_decided(d, codings.get(d.id), decided.get(d.id, {})) for d in documents)
    return Export(
        project=ExportProject(name=project.settings.name, organisation=project.settings.organisation),
        codebook=ExportCodebook(version=codebook.version, sha256=codebook_sha256(codebook)),
        coder=next((c.coder for c in codings.values()), None),
        documents=documents_out,
        record=ExportRecord(
            decisions=count,
            decisions_head=head,
            signed=tuple(
                ExportSigned(version=s.version, at=s.at, paper_sha256=s.paper_sha256, decisions_head=s.decisions_head)
                for s in signed
            ),
        ),
    )


def _as_decided(document: Document, coding: Coding | None, decided: Mapping[str, Decision]) -> ExportDocument:
    return exported(document, current(coding, decided) if coding else None, decided)


def exported(document: Document, coding: Coding | None, decided: Mapping[str, Decision]) -> ExportDocument:
    """A document with its coding, where it has one, in the format of the export. `decided` is by theme."""
    return ExportDocument(
        id=document.id,
        file=document.file,
        sha256=document.sha256,
        pages=document.pages,
        status=document.status,
        reason=" ".join(x for x in (document.reason, document.next_step) if x) or None,
        label=CodedReview(document, coding).label if coding else document.file,
        case=_case(coding),
        findings=coding.findings if coding else (),
        recommendations=coding.recommendations if coding else (),
        themes={
            t.theme: ExportTheme(
                value=t.value,
                sub_themes=t.sub_themes,
                evidence=t.evidence,
                decision=decided.get(t.theme),
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
