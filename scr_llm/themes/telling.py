"""Which sentences of a finding tell something that a theme could be made of."""

import re

from scr_llm.stages.code.passage import Passage, stops
from scr_llm.text.language import LABEL, PRAISED_BEFORE, SHORTCOMING, Rule

FORESEEN = Rule(
    "foreseen",
    re.compile(
        r"\b(?:not|no|cannot|whether|nobody|neither|nor)\b.*\b(?:predict|prevent|avert|foresee|foreseeab)\w*", re.I
    ),
    "Whether the harm could have been foreseen is the answer to a set question of every review, and no theme.",
    catches=(
        "The panel is of the view that the fall could not have been predicted.",
        "There is no evidence that one step would have averted it.",
        "The author cannot say that the injury was preventable or foreseeable.",
    ),
    spares=(
        "The plan to prevent a further fall was never written.",
        "The injury could have been prevented, had the gate been mended.",
    ),
)
WENT_WELL = Rule(
    "went well",
    re.compile(r"\b(?:worked well|swift(?:ly)?|skilled|courteous(?:ly)?)\b", re.I),
    "What went well is kept as good practice; a theme is made of what was lacking, or of what a family lived with.",
    catches=(
        "The arrangements made that night worked well.",
        "The response of the ward was swift and skilled.",
        "Her call was answered courteously.",
    ),
    spares=(
        "The arrangements made that night were never written down.",
        "The ward was slow to respond.",
    ),
)
RULES = (FORESEEN, WENT_WELL)
"""What no theme is made of, besides what is evidence of no theme (`stages.code.passage.stops`)."""
WHY = {
    "praise": "it praises",
    "denial": "it says what was not so",
    "question": "it asks a question",
    "policy": "it states a rule",
    "irrelevant": "it says that this had no bearing",
    FORESEEN.name: "it says whether the harm could have been foreseen",
    WENT_WELL.name: "it says what went well",
}
"""Why a sentence tells nothing, in words."""

_SENTENCE_END = re.compile(r"(?<=[.?!])[”’\"')\]]*\s+(?=[“‘\"'(\[]?[A-Z0-9])")


def telling(text: str) -> tuple[str, ...]:
    """The sentences of a finding that tell something, without the label before them."""
    return tuple(s for s in _sentences(text) if not _why(s))


def why_silent(text: str) -> str:
    """Why a finding tells nothing, in words; empty where it tells something."""
    reasons = [_why(s) for s in _sentences(text)]
    return ", and ".join(dict.fromkeys(WHY[r] for r in reasons)) if reasons and all(reasons) else ""


def _sentences(text: str) -> list[str]:
    return [LABEL.pattern.sub("", s).strip() for s in _SENTENCE_END.split(text) if s.strip()]


def _why(sentence: str) -> str:
    """The rule by which a sentence tells nothing; empty where it tells something."""
    if FORESEEN.holds(sentence):
        return FORESEEN.name
    # A sentence is looked at alone: "the panel makes no criticism of her" after it does not take back what it says.
    stopped = stops(Passage(sentence, section="findings"))
    if stopped == "denial" and (rest := sentence.partition(", but ")[2]):
        return _why(rest)  # "no criticism of the prescriber, but it doubled the quantity kept in the flat"
    if stopped:
        return stopped
    if PRAISED_BEFORE.holds(sentence) or (WENT_WELL.holds(sentence) and not SHORTCOMING.holds(sentence)):
        return WENT_WELL.name
    return ""
