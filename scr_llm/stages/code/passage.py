"""A sentence where it stands: what a coder judges, and which sentences it may."""

from typing import NamedTuple

from scr_llm.text.flow import NEVER_EVIDENCE, Sentence
from scr_llm.text.machine import speaks_to_a_machine


class Passage(NamedTuple):
    """A sentence where it stands."""

    text: str
    before: str = ""
    """The sentence before it in its paragraph; empty where there is none."""
    after: str = ""
    """The sentence after it."""
    section: str = "other"
    """Kind of the section."""


def may_be_evidence(sentence: Sentence) -> bool:
    """Whether a coder may look at a sentence: not in a section that is never evidence or only repeats, and not one that speaks to a machine."""
    return (
        sentence.section_kind not in NEVER_EVIDENCE
        and sentence.section_kind != "action_plan"
        and not speaks_to_a_machine(sentence.text)
    )
