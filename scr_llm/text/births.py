"""How texts write a date of birth: figures, words, feast days, and the words of birth that stand before it."""

MONTH_NAME = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)"
)
MONTH = rf"{MONTH_NAME}\.?"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"
YEAR = r"(?:(?:19|20)\d\d|[’']?\d\d)"
_WEEKDAY = r"(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? (?:the )?)?"
DATE = (
    rf"(?:{_WEEKDAY}(?:{DAY}(?:st|nd|rd|th)?(?: day)?(?: of)?[ /.-]{MONTH},?[ /.-]{YEAR}|"
    rf"{MONTH} {DAY}(?:st|nd|rd|th)?,? {YEAR}|{DAY}(?:[/. -]| ?[–-] ?){DAY}(?:[/. -]| ?[–-] ?){YEAR}|"
    rf"(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.]{DAY}))(?![\w/])"
)
"""A day with its year."""
_UNITS = r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
_ORDINAL = (
    rf"(?:the )?(?:(?:twenty|thirty)[- ](?:{_UNITS})|{_UNITS}|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth)"
)
_YEAR_IN_WORDS = (
    r"(?:nineteen|two thousand|twenty)(?:[ -](?:hundred|and|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety))*"
)
_FEAST = (
    r"(?:(?:Christmas|Boxing|New Year[’']?s|May|Midsummer(?:[’']?s)?|Valentine[’']?s|(?:Mo|Fa)ther[’']?s|"
    r"St\.? [A-Z]\w+[’']?s|All (?:Saints|Souls)[’']?) (?:Day|Eve)|(?:Easter|Whit|Palm|Mothering) (?:Sunday|Monday)|"
    r"Good Friday|Shrove Tuesday|Ash Wednesday|Easter|Christmas|Michaelmas|Candlemas|Lammas|Whitsun|Hogmanay|"
    r"Hallowe[’']?en|Bonfire Night|(?:Spring|Lunar|Chinese) (?:Festival|New Year)|Eid(?:[ -]al-\w+)?|Diwali|Holi|"
    r"Vaisakhi|Hanukkah|Passover)"
)
LOOSE_DATE = (
    rf"(?:{DATE}|{_WEEKDAY}(?:{_ORDINAL}|{DAY}(?:st|nd|rd|th)?)(?: day)?(?: of)? {MONTH},? "
    rf"(?:{YEAR}|{_YEAR_IN_WORDS})\b|"
    rf"{MONTH} (?:{_ORDINAL}),? {YEAR}\b|{DAY}[/. -][ivxIVX]{{1,4}}[/. -]{YEAR}\b|"
    rf"{_FEAST},?(?: (?:in )?{YEAR}\b)?|"
    r"(?:c(?:irca)?\.? ?|(?:the )?(?:early|mid|late|spring|summer|autumn|winter)[ -](?:of |in )?)?"
    rf"(?:{MONTH}[ ,-]{{1,2}}{YEAR}|(?:0?[1-9]|1[0-2])/{YEAR}|"
    rf"(?:19|20)\d\d(?![\d/-]))(?![\w/]))"
)
"""A day, a month or a year, in figures or words: behind words of birth, where nothing else is meant."""
BORN = (
    r"(?:\bborn\b|\bbirth ?dates?\b|\bdate of delivery\b|\bdelivery:|"
    r"\bdates? of birth\b|\bd\.? ?o\.? ?bs?\b\.?|\bd of b\b|(?-i:(?<=[ (])b\.)|"
    r"\bbirthdays?\b|\bturn(?:ed|s|ing) \w+ on\b|\bdelivered\b|\bgave birth\b|(?<!previous )\bbirth (?:of|on|was on)\b|"
    r"\b(?:the|her|his|their|baby[’']?s|twins[’']?) (?:birth|arrival)\b|\b(?:baby|twins?(?: \d)?) (?:came|arrived)\b|"
    r"\b(?:be|becomes?|reach(?:ed|es)?|turn) (?:the age of )?(?:1[0-8]|[1-9]|"
    r"one|two|three|four|five|six|seven|eight|nine|"
    r"ten|eleven|twelve|(?:thir|four|fif|six)teen|eighteen)(?: years old)? on\b)"
)
"""Words of birth."""
SO_FAR = (
    r"(?:(?!\b(?:died|moved|was|were|had|has|came|went|lived|referred|seen|visited|discharged|admitted|placed|removed|"
    r"subject|until|since|letter|report|incident|death)\b|\.[ \n]+[A-Z]|[;|]|\n\n).){0,60}?"
)
"""What may stand between words of birth and the date."""
PERSON_WORD = (
    r"(?:child|girl|boy|son|daughter|eldest|youngest|oldest|older|younger|middle|twins?|triplets?|baby|infant|sibling|"
    r"brother|sister|subject|pupil|patient|mother|father|mum|dad|aged? \d{1,2})"
)
"""Whom a date in brackets is the date of birth of."""
