"""Details that point at a person: contact data, dates of birth, numbers, addresses, schools and hospitals.

Each rule has its reason, and sentences in which it must find the details (in square brackets) or nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scr_llm.text.institutions import institutions
from scr_llm.text.language import Rule
from scr_llm.text.not_names import NOT_NAMES

_MONTH_NAME = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)"
)
_MONTH = rf"{_MONTH_NAME}\.?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:(?:19|20)\d\d|[’']?\d\d)"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? (?:the )?)?"
_DATE = (
    rf"(?:{_WEEKDAY}(?:{_DAY}(?:st|nd|rd|th)?(?: day)?(?: of)?[ -]{_MONTH},?[ -]{_YEAR}|"
    rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}|{_DAY}[/. -]{_DAY}[/. -]{_YEAR}|"
    rf"(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY}))(?![\w/])"
)
_BORN = (
    r"(?:\bborn\b|\bbirth ?dates?\b|\bdates? of birth\b|\bd\.? ?o\.? ?b\b\.?|\bd of b\b|(?-i:(?<=[ (])b\.)|"
    r"\bbirthdays?\b|\bturn(?:ed|s|ing) \w+ on\b|\bdelivered\b|\bgave birth\b|(?<!previous )\bbirth (?:of|on|was on)\b|"
    r"\b(?:the|her|his|their|baby[’']?s|twins[’']?) (?:birth|arrival)\b)"
)
_SO_FAR = (
    r"(?:(?!\b(?:died|moved|was|were|had|has|came|went|lived|referred|seen|visited|discharged|admitted|placed|removed|"
    r"subject|until|since|letter|report|incident|death)\b|\.[ \n]+[A-Z]|[;|]|\n\n).){0,60}?"
)
_W = r"[A-ZÀ-ÞŚŻŁ][\w’'.-]*"
_ROAD = (
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Crescent|Cres|Drive|Court|Ct|Place|Way|Walk|Row|Rise|Terrace|Mews|Grove|"
    r"Gardens|Gdns|Hill|Hollow|Park|Parade|Square|Sq|Green|View|Fold|Gate|Yard|Wharf|Quay|Croft|Meadows?|Bank|Brow|End|"
    r"Side|Passage|Vale|Villas|Cottages?|Buildings|House|Heights|Mount|Dell|Dene|Chase|Common|Causeway|Broadway|Wynd|"
    r"Bridge|Towers?|Point|Path|Alley|Arcade|Circus|Esplanade|Promenade|Ridge|Orchard|Fields|Lea|Garth|Loke|Drove|Farm|"
    r"Lodge|Snicket|Ginnel|Hey|Holt|Copse|Spinney|Landing|Reach|Mill)"
)
_INSURANCE = r"\b[A-Z]{2}(?:[ -]?\d{2}){3}[ -]?[A-D]\b"
_LABEL = (
    r"\b(?:our ref|your ref|ref(?:erence)?|file|case|hospital|hosp|crime|incident|log|complaint|unit|URN|"
    r"UPN|CRN|PNC|MRN|CAD|record|patient|client|pupil|system|account|claim|policy|passport|licence|Mosaic|ICS|PARIS|"
    r"SystmOne|NICHE|RiO|EMIS|CareFirst|occurrence|id)"
    r"(?: (?:no|nos|number|ref|reference|id|log|code))?\b\.?:?#? ?"
)


@dataclass(frozen=True, slots=True)
class Detail(Rule):
    """A rule on details. In `catches`, what it must find stands in square brackets."""

    kind: str = ""
    """What its placeholder is called."""

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it finds something."""
        groups = [g for g in self.pattern.groupindex if g.startswith("it")]
        if self.kind in ("SCHOOL", "HOSPITAL"):
            yield from institutions(text, self.kind.lower())
            return
        for match in self.pattern.finditer(text):
            if not _is_spared(self.kind, match):
                yield from [match.span(g) for g in groups if match[g]] or [match.span()]


def _is_spared(kind: str, match: re.Match[str]) -> bool:
    """What has the form of a detail and is none."""
    if kind == "ADDRESS":
        words = re.findall(r"[^\W\d_][\w’'-]*", match[0])
        generic = [word.casefold().replace("’", "'") in NOT_NAMES for word in words]
        if "The" in words[:1]:
            return any(generic[1:])
        return all(generic[:-1]) and words[-1] in (
            "Court",
            "House",
            "Place",
            "Way",
            "View",
            "Point",
            "Green",
            "End",
            "Side",
            "Path",
        )
    if kind == "NUMBER" and re.fullmatch(r"\d{10}", match[0]):
        return not _is_nhs(match[0])
    return False


def _is_nhs(digits: str) -> bool:
    """Whether ten digits have the check digit of an NHS number."""
    left = 11 - sum(int(d) * (10 - at) for at, d in enumerate(digits[:9])) % 11
    return left % 11 == int(digits[9])


DETAILS: tuple[Detail, ...] = (
    Detail(
        "e-mail address",
        re.compile(r"(?<![\w.+'’-])[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+\b"),
        "It names a person or leads to one.",
        catches=("Write to [r.alder+duty@saltmere.example] today.",),
        spares=("They met @ 9.30 in Room 2.",),
        kind="EMAIL",
    ),
    Detail(
        "web address or handle",
        re.compile(
            r"\b(?:https?://|www\.)\S+[\w/]|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:example|test|invalid|com|org|net|uk|eu|info|ie)\b"
            r"(?:/[\w./?=&%#~+-]*[\w/])?|(?<![\w@.])@[A-Za-z]\w{2,}",
        ),
        "Profiles and papers of a case are found by it.",
        catches=("See [https://saltmere.example/a?b=c].", "It is at [board.saltmere.example/child] and [@vin_tarrow]."),
        spares=("The case was closed.The file went missing.", "E.g. a visit, i.e. a talk."),
        kind="WEB",
    ),
    Detail(
        "NHS number",
        re.compile(
            r"(?<![\d+-])(?<!\(0\))(?<!44 )\d{3}[ -]\d{3}[ -]\d{4}(?![\d-])|(?<![\w+/-])\d{10}(?![\w/-])|"
            r"(?i:\bNHS(?: (?:no|number|num)\b\.?)?:? ?)(?P<it>\d[\d -]{7,12}\d)"
        ),
        "Ten digits in the form of an NHS number; where nothing else says so, with its check digit.",
        catches=("NHS number [999 123 4567]; again [999-123-4567].",),
        spares=("It cost 2079460123 pounds.", "In 2010 2011 it fell."),
        kind="NUMBER",
    ),
    Detail(
        "National Insurance number",
        re.compile(
            rf"(?i:\b(?:NI|NINO|insurance)\b[^\d\n]{{0,15}}?\b)(?P<it>(?i:{_INSURANCE}))|{_INSURANCE}|"
            r"(?i:\b[A-Z]{2}\d{6}[A-D]\b)"
        ),
        "Two letters, six digits and a letter. Prefixes that are not in use are found as well: people mistype them.",
        catches=("NI number [QQ 12 34 56 C], once [qq123456c].",),
        spares=("At 12 30 45 a bell rang.",),
        kind="NUMBER",
    ),
    Detail(
        "telephone number",
        re.compile(
            r"(?<![\w.£/-])(?:(?:\+|00)\d{2}(?:[ ()-]{0,3}\d){8,12}|\(?0\d{2}(?:[ ()-]{0,2}\d){7,8}|"
            r"0(?:800|845)(?:[ -]?\d){4}|7\d{3}[ -]\d{3}[ -]?\d{3}|0\d{2,4}\.\d{3,4}\.\d{3,6})(?![\d/])"
            r"(?:,? ?(?:ext|x)\.? ?\d{2,5})?"
        ),
        "By form, and not by the list of numbers in use: those mistyped, withdrawn or kept for fiction count too.",
        catches=("Ring [07700 900123], [+44 (0)113 496 0001] or [(01632) 960999].", "Ring [020-7946-0001 ext 12]."),
        spares=("On 07.09.2013 at 11:00.", "Pages 1632–1641, £01632.", "Log 0419 of 2013."),
        kind="PHONE",
    ),
    Detail(
        "postcode",
        re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?(?!(?-i:\d(?:st|nd|rd|th))\b)\d[ABD-HJLNP-UW-Z]{2}\b", re.I),
        "It stands for a few houses.",
        catches=("They moved to [DN42 9YU], then [pr207ld].",),
        spares=("At M25 services.", "Form G2 1st page."),
        kind="POSTCODE",
    ),
    Detail(
        "date of birth",
        re.compile(
            rf"{_BORN}{_SO_FAR}(?P<it>{_DATE}|(?<=born in )(?:{_MONTH} (?:19|20)\d\d))"
            r"(?:(?: or |, (?:also|or|and)[^.;\n]{0,30}? |,[^.;\n\d]{0,30}? (?:says|has|gives|shows) )"
            rf"(?P<it2>{_DATE}))?",
            re.I | re.S,
        ),
        "Behind words of birth, with a few words between, stands the date of it.",
        catches=("Born [3 May 2009].", "DOB: [07 08 2003]", "He was born early on the [14th of August 2011]."),
        spares=("Child K died on 3 March 2012.", "He was born in Leeds and moved on 3 May 2010."),
        kind="BIRTH DATE",
    ),
    Detail(
        "short date of birth",
        re.compile(
            r"\b(?:d\.?o\.?b\.?|date of birth)\W{0,3}(?P<it>\d{6}(?:\d\d)?)\b|"
            r"\b(?:born|birthday)(?: (?:is|was|falls))?(?: on)?(?: the)? "
            rf"(?P<it2>{_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH_NAME})\b(?!\.?,? \d)",
            re.I,
        ),
        "Forms leave out the strokes of a date of birth, and people the year.",
        catches=("DOB: [030509]", "Her birthday is [9 June]; he was born on the [3rd of May]."),
        spares=("Ref 030509. The conference was on 9 June.",),
        kind="BIRTH DATE",
    ),
    Detail(
        "date before a birth",
        re.compile(
            rf"(?P<it>{_DATE})[,:]?(?: [–-])? (?:(?:at \d\d:\d\d )?"
            r"(?:Child \w+|Baby \w+|she|he|(?-i:[A-Z]\w+)|the|baby|twins|was|were|a|boy|girl) ?){0,4}"
            r"\b(?:born|gave birth|delivered|birth of)\b",
            re.I,
        ),
        "Chronologies put the date before the birth.",
        catches=("On [3 May 2009] Mother gave birth.", "[28/04/11]: Baby P born at home."),
        spares=("On 3 May 2009 Mother said that he had been born early.",),
        kind="BIRTH DATE",
    ),
    Detail(
        "date behind a name",
        re.compile(rf"\b(?:re|subject|name|child|patient|pupil): [^\n\d;]{{3,40}}?[ ,(]+(?P<it>{_DATE})", re.I),
        "In the subject of a letter or form the date behind a name is the date of birth.",
        catches=("RE: Merrin Holloway [12/03/2009]",),
        spares=("The meeting was on 12/03/2009.",),
        kind="BIRTH DATE",
    ),
    Detail(
        "address",
        re.compile(
            r"\b(?:(?:Flat|Apartment|Apt|Unit|Room|Plot|Caravan|Pitch|Bedsit)\.? ?\w{1,4},? )?"
            r"(?:(?<![\d/.-])(?:No\.? ?)?(?!(?:19|20)\d\d )\d{1,4}[A-Za-z]?(?: ?[-–/] ?\d{1,4}[a-z]?)?,? )"
            rf"(?:{_W} ){{1,4}}{_ROAD}\b|"
            rf"\b(?:Flat|Apartment|Apt|Unit|Room|Bedsit) ?\w{{1,4}},? (?:{_W} ){{1,3}}?"
            r"(?:House|Court|Towers?|Point|Heights|Mansions|Hostel|Hotel|Lodge)\b|"
            rf"(?<![\w/.-])(?<!ction )(?<!graph )\d{{1,3}}[A-Za-z]? The (?:{_W} )?{_W}|"
            rf"(?<![\w’'.-])(?:{_W} ){{1,2}}(?:Cottage|House|Farm|Lodge|Villa), (?:{_W} ){{1,2}}?"
            r"(?:Street|Road|Lane|Drive|Way|Hill)\b"
        ),
        "A house in a road; a road alone is a place.",
        catches=("She left [Flat 3b, 22 Rope Walk].", "He went to [No. 9 Pigeon Terrace]."),
        spares=("In 2009 Station Road was closed.", "They lived off Rope Walk.", "There were 2 Family Court hearings."),
        kind="ADDRESS",
    ),
    Detail(
        "reference",
        re.compile(
            rf"(?i:{_LABEL})(?P<it>(?:[A-Z]{{2,4}} (?=\d))?(?=[A-Z\d/-]*\d[A-Z\d/-]*\d[A-Z\d/-]*\d)"
            r"(?!\d{1,2}/\d{1,2}/\d|\d{4}-\d\d-\d\d\b)[A-Z\d][A-Z\d]*(?:[/-][A-Z\d]+)*)\b|"
            r"(?<![\w/-])(?=[A-Z/-]*\d|\d[\d/-]*[A-Z])(?=(?:[A-Z/-]*\d){4})(?=[\d/-]*[A-Z])(?=[A-Z\d/-]{7,})"
            r"(?P<it2>[A-Z\d]+(?:[/-][A-Z\d]+)*)(?![\w/])"
        ),
        "The number of a case, file, patient or incident; without a label, letters and four digits in one word.",
        catches=("Our ref: [CSC/77120/KD]", "Crime number [12345/09] and [BMG-4420917]."),
        spares=("SI 2006/90 and 2011/12.", "See Appendix 7, Table 4.2.", "Case 3 and file 12 were lost."),
        kind="REFERENCE",
    ),
    Detail(
        "school",
        re.compile("School|Academy|College"),
        "With the age and the story, a school is a child's name. A school without a name of its own is spared.",
        catches=("He left [Hobb Lane Infants] for [Saltmere Sixth Form College].",),
        spares=("The Primary School and the School Nursing Service met.", "Saltmere High Court sat."),
        kind="SCHOOL",
    ),
    Detail(
        "hospital or practice",
        re.compile("Hospital|Clinic|Surgery"),
        "It narrows down who was treated there and by whom.",
        catches=("Seen at [Alder & Vine Medical Practice] and [Saltmere Royal Infirmary].",),
        spares=("Neither Hospital knew.", "Saltmere Child Protection Unit and Saltmere Hospital NHS Trust met."),
        kind="HOSPITAL",
    ),
)
"""In the order in which they are asked: what one has found, those after it leave alone."""
