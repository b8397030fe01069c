"""The forms in which texts write a date: figures, words, feasts, a month or a year alone."""

import re
from collections.abc import Iterator

MONTH = (
    r"(?<![a-z])(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?|Ionawr|Chwefror|Mawrth|Ebrill|Mai|Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|"
    r"Rhagfyr)(?![a-z])(?:\.(?= ?[\d’'])|/[A-Z]{3}\b)?"
)
"""In English or Welsh, or in two languages as in passports: MAY/MAI."""
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?!\d)"
_NTH = rf"{_DAY}(?:st|nd|rd|th)?"
_YEAR = rf"(?:(?:19|20)\d\d|[’']?\d\d(?! {MONTH}))(?!\d)"
_WEEKDAY = r"(?:\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? (?:the )?)?"
_UNITS = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_ORDINAL = (
    rf"(?:the )?\b(?:(?:twenty|thirty)[- ](?:{_UNITS})|{_UNITS}|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)"
)
_YEAR_IN_WORDS = (
    r"(?:nineteen|two thousand|twenty)(?:[ -](?:hundred|and|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety))*"
)
_FEAST = (
    r"\b(?:(?:Christmas|Xmas|Boxing|Pancake|[Ll]eap|New Year[’']?s|May|Midsummer(?:[’']?s)?|"
    r"Valentine[’']?s|(?:Mo|Fa)ther[’']?s|"
    r"St\.? (?-i:[A-Z])\w+[’']?s|All (?:Saints|Souls)[’']?) (?:Day|Eve)|(?:Easter|Whit|Palm|Mothering|"
    r"Remembrance) (?:Sunday|Monday)|feast of (?:the )?(?-i:[A-Z]\w+)(?: (?-i:[A-Z]\w+))?|"
    r"Good Friday|Shrove Tuesday|Ash Wednesday|Easter|Christmas|(?:Michael|Candle|Lam)mas(?: Day)?|Whitsun|Hogmanay|"
    r"Hallowe[’']?en|(?:Bonfire|Guy Fawkes|Twelfth) Night|"
    r"(?:Spring|Lunar|Chinese) (?:Festival|New Year)|Eid(?:[ -]al-\w+)?|Diwali|Holi|"
    r"Vaisakhi|Hanukkah|Passover)\b"
)
_SEASON = r"(?:c(?:irca)?\.? ?|\b(?:the )?(?:early|mid|late|spring|summer|autumn|winter)[ -](?:of |in )?(?:the )?)?"
_DATES = re.compile(
    r"(?<![\d£])(?<!\d[-/.:])(?:(?P<day>"
    rf"{_WEEKDAY}(?:{_NTH}(?:,? and |,? or | ?& ?|[/–-]))?(?:{_NTH}|{_ORDINAL})(?: day)?(?: of)?[ /.-]?"
    rf"{MONTH},?[ /.-]?(?:{_YEAR}|{_YEAR_IN_WORDS})|"
    rf"{MONTH} (?:the )?(?:{_NTH}|{_ORDINAL}),? (?:{_YEAR}|{_YEAR_IN_WORDS})|"
    rf"(?:the )?(?:first|last) day of {MONTH},? (?:{_YEAR}|{_YEAR_IN_WORDS})|"
    rf"{_WEEKDAY}{_DAY}[/. –-]{_DAY}[/. –-]{_YEAR}|{_DAY}(?P<by> ?[/.–-] ?){_DAY}(?P=by){_YEAR}|"
    rf"{_DAY}[/.]{_DAY}[/.]\d(?!\d)|{_DAY} ?[/. -] ?[ivx]{{1,4}} ?[/. -] ?{_YEAR}|"
    r"[0-3] ?\d ?[/.-] ?[01] ?\d ?[/.-] ?(?:1 ?9|2 ?0) ?\d ?\d(?!\d)|"  # a scanned card
    rf"(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY}(?:T[\d:]+)?)|"
    r"(?P<digits>\d{6}(?:\d\d)?(?!\d))|"
    rf"(?P<feast>{_FEAST}(?:,? (?:in )?{_YEAR})?)|"
    rf"(?P<short>{_WEEKDAY}(?:{_NTH}|{_ORDINAL})(?: day)?(?: of)? {MONTH}|"
    rf"{MONTH} (?:the )?(?:{_DAY}(?:st|nd|rd|th)|{_ORDINAL})|{_DAY}/{_DAY})|"
    rf"(?P<loose>{_SEASON}(?:{MONTH}(?:,? of)?,?[ ,-]{{1,2}}{_YEAR}|(?:0?[1-9]|1[0-2])/{_YEAR}|(?:19|20)\d\d(?:/\d\d)?|"
    r"(?<=[ (])[’']\d\d)(?![\d/]|-\d))|"
    rf"(?P<foreign>{_NTH}\.? (?!(?:of|and|or|to|in)\b)[^\W\d_]{{3,12}} (?:19|20)\d\d)|(?P<month>{MONTH}))"
    r"(?![\w/])(?<!\d(?=-\d))|"
    r"(?<!\d[/.-])(?P<run_on>\d{6}(?:\d\d)?)(?=[A-Z])",
    re.I,
)
"""A day with its year; in figures without strokes; a feast; a day without its year; a month or a year; a day with a
word that may be a month of another language, and its year; a month alone."""

_WORD = re.compile(r"[’']?\d+|[^\W\d_]+")
_OPENING_WORDS = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
the first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty thirty c circa early mid late spring summer
autumn winter christmas xmas guy pancake remembrance feast leap
boxing new midsummer midsummers valentine valentines mother mothers father fathers st all easter
whit palm mothering good shrove ash michaelmas candlemas lammas whitsun hogmanay hallowe halloween bonfire lunar chinese
eid diwali holi vaisakhi hanukkah passover
"""
_OPENS_A_DATE = frozenset(_OPENING_WORDS.split())


def dates(text: str) -> Iterator[re.Match[str]]:
    """The dates in a text. They are looked for only where one can begin: the pattern is slow."""
    end = 0
    for word in _WORD.finditer(text):
        if word.start() < end or not (word[0][-1].isdigit() or word[0].casefold() in _OPENS_A_DATE):
            continue
        if date := _DATES.match(text, word.start()):
            end = date.end()
            yield date
