"""A sentence in its context, and which sentences a coder may use as evidence."""

import math
from typing import NamedTuple

from scr_llm.text.flow import NEVER_EVIDENCE, Sentence
from scr_llm.text.language import CONCLUDED_NOT, DENIED, IRRELEVANT, LABEL, POLICY, PRAISE, QUESTION, SHORTCOMING, said
from scr_llm.text.machine import looks_like_prompt_injection


class Passage(NamedTuple):
    """A sentence in its context."""

    text: str
    before: str = ""
    """The sentence before it in its paragraph; empty if there is none."""
    after: str = ""
    """The sentence after it in its paragraph; empty if there is none."""
    section: str = "other"
    """Kind of the section."""


def strength_of(probability: float) -> float:
    """The strength of a passage that shows its theme with some probability: the log odds, as of the embedded coder."""
    likely = min(max(probability, 0.001), 0.999)
    return round(math.log(likely / (1 - likely)), 3)


def may_be_evidence(sentence: Sentence) -> bool:
    """Whether a coder may use a sentence.

    Not in a section that is never evidence, nor in an action plan (it repeats the recommendations), nor where the
    sentence is addressed to a machine.
    """
    return (
        sentence.section_kind not in NEVER_EVIDENCE
        and sentence.section_kind != "action_plan"
        and not looks_like_prompt_injection(sentence.text)
    )


def stops(passage: Passage) -> str:
    """The rule by which a sentence says nothing about the case, whatever it is about; empty if none applies."""
    here, next_ = said(LABEL.pattern.sub("", passage.text)), said(passage.after)
    if QUESTION.name in here:
        return "question"
    if POLICY.name in here:
        return "policy"
    if IRRELEVANT.name in here | next_:
        return "irrelevant"
    if CONCLUDED_NOT.name in here or DENIED.name in here | next_:
        return "denial"
    if passage.section == "good_practice" or (PRAISE.name in here and SHORTCOMING.name not in here):
        return "praise"
    return ""
