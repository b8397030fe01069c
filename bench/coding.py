"""The rules coder against the gold codings of the fixtures: run it and read the table.

    python bench/coding.py
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

from scr_llm.codebook import load_codebook
from scr_llm.pipeline import rules_identity
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.stages.ground import ground
from scr_llm.stages.read import read

ROOT = Path(__file__).resolve().parent.parent


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def main() -> None:
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    coder = RulesCoder(rules_identity(book))
    cells: dict[str, Counter[str]] = {code.id: Counter() for code in book.codes}
    items, facts, wrong = Counter(), Counter(), []
    verbose = "-v" in sys.argv
    for path in sorted((ROOT / "fixtures/gold").glob("*.json")):
        if path.name.endswith(".marks.json"):
            continue
        gold = json.loads(path.read_text("utf-8"))
        pdf = next((ROOT / "fixtures").glob(f"batch-*/{gold['file']}"))
        reading = read(pdf, "d")
        coding = ground(coder.code(reading, book), reading)
        for theme in coding.themes:
            expected = gold["themes"][theme.theme]["value"] == "present"
            found = theme.value == "present"
            kind = {(True, True): "tp", (True, False): "fn", (False, True): "fp", (False, False): "tn"}[expected, found]
            cells[theme.theme][kind] += 1
            if kind in ("fp", "fn"):
                shown = [e.quote.replace("\n", " ")[:150] for e in theme.evidence if "good_practice" not in e.flags]
                wrong.append(f"{kind} {path.stem} {theme.theme}: {shown if kind == 'fp' else [e['quote'][:110] for e in gold['themes'][theme.theme]['evidence']]} {theme.why}")
        for name in ("findings", "recommendations"):
            expected_items = {bare(i["text"]): i for i in gold[name]}
            found_items = {bare(i.text): i for i in getattr(coding, name)}
            both = set(expected_items) & set(found_items)
            items[f"{name} expected"] += len(gold[name])
            items[f"{name} found"] += len(both)
            items[f"{name} extra"] += len(getattr(coding, name)) - len(both)
            items[f"{name} page right"] += sum(expected_items[k]["page"] == found_items[k].page for k in both)
            wrong += [f"missed {path.stem} {name}: {expected_items[k]['text'][:90]}" for k in expected_items.keys() - both]
            wrong += [f"extra {path.stem} {name}: {found_items[k].text[:90]} ... {found_items[k].text[-60:]}" for k in found_items.keys() - both]
        case = coding.case
        expected_case = gold["case"]
        pairs = {
            "authority": (case.authority, expected_case["authority"]), "pseudonym": (case.pseudonym, expected_case["pseudonym"]),
            "context": (case.context, expected_case["context"]),
            "gender": ([c.gender for c in case.children], [c["gender"] for c in expected_case["children"]]),
            "age": ([c.age for c in case.children], [c["age"] for c in expected_case["children"]]),
        }  # fmt: skip
        for name, (found_fact, expected_fact) in pairs.items():
            facts[name] += found_fact == expected_fact
            if found_fact != expected_fact:
                wrong.append(f"fact {path.stem} {name}: found {found_fact}, gold {expected_fact}")
        facts["documents"] += 1
    print("| theme | present in gold | found | recall | precision |\n|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for theme, count in cells.items():
        total += count
        print(_row(theme, count))
    print(_row("all", total))
    print(dict(items), dict(facts), sep="\n")
    if verbose:
        print(*wrong, sep="\n")


def _row(name: str, c: Counter[str]) -> str:
    gold, found = c["tp"] + c["fn"], c["tp"] + c["fp"]
    return f"| {name} | {gold} | {found} | {c['tp'] / gold if gold else 1:.2f} | {c['tp'] / found if found else 1:.2f} |"


if __name__ == "__main__":
    main()
