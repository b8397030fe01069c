"""Case facts by rule: authority, pseudonym, children with gender and age as written, context. Each with the words it rests on."""

import re

from scr_llm.records import AgeBand, Context, DraftCase, DraftChild, DraftQuote, Gender, Reading
from scr_llm.text.flow import Flow, Sentence, readable, sentences

_BOARD = re.compile(
    r"\b(?P<who>[A-Z][\w’'-]+(?: (?:and|upon|on|in|of|the|[A-Z][\w’'-]+)){0,4}?)\s+(?:Local )?Safeguarding (?:Children(?:[’']s)?|Child(?:ren)?) (?:Board|Partnership)"
)
_PSEUDONYM = re.compile(
    r"(?P<name>(?:Child|Baby|Young [Pp]erson|Children|Siblings?|Family)\s+(?:[A-Z]{1,3}\d?|\d{1,3}|[A-Z][a-z]+)(?:(?:, [A-Z])*,? and [A-Z])?\b)(?![’'])|[‘'“\"](?P<quoted>[A-Z][a-z]+)[’'”\"]"
)
_NUMBER = r"\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
_AGE = re.compile(
    rf"\b(?:(?:an? )?(?:few|couple of) (?:days|weeks|months)(?: old)?|under (?:{_NUMBER})\b|primary[- ](?:school )?aged?\b|(?:{_NUMBER})[- ](?:days?|weeks?|months?|years?)(?:[- ]old)?|"
    rf"(?:aged|age) (?:of )?(?:{_NUMBER})\b(?: (?:days|weeks|months|years))?)",
    re.I,
)
_FEMALE = re.compile(r"\b(?:girl|daughter|young woman|female|baby girl|sister)\b", re.I)
_MALE = re.compile(r"\b(?:boy|son|young man|male|baby boy)\b", re.I)
_WORDS = {w: n for n, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"])}
_CONTEXT: tuple[tuple[Context, str], ...] = (
    ("sexual_abuse", r"sexual(?:ly)? (?:abuse|assault)\w*|indecent(?:ly)? assault\w*|\braped?\b"),
    ("co_sleeping", r"co-?sleep\w*|overlay|overla(?:in|id)|bed[- ]shar\w*"),
    ("suicide", r"suicide|t(?:ook|aken|ake|aking) (?:his|her|their) own li(?:fe|ves)|killed (?:him|her)self|hang(?:ing|ed)\b"),
    ("ingestion", r"ingest\w*|swallow\w*|methadone poisoning"),
    ("physical_assault", r"(?:skull|rib) fractures?|fractures (?:to|of)|bleeding on the brain|fractured skull|shak(?:en|ing)|assault(?:ed)? by|non-accidental|head injur\w*|inflicted injur\w*|brain (?:damage|injur\w*)"),
    ("natural_causes", r"natural causes|infection"),
    ("unknown_cause", r"cause of (?:\w+ )?death (?:\w+ ){0,4}(?:unknown|unascertained|not (?:been )?(?:established|determined|ascertained))|unascertained"),
    ("neglect", r"neglect\w*"),
)  # fmt: skip


def case_facts(reading: Reading, flow: Flow) -> DraftCase:
    """What a review says of its case. What is not found is not stated; nothing is guessed from names."""
    body = [s for s in sentences(flow) if s.section_kind not in ("terms_of_reference", "panel", "recommendations", "action_plan", "glossary")]
    quotes: dict[str, DraftQuote] = {}
    authority = _authority(reading, quotes)
    pseudonym = _pseudonym(reading, quotes)
    children = _children(body, pseudonym, quotes)
    context = _context(body, quotes)
    return DraftCase(authority=authority, pseudonym=pseudonym, children=children, context=context, quotes=quotes)


def _authority(reading: Reading, quotes: dict[str, DraftQuote]) -> str | None:
    counts: dict[str, int] = {}
    first: dict[str, tuple[str, int]] = {}
    for page in reading.pages:
        for match in _BOARD.finditer(page.text.replace("\n", " ")):
            who = re.sub(r"^(?:The|That|That the|Of|And)\s+", "", match["who"]).strip()
            counts[who] = counts.get(who, 0) + 1
            first.setdefault(who, (match.group(), page.number))
    if not counts:
        return None
    who = max(counts, key=lambda name: (counts[name], -first[name][1]))
    words, number = first[who]
    quotes["authority"] = DraftQuote(text=words, page=number)
    return who


def _pseudonym(reading: Reading, quotes: dict[str, DraftQuote]) -> str | None:
    counts: dict[str, int] = {}
    first: dict[str, tuple[str, int]] = {}
    for page in reading.pages:
        for match in _PSEUDONYM.finditer(readable(page.text)):
            name = match["name"] or match["quoted"]
            if re.match(r"(?:Child|Family|Children) (?:Protection|In|Health|And|Care|Abuse|Death|Act|Services?|Social|Board|Practice|Safeguarding|Trust|Need|First|Young)\b", name, re.I):
                continue
            counts[name] = counts.get(name, 0) + (3 if page.number == 1 else 1) * (2 if " and " in name else 1)
            first.setdefault(name, (match.group(), page.number))
    if not counts:
        return None
    name = max(counts, key=lambda n: (counts[n], n))
    quotes["pseudonym"] = DraftQuote(text=first[name][0], page=first[name][1])
    return name


def _children(body: list[Sentence], pseudonym: str | None, quotes: dict[str, DraftQuote]) -> tuple[DraftChild, ...]:
    letters = re.findall(r"\b[A-Z]\b|\b\d+\b", pseudonym or "") if pseudonym and pseudonym.startswith("Children") else []
    if letters:
        return _each_child(body, letters, quotes)
    age, gender = None, "not stated"
    about = [s for s in body if _is_about(s.text, pseudonym)]
    for sentence in [*about, *body[:40]]:
        match = _AGE.search(sentence.text)
        if match and not re.search(r"\b(?:mother|father|parents?|siblings?|brother|sister|partner)\b[^.]{0,25}$", sentence.text[: match.start()], re.I):
            age = match.group()
            quotes["age"] = DraftQuote(text=match.group(), page=sentence.page)
            break
    for sentence in [*about, *body[:25]]:
        female, male = _FEMALE.search(sentence.text), _MALE.search(sentence.text)
        found = female if female and not male else male if male and not female else None
        if found and found.group().lower() != "sister":
            gender = "F" if female else "M"
            quotes["gender"] = DraftQuote(text=found.group(), page=sentence.page)
            break
    return (_child(gender, age),)


def _each_child(body: list[Sentence], letters: list[str], quotes: dict[str, DraftQuote]) -> tuple[DraftChild, ...]:
    children = []
    for letter in letters:
        gender, age = "not stated", None
        for sentence in body:
            place = re.search(rf"\b(?:Child )?{letter}\b[^.;]{{0,80}}", sentence.text)
            match = place and _AGE.search(place.group())
            if place and match:
                age = match.group()
                gender = "F" if _FEMALE.search(place.group()) else "M" if _MALE.search(place.group()) else "not stated"
                quotes.setdefault("age", DraftQuote(text=match.group(), page=sentence.page))
                if gender != "not stated" and "gender" not in quotes:
                    found = _FEMALE.search(place.group()) or _MALE.search(place.group())
                    quotes["gender"] = DraftQuote(text=found.group() if found else "", page=sentence.page)
                break
        children.append(_child(gender, age))
    return tuple(children)


def _is_about(text: str, pseudonym: str | None) -> bool:
    return bool(re.search(r"\b(?:died|death of|was (?:born|injured|admitted|taken)|subject of this)\b", text)) and (not pseudonym or pseudonym in text)


def _child(gender: str, age: str | None) -> DraftChild:
    stated: Gender = "F" if gender == "F" else "M" if gender == "M" else "not stated"
    clean = re.sub(r"^(?:aged|age of|age)\s+|[- ]old$", "", age, flags=re.I) if age else None
    return DraftChild(gender=stated, age=clean, age_band=age_band(clean))


def age_band(age: str | None) -> AgeBand:
    """The band of an age as printed. Days, weeks and months are under one; `under 13` and `primary aged` are 6-10."""
    if not age:
        return "not stated"
    text = age.lower()
    number = re.search(r"\d+", text)
    years = int(number.group()) if number else next((n for w, n in _WORDS.items() if re.search(rf"\b{w}\b", text)), None)
    if "primary" in text:
        return "6-10"
    if re.search(r"day|week", text) or ("month" in text and (years or 0) < 12):
        return "<1"
    if "month" in text:
        return "1-5"
    if years is None:
        return "not stated"
    if text.startswith("under"):
        years = max(0, years - 3)
    bands: tuple[tuple[int, AgeBand], ...] = ((0, "<1"), (5, "1-5"), (10, "6-10"), (15, "11-15"), (17, "16-17"))
    return next((band for top, band in bands if years <= top), "not stated")


def _context(body: list[Sentence], quotes: dict[str, DraftQuote]) -> Context:
    for wanted in (r"\b(?:died|death|injur\w+|assault\w*|disclos\w+|found)\b", r""):
        for sentence in body[:80]:
            if not re.search(wanted, sentence.text, re.I) or re.search(r"\b(?:abuse or neglect|neglect is known)\b", sentence.text):
                continue
            for context, expression in _CONTEXT:
                if match := re.search(expression, sentence.text, re.I):
                    quotes["context"] = DraftQuote(text=match.group(), page=sentence.page)
                    return context
    return "not stated"
