"""Learning from a project's own decisions: the examples, whether they help, and the coder that uses them."""

import json
from pathlib import Path

from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.errors import UsageError
from scr_llm.files import write_atomically
from scr_llm.project import Project
from scr_llm.stages.code import Coder
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.code.learned import Decided, LearnedCoder, Trial, decided_cells, trials
from scr_llm.stages.decisions import latest
from scr_llm.stages.ground import ground
from scr_llm.store import Store


def examples(project: Project) -> list[Decided]:
    """Every cell that a person has decided, with what the embedded coder finds now."""
    codebook = load_codebook(project.codebook_path)
    coder = EmbeddedCoder(embedded_identity(codebook))
    with Store(project.database) as store:
        decided = latest(store.decisions())
        readings = {i: r for i in dict.fromkeys(i for i, _ in decided) if (r := store.reading(i))}
    rules = {
        (i, t.theme): t.value == "present"
        for i, r in readings.items()
        for t in ground(coder.code(r, codebook), r).themes
    }
    cells = {
        k: (d.value == "present", tuple((e.page, e.start, e.end) for e in d.evidence))
        for k, d in decided.items()
        if k in rules and d.value != "unclear"
    }
    return decided_cells(readings, cells, rules)


def learn(project: Project) -> list[Trial]:
    """Cross-validate on the decisions, and write to `learned.json` the themes for which the learned model is better.

    Raises:
        UsageError: there is not enough to learn from, or scikit-learn is not installed.
    """
    found = trials(examples(project))
    if not found:
        raise UsageError(
            "there are not enough decisions to learn from.",
            next_step="A theme needs decisions on 8 documents, some with it and some without. "
            "Until then the embedded coder is used.",
        )
    kept = {
        "codebook_sha256": codebook_sha256(load_codebook(project.codebook_path)),
        "themes": [vars(t) for t in found if t.better],
    }
    write_atomically(_file(project), (json.dumps(kept, indent=1) + "\n").encode())
    return found


def own_coder(project: Project) -> Coder | None:
    """The coder that uses what was learned; None if nothing useful was, or the codebook has changed since."""
    path = _file(project)
    codebook = load_codebook(project.codebook_path)
    if not path.is_file():
        return None
    kept = json.loads(path.read_text("utf-8"))
    better = [Trial(**t) for t in kept["themes"]]
    if not better or kept["codebook_sha256"] != codebook_sha256(codebook):
        return None
    return LearnedCoder(embedded_identity(codebook), examples(project), better)


def _file(project: Project) -> Path:
    return project.root / "learned.json"
