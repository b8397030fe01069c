"""Learn the weights of the embedded coder from the project's own passages and reviews, and write them into the package.

    python bench/train.py             learn from everything that is not kept for trials, and write
                                      scr_llm/stages/code/weights.bin
    python bench/train.py --tried     leave out each hand of reviews/train in turn, and print how well the weights
                                      learned from the others do on it
    python bench/train.py --manners   leave out a sixth of the corpus's hands in turn, and print how well the others
                                      tell denial, praise, and implying from stating

Learned from: fixtures/corpus (23 hands), fixtures/passages/dev.jsonl, the reviews of batches 1 to 3 with their marks,
fixtures/reviews/train and fixtures/reviews/reports. Never from fixtures/reviews/dev, which is there to try it on, nor
from any test half. Needs scikit-learn (extra `dev`). The same inputs give the same file, and the file holds their
hashes: tests/test_weights.py says when it has to be learned again.
"""

import argparse
import hashlib
import json
import math
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from learned_from import ROOT, batches, blocks_of, hash_of_files, passage_files
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from scr_llm.codebook import load_codebook
from scr_llm.stages.code.embedded import DENIED, passages_of, score_of
from scr_llm.stages.code.features import blocks, marks, vector
from scr_llm.stages.code.passage import Passage, stops
from scr_llm.stages.code.weights import Weights
from scr_llm.stages.read import read

TARGET = ROOT / "scr_llm/stages/code/weights.bin"
sys.path.insert(0, str(ROOT / "fixtures"))
CODES = [code.id for code in load_codebook(ROOT / "prompts/codebook.yaml").codes]
MANNERS = ("denies", "praises", "aside", "asks", "infers")
"""What a passage does, whatever its theme.

It denies it, praises, is not about the case, asks for something, or shows facts without naming the theme.
"""
OUTPUTS = (*(f"present:{c}" for c in CODES), *(f"about:{c}" for c in CODES), *MANNERS)
STRENGTH = 4.0
"""Inverse of the penalty on large weights (scikit-learn's C)."""
LEAST = 3
"""Sentences that must have a feature for it to count."""
FOLDS = 6
"""Groups of hands of which one is left out in turn."""
ELSEWHERE = 0.5
"""Weight of a corpus passage as an example against the themes it was not written for: authors rarely name others."""


@dataclass(frozen=True)
class Example:
    """A sentence with what is known of it."""

    passage: Passage
    hand: str
    """Who wrote it; validation never trains on a hand that it tries."""
    known: dict[str, tuple[bool, float]] = field(default_factory=dict)
    """Output to whether it holds, and with which weight."""
    document: str = ""
    """The whole review or report that it stands in; empty for a passage of the corpus."""


def corpus() -> Iterator[Example]:
    """The passages that were written one theme at a time."""
    for path in passage_files():
        for line in path.read_text("utf-8").splitlines():
            r: dict[str, Any] = json.loads(line)
            own, kind = r["code"], r["kind"]
            known = {f"present:{c}": (c in r.get("also", ()), ELSEWHERE) for c in CODES}
            known |= {f"about:{c}": (c in r.get("also", ()), ELSEWHERE) for c in CODES}
            known[f"present:{own}"] = (r["value"] == "present", 1.0)
            if kind != "background":
                known[f"about:{own}"] = (kind != "neighbour", 1.0)
            if "hand" in r:
                known |= {
                    "denies": (kind == "explicitly_absent", 1.0),
                    "praises": (kind == "good_practice", 1.0),
                    "aside": (kind in ("near_miss", "background"), 1.0),
                }
                known["asks"] = (kind == "recommendation_only", 1.0)
                if kind == "present":
                    known["infers"] = (r["basis"] == "inferred", 1.0)
            section = r["section"] if "hand" in r else "analysis"
            yield Example(
                Passage(r["text"], r.get("before", ""), r.get("after", ""), section),
                f"hand {r.get('hand', 'of passages')}",
                known,
            )


def whole(pdf: Path, themes: dict[str, Any], hand: str, document: str) -> Iterator[Example]:
    """The sentences of a whole review, by the passages that its gold marks."""
    shown = passages_of(read(pdf, "d", cross_check="off", look_for_hidden=False))
    text, places = "", []
    for _, passage in shown:
        places.append((len(text), len(text) + len(bare(passage.text))))
        text += bare(passage.text)
    marked: dict[int, dict[str, str]] = {}
    for theme, cell in themes.items():
        for quote in cell["quotes"]:
            wanted = bare(quote)
            at = next((p for part in (wanted, wanted[:60], wanted[-60:]) if part and (p := text.find(part)) >= 0), None)
            if at is None:
                continue
            for number, (start, end) in enumerate(places):
                shared = min(end, at + len(wanted)) - max(start, at)
                if shared > 0.3 * min(end - start, len(wanted)):
                    marked.setdefault(number, {})[theme] = cell["value"]
    for number, (_, passage) in enumerate(shown):
        values = marked.get(number, {})
        known = {
            f"present:{c}": (values.get(c) == "present", 1.0)
            for c in CODES
            if themes.get(c, {}).get("value") != "unclear"
        }
        known |= {f"about:{c}": (True, 1.0) for c in values if c in CODES}
        if values:
            known["denies"] = ("explicitly_absent" in values.values() and "present" not in values.values(), 1.0)
        yield Example(passage, hand, known, document)


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def reviews(folder: str) -> Iterator[Example]:
    """Whole reviews or reports kept as blocks, drawn and read as a run reads them."""
    from reviews import draw

    for path in blocks_of(folder):
        given = json.loads(path.read_text("utf-8"))
        with tempfile.TemporaryDirectory() as scratch:
            pdf = Path(scratch) / "it.pdf"
            draw(given, pdf, int(re.sub(r"\D", "", path.stem)))
            themes = {
                k: {"value": v["value"], "quotes": v.get("passages", ())} for k, v in given["gold"]["themes"].items()
            }
            yield from whole(pdf, themes, f"{folder} {given['hand']}", path.stem)


def fixtures() -> Iterator[Example]:
    """The reviews of the first three batches."""
    for pdf, gold_file, marks_file in batches():
        gold = json.loads(gold_file.read_text("utf-8"))
        quotes: dict[str, list[str]] = {}
        for mark in json.loads(marks_file.read_text("utf-8")):
            if mark["mark"] in ("present", "absent"):
                quotes.setdefault(mark["name"].partition(".")[0], []).append(
                    mark["quote"]
                )  # an aspect is marked as `code.aspect`
        yield from whole(
            pdf,
            {k: {"value": v["value"], "quotes": quotes.get(k, ())} for k, v in gold["themes"].items()},
            "fixtures",
            pdf.stem,
        )


def everything() -> list[Example]:
    """All that is learned from."""
    return [*corpus(), *fixtures(), *reviews("train"), *reviews("reports")]


def rarities(examples: Sequence[Example]) -> dict[str, float]:
    """Feature to log(sentences / sentences that have it) + 1."""
    counted: Counter[str] = Counter()
    for example in examples:
        counted.update(
            {name for _, members in blocks(example.passage) for bunch in members for name in bunch}
            | set(marks(example.passage))
        )
    return {name: math.log((1 + len(examples)) / (1 + n)) + 1 for name, n in sorted(counted.items()) if n >= LEAST}


def hash_of(examples: Sequence[Example], rarity: dict[str, float]) -> str:
    """Hash of the sentences as they were read, what is known of each, and the features that were found in them."""
    told = [*map(repr, examples), *(f"{name} {rare:.6f}" for name, rare in rarity.items())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def matrix(examples: Sequence[Example], rarity: dict[str, float]) -> Any:
    place = {name: at for at, name in enumerate(rarity)}
    columns, values, ends = [], [], [0]
    for example in examples:
        for name, value in vector(example.passage, rarity).items():
            columns.append(place[name])
            values.append(value)
        ends.append(len(columns))
    return csr_matrix(
        (np.array(values, "f4"), np.array(columns, "i4"), np.array(ends)), shape=(len(examples), len(rarity))
    )


def fit(examples: Sequence[Example], table: Any, outputs: Sequence[str]) -> tuple[Any, Any]:
    """Weights and bias of each output: logistic regression in which both answers weigh the same."""
    found, biases = np.zeros((len(outputs), table.shape[1]), "f4"), np.zeros(len(outputs))
    for at, output in enumerate(outputs):
        rows = [n for n, e in enumerate(examples) if output in e.known]
        answers = np.array([examples[n].known[output][0] for n in rows])
        weights = np.array([examples[n].known[output][1] for n in rows])
        weights = np.where(answers, weights * weights[~answers].sum() / weights[answers].sum(), weights)
        model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=200, random_state=0)
        model.fit(table[rows], answers, sample_weight=weights / weights.mean())
        found[at], biases[at] = model.coef_[0], model.intercept_[0]
    return found, biases


def tried(examples: Sequence[Example], rarity: dict[str, float]) -> Iterator[str]:
    """How weights that learned nothing from a hand do on its whole texts: the learned part, without wordings."""
    table, outputs = matrix(examples, rarity), [f"present:{c}" for c in CODES] + ["denies"]
    counts: dict[str, Counter[tuple[bool, bool]]] = {}
    for hand in sorted({e.hand for e in examples if e.document and e.hand != "fixtures"}):
        others = [n for n, e in enumerate(examples) if e.hand != hand]
        weights, biases = fit([examples[n] for n in others], table[others], outputs)
        rows: dict[str, list[int]] = {}
        for n, e in enumerate(examples):
            if e.hand == hand:
                rows.setdefault(e.document, []).append(n)
        for places in rows.values():
            scores = table[places] @ weights.T + biases
            may = [at for at, n in enumerate(places) if not stops(examples[n].passage) and scores[at][-1] < DENIED]
            for at, code in enumerate(CODES):
                known = [examples[n].known.get(f"present:{code}") for n in places]
                if None not in known:
                    total = score_of(sorted((scores[m][at] for m in may), reverse=True), len(places))
                    counts.setdefault(hand.split()[0], Counter())[any(k[0] for k in known if k), bool(total >= 0)] += 1
    for folder, c in counts.items():
        both, missed, extra, neither = c[True, True], c[True, False], c[False, True], c[False, False]
        total = sum(c.values())
        chance = ((both + missed) * (both + extra) + (neither + missed) * (neither + extra)) / total**2
        kappa = ((both + neither) / total - chance) / (1 - chance)
        precision, recall = both / (both + extra), both / (both + missed)
        yield f"{folder}: precision {precision:.2f}, recall {recall:.2f}, kappa {kappa:.2f} on {total} cells"


def manners(examples: Sequence[Example], rarity: dict[str, float]) -> Iterator[str]:
    """How well what a passage does is told, whatever its theme, in passages by hands that nothing was learned from."""
    table, hands = matrix(examples, rarity), sorted({e.hand for e in examples if e.hand.startswith("hand ")})
    for manner, name in (("infers", "implies its theme, not states it"), ("denies", "denies"), ("praises", "praises")):
        answers: list[bool] = []
        odds: list[float] = []
        for fold in range(FOLDS):
            left_out = set(hands[fold::FOLDS])
            others = [n for n, e in enumerate(examples) if e.hand not in left_out]
            weights, biases = fit([examples[n] for n in others], table[others], [manner])
            own = [n for n, e in enumerate(examples) if e.hand in left_out and manner in e.known]
            answers += [examples[n].known[manner][0] for n in own]
            odds += [float(o) for o in (table[own] @ weights.T + biases)[:, 0]]
        right = sum(a == (o >= 0) for a, o in zip(answers, odds, strict=True)) / len(answers)
        area = roc_auc_score(answers, odds)
        yield f"{name}: area under the curve {area:.2f}, right {right:.2f}, on {len(answers)} passages"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tried", action="store_true")
    options.add_argument("--manners", action="store_true")
    given = options.parse_args()
    examples = everything()
    rarity = rarities(examples)
    if given.tried:
        print("\n".join(tried(examples, rarity)))
        return
    if given.manners:
        print("\n".join(manners(examples, rarity)))
        return
    found, biases = fit(examples, matrix(examples, rarity), OUTPUTS)
    about = {
        "outputs": OUTPUTS,
        "biases": [round(float(b), 6) for b in biases],
        "corpus": hash_of(examples, rarity),
        "files": hash_of_files(),
        "sentences": len(examples),
    }
    Weights.save(TARGET, about, list(rarity), list(rarity.values()), found.T)
    print(f"{len(examples)} sentences, {len(rarity)} features, {len(OUTPUTS)} outputs: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
