"""What stands before or after a wording in its clause and turns it round: the named rules of negation.

Each looks at the words on one side of a wording. The learned weights do not depend on these (compare `SAYINGS` in
language.py).
"""

import re

from scr_llm.text.language import Rule

NEGATED_BEFORE = Rule(
    "negated before",
    re.compile(
        r"\b(?:no (?:evidence|indication|suggestion|history|record|sign|signs|reports?|concerns?|known|information|"
        r"disclosures?|reason)\b[^.;]{0,60}$|"
        r"(?:den(?:y|ied|ies)|ruled out|free (?:of|from)|never been|was not|were not|is not|not considered|not found)\b"
        r"[^.;]{0,50}$|"
        r"(?:no|not|nor|never|neither|without)\s+(?:\w+\s+){0,4}$)",
        re.I,
    ),
    "Words just before a family factor say that there was none of it.",
    catches=(
        "There was no evidence of ",
        "The father denied any ",
        "She had never been known for ",
    ),
    spares=(
        "There was evidence of ",
        "Nobody denied it; the father's ",
        "The visit was not made. There was ",
    ),
)
DENIED_BEFORE = Rule(
    "denied before",
    re.compile(r"\b(?:no|not|nor|never)\s+(?:\w+\s+){0,2}$", re.I),
    "A shortcoming is denied only by a word close before it: farther off, `not` is mostly the shortcoming itself.",
    catches=(
        "There was no ",
        "The panel saw not the slightest ",
    ),
    spares=(
        "The school did not in all that time pass on the ",
        "There was some ",
    ),
)
ABSENT_AFTER = Rule(
    "absent after",
    re.compile(
        r"^[^.;]{0,60}?\b(?:was|were|is|are)\s+"
        r"(?:not (?:a )?(?:feature|factor|issue|present|known|found|identified|reported|suspected|apparent|evident)|"
        r"ruled out|denied|negative)",
        re.I,
    ),
    "Words just after it say that it was not so.",
    catches=(
        " was not a feature of this case.",
        " by either parent was ruled out.",
    ),
    spares=(
        " was a feature of this case.",
        " was not recorded.",
    ),
)
AROUND_A_WORDING = (NEGATED_BEFORE, DENIED_BEFORE, ABSENT_AFTER)
"""In the order in which they are looked for."""
