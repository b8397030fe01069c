"""What stands beside a name: titles and ranks, callings, labels, and what else tells that a name is a person's.

Each rule has its reason, and sentences in which it must find the name (in square brackets) or nothing.
"""

import re
from dataclasses import dataclass

from scr_llm.text.language import Rule

_RANKS = (
    r"[WA]?PCS?O?|(?:[ATD]/)?[AT]?(?:DCI?|DS|DI|PC|PS|CI)|DSU|[AD]CC|CC|D/?Sgt|D/?Insp|D/?Supt|Sgt|Insp|Supt|Con|Constable|Sergeant|Inspector|"
    r"Superintendent|Commander|Commissioner|(?i:(?:det|[ATD]/|CH/)[ /]?)?(?i:sgt|insp|supt)"
)
RANK = (
    rf"(?:(?:Detective|Police|Chief|Acting|Temporary|Det|Temp|Ch)\.? )*"
    rf"(?:{_RANKS}|(?:Watch|Crew|Station) Manager)(?:[’']?s)?\.?"
    r"(?: \((?:retd|retired)\.?\))?(?: ?(?:No\. ?)?\d{1,6})?"
)
_TITLES = (
    r"Mr|Mrs|Ms|Miss|Mx|Drs?|Messrs|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Rev|Revd|Reverend|Rev’d|Rev'd|Cllr|"
    r"Councillor|Canon|Pastor|Imam|Mufti|Sheikh|Rabbi|Ald|Fr|Sr|Sister|Judge|Justice|HHJ|DJ|Recorder|Nurse|Midwife|"
    r"Officer|Off|Matron|Bishop|Gov"
)
TITLE = rf"(?:{_TITLES}|{_TITLES.upper()})(?:[’']s)?\.?"
CALLING = (
    r"(?:workers?|health visitors?|midwi(?:fe|ves)|"
    r"(?:\w+ )?nurses?|doctors?|registrars?|consultants?|surgeons?|"
    r"\w*(?:ologist|iatrist|ician|therapist|odontist|ietitian|ietician|etist|opath|macist|psych)s?|"
    r"dentists?|paramedics?|head ?teachers?|teachers?|lecturers?|tutors?|mentors?|"
    r"senco|foster (?:carers?|mother|father|parents?)|carers?|childminders?|keyworkers?|caseworkers?|"
    r"assistants?|assessors?|operators?|investigators?|analysts?|volunteers?|professionals?|representatives?|"
    r"facilitators?|instructors?|attendants?|wardens?|porters?|sisters? on duty|officers?|escorts?|"
    r"guardians?|solicitors?|barristers?|coroners?|magistrates?|interpreters?|chaplains?|vicars?|priests?|"
    r"councillors?|advocates?|independent (?:author|chair|reviewer)s?|lead reviewers?|overview authors?|"
    r"practitioners?|IROs?|LADOs?|SENCOs?|detectives?|sergeants?|constables?|inspectors?|counsellors?|"
    r"receptionists?|nann(?:y|ies)|au pairs?|caretakers?|imams?|pastors?|rabbis?|coach(?:es)?|"
    r"wkrs?|mgrs?|tchrs?|solrs?|reg|cons|cleaners?|drivers?|call[- ]?(?:taker|handler)s?|dispatchers?|"
    r"governors?|gaolers?|(?:named|designated) dr|specialists?)"
)
OFFICE = (
    r"managers?|leads?|directors?|chair(?:man|woman|person)?|authors?|reviewers?|head of [\w ]{3,30}|"
    r"chief executive|panel members?|leaders?|"
    r"supervisors?|designated (?:lead|doctor|nurse)|deputy head|members?|clerk|"
    r"co-?ordinators?|advis[eo]rs?|officers?|workers?|GPs?|SWs?|HVs?|TAs?|FSWs?|DSL|SHO|SpR|CPN|"
    r"IDVA|ISVA|EWO|AMHP|SIO|OIC|FLO|secretar(?:y|ies)|administrators?|partner at|treasurer|trustees?"
)
ROLES = (
    r"(?:[SDHLIMAYP]?SW|D?HV|C?MW|GP|CPN|RMN|RGN|SENC[Oo]|D?DSL|IRO|[AD]?TM|[SA]?PO|SO|[EP]WO|ESW|"
    r"I[DS]VA|H?L?TA|FS[WO]|S/N|SN|CNS|EP|OT|SHO|S[pt]R|F[12]|FY[12]|ANP|ENP|D?PA|AMHP|SIO|OIC|FLO|PCSO|LADO|"
    r"DCS|HT|DHT|AHT|HoY|YOT|Y[WO]|GAL|CG|AA|SLT|NNEB?|HCA|SALT|LSA|CSI|SOCO|PSI|CNN|CM|OM|KW|FGCO?|EIO|"
    r"ODP|BIA|RPR|IMCA|[SC]T[1-8]|FME|PSO|NQSW|HCSW|MHP|PMHW|SENDCo|POM|COM)"
)
"""What records call people by their work, in letters: only in capitals, since in small ones they are words (so, do)."""
PARTIES = r"(?:[DIYA]P|YPs)"
"""Whom police and children's records call so: detained, injured or young person."""
KIN = (
    r"(?:(?:half-|step|grand|great-)?(?:mother|father|brother|sister|parent|child|son|daughter|aunt|uncle)s?|mum|dad|"
    r"nan|partner|boyfriend|girlfriend|husband|wife|cousins?|nephews?|nieces?|ex-partner|neighbours?|lodgers?|landlord|"
    r"friends?|babysitter|twins|triplets|children|boy|girl|pupil|patient|man|woman|tenant|victim|suspect|offender|perpetrator)"
)


_HIS = r"(?= (?:the|an?|her|his|their) )"
_ADJECTIVES = r"(?:(?!(?:and|or|but|with|when|as|which|where|to|for|of|in|who) )[\w-]+ ){0,3}?"


@dataclass(frozen=True, slots=True)
class Cue(Rule):
    """A rule on what stands beside a name. In `catches`, the name stands in square brackets."""

    least: int = 1
    """Words that the name must have, or initials and a word."""
    or_capitals: bool = False
    """Whether one word in capitals, among small letters, is enough: police and prisons write surnames so."""
    or_first_name: bool = False
    """Whether a first name that is common in Britain is enough."""
    ends: tuple[str, ...] = ()
    """What the text before the name ends with where the pattern can match: asked first, since it is quick."""
    behind: re.Pattern[str] | None = None
    """What must follow the name as well."""
    no_word: bool = False
    """Whether one word that is an ordinary word as well is left: reviews disguise people as Amber or Jack."""


TO_A_PERSON = Cue(
    "what is done to a person, or kin, before a single name",
    re.compile(
        rf"(?:\((?:also )?known as|\b(?:(?i:told|asked|hits?|hurts?|(?:hit|hurt) by|slapped|punched|kicked|kissed|"
        rf"hugged|loves?|married|texted|saw|heard|fed|bathed|held|carried|shook|blamed|knew|"
        rf"spoke (?:to|with)|custody of|(?:photos?|pictures?) of|inf(?:ant)? of|placed w/|"
        rf"(?:call|nicknam)(?:ed|s) (?:him|her)|"
        rf"(?:him|her|man|woman|boy|girl|mother|father)(?: (?:she|he|they))? (?:knew|known) as|"
        rf"(?:chaired|seen|examined|interviewed|(?:counter)?signed|arrested|supervised) by|aka|a\.k\.a\.)|"
        rf"{KIN}|baby|nana?|(?i:{KIN}|children|siblings|sons|daughters|kids|twins|boys|girls|baby)(?:[,:]|(?= \())))"
        rf"(?: \(| )[“\"‘']?$"
    ),
    "Only people are told, struck, loved or somebody’s kin.",
    catches=("He told [Xawa] that his sister [Ebonie] and the father ([Olek]) left.",),
    spares=("She told Mother, asked Saltmere Council, and her sister Amber slept.",),
    no_word=True,
)
NAMED = Cue(
    "calling or kin and named before",
    re.compile(rf"\b(?:{CALLING}|{OFFICE}|{KIN}) (?:called|named) [“\"‘']?$", re.I),
    "Whoever is called something by name is left without it only where the review says so.",
    catches=("A coach called [Bran], a friend named [Xawa] and an officer called [Thackwray] met.",),
    spares=("A project called Sunrise; a girl called Amber.",),
    ends=("ed ", "ed “", 'ed "', "ed ‘", "ed '"),
    no_word=True,
)
APPOSED = Cue(
    "calling before a surname between commas",
    re.compile(rf"\b(?:the|an?|her|his|their) (?:[\w-]+ ){{0,3}}?(?:{CALLING}|{OFFICE}), $", re.I),
    "Between commas behind a calling, a surname alone is a person's as well.",
    catches=("The social worker, [Thackwray], left.",),
    spares=("The chair, Saltmere Council, left. The officer, Mother, left.",),
    behind=re.compile(r","),
    ends=(", ",),
    no_word=True,
)
LABEL = Cue(
    "label before",
    re.compile(
        r"(?:^|[\n|•:–—;.] ?)(?:re|subject|sent by|(?:full |child's |sur)?name|present|apologies|attended by|cc|signed|"
        r"dear|"
        r"(?:yours (?:sincerely|faithfully|truly)|(?:kind )?regards)|author|chair|worker|manager|action|"
        r"household(?: composition)?|patient|client|pupil|student|child|"
        r"minutes|notes|copied to|supervisor|seen by|completed by|from|to|(?:[\w’']+ )?signature)[:,]?[ \n]+$|"
        r"\b(?-i:From|To|Cc|CC): $",
        re.I,
    ),
    "Forms, letters and minutes put a name behind a label.",
    catches=("Name: [Merrin Holloway]", "Yours sincerely,\n[Gwilym Thorpe]"),
    spares=("Subject: Legal Planning Meeting", "To: all members of the Board"),
    least=2,
)
BEFORE: tuple[Cue, ...] = (
    Cue(
        "role in letters before",
        re.compile(rf"(?<![\w/&-])(?:ED |A&E |CAFCASS )?{ROLES}s?(?::? | ?\(| [–-] )$"),
        "Chronologies and logs shorten what people are by their work, and write a surname alone behind it.",
        catches=(
            "HV [Okray] to ring; EDT SW ([Halcrow]) out.",
            "SW [P. Lorne] and CPN [Wyn Tarrow] came; SO [FENN] not.",
        ),
        spares=("The PO Box and the GP Surgery.", "SW to chair; GP Mother met."),
    ),
    Cue(
        "kin before a first name",
        re.compile(
            r"(?<![\w'’-])(?:M?MGM|M?MGF|P?PGM|P?PGF|Grand(?:ad|dad|ma|pa|mother|father)|Gran|Nana?|Nan(?:ny|nie)|Granny|"
            r"Mum|Mam|Dad|Aunt(?:ie|y)?|Uncle|Step-?(?:dad|mum)) $"
        ),
        "A capital makes it a form of address, as a title is; “her aunt Amber” of a review is left.",
        catches=("MGM [Irena] rang. Grandad [Alf] has him.",),
        spares=("Uncle B and Grandmother K.", "Mum in April.", "Her sister Amber slept with her aunt Rose."),
    ),
    Cue(
        "party before",
        re.compile(
            rf"\b(?:witness|victim|perp(?:etrator)?|caller|suspect|complainant|informant|(?-i:{PARTIES})|pt|pupil|tenant|"
            r"client|nbr|(?:solr|solicitor|counsel) for(?: (?:[MF]|mother|father))?|infant|inf of|applicant|"
            r"co-accused)[,:]? $",
            re.I,
        ),
        "Police, housing and school files say what somebody is in the matter, and then who.",
        catches=(
            "Witness [Bran Okray] heard it; pupil [Tyler] left.",
            "DP [Wyn Tarrow] declined; suspect [PENDRY] ran.",
        ),
        spares=("Victim Support and the victim Saltmere Council houses.",),
        least=2,
        or_capitals=True,
        or_first_name=True,
    ),
    Cue(
        "greeting before",
        re.compile(
            r"(?:^|[>\n.“\"] ?)(?:dear|hi|hello|hiya) $|\b(?:(?:kind|best) )?regards,?[ \n]$|\b(?:thx|ta),? $", re.I
        ),
        "Letters and messages greet by name and close with one.",
        catches=("Dear [Olwen], I write to you.", "Hi [Wyn], ring me. Kind regards, [Olwen]"),
        spares=("Dear Sir or Madam, Dear Colleague, Dear All", "As Saltmere regards it."),
    ),
    Cue(
        "title or rank before",
        re.compile(rf"(?:^|[^\w])(?:{TITLE}|{RANK})(?:,? {{0,2}}[ \n]|(?<=[a-z]\.))$"),
        "Behind a title or rank stands a name, if only a surname.",
        catches=(
            "The bruise was seen by Dr [Wren-Okafor].",
            "Detective Inspector [A. Thornleigh] rang PC41 [Lowe]. Mr.[Orr] met Mrs  [Pell].",
        ),
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
        re.compile(
            rf"\b(?:{CALLING}|{OFFICE}|adult(?=[^,]))"
            r"(?:(?:,|:| [–-])? | \(|(?: [a-z]+){0,2}(?::| =) | in (?:[a-z]+ ){1,3}|"
            r" (?:of|for|in|at|from|with|there|then)\b(?: [\w’'&-]+){0,7}, )$",
            re.I,
        ),
        "A looser tie than a title: a surname alone may be a place or an agency.",
        catches=(
            "The midwife, [Ottilie Brand], left.",
            "SW [P. Lorne] called. Manager consulted: [Wyn Tarrow].",
            "The nurse, [Karen], left. The officer ([Olwen Okray]) met them.",
            "A volunteer with the scheme in Hull, [Cosmo Orrell], took him. Her worker there, [Nell Tarrow], left.",
        ),
        spares=("The chair, Saltmere Council, agreed.", "The GP, Father and Mother met.", "The manager, April to May."),
        least=2,
        or_first_name=True,
    ),
    Cue(
        "kin before",
        re.compile(rf"\b(?:{KIN}(?:,|:| [–-])?(?: called| named)?|named?|called) $", re.I),
        "First name and surname of somebody near the child. A first name alone is left: reviews disguise kin by it.",
        catches=("Her cousin [Wyn Tarrow] knew.", "Mother's partner, [Tam Orrell], left."),
        spares=("Her sister Amber slept.", "His brother, Jack, was ill."),
        least=2,
    ),
    TO_A_PERSON,
    NAMED,
    APPOSED,
    LABEL,
    Cue(
        "done by or called",
        re.compile(
            r"\b(?:(?:\w+(?:ed|[’']d|en|orn)|led|done|made|brought)(?: jointly)? by:?|[ds]/[wvb]|t/?c with|"
            r"(?:spoke|issued|allocated|assigned|handed over) to|interview(?:ed|ing)|consulted|statement of|"
            r"discussed with|seen with|f\.?a\.?o\.?|c\.?c\.?|(?:counter)?signed|rang|"
            r"(?:call|e-?mail|letter|me?ss?a?ge?|fax|text|t/?c) (?:from|fr|to)|also present|"
            r"identified as|call(?:ed|ing|s) (?:him|her)self|the name|by the name of) $",
            re.I,
        ),
        "Says whose work it is, who was spoken to, or what somebody was called.",
        catches=(
            "D/w [Olwen Okray]; seen by [R. Mistry]. It was written by [Corin Ashdown].",
            "He called himself [Vin Tarrow].",
        ),
        spares=("It was written by the Board.", "The plan was recorded by Saltmere Council."),
        least=2,
    ),
)
"""What may stand before a name."""
BEHIND: tuple[Cue, ...] = (
    Cue(
        "calling behind",
        re.compile(
            rf",? (?:OBE|MBE|CBE|QC|KC|QPM|JP|MP|RGN|RMN|CQSW|DipSW|MSc|PhD|LL[BM]|[FM]RC\w+)\b|"
            rf"(?:(?:,|:| [–-]|{_HIS}) | ?[|/] ?|(?-i:; (?=[A-Z])))"
            rf"(?:(?:the|a|an|her|his|their|then|who was) )*{_ADJECTIVES}"
            rf"(?:{CALLING}|{OFFICE}|{KIN})(?<!s)\b| [(\[](?:[^()\n]{{0,30}}\b)?(?:{CALLING}|{OFFICE}|{KIN})\b|"
            rf" [(\[][^()\n]{{0,20}}(?-i:\b{ROLES})\b|(?:,| [–-]|;| ?[|/]) ?(?-i:{ROLES})\b|"
            rf" (?:was|is) (?:the|a|an|her|his|their) (?:\w+ )?(?:{CALLING}|{OFFICE})\b",
            re.I,
        ),
        "Minutes and lists put the calling behind the name.",
        catches=(
            "[T. Alderwick] (Chair), [B. Frome] (Named Nurse)",
            "[Maris Tolland], health visitor, said so. [Wyn Orrell] | Named GP; [Bran Lorne]/Social Worker",
            "[Karen], the social worker, left.",
        ),
        spares=(
            "Adult B (mother), aged 34.",
            "In North Tyneside, social workers came.",
            "Saltmere Council, managers said, knew.",
        ),
        least=2,
        or_first_name=True,
        no_word=True,
    ),
    Cue(
        "who, or what a person says, behind",
        re.compile(
            r", (?:who|whose|whom|himself|herself|aged)\b|"
            r" (?:said|says|told|tells|stated|states|asked|replied|recalled|remembered|thought|felt|believed|wrote|"
            r"explained|described|denied|denies|admitted|claimed|disclosed|alleged|cried|slept|smiled|wept|screamed|"
            r"mentioned|married|apologised|shouted|texted|threatened)\b|"
            r" (?:was|were|is) (?:asleep|crying|upset|tearful|hungry|dirty|unwell|pregnant|drunk|intoxicated|"
            r"frightened|scared|aged|in bed|his|her)\b| (?:crying|screaming|asleep)\b|"
            r" (?:has|had) (?:[\w-]+ )?(?:children|siblings|sons?|daughters?|baby|partner)\b"
        ),
        "Only people do or are so.",
        catches=("[Leander Voss], who chaired it, left.", "[Bran Okray] told the inquest. [Wyn Tarrow] was asleep."),
        spares=("Great Saltmere Police, who said so.", "Child K, who was asleep, and Mother told Saltmere."),
        least=2,
        or_first_name=True,
        no_word=True,
    ),
    Cue(
        "whose kin or what a person does behind a single name",
        re.compile(
            r"[’']s (?:mother|father|mum|dad|parents|sister|brother|siblings?|partner|nan|teacher|bedroom|"
            r"birthday|birth|behaviour|injuries|bruises|body|death|GP|"
            r"legs?|arms?|face|head|back|eyes?|ears?|hands?|weight|speech|clothes|cot|bed)\b|"
            r" (?:told|said|says|cried|slept|disclosed|denied|ran away|ran to|hid|arrived|weighed|weighs|wept)\b|"
            r" (?:was|is|has|had|were) (?:not |never )?(?:been )?(?:asleep|crying|upset|tearful|hungry|aged|brought|"
            r"seen|weighed|fed|bathed|overdue|registered|with (?:her|him|them))\b| (?:crying|screaming|wt)\b|"
            r" (?:children|siblings|brothers|sisters|twins)\b|"
            r" famil(?:y|ies)\b(?! (?:centre|hub|court|justice|support|service|nurse|group|home|worker|intervention))"
        ),
        "Only people and families are so; a word that opens a sentence is left.",
        catches=("She heard [Olek] screaming, and [Xawa]’s mother said so. The [Popescu] family left.",),
        spares=("Neighbours said so. The Polish family and her sister Amber said so.",),
        no_word=True,
    ),
    Cue(
        "calling behind a single name",
        re.compile(
            rf", (?:an?|the|her|his|their) (?:[\w-]+ ){{0,2}}?(?:{CALLING}|{OFFICE})(?<!s)(?=[,.;]| who\b)", re.I
        ),
        "Between commas, what somebody is by work says that the name before it is a person's.",
        catches=("Then [Eluned], an agency worker, left.",),
        spares=("In Saltmere, a social worker, new to it, left.",),
    ),
    Cue(
        "role in brackets behind",
        re.compile(
            rf",? \((?:\w+ )?(?:{RANK}|{ROLES}|(?i:{CALLING}|{OFFICE}|admin|legal|tech|"
            rf"locum|temp|minutes?|{KIN}))(?:, [^()\n]{{1,20}})?\)"
        ),
        "A role alone in brackets belongs to whoever stands before it, if only with a surname.",
        catches=("[O'Shea] (Sgt) told [Femi] (ISW).", "Ask [Orlagh] (admin)."),
        spares=("Adult B (mother) met Child K (a pupil) in Saltmere (the GP is there).",),
    ),
    Cue(
        "row of a list behind",
        re.compile(
            r"[ ,|/–-]{1,3}(?:Mother|Father|Subject|Sibling|Brother|Sister|Son|Daughter|[MF]|SC)[ ,|/–-]{1,3}"
            r"\d{1,2}[/. ]\d{1,2}[/. ]\d{2,4}|,? [A-Z]\d{4}[A-Z]{2}\b|,? \((?:b\.? ?|born )(?:c\.? ?)?\d"
        ),
        "In lists of a family, relation and date of birth follow the name; in prisons, the number.",
        catches=("[Ewelina] Mother 27.9.77", "[HOLT] A7719ZQ was seen with [Irena] (b. 1951)."),
        spares=("Saltmere Mother and Baby Unit 2.3.09", "Child F (b. 09.11.2007)"),
    ),
    Cue(
        "birth, age or address behind",
        re.compile(
            r"[,|/ –-]{0,6}\(?(?:d\.?o\.?b|born|b\.|aged? \d)|(?:, | \()\d{1,2}(?: years old|\)|,)|"
            r" of (?:No\. )?\d+\w? [A-Z]|"
            r"(?: [/|–-])? \(?\d{1,2}[/. ]\d{1,2}[/. ]\d{2,4}|, \d{1,2}[/.]\d{1,2}[/.]\d{2,4}(?=[,;)|]|$)",
            re.I,
        ),
        "What follows is said of a person.",
        catches=("[Ivo Penhale], d.o.b. 3 May 2009", "[Nell Tarrow] of 4 Rope Walk saw it."),
        spares=("Child F (b. 09.11.2007)", "Adult B, aged 34, left."),
        least=2,
    ),
)
"""What may stand behind a name, or behind a surname and a first name turned round."""
FIRST_NAME = Cue(
    "first name and surname",
    re.compile(r"(?! [A-Z])"),
    "Words of a name that begin with a first name common in Britain (`not_names.GIVEN_NAMES`), and no road or project; "
    "or that end with two surnames, or begin with an initial.",
    catches=("Then [Wayne Ollerthwaite] moved in with [Mohammed Yusuf Tarrow], [Xawa Tekin-Boyle] and [O. Okray].",),
    spares=("The Rose Project and Grant funding ended.", "Jack was at home.", "It is in Charlotte Street."),
    least=2,
)
ALONE = Cue(
    "first name alone",
    re.compile(
        r"(?! [A-Z][a-z]| guidelines| competen| et al| \((?:19|20)\d\d)(?![’']s "
        r"(?:Law|Act|Place|House|Centre|Hospital|Trust|Fund|Inquiry|Review|Report|Foundation)\b)"
    ),
    "A first name common in Britain that is no word; what a review says that it calls somebody is left all the same.",
    catches=("Then [Tyler] hid, and [Kayleigh]’s mother left.",),
    spares=("Sarah's Law, St Stephen and Kelly College. Amber slept; they moved to Stanley.",),
    no_word=True,
)
_PAPER = r"(?:review|report|summary|overview)"
_CALLED = r"(?:known|referred to|called|named|described)"
PSEUDONYM = re.compile(
    rf"(?:\b(?:[Ii]n|[Tt]hroughout|[Ff]or the purposes of) this {_PAPER}[^.;]{{0,60}}? (?:{_CALLED}(?: as)?) |"
    rf"\b{_CALLED}(?: here| hereafter)?(?: in| for| throughout| within) (?:the purposes of )?(?:this|the) {_PAPER}"
    r"[^.;]{0,20}? (?:as )?|"
    rf"\b(?:pseudonym|in respect of|anonymised as|will be {_CALLED}(?: throughout| here)?(?: as)?)[ :,]*|"
    rf"\b(?:this {_PAPER} (?:will )?calls?|{_CALLED} (?:here|below|throughout)(?: as)?|"
    r"(?:we|I)(?: shall| will| have| have agreed to)? (?:call(?:ed)?|named?)(?: him| her| them| the \w+)?) |"
    r"\b(?:[Rr]eview|REVIEW|[Rr]eport)(?:,? (?:concerning|into the (?:death|life|care) of|about|on)|:| [–-])\s)"
    r"(?:(?:Child|Baby|Adult) )?[“‘'\"]?(?P<it>[A-Z][\w'’-]+(?:(?:, | and )[A-Z][\w'’-]+)*)(?![\w'’-])(?! [A-Z])|"
    r"(?P<it2>\b[A-Z][\w'’-]{1,30}(?: and [A-Z][\w'’-]{1,30})?)(?: ?[:–-] (?:an? |the )?"
    r"(?i:serious case|safeguarding|learning|"
    r"child practice)|(?=[^.;\n]{0,20}\bnot (?:his|her|their) real name))"
)
"""Where a review says what it calls somebody so as not to name them."""
AGENCY_BEHIND = re.compile(
    r" (?:Police|Council|Housing|Probation|Trust|Services?|Constabulary|College|School|Hospital|Board|Borough|"
    r"Partnership|Children|Social|NHS|Health|University|Court|Authority|Academy|Adult)\b",
    re.I,
)
"""What makes a place in front of it the name of an agency."""
ROSTER = re.compile(
    r"(?:^|[\n.;|] ?|\b)(?:present|apologies(?: rec[’']?d| received)?|in attendance|attend(?:ees|ed by|ed)|circulation|"
    r"distribution(?: list)?|c\.?c\.?|copie[sd] to|copy to|invite(?:d|es)|team|crew|"
    r"members(?:hip)?|authors?|those present|panel|"
    r"core group|household|children|siblings|professionals|contacts?|from|to)"
    r"(?: \([^()\n]{1,20}\))?(?::|–| -|(?<=present) were)\s"
    r"(?P<it>(?:[^.\n]|(?<=\b[A-Z])\.|(?<=Dr|Mr|Ms|Fr|St|Sr)\.|(?<=Mrs|Rev)\.|\.(?=\S)){3,600})",
    re.I,
)
"""A list of those who were there or are to have a copy."""
IN_ROSTER = re.compile(r"(?:^|[,;:–|&•\n(-]|\band|\bwere|\d[.)])\s?(?:\w+ [–-] )?$")
"""What stands before each entry of such a list."""
PLURAL = re.compile(rf"(?:^|\W)(?:Dr[’']?s|Messrs|PC[’']?s|DC[’']?s|{CALLING}|{KIN}s?|kids|boys|girls):? $", re.I)
"""A title, calling or kin that may stand before several names."""
