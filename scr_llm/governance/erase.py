"""Erasing a project: texts, quotes, caches, logs and papers. A certificate of hashes, dates and counts remains."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from scr_llm.files import named_errors, sha256_of, write_atomically
from scr_llm.project import Project
from scr_llm.records import Database
from scr_llm.store import Store, backend_of

_NOT_REACHED = (
    "Backups, synchronised copies, files that were sent elsewhere, databases that the project was moved away from, and "
    "what a disk or a database server keeps of what was deleted."
)


def forget(project: Project, *, inbox: bool = False) -> Path:
    """Erase everything that was read, coded, decided, asked and written; with `inbox`, the source files too.

    Returns the certificate, which holds no text and no name.

    The database file and its journal are deleted whole, so that no row remains in free pages; a PostgreSQL schema is
    dropped. A program cannot reach what a disk, a backup, a server's log of changes or a synchronised folder still
    holds; the certificate says so.
    """
    with Store(project.database) as store:
        certificate = _certificate(project, store, inbox)
    path = project.root / f"forgotten-{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    write_atomically(path, (json.dumps(certificate, indent=2) + "\n").encode())
    for folder in (project.outputs, *((project.inbox,) if inbox else ())):
        _empty(folder)
    # Last, so that an interrupted erasure can be run again. A file may be left from before a move to a server.
    for database in (Database(file=project.store_path), project.database):
        backend_of(database).remove()
    return path


def _certificate(project: Project, store: Store, inbox: bool) -> dict[str, object]:
    """What was erased, as hashes, dates and counts."""
    documents, decisions = store.documents(), store.decisions()
    count, head = store.head()
    papers = sorted(p for p in project.outputs.rglob("*") if p.is_file())
    return {
        "forgotten_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "inbox_removed": inbox,
        "documents": [
            {
                "sha256": d.sha256,
                "bytes": d.bytes,
                "pages": d.pages,
                "status": d.status,
                "batch": d.batch,
                "taken_in": d.taken_in,
            }
            for d in documents
        ],
        "codings": sum(store.coding(d.id) is not None for d in documents),
        "decisions": count,
        "decisions_head": head,
        "first_decision": decisions[0].at[:10] if decisions else None,
        "last_decision": decisions[-1].at[:10] if decisions else None,
        "sign_offs": [{"at": s.at, "version": s.version, "paper_sha256": s.paper_sha256} for s in store.signatures()],
        "calls_to_models": len(store.calls()),
        "outputs": {p.relative_to(project.outputs).as_posix(): sha256_of(p) for p in papers},
        "not_reached": _NOT_REACHED,
    }


def _empty(folder: Path) -> None:
    """Remove everything in a folder, which may itself be a link. Links inside it are removed, but not their targets."""
    for path in folder.iterdir():
        with named_errors(path):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def remaining(project: Project) -> list[str]:
    """Names of what is still in a project folder, but for empty folders of the project's own."""
    own = (project.inbox.name, project.outputs.name)
    return sorted(p.name for p in project.root.iterdir() if p.name not in own or any(p.iterdir()))
