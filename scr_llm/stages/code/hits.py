"""How many sentences each general rule and each of the codebook's wordings matches: one that matches none can go."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import Code, Codebook, SubCode
from scr_llm.text.language import RULES
from scr_llm.text.wording import compile_wordings

Kind = Literal["wordings", "subjects", "near_misses"]
KINDS: tuple[Kind, ...] = ("wordings", "subjects", "near_misses")


@dataclass(frozen=True, slots=True)
class Hits:
    """One of the codebook's wordings, and how many sentences it matches."""

    part: str
    """Id of the code or aspect."""
    kind: Kind
    """The codebook's list it is in."""
    wording: str
    """As the codebook writes it."""
    sentences: int
    """How many match it, whatever else they say."""


def parts(book: Codebook) -> Iterator[Code | SubCode]:
    """Every code, each followed by its aspects."""
    for code in book.codes:
        yield code
        yield from code.sub_codes


def wording_hits(book: Codebook, texts: Sequence[str]) -> list[Hits]:
    """Every wording, in the codebook's order."""
    found = []
    for part in parts(book):
        for kind in KINDS:
            wordings: tuple[str, ...] = getattr(part, kind)
            together = compile_wordings(wordings)
            # Few sentences match any of a list, and one search for all of them is quick.
            held = [text for text in texts if together.search(text)] if together else []
            for wording in wordings:
                alone = compile_wordings((wording,))
                found.append(Hits(part.id, kind, wording, sum(bool(alone and alone.search(text)) for text in held)))
    return found


def rule_hits(texts: Iterable[str]) -> dict[str, int]:
    """Name of each general rule to the number of sentences it matches."""
    found = dict.fromkeys((rule.name for rule in RULES), 0)
    for text in texts:
        for rule in RULES:
            found[rule.name] += rule.holds(text)
    return found
