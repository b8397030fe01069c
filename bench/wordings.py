"""The codebook's wordings that occur nowhere in the made-up material that may be looked at.

    python bench/wordings.py             name them
    python bench/wordings.py --remove    take them out of prompts/codebook.yaml; every other line stays as it is
    python bench/wordings.py --without reviews/dev --remove --codebook FILE
                                         leave material out, to see on it what is lost by the others' measure

Looked at: the PDFs of batches 1 to 3 and of reviews/dev, the blocks of reviews/train and reviews/reports,
passages/dev.jsonl, and the corpus. Never a test half.
The last wording of a code or aspect stays: without one, nothing could ever show it.
"""

import argparse
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from scr_llm.codebook import load_codebook
from scr_llm.stages.code.hits import KINDS, Hits, rule_hits, wording_hits
from scr_llm.stages.read import read
from scr_llm.text.flow import Flow, sentences

ROOT = Path(__file__).parent.parent
PDFS = ("batch-1", "batch-2", "batch-3", "reviews/dev")
BLOCKS = ("reviews/train", "reviews/reports")
PASSAGES = ("passages/dev.jsonl", "corpus/hand*.jsonl")


def material(without: Collection[str] = ()) -> Iterator[str]:
    """Sentences of PDFs, and passages and blocks as they were written."""
    fixtures = ROOT / "fixtures"
    for folder in (f for f in PDFS if f not in without):
        for path in sorted((fixtures / folder).glob("*.pdf")):
            yield from (
                s.text for s in sentences(Flow.of(read(path, path.stem, cross_check="off", look_for_hidden=False)))
            )
    for folder in (f for f in BLOCKS if f not in without):
        for path in sorted((fixtures / folder).glob("*.json")):
            yield from _texts(json.loads(path.read_text("utf-8"))["blocks"])
    for pattern in (p for p in PASSAGES if p not in without):
        for path in sorted(fixtures.glob(pattern)):
            for line in path.read_text("utf-8").splitlines():
                row: dict[str, Any] = json.loads(line)
                yield from filter(None, (row.get("before", ""), row["text"], row.get("after", "")))


def _texts(block: Any) -> Iterator[str]:
    """Every text within a block, tables and lists too."""
    if isinstance(block, str):
        yield block
    elif isinstance(block, Mapping):
        for name, value in block.items():
            yield from _texts(value) if name != "type" else ()
    elif isinstance(block, list):
        for each in block:
            yield from _texts(each)


def idle(found: list[Hits]) -> list[Hits]:
    """What hits nothing and may go."""
    useful = {h.part for h in found if h.sentences and h.kind != "near_misses"}
    kept: dict[str, Hits] = {}
    for hit in found:
        if hit.part not in useful and hit.kind != "near_misses":
            kept.setdefault(hit.part, hit)
    return [h for h in found if not h.sentences and h != kept.get(h.part)]


def without_lines(text: str, gone: Collection[tuple[str, str, str]]) -> str:
    """A codebook's text without the wordings (part, list, wording); a list that loses all becomes `[]`."""
    lines: list[str | None] = [*text.splitlines(keepends=True)]
    book: Any = YAML(typ="rt").load(text)
    for part in (p for code in book["codes"] for p in (code, *(code.get("sub_codes") or ()))):
        for kind in KINDS:
            given: Any = part.get(kind) or []
            going = [at for at, wording in enumerate(given) if (part["id"], kind, wording) in gone]
            for at in going:
                first = given.lc.item(at)[0]
                dash = len(str(lines[first])) - len(str(lines[first]).lstrip())
                lines[first] = None
                for more in range(first + 1, len(lines)):  # a long one goes on, further in than its dash
                    line = lines[more]
                    if line is None or len(line) - len(line.lstrip()) <= dash:
                        break
                    lines[more] = None
            if given and len(going) == len(given):
                key = part.lc.key(kind)[0]
                lines[key] = str(lines[key]).rstrip() + " []\n"
    return "".join(line for line in lines if line is not None)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--remove", action="store_true")
    options.add_argument("--without", nargs="*", default=(), choices=(*PDFS, *BLOCKS, *PASSAGES))
    options.add_argument("--codebook", type=Path, default=ROOT / "prompts/codebook.yaml")
    given = options.parse_args()
    texts = list(material(given.without))
    found = wording_hits(load_codebook(given.codebook), texts)
    gone = idle(found)
    for hit in gone:
        print(hit.part, hit.kind, hit.wording, sep="\t")
    everything, going = Counter(h.kind for h in found), Counter(h.kind for h in gone)
    lists = ", ".join(f"{kind} {going[kind]} of {n}" for kind, n in everything.items())
    print(f"{len(texts)} texts; {len(gone)} of {len(found)} hit nothing: {lists}")
    print("General rules: " + ", ".join(f"{name} {n}" for name, n in rule_hits(texts).items()))
    if given.remove:
        text = given.codebook.read_text("utf-8")
        given.codebook.write_text(without_lines(text, {(h.part, h.kind, h.wording) for h in gone}), "utf-8")
        load_codebook(given.codebook)


if __name__ == "__main__":
    main()
