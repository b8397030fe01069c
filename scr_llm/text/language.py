"""What language does, whatever a sentence is about: deny, praise, ask, state the law, speak of others.

A few general rules, each a record with its reason and with sentences that it must catch and must spare. The learned
weights (stages/code/features.py) depend on the names and patterns of `SAYINGS`: after changing one, train again
(bench/train.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Rule:
    """A general rule of language."""

    name: str
    """Its name in features, `doctor --codebook` and tests."""
    pattern: re.Pattern[str]
    """What it matches."""
    reason: str
    """Why it exists."""
    catches: tuple[str, ...]
    """Made-up sentences that it must match."""
    spares: tuple[str, ...]
    """Made-up sentences that it must not match."""

    def holds(self, text: str) -> bool:
        """Whether a text matches."""
        return self.pattern.search(text) is not None


SHORTCOMING = Rule(
    "shortcoming",
    re.compile(
        r"\b(?:not|never|no|nor|neither|none|nobody|lack\w*|absence|absent|fail\w*|omi(?:t\w*|ssion)|"
        r"insufficient\w*|inadequa\w*|incomplete|poor\w*|weak\w*|limited|missed|late|delay\w*|deficien\w*|"
        r"shortcoming\w*|inconsistent\w*|ineffective\w*|superficial|flawed|gap\w*|should have|could have|"
        r"needs? to be|need for|unclear|confus\w*|without|rarely|little|out of date|unsatisfactory|of concern|"
        r"concerning|below|overlooked|lost|too)\b",
        re.I,
    ),
    "Practice is a theme only where something was lacking, and a good word beside a lack is not praise.",
    catches=(
        "The health visitor did not record the fall.",
        "Supervision was limited to counting cases.",
        "Nobody asked the boy what he wanted.",
        "The referral should have been made in March.",
    ),
    spares=(
        "The health visitor recorded the fall on the same day.",
        "Supervision was held each month and covered every case.",
        "He was lately at home.",
    ),
)
CONCLUDED_NOT = Rule(
    "concluded not",
    re.compile(
        r"\b(?:conclud\w*|found|satisfied|established|agreed|decided|clear)\b[^.;]{0,120}?\b(?:it|they|this|these|"
        r"that|there) (?:was|were|had|did|has|have) (?:not|none)(?: so| the case| present| relevant| a (?:factor|"
        r"feature|concern))?\s*[.:;]",
        re.I,
    ),
    "The panel looked at it and found that it was not so, which answers any question before it.",
    catches=(
        "The panel looked at whether the move mattered and concluded that it did not.",
        "Whether drink had a part in it was examined, and the author is satisfied that it was not a factor.",
        "Debts were asked about, and it was established that there were none.",
    ),
    spares=(
        "The panel concluded that the plan had been sound.",
        "The panel found that they did not visit the home in June.",
    ),
)
NO_SHORTCOMING = Rule(
    "no shortcoming",
    re.compile(
        r"\b(?:no (?:shortcoming|deficit|criticism|author|one suggested|evidence (?:of|that)|concerns? (?:about|"
        r"with|regarding))|could not have been (?:predicted|foreseen)|found no|not without|did not find)\b",
        re.I,
    ),
    "A review that looks for fault and finds none says so in set phrases, which reverse the rest of the clause.",
    catches=(
        "The panel has no concerns about the handover.",
        "There is no evidence that the school held anything back.",
        "The fall could not have been foreseen.",
    ),
    spares=(
        "There was no handover.",
        "The school had evidence that it kept to itself.",
        "The fall could have been foreseen.",
    ),
)
DENIED = Rule(
    "denied",
    re.compile(
        r"\b(?:(?:was|were|is|are|did) (?:\w+ )?not (?:\w+ )?(?:a |an )?(?:\w+ )?(?:feature|factor|issue|"
        r"matter of concern|difficulty|problem|concern)\b|played no part|had no part in (?:the|what)|"
        r"no (?:failure|failing|deficiency|deficit|shortcoming|weakness|criticism|concern)s? (?:in|of|about|as to|"
        r"with|regarding|on the part of)|does not consider that any|nothing to suggest|not a failing|"
        r"nothing in the records|cannot be said that|no (?:difference|difficulty|problem)s? (?:was|were) (?:found|"
        r"identified))",
        re.I,
    ),
    "The review says outright that it was not so; the words beside it name the subject, not what happened.",
    catches=(
        "Alcohol was not a feature of this case.",
        "Housing played no part in what happened.",
        "The panel makes no criticism of the midwives.",
        "There is nothing to suggest that the boy went hungry.",
    ),
    spares=(
        "Alcohol was not asked about.",
        "The part that housing played was missed.",
        "The midwives were not told.",
    ),
)
IRRELEVANT = Rule(
    "irrelevant",
    re.compile(
        r"\b(?:no (?:bearing|relevance|connection|significance)|attached no (?:weight|significance)|"
        r"did not consider that this had|not (?:considered )?relevant|only for completeness|had no (?:part|"
        r"role) in (?:the|his|her|their) (?:child|care|\w+'s)|no contact with (?:the )?(?:household|child|family)|"
        r"unknown to the (?:child|family))\b",
        re.I,
    ),
    "It concerns somebody else, or happened long ago, and the review says that it does not matter here.",
    catches=(
        "His conviction as a boy had no bearing on these events.",
        "The uncle had no contact with the household.",
        "The burglary is told only for completeness.",
    ),
    spares=(
        "The uncle slept in the household at weekends.",
        "The conviction was relevant and was not passed on.",
        "The family had no contact with the school.",
    ),
)
POLICY = Rule(
    "policy",
    re.compile(
        r"\b(?:procedures? (?:provide|contain|require|state|set)|contains? (?:a )?(?:chapter|section|guidance)|"
        r"national (?:research|studies|guidance|analysis)|research (?:has|shows|into)|(?:is|are) defined (?:in|"
        r"as)|the term (?:is|was|means)|glossary|under (?:part|section) [\dIVXL]+|statutory (?:duty|guidance)|"
        r"(?:document|protocol|policy|leaflet|procedures?) (?:published|issued|adopted) by|working together|"
        r"has a duty to|shall be|studies (?:have|of))\b|^[A-Z]{2,6}: [A-Z]",
        re.I,
    ),
    "Law, policy, research and glossaries use the words of a theme but say nothing about the case.",
    catches=(
        "Local procedures require a strategy meeting within a day.",
        "Research shows that babies are most at risk.",
        "Neglect is defined in the handbook as a lasting failure to meet needs.",
        "CAF: Common Assessment Framework.",
    ),
    spares=(
        "The strategy meeting was held after nine days.",
        "The nurse kept to the procedures in her folder.",
        "GP records ended in June.",
    ),
)
PRAISED_BEFORE = Rule(
    "praised before",
    re.compile(
        r"^(?:this|that|these|they|staff|he|she|it|the (?:panel|author|review|reviewer|"
        r"board))\b[^.]{0,120}\b(?:good practice|praise[d]?|commend\w*|credit|example of good|to be congratulated|"
        r"exemplary|impressed)\b",
        re.I,
    ),
    "It praises what the sentence before it says, which alone reads as criticism or as nothing.",
    catches=(
        "This was good practice.",
        "The panel commends the teacher for it.",
        "They are to be congratulated.",
    ),
    spares=(
        "This was not looked into again.",
        "A worker whom everybody praised had left by then.",
        "The second visit was good. Practice elsewhere was different.",
    ),
)
ASKS_FOR_WORDS = Rule(
    "asks for words",
    re.compile(
        r"\b(?:training|guidance|polic(?:y|ies)|protocols?|procedures?|courses?|briefings?|remind\w*|"
        r"re-?launch\w*|re-?issue\w*|awareness|leaflets?|strateg(?:y|ies)|programme|toolkit|statement|publicis\w*|"
        r"campaign)\b",
        re.I,
    ),
    "A recommendation that asks for training, policy and the like does not by itself say anything about the case.",
    catches=(
        "The Board should arrange training on bruising.",
        "Staff should be reminded of it.",
        "Each school should issue a leaflet.",
    ),
    spares=(
        "Each agency should visit within a day.",
        "Two workers should see the child alone.",
    ),
)
PRAISE = Rule(
    "praise",
    re.compile(
        r"\b(?:good practice|example of good|appropriate(?:ly)?|prompt(?:ly)?|timely|thorough(?:ly)?|commend\w*|"
        r"well (?:recorded|documented|managed|co-?ordinated|informed|supported)|high (?:standard|quality)|"
        r"good (?:standard|quality|information|communication|evidence|record)|effective(?:ly)?|exemplary|"
        r"in line with|in accordance with|regular and|diligent\w*|to (?:his|her|their) credit|clear and|"
        r"careful\w*|comprehensive|manageable|suitably|strong|robust|excellent|sound|up to date|impressed|"
        r"good quality|within timescales?|credit)\b",
        re.I,
    ),
    "What was done well is kept as good practice and is not a shortcoming, whatever its words.",
    catches=(
        "The teacher acted promptly.",
        "The chronology is comprehensive.",
        "Her visits were timely.",
        "The referral was made in accordance with the plan.",
    ),
    spares=(
        "The teacher rang on the third day.",
        "The chronology ends in June.",
        "The paediatrician was told with care.",
    ),
)
QUESTION = Rule(
    "question",
    re.compile(
        r"\?\s*$|\b(?:considered|asked|explore[ds]?|examine[ds]?|consider|establish|determine|"
        r"to what extent)\s+(?:\w+\s+){0,3}(?:whether|if|how)\b|^(?:whether|how|was|were|did|to (?:consider|"
        r"establish|examine|review))\b|\b(?:terms of reference|will consider|to consider whether)\b",
        re.I,
    ),
    "What a review sets out to ask is not what it found.",
    catches=(
        "Were the visits frequent enough?",
        "The panel considered whether the threshold was met.",
        "To establish what was known of the father.",
        "How the boy’s wishes were heard.",
    ),
    spares=(
        "The worker did not know how long the boy had been alone.",
        "The midwife asked about the bruise.",
        "The threshold was not met, and nobody said why.",
    ),
)
SUSPECTED = Rule(
    "suspected",
    re.compile(
        r"\b(?:suspected|alleged(?:ly)?|possible|may have|might have|appears to have|rumour\w*)\b",
        re.I,
    ),
    "What is suspected or alleged may count, but a person should know that it is no more than that.",
    catches=(
        "It is alleged that he struck her.",
        "She may have been drinking.",
        "The X-ray showed a possible fracture.",
    ),
    spares=(
        "He was convicted of striking her.",
        "She drank each evening in May.",
        "It was impossible to say.",
    ),
)
SIBLING = Rule(
    "sibling",
    re.compile(
        r"\b(?:sibling|half-?(?:brother|sister)|older (?:child|brother|sister)|brother|sister)s?\b",
        re.I,
    ),
    "What is said of a sister or brother may not be true of the child whom the review is about.",
    catches=(
        "His older sister had been in care.",
        "The half-brother saw it.",
        "Both siblings were moved.",
    ),
    spares=(
        "The mother’s aunt had been in care.",
        "The grandmother slept in the same room.",
    ),
)
HISTORIC = Rule(
    "historic",
    re.compile(
        r"\b(?:prior to the (?:period|review)|previous (?:relationship|partner|household)|years (?:before|"
        r"earlier)|historical(?:ly)?|in the past)\b",
        re.I,
    ),
    "What is said of earlier years may have played no part in what happened; a person weighs it.",
    catches=(
        "In a previous relationship she had been beaten.",
        "He drank in the past.",
        "Three years earlier the family had lived elsewhere.",
    ),
    spares=(
        "She was beaten in the week of the birth.",
        "The previous visit was in June.",
        "He drove past the school.",
    ),
)
LABEL = Rule(
    "label",
    re.compile(
        r"^[A-Z][\w’' ]{2,40}:\s+",
    ),
    "The lead-in to part of a card (`How it showed: ...`) does not make a question of what follows it.",
    catches=(
        "How it showed: the visits stopped.",
        "What was known: the boy had been moved twice.",
    ),
    spares=(
        "Visits, calls and letters stopped: nobody asked why.",
        "how it showed: by chance.",
        "The visits stopped at 10:30 on that day, and nobody asked why.",
    ),
)

RULES: tuple[Rule, ...] = (
    SHORTCOMING,
    CONCLUDED_NOT,
    NO_SHORTCOMING,
    DENIED,
    IRRELEVANT,
    POLICY,
    PRAISED_BEFORE,
    ASKS_FOR_WORDS,
    PRAISE,
    QUESTION,
    SUSPECTED,
    SIBLING,
    HISTORIC,
)
"""All rules that say something about a sentence; LABEL only marks where one begins."""
SAYINGS: Mapping[str, re.Pattern[str]] = {rule.name: rule.pattern for rule in RULES}
"""Their patterns by name, in this order."""


@lru_cache(maxsize=4096)  # a sentence is looked at for itself and for the one before it, and once for each code
def said(text: str) -> frozenset[str]:
    """The names of the rules that hold of a whole sentence."""
    return frozenset(name for name, saying in SAYINGS.items() if saying.search(text))
