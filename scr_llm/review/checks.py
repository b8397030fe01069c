"""Whether a decision can be accepted."""

import re
from dataclasses import dataclass

from scr_llm.errors import RefusedError
from scr_llm.records import Evidence, Reading, ThemeValue
from scr_llm.records.decision import Act
from scr_llm.review.cells import PARTICULAR_TEXT, STATED, Proposal
from scr_llm.stages.decisions import unverified
from scr_llm.stages.decisions.items import PARTICULAR
from scr_llm.text.numbers import numbers_in
from scr_llm.text.words import VALUES


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A reviewer's answer to a cell, not yet checked."""

    value: ThemeValue
    act: Act
    evidence: tuple[Evidence, ...]
    text: str
    """Of a fact, as typed; empty to keep the proposed one."""
    reason: str


def check(answer: Answer, key: str, proposal: Proposal, reading: Reading, file: str) -> None:
    """Check an answer to a cell against the text of its review.

    Raises:
        RefusedError: present or ruled out without a quote, a quote that is not in the text, an adjudication without
            a reason, or a fact that is neither in the review nor explained.
    """
    # A quote of good practice shows praise. It cannot show that a theme is present or ruled out.
    has_quote = any("good_practice" not in e.flags for e in answer.evidence)
    if proposal.kind == "theme" and answer.value in ("present", "explicitly_absent") and not has_quote:
        raise RefusedError(
            f"“{VALUES[answer.value]}” needs a quote.",
            next_step="Mark the words in the text, or choose “Not found”.",
        )
    if wrong := unverified(answer.evidence, reading):
        raise RefusedError(f"a quote is not on page {wrong[0].page} as given.", next_step="Mark it again.")
    if answer.act == "adjudicated" and not answer.reason.strip():
        raise RefusedError("an adjudication needs a reason.", next_step="Write your reason in the comment.")
    if answer.value == "present" and key == PARTICULAR:
        _check_particular(answer, reading, file)
    elif answer.value == "present" and proposal.kind == "case":
        _check_fact(answer, key, proposal, reading, file)


def _check_fact(answer: Answer, key: str, proposal: Proposal, reading: Reading, file: str) -> None:
    """A context must be one that is counted. An authority or pseudonym must be in the review, or its source given."""
    text = answer.text
    if not text and proposal.value == "present":
        return  # the proposed text is kept
    if key == "case:context":
        if text not in STATED:
            what = f"“{text[:60]}” is not one of the contexts that are counted." if text else "no context is given."
            raise RefusedError(what, next_step=f"Choose one of: {', '.join(STATED)}.")
        return
    explained = bool(answer.reason.strip())
    if text and not explained and not _contains(" ".join(page.text for page in reading.pages), text):
        raise RefusedError(
            f"“{text[:60]}” is not in this review.",
            document=file,
            next_step="Write it as the review does, or say in the comment where you know it from.",
        )


def _check_particular(answer: Answer, reading: Reading, file: str) -> None:
    """A particular finding is a quote or a few words of the reviewer's own, in which only the review is quoted."""
    if not answer.text.strip() and not answer.evidence:
        raise RefusedError(
            "no finding is chosen or written.", document=file, next_step="Mark its words in the review, or write it."
        )
    if (long := len(answer.text.split())) > PARTICULAR_TEXT:
        raise RefusedError(
            f"the particular finding has {long} words; the paper has room for {PARTICULAR_TEXT}.",
            document=file,
            next_step="Shorten it.",
        )
    whole = " ".join(page.text for page in reading.pages)
    for curly, straight in _QUOTED.findall(answer.text):
        if not _contains(whole, curly or straight):
            raise RefusedError(
                f"“{(curly or straight)[:60]}” is in quotation marks, but not in this review.",
                document=file,
                next_step="Quote the review’s own words, or leave out the quotation marks.",
            )
    held = numbers_in(whole)
    if (unknown := [number for number in numbers_in(answer.text) if number not in held]) and not answer.reason.strip():
        raise RefusedError(
            f"the number {unknown[0]} is not in this review.",
            document=file,
            next_step="Write the number as the review does, or say in the comment where you know it from.",
        )


_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")


def _contains(text: str, words: str) -> bool:
    """Whether a text contains whole words ("Child 1" is not in "Child 12"), in any case and with any spacing."""
    wanted, text = (t.replace("\u00ad", "").replace("’", "'").casefold() for t in (words, text))
    return re.search(r"(?<!\w)" + r"\s*".join(map(re.escape, "".join(wanted.split()))) + r"(?!\w)", text) is not None
