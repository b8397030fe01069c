"""The register of recommendations: what each asks, of whom, by when, on which theme; what it leaves open; and which say the same."""

import re
from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz import fuzz

from scr_llm.records import Code, Evidence, Item, RegisterRow
from scr_llm.stages.synthesise.count import Coded, Counted
from scr_llm.text.flow import readable
from scr_llm.text.wording import compile_wordings

SAME = 82
"""How alike two recommendations must be, of 100, to be listed as repeated (rapidfuzz token set ratio over their content words)."""
_TIMES = re.compile(
    r"\b(?:within (?:the (?:next|first) )?(?:\w+|\d+) (?:working )?(?:day|week|month|year)s?(?: of [\w ]{3,40})?|by (?:the end of )?(?:January|February|March|April|May|June|July|August|September|October|November|December)(?: \d{4})?|"
    r"by (?:the end of )?\d{4}|before (?:the end of )?(?:the (?:financial |calendar |school )?year|[A-Z]\w+ \d{4})|by the end of the (?:financial |calendar |school )?year|immediately|forthwith|at once|"
    r"(?:each|every) (?:day|week|month|quarter|year|term)|(?:twice|once|three times) (?:a|each|every) (?:month|quarter|year|term)|(?:yearly|annual(?:ly)?|quarterly|monthly|weekly|termly))\b"
)
_MEASURE = re.compile(
    r"\b(?:audit\w*|report(?:s|ed|ing)? (?:back|to|on|upon|progress|annually|each|every)|monitor\w*|measur\w*|evidence|assurance|dip[- ]sampl\w*|sampl\w*|evaluat\w*|scorecard|performance|target|per cent|compliance|test whether|satisf\w+)\b",
    re.I,
)
_COMMON = frozenset(
    [
        "that",
        "should",
        "ensure",
        "ensures",
        "the",
        "and",
        "for",
        "with",
        "all",
        "its",
        "their",
        "this",
        "which",
        "from",
        "have",
        "has",
        "been",
        "are",
        "is",
        "be",
        "to",
        "of",
        "in",
        "on",
        "by",
        "a",
        "an",
        "or",
        "any",
        "as",
        "at",
        "it",
        "that's",
        "will",
        "must",
        "not",
        "each",
        "every",
        "when",
        "where",
        "who",
        "whom",
        "they",
        "them",
        "than",
        "other",
        "into",
        "whether",
        "review",
        "board",
        "safeguarding",
        "children",
        "child",
        "agency",
        "agencies",
        "staff",
        "service",
        "services",
        "local",
    ]
)


def register(counted: Counted) -> tuple[RegisterRow, ...]:
    """One row a recommendation, in the order of the paper."""
    rows, words, looks = [], [], {code.id: _names(code) for code in counted.codebook.codes}
    for review in counted.reviews:
        for item in review.coding.recommendations:
            text = readable(item.text)
            when = _TIMES.search(text)
            timescale = when.group() if when else ""
            gaps = [
                name
                for name, missing in (
                    ("addressee", not item.addressee),
                    ("timescale", not when),
                    ("measure", not _MEASURE.search(text)),
                )
                if missing
            ]
            rows.append(
                RegisterRow(
                    id=item.id,
                    document_id=review.document.id,
                    case_label=counted.labels[review.document.id],
                    number=item.number or "",
                    text=text,
                    page=item.page,
                    addressee=item.addressee or "",
                    timescale=timescale,
                    themes=_themes(counted, review, item, looks),
                    gaps=tuple(gaps),
                )
            )
            words.append(frozenset(w for w in re.findall(r"[a-z]{3,}", text.lower()) if w not in _COMMON))
    groups = _repeated(rows, words)
    return tuple(row.model_copy(update={"repeats": groups.get(at, ())}) for at, row in enumerate(rows))


def _themes(counted: Counted, review: Coded, item: Item, words: dict[str, re.Pattern[str] | None]) -> tuple[str, ...]:
    """Codes whose counted evidence touches the recommendation, or whose words in the codebook it uses."""
    found, text = [], readable(item.text)
    for code in counted.codebook.codes:
        cell, looks = review.theme(code.id), words[code.id]
        touched = cell and counted.is_present(cell) and any(_touch(a, b) for a in cell.evidence for b in item.evidence)
        if touched or (looks and looks.search(text)):
            found.append(code.id)
    return tuple(found)


def _names(code: Code) -> re.Pattern[str] | None:
    """What the codebook calls a code and its subjects."""
    label = re.sub(r"\(.*?\)|[^\w\s'’-]", " ", code.label)
    return compile_wordings(
        (" ".join(label.split()), *code.aliases, *code.subjects, *(s for sub in code.sub_codes for s in sub.subjects))
    )


def _touch(one: Evidence, other: Evidence) -> bool:
    return one.page == other.page and one.start < other.end and other.start < one.end


def _repeated(rows: Sequence[RegisterRow], words: Sequence[frozenset[str]]) -> dict[int, tuple[str, ...]]:
    """Row to the ids of rows of other reviews that ask nearly the same. Compared are only rows that share three content words or more."""
    holding: dict[str, list[int]] = defaultdict(list)
    for at, own in enumerate(words):
        for word in own:
            holding[word].append(at)
    found: dict[int, list[int]] = defaultdict(list)
    for at, own in enumerate(words):
        shared: dict[int, int] = defaultdict(int)
        for word in own:
            if len(holding[word]) <= max(50, len(rows) // 10):  # a word that everybody uses tells nothing
                for other in holding[word]:
                    if other > at:
                        shared[other] += 1
        for other, many in shared.items():
            if (
                many >= 3
                and rows[other].document_id != rows[at].document_id
                and fuzz.token_set_ratio(" ".join(sorted(own)), " ".join(sorted(words[other]))) >= SAME
            ):
                found[at].append(other)
                found[other].append(at)
    return {at: tuple(rows[o].id for o in sorted(others)) for at, others in found.items()}
