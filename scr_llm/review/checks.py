"""Whether a decision can stand."""

import re
from dataclasses import dataclass

from scr_llm.errors import RefusedError
from scr_llm.records import Evidence, Reading, ThemeValue
from scr_llm.records.decision import Act
from scr_llm.review.cells import STATED, Proposal
from scr_llm.stages.decisions import unverified


@dataclass(frozen=True)
class Told:
    """What a person said of a cell."""

    value: ThemeValue
    act: Act
    evidence: tuple[Evidence, ...]
    text: str
    """Of a fact, as typed; empty where the proposed one stays."""
    reason: str


def check(told: Told, key: str, proposal: Proposal, reading: Reading, file: str) -> None:
    """Check a decision on a cell against the text of its review.

    Raises:
        RefusedError: present or ruled out without a quote, a quote that is not in the text, an adjudication without a reason, or a fact
            that neither stands in the review nor is explained.
    """
    if (
        told.value in ("present", "explicitly_absent")
        and proposal.kind == "theme"
        and not any("good_practice" not in e.flags for e in told.evidence)
    ):
        said = "Present" if told.value == "present" else "Ruled out"
        raise RefusedError(
            f"“{said}” needs a quote.", next_step="Mark the words in the text, or decide that it is not found."
        )
    if wrong := unverified(told.evidence, reading):
        raise RefusedError(f"a quote does not stand on page {wrong[0].page} as given.", next_step="Mark it again.")
    if told.act == "adjudicated" and not told.reason.strip():
        raise RefusedError("an adjudication needs a reason.", next_step="Say why.")
    if told.value == "present" and proposal.kind == "case":
        _check_fact(told, key, proposal, reading, file)


def _check_fact(told: Told, key: str, proposal: Proposal, reading: Reading, file: str) -> None:
    """A context is one of those that are counted; an authority or a pseudonym stands in the review, or it is said where it is known from."""
    text = told.text
    if not text and proposal.value == "present":
        return  # what was proposed stands
    if key == "case:context":
        if text not in STATED:
            what = f"“{text[:60]}” is not a context that is counted." if text else "no context is given."
            raise RefusedError(what, next_step=f"Choose one of: {', '.join(STATED)}.")
    elif text and not told.reason.strip() and not _stands(text, " ".join(page.text for page in reading.pages)):
        raise RefusedError(
            f"“{text[:60]}” does not stand in this review.",
            document=file,
            next_step="Write it as the review has it, or say in the comment where you know it from.",
        )


def _stands(words: str, text: str) -> bool:
    """Whether the words stand in the text as whole words, however spaced and in whatever case: "Child 1" is not in "Child 12"."""
    wanted, text = (t.replace("\u00ad", "").replace("’", "'").casefold() for t in (words, text))
    return re.search(r"(?<!\w)" + r"\s*".join(map(re.escape, "".join(wanted.split()))) + r"(?!\w)", text) is not None
