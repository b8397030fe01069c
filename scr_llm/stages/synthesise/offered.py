"""The quotes of a proposed theme as a reviewer is offered them: the strongest first, the weak ones not ticked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from scr_llm.records import Codebook, Coding, Decision, Evidence, ThemeCoding
from scr_llm.stages.synthesise.quote_score import UNKNOWN_STRENGTH, Candidate, barred, label_of, score, strengths
from scr_llm.stages.synthesise.quotes import groups
from scr_llm.text.flow import readable

Polarity = Literal["feature", "shortcoming", ""]
TICKED_FROM = 2.0
"""Score from which a quote starts ticked, beside the strongest, which always does unless it is barred.

On the twelve development reviews 84 in 100 quotes with this score lie on a passage that gold marks, and 48 in 100 of
all quotes (`bench/coding.py`).
"""


@dataclass(frozen=True)
class OfferedQuote:
    """A quote, whole where it goes on over a page."""

    evidence: tuple[Evidence, ...]
    """Its pieces."""
    ticked: bool
    """Whether it counts unless the reviewer unticks it."""

    @property
    def first(self) -> Evidence:
        """Its first piece, which says where it is."""
        return self.evidence[0]

    @property
    def place(self) -> tuple[int, int, int]:
        """Page and offsets of its first piece."""
        return _place(self.first)

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(readable(piece.quote) for piece in self.evidence)


def offered(cell: ThemeCoding, polarity: Polarity = "") -> tuple[OfferedQuote, ...]:
    """The quotes of a proposal in the order in which they are offered.

    Those of a theme that is proposed as present go by their score. A denial is not scored: all quotes of it are ticked.
    """
    found = groups(cell.evidence)
    if cell.value != "present":
        return tuple(OfferedQuote(tuple(pieces), ticked=True) for pieces in found)
    measured = strengths(cell)
    scored = [(_points(pieces, measured, polarity), pieces) for pieces in found]
    scored.sort(key=lambda each: -each[0])  # stable: of equals, the one that stands first in the review
    return tuple(
        OfferedQuote(tuple(pieces), ticked=points >= TICKED_FROM or (nth == 0 and points > _BARRED))
        for nth, (points, pieces) in enumerate(scored)
    )


def chosen_in(coding: Coding, decisions: Sequence[Decision], codebook: Codebook) -> frozenset[str]:
    """The codes under which a person chose among a coding's proposed quotes.

    Before weak quotes started unticked, all were ticked, so that to keep all of them is no choice either.

    Args:
        coding: as the coder proposed it.
        decisions: of the project, in the order in which they were made; the last on a cell counts.
        codebook: says which themes are features of a family.
    """
    polarities = {code.id: code.polarity for code in codebook.codes}
    last = {d.theme: d for d in decisions if d.document_id == coding.document_id and d.act in _CHOOSING}
    return frozenset(
        cell.theme
        for cell in coding.themes
        if (made := last.get(cell.theme))
        and made.value == cell.value
        and _is_chosen(cell, made.evidence, polarities.get(cell.theme, ""))
    )


def _is_chosen(cell: ThemeCoding, kept: Collection[Evidence], polarity: Polarity) -> bool:
    every = {_place(piece) for piece in cell.evidence}
    ticked = {_place(piece) for quote in offered(cell, polarity) if quote.ticked for piece in quote.evidence}
    left = {_place(piece) for piece in kept} & every
    return bool(left) and left not in (ticked, every)


_CHOOSING = ("decided", "adjudicated", "carried")
"""Acts that count."""
_BARRED = -1000.0
"""The score of praise, and of what is kept out of a paper."""


def _points(
    pieces: Sequence[Evidence],
    measured: dict[tuple[int, int], float],
    polarity: Polarity,
) -> float:
    first = pieces[0]
    candidate = Candidate(
        text=" ".join(readable(piece.quote) for piece in pieces)[label_of(first.quote) :],
        evidence=first,
        strength=measured.get((first.page, first.start), UNKNOWN_STRENGTH),
        polarity=polarity,
    )
    return _BARRED if "good_practice" in first.flags or barred(candidate) else score(candidate)


def _place(piece: Evidence) -> tuple[int, int, int]:
    return piece.page, piece.start, piece.end
