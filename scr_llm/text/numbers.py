"""Numbers in a text, in figures or spelt out."""

import re

TO_TWENTY = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
"""The words for 0 to 20, each at the place of its number."""
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: n for n, word in enumerate(TO_TWENTY)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SPELT = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[\s-](?P<one>{'|'.join(TO_TWENTY[1:10])}))?|(?P<word>{'|'.join(TO_TWENTY)}))\b",
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
