"""See through disguised text.

Disguises are invisible characters, characters that change the direction of text, letters that look like others, and
words that are spelled out, run together, reversed or written with digits.

`guises` gives what a person would take a text for. It serves only to recognise orders to a machine: the text of a
reading and every quote stay unchanged. A Latin letter of any style is recognised by its Unicode name (small capitals,
parenthesised, squared, regional indicators). Look-alikes are the letters of Unicode's confusables.txt (Technical
Standard 39) whose prototype is one small or capital Latin letter, from the alphabets that a keyboard offers: Cyrillic,
Greek, Armenian, Cherokee, Lisu and Latin with hooks.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator

_LOOKS_LIKE = {
    look: letter
    for letter, looks in {
        "a": "аɑα",
        "b": "ЬƄᏏ",
        "c": "сϲ",
        "d": "ԁɗᏧ",
        "e": "еҽєε",
        "f": "ſϝ",
        "g": "ɡց",
        "h": "һհᏂ",
        "i": "іıɩιӏᎥ",
        "j": "јϳ",
        "k": "кκ",
        "l": "ⅼǀ",
        "m": "мⅿ",
        "n": "ոп",
        "o": "оοσօ",
        "p": "рρ",
        "q": "ԛգ",
        "r": "гᴦ",
        "s": "ѕ",
        "t": "тτ",
        "u": "υսц",
        "v": "νѵ",
        "w": "ԝѡω",
        "x": "хχ",
        "y": "уүγᎩᎽ",
        "A": "АΑᎪꓮ",
        "B": "ВΒᏴꓐ",
        "C": "СϹᏟꓚ",
        "D": "Ꭰꓓ",
        "E": "ЕΕᎬꓰ",
        "F": "ꓝ",
        "G": "ᏀᏳꓖ",
        "H": "НΗᎻꓧ",
        "I": "ІΙӀꓲ",
        "J": "ЈᎫꓙ",
        "K": "КΚᏦꓗ",
        "L": "Ꮮꓡ",
        "M": "МΜᎷꓟ",
        "N": "Νꓠ",
        "O": "ОΟꓳ",
        "P": "РΡᏢꓑ",
        "R": "ᎡᏒꓣ",
        "S": "ЅᏕᏚꓢ",
        "T": "ТΤᎢꓔ",
        "U": "ꓴ",
        "V": "ᏙᏤꓦ",
        "W": "ᎳᏔꓪ",
        "X": "ХΧꓫ",
        "Y": "ҮΥꓬ",
        "Z": "ΖᏃꓜ",
    }.items()
    for look in looks
}
_LATIN = re.compile(r".*\b(?:LATIN|REGIONAL INDICATOR)\b.*\b([A-Z])(?: WITH .*)?")
"""The Unicode name of a Latin letter of any style."""
_SPELLED = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,5}[^\W_]){3,}(?![^\W_])")
"""Four or more separated letters: `i g n o r e`, `i/g/n/o/r/e`."""
_JOINED = re.compile(r"(?<=[^\W_])[_/|.·•-]+(?=[^\W_])")
"""Characters between words that replace a space."""
_NUMBERED = re.compile(r"(?<![\w@$!])(?=[\w@$!]*[\d@$!])(?=(?:[\d_@$!]*[^\W\d_]){2})[\w@$!]{3,}(?<!!)")
"""A word with two or more letters, and digits or signs for the others. Roads and forms (A1, M25) have one letter."""
_DIGITS = tuple(str.maketrans("013457@$!", f"o{one}eastasi") for one in "il")
"""The letters that digits and signs replace; a 1 may be an i or an l."""
_PARTED = re.compile(
    r"ignore|disregard|forget|override|previous|prior|earlier|above|instructions?|prompts?|rules|assistant|every|"
    r"all|any|themes?|codes?|the",
    re.I,
)
"""Words of orders, used to divide text that was written without gaps between the words."""
_LONG = re.compile(r"[^\W_]{8,}")
"""A run of letters long enough to hold two words of orders."""
_BACKWARDS = ("erongi", "dragersid", "tegrof", "edirrevo", "noitcurtsni", "tnatsissa", "suoiverp")
"""Words of orders, spelled backwards."""
_TAGS = range(0xE0000, 0xE0080)
_TAG = re.compile("[\U000e0000-\U000e007f]")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS = frozenset({"Mn", "Me"})
"""Unicode categories of accents, joiners and variation marks."""
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul letters without a shape."""
_BLANK = "\u2800"
"""The braille cell without dots, which looks like a space."""
_WITHIN = "\u200b\u2060-\u2064\u180e\ufeff\u200c\u200d\u034f\u2800" + "".join(sorted(_FILLERS))
"""Characters that are invisible inside a word."""
_SEVERAL = 3
"""Fewest invisible characters inside words of one page that are reported; fewer are accidents of typesetting."""


def guises(text: str) -> Iterator[str]:
    """What a person may take a text for: as it is, with digits read as letters, and read backwards.

    In the first, compatibility forms are folded, invisible characters dropped or decoded, look-alikes replaced by Latin
    letters, and words that are spelled out or run together restored.
    """
    plain = text if text.isascii() else _folded(text)
    first = _worded(plain)
    yield first
    if _NUMBERED.search(first):
        yield from (_worded(plain, digits) for digits in _DIGITS)
    lower = plain.lower()
    if any(word in lower for word in _BACKWARDS):
        yield _worded(plain[::-1])
        yield re.sub(r"\w+", lambda match: match.group()[::-1], plain)


def _folded(text: str) -> str:
    return "".join(map(_folded_letter, _turned("".join(_spoken(text)))))


@functools.lru_cache(maxsize=4096)
def _folded_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    if look := _LOOKS_LIKE.get(letter) or _LOOKS_LIKE.get(letter.upper()):  # small Cherokee is listed by its capitals
        return look
    name = unicodedata.name(letter, "")
    if unicodedata.category(letter) in _MARKS:
        return ""
    if latin := _LATIN.fullmatch(name):
        return latin.group(1).lower() if "SMALL" in name else latin.group(1)
    folded = (_LOOKS_LIKE.get(each, each) for each in unicodedata.normalize("NFKD", letter))
    return "".join(each for each in folded if unicodedata.category(each) not in _MARKS and each not in _FILLERS)


def _worded(text: str, digits: dict[int, int] | None = None) -> str:
    """A text with its words restored, and with digits read as letters if a table for them is given."""

    def parted(match: re.Match[str]) -> str:
        word = match.group()  # an honest word holds at most one word of orders, as “disregarded” does
        return _PARTED.sub(r" \g<0> ", word) if len(_PARTED.findall(word)) > 1 else word

    def joined(match: re.Match[str]) -> str:
        letters = re.sub(r"[\W_]", "", match.group())
        return _PARTED.sub(r" \g<0> ", letters.translate(digits) if digits else letters)

    text = _JOINED.sub(" ", _SPELLED.sub(joined, text))
    if digits:
        text = _NUMBERED.sub(lambda match: match.group().translate(digits), text)
    return _LONG.sub(parted, text)


def _spoken(text: str) -> Iterator[str]:
    for character in text:
        if ord(character) in _TAGS:
            yield chr(ord(character) - 0xE0000) if ord(character) >= 0xE0020 else ""
        elif character == _BLANK:
            yield " "
        elif character in _DIRECTIONS or unicodedata.category(character) != "Cf":
            yield character


def _turned(text: str) -> str:
    """The text with every right-to-left override undone: what follows it, up to its end, is reversed."""
    turned = re.sub("\u202e([^\u202c\n]*)\u202c?", lambda match: match.group(1)[::-1], text)
    return "".join(character for character in turned if character not in _DIRECTIONS)


def disguises(text: str) -> tuple[str, ...]:
    """The disguises in a text, each with its number and first place, for a person to check.

    Empty for honest typesetting.
    """
    if text.isascii():
        return ()
    found: list[str] = []
    tags = [match.start() for match in _TAG.finditer(text) if not _is_flag(text, match.start())]
    if tags:
        spoken = "".join(chr(ord(text[place]) - 0xE0000) for place in tags if 0xE0020 <= ord(text[place]) < 0xE007F)
        where = _behind(text, tags[0])
        found.append(f"{len(tags)} invisible tag characters that spell “{_short(spoken)}”, first {where}")
    turns = [match.start() for match in re.finditer("[\u202d\u202e]", text)]
    if turns:
        found.append(f"{len(turns)} characters that change the direction of the text, first {_behind(text, turns[0])}")
    unseen = [match.start() for match in re.finditer(f"(?<=[A-Za-z])[{_WITHIN}]+(?=[A-Za-z])", text)]
    if len(unseen) >= _SEVERAL:
        found.append(f"{len(unseen)} invisible characters inside words, first {_behind(text, unseen[0])}")
    words = (match.group() for match in re.finditer(r"[^\W\d_]{3,}", text))
    mixed = [word for word in words if not word.isascii() and _is_mixed(word)]
    if mixed:
        first = f"first “{_short(mixed[0])}”"
        found.append(f"{len(mixed)} words that mix Latin letters with letters that look like them, {first}")
    return tuple(found)


def _is_mixed(word: str) -> bool:
    """Whether a word has a look-alike of another alphabet among Latin letters.

    A Greek letter at a word's end is scientific notation, as in `TNFα`.
    """
    if not any(letter.isascii() for letter in word):
        return False
    anywhere = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "LISU")
    return any(_is_look_alike(letter, anywhere) for letter in word[1:-1]) or any(
        _is_look_alike(letter, ("CYRILLIC",)) for letter in word[:1] + word[-1:]
    )


def _is_look_alike(letter: str, alphabets: tuple[str, ...]) -> bool:
    return letter in _LOOKS_LIKE and unicodedata.name(letter, "").startswith(alphabets)


def _is_flag(text: str, place: int) -> bool:
    """Whether a tag character belongs to a flag emoji such as that of England, Scotland or Wales."""
    start = place
    while start and ord(text[start - 1]) in _TAGS:
        start -= 1
    return start > 0 and text[start - 1] == "\U0001f3f4" and place - start <= 6


def _behind(text: str, place: int) -> str:
    before = "".join(c for c in text[max(0, place - 60) : place] if c.isprintable() or c.isspace()).split()[-4:]
    return f"after “{' '.join(before)}”" if before else "at the beginning"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
