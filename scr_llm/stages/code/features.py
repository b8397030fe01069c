"""What a linear model sees of a sentence.

Its words and word pairs, the parts of its words, the words of its neighbours, its section, and which general rules
hold. Pure counting: the same sentence gives the same features wherever they are computed.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from scr_llm.stages.code.passage import Passage
from scr_llm.text.language import SAYINGS, said

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*|\d+")
_PARTS = (3, 4, 5)
"""Letters in the parts of a word. A space at each end counts as a letter."""
BESIDE = 0.4
"""Weight of the words of the sentences before and after; those of the sentence itself weigh 1."""
SAID = 0.5
"""Weight of each general rule that holds, and of the section."""


@lru_cache(maxsize=4_096)
def words(text: str) -> tuple[str, ...]:
    """Words in lower case; every number is `0`."""
    return tuple("0" if w.isdigit() else w.replace("’", "'") for w in _WORD.findall(text.lower()))


@lru_cache(maxsize=10_000)
def parts(word: str) -> tuple[str, ...]:
    """Parts of three to five letters of a word, marked with `~`; a number has none."""
    if word == "0":
        return ()
    whole = f" {word} "
    cut = dict.fromkeys(whole[at : at + length] for length in _PARTS for at in range(max(1, len(whole) - length + 1)))
    return tuple(f"~{part}" for part in cut)


def blocks(passage: Passage) -> Iterator[tuple[float, Iterable[tuple[str, ...]]]]:
    """Groups of features, each with its weight.

    A member of a group is a bunch of features that belong to one word or pair, and counts each time it occurs. The
    group is scaled to length 1 by the lengths of its bunches.
    """
    own = words(passage.text)
    yield 1.0, ((w,) for w in own)
    yield 1.0, ((f"{a} {b}",) for a, b in pairwise(own))
    yield 1.0, (parts(w) for w in own)
    yield BESIDE, ((f"<{w}",) for w in (*words(passage.before), *words(passage.after)))


def marks(passage: Passage) -> Iterator[str]:
    """Features that are present or not: the section, and the general rules that hold here and in the next sentence."""
    yield f"@{passage.section}"
    here, next_ = said(passage.text), said(passage.after)
    for name in SAYINGS:
        if name in here:
            yield f"!{name}"
        if name in next_:
            yield f"!{name}>"


def vector(passage: Passage, idf: Mapping[str, float]) -> dict[str, float]:
    """The features of a sentence with their values; features without a known weight are left out.

    Args:
        passage: the sentence.
        idf: each feature to log(sentences / sentences that have it) + 1.
    """
    found: dict[str, float] = {}
    for weight, members in blocks(passage):
        counted: dict[str, float] = {}
        length = 0.0
        for bunch in members:
            for name in bunch:
                if value := idf.get(name):
                    counted[name] = counted.get(name, 0.0) + value
                    length += value * value
        scale = weight / math.sqrt(length) if length else 0.0
        for name, value in counted.items():
            found[name] = value * scale
    for name in marks(passage):
        if name in idf:
            found[name] = SAID
    return found
