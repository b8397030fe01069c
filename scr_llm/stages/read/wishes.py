"""Tell whether a sentence asks somebody to do something, and whom it asks."""

import re

_ASKS = re.compile(
    r"(?<!\bI )\b(?:should|must|shall|ought to|needs? to|may wish to)\b|\brecommends?\b"
    r"|\b(?:is|are) (?:asked|invited|urged|requested|advised|encouraged|recommended)\b|^That\b"
    r"|^(?:Will|Would|Could|Can|How will|How should|What would)\b[^.]*\?"
)
_STATES = re.compile(
    r"^(?:\S+ ){0,8}"
    r"(?:am|is|are|was|were|has|have|had|did|does|can|could|would|may|might|will|expects?|wanted|gives?)\b"
)
_TELLS = re.compile(r"^(?:[^\s,:]+ ){1,6}(?:was|were|has|have|had|did)\b|^(?:Agreed|Accepted|Completed|Implemented)\b")
"""A past tense near the beginning, whose subject did something; after an imperative it would be in a clause."""
_GERUND = re.compile(r"^[A-Z][a-z]+ing\b")
_NOT_ASKED = re.compile(
    r"^(?:The|A|An|This|These|That|Those|It|They|There|He|She|I|We|You|Yours|My|Our|To|In|On|At|By|For|From|Of|With)\b"
)


def asks(text: str) -> bool:
    """Whether a paragraph asks for something: with asking words, an imperative or a gerund (`Broadening ...`)."""
    if _ASKS.search(text):
        return True
    first = re.split(r"(?<=[.!?:;])\s", text, maxsplit=1)[0]
    if _GERUND.match(text):
        return not _STATES.search(first)
    return bool(text[-1:] == "." and not _NOT_ASKED.match(text) and not _STATES.search(first))


def only_tells(text: str) -> bool:
    """Whether a marked paragraph only reports what was done and asks for nothing."""
    return not _ASKS.search(text) and bool(_TELLS.search(text))


_TO = re.compile(r"^(?:\d+(?:\.\d+)*\.?\s+)?(?:(?:[Rr]ecommendations? )?(?:[Ff]or|[Tt]o) )?")
_WISHED = re.compile(r"\brecommend(?:s|ed)?\b(?:,[^.]{,80},)? that |^(?:That|For|Will|Could|Would|Can|How will) (?=\S)")
"""Words after which the subject of a wish follows."""
_MODAL = re.compile(r" (?:should|must|shall|will|ought to|needs? to|(?:is|are) (?:asked|invited|to)|may wish to|to)\b")
_PARTED = re.compile(r"[,:;.?](?:\s|$)")
_NOUN = re.compile(
    r"agenc(?:y|ies)|services?|trusts?|boards?|councils?|count(?:y|ies)|police|constabulary|partners?|partnerships?"
    r"|practices?|surger(?:y|ies)|schools?|academ(?:y|ies)|colleges?|nurser(?:y|ies)|hospitals?|infirmary|clinics?"
    r"|teams?|departments?|authorit(?:y|ies)|committees?|commissioners|group|providers?|probation|care|desk|wards?|government"
    r"|ministers|organisations?|bodies|units?|options|homes|health|project|society|practitioners",
    re.I,
)
"""What agencies are called."""
_CLAUSE = {"who", "which", "that", "whenever", "where", "if"}
_NO_NAME = re.compile(r"it|they|we|i|if|no|any|this|each child|children|patients|whether|what|whenever|where")


def addressee(text: str, section: str) -> str | None:
    """Who is asked, as printed.

    It is the agency that is the subject of the wish, by its fuller name if the heading gives that; otherwise the agency
    that the heading names.
    """
    heading = _TO.sub("", section).removesuffix(" to consider")
    head = heading if len(heading.split()) <= 8 and _named(heading.split()) and not _WISHED.search(heading) else None
    if head and re.search(r"recommend|action|what we|agency|response", head, re.I):
        head = None
    who = None
    if wished := _WISHED.search(text):
        who = _subject(text[wished.end() :], alone=True)
    who = who or (None if wished and not wished.start() else _subject(text, alone=text[:1].islower()))
    if head and (not who or {w.lower() for w in who.split()} - {"the"} <= {w.lower() for w in head.split()}):
        return head
    return who


def _subject(text: str, *, alone: bool) -> str | None:
    """The agency that a wish begins with.

    Args:
        text: the wish.
        alone: whether its verb may follow without `should` or the like.
    """
    modal, parted = _MODAL.search(text), _PARTED.search(text)
    if modal and not (parted and parted.start() < modal.start()):
        words = text[: modal.start()].split()
        clear = modal.group() != " to" or all(w[:1].isupper() or _named([w]) or w == "and" for w in words)
        if (
            words
            and clear
            and len(words) <= 12
            and not _CLAUSE & set(words)
            and not _NO_NAME.fullmatch(words[0].lower())
            and (_named(words) or _proper(words))
        ):
            return " ".join(words)
    if not alone:
        return None
    words = (text[: parted.start()] if parted else text).split()[:10]
    named = _named(words)
    if not named or _NO_NAME.fullmatch(words[0].lower()):
        return " ".join(words[:2]) if len(words) > 1 and words[0].isupper() and words[1][:1].isupper() else None
    last = named[0]
    while last + 1 < len(words) and (
        last + 1 in named
        or words[last + 1][:1].isupper()
        or (last + 2 in named and re.search(r"ing$|^(?:and|of)$", words[last + 1]))
    ):
        last += 1
    return " ".join(words[: last + 1])


def _named(words: list[str]) -> list[int]:
    """The indices of words that name agencies."""
    return [n for n, word in enumerate(words) if _NOUN.fullmatch(re.sub(r"[’']s?$", "", word.strip("(),")))]


def _proper(words: list[str]) -> bool:
    return len(words) <= 4 and all(word[:1].isupper() for word in words) and not _NOT_ASKED.match(words[0])
