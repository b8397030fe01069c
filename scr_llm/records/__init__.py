"""Every record that passes between stages: frozen values without behaviour."""

from scr_llm.records.agreement import Agreement, GoldDocument, GoldItem, GoldQuote, GoldTheme, Score
from scr_llm.records.base import Record
from scr_llm.records.briefing import (
    Briefing,
    CaseRow,
    EvidenceRef,
    Facts,
    Paragraph,
    Part,
    Sentence,
    Table,
    ThemeCount,
)
from scr_llm.records.codebook import Code, Codebook, SubCode
from scr_llm.records.coding import (
    AgeBand,
    Case,
    CoderIdentity,
    Coding,
    Context,
    DraftCase,
    DraftChild,
    DraftCoding,
    DraftItem,
    DraftQuote,
    DraftTheme,
    Evidence,
    EvidenceFlag,
    Gender,
    Item,
    Refusal,
    ThemeCoding,
    ThemeValue,
    Unanswered,
    Window,
)
from scr_llm.records.decision import Decision
from scr_llm.records.document import Document, DocumentStatus, PageNote
from scr_llm.records.explanation import ExplainedCell, Explanation
from scr_llm.records.export import (
    Export,
    ExportCase,
    ExportChild,
    ExportCodebook,
    ExportDocument,
    ExportProject,
    ExportTheme,
)
from scr_llm.records.reading import FileFacts, Mark, MarkKind, NumberedItem, Page, Reading, Section, SectionKind, Span

__all__ = [
    "AgeBand", "Agreement", "Briefing", "Case", "CaseRow", "Code", "Codebook", "CoderIdentity", "Coding", "Context", "Decision",
    "Document", "DocumentStatus", "DraftCase", "DraftChild", "DraftCoding", "DraftItem", "DraftQuote", "DraftTheme",
    "Evidence", "EvidenceFlag", "EvidenceRef", "ExplainedCell", "Explanation", "Export", "ExportCase", "ExportChild", "ExportCodebook",
    "ExportDocument", "ExportProject", "ExportTheme", "Facts", "FileFacts", "Gender", "GoldDocument", "GoldItem", "GoldQuote", "GoldTheme", "Item", "Mark", "MarkKind", "NumberedItem",
    "Page", "PageNote", "Paragraph", "Part", "Reading", "Record", "Refusal", "Score", "Section", "SectionKind", "Sentence", "Span",
    "SubCode", "Table", "ThemeCoding", "ThemeCount", "ThemeValue", "Unanswered", "Window",
]  # fmt: skip
