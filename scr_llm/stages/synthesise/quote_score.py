"""How well a quote shows its theme to a reader who has only the paper: a score with named parts, each with its reason.

One point is about as much as the learned coder's strength differs between a passage that just counts and a clear one.
`BARS` keep a quote out of the paper's body, whatever else speaks for it, unless a reviewer typed it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import Evidence, ThemeCoding
from scr_llm.text.language import CONCLUDED_NOT, DENIED, IRRELEVANT, POLICY, PRAISE, QUESTION, SHORTCOMING

LENGTH = (8, 40)
"""The best length of a quote, in words (rule 8 of the method: 40 at most)."""
UNKNOWN_STRENGTH = 4.0
"""Strength that a passage is taken to have where its coder gives none, as models do: that of a clear one."""
PRINTED_FROM = 3.0
"""Score from which a quote is printed. Below it the paper gives the count alone, and the annex has the evidence."""
SPREAD = 0.5
"""What each quote that the paper already prints from a case takes from the next one of that case."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote that may be printed."""

    text: str
    """As it would be printed."""
    evidence: Evidence
    """Where it is."""
    strength: float = UNKNOWN_STRENGTH
    """How strongly it shows its theme, by the coder's own measure."""
    decided: bool = False
    """Whether a person decided its cell, and kept it."""
    picked: bool = False
    """Whether that person chose it among the proposed quotes, rather than leave the ticks as they were."""
    typed: bool = False
    """Whether a person marked or typed it."""
    elsewhere: bool = False
    """Whether it shows another theme of the same review more strongly."""
    polarity: Literal["feature", "shortcoming", ""] = ""
    """Of its theme: a feature of the family, which a denial says was not there, or a shortcoming of practice."""

    @property
    def words(self) -> int:
        """Its length."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the score."""

    name: str
    """What is looked at."""
    points: float
    """What a quote gets for it."""
    reason: str
    """Why."""
    holds: Callable[[Candidate], bool]
    """Whether a quote has it."""


_STATES = re.compile(r"finding|lesson|learn|conclu|what (?:we|the \w+) found|concern|key issue|message", re.I)
_ANALYSES = re.compile(r"analysis|theme|apprais|evaluat|critique|how (?:the )?\w+ worked", re.I)
_NEEDS_MORE = re.compile(
    r"^(?:He|She|It|They|This|That|These|Those|Such|Both|His|Her|Their|Its|However|But|And|Nor|Yet|Then|Instead|"
    r"Neither|After that|As a result|In addition|Also|Again|Similarly|Further)\b"
)
_WHOLE = re.compile(r"^[“‘\"'(\[]?[A-Z0-9£].*[.!?][”’\"')\]]*$", re.S)
_INTRODUCES = re.compile(r":$|\b(?:the following|as follows|set out below|listed below|wish(?:es)? to record)\b", re.I)
_REMAINS = re.compile(
    r"^(?:\(?(?:\d{1,3}|[a-z]|[ivx]+)[.)]|[•●▪‣◦–—-])\s|"
    r"^(?:finding|lesson|recommendation|learning point|issue|theme)s?\s*\d+(?:\.\d+)*\s*[:.–—-]?\s|"
    r"^[A-Z]{2,6}: |\b(?:Section|Chapter|Appendix) \d",
    re.I,
)
_NOTHING_THERE = re.compile(
    r"^(?:nothing|nobody|no one|none|neither|no)\b|\bthere (?:was|were|is|has been) (?:no|nothing|never any)\b|"
    r"\bno (?:evidence|indication|sign|suggestion|history|record|concern)s?\b",
    re.I,
)


def _flagged(*names: str) -> Callable[[Candidate], bool]:
    return lambda c: any(name in c.evidence.flags for name in names)


def _heading(pattern: re.Pattern[str]) -> Callable[[Candidate], bool]:
    return lambda c: "recommendation" not in c.evidence.flags and pattern.search(c.evidence.section) is not None


PARTS: tuple[Part, ...] = (
    Part("typed", 100, "A reviewer marked these very words for this theme.", lambda c: c.typed),
    Part("picked", 10, "A reviewer chose among the quotes of the cell and took this one.", lambda c: c.picked),
    Part("kept", 0.5, "A reviewer decided the cell and left the quote ticked.", lambda c: c.decided),
    Part("finding", 1, "A finding, lesson or conclusion says what the facts come to.", _heading(_STATES)),
    Part("analysis", 0.5, "An analysis weighs the facts; a narrative only tells them.", _heading(_ANALYSES)),
    Part(
        "recommendation",
        -6,
        "What should be done shows what was lacking only by inference.",
        _flagged("recommendation"),
    ),
    Part(
        "length",
        -6,
        "Shorter says too little alone; longer is not read.",
        lambda c: not LENGTH[0] <= c.words <= LENGTH[1],
    ),
    Part("whole", -4, "A reader takes a fragment for a mistake of ours.", lambda c: not _WHOLE.search(c.text)),
    Part(
        "needs more",
        -1,
        "It begins with a word that points to a sentence not printed.",
        lambda c: bool(_NEEDS_MORE.search(c.text)),
    ),
    Part(
        "somebody else", -2, "It may be about a sister, a brother or an earlier time.", _flagged("sibling", "historic")
    ),
    Part(
        "no lack",
        -1,
        "Practice is a theme where something was lacking, and it names no lack.",
        lambda c: c.polarity == "shortcoming" and not SHORTCOMING.holds(c.text),
    ),
    Part("elsewhere", -2, "It shows another theme more strongly, and belongs there.", lambda c: c.elsewhere),
    Part("suspected", -1, "It says what may have been, not what was.", _flagged("suspected", "generic")),
    Part("behind a negation", -4, "The words before it deny it.", _flagged("behind_negation")),
    Part(
        "uncertain place",
        -0.5,
        "The words stand twice, or were recognised from a picture.",
        _flagged("ambiguous", "scanned"),
    ),
)
"""What speaks for a quote, and what against it."""

BARS: tuple[Part, ...] = (
    Part(
        "praise",
        0,
        "Praise has its own part, and is no failing.",
        lambda c: PRAISE.holds(c.text) and not SHORTCOMING.holds(c.text),
    ),
    Part("denial", 0, "It says that it was not so.", lambda c: DENIED.holds(c.text) or CONCLUDED_NOT.holds(c.text)),
    Part(
        "nothing there",
        0,
        "Of a family, “nothing” and “no” deny.",
        lambda c: c.polarity == "feature" and bool(_NOTHING_THERE.search(c.text)),
    ),
    Part("no bearing", 0, "The review says that it does not matter.", lambda c: IRRELEVANT.holds(c.text)),
    Part("law or policy", 0, "Rules and research are not this case.", lambda c: POLICY.holds(c.text)),
    Part(
        "question",
        0,
        "What was asked is not what was found, but “nobody asked how” is.",
        lambda c: QUESTION.holds(c.text) and not SHORTCOMING.holds(c.text),
    ),
    Part("introduction", 0, "It announces what it does not say.", lambda c: bool(_INTRODUCES.search(c.text))),
    Part("remains", 0, "The number or label of an item is no sentence.", lambda c: bool(_REMAINS.search(c.text))),
)
"""What keeps a quote out of the paper's body."""


def barred(candidate: Candidate) -> str:
    """The name of what keeps a quote out of the paper; empty where nothing does."""
    return "" if candidate.typed else next((bar.name for bar in BARS if bar.holds(candidate)), "")


def parts_of(candidate: Candidate) -> dict[str, float]:
    """The parts of a quote's score that are not nought, by name."""
    found = {part.name: part.points for part in PARTS if part.holds(candidate)}
    return found | {"strength": candidate.strength}


def score(candidate: Candidate) -> float:
    """How well a quote shows its theme; more is better."""
    return sum(parts_of(candidate).values())


def praise_order(text: str) -> tuple[bool, bool, bool, int]:
    """Sort key for quotes of praise, the best first: whole sentences that stand alone and praise, the short first."""
    stands_alone = _WHOLE.search(text) is not None and not _NEEDS_MORE.search(text)
    return not stands_alone, not PRAISE.holds(text), not LENGTH[0] <= len(text.split()) <= LENGTH[1], len(text)


def strengths(cell: ThemeCoding) -> dict[tuple[int, int], float]:
    """The place (page, offset) of each passage that the coder proposed for a theme, to its strength."""
    return {(s.page, s.start): s.value for s in cell.strengths}


_ITEM_NUMBER = (
    r"(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[a-z]|[ivx]{1,4})[.)]\s+|"
    r"(?:[Kk]ey )?(?:Finding|Lesson|Recommendation|Learning [Pp]oint|Issue|Theme|Concern)s?\s*(?:[Nn]o\.?\s*)?"
    r"\d{1,2}(?:\.\d{1,2})*\s*[:.–—-]?\s+|"
    r"(?:The )?(?:MATTERS?|[Mm]atters?) (?:OF CONCERN|of concern) (?:is|are):\s+)"
)
_CLAUSE_WORDS = (
    r"(?i:was|were|is|are|has|had|did|not|no|nobody|none|never|said|told|claimed|believed|thought|asked|denied)"
)
_CARD = rf"(?![^:]*\b{_CLAUSE_WORDS}\b)(?:[A-Z][\w’']*)(?: [\w’'/]+){{0,5}}:\s+"
"""The lead-in to part of a card (`How it showed: `): up to six words that make no statement, which a reader misses."""
_LABEL = re.compile(rf"^\s*(?:{_ITEM_NUMBER}|{_CARD})(?=[A-Z“‘])")
_LEAST_LEFT = 5
"""Words that must be left behind a label, so that a heading with a colon is not taken for one."""


def label_of(quote: str) -> int:
    """How many characters at the beginning of a quote are the label of its item: `Finding 7: `, `How it showed: `."""
    found = _LABEL.match(quote)
    return found.end() if found and len(quote[found.end() :].split()) >= _LEAST_LEFT else 0
