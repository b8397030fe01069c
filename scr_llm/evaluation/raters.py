"""Any two raters of a project compared: the coder, the rules, a person, or codings from a file."""

from pathlib import Path

from scr_llm.codebook import load_codebook
from scr_llm.errors import UsageError
from scr_llm.evaluation.gold import load_gold
from scr_llm.project import Project
from scr_llm.records import Codebook, Raters
from scr_llm.stages.agree import raters
from scr_llm.stages.agree.statistics import LEAST_UNITS, Ratings
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity
from scr_llm.stages.decisions import standings
from scr_llm.stages.decisions.deciding import agreement, proposed_cells
from scr_llm.stages.ground import ground
from scr_llm.store import Store

_KNOWN = "Raters: coder, rules, person:NAME, or a file or folder of codings."


def compare_raters(
    project: Project, first: str, second: str, *, assisted: bool = False
) -> tuple[Raters, dict[str, Raters]]:
    """Two raters on the cells that both decided: overall, and per theme.

    A rater is `coder` (what is stored), `rules` (the embedded coder now), `person:NAME` (that person's last decision on
    each cell), or a file or folder with the structure of the export.

    Raises:
        UsageError: a rater is unknown, or they share no cell. Unless `assisted`, decisions of a person who saw the
            coder's suggestion are not compared with it.
    """
    codebook = load_codebook(project.codebook_path)
    seen = {first.partition(":")[0], second.partition(":")[0]}
    unassisted = bool(seen & {"coder", "rules"}) and not assisted
    one, other = (_cells(project, rater, codebook, unassisted=unassisted) for rater in (first, second))
    shared = sorted(one.keys() & other.keys())
    if not shared:
        message = f"{first} and {second} have no cell in common."
        if unassisted and "person" in seen:
            message += " Decisions made with the coder's suggestion in view are left out; --assisted includes them."
        raise UsageError(message, next_step=_KNOWN)
    files = list(dict.fromkeys(file for file, _ in shared))

    def grouped(theme: str | None) -> list[list[Ratings]]:
        groups: dict[str, list[Ratings]] = {file: [] for file in files}
        for cell in shared:
            if theme in (None, cell[1]):
                groups[cell[0]].append((one[cell], other[cell]))
        return list(groups.values())

    themes = [code.id for code in codebook.codes if any(c[1] == code.id for c in shared)]
    return raters(grouped(None)), {theme: raters(grouped(theme), files, least=LEAST_UNITS) for theme in themes}


def same_answers(project: Project, first: str, second: str) -> tuple[int, int] | None:
    """On how many cells two people gave the same answer, of how many; None unless one reviewed blind after the other.

    It is the figure of the page and of the paper: value for value, where `compare_raters` asks present or not.
    """
    names = {rater.removeprefix("person:") for rater in (first, second) if rater.startswith("person:")}
    with Store(project.database) as store:
        files = _coded_files(store)
        codes = [code.id for code in load_codebook(project.codebook_path).codes]
        cells = {i: proposed_cells(c, codes) for i in files if (c := store.coding(i))}
        decided = standings(d for d in store.decisions() if d.document_id in cells)
    found = agreement(pair for (i, key), s in decided.items() if key in cells[i] and (pair := s.pair))
    own = [figures for pair, figures in found.items() if set(pair) == names]
    return (sum(same for same, _ in own), sum(both for _, both in own)) if own else None


def _cells(project: Project, rater: str, codebook: Codebook, *, unassisted: bool) -> dict[tuple[str, str], bool]:
    """File and theme to whether the rater says present; cells that the rater did not decide are missing."""
    if rater.startswith("person:"):
        return _cells_of_person(project, rater.removeprefix("person:"), codebook, unassisted=unassisted)
    if rater in ("coder", "rules"):
        return _cells_of_coder(project, codebook, again=rater == "rules")
    path = Path(rater)
    if not path.exists():
        raise UsageError(f"there is no rater {rater}.", next_step=_KNOWN)
    return {
        (g.file, code.id): code.id in g.themes and g.themes[code.id].value == "present"
        for g in load_gold(path)
        for code in codebook.codes
    }


def _cells_of_person(
    project: Project, name: str, codebook: Codebook, *, unassisted: bool
) -> dict[tuple[str, str], bool]:
    """A person's last decision on each cell; `unassisted` leaves out decisions made with the suggestion in view."""
    with Store(project.database) as store:
        files = _coded_files(store)
        decisions = [d for d in store.decisions() if d.author == name and d.document_id in files]
    own = [d for d in decisions if not (unassisted and d.assisted)]
    last = {key: acts[-1] for key, s in standings(own).items() if (acts := s.first or s.blind)}
    codes = {code.id for code in codebook.codes}
    return {(files[i], theme): d.value == "present" for (i, theme), d in last.items() if theme in codes}


def _cells_of_coder(project: Project, codebook: Codebook, *, again: bool) -> dict[tuple[str, str], bool]:
    """The stored codings, or with `again` those that the embedded coder makes now."""
    found: dict[tuple[str, str], bool] = {}
    with Store(project.database) as store:
        for i, file in _coded_files(store).items():
            reading, coding = store.reading(i), store.coding(i)
            if again and reading:
                coding = ground(EmbeddedCoder(embedded_identity(codebook)).code(reading, codebook), reading)
            found |= {(file, t.theme): t.value == "present" for t in (coding.themes if coding else ())}
    return found


def _coded_files(store: Store) -> dict[str, str]:
    return {d.id: d.file for d in store.documents() if d.status == "coded"}
