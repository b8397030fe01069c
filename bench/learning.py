"""Whether learning from decisions helps.

    python bench/learning.py

The gold of the made-up reviews is taken as decisions, and each document is coded by a model that learned from the
others.
"""

from pathlib import Path

from sets import ROOT, SETS

from scr_llm.codebook import load_codebook
from scr_llm.evaluation.gold import load_gold
from scr_llm.records import Reading
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.learned import decided_cells, trials
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.stages.ground import ground
from scr_llm.stages.read import read


def where(reading: Reading, quote: str, page: int | None) -> tuple[tuple[int, int, int], ...]:
    """Where a marked passage stands, its white space aside."""
    import re

    pattern = re.compile(r"\s+".join(re.escape(w) for w in quote.split()))
    return tuple(
        (p.number, m.start(), m.end())
        for p in reading.pages
        for m in pattern.finditer(p.text)
        if page in (None, p.number)
    )[:1]


def main() -> None:
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    coder = RulesCoder(embedded_identity(book))
    gold = {Path(g.file).stem: g for g in load_gold(ROOT / "fixtures/gold")}
    readings = {p.stem: read(p, p.stem) for b in SETS[2].folders for p in sorted((ROOT / "fixtures" / b).glob("*.pdf"))}
    rules = {
        (i, t.theme): t.value == "present" for i, r in readings.items() for t in ground(coder.code(r, book), r).themes
    }
    cells = {}
    for i, reading in readings.items():
        for code in book.codes:
            cell = gold[i].themes.get(code.id)
            present = cell is not None and cell.value == "present"
            cells[i, code.id] = (
                present,
                tuple(w for e in cell.evidence for w in where(reading, e.quote, e.page)) if cell and present else (),
            )
    print("| theme | documents | F1 of the rules | F1 of what was learned | would be used |\n|---|---|---|---|---|")
    for t in trials(decided_cells(readings, cells, rules)):
        print(f"| {t.theme} | {t.documents} | {t.rules_f1:.2f} | {t.learned_f1:.2f} | {'yes' if t.better else 'no'} |")


if __name__ == "__main__":
    main()
