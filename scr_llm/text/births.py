"""Dates of birth: how texts write a date, and what beside it tells that it is of somebody's birth.

Every date in a text is asked once. What tells it to be of birth stands before it (a label, a word of birth, an age that
is reached, a person in front of a bracket), behind it, or is the date of birth in the row before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scr_llm.text.dates import dates
from scr_llm.text.language import Rule
from scr_llm.text.not_names import GIVEN_NAMES, NOT_NAMES, WORDS_AND_NAMES
from scr_llm.text.person_cues import CALLING, OFFICE, RANK, ROLES, TITLE

_EVENT = (
    r"(?!\b(?:died|moved|came|went|lived|referred|seen|saw|visit\w*|discharged|admitted|placed|removed|"
    r"enter(?:ed|s)|and (?:\w+ed|the|on|then)|until|since|letter|report\w*|incident|"
    r"death|d\.?o\.?d|registered|notified|attend\w*|arrested|convicted|"
    r"conference|meeting|began|started|told|said|when|policy|version)\b|"
    r"(?<!\bSt)(?<!\bDr)(?<!\bMr)\.[ \n]+(?-i:[A-Z])|[;|]|\n\n)"
)
"""Not these, between a word of birth and its date: something else happened on that day."""
_OTHER_VERB = (
    r"(?!\b(?:was|were|had|has|subject|led)\b|\b(?!(?:prolong|conceal|complicat|assist|delay|undiagnos|plann|unplann|induc|"
    r"retain|nam|ag|expect|shar|attend|call|estimat|record)ed\b)\w{3,}ed\b)"
)
"""Nor a verb in the past that does not go with a birth."""
_SO_FAR = rf"(?:{_EVENT}{_OTHER_VERB}.){{0,110}}?"
_LABEL = (
    r"(?:\bd ?[./]? ?[o0] ?[./]? ?b(?![^\W_])(?: ?\.)?|\bd ?[./]? ?[o0] ?[./]? ?b(?: ?\.)?[’']?s\b\.?|"
    r"\bd of b\b|\bd/b\b|\bbirth ?-?(?:dates?|year)\b|"
    r"\bdates? (?:of )?(?:birth|delivery|born)\b|\b(?:years?|yr\.?|time) of birth\b|\bbirth (?:details|notification)\b|"
    r"\byob\b|\bbirth(?=:)|\bdelivery(?=:)|"
    r"\bdyddiad geni\b|\bwhen(?: and where)? born\b)"
)
_BORN = (
    r"(?:\b(?:still)?born\b|\bganwyd\b|\bdelivered\b|\bg[ai]ve(?:s|n)? birth\b|\b(?:still)?birth (?:of|on)\b|"
    r"\b(?:the|her|his|their|baby[’']?s|twins[’']?) (?:birth|arrival)\b|\b(?:[A-Z]\w+[’']s birth)\b|"
    r"\b(?:baby|boy|girl|son|daughter|twins?)(?: \w+)? (?:came(?! home| back| to| in)|"
    r"arrived(?! home| back))\b|\b(?:birth|arrival) (?:was|took place|occurred)\b|"
    r"\b(?:came|come) into the world\b|\b(?:had|has) (?:a|an|her|his|their|another|twin) (?:[\w-]+ ){0,3}?"
    r"(?:baby|child|son|daughter|boy|girl|twins)\b)"
)
_TIME = (
    r"(?:in|on|at|around|about|towards?|the|end|start|beginning|first|second|third|last|week|weekend|half|middle|of|"
    r"early|late|hours|shortly|just|before|after|midnight|day|\w+day|morning|evening|night|"
    r"(?:\d+|two|three|four|five|six|ten|a few|few) (?:days?|weeks?|hours?|minutes?)|"
    r"afternoon|at home|prematurely|approx(?:imately|\.)?|some ?time|"
    r"during|only|to (?:the |an? |her |his )?\w+|(?-i:in [A-Z]\w+))"
)
_HEDGE = (
    r"(?:unknown|n/?k|not|known|thought|believed|understood|claimed|to|be|is|was|were|are|given|stated|as|approx\w*\.?|"
    r"possibly|probably|about|around|circa|est\w*\.?|in|recorded)\b"
)
_AGE = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|"
    r"twenty(?:-one)?|thirty|forty|fifty|sixty|seventy|eighty|ninety|a hundred|one hundred|"
    r"majority|adulthood)"
)
_PERSON = (
    r"\b(?:child|girl|boy|son|daughter|eldest|youngest|oldest|older|younger|middle|twins?|triplets?|baby|infant|"
    r"sibling|brother|sister|subject|pupil|patient|mother|father|mum|dad|mgm|mgf|pgm|pgf|adult|victim|"
    r"suspect)(?: [A-Z]?\d?)?"
)
_SEX = r"(?:m|f|male|female|boy|girl|son|daughter)\b\.?"
_RELATION = rf"(?:{_SEX}|(?:subject|mother|father|mum|dad|sibling|brother|sister|partner|[mp]g[mf])\b(?: child)?)"
_DELIVERY = (
    r"(?:\b(?-i:SVD|NVD|LSCS|EMCS|ELCS|EMLSCS|NBFD|C/S|[Dd]el\.)|"
    r"\b(?:forceps|ventouse|caesarean(?: section)?|delivered))"
)
_INFANT = r"\b(?:inf(?:ant)?|baby (?:boy|girl)|newborn|live (?:fe)?male)"


@dataclass(frozen=True, slots=True)
class BirthCue(Rule):
    """A rule on what stands before a date of birth, or behind it. In `catches`, the date stands in square brackets."""

    forms: tuple[str, ...] = ("day",)
    """The forms of a date that it holds for."""
    is_label: bool = False
    """Whether it says in so many words that a date of birth follows: others may follow in its sentence."""


BEFORE: tuple[BirthCue, ...] = (
    BirthCue(
        "label",
        re.compile(rf"{_LABEL}(?:\W{{0,8}}|(?:{_EVENT}[^\d]){{0,60}}?)$", re.I | re.S),
        "Behind a label for it, with a few words between, stands the date of birth.",
        catches=(
            "DOB: [07 08 2003]. D/O/B [3.5.09]; D.O.B. (DD/MM/YYYY): [03/05/2009]",
            "Her date of birth was given as [3 May 2009]. Date of birth | [3 May 2009]",
            "Dyddiad geni: [3 Mai 2009]",
        ),
        spares=("Date of death: 3 May 2009. Letter of 3 May 2009.", "The DOB is not known. She died on 3 May 2009."),
        is_label=True,
    ),
    BirthCue(
        "label with a looser date",
        re.compile(rf"{_LABEL}(?:\W{{0,5}}|(?:[ ,:(?]*{_HEDGE}){{1,7}}[ :?,]*)$", re.I),
        "Forms leave out the strokes, and know a year, a month or a feast only.",
        catches=("DOB: [030509], dob [c. 1979], DOB unknown, thought to be [1979].", "Year of birth: [1984]"),
        spares=("Ref 030509 of 2009.", "The date of birth appears in the 2009 file."),
        forms=("digits", "feast", "short", "loose"),
        is_label=True,
    ),
    BirthCue(
        "letter b",
        re.compile(
            r"(?-i:(?<![\w.])(?<!tion )(?<!part )(?<!para )(?<!graph )b(?:\. ?| ?)|"
            r"(?<!\w)[Bb]n\.? ?|(?:^|[.;,()/] ?)B\. ?)$|\bbirth[ ,:(–-]{1,4}$"
        ),
        "Genograms and lists shorten born to a letter.",
        catches=("MGF (b. [1947]), girl (b [12/98]), Mary b. [3.5.09]",),
        spares=("Paragraph b 12 applies.", "Child B 2009"),
        forms=("day", "feast", "short", "loose"),
    ),
    BirthCue(
        "word of birth",
        re.compile(rf"{_BORN}(?! to the\b){_SO_FAR}$", re.I | re.S),
        "Behind a word of birth, with a few words between, stands the day of it.",
        catches=(
            "He was born early on the [14th of August 2011].",
            "Born by caesarean section at St. Osyth's, with no family there, on [3 May 2009].",
            "On a Sunday she had a son, on [3 May 2009].",
        ),
        spares=(
            "He was born in Leeds and moved on 3 May 2010.",
            "The letter was delivered on 3 May 2010; she was delivered to the court on 3 May 2010.",
            "The birth was registered on 3 May 2010.",
        ),
    ),
    BirthCue(
        "word of birth with a looser date",
        re.compile(
            rf"(?:{_BORN}|\bbirth|\barrived|"
            rf"\bcame early|\bturned (?:{_AGE}))(?:,? {_TIME}){{0,9}}(?:[ :=,(–-]{{1,3}})$|"
            rf"\b(?:born|gave birth)\b(?:{_EVENT}(?!\b(?:was|were|had|has|and)\b)[^\d]){{0,40}}? on (?:the )?$",
            re.I,
        ),
        "Next to a word of birth, a month, a year, a feast or a day without its year is one too.",
        catches=(
            "She was born in [May 1999], born towards the end of [2006], born in [1961] in Hull.",
            "He was born eleven days earlier, on [3 May].",
            "Twin 1 arrived on [Boxing Day 2010].",
        ),
        spares=("He was delivered home on Boxing Day.", "He was born in Leeds, which in 2009 had no unit."),
        forms=("feast", "short", "loose"),
    ),
    BirthCue(
        "age reached",
        re.compile(
            rf"\b(?:turn|attain|reach)(?:ed|s|es|ing)? (?:the age of )?(?:{_AGE})\b"
            rf"(?:{_EVENT}(?!\b(?:and|in)\b)[^\d]){{0,25}}?$|"
            rf"\b(?:reach(?:ed|es|ing)?|becom(?:es?|ing)|became|(?:would|will|to|[’']d) (?:be|have been)|[’']ll be|"
            r"is|(?<=e)[’']s) "
            rf"(?:the age of )?(?:{_AGE}|an adult) (?:years (?:old|of age) )?on (?:the )?$",
            re.I,
        ),
        "The day on which an age is reached is a birthday.",
        catches=("He turned five on [3 May 2014]. She would have been 17 on [8 October 2016].",),
        spares=("She was aged 24 on 3 May 2012.", "The case would be closed on 3 May 2012."),
        forms=("day", "feast", "short"),
    ),
    BirthCue(
        "birthday",
        re.compile(
            rf"\bb(?:irth|[’'/-])?days?\b(?:{_EVENT}(?!\b(?:not|after|before|by)\b)[^\d]){{0,45}}?$",
            re.I,
        ),
        "A birthday, with a few words behind, is a date of birth without the year.",
        catches=(
            "His 90th birthday party was held on [4 July 2012]. Her birthday is on [3 May].",
            "The birthdays ([3 May] and [12 November]) were kept.",
        ),
        spares=("The birthday was not kept until 3 May 2012.", "The conference was on 9 June."),
        forms=("day", "feast", "short"),
    ),
    BirthCue(
        "person before a bracket",
        re.compile(
            rf"(?:{_PERSON}|\bage(?:d|:)? \d{{1,3}}|\b\d{{1,3}} ?(?:[MF]|y/?o|yrs?(?: old)?|years(?: old)?)|"
            rf"\b(?:now|then|nearly|almost) {_AGE}),? \((?:b\.? ?|(?:{_SEX},? )?(?:\d{{1,3}},? )?)$|"
            rf"\b{_AGE} (?:today|tomorrow|yesterday)[ ,(]{{1,3}}$|"
            rf"\bage/dob:? ?\d{{1,3}}[ /,]*$",
            re.I,
        ),
        "In brackets behind a child, a parent or an age stands the date of birth.",
        catches=("The eldest ([Oct 06]) slept. Child 1 (f, [3.5.09]) and Age 82 ([17/11/1934]).",),
        spares=("The conference (12.03.2009) and the move (Oct 06).",),
        forms=("day", "loose"),
    ),
    BirthCue(
        "row of a person",
        re.compile(
            rf"{_PERSON}[ ,|/;–-]{{1,3}}{_SEX}[ ,|/;–-]{{1,3}}$|\b\d{{3}}[ -]\d{{3}}[ -]\d{{4}},? $|"
            r"\b(?-i:[A-Z][^\W\d_]{1,30} (?:Mother|Father|Subject|Sibling|Brother|Sister|Son|Daughter)) $|"
            rf"{_INFANT}(?: (?-i:[A-Z])\w+)?[ ,:–-]{{1,3}}$",
            re.I,
        ),
        "Tables, lists and subject lines put it behind a sex, a relation, an NHS number or a name.",
        catches=(
            "Child 1 | Male | [03.05.2009] | Subject. 999 123 4567 [11/11/11]; Bran Mother [27.9.77].",
            "RE: Merrin Holloway [12/03/2009]",
        ),
        spares=("The child was seen 12/05/2008.", "The meeting was on 12/03/2009."),
    ),
    BirthCue(
        "delivery",
        re.compile(rf"{_DELIVERY}(?: on| at [\d+/]+)?[ :(,–-]{{1,3}}(?:on )?$", re.I),
        "Midwives write how a child was born, and then when.",
        catches=("2 x SVD ([3.5.09], [12.11.11]); Em LSCS [14/2/16]. Del. [14.2.16].",),
        spares=("EDD 3.5.09, USS 14/2/16.",),
    ),
)
"""What may stand before a date of birth."""
BEHIND: tuple[BirthCue, ...] = (
    BirthCue(
        "birth behind",
        re.compile(
            r"[ ,:|=–-]{1,4}(?:at [\d:.+/]+ (?:hrs |weeks[’']?,? )?|\d{4} hrs )?"
            rf"(?:(?:{_EVENT}\w+ ){{0,8}}?\bgave birth\b|(?:was |is |being )?(?:(?:his|her|their|[\w ]+[’']s) )?"
            r"(?:\w+ )?birthday\b|"
            r"(?:Child \w+ |Baby \w+ |she |he |(?-i:[A-Z]\w+) |the |baby |twins |was |were |a |boy |girl |live |"
            r"(?:fe)?male ){0,4}"
            rf"(?:(?:still)?born\b|(?:turned|celebrated (?:his|her|their)|reached|attained) "
            rf"(?:the age of )?(?:{_AGE}|\w+ birthday)\b|(?:still)?birth of\b|"
            rf"(?:had|has) (?:a|her|his|their|another) (?:[\w-]+ ){{0,2}}(?:baby|son|daughter|child|boy|girl)\b|"
            r"(?-i:SVD|NVD|LSCS|EMCS|ELCS|EMLSCS)\b|inf(?:ant)?\b|delivered (?:of|by|at|her|a|the) ))",
            re.I,
        ),
        "Chronologies put the date before the birth.",
        catches=(
            "On [3 May 2009] Mother gave birth. [28/04/11]: Baby P born. In [May 2009] Child K was born.",
            "[3.5.09] – SVD, live female infant. On [3 May 2014], his fifth birthday, he turned to her.",
        ),
        spares=("On 3 May 2009 Mother said that he had been born early.", "In 2009 the GP saw the newly born boy."),
        forms=("day", "feast", "short", "loose"),
    ),
    BirthCue(
        "label behind",
        re.compile(
            r",? \(?d\.?o\.?b\b(?!\W{0,6}[\d?]|\W{1,3}(?:unk|n/?k))\.?|"
            r",? \(?(?:(?:was|is|given|recorded|as) ){0,4}(?:(?:his|her|their|the|a) )?date of birth\b(?!\W{0,6}\d)",
            re.I,
        ),
        "Lists put the label behind the date as well.",
        catches=("[3.5.09] d.o.b. (Merrin). [3 May 1995] was given as her date of birth.",),
        spares=("Seen 12.6.14, d.o.b. unknown.",),
    ),
    BirthCue(
        "baby of a day behind",
        re.compile(r" bab(?:y|ies)\b", re.I),
        "A baby of a feast was born then.",
        catches=("She was a [Christmas Eve 2009] baby.",),
        spares=("On Christmas Eve 2009 the baby slept.",),
        forms=("day", "feast"),
    ),
)
"""What may stand behind a date of birth."""
_NO_BIRTH = re.compile(
    r"\b(?:before|after|following|since|prior to)\b[^.;,]{0,30}\b(?:birth|arrival|birthday|born)\b"
    r"(?:, on (?:the )?|[^.;(]{14,})$|"
    r"\b(?:letter|report|parcel|notice|order|summons|training|judgment|leaflet|session|programme|card|food|course|"
    r"papers?|services?)s?\b[^.;]{0,30}\bdelivered\b(?:[^.;](?!born)){0,60}$",
    re.I,
)
"""What happened before or after a birth; or something is delivered and is no child."""
_ROW = re.compile(
    rf"(?: ?@ ?[\d.:]+)?(?:,|,? and|,? or| &)(?: {_PERSON}(?: (?:was )?(?:born )?(?:on|in)(?: the)?)?)? ?", re.I
)
_RELATIVE = re.compile(
    rf"[ ,;/()–-]{{1,4}}(?:(?:and|&|or) )?(?:(?:{_PERSON}|{_RELATION}|parents?|[MFC]|mo|fa|sc|claimed|hospital|hosp|"
    r"record|registrar|passport|given|actual|real|true|alias|also)(?:[’']s)?[ :,(–-]{1,3}){1,3}| / ",
    re.I,
)
_ROW_OF_SEVERAL = re.compile(r"[ ,;&/–-]{1,3}")
_WORDED_ROW = re.compile(r"[^.;|\n\d]{0,45}?\b(?:as|and|but|or|says|has|gives|shows|also) ", re.I)
_SEVERAL = re.compile(r"(?:s\b|s\.)\W{0,5}$", re.I)
_CAPITAL = r"[A-ZÀ-ÞŚŻŁ][\w’'.-]*"
_NAME = re.compile(
    rf"(?P<name>{_CAPITAL}(?:(?:, | |/){_CAPITAL}){{0,4}})"
    rf"(?P<tie>[ ,:|/–-]{{1,3}}(?:\(?(?i:{_RELATION})[ ),|/–-]{{1,3}})?|"
    rf",? ?\((?:(?i:{_SEX}),? )?)$"
)
_ENTRY = re.compile(
    r"(?:^|[\n:;,|(•–.&“‘\"'-]|\band|\balias|\d[.)])\s*$|"
    r"\b(?:victim|perp(?:etrator)?|suspect|subject|child|baby|infant|mother|father|pupil|patient|nominal|alias|"
    r"reads?|reading|says|labelled|marked|captioned) $",
    re.I,
)
"""What stands before the name that opens an entry of a list of people."""
_ENTRY_OF_PERSON = re.compile(r"\b(?:child|baby|infant|victim|suspect|pupil|patient) $", re.I)
_AT_WORK = re.compile(
    rf"(?:\b(?:signed|signature|by|from|to|with|author|dated|cc|seen|chair|minutes?|completed|prepared)|"
    rf"\b(?:{CALLING}|{OFFICE})|\b(?-i:{ROLES}|{TITLE}|{RANK}))[.:,–-]* ?$",
    re.I,
)
"""Behind these, the date is of what somebody wrote or did."""
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")
_WINDOW = 130
"""Characters before a date in which a cue is looked for."""


def birth_dates(text: str) -> Iterator[tuple[int, int]]:
    """The dates of birth in a text."""
    flat = _LINE_END.sub(" ", text)
    row: tuple[int, bool, bool] = (0, False, False)
    for date in dates(flat):
        form = "digits" if date["run_on"] else date.lastgroup or ""
        start = max(row[0], date.start() - _WINDOW)
        before = flat[start : date.start()]
        cue = next((c for c in BEFORE if form in c.forms and c.pattern.search(before)), None)
        if cue and _NO_BIRTH.search(before):
            cue = None
        is_told = cue is not None or any(c.pattern.match(flat, date.end()) for c in BEHIND if form in c.forms)
        is_told = is_told or (
            form == "day"
            and flat[date.end() : date.end() + 1] != ":"
            and _is_behind_a_name(text[start : date.start()], date[0])
        )
        if is_told:
            row = (date.end(), cue is not None and cue.is_label, _SEVERAL.search(before) is not None)
        elif row[0] and _goes_on(flat[row[0] : date.start()], row):
            row = (date.end(), *row[1:])
        else:
            continue
        yield date.span()


def _goes_on(between: str, row: tuple[int, bool, bool]) -> bool:
    """Whether a date is in one row with the date of birth before it."""
    _, is_labelled, of_several = row
    if _ROW.fullmatch(between) or (of_several and _ROW_OF_SEVERAL.fullmatch(between)):
        return True
    return is_labelled and bool(_WORDED_ROW.fullmatch(between) or _RELATIVE.fullmatch(between))


def _is_behind_a_name(before: str, date: str) -> bool:
    """Whether a date stands behind the name that makes an entry of a list of people."""
    found = _NAME.search(before)
    if not found:
        return False
    words = [(m.start(), m[0]) for m in re.finditer(_CAPITAL, found["name"])]
    opens = max((at for at, (_, word) in enumerate(words, 1) if _is_word(word)), default=0)
    words = words[opens:]
    if not words or len(words[0][1].rstrip(".")) < 2:
        return False
    ahead = before[: found.start() + words[0][0]]
    if _AT_WORK.search(ahead) or not _ENTRY.search(ahead):
        return False
    is_given = words[0][1].casefold() in GIVEN_NAMES
    if len(words) == 1:
        is_person = is_given or any(c.isalpha() or c == "(" for c in found["tie"]) or _ENTRY_OF_PERSON.search(ahead)
        return bool(is_person or ("/" in words[0][1] and words[0][1].isupper()))
    return is_given or "(" in found["tie"] or date[-3:-2] in "/.-" or date[-5:-4] in "/.-"


def _is_word(word: str) -> bool:
    folded = word.casefold().replace("’", "'").rstrip(".")
    return folded in NOT_NAMES and folded not in WORDS_AND_NAMES
