"""Papers written for the tests."""

from pathlib import Path

from served import ROOT, coded_project

from scr_llm.project import load_project
from scr_llm.reports.drafts import write
from scr_llm.reports.export import export

FIRST, SECOND = (tuple(sorted(p.stem for p in ROOT.glob(f"fixtures/batch-{n}/*.pdf"))) for n in (1, 2))
"""Names of the reviews of either batch."""


def written(root: Path, formats: tuple[str, ...] = ("docx", "html", "md", "xlsx")) -> Path:
    project = load_project(root)
    write(project, formats)
    (project.outputs / "export.json").write_text(export(project).model_dump_json(), "utf-8")
    return project.outputs


def eight_reviews(root: Path) -> Path:
    """The papers of a project with the eight reviews of the first batch."""
    return written(coded_project(root, FIRST))
