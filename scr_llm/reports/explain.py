"""Where a number comes from, as the command `explain` prints it: what is looked up, and for which theme."""

from scr_llm.codebook import code_named, load_codebook
from scr_llm.intake.inbox import present_documents
from scr_llm.project import Project
from scr_llm.records import Explanation, Paper
from scr_llm.reports.briefing import brief
from scr_llm.reports.names import without
from scr_llm.stages.decisions import latest
from scr_llm.stages.ground import nearest
from scr_llm.stages.synthesise import as_paper, explained
from scr_llm.store import Store


def explain(project: Project, theme: str) -> tuple[Explanation, Paper]:
    """Where a theme's number comes from, as a record and as a paper to print.

    `theme` is its id, its label, another of its names, or a part of one.

    Raises:
        UsageError: the codebook has no such theme, or several that could be meant; the message names them.
    """
    codebook = load_codebook(project.codebook_path)
    code = code_named(codebook, theme)
    briefing, reviews = brief(project)
    with Store(project.database) as store:
        decided = {i: d for (i, key), d in latest(store.decisions()).items() if key == code.id}
        others = [d for d in present_documents(store) if d.status != "coded"]
        silent = [r.document.id for r in reviews if not ((cell := r.theme(code.id)) and cell.evidence)]
        near = {i: nearest(reading, code) for i in silent if (reading := store.reading(i))}
    count = next(t for t in briefing.facts.themes if t.theme == code.id)
    labels = {row.document_id: row.label for row in briefing.cases}
    explanation = explained(code, count, labels, reviews, decided, others, near, codebook.version)
    explanation = without(explanation, project.settings.briefing.leave_out)
    return explanation, as_paper(explanation, briefing)
