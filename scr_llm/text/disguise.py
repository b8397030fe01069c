"""Characters that disguise a text: those that nobody sees, those that turn its direction, letters that look like
others; and words that are spelled out, run together, turned round or written with digits.

`guises` gives what a person would take a text for. It is for recognising orders to a machine and for nothing else:
the text of a reading and every quote stay as they are. A Latin letter of any style is known by its Unicode name (small
capitals, parenthesised, squared, regional indicators). Look-alikes are the letters of Unicode's confusables.txt
(Technical Standard 39) whose prototype is one small or capital Latin letter, of the alphabets that a keyboard offers:
Cyrillic, Greek, Armenian, Cherokee, Lisu and Latin with hooks.
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
"""The Unicode name of a Latin letter, however it is drawn."""
_SPELLED = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,5}[^\W_]){3,}(?![^\W_])")
"""Four letters or more that stand apart: `i g n o r e`, `i/g/n/o/r/e`."""
_JOINED = re.compile(r"(?<=[^\W_])[_/|.·•-]+(?=[^\W_])")
"""What stands between words in place of a space."""
_NUMBERED = re.compile(r"(?<![\w@$!])(?=[\w@$!]*[\d@$!])(?=(?:[\d_@$!]*[^\W\d_]){2})[\w@$!]{3,}(?<!!)")
"""A word of two letters or more, with digits or signs for the others. Roads and forms (A1, M25) have one."""
_DIGITS = tuple(str.maketrans("013457@$!", f"o{one}eastasi") for one in "il")
"""Letters that digits stand for; a 1 is an i or an l."""
_PARTED = re.compile(
    r"ignore|disregard|forget|override|previous|prior|earlier|above|instructions?|prompts?|rules|assistant|every|"
    r"all|any|themes?|codes?|the",
    re.I,
)
"""Words of orders, to part what was written without a gap between the words."""
_LONG = re.compile(r"[^\W_]{8,}")
"""What may be two words of orders in one."""
_BACKWARDS = ("erongi", "dragersid", "tegrof", "edirrevo", "noitcurtsni", "tnatsissa", "suoiverp")
"""Words of orders as they read backwards."""
_TAGS = range(0xE0000, 0xE0080)
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS = frozenset({"Mn", "Me"})
"""Unicode categories of accents, and of what joins or varies letters."""
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul letters without a shape."""
_BLANK = "\u2800"
"""The braille cell without a dot: a space in all but name."""
_WITHIN = "\u200b\u2060-\u2064\u180e\ufeff\u200c\u200d\u034f\u2800" + "".join(sorted(_FILLERS))
"""Characters that nobody sees within a word."""
_SEVERAL = 3
"""Invisible characters within words of one page from which they are named; fewer are an accident of typesetting."""


def guises(text: str) -> Iterator[str]:
    """What a person may take a text for: as it is, with digits read as letters, and read backwards.

    The first has compatibility forms folded, invisible characters dropped or spoken, look-alikes made Latin, and words
    that are spelled out or run together made words.
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
    if look := _LOOKS_LIKE.get(letter) or _LOOKS_LIKE.get(letter.upper()):  # small Cherokee is known by its capitals
        return look
    name = unicodedata.name(letter, "")
    if unicodedata.category(letter) in _MARKS:
        return ""
    if latin := _LATIN.fullmatch(name):
        return latin.group(1).lower() if "SMALL" in name else latin.group(1)
    folded = (_LOOKS_LIKE.get(each, each) for each in unicodedata.normalize("NFKD", letter))
    return "".join(each for each in folded if unicodedata.category(each) not in _MARKS and each not in _FILLERS)


def _worded(text: str, digits: dict[int, int] | None = None) -> str:
    """A text with its words made whole, and digits read as letters where it is asked for."""

    def parted(match: re.Match[str]) -> str:
        word = match.group()  # two words of orders in one: an honest word has one at most, as “disregarded” has
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
    """What stands behind an override to the left is read backwards, up to its end."""
    turned = re.sub("\u202e([^\u202c\n]*)\u202c?", lambda match: match.group(1)[::-1], text)
    return "".join(character for character in turned if character not in _DIRECTIONS)


def disguises(text: str) -> tuple[str, ...]:
    """What disguises a text, each with how often and where first, for a person to look at. Nothing for honest
    typesetting.
    """
    found: list[str] = []
    tags = [place for place, character in enumerate(text) if ord(character) in _TAGS and not _is_flag(text, place)]
    if tags:
        spoken = "".join(chr(ord(text[place]) - 0xE0000) for place in tags if 0xE0020 <= ord(text[place]) < 0xE007F)
        found.append(
            f"{len(tags)} tag characters, which nobody sees, that spell “{_short(spoken)}” {_behind(text, tags[0])}"
        )
    turns = [place for place, character in enumerate(text) if character in "\u202d\u202e"]
    if turns:
        found.append(f"{len(turns)} marks that turn the direction of the text, first {_behind(text, turns[0])}")
    unseen = [match.start() for match in re.finditer(f"(?<=[A-Za-z])[{_WITHIN}]+(?=[A-Za-z])", text)]
    if len(unseen) >= _SEVERAL:
        found.append(f"{len(unseen)} invisible characters within words, first {_behind(text, unseen[0])}")
    mixed = [match.group() for match in re.finditer(r"[^\W\d_]{3,}", text) if _is_mixed(match.group())]
    if mixed:
        found.append(
            f"{len(mixed)} words that mix Latin letters with letters that look like them, first “{_short(mixed[0])}”"
        )
    return tuple(found)


def _is_mixed(word: str) -> bool:
    """Whether a look-alike of another alphabet stands among Latin letters; Greek at a word's end is science, as in
    `TNFα`.
    """
    if not any(letter.isascii() for letter in word):
        return False
    return any(
        letter in _LOOKS_LIKE
        and unicodedata.name(letter, "").startswith(("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "LISU"))
        for letter in word[1:-1]
    ) or any(
        letter in _LOOKS_LIKE and unicodedata.name(letter, "").startswith("CYRILLIC") for letter in word[:1] + word[-1:]
    )


def _is_flag(text: str, place: int) -> bool:
    """Whether a tag character belongs to the flag of England, Scotland or Wales, say."""
    start = place
    while start and ord(text[start - 1]) in _TAGS:
        start -= 1
    return start > 0 and text[start - 1] == "\U0001f3f4" and place - start <= 6


def _behind(text: str, place: int) -> str:
    before = "".join(c for c in text[max(0, place - 60) : place] if c.isprintable() or c.isspace()).split()[-4:]
    return f"behind “{' '.join(before)}”" if before else "at the beginning"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
