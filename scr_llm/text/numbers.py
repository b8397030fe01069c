"""Numbers in a text, in figures or spelt out."""

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS = {word: n for n, word in enumerate(_ONES.split())} | {word: 10 * n for n, word in enumerate(_TENS.split(), 2)}
_SPELT = re.compile(
    rf"\b(?:(?P<tens>{_TENS.replace(' ', '|')})(?:[\s-](?P<one>{'|'.join(_ONES.split()[1:10])}))?"
    rf"|(?P<word>{_ONES.replace(' ', '|')}))\b",
    re.IGNORECASE,
)


def spelt_out(text: str) -> set[int]:
    """Numbers below 100 written as words. "One" is left out: in most sentences it does not count anything."""
    found = set()
    for match in _SPELT.finditer(text):
        words = [word.lower() for word in (match["tens"], match["one"], match["word"]) if word]
        if words != ["one"]:
            found.add(sum(_WORDS[word] for word in words))
    return found


def numbers_in(text: str) -> list[str]:
    """All numbers of a text as digits: those in figures as they stand, then those spelt out, each once."""
    return [*dict.fromkeys([*re.findall(r"\d+", text), *map(str, sorted(spelt_out(text)))])]
