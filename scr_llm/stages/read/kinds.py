"""Tell from its heading what a section is for."""

import re

from scr_llm.records import SectionKind

NUMBERING = re.compile(r"^(?:(?:section|part|chapter)\s+)?(?:\d+(?:\.\d+)*\.?|[A-Z][.)]|[ivx]+[.)])\s*", re.I)
"""A heading's number."""
_KINDS: tuple[tuple[SectionKind, str], ...] = (
    ("contents", r"contents"),
    ("action_plan", r"action plan|implementation plan|progress on action|action already taken|what we will do"),
    (
        "terms_of_reference",
        r"terms of reference|purpose of|scope of|key lines of enquiry"
        r"|questions (?:for (?!the (?:board|partnership))|asked|to be)|aims of|the questions",
    ),
    ("good_practice", r"good practice|positive practice|effective practice|strengths|what (?:went|worked) well"),
    (
        "recommendations",
        r"recommendation|recommended actions|what (?:we|the (?:panel|board|review|reviewer|author)s?) recommends?"
        r"|priorities for (?:action|change)|for the (?:board|partnership) to consider"
        r"|what (?:should|must|needs to|has to) (?:happen|change|be done)",
    ),
    ("lessons", r"lessons?\b|learning|what we learned|priorities for learning"),
    (
        "findings",
        r"findings?\b|what (?:we|the panel) found|matters? of concern|questions for the (?:board|partnership)"
        r"|key issues|issues and themes|key themes|emerging themes",
    ),
    ("conclusion", r"conclusion|concluding|summary of conclusions"),
    (
        "panel",
        r"panel|membership|independent (?:chair|author|overview)|contributors"
        r"|agencies (?:involved|represented|contributing)",
    ),
    ("glossary", r"glossary|abbreviations|acronyms|key to"),
    (
        "analysis",
        r"analysis|how (?:the )?(?:agencies|services|professionals) worked|key (?:practice )?episodes?|evaluation"
        r"|appraisal|critique|themes|episode|what the review found",
    ),
    (
        "facts",
        r"facts|summary of (?:events|the case|agency|involvement)|chronology|narrative|background|circumstances"
        r"|the (?:child|family|case|events)|story|day in the life|who was|history|agency involvement|what happened",
    ),
    ("process", r"process|methodology|how the review|conduct of|parallel|family involvement|the review$|method"),
    ("introduction", r"introduction|foreword|preface|executive summary|rationale|reason|why this"),
)


def section_kind(title: str) -> SectionKind:
    """What a section is for, from its heading."""
    plain = NUMBERING.sub("", title).lower()
    for kind, pattern in _KINDS:
        if re.search(pattern, plain):
            return kind
    return "other"
