"""Characters that disguise a text: those that nobody sees, those that turn its direction, and letters that look like
others.

`unmasked` gives what a person would take a text for. It is for recognising orders to a machine and for nothing else:
the text of a reading and every quote stay as they are. Look-alikes are the letters of Unicode's confusables.txt
(Technical Standard 39) whose prototype is one small or capital Latin letter, of the alphabets that a keyboard offers:
Cyrillic, Greek, Armenian, Latin with hooks and the small capitals.
"""

import re
import unicodedata
from collections.abc import Iterator

_LOOKS_LIKE = {
    look: letter
    for letter, looks in {
        "a": "аɑα", "b": "ЬƄ", "c": "сϲᴄ", "d": "ԁɗ", "e": "еҽєε", "f": "ſϝ", "g": "ɡց", "h": "һհ", "i": "іıɩιӏ", "j": "јϳ", "k": "кκᴋ",
        "l": "ⅼǀ", "m": "мⅿᴍ", "n": "ոпɴ", "o": "оοσօᴏ", "p": "рρ", "q": "ԛգ", "r": "гᴦʀ", "s": "ѕꜱ", "t": "тτᴛ", "u": "υսцᴜ", "v": "νѵᴠ",
        "w": "ԝѡωᴡ", "x": "хχ", "y": "уүγʏ", "z": "ᴢ",
        "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "H": "НΗ", "I": "ІΙӀ", "J": "Ј", "K": "КΚ", "M": "МΜ", "N": "Ν", "O": "ОΟ", "P": "РΡ",
        "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "ҮΥ", "Z": "Ζ",
    }.items()
    for look in looks
}  # fmt: skip
_SPACED = re.compile(r"(?<!\w)\w(?:[ .\-_*·]\w){3,}(?!\w)")
"""A word of four letters or more that is spelled out: `i g n o r e`."""
_PARTED = re.compile(
    r"ignore|disregard|forget|override|previous|prior|earlier|instructions?|prompts?|rules|assistant|every|themes?|codes?",
    re.I,
)
"""Words of orders, to part what was spelled out without a gap between the words."""
_TAGS = range(0xE0000, 0xE0080)
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_VARIANTS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x180F)]))
_HARMLESS = frozenset("\xad\u200c\u200d\u200e\u200f\ufeff\ufffe")
"""Format characters that honest texts hold: soft hyphens, joiners in names and in small pictures, marks of direction, a
mark of byte order."""
_SEVERAL = 3
"""Invisible characters within words of one page from which they are named; fewer are an accident of typesetting."""


def unmasked(text: str) -> str:
    """A text as a person would take it: compatibility forms folded, invisible characters dropped or spoken, look-alikes
    made Latin.
    """
    spoken = "".join(_spoken(text))
    plain = "".join(
        _LOOKS_LIKE.get(letter, letter)
        for letter in unicodedata.normalize("NFKD", _turned(spoken))
        if not unicodedata.combining(letter)
    )
    return _SPACED.sub(lambda match: _PARTED.sub(r" \g<0> ", re.sub(r"[\W_]", "", match.group())), plain)


def _spoken(text: str) -> Iterator[str]:
    for character in text:
        if ord(character) in _TAGS:
            yield chr(ord(character) - 0xE0000) if ord(character) >= 0xE0020 else ""
        elif character in _DIRECTIONS or (unicodedata.category(character) != "Cf" and character not in _VARIANTS):
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
    unseen = [
        match.start()
        for match in re.finditer(r"(?<=[A-Za-z])[\u200b\u2060-\u2064\u180e\ufeff\u200c\u200d]+(?=[A-Za-z])", text)
    ]
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
        letter in _LOOKS_LIKE and unicodedata.name(letter, "").startswith(("CYRILLIC", "GREEK", "ARMENIAN"))
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
