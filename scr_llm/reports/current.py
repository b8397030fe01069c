"""Whether the draft in outputs/ is still what would be written now, so that it need not be written again.

It is where nothing that it rests on has changed (documents, codings, decisions, sign-offs, codebook, settings, template
and the program itself), and every file of outputs/ is as it was when the draft was finished.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scr_llm.files import read_file, sha256_of
from scr_llm.project import Project
from scr_llm.records import Draft
from scr_llm.reports.case_sheets import FOLDER as CASES
from scr_llm.reports.given_back import FOLDER as GIVEN_BACK
from scr_llm.reports.paper_state import PaperState, paper_state, template_of
from scr_llm.store import Chain, Store
from scr_llm.version import __version__

_NAME = "finished"
"""What a finished draft is called in the list of drafts."""
_CHAINS: tuple[Chain, ...] = ("history", "decisions", "sign_offs")
_DECIDED, _CELLS = "Cells decided", "Cells"


@dataclass(frozen=True)
class Current:
    """A draft that is up to date, or a signed paper that is."""

    state: PaperState
    decided: int
    """Cells of the matrix that a person has decided."""
    cells: int
    """Cells of the matrix."""


def rests_on(project: Project, store: Store, formats: Sequence[str]) -> str:
    """A hash of everything that a draft in these formats is made from."""
    template = template_of(project)
    parts = {
        "program": __version__,
        "formats": sorted(formats),
        "chains": [store.head(chain) for chain in _CHAINS],
        "codebook": hashlib.sha256(read_file(project.codebook_path)).hexdigest(),
        "settings": project.settings.model_dump(mode="json"),
        "template": hashlib.sha256(template).hexdigest() if template else "",
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def note_finished(project: Project, store: Store, made_from: str, version: str, decided: int, cells: int) -> None:
    """Note that a draft is finished.

    Args:
        project: with the files of the draft in outputs/.
        store: where it is noted.
        made_from: what `rests_on` gave before the draft was begun.
        version: of the draft.
        decided: cells of the matrix that a person has decided.
        cells: all cells of the matrix.
    """
    draft = Draft(
        name=_NAME,
        version=version,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        files={},
        numbers={_DECIDED: str(decided), _CELLS: str(cells)},
        quotes=(),
        finished=_with_files(project, made_from),
    )
    last = store.last_draft(_NAME)
    if last is None or last.finished != draft.finished:
        store.save_draft(draft)


def current(project: Project, formats: Sequence[str]) -> Current | None:
    """The state of the paper, if neither what it rests on nor its files have changed; None if it must be written."""
    with Store(project.database) as store:
        state, last = paper_state(project, store), store.last_draft(_NAME)
        if state.is_signed:
            return Current(state, 0, 0)
        if last is None or last.finished != _with_files(project, rests_on(project, store, formats)):
            return None
        return Current(state, int(last.numbers[_DECIDED]), int(last.numbers[_CELLS]))


def _with_files(project: Project, made_from: str) -> str:
    """What a draft is made from, and every file of outputs/, as one hash."""
    hashed = hashlib.sha256(made_from.encode())
    for path in _files(project.outputs):
        name = path.relative_to(project.outputs).as_posix()
        content = sha256_of(path) if path.is_file() and not path.is_symlink() else "no file"
        hashed.update(f"\n{name} {content}".encode("utf-8", "surrogateescape"))
    return hashed.hexdigest()


def _files(outputs: Path) -> Iterator[Path]:
    """The drafts, and the papers that were given back. What other programs hide beside an open file is left out."""
    for folder in (outputs, outputs / CASES, outputs / GIVEN_BACK):
        if folder.is_dir() and not folder.is_symlink():
            yield from (p for p in sorted(folder.iterdir()) if not p.name.startswith((".", "~$")) and not p.is_dir())
