"""What happened to the child, by the earliest sentence that tells it."""

import re

from scr_llm.records import Context, DraftQuote
from scr_llm.stages.code.facts.stated import FIRST_SENTENCES, HAPPENED, OTHERS, StatedFact, keep
from scr_llm.text.flow import Sentence

_SEXUAL_ABUSE = r"sexual(?:ly)? (?:abus|assault|exploit)\w*|indecent(?:ly)? assault\w*|\braped?\b"
_CAUSES: tuple[tuple[Context, str], ...] = (
    (
        "suicide",
        r"\bsuicide\b|\bt(?:ook|aken|ake|aking) (?:his|her|their) own li(?:fe|ves)|\bby (?:his|her) own hand|"
        r"killed (?:him|her)self|hang(?:ed|ing) (?:him|her)self|(?:found|by|had) hang(?:ed|ing)\b",
    ),
    (
        "co_sleeping",
        r"co-?sle(?:ep|pt)\w*|\boverla(?:y|id|in|ying)\b|bed[- ]shar\w*|"
        r"(?:asleep|slept|sleeping|dozed off|share[ds]?|lay down)\b[^.]{0,60}"
        r"\b(?:sofa|settee|armchair|couch|two-seater|bed with|same bed)|"
        r"(?:sofa|settee|armchair|couch|bed)\b[^.]{0,40}\b(?:asleep|sleeping)\b",
    ),
    (
        "ingestion",
        r"\bingest\w*|\bswallow\w*[^.]{0,40}(?:methadone|tablets|medicine|drug|poison)|"
        r"(?:methadone|medicine|bottle)\b[^.]{0,60}\bdrank\b|\bdrank (?:most|all|some|half|from)\b|"
        r"(?:death|died)\b[^.]{0,60} (?:from|of) (?:methadone|an overdose|poisoning)|methadone poisoning",
    ),
    ("sexual_abuse", _SEXUAL_ABUSE),
    (
        "physical_assault",
        r"skull fracture|rib fractures?|fractures? (?:to|of)|fractured|bleeding (?:on|over) the brain|"
        r"\bshak(?:en|ing)\b|assaulted by|the assaults?\b|assault (?:on|upon|of) (?:him|her|the (?:child|baby))|"
        r"non-accidental|head injur\w*|inflicted injur\w*|brain (?:damage|injur\w*)|\bmurder(?:ed)?\b|manslaughter|"
        r"\bbeaten\b|grievous bodily harm|struck|bruises|ruptured",
    ),
    (
        "natural_causes",
        r"natural causes?|died of (?:\w+ ){0,2}(?:asthma|sepsis|septic\w+|meningitis|pneumonia|infection|epilepsy|"
        r"ketoacidosis|diabetes|cancer|leukaemia|disease)|overwhelming infection",
    ),
    (
        "unknown_cause",
        r"(?:no|not|un)\w* (?:\w+ ){0,3}(?:medical )?cause(?: of death)?|"
        r"cause of (?:\w+ )?death (?:\w+ ){0,4}"
        r"(?:unknown|unascertained|not (?:be )?(?:been )?(?:established|determined|ascertained))|unascertained",
    ),
)
_VIOLENCE = re.compile(
    r"\b(?:convicted|murder\w*|manslaughter|non-accidental|inflicted|assault(?:ed|s)? (?:by|on|upon|of)|the assaults?|"
    r"shaken|beaten|grievous)\b"
)
_RELATIVES_TOO: tuple[Context, ...] = ("suicide", "ingestion", "natural_causes")
"""What happens to relatives too, so that the sentence must mean the child."""
_HYPOTHETICAL = re.compile(
    r"\b(?:whether|terms of reference|criteria|guidance|procedures?|regulations|statutory|requires?|"
    r"consider(?:ed)? whether|nothing to suggest|no (?:sign|evidence|indication)|ought|should)\b",
    re.I,
)
_NEGLECTED = re.compile(r"\bneglect(?:ed)?\b|child cruelty", re.I)
_LONG_AGO = re.compile(r"\b(?:In (?:19|200)\d+|years (?:before|earlier|ago)|former|previous|once|sentenced to)\b")

_TELLING_SECTIONS = ("introduction", "facts", "other", "process", "analysis", "conclusion")
_TELLING_SENTENCES = 90
"""Sentences from the beginning within which a review tells what happened."""
_SURELY_THE_CHILD = 15
"""Telling sentences at the beginning that are about the child even where they do not name it."""


def context_of(body: list[Sentence], names: list[str], quotes: dict[str, DraftQuote]) -> Context:
    """What happened, by the earliest sentences that tell it.

    Where no death, assault or sexual abuse is told, and neglect is, it is neglect.
    """
    telling = [
        s for s in body[:_TELLING_SENTENCES] if s.section_kind in _TELLING_SECTIONS and not _HYPOTHETICAL.search(s.text)
    ]
    if found := _causes_told(telling, body, names):
        first = min(found, key=lambda c: found[c][0])
        # Where a baby died beside a sleeping adult, "no cause of death was found" is not the whole story.
        if first == "unknown_cause" and "co_sleeping" in found:
            first = "co_sleeping"
        keep("context", found[first][1], quotes)
        return first
    if neglect := _neglect(telling, body):
        keep("context", neglect, quotes)
        return "neglect"
    return "not stated"


def _causes_told(
    telling: list[Sentence], body: list[Sentence], names: list[str]
) -> dict[Context, tuple[int, StatedFact]]:
    """Each cause with the place of the first telling sentence that gives it."""
    is_violent = any(_VIOLENCE.search(s.text) for s in body)
    found: dict[Context, tuple[int, StatedFact]] = {}
    for at, sentence in enumerate(telling):
        if not HAPPENED.search(sentence.text):
            continue
        is_about_the_child = at < _SURELY_THE_CHILD or any(re.search(rf"\b{n}\b", sentence.text) for n in names)
        for context, expression in _CAUSES:
            match = re.search(expression, sentence.text, re.I)
            if not match or _of_another(sentence.text, context, match, names):
                continue
            if context == "physical_assault" and not is_violent:
                continue  # an injury that nobody is said to have caused
            if is_about_the_child or context not in _RELATIVES_TOO:
                found.setdefault(context, (at, StatedFact(context, match.group(), sentence.page)))
    return found


def _neglect(telling: list[Sentence], body: list[Sentence]) -> StatedFact | None:
    """The first sentence that tells of neglect, where neither a death nor sexual abuse is told."""
    if any(re.search(r"\b(?:died|death of|found dead|lifeless)\b", s.text, re.I) for s in telling[:FIRST_SENTENCES]):
        return None
    if any(re.search(_SEXUAL_ABUSE, s.text, re.I) or re.search(r"\bsex(?:ual)? offen", s.text) for s in body):
        return None
    for s in body:
        match = _NEGLECTED.search(s.text)
        if match and not _HYPOTHETICAL.search(s.text) and not re.search(r"\b(?:no|not|nor)\b", s.text):
            return StatedFact("neglect", match.group(), s.page)
    return None


def _of_another(text: str, context: Context, match: re.Match[str], names: list[str]) -> bool:
    """Whether something is told of a relative, or of long ago."""
    if context not in _RELATIVES_TOO:
        return bool(_LONG_AGO.search(text))
    before = text[: match.start()]
    relative = max((m.end() for m in OTHERS.finditer(before)), default=-1)
    child = max(
        (m.end() for m in re.finditer(r"\b(?:[Cc]hild|[Bb]aby|boy|girl|who|whom|they|both)\b", text)), default=-1
    )
    named = max((m.end() for name in names for m in re.finditer(rf"\b{name}\b(?![’']s)", before)), default=-1)
    opens_with_the_child = r"^(?:He|She|They)\b|[Pp]athologist|[Pp]ost-mortem|[Cc]oroner|[Ii]nquest"
    if max(named, child) < 0 and not re.search(opens_with_the_child, text):
        return True
    # Whoever is named last before the words is the one they are about.
    return relative > max(named, child if child < match.start() else -1)
