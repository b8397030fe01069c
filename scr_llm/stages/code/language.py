"""What language does, whatever a sentence is about: it denies, praises, asks, tells the law, speaks of others. Few general rules, each named."""

import re
from collections.abc import Mapping

from scr_llm.stages.code.passage import Passage

SHORTCOMING = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|lack\w*|absence|absent|fail\w*|omi(?:t\w*|ssion)|insufficient\w*|inadequa\w*|incomplete|poor\w*|weak\w*|"
    r"limited|missed|late|delay\w*|deficien\w*|shortcoming\w*|inconsistent\w*|ineffective\w*|superficial|flawed|gap\w*|should have|could have|"
    r"needs? to be|need for|unclear|confus\w*|without|rarely|little|out of date|unsatisfactory|of concern|concerning|below|overlooked|lost|too)\b",
    re.I,
)
"""Something was wanting."""
CONCLUDED_NOT = re.compile(
    r"\b(?:conclud\w*|found|satisfied|established|agreed|decided|clear)\b[^.;]{0,120}?\b(?:it|they|this|these|that|there) (?:was|were|had|did|has|have) (?:not|none)(?: so| the case| present| relevant| a (?:factor|feature|concern))?\s*[.:;]",
    re.I,
)
"""The panel looked at it and found that it was not so; whatever question stands before that is answered."""
NO_SHORTCOMING = re.compile(
    r"\b(?:no (?:shortcoming|deficit|criticism|author|one suggested|evidence (?:of|that)|concerns? (?:about|with|regarding))|could not have been (?:predicted|foreseen)|found no|"
    r"not without|did not find)\b", re.I,
)  # fmt: skip
DENIED = re.compile(
    r"\b(?:(?:was|were|is|are|did) (?:\w+ )?not (?:\w+ )?(?:a |an )?(?:\w+ )?(?:feature|factor|issue|matter of concern|difficulty|problem|concern)\b|played no part|had no part in (?:the|what)|"
    r"no (?:failure|failing|deficiency|deficit|shortcoming|weakness|criticism|concern)s? (?:in|of|about|as to|with|regarding|on the part of)|does not consider that any|nothing to suggest|"
    r"not a failing|nothing in the records|cannot be said that|no (?:difference|difficulty|problem)s? (?:was|were) (?:found|identified))", re.I,
)  # fmt: skip
"""The review says outright that it was not so; the words beside it are what it speaks of."""
IRRELEVANT = re.compile(
    r"\b(?:no (?:bearing|relevance|connection|significance)|attached no (?:weight|significance)|did not consider that this had|not (?:considered )?relevant|only for completeness|"
    r"had no (?:part|role) in (?:the|his|her|their) (?:child|care|\w+'s)|no contact with (?:the )?(?:household|child|family)|unknown to the (?:child|family))\b", re.I,
)  # fmt: skip
"""Somebody else, or long ago, and the review says that it does not matter here."""
POLICY = re.compile(
    r"\b(?:procedures? (?:provide|contain|require|state|set)|contains? (?:a )?(?:chapter|section|guidance)|national (?:research|studies|guidance|analysis)|research (?:has|shows|into)|"
    r"(?:is|are) defined (?:in|as)|the term (?:is|was|means)|glossary|under (?:part|section) [\dIVXL]+|statutory (?:duty|guidance)|(?:document|protocol|policy|leaflet|procedures?) (?:published|issued|adopted) by|"
    r"working together|has a duty to|shall be|studies (?:have|of))\b|^[A-Z]{2,6}: [A-Z]", re.I,
)  # fmt: skip
"""Law, policy, research and glossary: words about the theme, not about the case."""
PRAISED_BEFORE = re.compile(r"^(?:this|that|these|they|staff|he|she|it|the (?:panel|author|review|reviewer|board))\b[^.]{0,120}\b(?:good practice|praise[d]?|commend\w*|credit|example of good|to be congratulated|exemplary|impressed)\b", re.I)
"""A sentence that praises what the one before tells."""
_ASKS_FOR_WORDS = re.compile(
    r"\b(?:training|guidance|polic(?:y|ies)|protocols?|procedures?|courses?|briefings?|remind\w*|re-?launch\w*|re-?issue\w*|awareness|leaflets?|strateg(?:y|ies)|programme|toolkit|statement|publicis\w*|campaign)\b", re.I,
)  # fmt: skip
"""A recommendation that asks for training, policy and the like says of itself nothing about the case."""
ASKS_FOR_WORDS = re.compile(
    r"\b(?:training|guidance|polic(?:y|ies)|protocols?|procedures?|courses?|briefings?|remind\w*|re-?launch\w*|re-?issue\w*|awareness|leaflets?|strateg(?:y|ies)|programme|toolkit|statement|publicis\w*|campaign)\b", re.I,
)  # fmt: skip
"""A recommendation that asks for training, policy and the like says of itself nothing about the case."""
PRAISE = re.compile(
    r"\b(?:good practice|example of good|appropriate(?:ly)?|prompt(?:ly)?|timely|thorough(?:ly)?|commend\w*|well (?:recorded|documented|managed|co-?ordinated|informed|supported)|"
    r"high (?:standard|quality)|good (?:standard|quality|information|communication|evidence|record)|effective(?:ly)?|exemplary|in line with|in accordance with|"
    r"regular and|diligent\w*|to (?:his|her|their) credit|clear and|careful\w*|comprehensive|manageable|suitably|strong|robust|excellent|sound|up to date|impressed|good quality|within timescales?|credit)\b",
    re.I,
)
QUESTION = re.compile(
    r"\?\s*$|\b(?:considered|asked|explore[ds]?|examine[ds]?|consider|establish|determine|to what extent)\s+(?:\w+\s+){0,3}(?:whether|if|how)\b|"
    r"^(?:whether|how|was|were|did|to (?:consider|establish|examine|review))\b|\b(?:terms of reference|will consider|to consider whether)\b", re.I,
)  # fmt: skip
SUSPECTED = re.compile(r"\b(?:suspected|alleged(?:ly)?|possible|may have|might have|appears to have|rumour\w*)\b", re.I)
SIBLING = re.compile(r"\b(?:sibling|half-?(?:brother|sister)|older (?:child|brother|sister)|brother|sister)s?\b", re.I)
HISTORIC = re.compile(r"\b(?:prior to the (?:period|review)|previous (?:relationship|partner|household)|years (?:before|earlier)|historical(?:ly)?|in the past)\b", re.I)
LABEL = re.compile(r"^[A-Z][\w’' ]{2,40}:\s+")
"""The lead-in of a card's part (`How it showed: ...`), which makes no question of it."""

SAYINGS: Mapping[str, re.Pattern[str]] = {
    "shortcoming": SHORTCOMING, "concluded not": CONCLUDED_NOT, "no shortcoming": NO_SHORTCOMING, "denied": DENIED, "irrelevant": IRRELEVANT, "policy": POLICY,
    "praised before": PRAISED_BEFORE, "asks for words": ASKS_FOR_WORDS, "praise": PRAISE, "question": QUESTION, "suspected": SUSPECTED, "sibling": SIBLING, "historic": HISTORIC,
}  # fmt: skip
"""All of them by name."""


def stops(passage: Passage) -> str:
    """The rule by which a sentence says nothing of the case, whatever it is about; empty where none does."""
    text = LABEL.sub("", passage.text)
    if QUESTION.search(text):
        return "question"
    if POLICY.search(text):
        return "policy"
    if IRRELEVANT.search(text) or IRRELEVANT.search(passage.after):
        return "irrelevant"
    if CONCLUDED_NOT.search(text) or DENIED.search(text) or DENIED.search(passage.after):
        return "denial"
    if passage.section == "good_practice" or (PRAISE.search(text) and not SHORTCOMING.search(text)):
        return "praise"
    return ""
