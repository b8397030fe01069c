"""Gold codings, which are taken to be right: reading them, and comparing a coding with them."""

import json
from collections.abc import Sequence
from pathlib import Path

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.intake.inbox import present_documents
from scr_llm.project import Project
from scr_llm.records import Agreement, GoldDocument, Reading
from scr_llm.reports.export import exported, whole
from scr_llm.stages.agree import agree
from scr_llm.stages.code import Coder
from scr_llm.stages.ground import ground
from scr_llm.store import Store


def load_gold(folder: Path) -> tuple[GoldDocument, ...]:
    """The gold codings in a folder: JSON files of one document each, or of a whole export.

    Raises:
        UsageError: a file, which it names, is not a gold coding; or there is none.
    """
    found: list[GoldDocument] = []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else [folder]:
        try:
            data = json.loads(path.read_text("utf-8"))
            if isinstance(data, dict) and ("documents" in data or "themes" in data):
                found += [GoldDocument.model_validate(each) for each in data.get("documents", [data])]
        except (ValueError, OSError) as error:
            raise UsageError(
                f"{path.name} is not a gold coding: {error}",
                next_step="Give it the structure of `scr-llm export --format json`.",
            ) from error
    if not found:
        raise UsageError(
            f"there is no gold coding in {folder}.",
            next_step="Put JSON files there with the structure of `scr-llm export --format json`.",
        )
    return tuple(found)


def evaluate(project: Project, gold: Sequence[GoldDocument], coder: Coder | None = None) -> Agreement:
    """A project's codings against gold; with a coder, what it makes of the stored readings now (nothing is stored)."""
    codebook = load_codebook(project.codebook_path)
    if coder is None:
        documents = whole(project).documents
    else:
        fresh = {r.document_id: ground(coder.code(r, codebook), r) for r in readings(project)}
        with Store(project.database) as store:
            documents = tuple(
                exported(d, fresh.get(d.id) if d.status == "coded" else None, {}) for d in present_documents(store)
            )
    agreement = agree(gold, documents, [code.id for code in codebook.codes])
    with Store(project.database) as store:
        sent, received = store.tokens([d.id for d in documents if any(d.file == g.file for g in gold)])
    return agreement.model_copy(update={"tokens": sent + received})


def readings(project: Project) -> Sequence[Reading]:
    """Every stored reading, in the order of file names."""
    with Store(project.database) as store:
        return [r for d in present_documents(store) if (r := store.reading(d.id))]
