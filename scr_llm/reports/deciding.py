"""How the deciding of a project went."""

from scr_llm.codebook import load_codebook
from scr_llm.project import Project
from scr_llm.records import Deciding
from scr_llm.stages.decisions.deciding import deciding, proposed_cells
from scr_llm.store import Store


def deciding_so_far(project: Project, store: Store) -> Deciding:
    """How people decided the reviews that are counted now."""
    codes = [code.id for code in load_codebook(project.codebook_path).codes]
    coded = [d.id for d in store.documents() if d.status == "coded"]
    return deciding({i: proposed_cells(c, codes) for i in coded if (c := store.coding(i))}, store.decisions())
