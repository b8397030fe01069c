"""Where a number comes from."""

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
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

    Raises:
        UsageError: the codebook has no such theme; the message names those it has.
    """
    codebook = load_codebook(project.codebook_path)
    code = next((c for c in codebook.codes if c.id == theme), None)
    if code is None:
        raise UsageError(
            f"the codebook has no theme {theme!r}.",
            next_step="Its themes are: " + ", ".join(c.id for c in codebook.codes) + ".",
        )
    briefing, reviews = brief(project)
    with Store(project.store_path) as store:
        decided = {i: d for (i, key), d in latest(store.decisions()).items() if key == theme}
        others = [d for d in present_documents(store) if d.status != "coded"]
        silent = [r.document.id for r in reviews if not ((cell := r.theme(theme)) and cell.evidence)]
        near = {i: nearest(reading, code) for i in silent if (reading := store.reading(i))}
    count = next(t for t in briefing.facts.themes if t.theme == theme)
    labels = {row.document_id: row.label for row in briefing.cases}
    explanation = explained(code, count, labels, reviews, decided, others, near, codebook.version)
    explanation = without(explanation, project.settings.briefing.leave_out)
    return explanation, as_paper(explanation, briefing)
