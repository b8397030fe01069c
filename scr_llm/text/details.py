"""Details that point at a person: contact data, dates of birth, numbers, addresses, schools and hospitals.

Each rule has its reason, and sentences in which it must find the details (in square brackets) or nothing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scr_llm.text.addresses import POSTCODE, addresses
from scr_llm.text.births import personal_dates
from scr_llm.text.institutions import institutions
from scr_llm.text.language import Rule
from scr_llm.text.references import references

_INSURANCE = r"\b[A-Z]{2}(?:[ ./-]?\d){6}[ ./-]?[A-D]\b"
_DIGIT = r"(?:(?:double |treble |triple )?(?:oh|o|zero|nought|one|two|three|four|five|six|seven|eight|nine))"
_LICENCE = r"\b[A-Z][A-Z9]{4} ?\d{6} ?[A-Z9]{2}\d?[A-Z\d]{2,3}\b"
_PLATE = r"\b[A-HJ-PR-Y]{2}[0-7]\d ?[A-HJ-PR-Z]{3}\b"


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
        if self.name in _FOUND_BY:
            yield from _FOUND_BY[self.name](text)
            return
        for match in self.pattern.finditer(text):
            if not _is_spared(self.kind, match):
                yield from [match.span(g) for g in groups if match[g]] or [match.span()]


_FOUND_BY: dict[str, Callable[[str], Iterator[tuple[int, int]]]] = {
    "address": addresses,
    "date": personal_dates,
    "reference": references,
}
"""Details that a pattern alone does not find."""


def _is_spared(kind: str, match: re.Match[str]) -> bool:
    """What has the form of a detail and is none."""
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
        re.compile(r"(?<![\w.+'’-])[\w.+'’-]+(?:@| ?[(\[]at[)\]] ?)[\w-]+(?:\.[\w-]+)+\b"),
        "It names a person or leads to one.",
        catches=("Write to [r.alder+duty@saltmere.example] today.",),
        spares=("They met @ 9.30 in Room 2.",),
        kind="EMAIL",
    ),
    Detail(
        "web address or handle",
        re.compile(
            r"\b(?i:https?://|www\.)\S+[\w/]|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:example|test|invalid|com|org|net|uk|eu|info|ie)\b"
            r"(?:/[\w./?=&%#~+-]*[\w/])?|(?<![\w@.])@[A-Za-z]\w{2,}|"
            r"(?i:\b(?:snapchat|insta(?:gram)?|tiktok|twitter|kik|gamertag|handle|user ?name|screen ?name)"
            r"(?: (?:name|account|id))?:? (?:is |was )?)[“‘\"']?(?P<it>(?=[\w.]*[_\d])[\w.]{4,40}\w)",
        ),
        "Profiles and papers of a case are found by it.",
        catches=(
            "See [https://saltmere.example/a?b=c]; Snapchat: [vin_t99].",
            "It is at [board.saltmere.example/child] and [@vin_tarrow].",
        ),
        spares=("The case was closed.The file went missing.", "E.g. a visit, i.e. a talk."),
        kind="WEB",
    ),
    Detail(
        "NHS number",
        re.compile(
            r"(?<![\d+-])(?<!\(0\))(?<!44 )\d{3}[ .-]\d{3}[ .-]\d{4}(?![\d-])|(?<![\w+/-])\d{10}(?![\w/-])|"
            r"(?i:\bNHS\b[^\d\n;]{0,25}?)(?P<it>(?:\d[ .-]?){9}\d)(?!\d)"
        ),
        "Ten digits in the form of an NHS number; where nothing else says so, with its check digit.",
        catches=("NHS number [999 123 4567]; again [999-123-4567].",),
        spares=("It cost 2079460123 pounds.", "In 2010 2011 it fell."),
        kind="NUMBER",
    ),
    Detail(
        "National Insurance number",
        re.compile(
            rf"(?i:\b(?:NI|N\.I\.|NINO|insurance|Nat\.? Ins)\b[^\d\n]{{0,15}}?\b)"
            rf"(?P<it>(?i:{_INSURANCE}|[A-Z]{{2}}(?: ?\d{{2}}){{3}}\b))|{_INSURANCE}|"
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
            r"0(?:800|845)(?:[ -]?\d){4}|7\d{3}[ -]\d{3}[ -]?\d{3}|0\d{2,4}\.\d{3,4}\.\d{3,6})(?:/\d{2,4})?(?![\d/])"
            rf"(?:,? ?(?:ext|x)\.? ?\d{{2,5}})?|(?<!\d )\b(?:ext(?:n|ension)?\.? ?(?:no\.? ?)?|x)\d{{3,5}}\b|"
            rf"(?i:\b{_DIGIT}(?:[ ,.-]+{_DIGIT}){{6,}}\b)"
        ),
        "By form, and not by the list of numbers in use: those mistyped, withdrawn or kept for fiction count too.",
        catches=(
            "Ring [07700 900123], [+44 (0)113 496 0001] or [(01632) 960999].",
            "Ring [020-7946-0001 ext 12] or [07700 900417/418], or my [x4417].",
            "Ring [oh one six three two, nine six oh, double one four].",
        ),
        spares=("On 07.09.2013 at 11:00.", "Pages 1632–1641, £01632.", "Log 0419 of 2013."),
        kind="PHONE",
    ),
    Detail(
        "postcode",
        re.compile(
            rf"{POSTCODE.pattern}|\bpost ?code[:,]? (?:is |was )?(?P<it>[A-Z]{{1,2}}\d{{1,2}}[A-Z]?)\b(?! ?\d)", re.I
        ),
        "It stands for a few houses.",
        catches=("They moved to [DN42 9YU], then [pr207ld].",),
        spares=("At M25 services.", "Form G2 1st page."),
        kind="POSTCODE",
    ),
    Detail(
        "date",
        re.compile(r"\w"),
        "With the story, the day on which somebody was born, was hurt or died is that person; see `births`.",
        catches=("Born [3 May 2009]; he died on [3 March 2012].", "MGF (b. [1947]); [3 May] was his birthday."),
        spares=("In the spring of 2012 Child K died.", "Child 2 may be at risk.", "Page 6 of 10\n4.10 Services"),
        kind="DATE",
    ),
    Detail(
        "address",
        re.compile(r"[A-Z]"),
        "A house in a road; a road alone is a place.",
        catches=(
            "She left [Flat 3b, 22 Rope Walk]; [The Old Forge, 2 Sawpit Lane].",
            "He went to [No. 9 Pigeon Terrace, Long Estate, Tarrow], and back to [Vine Road, Tarrow] SM4 2QQ.",
            "Address: [Over the Shop, 2 High Street, Tarrow SM4].",
        ),
        spares=(
            "In 2009 Station Road was closed.",
            "They lived off Rope Walk, Tarrow. There were 2 Family Court hearings.",
            "Seen at 18 Months, at 3 Weeks, and at 9 March.",
        ),
        kind="ADDRESS",
    ),
    Detail(
        "reference",
        re.compile(r"\d"),
        "The number of a case, file, patient or incident; without a label, letters and four digits in one word.",
        catches=(
            "Our ref: [CSC/77120/KD]; ULN [4417720931]; complaint [LGO 14 001 234]",
            "Crime number [12345/09] and [BMG-4420917]. Claim No. [4BM 01234], birth cert. no. [BXCE 441772]",
            "Old SWIFT number [77120], NASS ref [09/04/01234/001], rent a/c [1002003004], Datix [W44177]",
        ),
        spares=(
            "SI 2006/90 and 2011/12.",
            "See Appendix 7, Table 4.2.",
            "Case 3 and file 12 were lost. SI 2010 No. 2571 and page no. 112. Made 2014-06-12T09:14.",
        ),
        kind="REFERENCE",
    ),
    Detail(
        "driving licence or number plate",
        re.compile(
            rf"{_LICENCE}|{_PLATE}|"
            r"(?i:\b(?:VRM|VRN|reg(?:istration)?|index|vehicle|plate)(?: (?:no|number|mark|plate)\b)?\.?:? )"
            r"(?P<it>[A-Z]{1,3} ?\d{1,4} ?[A-Z]{0,3}\b)"
        ),
        "They lead to a keeper; told by their form, and older plates by their label.",
        catches=("Licence [PENRO 806148 J99XX]; a van, [KX57 YTB]; vehicle reg [N417 TWB].",),
        spares=("At M25 services in Reg 38.", "IN 12 MONTHS, IN THE 12 DAYS"),
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
