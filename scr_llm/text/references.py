"""Numbers of cases, files, patients and incidents: told by the label before them, or by their form."""

import re
from collections.abc import Iterator

_CODE = re.compile(r"[A-Z\d]+(?:[/-][A-Z\d]+)*(?:(?<=\d) \d{3}(?![\w/-]|[.,]\d))*")
"""Capitals and digits in one word; figures may follow in threes."""
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[/-](?:0?[1-9]|1[0-2])[/-](?:\d{4}|\d\d)|\d{4}-\d\d-\d\d(?:T\d+)?")
_SYSTEM = (
    r"\b(?:our ref|your ref|ref(?:erence)?|file|case|hospital|hosp|crime|incident|log|complaint|unit|record|patient|"
    r"client|pupil|system|account|a/c|claim|policy|passport|visa|licence|occurrence|wristband|sort code|id|"
    r"URN|UPN|CRN|PNC|MRN|CAD|CRO|ASN|ICS|DL|h/n|mosaic|paris|systmone|niche|rio|emis|carefirst|swift|framework-?i|"
    r"liquidlogic|datix|steis|cris|athena|holmes|visor|carenotes|badgernet|capita|northgate|civica|lorenzo|cerner|exhibit|"
    r"entry|episode|badge|tenancy|booking|nominal|candidate|centre|plate|serial|minute|card|location)\b"
    r"(?: (?:of|for) (?:the |his |her |their )?[a-z-]+)?\.?[:,]?#? {0,2}"
)
"""What a number follows at once: the system that gives it, or what it is the number of."""
_NO_CASE = (
    r"(?:the|an?|by|bus|page|para(?:graph)?|recommendation|section|version|issue|volume|draft|table|figure|children|total|"
    r"small|large|any|this|that|same|no|appendix|chapter|article|act|circular|regulation|item|room)"
)
_NUMBERED = (
    rf"\b(?!{_NO_CASE}\b)(?:[a-z][\w’'&/-]{{0,20}})[.)]? ?[(/]?"
    r"(?:nos?|nr|number|ref|reference|id|log|code|pin)\b\.?:?#? {0,2}"
)
"""Whatever has a number: a word, and then that it is one."""
_COLLAR = (
    r"(?P<collar>(?-i:\b(?:W?PC|PCSO|PS|DC|DS|DI|DCI|Sgt|[Cc]onstable|[Ss]ergeant|[Oo]fficer)"
    r"(?: [A-Z][\w’'-]+){0,2} (?:\()?))"
)
"""A police officer, with or without a name, whose number follows."""
_LABELLED = re.compile(
    rf"(?:{_SYSTEM}|{_NUMBERED}|{_COLLAR})(?:(?:is|was|(?:given|recorded) as) )?"
    r"(?P<prefix>(?!NHS|ID|NO|REF)\d?(?-i:[A-Z]){2,4} )?$",
    re.I,
)
_ABBREVIATED = re.compile(r"(?<!\w)(?!ISBN|ISSN|GBP|USD|EUR|SI\b|BP\b)[A-Z][A-Z&]{1,5}:? $")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER_WORD = re.compile(r"\b(?:nos?|nr|number|ref|reference|id|log|CAD|code|pin)\b", re.I)
_NAMED_BEHIND = re.compile(
    r" (?:is|was|being) (?:the|his|her|their|an?) (?:[\w’'-]+ ){0,3}?(?:number|no|reference|ref|id)\b", re.I
)
_ANOTHER = re.compile(r" ?(?:/|,|&|and|or)(?: and)? ?")
"""Between two numbers of one label."""
_EXHIBIT = re.compile(r"\b[Ee]xhibits? (?P<it>[A-Z]{2,4}/?\d{1,3})\b")
_BEFORE = 40
"""Characters before a code in which its label is looked for."""


def references(text: str) -> Iterator[tuple[int, int]]:
    """The numbers in a text that lead to a case or a person."""
    yield from (exhibit.span("it") for exhibit in _EXHIBIT.finditer(text))
    end_of_last = -1
    for code in _CODE.finditer(text):
        digits = sum(map(str.isdigit, code[0]))
        is_mixed = digits > 1 and len(code[0]) > 4 and any(map(str.isalpha, code[0]))
        if (digits < 3 and not is_mixed) or _DATE.fullmatch(code[0]):
            continue
        start = code.start()
        before = text[max(0, start - _BEFORE) : start]
        is_word = not re.match(r"\w", text[code.end() : code.end() + 1]) and not re.search(r"[^\W_]$", before)
        label = _LABELLED.search(before) if is_word else None
        if label and (label["collar"] or not _YEAR.fullmatch(code[0]) or _NUMBER_WORD.search(label[0])):
            end_of_last = code.end()
            yield start - len(label["prefix"] or ""), code.end()
        elif is_word and (
            _NAMED_BEHIND.match(text, code.end())
            or (end_of_last >= 0 and not _YEAR.fullmatch(code[0]) and _ANOTHER.fullmatch(text, end_of_last, start))
        ):
            end_of_last = code.end()
            yield code.span()
        elif is_word and not re.search(r"[/-]$", before) and not text.startswith("/", code.end()):
            is_abbreviated = digits > 4 and code[0][0].isdigit() and _ABBREVIATED.search(before)
            if is_abbreviated or _is_like_a_reference(code[0], digits):
                yield code.span()


def _is_like_a_reference(code: str, digits: int) -> bool:
    """Whether letters and digits together make a code that nothing else is."""
    if re.fullmatch(r"\d{2,4}-\d{6,}|\d{1,3}/\d{4,6}/\d{2,4}|[A-Z]\d{5,}|[A-Z]{2,3}(?!(?:19|20)\d\d$)\d{4,}", code):
        return True
    return digits > 3 and len(code) > 6 and any(map(str.isalpha, code)) and not re.fullmatch(r"[A-Z]+[/-]\d{4}", code)
