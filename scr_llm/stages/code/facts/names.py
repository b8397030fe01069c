"""Who a review is about: the authority's board, the case's pseudonym, and what the text calls each child."""

import re
from collections import Counter

from scr_llm.records import Reading
from scr_llm.stages.code.facts.stated import StatedFact
from scr_llm.text.flow import Flow, Sentence, readable

_BOARD = re.compile(
    r"\b(?P<who>[A-Z][\w’'-]+(?: (?:and|upon|on|in|of|the|[A-Z][\w’'-]+)){0,4}?)\s+"
    r"(?:Local )?Safeguarding "
    r"(?:(?:Children(?:[’']s)?|Child(?:ren)?) (?:Boards?|Partnership)|Partnership(?: Board)?)"
)
_WORD = (
    r"(?!(?:Mr|Mrs|Ms|Miss|Dr|Mother|Father|Executive|Summary|Overview|Full|Final|Report|Serious|Review|Published|"
    r"Board)\b)[A-Z][a-zà-ÿ]+"
)
_ONE = (
    rf"(?:(?:Child|Baby|Young [Pp]erson|Person|Adult|Family)\s+(?:[A-Z]{{1,3}}\d?\b|\d{{1,3}}\b|{_WORD})|"
    rf"[A-Z]\d\b|{_WORD})"
)
_NAME = (
    r"(?P<name>Children\s+(?:[A-Z]|\d)(?:, (?:[A-Z]|\d))*,? and (?:[A-Z]|\d)\b|The Twins\b|"
    rf"{_ONE}(?:(?:, {_WORD})*,? and (?:{_WORD}|[A-Z]\d\b))?)"
)
_TITLES = (
    re.compile(
        r"(?P<name>\b(?:Child|CHILD|Baby|BABY|Person|Young Person|YOUNG PERSON) (?:\d{1,3}|[A-Z]{1,2}\d?)\b)(?!,? and )"
    ),
    re.compile(rf"\b(?:concerning|in respect of|regarding|relating to|in relation to|death of|injury to)[\s|]+{_NAME}"),
    re.compile(rf"\b(?:Review|REVIEW|Summary|SUMMARY|summary|Report)\s*[:.–—-][\s|]+{_NAME}"),
    re.compile(rf"(?:^|[.:|]\s){_NAME}\s*[:.–—]"),
)
"""How a title names its case."""
_CALLED = re.compile(
    r"\b(?:call(?:s|ed)?|known|named|refer(?:s|red) to|concerns|the (?:name|pseudonym))"
    rf"(?: (?:her|him|them|here|as|in this \w+))*\s+[“‘'\"]?{_NAME}"
)
_LETTERED = re.compile(r"\b(?P<name>(?:Child|Baby|Young [Pp]erson) (?:[A-Z]{1,2}\d?|\d{1,3}))\b(?![’']?[a-z]{2})")
_PLACE_BEHIND = r"(?:(?:and \w+ )?(?:Local )?Safeguarding|Council|Hospital|Police|Constabulary|Children|Trust|County)"
"""What stands behind a name that is a place or an agency."""

_OPENING_CHARACTERS = 320
"""Of the first page, in which a title is looked for."""
_CALLED_WITHIN = 6_000
"""Characters from the beginning within which a sentence gives the child its name."""
_FIRST_PAGE_WEIGHT = 3
"""What a board on the first page counts, against 1 elsewhere."""


def authority_of(reading: Reading) -> StatedFact | None:
    """The board that is named most, if it is on the first page or named more than once."""
    counts: Counter[str] = Counter()
    first: dict[str, StatedFact] = {}
    for page in reading.pages:
        for match in _BOARD.finditer(re.sub(r"\n{2,}", " | ", page.text).replace("\n", " ")):
            name = re.sub(r"^(?:The|That|That the|Of|And|By)\s+| and District$", "", match["who"]).strip()
            counts[name] += _FIRST_PAGE_WEIGHT if page.number == 1 else 1
            first.setdefault(name, StatedFact(name, match.group(), page.number))
    board = max(counts, key=lambda name: (counts[name], -first[name].page), default=None)
    return first[board] if board and counts[board] > 1 else None


def pseudonym_of(reading: Reading, flow: Flow) -> StatedFact | None:
    """The case's name: from its title, else from a sentence that names the child, else the letter used throughout."""
    text = readable(flow.text)
    whole = readable(" ".join(page.text for page in reading.pages))
    opening = _opening(reading)
    titles = sorted((match.start("name"), match["name"]) for pattern in _TITLES for match in pattern.finditer(opening))
    called = (match["name"] for match in _CALLED.finditer(text[:_CALLED_WITHIN]))
    for name in (*(name for _, name in titles), *called):
        name = re.sub(r"^[A-Z]{4,}(?: [A-Z]{4,})?(?= )", lambda capitals: capitals.group().title(), name)
        if _is_name(name, whole):
            return _found(reading, name)
    counts = Counter(match["name"] for match in _LETTERED.finditer(text))
    name = max(counts, key=lambda n: counts[n], default=None)
    return _found(reading, name) if name and counts[name] > 2 else None


def names_of(body: list[Sentence], pseudonym: str | None) -> list[str]:
    """The children of a pseudonym, each as the text calls it."""
    if not pseudonym:
        return []
    if pseudonym == "The Twins":
        return list(dict.fromkeys(re.findall(r"\b(?:Baby|Child) ([A-Z])\b", " ".join(s.text for s in body[:6]))))
    if pseudonym.startswith("Children "):
        parts = re.findall(r"\b[A-Z]\b|\b\d+\b", pseudonym)
    else:
        parts = [
            re.sub(r"^(?:Child|Baby|Family|Young [Pp]erson) (?=[A-Z])", "", part)
            for part in re.split(r",? and |, ", pseudonym)
        ]
    # "A", "I" and a number are words in their own right, and name a child only behind "Child".
    return [rf"Child {part}" if part in ("A", "I") or part.isdigit() else part for part in parts]


def _opening(reading: Reading) -> str:
    """The top of the first page, without running headers."""
    page = reading.pages[0]
    text = page.text
    for mark in reversed([m for m in page.marks if m.kind in ("header", "footer", "page_number", "hidden")]):
        text = text[: mark.start] + text[mark.end :]
    return readable(re.sub(r"\s*\n\s*", " | ", text.strip()))[:_OPENING_CHARACTERS]


def _is_name(name: str, text: str) -> bool:
    """Whether a name is used as one: again and again, never as a common word, and not of a place or an agency."""
    if re.fullmatch(r"Person \d+", name):
        return True
    if name == "The Twins":
        return bool(re.search(r"\btwins\b", text))
    words = re.findall(r"[A-Z][a-zà-ÿ]{2,}", re.sub(r"^(?:Child|Baby|Young [Pp]erson|Family|Children)\b", "", name))
    for word in words:
        uses = len(re.findall(rf"\b{word}\b", text))
        is_common = re.search(rf"\b{word.lower()}\b", text)
        is_place = re.search(rf"\b{word} {_PLACE_BEHIND}", text)
        if uses < 3 or is_common or is_place:
            return False
    if re.fullmatch(r"[A-Z]\d(?: and [A-Z]\d)*", name):
        return all(len(re.findall(rf"\b{letter}\b", text)) > 2 for letter in name.split(" and "))
    return bool(words) or bool(re.search(r"(?:Child|Baby|Person|Children) ", name))


def _found(reading: Reading, name: str) -> StatedFact | None:
    """A name as a page first prints it."""
    for page in reading.pages:
        if match := re.search(r"\s+".join(map(re.escape, name.split())), page.text, re.I):
            return StatedFact(name, readable(match.group()), page.number)
    return None
