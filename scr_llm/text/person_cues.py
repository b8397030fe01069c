"""What stands beside a name: titles and ranks, callings, labels, and what else tells that a name is a person's.

Each rule has its reason, and sentences in which it must find the name (in square brackets) or nothing.
"""

import re
from dataclasses import dataclass

from scr_llm.text.language import Rule

_RANKS = (
    r"[WA]?PCS?O?|[AT]?DCI?|[AT]?DS|[AT]?DI|DSU|D/?Sgt|D/?Insp|D/?Supt|Sgt|Insp|Supt|Con|Constable|Sergeant|Inspector|"
    r"Superintendent|Commander|Commissioner"
)
RANK = (
    rf"(?:(?:Detective|Police|Chief|Acting|Temporary|Det|Temp|Ch)\.? )*(?:{_RANKS})s?\.?(?: \((?:retd|retired)\.?\))?"
    r"(?: (?:No\. ?)?\d{1,6})?"
)
_TITLES = (
    r"Mr|Mrs|Ms|Miss|Mx|Drs?|Messrs|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Rev|Revd|Reverend|Rev’d|Rev'd|Cllr|"
    r"Councillor|Canon|Pastor|Imam|Mufti|Sheikh|Rabbi|Ald|Fr|Sr|Sister|Judge|Justice|HHJ|DJ|Recorder|Nurse|Midwife"
)
TITLE = rf"(?:{_TITLES}|{_TITLES.upper()})\.?"
CALLING = (
    r"(?:social workers?|health visitors?|midwi(?:fe|ves)|"
    r"(?:school |staff |practice |named |charge |community )?nurses?|"
    r"doctors?|paediatricians?|psychiatrists?|psychologists?|therapists?|registrars?|consultants?|surgeons?|dentists?|"
    r"pharmacists?|paramedics?|physiotherapists?|radiologists?|pathologists?|head ?teachers?|teachers?|"
    r"teaching assistants?|lecturers?|tutors?|mentors?|senco|foster (?:carers?|mother|father|parents?)|childminders?|"
    r"nursery nurses?|key ?workers?|(?:\w+ )?support workers?|youth workers?|care workers?|outreach workers?|"
    r"allocated workers?|duty workers?|case ?workers?|(?:social )?care assistants?|probation officers?|"
    r"(?:\w+ )?liaison officers?|(?:housing|welfare|safeguarding|reviewing|custody|court|police) officers?|"
    r"guardians?|solicitors?|barristers?|coroners?|magistrates?|interpreters?|chaplains?|vicars?|priests?|"
    r"councillors?|advocates?|independent (?:author|chair|reviewer)s?|lead reviewers?|overview authors?|"
    r"practitioners?|IROs?|LADOs?|SENCOs?|detectives?|sergeants?|constables?|inspectors?|dieti[ct]ians?|counsellors?|"
    r"receptionists?|nann(?:y|ies)|au pairs?|caretakers?|imams?|pastors?|rabbis?|coach(?:es)?)"
)
OFFICE = (
    r"(?:(?:team|service|practice|ward|business|case|duty|locality) )?managers?|directors?|(?:vice[- ])?chair(?:man|"
    r"woman|person)?|authors?|reviewers?|head of [\w ]{3,30}|chief executive|panel members?|(?:team|project) leaders?|"
    r"supervisors?|designated (?:lead|doctor|nurse)|deputy head|(?:board |lay )?members?|clerk|"
    r"(?:business )?co-?ordinators?|advis[eo]rs?|officers?|workers?|GPs?|SWs?|HVs?|TAs?|FSWs?|DSL|SHO|SpR|CPN|"
    r"IDVA|ISVA|EWO|AMHP|SIO|OIC|FLO"
)
KIN = (
    r"(?:(?:half-|step|grand|great-)?(?:mother|father|brother|sister|parent|child|son|daughter|aunt|uncle)s?|mum|dad|"
    r"nan|partner|boyfriend|girlfriend|husband|wife|cousins?|nephews?|nieces?|ex-partner|neighbours?|lodgers?|landlord|"
    r"friends?|babysitter|boy|girl|pupil|patient|man|woman|tenant|victim|suspect|offender|perpetrator)"
)


_HIS = r"(?= (?:the|an?|her|his|their) )"
_ADJECTIVES = r"(?:(?!(?:and|or|but|with|when|as|which|where|to|for|of|in|who) )[\w-]+ ){0,2}?"


@dataclass(frozen=True, slots=True)
class Cue(Rule):
    """A rule on what stands beside a name. In `catches`, the name stands in square brackets."""

    least: int = 1
    """Words that the name must have, or initials and a word."""
    or_first_name: bool = False
    """Whether a first name that is common in Britain is enough."""


LABEL = Cue(
    "label before",
    re.compile(
        r"(?:^|[\n|•:–—;.] ?)(?:re|subject|(?:full |child's |sur)?name|present|apologies|attended by|cc|signed|dear|"
        r"(?:yours (?:sincerely|faithfully|truly)|(?:kind )?regards)|author|chair|worker|manager|action|"
        r"household(?: composition)?|patient|client|pupil|student|child|"
        r"minutes|notes|copied to|supervisor|seen by|completed by|from|to)[:,]?[ \n]+$",
        re.I,
    ),
    "Forms, letters and minutes put a name behind a label.",
    catches=("Name: [Merrin Holloway]", "Yours sincerely,\n[Gwilym Thorpe]"),
    spares=("Subject: Legal Planning Meeting", "To: all members of the Board"),
    least=2,
)
BEFORE: tuple[Cue, ...] = (
    Cue(
        "title or rank before",
        re.compile(rf"(?:^|[^\w])(?:{TITLE}|{RANK}),? $"),
        "Behind a title or rank stands a name, if only a surname.",
        catches=("The bruise was seen by Dr [Wren-Okafor].", "Detective Inspector [A. Thornleigh] rang PC 41 [Lowe]."),
        spares=("Dr 2 and Mr A were out.", "PC 4411 was on duty.", "The duty sergeant rang Mother."),
    ),
    Cue(
        "calling before",
        re.compile(rf"\b{CALLING} $", re.I),
        "Reviews introduce the people who worked with a family by what they do.",
        catches=("Social worker [Idris Fennimore] called.", "The midwife [Alder] wrote it down."),
        spares=("The social worker Mother knew had left.", "The school nurse saw Child K."),
    ),
    Cue(
        "office or comma before",
        re.compile(rf"\b(?:{CALLING}|{OFFICE})(?:,|:| [–-])? $", re.I),
        "A looser tie than a title: a surname alone may be a place or an agency.",
        catches=("The midwife, [Ottilie Brand], left.", "SW [P. Lorne] called.", "The nurse, [Karen], left."),
        spares=("The chair, Saltmere Council, agreed.", "The GP, Father and Mother met.", "The manager, April to May."),
        least=2,
        or_first_name=True,
    ),
    Cue(
        "kin before",
        re.compile(rf"\b(?:{KIN}(?:,|:| [–-])?|named?) $", re.I),
        "First name and surname of somebody near the child. A first name alone is left: reviews disguise kin by it.",
        catches=("Her cousin [Wyn Tarrow] knew.", "Mother's partner, [Tam Orrell], left."),
        spares=("Her sister Amber slept.", "His brother, Jack, was ill."),
        least=2,
    ),
    LABEL,
    Cue(
        "done by or called",
        re.compile(
            r"\b(?:(?:written|chaired|compiled|prepared|authored|signed|recorded|completed|supervised|interviewed|"
            r"examined) by|identified as|call(?:ed|ing|s) (?:him|her)self|the name|by the name of) $",
            re.I,
        ),
        "Says whose work it is, or what somebody was called.",
        catches=("It was written by [Corin Ashdown].", "He called himself [Vin Tarrow]."),
        spares=("It was written by the Board.", "The plan was recorded by Saltmere Council."),
        least=2,
    ),
)
"""What may stand before a name."""
BEHIND: tuple[Cue, ...] = (
    Cue(
        "calling behind",
        re.compile(
            rf",? (?:OBE|MBE|CBE|QC|KC|QPM|JP)\b|"
            rf"(?:,| [–-]|{_HIS}) (?:(?:the|a|an|her|his|their|then|who was) )*{_ADJECTIVES}"
            rf"(?:{CALLING}|{OFFICE}|{KIN})(?<!s)\b| \((?:[^()\n]{{0,30}}\b)?(?:{CALLING}|{OFFICE}|{KIN})\b|"
            rf" (?:was|is) (?:the|a|an|her|his|their) (?:\w+ )?(?:{CALLING}|{OFFICE})\b",
            re.I,
        ),
        "Minutes and lists put the calling behind the name.",
        catches=("[T. Alderwick] (Chair), [B. Frome] (Named Nurse)", "[Maris Tolland], health visitor, said so."),
        spares=(
            "Adult B (mother), aged 34.",
            "In North Tyneside, social workers came.",
            "Saltmere Council, managers said, knew.",
        ),
        least=2,
    ),
    Cue(
        "birth, age or address behind",
        re.compile(
            r"[, ]{0,6}\(?(?:d\.?o\.?b|born|b\.|aged? \d)|(?:, | \()\d{1,2}(?: years old|\)|,)|"
            r" of (?:No\. )?\d+\w? [A-Z]|"
            r" \d{1,2}[/.]\d{1,2}[/.]\d{2,4}",
            re.I,
        ),
        "What follows is said of a person.",
        catches=("[Ivo Penhale], d.o.b. 3 May 2009", "[Nell Tarrow] of 4 Rope Walk saw it."),
        spares=("Child F (b. 09.11.2007)", "Adult B, aged 34, left."),
        least=2,
    ),
)
"""What may stand behind a name."""
FIRST_NAME = Cue(
    "first name and surname",
    re.compile(r"(?! [A-Z])"),
    "Words of a name that begin with a first name common in Britain (`not_names.GIVEN_NAMES`), and no road or project.",
    catches=("Then [Wayne Ollerthwaite] moved in with [Mohammed Yusuf Tarrow].",),
    spares=("The Rose Project and Grant funding ended.", "Jack was at home.", "It is in Charlotte Street."),
    least=2,
)
PSEUDONYM = re.compile(
    r"(?:\b(?:known|referred to|called|named|described)(?: here| hereafter)?(?: in| for| throughout| within) "
    r"(?:the purposes of )?(?:this|the) (?:review|report|summary|overview)[^.;]{0,20}? (?:as )?|"
    r"\b(?:pseudonym|in respect of|anonymised as|will be (?:known|referred to|called)(?: throughout| here)?(?: as)?)"
    r"[ :,]*)[“‘'\"]?(?P<it>[A-Z][\w'’-]+(?:(?:, | and )[A-Z][\w'’-]+)*)(?![\w'’-])(?! [A-Z])"
)
"""Where a review says what it calls somebody so as not to name them."""
PLURAL = re.compile(rf"(?:^|\W)(?:Drs|Messrs|PCs|DCs|{CALLING}|{KIN}) $", re.I)
"""A title, calling or kin that may stand before several names."""
