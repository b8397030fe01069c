"""Dates that point at a person: every date that says more than a year, and what is less where it is of a birth.

Of a date, of whatever it is, no more than the year is sent: a reader who has the day on which somebody was born, was
admitted or died can find out who it is. That is the rule of “safe harbor” (45 CFR 164.514(b)(2)(i)(C)). A year alone,
a season, a feast without its year, and two figures that may be a day and a month are replaced only beside a word of
birth.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scr_llm.text.dates import MONTH, dates
from scr_llm.text.language import Rule

_LABEL = (
    r"(?:\bd ?[./]? ?[o0] ?[./]? ?b(?:[’']?s)?(?![^\W_])(?: ?\.)?|\bd of b\b|\bbirth ?-?(?:dates?|year|details)\b|"
    r"\b(?:dates?|years?|yr\.?|time) (?:of )?(?:birth|delivery|born)\b|\byob\b|\bdyddiad geni\b)"
)
_AGE = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"twenty(?:-one)?|thirty|forty|fifty|sixty|seventy|eighty|ninety|an adult)"
)
_BIRTH = (
    rf"(?:{_LABEL}|\b(?:still)?born\b|\bganwyd\b|\b(?:still)?births?\b|\bb(?:irth|[’'/-])?days?\b|\bdelivered\b|"
    r"\bcame into the world\b|"
    r"\b(?:baby|boy|girl|son|daughter|twins?|sister|brother|siblings?)(?: \w+)? (?:came|arrived|followed)\b|"
    r"\b(?:had|has) (?:an?|her|his|their|another) (?:[\w-]+ ){0,3}?(?:baby|child|son|daughter|boy|girl|twins)\b|"
    rf"\b(?:turn|attain|reach|becom)(?:e|ed|es|s|ing)? (?:the age of )?{_AGE}\b|"
    rf"\bw(?:ill|ould) (?:be|have been) {_AGE}\b)"
)
_HERE = r"(?:(?!(?<!\bSt)(?<!\bDr)(?<!\bMr)\.[ \n]+[A-Z]|[;|]|\n\n).)"
"""A character within the sentence."""
_PERSON = (
    r"\b(?:child|girl|boy|son|daughter|eldest|youngest|oldest|older|younger|middle|twin|baby|infant|sibling|brother|sister|"
    r"subject|pupil|patient|mother|father|mum|dad|[mp]g[mf]|little ones?|twins)(?: [A-Z]?\d?)?"
)
_SEX = r"(?:m|f|male|female|boy|girl)\b\.?"


@dataclass(frozen=True, slots=True)
class BirthCue(Rule):
    """A rule on what stands before what is left of a date of birth, or behind it.

    In `catches`, the date stands in square brackets.
    """

    forms: tuple[str, ...] = ("feast", "short", "loose")
    """The forms of a date that it holds for."""


BEFORE: tuple[BirthCue, ...] = (
    BirthCue(
        "word of birth",
        re.compile(rf"{_BIRTH}{_HERE}{{0,55}}$", re.I | re.S),
        "Behind a word of birth, in its sentence, a month, a year, a feast or a day is of that birth.",
        catches=(
            "DOB unknown, thought to be [1979]. Year of birth: [1984]",
            "She was born in [May 1999], born towards the end of [2006], born in [1961] in Hull.",
            "Twin 1 arrived on [Boxing Day 2010]. Her birthday is on [3 May]. He turned five on [3 May].",
            "Born [12 maja 2007], he turned six in [May]. His sister followed in [2009].",
        ),
        spares=("The file of 2009 was lost. He was born early. In 2009 he moved. In May it closed.",),
        forms=("feast", "short", "loose", "month", "foreign"),
    ),
    BirthCue(
        "label before figures",
        re.compile(rf"{_LABEL}\W{{0,5}}$", re.I),
        "Forms leave out the strokes.",
        catches=("DOB: [030509]",),
        spares=("Ref 030509 of 2009.",),
        forms=("digits",),
    ),
    BirthCue(
        "letter b",
        re.compile(r"(?-i:(?<![\w.])(?<!tion )(?<!part )(?<!para )(?<!graph )b(?:\. ?| ?)|(?<!\w)[Bb]n\.? ?)$"),
        "Genograms and lists shorten born to a letter.",
        catches=("MGF (b. [1947]), girl (b [12/98])",),
        spares=("Paragraph b 12 applies.", "Child B 2009"),
    ),
    BirthCue(
        "letters of a genogram",
        re.compile(r"(?<![\w&])(?:[MP]G[MF]|[MFCS]\d?|Sib ?\d?|Ch ?\d)(?: \()?[ =]$"),
        "Genograms put the year behind the letters that stand for somebody.",
        catches=("MGM [1961], M [1988], F1 [1985], C2 ([2012])",),
        spares=("MGM d. 2002. In M&S 1985 a form M was signed.",),
        forms=("loose",),
    ),
    BirthCue(
        "child of a year",
        re.compile(r"\b(?:child|girl|boy|son|daughter|baby|infant) of $", re.I),
        "A son of 1999 was born then.",
        catches=("She has a son of [1999] and a daughter of [2002].",),
        spares=("The Child Act of the boys of Hull, 1999.",),
        forms=("loose",),
    ),
    BirthCue(
        "person before a bracket",
        re.compile(rf"(?:{_PERSON}|\baged? \d{{1,3}}|\b\d{{1,3}} ?(?:[MF]|y/?o|yrs?)),? \((?:{_SEX},? )?$", re.I),
        "In brackets behind a child, a parent or an age stands when they were born.",
        catches=("The eldest ([10/06]) slept. Child 1 (f, [2009]) too.",),
        spares=("The conference (12/09) and the move (2006).",),
        forms=("short", "loose"),
    ),
)
"""What may stand before what is left of a date of birth."""
BEHIND: tuple[BirthCue, ...] = (
    BirthCue(
        "word of birth behind",
        re.compile(rf"{_HERE}{{0,25}}(?:{_BIRTH}|\bbab(?:y|ies)\b|\b(?-i:SVD|NVD|LSCS|EMCS|ELCS)\b)", re.I | re.S),
        "Chronologies put the date before the birth.",
        catches=("In [May 2009] Child K was born.", "On [3 May] Mother gave birth.", "A [Christmas Eve 2009] baby."),
        spares=("In 2009 the GP saw the mother at her own home, before the birth.",),
    ),
)
"""What may stand behind it."""
_A_MONTH = re.compile(MONTH, re.I)
_AND_ANOTHER = re.compile(
    r",? ?(?:(?:and|&|or|to)\b ?)?(?:(?:[A-Z][\w-]*|an?|the|her|his|another)(?: [\w-]+){0,2} )?"
    r"(?:\(|(?:in|of|on) )?(?:the )?"
)
"""What may stand between the years of two births: born in 2006, and Sibling 2 in 2008."""
_NUMBER_IN_NEXT_LINE = re.compile(r"\n.*(?<!\d)\d{1,2}$", re.S)
"""No year, but a number of what begins there: it closed in November.\\n32. That the Board …"""
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
_WINDOW = 110
"""Characters before a date in which a cue is looked for."""


def personal_dates(text: str) -> Iterator[tuple[int, int]]:
    """The dates in a text that point at a person."""
    flat = _LINE_END.sub(" ", text)
    end_of_last = -1
    for date in dates(flat):
        form = "digits" if date["run_on"] else date.lastgroup or ""
        before = flat[max(0, date.start() - _WINDOW) : date.start()]
        if (
            (_says_more_than_a_year(date[0], form) and not _NUMBER_IN_NEXT_LINE.search(text[date.start() : date.end()]))
            or any(cue.pattern.search(before) for cue in BEFORE if form in cue.forms)
            or any(cue.pattern.match(flat, date.end()) for cue in BEHIND if form in cue.forms)
            or (form == "loose" and end_of_last >= 0 and _AND_ANOTHER.fullmatch(flat, end_of_last, date.start()))
        ):
            yield date.span()
            is_of_birth = form in ("loose", "feast") and not _A_MONTH.search(date[0])
            end_of_last = date.end() if is_of_birth else -1


def _says_more_than_a_year(date: str, form: str) -> bool:
    """Whether it is a date whatever stands beside it. A month has a capital: Child 2 may be seen."""
    has_month = form != "month" and _A_MONTH.search(date) is not None and date != date.lower()
    return form == "day" or has_month or (form == "feast" and date[-1].isdigit())
