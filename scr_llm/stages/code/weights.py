"""Linear weights over the features of sentences, one output per judgement, in one small file from the training script.

The file begins with a line of JSON: outputs, biases, the step of each output's weights, and what it was trained from.
After it, compressed: the names of the features by line, how rare each is (float), and the weights of each (one signed
byte per output, in steps).
"""

import json
import math
import struct
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from scr_llm.stages.code.features import BESIDE, SAID, marks, parts, words
from scr_llm.stages.code.passage import Passage

Row = list[float]
"""One number per output."""


class Weights:
    """What was learned: for each output, a bias and one weight per feature."""

    def __init__(self, about: Mapping[str, Any], names: Sequence[str], rarity: Sequence[float], steps: bytes) -> None:
        self.about = about
        """What it was trained from, as the training script wrote it."""
        self.outputs: tuple[str, ...] = tuple(about["outputs"])
        """Names of the judgements, in the order of a row."""
        self._biases, self._step = list(about["biases"]), list(about["steps"])
        self._place = {name: at for at, name in enumerate(names)}
        self._rarity, self._steps = rarity, array("b", steps)
        self._nothing = [0.0] * len(self.outputs)
        # Words recur, and contribute the same each time. A row takes 2 kB, hence the limits.
        self._of_word = lru_cache(maxsize=20_000)(self._of_feature)
        self._of_mark = lru_cache(maxsize=64)(self._of_mark)  # type: ignore[method-assign]
        self._of_parts = lru_cache(maxsize=10_000)(self._of_parts)  # type: ignore[method-assign]
        self._of_words = lru_cache(maxsize=512)(self._of_words)  # type: ignore[method-assign]
        self._beside = lru_cache(maxsize=512)(self._beside)  # type: ignore[method-assign]

    @classmethod
    def load(cls, path: Path) -> "Weights":
        """Read a file that `save` wrote."""
        head, _, packed = path.read_bytes().partition(b"\n")
        body = zlib.decompress(packed)
        (length,) = struct.unpack_from("<I", body)
        names = body[4 : 4 + length].decode().split("\n")
        rarity = array("f", body[4 + length : 4 + length + 4 * len(names)])
        return cls(json.loads(head), names, rarity, body[4 + length + 4 * len(names) :])

    @staticmethod
    def save(
        path: Path,
        about: Mapping[str, Any],
        names: Sequence[str],
        rarity: Sequence[float],
        rows: Iterable[Sequence[float]],
    ) -> None:
        """Write weights, those of each output rounded to 127 steps up and down.

        `about` holds the outputs and biases; the steps are added to it.
        """
        table = [[float(value) for value in row] for row in rows]
        steps = [max(max(abs(row[at]) for row in table) / 127, 1e-9) for at in range(len(about["outputs"]))]
        packed = bytes(round(value / step) & 0xFF for row in table for value, step in zip(row, steps, strict=True))
        written = "\n".join(names).encode()
        body = struct.pack("<I", len(written)) + written + array("f", rarity).tobytes() + packed
        head = json.dumps({**about, "steps": steps}, sort_keys=True).encode()
        path.write_bytes(head + b"\n" + zlib.compress(body, 9))

    def scores(self, passage: Passage) -> Row:
        """The log odds of each judgement of a sentence, by output."""
        own = words(passage.text)
        groups = (
            (1.0, self._of_words(own)),
            (1.0, self._of_known(f"{a} {b}" for a, b in pairwise(own))),
            (1.0, self._sum(map(self._of_parts, own))),
            (BESIDE, self._sum((self._beside(passage.before), self._beside(passage.after)))),
        )
        total = list(self._biases)
        for weight, (row, length) in groups:
            if length:
                scale = weight / math.sqrt(length)
                total = [t + scale * r for t, r in zip(total, row, strict=True)]
        for name in marks(passage):
            total = [t + r for t, r in zip(total, self._of_mark(name), strict=True)]
        return total

    def parts_of(self, passage: Passage, output: str, most: int = 4) -> list[str]:
        """The words of a sentence on which a judgement rests most, the strongest first."""
        at, own = self.outputs.index(output), words(passage.text)
        by_word = {
            w: self._of_word(w)[0][at] + self._of_parts(w)[0][at] / max(1.0, math.sqrt(self._of_parts(w)[1]))
            for w in dict.fromkeys(own)
        }
        return [w for w in sorted(by_word, key=lambda w: -by_word[w])[:most] if by_word[w] > 0]

    @cached_property
    def trained_from(self) -> str:
        """Hash of what it was trained from."""
        return str(self.about.get("corpus", ""))

    def _row(self, at: int, weight: float) -> Row:
        """The weights of one feature, times a factor."""
        n = len(self.outputs)
        return [weight * (b * s) for b, s in zip(self._steps[at * n : (at + 1) * n], self._step, strict=True)]

    def _of_mark(self, name: str) -> Row:
        """What the section, or a general rule that holds, contributes."""
        at = self._place.get(name)
        return self._nothing if at is None else self._row(at, SAID)

    def _of_feature(self, name: str) -> tuple[Row, float]:
        """What one feature contributes, scaled by its rarity, and the square of the rarity."""
        at = self._place.get(name)
        if at is None:
            return self._nothing, 0.0
        rarity = self._rarity[at]
        return self._row(at, rarity), rarity * rarity

    def _of_parts(self, word: str) -> tuple[Row, float]:
        return self._sum(self._of_feature(part) for part in parts(word) if part in self._place)

    def _of_words(self, own: tuple[str, ...]) -> tuple[Row, float]:
        return self._of_known(own)

    def _beside(self, text: str) -> tuple[Row, float]:
        return self._of_known(f"<{w}" for w in words(text))

    def _of_known(self, names: Iterable[str]) -> tuple[Row, float]:
        """The sum over words or pairs. Most pairs are not among the features, and take no room among the words."""
        return self._sum(self._of_word(name) for name in names if name in self._place)

    def _sum(self, given: Iterable[tuple[Row, float]]) -> tuple[Row, float]:
        rows = [(row, length) for row, length in given if length]
        if not rows:
            return self._nothing, 0.0
        total: Row = list(map(sum, zip(*(row for row, _ in rows), strict=True)))
        return total, sum(length for _, length in rows)
