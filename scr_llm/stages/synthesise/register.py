"""The register of recommendations.

What each asks, of whom, by when and on which theme; what it leaves out; and which others ask the same.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz

from scr_llm.records import Code, Item, RegisterRow
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.text.flow import readable
from scr_llm.text.places import overlap
from scr_llm.text.wording import compile_wordings

SAME = 82
"""How alike two recommendations must be, of 100, to be listed as repeated.

The measure is rapidfuzz's token set ratio over their content words.
"""
_TIMES = re.compile(
    r"\b(?:within (?:the (?:next|first) )?(?:\w+|\d+) (?:working )?(?:day|week|month|year)s?(?: of [\w ]{3,40})?|"
    r"by (?:the end of )?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: \d{4})?|"
    r"by (?:the end of )?\d{4}|"
    r"before (?:the end of )?(?:the (?:financial |calendar |school )?year|[A-Z]\w+ \d{4})|"
    r"by the end of the (?:financial |calendar |school )?year|immediately|forthwith|at once|"
    r"(?:each|every) (?:day|week|month|quarter|year|term)|"
    r"(?:twice|once|three times) (?:a|each|every) (?:month|quarter|year|term)|"
    r"(?:yearly|annual(?:ly)?|quarterly|monthly|weekly|termly))\b"
)
"""By when or how often."""
_MEASURE = re.compile(
    r"\b(?:audit\w*|report(?:s|ed|ing)? (?:back|to|on|upon|progress|annually|each|every)|monitor\w*|measur\w*|evidence|"
    r"assurance|dip[- ]sampl\w*|sampl\w*|evaluat\w*|scorecard|performance|target|per cent|compliance|test whether|"
    r"satisf\w+)\b",
    re.I,
)
"""How anyone will know that it was carried out."""
_COMMON_WORDS = """
that should ensure ensures the and for with all its their this which from have has been are is be to of in on by a an or
any as at it that's will must not each every when where who whom they them than other into whether review board
safeguarding children child agency agencies staff service services local
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that say nothing of what a recommendation asks."""
_SHARED = 3
"""Content words that two recommendations must share before they are compared."""


def register(tally: ThemeTally) -> tuple[RegisterRow, ...]:
    """One row for each recommendation, in the order of the paper."""
    patterns = {code.id: _names(code) for code in tally.codebook.codes}
    rows = [_row(tally, review, item, patterns) for review in tally.reviews for item in review.coding.recommendations]
    groups = _repeated(rows, [_content_words(row.text) for row in rows])
    return tuple(row.model_copy(update={"repeats": groups.get(at, ())}) for at, row in enumerate(rows))


def _row(
    tally: ThemeTally, review: CodedReview, item: Item, patterns: dict[str, re.Pattern[str] | None]
) -> RegisterRow:
    text = readable(item.text)
    when = _TIMES.search(text)
    stated = {"addressee": item.addressee, "timescale": when, "measure": _MEASURE.search(text)}
    return RegisterRow(
        id=item.id,
        document_id=review.document.id,
        case_label=tally.labels[review.document.id],
        number=item.number or "",
        text=text,
        page=item.page,
        addressee=item.addressee or "",
        timescale=when.group() if when else "",
        themes=_themes(tally, review, item, patterns),
        gaps=tuple(name for name, found in stated.items() if not found),
    )


def _content_words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in _COMMON)


def _themes(
    tally: ThemeTally, review: CodedReview, item: Item, patterns: dict[str, re.Pattern[str] | None]
) -> tuple[str, ...]:
    """Codes whose counted evidence overlaps the recommendation, or whose words in the codebook it uses."""
    found, text = [], readable(item.text)
    for code in tally.codebook.codes:
        cell, pattern = review.theme(code.id), patterns[code.id]
        counted = cell.evidence if cell and tally.is_present(cell) else ()
        overlaps = any(overlap(a, b) for a in counted for b in item.evidence)
        if overlaps or (pattern and pattern.search(text)):
            found.append(code.id)
    return tuple(found)


def _names(code: Code) -> re.Pattern[str] | None:
    """What the codebook calls a code and its subjects."""
    label = re.sub(r"\(.*?\)|[^\w\s'’-]", " ", code.label)
    subjects = (subject for sub in code.sub_codes for subject in sub.subjects)
    return compile_wordings((" ".join(label.split()), *code.aliases, *code.subjects, *subjects))


def _repeated(rows: Sequence[RegisterRow], words: Sequence[frozenset[str]]) -> dict[int, tuple[str, ...]]:
    """Each row to the ids of rows of other reviews that ask nearly the same.

    Only rows that share `_SHARED` content words or more are compared: comparing all pairs would take too long.
    """
    same: dict[frozenset[str], list[int]] = defaultdict(list)
    for at, own in enumerate(words):
        same[own].append(at)
    sets, sorted_words = list(same), [" ".join(sorted(own)) for own in same]
    holding: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(sets):
        for word in own:
            holding[word].append(number)
    # A word that so many use does not tell two of them apart. More than that are not compared, however many there are.
    too_common = min(max(50, len(rows) // 10), 500)
    telling = {word for word, held in holding.items() if sum(len(same[sets[n]]) for n in held) <= too_common}
    found: dict[int, list[int]] = defaultdict(list)
    for number, own in enumerate(sets):
        shared = Counter(other for word in own & telling for other in holding[word] if other >= number)
        for other, many in shared.items():
            if many >= _SHARED and fuzz.token_set_ratio(sorted_words[number], sorted_words[other]) >= SAME:
                _pair(rows, same[own], same[sets[other]], found)
    return {at: tuple(rows[o].id for o in sorted(others)) for at, others in found.items()}


def _pair(rows: Sequence[RegisterRow], some: Sequence[int], others: Sequence[int], found: dict[int, list[int]]) -> None:
    """Note that rows ask nearly the same, each with those of other reviews."""
    for at in some:
        for other in others:
            if rows[other].document_id != rows[at].document_id:
                found[at].append(other)
                if some is not others:
                    found[other].append(at)
