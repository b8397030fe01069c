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
from scr_llm.stages.ground import ground
from scr_llm.store import Store

_KNOWN = "Raters: coder, rules, person:NAME, or a file or folder of codings."


def compare_raters(
    project: Project, first: str, second: str, *, assisted: bool = False
) -> tuple[Raters, dict[str, Raters]]:
    """Two raters on the cells that both decided: all together, and each theme.

    A rater is `coder` (what is stored), `rules` (the embedded coder now), `person:NAME` (that person's last decision on each cell), or a file or
    folder in the shape of the export.

    Raises:
        UsageError: a rater is unknown, they share no cell, or a person who saw the coder's suggestion is compared with it and not `assisted`.
    """
    codebook = load_codebook(project.codebook_path)
    seen = {first.partition(":")[0], second.partition(":")[0]}
    unassisted = bool(seen & {"coder", "rules"}) and not assisted
    one, other = (_cells(project, rater, codebook, unassisted=unassisted) for rater in (first, second))
    shared = sorted(one.keys() & other.keys())
    if not shared:
        why = (
            " Decisions made with the coder's suggestion in view are left out; --assisted takes them in, and says so."
            if unassisted and "person" in seen
            else ""
        )
        raise UsageError(f"{first} and {second} have no cell in common.{why}", next_step=_KNOWN)
    files = list(dict.fromkeys(file for file, _ in shared))

    def grouped(theme: str | None) -> list[list[Ratings]]:
        return [[(one[c], other[c]) for c in shared if c[0] == file and theme in (None, c[1])] for file in files]

    themes = [code.id for code in codebook.codes if any(c[1] == code.id for c in shared)]
    return raters(grouped(None)), {theme: raters(grouped(theme), files, least=LEAST_UNITS) for theme in themes}


def _cells(project: Project, rater: str, codebook: Codebook, *, unassisted: bool) -> dict[tuple[str, str], bool]:
    """File and theme to whether the rater holds the theme to be present; cells that the rater did not decide are not there."""
    with Store(project.store_path) as store:
        files = {d.id: d.file for d in store.documents() if d.status == "coded"}
        if rater.startswith("person:"):
            name = rater.removeprefix("person:")
            own = [
                d
                for d in store.decisions()
                if d.author == name and d.document_id in files and not (unassisted and d.assisted)
            ]
            last = {key: acts[-1] for key, s in standings(own).items() if (acts := s.first or s.blind)}
            codes = {code.id for code in codebook.codes}
            return {(files[i], theme): d.value == "present" for (i, theme), d in last.items() if theme in codes}
        if rater in ("coder", "rules"):
            found: dict[tuple[str, str], bool] = {}
            for i, file in files.items():
                reading, coding = store.reading(i), store.coding(i)
                if rater == "rules" and reading:
                    coding = ground(EmbeddedCoder(embedded_identity(codebook)).code(reading, codebook), reading)
                found |= {(file, t.theme): t.value == "present" for t in (coding.themes if coding else ())}
            return found
    path = Path(rater)
    if not path.exists():
        raise UsageError(f"there is no rater {rater}.", next_step=_KNOWN)
    return {
        (g.file, code.id): code.id in g.themes and g.themes[code.id].value == "present"
        for g in load_gold(path)
        for code in codebook.codes
    }
