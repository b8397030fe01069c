"""Case facts by rule: authority, pseudonym, children with gender and age as written, context, each with the words it rests on.

A fact is stated only where the document says it of the case: a name that its title or a sentence gives to the child, a board that
stands on its first page or is named again and again, an age or gender of the child and of nobody else, a context in a sentence that
tells what happened. Everything else is not stated.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from scr_llm.records import AgeBand, Context, DraftCase, DraftChild, DraftQuote, Gender, Reading
from scr_llm.text.flow import Flow, Sentence, readable, sentences

_BOARD = re.compile(
    r"\b(?P<who>[A-Z][\w’'-]+(?: (?:and|upon|on|in|of|the|[A-Z][\w’'-]+)){0,4}?)\s+(?:Local )?Safeguarding (?:(?:Children(?:[’']s)?|Child(?:ren)?) (?:Boards?|Partnership)|Partnership(?: Board)?)"
)
_WORD = r"(?!(?:Mr|Mrs|Ms|Miss|Dr|Mother|Father|Executive|Summary|Overview|Full|Final|Report|Serious|Review|Published|Board)\b)[A-Z][a-zà-ÿ]+"
_ONE = rf"(?:(?:Child|Baby|Young [Pp]erson|Person|Adult|Family)\s+(?:[A-Z]{{1,3}}\d?\b|\d{{1,3}}\b|{_WORD})|[A-Z]\d\b|{_WORD})"
_NAME = rf"(?P<name>Children\s+(?:[A-Z]|\d)(?:, (?:[A-Z]|\d))*,? and (?:[A-Z]|\d)\b|The Twins\b|{_ONE}(?:(?:, {_WORD})*,? and (?:{_WORD}|[A-Z]\d\b))?)"
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
    rf"\b(?:call(?:s|ed)?|known|named|refer(?:s|red) to|concerns|the (?:name|pseudonym))(?: (?:her|him|them|here|as|in this \w+))*\s+[“‘'\"]?{_NAME}"
)
_LETTERED = re.compile(r"\b(?P<name>(?:Child|Baby|Young [Pp]erson) (?:[A-Z]{1,2}\d?|\d{1,3}))\b(?![’']?[a-z]{2})")

_NUMBERS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
)
_N = rf"(?:\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?:hour|day|week|month|year)s?"
_SPAN = rf"(?:{_N}(?: and a half)?|a few|a couple of)[\s-]{_UNIT}(?:(?:,| and)? {_N} {_UNIT})?"
_WHO = r"(?:girl|boy|child|baby|infant|twins?|son|daughter|young (?:man|woman|person))s?"
_BARE = re.compile(
    rf"\b(?:was|were|who is|is) (?:then |only |just |still )?(?P<age>under {_N}|{_N})(?=[.,;]| throughout\b| when\b| and\b| years\b)(?! {_UNIT} (?:in|late|before|after|ago))",
    re.I,
)
"""A number behind `she was`."""
_BRACKETS = re.compile(rf"\((?:aged )?(?P<age>{_N})\)")
"""A number in brackets, behind a name."""
_AGES = (
    re.compile(rf"\b(?:aged?|age of)(?: only| just| about)? (?P<age>{_SPAN}|{_N}|under {_N})\b", re.I),
    re.compile(r"\b(?P<age>primary[- ](?:school )?aged?)\b", re.I),
    re.compile(rf"\b(?P<age>{_SPAN})(?:[\s-]old| of age)\b", re.I),
    re.compile(rf"\b{_WHO} of (?:just |only )?(?P<age>{_SPAN}|{_N})\b", re.I),
    re.compile(rf"\b{_WHO},? (?P<age>{_SPAN})\b", re.I),
    _BARE,
    _BRACKETS,
)
"""How an age is said of somebody: a mere length of time is none."""
_OTHERS = re.compile(
    r"\b(?:mother|father|parents?|sisters?|brothers?|siblings?|partner|aunt|uncle|grand\w+|cousin|friend|M(?:r|s|rs|iss) [A-Z]\w*|Mother|Father|(?:elder|older|eldest|other) (?:child|boy|girl|son|daughter))\b"
)
_FEMALE = re.compile(r"\b(?:girl|daughter|young woman|female|baby girl)\b", re.I)
_MALE = re.compile(r"\b(?:boy|son|young man|male|baby boy)\b", re.I)
_UNSAID = re.compile(
    r"\b(?:boy|son) or (?:a )?(?:girl|daughter)\b|\b(?:girl|daughter) or (?:a )?(?:boy|son)\b|\bnor gender\b"
)
"""The gender is kept back."""
_EACH = r"(?P<who>boy|girl|son|daughter|brother|sister)"

_HAPPENED = re.compile(
    r"\b(?:died|dead|dies|death|killed|murdered|murder|manslaughter|lifeless|collapsed|convicted|coroner|inquest|pathologist|post[- ]mortem"
    r"|lost (?:his|her) life|own li(?:fe|ves)|own hand|(?:was|were) (?:\w+ ){0,3}(?:found|injured|hurt|admitted|carried|taken|beaten|abused|assaulted)"
    r"|seriously (?:harmed|injured)|disclosed|told|suffered|swallow\w*|drank|asleep|drowned|abuse[ds]?|injur\w+)\b"
)
"""Words of a sentence that may tell what happened to the child."""
_CAUSES: tuple[tuple[Context, str], ...] = (
    (
        "suicide",
        r"\bsuicide\b|\bt(?:ook|aken|ake|aking) (?:his|her|their) own li(?:fe|ves)|\bby (?:his|her) own hand|killed (?:him|her)self|hang(?:ed|ing) (?:him|her)self|(?:found|by|had) hang(?:ed|ing)\b",
    ),
    (
        "co_sleeping",
        r"co-?sle(?:ep|pt)\w*|\boverla(?:y|id|in|ying)\b|bed[- ]shar\w*|(?:asleep|slept|sleeping|dozed off|share[ds]?|lay down)\b[^.]{0,60}\b(?:sofa|settee|armchair|couch|two-seater|bed with|same bed)|(?:sofa|settee|armchair|couch|bed)\b[^.]{0,40}\b(?:asleep|sleeping)\b",
    ),
    (
        "ingestion",
        r"\bingest\w*|\bswallow\w*[^.]{0,40}(?:methadone|tablets|medicine|drug|poison)|(?:methadone|medicine|bottle)\b[^.]{0,60}\bdrank\b|\bdrank (?:most|all|some|half|from)\b|(?:death|died)\b[^.]{0,60} (?:from|of) (?:methadone|an overdose|poisoning)|methadone poisoning",
    ),
    ("sexual_abuse", r"sexual(?:ly)? (?:abus|assault|exploit)\w*|indecent(?:ly)? assault\w*|\braped?\b"),
    (
        "physical_assault",
        r"skull fracture|rib fractures?|fractures? (?:to|of)|fractured|bleeding (?:on|over) the brain|\bshak(?:en|ing)\b|assaulted by|the assaults?\b|assault (?:on|upon|of) (?:him|her|the (?:child|baby))|non-accidental|head injur\w*|inflicted injur\w*|brain (?:damage|injur\w*)|\bmurder(?:ed)?\b|manslaughter|\bbeaten\b|grievous bodily harm|struck|bruises|ruptured",
    ),
    (
        "natural_causes",
        r"natural causes?|died of (?:\w+ ){0,2}(?:asthma|sepsis|septic\w+|meningitis|pneumonia|infection|epilepsy|ketoacidosis|diabetes|cancer|leukaemia|disease)|overwhelming infection",
    ),
    (
        "unknown_cause",
        r"(?:no|not|un)\w* (?:\w+ ){0,3}(?:medical )?cause(?: of death)?|cause of (?:\w+ )?death (?:\w+ ){0,4}(?:unknown|unascertained|not (?:be )?(?:been )?(?:established|determined|ascertained))|unascertained",
    ),
)
_VIOLENCE = re.compile(
    r"\b(?:convicted|murder\w*|manslaughter|non-accidental|inflicted|assault(?:ed|s)? (?:by|on|upon|of)|the assaults?|shaken|beaten|grievous)\b"
)
_OWN: tuple[Context, ...] = ("suicide", "ingestion", "natural_causes")
"""What happens to relatives too, so that the child must be meant."""
_HYPOTHETICAL = re.compile(
    r"\b(?:whether|terms of reference|criteria|guidance|procedures?|regulations|statutory|requires?|consider(?:ed)? whether|nothing to suggest|no (?:sign|evidence|indication)|ought|should)\b",
    re.I,
)
_NEGLECTED = re.compile(r"\bneglect(?:ed)?\b|child cruelty", re.I)


class _Said(NamedTuple):
    """A fact with the words it rests on."""

    value: str
    words: str
    page: int


def case_facts(reading: Reading, flow: Flow) -> DraftCase:
    """What a review says of its case. What is not found is not stated; nothing is guessed from names."""
    all_sentences = sentences(flow)
    body = [
        s
        for s in all_sentences
        if s.section_kind not in ("terms_of_reference", "recommendations", "action_plan", "glossary", "contents")
    ]
    quotes: dict[str, DraftQuote] = {}
    authority = _keep("authority", _authority(reading), quotes)
    pseudonym = _keep("pseudonym", _pseudonym(reading, flow), quotes)
    children = _children(body, pseudonym, quotes) if pseudonym or authority else (_child("not stated", None),)
    context = _context(body, _names(body, pseudonym), quotes) if pseudonym or authority else "not stated"
    return DraftCase(authority=authority, pseudonym=pseudonym, children=children, context=context, quotes=quotes)


def _keep(name: str, said: _Said | None, quotes: dict[str, DraftQuote]) -> str | None:
    if said is None:
        return None
    quotes[name] = DraftQuote(text=said.words, page=said.page)
    return said.value


def _authority(reading: Reading) -> _Said | None:
    """The board that is named most, if on the first page or more than once."""
    counts: Counter[str] = Counter()
    first: dict[str, _Said] = {}
    for page in reading.pages:
        for match in _BOARD.finditer(re.sub(r"\n{2,}", " | ", page.text).replace("\n", " ")):
            name = re.sub(r"^(?:The|That|That the|Of|And|By)\s+| and District$", "", match["who"]).strip()
            counts[name] += 3 if page.number == 1 else 1
            first.setdefault(name, _Said(name, match.group(), page.number))
    who = max(counts, key=lambda name: (counts[name], -first[name].page), default=None)
    return first[who] if who and counts[who] > 1 else None


def _opening(reading: Reading) -> str:
    """What stands at the top of the first page, running headers left out."""
    page = reading.pages[0]
    text = page.text
    for mark in reversed([m for m in page.marks if m.kind in ("header", "footer", "page_number", "hidden")]):
        text = text[: mark.start] + text[mark.end :]
    return readable(re.sub(r"\s*\n\s*", " | ", text.strip()))[:320]


def _pseudonym(reading: Reading, flow: Flow) -> _Said | None:
    """The name that the title gives to the case, that a sentence gives to the child, or the letter by which it goes throughout."""
    text = readable(flow.text)
    whole = readable(" ".join(page.text for page in reading.pages))
    opening = _opening(reading)
    titles = sorted((match.start("name"), match["name"]) for pattern in _TITLES for match in pattern.finditer(opening))
    for name in (*(name for _, name in titles), *(match["name"] for match in _CALLED.finditer(text[:6000]))):
        name = re.sub(r"^[A-Z]{4,}(?: [A-Z]{4,})?(?= )", lambda capitals: capitals.group().title(), name)
        if _is_name(name, whole):
            return _found(reading, name)
    counts = Counter(match["name"] for match in _LETTERED.finditer(text))
    name = max(counts, key=lambda n: counts[n], default=None)
    return _found(reading, name) if name and counts[name] > 2 else None


def _is_name(name: str, text: str) -> bool:
    """Whether a name is used as one: again and again, never as a common word, and not of a place or an agency."""
    if re.fullmatch(r"Person \d+", name):
        return True
    if name == "The Twins":
        return bool(re.search(r"\btwins\b", text))
    words = re.findall(r"[A-Z][a-zà-ÿ]{2,}", re.sub(r"^(?:Child|Baby|Young [Pp]erson|Family|Children)\b", "", name))
    for word in words:
        uses = len(re.findall(rf"\b{word}\b", text))
        common = len(re.findall(rf"\b{word.lower()}\b", text))
        place = len(
            re.findall(
                rf"\b{word} (?:(?:and \w+ )?(?:Local )?Safeguarding|Council|Hospital|Police|Constabulary|Children|Trust|County)",
                text,
            )
        )
        if uses < 3 or common or place:
            return False
    if re.fullmatch(r"[A-Z]\d(?: and [A-Z]\d)*", name):
        return all(len(re.findall(rf"\b{letter}\b", text)) > 2 for letter in name.split(" and "))
    return bool(words) or bool(re.search(r"(?:Child|Baby|Person|Children) ", name))


def _found(reading: Reading, name: str) -> _Said | None:
    for page in reading.pages:
        if match := re.search(r"\s+".join(map(re.escape, name.split())), page.text, re.I):
            return _Said(name, readable(match.group()), page.number)
    return None


def _children(body: list[Sentence], pseudonym: str | None, quotes: dict[str, DraftQuote]) -> tuple[DraftChild, ...]:
    names = _names(body, pseudonym)
    said = _several(body, names) if len(names) > 1 else [(_gender(body, names), _age(body, names))]
    for gender, age in said:
        if gender and "gender" not in quotes:
            _keep("gender", gender, quotes)
        if age and "age" not in quotes:
            _keep("age", age, quotes)
    return tuple(_child(gender.value if gender else "not stated", age.value if age else None) for gender, age in said)


def _names(body: list[Sentence], pseudonym: str | None) -> list[str]:
    """The children of a pseudonym, each as text calls it."""
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
    return [
        rf"Child {part}" if part in ("A", "I") or part.isdigit() else part for part in parts
    ]  # no words of their own


def _several(body: list[Sentence], names: list[str]) -> list[tuple[_Said | None, _Said | None]]:
    """Gender and age of each of several children, said beside its name, or of all in one sentence in their order."""
    told = [s for s in body[:60] if not re.search(r"\bwhether\b", s.text)]
    said = [(_gender_beside(told, name), _age_beside(told, name, names)) for name in names]
    for sentence in told[:12]:
        pairs = list(re.finditer(rf"\b{_EACH},? (?:of|aged|who (?:was|is)) (?P<age>{_SPAN}|{_N})\b", sentence.text))
        if len(pairs) == len(names) and not any(gender or age for gender, age in said):
            return [(_sex(p["who"], sentence), _Said(p["age"], p["age"], sentence.page)) for p in pairs]
        both = re.search(rf"\b(?:[Tt]hey were|[Tt]wins?,? (?:were )?)\s?(?P<age>{_SPAN})\b", sentence.text)
        if both and not any(age for _, age in said):
            said = [(gender, _Said(both["age"], both["age"], sentence.page)) for gender, _ in said]
    ages = [age for _, age in said if age]
    if len(ages) == 1 and any(re.search(r"\b[Tt]wins?\b|^Two babies\b", s.text) for s in told[:12]):
        said = [(gender, ages[0]) for gender, _ in said]
    return said


def _gender_beside(told: list[Sentence], name: str) -> _Said | None:
    """What a child is called beside its name: `Bay, his sister`, `a boy (Baby R)`, `two sisters, called here Fern`."""
    own = rf"(?:Baby |Child )?{name}\b"
    for sentence in told:
        for pattern in (
            rf"\b{own},? (?:\([^)]*\),? )?(?:is |was |who (?:is|was) )?(?:an? |the |his |her )(?:\w+ )?{_EACH}\b",
            rf"\b{_EACH},? \(?(?:called (?:here )?)?{own}",
            rf"\b{_EACH}s,? called here [^.;]{{0,30}}?\b{own}",
            rf"\bcall(?:s|ed)? (?P<who>her|him) (?:here )?{own}",
            r"\b(?:[Bb]oth|[Tt]he two|[Tt]wo) (?P<who>girl|boy|sister|brother)s\b",
        ):
            if match := re.search(pattern, sentence.text):
                word = re.match(r"\w+", sentence.text[match.start("who") :])  # whole, for a quote cuts no word
                return _sex(match["who"], sentence)._replace(words=word.group() if word else "")
    return None


def _sex(word: str, sentence: Sentence) -> _Said:
    return _Said("F" if word.lower() in ("girl", "daughter", "sister", "her") else "M", word, sentence.page)


def _age_beside(told: list[Sentence], name: str, names: list[str]) -> _Said | None:
    others = "|".join(other for other in names if other != name)
    for sentence in told:
        for match in re.finditer(rf"\b{name}\b(?![’']s| and )(?:(?!\b(?:{others})\b)[^.;]){{0,45}}", sentence.text):
            near = sentence.text[match.start() : match.end() + 25]
            for pattern in _AGES:
                age = pattern.search(near)
                if (
                    age
                    and age.start() < len(match.group())
                    and " were " not in near[: age.start()]
                    and _is_childs(age["age"])
                ):
                    return _Said(age["age"], age["age"], sentence.page)
    return None


def _about(body: list[Sentence], names: list[str]) -> Iterator[tuple[Sentence, bool]]:
    """Sentences of the opening and of what happened, those that name the child first, and whether they do."""
    told = [s for s in body[:60] if not re.search(r"\bwhether\b", s.text)]
    named = [s for s in told if any(re.search(rf"\b{name}\b", s.text) for name in names)]
    yield from ((s, True) for s in named)
    yield from ((s, False) for s in told[:12] if s not in named)


def _age(body: list[Sentence], names: list[str]) -> _Said | None:
    """The age that is said of the child: in a sentence that names it, or at the beginning, and not of somebody else."""
    best: tuple[int, _Said] | None = None
    for sentence, named in _about(body, names):
        text = sentence.text
        for pattern in _AGES:
            for match in pattern.finditer(text):
                before = text[: match.start()]
                clause = re.split(r"[;:]|, (?:and|but)\b", before)[-1]
                own = [
                    m.end()
                    for name in names
                    for m in re.finditer(rf"(?<!of )(?<!of Child )(?<!of Baby )\b{name}\b(?![’']s)", clause)
                ]
                others = [m.end() for m in _OTHERS.finditer(text[: match.end()]) if m.end() > len(before) - len(clause)]
                if others and max(others) - len(before) + len(clause) > max(own, default=-1):
                    continue
                if pattern is _BRACKETS and not any(before.rstrip().endswith(name) for name in names):
                    continue
                if pattern is _BARE and not re.search(
                    rf"\b(?:he|she|who|they|child|baby|boy|girl{''.join(f'|{n}' for n in names)})\s*$", before, re.I
                ):
                    continue
                weight = (
                    4 * bool(re.search(r"\b(?:concerns|subject of|summary|review) ", text[:60]))
                    + 2 * bool(_HAPPENED.search(text))
                    + named
                    + bool(re.search(rf"{_WHO}|subject of this", text[:80]))
                )
                said = _Said(match["age"], match["age"], sentence.page)
                if best is None or weight > best[0]:
                    best = (weight, said)
    return best[1] if best and _is_childs(best[1].value) else None


def _is_childs(age: str) -> bool:
    """Whether an age may be a child’s."""
    number = _years(age)
    return number is None or number < 18


def _gender(body: list[Sentence], names: list[str]) -> _Said | None:
    """The gender that a word says of the child: girl or boy in a sentence about it, else she or he where it can only be it."""
    if any(_UNSAID.search(s.text) for s in body[:60]):
        return None
    for sentence, named in _about(body, names):
        text = sentence.text
        if not named and not re.search(rf"{_HAPPENED.pattern}|\b(?:found|born|review|summary|report|concerns)\b", text):
            continue
        plain = re.sub(
            r"\b\w+[’']s (?:\w+ )?(?:son|daughter|boy|girl)s?\b|\b(?:her|his|their|first|other|elder|older) (?:\w+ )?(?:son|daughter)s?\b",
            "",
            text,
        )
        female, male = _FEMALE.search(plain), _MALE.search(plain)
        found = female if female and not male else male if male and not female else None
        if found:
            return _Said("F" if female else "M", found.group(), sentence.page)
    return _by_pronoun(body, names)


def _by_pronoun(body: list[Sentence], names: list[str]) -> _Said | None:
    """She or he where it can only be the child: in the sentence behind its name or the next, nobody else being named."""
    votes: Counter[str] = Counter()
    first: dict[str, _Said] = {}
    for before, sentence in pairwise(body):
        named = any(re.match(rf"(?:Child |Baby |Young [Pp]erson )?{name}\b(?![’']s)", sentence.text) for name in names)
        after = any(
            re.match(rf"(?:Child |Baby |Young [Pp]erson )?{name}\b(?![’']s)", before.text) for name in names
        ) and not _OTHERS.search(before.text)
        if _OTHERS.search(sentence.text) or not (named or after):
            continue
        pattern = r"\b(?:she|he|herself|himself)\b" if named else r"^(?:She|He)\b"
        if match := re.search(pattern, sentence.text):
            value = "F" if match.group().lower() in ("she", "herself") else "M"
            votes[value] += 1
            first.setdefault(value, _Said(value, match.group(), sentence.page))
    if len(votes) == 1 or (votes and min(votes.values()) * 4 <= max(votes.values())):
        return first[votes.most_common(1)[0][0]]
    return None


def _child(gender: str, age: str | None) -> DraftChild:
    stated: Gender = "F" if gender == "F" else "M" if gender == "M" else "not stated"
    return DraftChild(gender=stated, age=age, age_band=age_band(age))


def _years(age: str) -> float | None:
    """An age in years; None where it has no number."""
    total, found = 0.0, False
    text = age.lower()
    for number, unit in re.findall(rf"\b({_N}|few|couple of)[\s-]?({_UNIT})?\b", text):
        value = float(number) if number.isdigit() else float(_NUMBERS.index(number) + 1) if number in _NUMBERS else 2.0
        total += value / {"h": 8766, "d": 365.25, "w": 52.2, "m": 12}.get(unit[:1], 1)
        found = True
    return total if found else None


def age_band(age: str | None) -> AgeBand:
    """The band of an age as printed; not stated where the words fit several bands (`under 13`) or none. `Primary aged` is 6-10."""
    text = (age or "").lower()
    if "primary" in text:
        return "6-10"
    years = None if text.startswith("under") else _years(text)
    bands: tuple[tuple[int, AgeBand], ...] = ((1, "<1"), (6, "1-5"), (11, "6-10"), (16, "11-15"), (18, "16-17"))
    return next((band for top, band in bands if years is not None and years < top), "not stated")


def _context(body: list[Sentence], names: list[str], quotes: dict[str, DraftQuote]) -> Context:
    """What happened, by the earliest sentences that tell it. Where a child lives and nothing but neglect is told, it is neglect."""
    violence = any(_VIOLENCE.search(s.text) for s in body)
    told = [
        s
        for s in body[:90]
        if s.section_kind in ("introduction", "facts", "other", "process", "analysis", "conclusion")
        and not _HYPOTHETICAL.search(s.text)
    ]
    found: dict[Context, tuple[int, _Said]] = {}
    for at, sentence in enumerate(told):
        if not _HAPPENED.search(sentence.text):
            continue
        for context, expression in _CAUSES:
            match = re.search(expression, sentence.text, re.I)
            if not match or _of_another(sentence.text, context, match, names):
                continue
            if context == "physical_assault" and not violence:
                continue  # an injury that nobody is said to have caused
            if at < 15 or context not in _OWN or any(re.search(rf"\b{name}\b", sentence.text) for name in names):
                found.setdefault(context, (at, _Said(context, match.group(), sentence.page)))
    if found:
        first = min(found, key=lambda c: found[c][0])
        if first == "unknown_cause" and "co_sleeping" in found:
            first = "co_sleeping"
        _keep("context", found[first][1], quotes)
        return first
    died = any(re.search(r"\b(?:died|death of|found dead|lifeless)\b", s.text, re.I) for s in told[:12])
    other = any(
        re.search(expression, s.text, re.I)
        for s in body
        for context, expression in _CAUSES
        if context == "sexual_abuse"
    ) or any(re.search(r"\bsex(?:ual)? offen", s.text) for s in body)
    cue = next(
        (
            s
            for s in body
            if _NEGLECTED.search(s.text)
            and not _HYPOTHETICAL.search(s.text)
            and not re.search(r"\b(?:no|not|nor)\b", s.text)
        ),
        None,
    )
    if cue and not died and not other and (match := _NEGLECTED.search(cue.text)):
        quotes["context"] = DraftQuote(text=match.group(), page=cue.page)
        return "neglect"
    return "not stated"


_LONG_AGO = re.compile(r"\b(?:In (?:19|200)\d+|years (?:before|earlier|ago)|former|previous|once|sentenced to)\b")


def _of_another(text: str, context: Context, match: re.Match[str], names: list[str]) -> bool:
    """Whether something is told of a relative, or of long ago."""
    if context not in _OWN:
        return bool(_LONG_AGO.search(text))
    before = text[: match.start()]
    relative = max((m.end() for m in _OTHERS.finditer(before)), default=-1)
    child = max(
        (m.end() for m in re.finditer(r"\b(?:[Cc]hild|[Bb]aby|boy|girl|who|whom|they|both)\b", text)), default=-1
    )
    own = max((m.end() for name in names for m in re.finditer(rf"\b{name}\b(?![’']s)", before)), default=-1)
    if max(own, child) < 0 and not re.search(
        r"^(?:He|She|They)\b|[Pp]athologist|[Pp]ost-mortem|[Cc]oroner|[Ii]nquest", text
    ):
        return True
    return relative > max(own, child if child < match.start() else -1)
