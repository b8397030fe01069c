"""What is wrong with the papers that a project wrote: a checker that knows the files, not the program that wrote them.

It reads back `briefing.docx`, `.html`, `.md`, `.xlsx`, the sheets in `cases/` and the export (`export.json`, from
`scr-llm export --format json`), and from the project folder `codebook.yaml` (theme labels) and `project.toml` (the
counting rule). It imports nothing from scr_llm.

    python tests/papers.py PROJECT/outputs
"""

import sys
from pathlib import Path

from paper_checks.agreement import agreement_faults, recommended_only, sheets, words
from paper_checks.case_sheets import sheet_faults
from paper_checks.edited import different_words
from paper_checks.evidence import evidence_faults
from paper_checks.html import html_faults
from paper_checks.shared import QUOTED
from paper_checks.text import unmarked, word_text
from paper_checks.word import word_faults

__all__ = [
    "QUOTED",
    "agreement_faults",
    "different_words",
    "evidence_faults",
    "faults",
    "html_faults",
    "recommended_only",
    "sheet_faults",
    "sheets",
    "unmarked",
    "word_faults",
    "word_text",
    "words",
]


def faults(outputs: Path) -> list[str]:
    """Everything that is wrong with the papers of a folder; nothing where all is well."""
    return [
        *word_faults(outputs / "briefing.docx"),
        *html_faults(outputs / "briefing.html"),
        *agreement_faults(outputs),
        *evidence_faults(outputs),
        *sheet_faults(outputs),
    ]


if __name__ == "__main__":
    wrong = faults(Path(sys.argv[1]))
    print("\n".join(wrong) or "Nothing is wrong.")
    sys.exit(bool(wrong))
